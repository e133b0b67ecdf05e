"""The files that code reads without importing them, such as a table beside a module.

They are part of what a step is made from, as code is. Which ones they are is read from the source:
files and folders that it names, wholly or by a pattern such as `f"table_{n}.csv"`, and folders that
it reaches from its own place (`__file__`) or asks a package for. What a step is given, its inputs
and settings, is no concern here: the plan knows it.
"""

import ast
import fnmatch
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

Listing = Callable[[Path], frozenset[str]]  # `names_in`, or one that remembers
Places = dict[str, tuple[int, str]]  # by name: so many folders up, then a path
NAME = re.compile(r"[^\s{}<>|\"';:=,()%#$&!]{1,200}")  # a text that may be a path or a pattern
VALUE = re.compile(r"%[-\d.]*[a-zA-Z]|\{[^{}/]*\}")  # what `%` and `format` fill in
LETTER = re.compile(r"[A-Za-z0-9]")
# How code asks for files beside a module without saying `__file__`.
SEARCHES = {"__path__", "__spec__", "__loader__", "resources", "pkgutil", "scriptdir", "getfile"}
SEARCHES |= {"importlib.resources", ".__file__"}  # another module's place
SAME = {"Path", "resolve", "absolute", "abspath", "realpath", "str", "fspath"}  # calls: same place
FOLDERS = {"Path", "glob", "iglob", "listdir", "rglob", "scandir", "walk"}  # calls: read folders
MADE = ("logs", "resources", "results")  # here steps make files: these count by full names only
LEFT_OUT = (".py", ".pyc", ".smk", ".md", "~", ".orig", ".rej", ".bak")


def mentioned(tree: ast.AST) -> dict:
    """What a source says of files, as JSON: `names` that may be paths, `places` relative to itself
    (how many folders up, and what follows), and whether it `searches` packages for files."""
    nodes = list(ast.walk(tree))
    names = {name for node in nodes for name in texts(node) if may_be_path(name)}
    known = known_places(nodes)
    found = [(node, where) for node in nodes if (where := place(node, known))]
    parts = {part for node, _ in found for part in ast.walk(node) if part is not node}
    return {
        "names": sorted(names),
        "places": sorted({where for node, where in found if node not in parts}),
        "searches": any(word(node) in SEARCHES for node in nodes),
    }


def may_be_path(text: str) -> bool:
    """Whether a text may be a path, or a pattern that names a folder or the kind of its files."""
    if not NAME.fullmatch(text) or not text.strip("./"):
        return False
    folder, _, own = text.rpartition("/")
    stem, dot, _ = own.partition(".")
    return "*" not in text or bool(LETTER.search(stem if dot else "") or LETTER.search(folder))


def texts(node: ast.AST) -> list[str]:
    """The texts in a node that may be paths, with `*` for what is filled in; those joined by `/` or
    in one call also together. What may be a folder ends in `/`."""
    if is_text(node):
        text = literal(node)
        return [text, text.removeprefix("*/")]
    if not isinstance(node, ast.BinOp | ast.Call):
        return []
    parts = operands(node) if isinstance(node, ast.BinOp) else node.args
    last = [literal(part) for part in itertools.takewhile(is_text, reversed(parts))]
    path = "/".join(text.strip("/") for text in reversed(last))
    is_folder = word(node.func) in FOLDERS if isinstance(node, ast.Call) else len(parts) > 1
    return [path] * (len(last) > 1) + [f"{path}/"] * is_folder


def literal(node: ast.AST) -> str:
    """A text, with `*` for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) if is_text(part) else "*" for part in node.values)
    return VALUE.sub("*", str(node.value)) if isinstance(node, ast.Constant) else ""


def is_text(node: ast.AST) -> bool:
    """Whether a node is a text."""
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def operands(node: ast.expr) -> list[ast.expr]:
    """What an expression joins by `/`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return [*operands(node.left), node.right]
    return [node]


