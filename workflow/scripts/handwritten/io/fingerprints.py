"""Naming an artifact after what made it, so that it is rebuilt exactly when it has to be.

A version is a short hash of a recipe: the step's name, the settings it reads, the versions of the
steps it reads from, the code that runs, the packages that code imports, and the thread count.
Comments, docstrings and layout are not part of the code; neither are clocks, hosts and paths.
"""

import ast
import hashlib
import json
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1]
PACKAGE = LIBRARY.name
# Optional packages. Whoever imports one says itself which version it takes, so that a plan is the
# same where there is none.
OPTIONAL = {"torch"}


def canonical(facts) -> bytes:
    """The one way to write these facts as JSON: sorted keys, no spaces, no NaN (ValueError)."""
    text = json.dumps(
        facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def digest(facts) -> str:
    """The SHA-256 of these facts as canonical JSON."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def version(recipe: dict) -> str:
    """The first 10 hexadecimal digits of the recipe's SHA-256."""
    return digest(recipe)[:10]


def text(file: Path) -> str:
    """The SHA-256 of a text file, the same whatever its line ends."""
    return hashlib.sha256(file.read_text(encoding="utf-8").encode()).hexdigest()


@cache
def code(script: Path) -> dict:
    """What a script runs: {"sha256": its code and all project code it imports, "packages": {}}.

    `packages` holds the installed version of every third-party package imported on the way. It is
    worked out once a script, and each file is read once.
    """
    files, packages = reached(script)
    modules = {name: without_comments(file) for name, file in files.items()}
    return {
        "sha256": digest({script.name: without_comments(script)} | modules),
        "packages": package_versions(packages),
    }


def reached(script: Path) -> tuple[dict[str, Path], set[str]]:
    """All project modules that a file imports, and they in turn, by name; and all packages."""
    files, packages, waiting = {}, set(), set(imports(script))
    while waiting:
        name = waiting.pop()
        file = module_file(name)
        if file is None:
            packages.add(name.split(".")[0])
        elif name not in files:
            files[name] = file
            waiting |= imports(file)
    return files, packages


def project_files(module: Path) -> list[Path]:
    """A file and all project files that it imports, and they in turn."""
    return sorted({module, *reached(module)[0].values()})


def lines(file: Path) -> int:
    """How long a file's code is in one layout for all, without comments and docstrings."""
    code = ast.parse(file.read_bytes())
    for node in ast.walk(code):
        if isinstance(getattr(node, "body", None), list):
            node.body = [each for each in node.body if not is_docstring(each)] or [ast.Pass()]
    return sum(map(bool, ast.unparse(code).splitlines()))


@cache
def tree(file: Path) -> ast.Module:
    """The file's syntax tree; each file is read once a run."""
    return ast.parse(file.read_bytes(), str(file))


@cache
def without_comments(file: Path) -> str:
    """The file's code as canonical JSON of its syntax tree: no comments, docstrings or layout."""
    return canonical(structure(tree(file))).decode()


def structure(node):
    """A syntax tree as nested lists and dictionaries, the same under every Python that parses it:
    empty fields are left out, since newer versions add some, and so are lone string literals, which
    is what docstrings are."""
    if isinstance(node, ast.AST):
        fields = {name: structure(value) for name, value in ast.iter_fields(node)}
        return [type(node).__name__, {name: v for name, v in fields.items() if v not in (None, [])}]
    if isinstance(node, list):
        return [structure(item) for item in node if not is_docstring(item)]
    return None if node is None else repr(node)


def is_docstring(node) -> bool:
    """Whether a statement is a string literal and nothing else."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def notebook(file: Path) -> dict[str, str]:
    """What a notebook runs and says: its cells, and all project code that they import."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    texts = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    modules = imported(ast.parse("\n".join(text for kind, text in texts if kind == "code")))
    used = {name: module_file(name) for name in sorted(modules)}
    return {file.name: digest(texts)} | {
        name: code(module)["sha256"] for name, module in used.items() if module
    }


@cache
def imports(file: Path) -> frozenset[str]:
    """The full names of all modules that a file imports anywhere in it."""
    return imported(tree(file), file)


def imported(code: ast.Module, file: Path | None = None) -> frozenset[str]:
    """The full names of all modules that the code, of this file, imports."""
    names = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            raise ImportError(f"{file}:{node.lineno}: write the module's full name, {PACKAGE}.…")
        elif isinstance(node, ast.ImportFrom):
            parts = [f"{node.module}.{alias.name}" for alias in node.names]
            names |= {part if module_file(part) else node.module for part in parts}
    return frozenset(names)


def module_file(name: str) -> Path | None:
    """The project file of a module, of the library or a script, or None for any other module."""
    place = LIBRARY.parent.joinpath(*name.split("."))
    candidates = [place.with_suffix(".py"), place / "__init__.py"]
    return next((file for file in candidates if file.is_file()), None)


def package_versions(modules: set[str]) -> dict[str, str]:
    """The installed version of each package behind these top-level modules, the standard library's
    left out. A module whose package is not installed counts as "not installed"."""
    versions = {}
    for module in sorted(modules - set(sys.stdlib_module_names) - OPTIONAL):
        package = distributions().get(module, [None])[0]
        versions[package or module] = metadata.version(package) if package else "not installed"
    return versions


@cache
def distributions() -> dict[str, list[str]]:
    """Which installed packages a top-level module belongs to."""
    return metadata.packages_distributions()
