"""Which pages in docs/ are older than what they were measured on.

A page that a long run writes ends in a line with the fingerprint of the files that the run
measured, and their paths. `make lint` compares it with these files as they are now.

python -m handwritten.io.measured_pages     lists the pages, in the project's folder
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from handwritten.io import fingerprints, syntax

LINE = re.compile(r"^Measured on `(.+)`, the fingerprint of (.+)\.$", re.MULTILINE)
PATH = re.compile(r"`(.+?)`")


def signed(page: str, root: Path, *paths: str) -> str:
    """The page with its line, in place of one that it has."""
    listed = ", ".join(f"`{path}`" for path in paths)
    line = f"Measured on `{fingerprint(root, *paths)}`, the fingerprint of {listed}."
    return f"{LINE.sub('', page).rstrip()}\n\n{line}\n"


def fingerprint(root: Path, *paths: str) -> str:
    """The first 10 hexadecimal digits of a SHA-256 of files and folders; of Python code, what it
    does. FileNotFoundError: there is no such file."""
    contents = {str(file.relative_to(root)): content(file) for file in source_files(root, *paths)}
    return fingerprints.version(contents)


def source_files(root: Path, *paths: str) -> Iterator[Path]:
    """The files at these paths and in these folders, without those that Python compiles."""
    for path in paths:
        inside = sorted((root / path).rglob("*")) if (root / path).is_dir() else [root / path]
        yield from (
            file for file in inside if "__pycache__" not in file.parts and not file.is_dir()
        )


def content(file: Path) -> str:
    """The fingerprint of a file, comments and layout of Python code left out."""
    if file.suffix == ".py":
        return syntax.fingerprint(ast.parse(file.read_bytes()).body)
    return fingerprints.digest(file.read_bytes().hex())


def stale(root: Path) -> dict[str, str]:
    """The pages that are older than what they were measured on, each with the paths of that."""
    found = {}
    for page in sorted((root / "docs").glob("*.md")):
        if line := LINE.search(page.read_text(encoding="utf-8")):
            paths = PATH.findall(line[2])
            if not all((root / path).exists() for path in paths) or (
                fingerprint(root, *paths) != line[1]
            ):
                found[page.name] = ", ".join(paths)
    return found


if __name__ == "__main__":
    for page, paths in stale(Path.cwd()).items():
        print(f"docs/{page} is older than {paths}: what it says was measured before.")
