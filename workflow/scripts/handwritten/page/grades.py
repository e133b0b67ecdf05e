"""The verdicts on submissions: who has what right, and which mistakes are made most often."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from handwritten.page import page as pages

# How a verdict is marked, in the order of the legend, and what that means.
MARKS = {
    "right": ("✓", "right"),
    "wrong": ("✗", "wrong"),
    "crashed": ("!", "raises an exception, or ends the process"),
    "stopped": ("∞", "does not end in time"),
    "unreadable": ("?", "the file cannot be read or imported"),
    "not written": ("·", "not written yet"),
    "missing": ("–", "the file is missing"),
}
SILENT = ("right", "not written", "missing")  # what needs no explanation
UNNAMED = "not recognised"
NO_MISTAKE = {"exercise": "", "mistake": "none", "submissions": 0}  # a table's only row
FORMULAS = ("=", "+", "-", "@", "\t")  # how a spreadsheet's formula begins
Verdict = dict[str, Any]


@dataclass(frozen=True)
class Student:
    """A submission: its name, the version of what was checked, and the verdicts."""

    name: str
    version: str
    verdicts: list[Verdict]

    @property
    def right(self) -> int:
        """How many exercises are right."""
        return sum(verdict["state"] == "right" for verdict in self.verdicts)

    @property
    def explained(self) -> list[tuple[str, list[str]]]:
        """What is wrong: the exercises with the same words, and these."""
        wrong = [verdict for verdict in self.verdicts if verdict["state"] not in SILENT]
        groups = groupby(wrong, key=lambda verdict: verdict["lines"])
        return [(", ".join(each["exercise"] for each in group), lines) for lines, group in groups]


def in_words(verdict: Verdict) -> str:
    """A verdict with the mistake, where one was recognised."""
    return f"{verdict['state']}: {verdict['mistake']}" if verdict["mistake"] else verdict["state"]


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def table(students: list[Student]) -> list[dict]:
    """A row for each submission and a column for each exercise, for programs."""
    return [
        {"submission": harmless(student.name), "right": student.right, "of": len(student.verdicts)}
        | {verdict["exercise"]: in_words(verdict) for verdict in student.verdicts}
        | {"version": student.version}
        for student in students
    ]


def mistakes(students: list[Student]) -> list[dict]:
    """The mistakes by how many submissions make them, the most frequent first, and then those
    that were not recognised."""
    made = Counter(
        (verdict["exercise"], verdict["mistake"] or UNNAMED)
        for student in students
        for verdict in student.verdicts
        if verdict["state"] in ("wrong", "crashed")
    )
    rows = sorted(made.items(), key=lambda item: (item[0][1] == UNNAMED, -item[1], item[0]))
    return [
        {"exercise": exercise, "mistake": mistake, "submissions": count}
        for (exercise, mistake), count in rows
    ]


def page(students: list[Student], others: list[str]) -> str:
    """The page of all submissions; `others` are files of the folder that are none."""
    names: dict[str, list[str]] = {}
    for student in students:
        names.setdefault(student.version, []).append(student.name)
    twins = {s.name: [name for name in names[s.version] if name != s.name] for s in students}
    columns = zip(*(student.verdicts for student in students), strict=True)
    return pages.render(
        "pages/grades/page.html.j2",
        students=students,
        exercises=[verdict["exercise"] for verdict in students[0].verdicts],
        counts=[sum(each["state"] == "right" for each in column) for column in columns],
        mistakes=mistakes(students),
        marks=MARKS,
        in_words=in_words,
        twins=twins,
        others=others,
    )
