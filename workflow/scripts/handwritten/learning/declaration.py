"""What an activation, optimizer, schedule or initialisation says about itself, in one place.

Everything that a run chooses by name declares, beside the code that computes it, its formula, the
settings that tune it, and the forms that it has elsewhere: in PyTorch, JavaScript and ONNX. The
configuration, the page, the exports, the reference implementation and the tests read these
declarations. Where a form is missing they say so by name and go on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar


@dataclass(frozen=True)
class Setting:
    """A number that tunes what declares it: a key of a run, with its default and its range."""

    type: type[int] | type[float]
    default: int | float
    description: str
    minimum: float | None = None  # the least value allowed
    above: float | None = None  # every value allowed is greater than this
    maximum: float | None = None  # the greatest value allowed
    below: float | None = None  # every value allowed is less than this


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Something that a run chooses by its `name`, and what others need to know about it.

    `formula` is a line of Python or several, each an assignment, with NumPy's functions as np.…:
    text to read, which tests and the reference implementation also compute with. `torch` is an
    expression for PyTorch's own version; without it, PyTorch computes the formula.
    """

    name: str
    function: Callable[..., Any]
    formula: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    torch: str | None = None

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """What `function` returns; `options` are the values of the settings, by name."""
        return self.function(*arguments, **options)

    def options(self, run: Mapping[str, Any]) -> dict[str, Any]:
        """The values that a run has for the settings declared here."""
        return {name: run[name] for name in self.settings}


Kind = TypeVar("Kind", bound=Declaration)
Entry = TypeVar("Entry")


def declare(registry: dict[str, Kind], kind: type[Kind], **declared: Any) -> Callable[..., Kind]:
    """A decorator that enters a function into the registry, under the function's own name."""

    def decorated(function: Callable[..., Any]) -> Kind:
        name = function.__name__
        return enter(registry, name, kind(name=name, function=function, **declared))

    return decorated


def enter(registry: dict[str, Entry], name: str, entry: Entry) -> Entry:
    """The entry, now in the registry. ValueError: the name is taken."""
    if name in registry:
        raise ValueError(f"{name} is declared twice")
    registry[name] = entry
    return entry
