"""What a function returned, as arrays under their names; every form that a person would accept."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from handwritten.exercises.calls import UnexpectedResultError
from handwritten.exercises.exercise import Arrays, Probe


def numbers(value: Any, name: str, right: np.ndarray) -> np.ndarray:
    """A result as an array of floats. A row may be (1, k) instead of (k,), a number an array."""
    if value is None:
        raise UnexpectedResultError(f"{name} is None: is a `return` missing?")
    kind = type(value).__name__
    if right.ndim == 2 and isinstance(value, list | tuple):
        raise UnexpectedResultError(f"{name} is a {kind}, and has to be an array")
    try:
        array = np.asarray(value)
        if array.dtype.kind == "c":
            raise UnexpectedResultError(f"{name} has complex numbers, of the type {array.dtype}")
        array = array.astype(np.float64)
    except UnexpectedResultError:
        raise
    except (TypeError, ValueError):
        raise UnexpectedResultError(f"{name} is not an array of numbers: a {kind}") from None
    if (array.size == 1 and right.ndim == 0) or array.shape == (1, *right.shape):
        return array.reshape(right.shape)
    return array


def number(value: Any) -> float:
    """A result that is one number, in an array or not."""
    return float(np.asarray(value).reshape(()))


def parts(value: Any, names: list[str]) -> list[Any]:
    """The parts of a result that has several. UnexpectedResultError: not as many as names."""
    expected = ", ".join(names)
    if value is None:
        raise UnexpectedResultError(f"it returned nothing, not {expected}: is a `return` missing?")
    if isinstance(value, np.ndarray) or not isinstance(value, Iterable):
        what = f"one array {value.shape}" if isinstance(value, np.ndarray) else repr(value)
        raise UnexpectedResultError(f"it returned {what}, not {len(names)} results: {expected}")
    found = list(value)
    if len(found) != len(names):
        counts = f"{len(found)} results, not {len(names)}"
        raise UnexpectedResultError(f"it returned {counts}: {expected}")
    return found


def named(*names: str) -> Callable[[Any, Probe], Arrays]:
    """Unpacks one result, or a tuple of several."""

    def unpack(value: Any, probe: Probe) -> Arrays:
        values = [value] if len(names) == 1 else parts(value, list(names))
        given = dict(zip(names, values, strict=True))
        return {name: numbers(each, name, probe.right[name]) for name, each in given.items()}

    return unpack


def pairs(value: Any, count: int, letters: tuple[str, str], probe: Probe) -> Arrays:
    """Unpacks a list of pairs for `count` layers, such as (dW, db), the last layer first."""
    W, b = letters
    layers = parts(value, [f"({W}{l}, {b}{l})" for l in range(1, count + 1)])
    given: dict[str, Any] = {}
    for l in range(count, 0, -1):
        names = [f"{W}{l}", f"{b}{l}"]
        given |= dict(zip(names, parts(layers[l - 1], names), strict=True))
    return {name: numbers(each, name, probe.right[name]) for name, each in given.items()}
