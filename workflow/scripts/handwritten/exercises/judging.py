"""Is a function right, and if not, which mistake gives its very numbers?"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from handwritten.exercises import calls
from handwritten.exercises.calls import Called, Crash
from handwritten.exercises.exercise import (
    Arrays,
    Exercise,
    Mistake,
    Probe,
    Way,
)

Outcome = np.ndarray | Crash  # what one call gave of one array


@dataclass
class Judgement:
    """What was found. `state` is "right", "wrong", "crashed", "stopped" or "not written"."""

    exercise: Exercise
    state: str
    probes: list[Probe] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # arrays, in the order of the results
    probe: int = 0  # the first call in which the first wrong array, or all, is wrong
    mistake: Mistake | None = None  # the one that gives the very numbers of the first wrong array
    array: str = ""  # the array that the mistake is in: the first wrong one, unless a call crashed
    changed: list[str] = field(default_factory=list)  # arguments that the function changed
    convention: int = 0  # of what is right: which one it is


def judge(
    exercise: Exercise,
    function: Callable[..., Any],
    probes: list[Probe],
    file: str | None = None,
) -> Judgement:
    """Call the function with every probe, and compare. `file` is the learner's."""
    called = []
    for probe in probes:
        called.append(calls.call(exercise, function, probe, file))
        crash = called[-1].crash
        if crash and isinstance(crash.error, NotImplementedError | calls.StoppedError):
            stopped = isinstance(crash.error, calls.StoppedError)
            state = "stopped" if stopped else "not written"
            return Judgement(exercise, state, probes, called, probe=len(called) - 1)
    found = Judgement(exercise, "right", probes, called)
    found.changed = sorted({name for each in called for name in each.changed})
    conventions = [wrong_arrays(found, rights) for rights in all_rights(probes)]
    found.wrong = min(conventions, key=len)
    found.convention = conventions.index(found.wrong)
    if found.wrong:
        found = diagnosed(found)
    elif found.changed:
        found.state = "wrong"
        found.probe = next(number for number, each in enumerate(called) if each.changed)
    return found


def diagnosed(found: Judgement) -> Judgement:
    """Where it first goes wrong, and which mistake it is. In the learner's own convention, where
    there is another, if fewer arrays are wrong there, or only there a mistake is recognised."""
    locate(found)
    if all(probe.instead for probe in found.probes):
        probes = [probe.instead for probe in found.probes if probe.instead]
        other = replace(found, probes=probes)
        other.wrong = wrong_arrays(other, [probe.right for probe in probes])
        if other.wrong:
            locate(other)
            fewer = len(other.wrong) < len(found.wrong)
            if fewer or (other.mistake and not found.mistake):
                return other
    return found


def locate(found: Judgement) -> None:
    """The first call that is wrong, the mistake and its array, and the state."""
    called = found.called
    crashes = [number for number, each in enumerate(called) if each.crash]
    found.probe = crashes[0] if crashes else first_wrong(found, found.wrong[0])
    found.mistake, found.array = recognised(found, found.wrong) or (None, found.wrong[0])
    found.state = "crashed" if crashed_at(called[found.probe]) else "wrong"


def crashed_at(called: Called) -> bool:
    """Whether a call ended with an exception of the learner's."""
    crash = called.crash
    return crash is not None and not isinstance(crash.error, calls.UnexpectedResultError)


def all_rights(probes: list[Probe]) -> list[list[Arrays]]:
    """The right results of all calls, in every convention that is accepted."""
    others = zip(*(probe.also for probe in probes), strict=True)
    return [[probe.right for probe in probes], *map(list, others)]


def wrong_arrays(found: Judgement, rights: list[Arrays]) -> list[str]:
    """The names of the arrays that are not right in every call."""
    tolerance = found.exercise.tolerance
    wrong: dict[str, None] = {}
    for called, right in zip(found.called, rights, strict=True):
        for name, array in right.items():
            if called.crash or not close(called.arrays[name], array, tolerance):
                wrong[name] = None
    return list(wrong)


def first_wrong(found: Judgement, name: str) -> int:
    """The number of the first call in which an array is wrong."""
    for number, (called, probe) in enumerate(zip(found.called, found.probes, strict=True)):
        if name in probe.right:
            right = probe.right[name]
            if called.crash or not close(called.arrays[name], right, found.exercise.tolerance):
                return number
    return 0


