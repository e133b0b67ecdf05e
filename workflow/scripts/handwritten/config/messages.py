"""What is said of a configuration that is refused: key, value, what is allowed, what to do."""

import difflib
import re
from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from handwritten.config.fields import Section
from handwritten.config.schema import allowed, keys, options_at, schema_of, words

Path = tuple[str | int, ...]  # of a value in the configuration: ("report", 0) is report[0]

TEXT = {"type": "string"}
NEGATIVE = re.compile(r"-([\d.:_]+(e[-+]?\d+)?|\.?(inf|nan))", re.IGNORECASE)
UNKNOWN = ("extra_forbidden", "invalid_key")  # pydantic's error types for unknown keys
# Keys and trainers of earlier versions, behind old_, so that a search for one of these words finds
# only what still has to be renamed.
RENAMED = {
    "old_claim": "reported_accuracy",
    "old_clip_norm": "clip_grad_norm",
    "old_committee": "ensemble",
    "old_idea": "change",
    "old_ladder": "ablation",
    "old_rungs": "steps",
    "old_trainings_a_job": "trainings_per_job",
    "old_weight_average": "ema_decay",
}


class ConfigurationError(ValueError):
    """A problem of the configuration, and the path of the value, or of the key, that causes it."""

    def __init__(self, problem: str, path: Path = (), of_key: bool = False):
        super().__init__(f"config: {problem}" if path else problem)
        self.problem, self.path, self.of_key = problem, path, of_key


def checked(model: type[Section], values: Any, path: Path = ()) -> dict[str, Any]:
    """`values` converted, completed with defaults and checked by the model; `path` is theirs."""
    try:
        return model.model_validate(values).model_dump(by_alias=True, exclude_none=True)
    except ValidationError as error:
        raise explained(error, model, values, path) from None


def refused(
    path: Path, value: Any, expected: str, known: Collection[str] = ()
) -> ConfigurationError:
    """A value is not allowed. It may be a misspelling of one of the `known` words."""
    return ConfigurationError(
        f"{dotted(path)} is {'empty' if value is None else shown(value)}; allowed: {expected}"
        f"{hint(value, known)}",
        path,
    )


def unknown(path: Path, known: Collection[str]) -> ConfigurationError:
    """A key does not exist; the `known` ones do."""
    listed = ", ".join(known)
    return ConfigurationError(
        f"unknown key {dotted(path)}; known here: {listed}{hint(path[-1], known)}", path, True
    )


def explained(
    error: ValidationError, model: type[Section], values: Any, path: Path
) -> ConfigurationError:
    """The most specific of pydantic's findings, unknown keys first."""

    def rank(finding: Any) -> tuple[bool, int]:
        return finding["type"] in UNKNOWN, len(place(finding, values))

    finding = max(error.errors(include_url=False, include_context=False), key=rank)
    inner, schema = place(finding, values), schema_of(model)
    if finding["type"] == "invalid_key" or not finding["loc"]:
        where = (*path, *(part for part in inner if isinstance(part, str)))
        problem = f"{dotted(where) or 'the configuration'} has a key that is not text; quote it"
        return ConfigurationError(problem, where)
    if finding["type"] in UNKNOWN:
        return unknown((*path, *inner), keys(options_at(inner[:-1], schema)))
    if finding["type"] == "missing":
        where = (*path, *inner[:-1]) or inner
        section = dotted((*path, *inner[:-1])) or "the configuration"
        return ConfigurationError(f"{section} lacks the key {inner[-1]}", where)
    if finding["loc"][-1] == "[key]":
        inner = finding["loc"][:-2]
        names = [each.get("propertyNames", TEXT) for each in options_at(inner, schema)]
        name = "null" if finding["input"] is None else finding["input"]
        return refused((*path, *inner), name, allowed(names))
    rules = options_at(inner, schema)
    return refused((*path, *inner), finding["input"], allowed(rules), words(rules))


def place(finding: Any, values: Any) -> Path:
    """The path that a finding is about: its `loc` without the names of a union's alternatives."""
    path: Path = ()
    for part in finding["loc"]:
        inside = isinstance(values, dict) and part in values
        if inside or (isinstance(values, list) and isinstance(part, int)):
            path, values = (*path, part), values[part]
    return (*path, finding["loc"][-1]) if finding["type"] == "missing" else path


def hint(value: Any, known: Collection[str]) -> str:
    """What to write instead, where that can be guessed."""
    if not isinstance(value, str):
        return ""
    if (new := RENAMED.get(f"old_{value}", "")) in known:
        return f"; {value} is now called {new}"
    if re.match(r"[^\W\d]\w*:[^\s/]", value):
        return "; write a space after the colon"
    if re.match(r"-\w", value) and not NEGATIVE.fullmatch(value):
        return "; write a space after the hyphen"
    plain = {simplified(word): word for word in known}
    near = difflib.get_close_matches(simplified(value), plain, 1)
    return f"; did you mean {plain[near[0]]}?" if near else ""


def simplified(word: str) -> str:
    """The word in lower case, without hyphens, underscores and spaces."""
    return re.sub(r"[-_ ]", "", word.lower())


def dotted(path: Path) -> str:
    """A path as people write it: keys after dots, positions in brackets."""
    parts = (f"[{part}]" if type(part) is int else f".{printable(str(part))}" for part in path)
    return "".join(parts).removeprefix(".")


def printable(text: str) -> str:
    """The text, cut short and quoted if it would upset a terminal."""
    return text[:100] if text.isprintable() else shown(text)


def shown(value: Any) -> str:
    """The value as Python writes it, cut short."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "a very large number"
    return text if len(text) < 200 else text[:200] + "…"
