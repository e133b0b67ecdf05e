"""Configuration files, read before Snakemake does: safe to load, and with lines and columns.

Snakemake loads them by itself. But it says little about a file that is not YAML, silently takes the
last of two equal keys, and runs the Python code in a file that has the key `__use_yte__`.
"""

import contextlib
import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from handwritten.config.messages import ConfigurationError, printable
from handwritten.config.messages import Path as KeyPath
from handwritten.io import reading

MOST_VALUES = 20_000  # PyYAML takes a third of a second for so many
MOST_LEVELS = 50
MOST_DIGITS = 100
UNEVEN = "unexpected here; indent the keys of a section alike, with a colon after each"
ADVICE = {  # what PyYAML says, and what to do
    "'\\t'": "a tab; indent with spaces",
    "mapping values are not allowed": UNEVEN,
    "expected <block end>": UNEVEN,
    "end of stream": "a quotation mark that is not closed; close it",
    "expected ',' or": "a comma or a closing bracket is missing before this",
    "could not find expected ':'": "a key without a colon, or a list's hyphen without a space",
    "another document": "a second document begins; write everything into one",
    "second occurrence": "the name of an anchor is used twice; rename one",
    "undefined alias": "an alias of no anchor; quote text that begins with *",
    "cannot start any token": "text cannot begin with this character; quote the text",
    "unknown escape character": "an unknown escape sequence; quote the text with ' instead",
    "escape sequence of": "a backslash begins an escape sequence; quote the text with ' instead",
    "determine a constructor": "an unknown tag; quote text that begins with !",
}
NO_SPACE = re.compile(r"^\s*[\w-]+:(?=[^\s:/]|/(?!/))")  # learning_rate:0.1 or images:/digits
MISSING = ("mapping values", "could not find expected ':'")  # what is said where a space is missing


NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
OCTAL = re.compile(r"[-+]?0[0_]*[1-9][0-9_]*$")  # 010, but not 0, 0.5 or 0x10
KEYS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


@dataclass(frozen=True)
class File:
    """A sound configuration file: its values, and its YAML nodes, which know where they are."""

    path: Path
    values: dict[str, Any]
    root: yaml.MappingNode

    def place(self, path: KeyPath, of_key: bool) -> str:
        """File, line and column of the value at this path, or of its key."""
        node, mark = self.root, self.root.start_mark
        for part in path:
            if isinstance(node, yaml.MappingNode):
                key, node = next((k, v) for k, v in reversed(node.value) if k.value == str(part))
                mark = key.start_mark if of_key else node.start_mark
            else:
                node = node.value[part]
                mark = node.start_mark
        return place(self.path, mark.line, mark.column)


class Loader(yaml.SafeLoader):
    """Plain YAML of a moderate size, in which every key is text and is written once."""

    values = levels = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.values, self.levels = self.values + 1, self.levels + 1
        for number, most, what in (
            (self.values, MOST_VALUES, "keys and values"),
            (self.levels, MOST_LEVELS, "levels"),
        ):
            if number > most:
                mark = self.peek_event().start_mark
                problem = f"more than {most:,} {what}; remove some"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        node = super().compose_node(parent, index)
        self.levels -= 1
        return node

    def compose_scalar_node(self, anchor: Any) -> yaml.ScalarNode:
        node = super().compose_scalar_node(anchor)
        try:  # JSON writes rare characters as two halves
            node.value = node.value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise marked("half a character (\\ud800 to \\udfff); write a whole one", node) from None
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node, lines = super().compose_mapping_node(anchor), dict[str, int]()
        for key, _ in node.value:
            if key.tag not in KEYS:
                raise marked("a key that is not text; quote it", key)
            if first := lines.get(key.value):
                problem = f"the key {printable(key.value)} is written twice, first in line {first}"
                raise marked(f"{problem}; remove one of the two", key)
            lines[key.value] = key.start_mark.line + 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag in NUMBERS and len(node.value) > MOST_DIGITS:
            raise marked(f"a number with more than {MOST_DIGITS} characters", node)
        try:
            value = super().construct_object(node, deep)
        except ValueError as error:  # a date that does not exist, a number with too many digits
            raise marked(str(error), node) from None
        if node.tag in NUMBERS and (reason := unlike_decimal(node.value)):
            problem = f"{node.value} stands for {value}, since {reason}"
            raise marked(f"{problem}; write {value} if that is meant", node)
        return value


def unlike_decimal(number: str) -> str | None:
    """Why YAML 1.1 takes a number for another one than everybody else does, if it does."""
    if ":" in number:
        return "YAML counts in sixties where there are colons"
    return "YAML takes a number with a zero at the front as octal" if OCTAL.match(number) else None


