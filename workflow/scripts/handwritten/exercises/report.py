"""A judgement in words: what was called, what came, what was expected, what is right already, and
the mistake that it looks like. Never how it should be written."""

import inspect
import itertools
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from handwritten.exercises.calls import Called, Crash, UnexpectedResultError
from handwritten.exercises.exercise import Fact, Probe
from handwritten.exercises.judging import Judgement, close

INDENT = 12
SHOWN = 40  # numbers: larger arrays are shown by their beginning
ROWS, COLUMNS = 4, 6  # of a large array
IN_PLACE = "argument changed in place"


def mistake_name(found: Judgement) -> str | None:
    """The name of the mistake, for tables."""
    if found.mistake:
        return found.mistake.name
    return IN_PLACE if found.changed else None


def described(found: Judgement, function: Any, file: str) -> list[str]:
    """Everything about the first call that went wrong, as lines. `file` is the learner's."""
    called, name = found.called[found.probe], Path(file).name
    crash = called.crash
    if found.state == "not written" and crash:
        return [not_written(found, crash, name)]
    code = getattr(function, "__code__", None)
    line = f", line {code.co_firstlineno}" if code else ""
    lines = [f"{found.exercise.name}{line} of {name}", ""]
    lines += section("called", call(found, function))
    if found.state == "stopped" and crash:
        lines += section("stopped", [f"It did not end within the time limit. {place(crash)}"])
        lines += section("", [f"    {crash.text}"] * bool(crash.text))
    elif crash and isinstance(crash.error, UnexpectedResultError):
        lines += section("came", wrapped(str(crash.error)))
    elif crash:
        lines += section("crashed", crashed(crash, name))
    elif found.wrong:
        lines += came(found, called, found.probes[found.probe])
    lines += section("printed", printed(called.printed))
    if found.state != "stopped":
        lines += section("right", right(found, called))
        lines += section("looks like" if found.mistake else "look at", verdict(found, called))
    return lines


def printed(text: str) -> list[str]:
    """What a function printed: the beginning, and lines that repeat the one before only once."""
    lines, found = text.rstrip().splitlines(), list[str]()
    for line, group in itertools.groupby(lines):
        again = len(list(group)) - 1
        found += [line] + [f"(and {again} more like it)"] * bool(again)
    return found[:20]


def section(title: str, texts: Iterable[str]) -> list[str]:
    """Lines with a title before the first one."""
    found = [line for text in texts for line in text.splitlines()]
    return [f"{title if i == 0 else '':{INDENT}}{line}".rstrip() for i, line in enumerate(found)]


def not_written(found: Judgement, crash: Crash, name: str) -> str:
    """That a function is not written yet: this one, or one that it calls."""
    own, other = found.exercise.name, crash.function
    if other and other != own:
        return f"{own} calls {other}, which is not written yet: line {crash.line} of {name}."
    return f"{own} is not written yet: line {crash.line} of {name}."


def call(found: Judgement, function: Any) -> list[str]:
    """The call, and its arguments as far as they are short."""
    probe = found.probes[found.probe]
    lines = wrapped(f"{found.exercise.name}({parameters(function, probe)}), {probe.words}")
    arguments = probe.arguments
    lists = any(isinstance(value, list) for value in arguments.values())
    if lists or sum(map(np.size, arguments.values())) > SHOWN:
        shapes = (f"{key} {shape(value)}" for key, value in arguments.items())
        return [*lines, *wrapped(", ".join(shapes))]
    for key, value in arguments.items():
        lines += array(key, value)
    return lines


