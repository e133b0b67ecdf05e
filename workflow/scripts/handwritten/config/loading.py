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

from handwritten.config.messages import ConfigurationError
from handwritten.config.messages import Path as KeyPath

MOST_BYTES = 1_000_000
MOST_VALUES = 100_000  # every alias counted as what it stands for
UNEVEN = "unexpected here; indent the keys of a section alike"
ADVICE = {  # what PyYAML says, and what to do
    "'\\t'": "a tab; indent with spaces",
    "mapping values are not allowed": UNEVEN,
    "expected <block end>": UNEVEN,
}
NO_SPACE = re.compile(r"^\s*[\w-]+:(?=[^\s:/])")  # learning_rate:0.1


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
    """Plain YAML in which a key that is written twice in one mapping is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise marked(f"the key {key.value} is written twice", key)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:  # a date that does not exist, a number with too many digits
            raise marked(str(error), node) from None


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
        if size(root, {}) > MOST_VALUES:
            raise ConfigurationError(
                f"{path}: its aliases stand for too many values; write them out"
            )
        values: Any = loader.construct_document(root) if root else None
    except yaml.YAMLError as error:
        raise explained(path, text, error) from None
    except RecursionError:
        raise ConfigurationError(f"{path} is nested too deeply") from None
    if not isinstance(root, yaml.MappingNode):
        raise ConfigurationError(f"{path} holds no keys; expected lines such as `seed: 1`")
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
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        raise ConfigurationError(f"{path} has {len(data):,} bytes; allowed: {MOST_BYTES:,}")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        where = place(path, *position(data[: error.start].decode()))
        raise ConfigurationError(f"{where}: not UTF-8; save the file as UTF-8") from None


def size(node: yaml.Node | None, sizes: dict[int, float]) -> float:
    """How many values a node holds, every alias counted as what it stands for; infinite for a node
    that holds itself. `sizes` are those known already."""
    if not isinstance(node, yaml.CollectionNode):
        return 1
    if id(node) not in sizes:
        sizes[id(node)] = math.inf  # until it is counted
        pairs = isinstance(node, yaml.MappingNode)
        children = itertools.chain(*node.value) if pairs else node.value
        sizes[id(node)] = 1 + sum(size(child, sizes) for child in children)
    return sizes[id(node)]


def explained(path: Path, text: str, error: Any) -> ConfigurationError:
    """PyYAML's error as a sentence with file, line, column and advice."""
    if hasattr(error, "position"):  # of a character, where PyYAML's reader stopped
        where = place(path, *position(text[: error.position]))
        return ConfigurationError(f"{where}: a control character; remove it")
    mark, problem = error.problem_mark, error.problem
    where = place(path, mark.line, mark.column)
    lines = text.splitlines()[: mark.line + 1]
    if "mapping values" in problem:  # the colon that is to blame may be some lines above
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
