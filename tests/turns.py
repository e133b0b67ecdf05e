"""Tests that take turns, since all of them would be too long for every commit: those marked `slow`,
and those that try to break a promise many times.

With --part, their names are dealt out like cards, in alphabetical order: those of one file go to
different parts, so that no part is much longer than another.
"""

from collections.abc import Iterator

import pytest

CHOSEN = pytest.StashKey[set[str]]()


def numbers(text: str) -> tuple[int, int]:
    """A part of the long programme: any number, of which the remainder counts, and how many parts
    there are."""
    number, parts = map(int, text.split("/"))
    return number % parts, parts


def deal(items: list[pytest.Item], config: pytest.Config) -> None:
    """Choose what is in the part that --part names."""
    names = sorted({name for item in items for name in names_of(item)})
    part = config.getoption("--part")
    config.stash[CHOSEN] = set(names[part[0] :: part[1]]) if part else set()


def names_of(item: pytest.Item) -> Iterator[str]:
    """What of a test takes turns, by name: the test with others, and how often it tries."""
    slow = item.get_closest_marker("slow")
    if slow:
        yield (slow.args or [item.path.name])[0]
    if item.get_closest_marker("full") or "tries" in item.fixturenames:
        yield item.nodeid


def in_full(item: pytest.Item) -> bool:
    """Whether a test tries many times: all with --full, some with --part."""
    return item.config.getoption("--full") or item.nodeid in item.config.stash[CHOSEN]


def is_left_out(item: pytest.Item) -> bool:
    """Whether this run does without a test. Slow ones that share what they need are in one part."""
    if item.get_closest_marker("full"):
        return not in_full(item)
    if not item.get_closest_marker("slow") or not item.config.getoption("--part"):
        return False
    return next(names_of(item)) not in item.config.stash[CHOSEN]