def marked(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    """The error that something is wrong where the node is."""
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


@cache
def read(path: Path) -> File:
    """The parsed file, read once. ConfigurationError: it is not sound, or could run code."""
    text = text_of(path)
    try:
        loader = Loader(text)
        root = loader.get_single_node()
        require_few_aliases(root)
        values: Any = loader.construct_document(root) if root else None
    except yaml.YAMLError as error:
        raise explained(path, text, error) from None
    if not isinstance(root, yaml.MappingNode):
        where = place(path, 0, 0)
        raise ConfigurationError(f"{where}: no keys; expected lines such as `seed: 1`")
    file = File(path, values, root)
    if "__use_yte__" in values:
        where = file.place(("__use_yte__",), of_key=True)
        raise ConfigurationError(
            f"{where}: __use_yte__ would run code in this file; remove the key"
        )
    return file


def text_of(path: Path) -> str:
    """The text of a file. ConfigurationError: it is too large, cannot be read or is not UTF-8."""
    try:
        data = reading.read(path, reading.MOST_CONFIGURATION_BYTES)
    except reading.UnreadableFileError as error:
        raise ConfigurationError(str(error)) from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        where = place(path, *position(data[: error.start].decode()))
        raise ConfigurationError(f"{where}: not UTF-8; save the file as UTF-8") from None


def require_few_aliases(root: yaml.Node | None) -> None:
    """MarkedYAMLError: aliases stand for more than MOST_VALUES values, or for themselves."""
    sizes: dict[int, float] = {}

    def size(node: yaml.Node) -> float:
        """How many values a node holds, every alias counted as what it stands for."""
        if not isinstance(node, yaml.CollectionNode):
            return 1
        if id(node) not in sizes:
            sizes[id(node)] = math.inf  # until it is counted: it may hold itself
            pairs = isinstance(node, yaml.MappingNode)
            children = itertools.chain(*node.value) if pairs else node.value
            sizes[id(node)] = 1 + sum(map(size, children))
            if sizes[id(node)] > MOST_VALUES:
                raise marked("aliases stand for too many values here; write them out", node)
        return sizes[id(node)]

    if root:
        size(root)


def explained(path: Path, text: str, error: Any) -> ConfigurationError:
    """PyYAML's error as a sentence with file, line, column and advice."""
    if hasattr(error, "position"):  # of a character, where PyYAML's reader stopped
        where = place(path, *position(text[: error.position]))
        return ConfigurationError(f"{where}: a control character; remove it")
    mark, problem = error.problem_mark, error.problem
    if "end of stream" in problem:
        mark = error.context_mark or mark  # where the quotation mark is that is not closed
    where = place(path, mark.line, mark.column)
    lines = text.splitlines()[: mark.line + 1]
    before = lines[-1][: mark.column] if lines else ""
    if "mapping values" in problem and ": " in before:
        return ConfigurationError(f"{where}: a second colon; quote text that has a colon in it")
    if "'\\t'" in problem and before.strip():
        return ConfigurationError(f"{where}: a tab; write a space instead")
    if any(part in problem for part in MISSING):  # the colon may be some lines above
        for number, line in reversed(list(enumerate(lines))):
            if match := NO_SPACE.match(line):
                where = place(path, number, match.end())
                return ConfigurationError(f"{where}: write a space after the colon")
    advice = next((text for part, text in ADVICE.items() if part in problem), problem)
    return ConfigurationError(f"{where}: {advice}")


def located(error: ConfigurationError, files: Iterable[File], config: dict) -> str:
    """The error with file, line and column of the value, or of the section that lacks it, if it
    comes from one of the files. `config` is what Snakemake made of these and the command line."""
    for end in range(len(error.path), -1, -1):
        path = error.path[:end]
        for file in files:
            with contextlib.suppress(LookupError, TypeError):
                if repr(value_at(file.values, path)) == repr(value_at(config, path)):
                    return f"{file.place(path, error.of_key)}: {error.problem}"
    return str(error)


def value_at(values: Any, path: KeyPath) -> Any:
    """What stands at a path. LookupError or TypeError: nothing does."""
    for part in path:
        values = values[part]
    return values


def position(before: str) -> tuple[int, int]:
    """Line and column, from 0, of what follows this text."""
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def place(path: Path, line: int, column: int) -> str:
    """A place as people and editors write it; `line` and `column` count from 0."""
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return f"{path}, line {line + 1}, column {column + 1}"