def place(node: ast.AST, known: Places) -> tuple[int, str] | None:
    """Where an expression that begins with `__file__`, or with a name of a `known` place, leads: so
    many folders up, then this path."""
    match node:
        case ast.Name(name):
            return known.get(name)
        case ast.Attribute(value=start, attr="parent"):
            return moved(place(start, known), 1)
        case ast.Subscript(
            value=ast.Attribute(value=start, attr="parents"), slice=ast.Constant(int(n))
        ):
            return moved(place(start, known), n + 1)
        case ast.BinOp(left=start, op=ast.Div(), right=part):
            return moved(place(start, known), 0, [part])
        case ast.Call(func=ast.Attribute(value=start, attr=name), args=parts) if place(
            start, known
        ):
            return called(name, place(start, known), parts)
        case ast.Call(func=function, args=[start, *parts]):
            return called(word(function), place(start, known), parts)
    return None


def called(name: str, start: tuple[int, str] | None, parts: list) -> tuple[int, str] | None:
    """Where a function or method of this name leads from `start`."""
    if name in SAME:
        return start
    if name in ("join", "joinpath"):
        return moved(start, 0, parts)
    return moved(start, 1, parts) if name in ("dirname", "with_name") else None


def moved(start: tuple[int, str] | None, ups: int, parts: Iterable = ()) -> tuple[int, str] | None:
    """Where it is so many folders up from `start`, along these parts, which must be constants."""
    parts = list(parts)
    if start is None or (ups and start[1]) or not all(map(is_text, parts)):
        return None
    return start[0] + ups, "/".join(filter(None, [start[1], *map(literal, parts)]))


def known_places(nodes: Iterable[ast.AST]) -> Places:
    """The places by the names that are assigned to them."""
    known: Places = {"__file__": (0, "")}
    for node in nodes:
        if isinstance(node, ast.Assign) and (where := place(node.value, known)):
            known |= {name.id: where for name in node.targets if isinstance(name, ast.Name)}
    return known


def word(node: ast.AST) -> str:
    """The last name in an expression, or in an import."""
    if isinstance(node, ast.alias):
        return node.name
    if isinstance(node, ast.Attribute):
        return node.attr if node.attr != "__file__" else ".__file__"
    return node.id if isinstance(node, ast.Name) else ""


def named(
    names: list[str], folders: Iterable[Path], listing: Listing
) -> Iterator[tuple[str, Path]]:
    """The data files that have one of these names, or are in a folder of one of these names,
    relative to one of these folders."""
    for folder in folders:
        there = listing(folder) | {""}  # absolute paths begin with it
        for name in names:
            first = name.split("/", 1)[0]
            if first in there and (folder / name).is_file():
                yield name.rstrip("/"), folder / name
            elif first not in MADE and ("*" in name or (name[-1] == "/" and first in there)):
                found = matching(folder, name.lstrip("/"), listing)
                yield from (each for each in found if each[0].split("/", 1)[0] not in MADE)


def placed(
    file: Path, places: Iterable[tuple[int, str]], listing: Listing
) -> Iterator[tuple[str, Path]]:
    """The data files at these places, relative to a source file. A folder far above it is one that
    names are relative to: its other files do not count."""
    for ups, rest in places:
        if ups <= 1 or rest:
            yield from matching(
                file.parents[max(ups, 1) - 1], f"{rest}/" if rest else "./", listing
            )


def matching(folder: Path, pattern: str, listing: Listing) -> Iterator[tuple[str, Path]]:
    """The data files in a folder that match a pattern, which may be a path; those in folders that
    do if it ends in `/`."""
    first, slash, rest = pattern.partition("/")
    names = [first]
    if "*" in first:
        names = [each for each in fnmatch.filter(listing(folder), first) if may_be_data(each)]
    for name in sorted(names):
        path = folder / name
        if rest and first != "**":
            yield from ((f"{name}/{each}", file) for each, file in matching(path, rest, listing))
        elif slash or path.is_file():
            yield from inside(path, name, listing)


def may_be_data(name: str) -> bool:
    """Whether a file or folder of this name counts where none is named in full."""
    return not name.startswith((".", "__pycache__")) and not name.endswith(LEFT_OUT)


def names_in(folder: Path) -> frozenset[str]:
    """The names in a folder, none if there is no such folder."""
    return frozenset(os.listdir(folder)) if folder.is_dir() else frozenset()


def inside(path: Path, name: str, listing: Listing) -> Iterator[tuple[str, Path]]:
    """All data files in a folder and in the folders in it that are no packages; or the file itself,
    each with its name."""
    if path.is_file():
        yield name, path
    for entry in sorted(listing(path)):
        below = path / entry
        if may_be_data(entry) and not (below / "__init__.py").exists():
            yield from inside(below, f"{name}/{entry}", listing)