def parameters(function: Any, probe: Probe) -> str:
    """The names of a function's parameters."""
    try:
        return ", ".join(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # it is not written with `def`
        return ", ".join(probe.arguments)


def shape(value: Any) -> str:
    """The shape of an argument, or the argument."""
    if isinstance(value, list):
        return f"({len(value)} layers)" if isinstance(value[0], tuple) else f"({len(value)} arrays)"
    return str(np.shape(value)) if isinstance(value, np.ndarray) else f"= {value}"


def array(name: str, value: Any) -> list[str]:
    """An array with its name and shape: small ones whole, of others the beginning."""
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return [f"{name} = {number(value)}"]
    cut = value.size > SHOWN
    part = value[tuple(slice(size) for size in (ROWS, COLUMNS)[-value.ndim :])] if cut else value
    suppress = np.nanmax(np.abs(value), initial=0) < 1e5
    floats = suppress and part.dtype.kind == "f"
    part = np.round(part, 4) + 0.0 if floats else part  # which makes 0 of -0
    with np.printoptions(precision=4, suppress=suppress):
        text = np.array2string(part, max_line_width=88)
    title = f"{name} {value.shape}" + (", the beginning:" if cut else ":")
    return [title, *(f"  {line}" for line in text.splitlines())]


def number(value: Any) -> str:
    """A number as it is read best."""
    return f"{float(value) + 0.0:.6g}" if np.ndim(value) == 0 and np.isreal(value) else repr(value)


def came(found: Judgement, called: Called, probe: Probe) -> list[str]:
    """The first array that is wrong, beside the right one."""
    name = found.wrong[0]
    ours, expected = called.arrays[name], probe.right[name]
    means = found.exercise.means.get(name)
    lines = section("", wrapped(f"{means}.")) if means else []
    expects = wrapped(f"{name}: {probe.expects}") if probe.expects else array(name, expected)
    lines += section("came", array(name, ours)) + section("expected", expects)
    if ours.shape != expected.shape:
        shapes = f"The shape is {ours.shape}, expected {expected.shape}."
        return lines + section("differs", [shapes])
    bad = ~np.isclose(ours, expected, rtol=1e-2, atol=1e-3 * np.abs(expected).max(initial=1e-3))
    if expected.ndim == 0 or not bad.any():
        return lines
    at = [int(i) for i in np.argwhere(bad)[0]]
    values = f"{number(ours[tuple(at)])}, expected {number(expected[tuple(at)])}"
    counts = f"{bad.sum()} of {bad.size} numbers differ, the first"
    return lines + section("differs", wrapped(f"{counts} {name}{at}: it is {values}."))


def place(crash: Crash) -> str:
    """Where the learner's code was."""
    return f"It was in {crash.function}, line {crash.line}:" if crash.function else ""


def crashed(crash: Crash, name: str) -> list[str]:
    """The exception, the learner's line and the shapes in it."""
    kind, text = type(crash.error).__name__, str(crash.error)
    if not crash.line:
        return [f"{kind}: {text}"]
    lines = [f"in {crash.function}, line {crash.line} of {name}:", f"    {crash.text}"]
    lines += [f"    {caller}" for caller in crash.callers]
    lines.append(f"{kind}: {text}")
    shapes = ", ".join(f"{key} is {value}" for key, value in crash.shapes.items())
    return lines + [f"There {shapes}."] * bool(shapes)


def facts(found: Judgement, called: Called) -> tuple[list[Fact], list[Fact]]:
    """What is true of the first wrong array, and what is not."""
    if called.crash or not found.wrong:
        return [], []
    name, probe = found.wrong[0], found.probes[found.probe]
    known = found.exercise.facts.get(name.rstrip("0123456789"), found.exercise.facts.get(name, []))
    values = SimpleNamespace(**vars(probe.values))
    array = called.arrays[name]
    holding = [fact for fact in known if fact.holds(array, values)]
    broken = [fact for fact in known if fact not in holding]
    return holding if np.isfinite(array).all() else [], broken  # of NaN nothing is true


def right(found: Judgement, called: Called) -> list[str]:
    """What is right already."""
    probe, lines = found.probes[found.probe], []
    calls_before = [each.words for each in found.probes[: found.probe]]
    if calls_before:
        *others, last = [f"with {words}" for words in calls_before]
        lines += wrapped(f"All is right {', '.join(others)}{' and ' * bool(others)}{last}.")
    if called.crash:
        return lines
    others = [name for name in probe.right if name not in found.wrong]
    if others:
        lines += wrapped(f"{'; '.join(others)}: right.")
    if found.wrong:
        ours, expected = called.arrays[found.wrong[0]], probe.right[found.wrong[0]]
        if ours.shape == expected.shape and ours.ndim:
            lines.append(f"The shape {ours.shape}.")
        whole = close(np.sort(ours, axis=None), np.sort(expected, axis=None), 1e-3)
        if whole and ours.ndim and ours.size:
            lines.append("All the numbers, but not their places.")
    lines += [f"{fact.true[0].upper()}{fact.true[1:]}." for fact in facts(found, called)[0]]
    return lines or ["Nothing that can be said for sure."] * bool(found.wrong)


def verdict(found: Judgement, called: Called) -> list[str]:
    """The mistake, or where to look for it."""
    probe, lines = found.probes[found.probe], []
    if found.mistake:
        named = {"array": found.array, "l": layer(found.array)}
        known = {"or_before": ""} | vars(probe.values) | named | error_name(named)
        lines.append(found.mistake.says.format_map(known))
    lines += [probe.values.convention] if hasattr(probe.values, "convention") else []
    if found.wrong and not called.crash:
        ours = called.arrays[found.wrong[0]]
        if not np.isfinite(ours).all():
            kinds = " and ".join(
                word for word, is_it in (("NaN", np.isnan), ("inf", np.isinf)) if is_it(ours).any()
            )
            lines.append(f"There is {kinds} in {found.wrong[0]}: not a number to compute with.")
        broken = [] if found.mistake else facts(found, called)[1]
        lines += [f"{fact.broken[0].upper()}{fact.broken[1:]}." for fact in broken]
    for name in found.changed:
        lines.append(in_place(name, called))
    if not found.mistake and not found.changed and found.wrong:
        lines += unknown(called.crash)
    return ["\n".join(wrapped(line)) for line in lines]


def in_place(name: str, called: Called) -> str:
    """That an argument is not what it was."""
    says = f"The function changes its argument {name} in place: the caller's numbers have changed."
    if name in called.shared:
        says += " It returns that same array, for which `a = z` makes a second name and no copy."
    return says.replace("`a = z`", f"`a = {name}`")


def unknown(crash: Crash | None) -> list[str]:
    """What to do about a mistake that the check does not know."""
    error = crash.error if crash else None
    if isinstance(error, UnexpectedResultError):
        return []
    if isinstance(error, NameError):
        return [
            f"The name {error.name or 'in this message'} is not defined there: it is spelled in "
            "another way, `np.` is missing before it, or it belongs to another function."
        ]
    if isinstance(error, RecursionError):
        return ["A function calls itself without an end."]
    return [
        "No single mistake that this check knows does exactly this. Compare shapes and numbers, "
        "line by line, with the formula: what the function prints is shown here."
    ]


def layer(name: str) -> str:
    """The number at the end of a name."""
    return name[len(name.rstrip("0123456789")) :]


def error_name(named: dict[str, str]) -> dict[str, str]:
    """How the error signal of the layer in question is called."""
    return {"error": f"delta{named['l']}"}


def wrapped(text: str, width: int = 86) -> list[str]:
    """Text in lines of a width."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
