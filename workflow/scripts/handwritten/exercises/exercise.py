"""What an exercise is, declared once: how it is called, what is right, and how it goes wrong.

A mistake is declared as what it computes. A learner's result is compared with the right one, and
where it differs with that of every mistake of the exercise: so a mistake is recognised by its
numbers, however it is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]  # results under their names in the formulas
Functions = Mapping[str, Callable[..., Any]]  # by "phase1.softmax" and so on
# The arguments of a call and what follows from them, by the names of the formulas: what mistakes
# compute with. `right` is the right value of the array in question, `l` its layer.
Values = SimpleNamespace
Way = Callable[[Values], Any]


@dataclass(frozen=True)
class Mistake:
    """Something that people get wrong. The same mistake has the same name everywhere.

    `says` is what the learner reads: what their code does, never what it should be. It may hold
    {array}, {l}, {n} and other values in braces. Each of the `ways` computes the array as this
    mistake does.
    """

    name: str
    says: str
    ways: tuple[Way, ...]


def mistake(name: str, says: str, *ways: Way) -> Mistake:
    """A mistake with its ways."""
    return Mistake(name, says, ways)


@dataclass(frozen=True)
class Fact:
    """Something true of every right result: `holds(array, values)`. If it does not hold, `broken`
    is what the learner reads."""

    true: str
    broken: str
    holds: Callable[[np.ndarray, Values], bool]


@dataclass(frozen=True)
class Probe:
    """A call: in words, its arguments, and what mistakes compute with."""

    words: str
    arguments: dict[str, Any]
    values: Values
    right: Arrays
    also: list[Arrays] = field(default_factory=list)  # other results that are right
    instead: "Probe | None" = None  # the same call, judged in the learner's own convention
    expects: str = ""  # what is right in words, where it is no single number
    see: Callable[[np.ndarray], np.ndarray] = np.asarray  # what of a result is compared


def simple(words: str, right: np.ndarray | float, name: str, **arguments: Any) -> Probe:
    """A probe of a function with one result; mistakes compute with its arguments."""
    values = Values(**arguments, n=len(next(iter(arguments.values()))))
    return Probe(words, arguments, values, {name: np.asarray(right, np.float64)})


def once(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """What the function returns. Its parameters may have other names."""
    return function(*arguments.values())


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One function to write. `probes` has the calls, given functions that are right already."""

    file: str
    name: str
    probes: Callable[[Functions], list[Probe]]
    mistakes: Mapping[str, list[Mistake]]  # by array, without the number of its layer
    facts: Mapping[str, list[Fact]] = field(default_factory=dict)
    # What a call returned, by name; and what several calls show, where one is not enough.
    unpack: Callable[[Any, Probe], Arrays]
    call: Callable[[Callable[..., Any], dict[str, Any]], Any] = once
    means: Mapping[str, str] = field(default_factory=dict)  # arrays that no function returns
    conventions: tuple[str, ...] = ()  # said of what is right as in `also`, and not as in `right`
    may_change: tuple[str, ...] = ()  # arguments that a right answer may change in place
    tolerance: float = 1e-3  # of the largest number of an array
    precision: float = 1e-5  # the same, for numbers that are to be those of a mistake
    # Whether a mistake may fit up to the first wrong call only, since there may be another one in
    # the calls with extreme numbers.
    first_call_decides: bool = False

    # Whether a mistake can be recognised though an argument was changed in place.
    named_in_place: bool = False

    @property
    def key(self) -> str:
        """Its name among all exercises."""
        return f"{self.file}.{self.name}"
