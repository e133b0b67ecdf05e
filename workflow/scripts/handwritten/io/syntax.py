"""Python source as what it does: its syntax tree without comments, docstrings and layout, and the
modules that it imports."""

import ast
from pathlib import Path

from handwritten.io import data_files
from handwritten.io.fingerprints import digest

# What loads code that no import statement names. Metadata and resources load none.
DYNAMIC_MODULES = {"importlib", "runpy"}
STATIC_PARTS = {"importlib.metadata", "importlib.resources"}
DYNAMIC_NAMES = {"__import__", "import_module", "exec", "eval"}
FOLLOWED = "so that changes in that code are noticed"
UNVERSIONED = (
    "what `{}` says is part of no version; make it a setting of the step in plan/, which scripts "
    "read from `params.recipe`"
)


def facts(source: bytes | str) -> dict:
    """What versions need to know of a source file, as JSON.

    `code` is its fingerprint; `imports` are pairs of a module and a name imported from it, or "";
    `refused` is the line and the reason of an import that cannot be followed, or None; `data` is
    what it says of files that it reads.
    """
    tree = ast.parse(source)
    tree.body = [each for node in tree.body for each in what_runs(node)]
    return {
        "code": fingerprint(tree),
        "imports": imports(tree),
        "refused": refused(tree),
        "data": data_files.mentioned(tree),
    }


def what_runs(node: ast.stmt) -> list[ast.stmt]:
    """The statement; of `if TYPE_CHECKING:`, which only type checkers read, the other branch."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name):
        return node.orelse if node.test.id == "TYPE_CHECKING" else [node]
    return [node]


def fingerprint(tree: ast.AST | list) -> str:
    """The SHA-256 of a syntax tree."""
    return digest(structure(tree))


def structure(node):
    """A syntax tree as nested lists and dictionaries, the same under every Python that parses it.

    Empty fields are left out, since newer versions add some, and so are statements that are a
    string and nothing else, which is what docstrings are, and empty parts of f-strings, which
    Python 3.12 adds. Constants are written in ASCII, since what counts as printable grows with
    Unicode.
    """
    if isinstance(node, ast.JoinedStr):
        parts = [part for part in node.values if getattr(part, "value", None) != ""]
        return ["JoinedStr", {"values": structure(parts)}]
    if isinstance(node, ast.AST):
        fields = {name: structure(value) for name, value in ast.iter_fields(node)}
        return [type(node).__name__, {name: v for name, v in fields.items() if v not in (None, [])}]
    if isinstance(node, list):
        return [structure(item) for item in node if not is_docstring(item)]
    return None if node is None else ascii(node)


def is_docstring(node) -> bool:
    """Whether a statement is a string literal and nothing else."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def imports(tree: ast.AST) -> list[list[str]]:
    """Every module that is imported anywhere, with every name that is imported from it."""
    pairs = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            pairs |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            pairs |= {(str(node.module), alias.name) for alias in node.names}
    return sorted(map(list, pairs))


def refused(tree: ast.AST) -> list | None:
    """Line and reason of the first thing that versions cannot cover, or None."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr | ast.stmt):
            continue
        if isinstance(node, ast.ImportFrom) and node.level:
            return [node.lineno, f"a relative import; write the module's full name, {FOLLOWED}"]
        if dynamic := dynamic_import(node):
            reason = f"{dynamic} can load any code; write an import statement, {FOLLOWED}"
            return [node.lineno, reason]
        if outside := read_from_outside(node):
            return [node.lineno, UNVERSIONED.format(outside)]
    return None


def read_from_outside(node: ast.AST) -> str:
    """What a node names whose value comes from the configuration as a whole or from an environment
    variable; "" for any other."""
    match node:
        case ast.Attribute(value=ast.Name("snakemake"), attr="config" | "resources"):
            return ast.unparse(node)
        case (
            ast.Subscript(value=source, slice=ast.Constant(), ctx=ast.Load())
            | ast.Call(func=ast.Attribute(value=source, attr="get"))
        ):
            return "environ" if last_name(source) == "environ" else ""
        case ast.Call(func=function):
            return "getenv" if last_name(function) == "getenv" else ""
    return ""


def last_name(node: ast.AST) -> str:
    """The name of a variable or an attribute; "" for any other expression."""
    return getattr(node, "attr", getattr(node, "id", ""))


def dynamic_import(node: ast.AST) -> str:
    """What a node names that loads code by a name worked out at run time; "" for any other."""
    if isinstance(node, ast.Name | ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr
        plain = isinstance(node, ast.Attribute) and name in ("eval", "exec")  # other objects' own
        return name if name in DYNAMIC_NAMES and not plain else ""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        return ""
    return next((name for name in names if is_dynamic(name)), "")


def is_dynamic(name: str) -> bool:
    """Whether a module of this name is for loading code."""
    parts = name.split(".")
    return parts[0] in DYNAMIC_MODULES and ".".join(parts[:2]) not in STATIC_PARTS


def lines(file: Path) -> int:
    """How long a file's code is in one layout for all, without comments and docstrings."""
    code = ast.parse(file.read_bytes())
    for node in ast.walk(code):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [each for each in body if not is_docstring(each)] or [ast.Pass()]
    return sum(map(bool, ast.unparse(code).splitlines()))
