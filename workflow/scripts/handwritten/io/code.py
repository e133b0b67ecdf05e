"""The code that runs because of a script: the script, all project modules that it imports, and the
packages that they import."""

import functools
import hashlib
from pathlib import Path

from handwritten.io import packages, syntax
from handwritten.io.cache import Cache
from handwritten.io.fingerprints import digest


class UntraceableImportError(ImportError):
    """An import that versions cannot follow: in which line, and what to write instead."""


class Code:
    """The source files of a project, which lie under `roots` as Python finds them.

    Modules named in `ignored` do not count, nor what they import; packages named in `optional` do
    not count either.
    """

    def __init__(
        self,
        *roots: Path,
        ignored: frozenset[str] = frozenset(),
        optional: frozenset[str] = frozenset(),
        cache: Cache | None = None,
    ):
        self.roots, self.ignored, self.optional = roots, ignored, optional
        self.cache = cache or Cache()
        self.facts, self.file = functools.cache(self.read), functools.cache(self.find)
        self.fingerprint = functools.cache(self.work_out)

    def work_out(self, script: Path) -> dict:
        """What a script runs: {"sha256": its code and all project code it imports, "packages": the
        version of every third-party package imported on the way}."""
        files, modules = self.reached(script)
        sums = {name: self.facts(file)["code"] for name, file in files.items()}
        return {
            "sha256": digest({script.name: self.facts(script)["code"]} | sums),
            "packages": packages.versions(modules - self.optional, self.cache),
        }

    def reached(self, script: Path) -> tuple[dict[str, Path], set[str]]:
        """All project modules that run because of a file, by name, and the top-level names of all
        other modules that they import."""
        files, others, waiting = {}, set(), self.imported(script)
        while waiting:
            name = waiting.pop()
            file = self.file(name)
            if file is None:
                others.add(name.split(".")[0])
            elif name not in files:
                files[name] = file
                waiting |= self.imported(file) | self.around(name)
        return files, others

    def imported(self, file: Path) -> set[str]:
        """The modules that a file imports, by their full names. UntraceableImportError: one cannot
        be followed."""
        return self.followed(self.facts(file), file)

    def imported_by(self, source: str, file: Path) -> set[str]:
        """The same of a part of a file."""
        return self.followed(self.facts_of(source.encode()), file)

    def followed(self, facts: dict, file: Path) -> set[str]:
        """The full names of imported modules, by the facts of a source."""
        if facts["refused"]:
            line, reason = facts["refused"]
            raise UntraceableImportError(
                f"{file}:{line}: {reason}, so that changes in that code are noticed"
            )
        full = {f"{module}.{name}": module for module, name in facts["imports"]}
        names = {name if self.file(name) else module for name, module in full.items()}
        return names - self.ignored

    def around(self, name: str) -> set[str]:
        """The packages that a module is in, whose __init__ files run before it."""
        parts = name.split(".")
        packages = {".".join(parts[:i]) for i in range(1, len(parts))}
        return {package for package in packages if self.file(package)}

    def project_files(self, module: Path) -> list[Path]:
        """A file and all project files that run because of it."""
        return sorted({module, *self.reached(module)[0].values()})

    def read(self, file: Path) -> dict:
        """The facts of a source file, which is read once a run."""
        return self.facts_of(file.read_bytes())

    def facts_of(self, source: bytes) -> dict:
        """The facts of a source, which is parsed once for all runs."""
        key = hashlib.sha256(source).hexdigest()
        return self.cache.get(f"source {key}", lambda: syntax.facts(source))

    def find(self, name: str) -> Path | None:
        """The project's file of a module, or None for any other module."""
        places = [root.joinpath(*name.split(".")) for root in self.roots]
        candidates = [f for p in places for f in (p.with_suffix(".py"), p / "__init__.py")]
        return next((file for file in candidates if file.is_file()), None)