def recognised(found: Judgement, names: list[str]) -> tuple[Mistake, str] | None:
    """The only mistake that gives what the calls gave of the first of these arrays, if there is
    one, and this array. Of several, the one that explains the other wrong arrays too.

    After a crash nothing is known of any array, so each may be the one that the mistake is in.

    Where no mistake fits all calls there may be two. Then the first call that is wrong, and those
    before it, which are right, may decide.
    """
    if (found.changed and not found.exercise.named_in_place) or nothing_came(found):
        return None
    crashed = found.called[found.probe].crash is not None  # then nothing is known of any array
    also_first = found.exercise.first_call_decides and not crashed
    for count in (len(found.called), found.probe + 1)[: 1 + also_first]:
        matching: dict[str, Mistake] = {}
        arrays: dict[str, list[str]] = {}  # by mistake, those that it explains
        for number, name in enumerate(names):
            of_it = matches(found, name, count)
            for each in of_it:
                arrays.setdefault(each, []).append(name)
            both = {each: matching[each] for each in matching if each in of_it}
            if crashed:
                matching |= of_it
            else:
                matching = both or matching or (of_it if number == 0 else {})
        if matching:
            only = next(iter(matching.values()))
            array = where(found, arrays[only.name], only) if crashed else names[0]
            return (only, array) if array and len(matching) == 1 else None
    return None


def where(found: Judgement, arrays: list[str], mistake: Mistake) -> str | None:
    """The array that a mistake is in, of those with which it explains a crash. None: several do,
    its words depend on which, and the line that crashed has not exactly one of them in it."""
    layers = {name[len(name.rstrip("0123456789")) :] for name in arrays}
    of_the_layer = len(layers) > 1 and any(part in mistake.says for part in ("{error}", "{l}"))
    if len(arrays) == 1 or not (of_the_layer or "{array}" in mistake.says):
        return arrays[0]
    crash = found.called[found.probe].crash
    words = set(re.findall(r"[A-Za-z_]\w*", crash.text if crash else ""))
    named = [name for name in arrays if name in words]
    return named[0] if len(named) == 1 else None


def nothing_came(found: Judgement) -> bool:
    """Whether no call gave numbers, and the exceptions are about shapes, which say too little."""
    crashes = [each.crash for each in found.called if each.crash]
    return len(crashes) == len(found.called) and all(
        isinstance(crash.key, tuple) and crash.key[0] in calls.OF_SHAPES for crash in crashes
    )


def matches(found: Judgement, name: str, count: int) -> dict[str, Mistake]:
    """The mistakes, by name, that give what the first `count` calls gave of an array."""
    kind = name.rstrip("0123456789")
    return {
        mistake.name: mistake
        for mistake in reversed(found.exercise.mistakes.get(kind, []))
        if any(gives(way, name, found, count) for way in mistake.ways)
    }


def gives(way: Way, name: str, found: Judgement, count: int) -> bool:
    """Whether this way of a mistake gives what the first `count` calls gave of an array."""
    precision = found.exercise.precision
    for probe, called in list(zip(found.probes, found.called, strict=True))[:count]:
        if name not in probe.right:
            continue
        outcome = outcome_of(way, name, probe)
        if outcome is None:  # it cannot be made in this network, which should be right then
            outcome = probe.right[name]
        if not equal(outcome, called.crash or called.arrays[name], precision):
            return False
    return True


def outcome_of(way: Way, name: str, probe: Probe) -> Outcome | None:
    """What a way gives as an array of a call, or its exception. None where it does not apply."""
    right, digits = probe.right[name], name[len(name.rstrip("0123456789")) :]
    values = SimpleNamespace(**vars(probe.values), right=right, array=name)
    values.l = int(digits) if digits else 0
    try:
        with np.errstate(all="ignore"), calls.quiet():
            result = probe.see(np.asarray(way(values), np.float64))
    except (ValueError, ZeroDivisionError, TypeError) as error:
        return Crash(error, calls.key_of(error))
    except IndexError as error:
        if "out of bounds" in str(error) or "must be of integer" in str(error):
            return Crash(error, calls.key_of(error))
        return None  # it is of another layer, or of networks of another depth
    return result.reshape(right.shape) if result.shape == (1, *right.shape) else result


def equal(one: Outcome, other: Outcome, tolerance: float) -> bool:
    """Whether two outcomes are the same, NaN and exceptions included."""
    if isinstance(one, Crash) or isinstance(other, Crash):
        return isinstance(one, Crash) and isinstance(other, Crash) and one.key == other.key
    return close(one, other, tolerance)


def close(one: np.ndarray, other: np.ndarray, tolerance: float) -> bool:
    """Whether two arrays have one shape, and the same numbers up to rounding."""
    if one.shape != other.shape:
        return False
    finite = np.abs(other[np.isfinite(other)])
    scale = max(float(finite.max(initial=0.0)), 1e-9)
    return np.allclose(one, other, rtol=tolerance, atol=tolerance * scale, equal_nan=True)
