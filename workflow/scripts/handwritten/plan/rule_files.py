"""What the rules of a workflow say: the script of each, and all else that decides what it makes.

The text of a rule is part of what a step is made from: a parameter added to it, another script or
other inputs make another version, comments and layout do not. What it uses counts as well, where
rule files define or import it. What versions cannot cover is refused.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import NoReturn

from handwritten.io.cache import Cache
from handwritten.io.code import UntraceableError
from handwritten.io.fingerprints import digest
from handwritten.io.syntax import UNVERSIONED
from handwritten.plan import rule_syntax

PLAN = "handwritten.plan"  # what it decides is in the recipes


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule of the workflow, in a line of a file."""

    name: str
    file: Path
    line: int
    parts: list[dict]  # what it says itself, and what it uses of rule files, directly or not
    unknown: frozenset[str] = frozenset()  # names that it uses and no rule file defines
    is_defined_twice: bool = False

    @property
    def text(self) -> str:
        """The SHA-256 of all that it says."""
        return digest([part["text"] for part in self.parts])

    @property
    def makes(self) -> list[str]:
        """The texts in its output, the names of its files among them."""
        return self.parts[0]["makes"]

    @property
    def has_script(self) -> bool:
        """Whether it runs a script, and so can make the files of a step."""
        return self.parts[0]["script"] is not None

    @property
    def script(self) -> Path:
        """The script that it runs. UntraceableError: it runs something else."""
        name, other = self.parts[0]["script"], self.parts[0]["other code"]
        if other:
            self.refuse(f"versions cannot follow the code of `{other[0]}:`; use `script:`")
        script = (self.file.parent / (name or "")).resolve()
        if script.suffix != ".py" or not script.is_file():
            self.refuse("`script:` has to name a Python file that is there")
        return script

    def check(self) -> None:
        """UntraceableError: the rule is defined twice, or uses what its version cannot cover."""
        if self.is_defined_twice:
            self.refuse("it is defined a second time; keep one of the two")
        for part in self.parts:
            if part["refused"]:
                self.refuse(part["refused"][1])
            if part["sources"]:
                self.refuse(UNVERSIONED.format(part["sources"][0]))

    def refuse(self, reason: str) -> NoReturn:
        """Stop the plan for this reason."""
        raise UntraceableError(f"{self.file}:{self.line}: rule {self.name}: {reason}")


def read_rules(files: Iterable[Path], cache: Cache) -> dict[str, Rule]:
    """All named rules in these files and in those that they include, by name."""
    contents = read_files(files, cache)
    statements = [each for content in contents.values() for each in content["statements"]]
    defined = {name for each in statements for name in each["defines"]}
    statements = without_plan(statements)
    everywhere = [text for content in contents.values() for text in content["all"]]
    rules: dict[str, Rule] = {}
    for file, content in contents.items():
        for said in filter(lambda rule: rule["name"], content["rules"]):
            parts = [said | {"text": digest([said["text"], *everywhere])}, *used(said, statements)]
            unknown = frozenset(name for part in parts for name in part["names"]) - defined
            name, twice = said["name"], said["name"] in rules
            rules[name] = Rule(name, file, said["line"], parts, unknown, twice)
    return rules


def read_files(files: Iterable[Path], cache: Cache) -> dict[Path, dict]:
    """The contents of rule files and of those that they include by name, by file. UntraceableError:
    one cannot be read."""
    contents: dict[Path, dict] = {}
    waiting = [file.resolve() for file in files]
    while waiting:
        file = waiting.pop(0)
        if file in contents or not file.is_file():
            continue
        source = file.read_text(encoding="utf-8")
        key = hashlib.sha256(source.encode()).hexdigest()
        try:
            content = cache.get(f"rules {key}", lambda source=source: rule_syntax.parse(source))
        except SyntaxError as error:
            raise UntraceableError(f"{file}:{error.lineno}: {error.msg}") from None
        except TokenError as error:
            raise UntraceableError(f"{file}:{error.args[1][0]}: {error.args[0]}") from None
        contents[file] = located(content, file)
        waiting += [(file.parent / name.lstrip("/")).resolve() for name in content["includes"]]
    return contents


def located(content: dict, file: Path) -> dict:
    """The same content, whose rules and statements know their file."""
    parts = ("rules", "statements")
    return content | {part: [each | {"file": file} for each in content[part]] for part in parts}


def used(said: dict, statements: list[dict]) -> list[dict]:
    """Those of the statements of rule files that a rule uses, directly or not, in their order; not
    what is imported for the names of outputs alone.
    """
    around = [said["around"] | {"file": said["file"]}] if said["around"] else []
    names = {"*"}.union(said["names"], *(each["names"] for each in around))  # a star imports any
    traced = names - (set(said["names"]) - set(said["traced"]))
    found = {i for i, each in enumerate(statements) if each["refused"]}
    while True:
        more = {
            i
            for i, each in enumerate(statements)
            if set(each["defines"]) & (traced if each["kind"] == "import" else names)
        } - found
        if not more:
            return around + [statements[i] for i in sorted(found)]
        found |= more
        used_now = {name for i in more for name in statements[i]["names"]}
        names, traced = names | used_now, traced | used_now


def without_plan(statements: list[dict]) -> list[dict]:
    """The statements that neither import something of the plan nor make something with it, and do
    not count as defining what is made so."""
    imports = [each for each in statements if each["kind"] == "import" and is_in_plan(each)]
    names = {name for each in imports for name in each["defines"]}
    makes = [e for e in statements if e["kind"] == "other" and names & set(e["names"])]
    made = {name for each in makes for name in each["defines"]}
    plan = [id(each) for each in imports + makes]
    return [
        each | {"defines": [name for name in each["defines"] if name not in made]}
        for each in statements
        if id(each) not in plan
    ]


def is_in_plan(statement: dict) -> bool:
    """Whether what a statement imports is of the plan."""
    (module, _), *_ = statement["imports"]
    return f"{module}.".startswith(f"{PLAN}.")
