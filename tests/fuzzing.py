"""Bytes that are changed in ways that formats notice, and how to try many of them."""

import multiprocessing
import struct
import time
import tracemalloc
from contextlib import contextmanager, suppress
from functools import wraps
from random import SystemRandom

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st


def many_times(check, strategy, count: int) -> None:
    """Call check(example) for so many examples of a strategy."""
    unhurried = [HealthCheck.too_slow, HealthCheck.data_too_large]
    many = settings(max_examples=count, database=None, suppress_health_check=unhurried)
    many(seed(SystemRandom().getrandbits(64))(given(strategy)(check)))()


def many_times_on_two_cores(check, strategy, count: int) -> None:
    """The same, half of them in another process: for a check that shares nothing with it."""
    fork = multiprocessing.get_context("fork")  # it takes the check along as it is
    other = fork.Process(target=many_times, args=(check, strategy, count // 2))
    other.start()
    many_times(check, strategy, count - count // 2)
    other.join()
    assert other.exitcode == 0, "the other process found something: its report is on stderr"


EDGES = [0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1]


@st.composite
def mutated(draw, data: bytes) -> bytes:
    """`data` after one to three changes of bytes, anywhere or in its first fields."""
    for _ in range(draw(st.integers(1, 3))):
        near = draw(st.booleans())
        at = draw(st.integers(0, min(len(data), 24 if near else len(data))))
        change = draw(st.integers(0, 5))
        if change == 0 and at < len(data):
            data = data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :]
        elif change == 1:
            data = data[:at]
        elif change == 2:
            data = data[:at] + data[at + draw(st.integers(1, 16)) :]
        elif change == 3:
            data = data[:at] + draw(st.binary(min_size=1, max_size=8)) + data[at:]
        elif change == 4:
            order = draw(st.sampled_from([">I", "<I", ">H", "<H", "<Q"]))
            value = draw(st.sampled_from(EDGES)) % 256 ** struct.calcsize(order)
            data = data[:at] + struct.pack(order, value) + data[at + struct.calcsize(order) :]
        else:
            data = data + data[at:]
    return data


SECONDS = 1.0
SMALL_CHANGE = 2**19  # bytes that Python may need for itself


class TooSlow(AssertionError):
    """What was watched has used too much of the processor's time."""


@contextmanager
def within_a_second():
    """Allow a second of computing: of the processor, since another process may keep this one
    waiting."""
    started = time.process_time()
    yield
    seconds = time.process_time() - started
    if seconds > SECONDS:
        raise TooSlow(f"{seconds:.1f} s")


@contextmanager
def watched(room: int):
    """Allow a second, and memory for three times so many bytes and a little more."""
    tracemalloc.start()
    try:
        with within_a_second():
            yield
        assert tracemalloc.get_traced_memory()[1] < 3 * room + SMALL_CHANGE
    finally:
        tracemalloc.stop()


def patient(check):
    """The check with two more chances: a hang comes again, a pause of the machine does not."""

    @wraps(check)
    def tried(data: bytes):
        for _ in range(2):
            with suppress(TooSlow):
                return check(data)
        return check(data)

    return tried
