"""A learner's functions from tests/solved, with pieces of code exchanged, and what is judged."""

import re
from pathlib import Path

import yaml

from handwritten.exercises import registry
from handwritten.exercises.judging import Judgement, judge

SOLVED = Path(__file__).parent / "solved"
MADE = yaml.safe_load((SOLVED / "mistakes.yaml").read_text())
SOURCES = {file: (SOLVED / f"{file}.py").read_text() for file in ("phase1", "phase2")}


def exchanged(key: str, old: str, new: str, sources: dict[str, str] = SOURCES) -> dict[str, str]:
    """The files with `old` exchanged in one function."""
    file, name = key.split(".")
    text = sources[file]
    of_function = re.search(rf"def {name}\(.*?(?=\n\n\n|\Z)", text, re.DOTALL)[0]
    assert old in of_function, (key, old)
    return sources | {file: text.replace(of_function, of_function.replace(old, new))}


def with_function(sources: dict[str, str], file: str, source: str) -> dict[str, str]:
    """The files with a whole function exchanged for this one of the same name."""
    name = re.match(r"def (\w+)", source)[1]
    text = re.sub(
        rf"def {name}\(.*?(?=\n\n\n|\Z)", lambda _: source, sources[file], flags=re.DOTALL
    )
    return sources | {file: text}


def functions(sources: dict[str, str]) -> dict[str, dict]:
    """The names of both files."""
    names: dict[str, dict] = {}
    for file, text in sources.items():
        names[file] = dict(names.get("phase1", {}))
        text = re.sub(r"^from phase1 import .*$", "", text, flags=re.M)
        exec(compile(text, str(SOLVED / f"{file}.py"), "exec"), names[file])
    return names


def judged(key: str, sources: dict[str, str]) -> Judgement:
    """The judgement of one function, when all others are as they are in these files."""
    names = functions(sources)
    own = {**registry.STAND_INS}
    for exercise in registry.EXERCISES:
        if exercise.key == key:
            file = str(SOLVED / f"{exercise.file}.py")
            return judge(exercise, names[exercise.file][exercise.name], exercise.probes(own), file)
        own[exercise.key] = names[exercise.file][exercise.name]
    raise KeyError(key)
