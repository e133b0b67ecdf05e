"""The code that runs because of a script: the script, all project modules that it imports, the data
files that they read, and the packages that they import."""

import functools
import hashlib
import itertools
from collections.abc import Iterable
from pathlib import Path

from handwritten.io import data_files, packages, syntax
from handwritten.io.cache import Cache
from handwritten.io.files import sha256
from handwritten.io.fingerprints import digest


class UntraceableError(ValueError):
    """Something that versions cannot cover: in which line, and what to write instead."""


class Code:
    """The source files of a project, which lie under `roots` as Python finds them.

    Modules named in `ignored` do not count, nor what they import, nor packages named in `optional`.
    Data files do not count if steps make files of that name, which are in `made`, or if they are in
    the folders `known`, whose content the plan adds to recipes itself.
    """

    def __init__(
        self,
        *roots: Path,
        ignored: frozenset[str] = frozenset(),
        optional: frozenset[str] = frozenset(),
        made: frozenset[str] = frozenset(),
        known: frozenset[Path] = frozenset(),
        cache: Cache | None = None,
    ):
        self.roots, self.ignored, self.optional = roots, ignored, optional
        self.made, self.known = made, known
        self.cache = cache or Cache()
        self.facts, self.file = functools.cache(self.read), functools.cache(self.find)
        self.fingerprint = functools.cache(self.work_out)
        self.listing = functools.cache(data_files.names_in)
        self.data_of, self.sha256 = functools.cache(self.read_data), functools.cache(sha256)

    def work_out(self, script: Path, beside: Iterable[dict] = ()) -> dict:
        """What a script runs: {"files": the hash of the script, of all project modules that it
        imports and of the data files that they read, "sha256": of all these together, "packages":
        the version of every package imported on the way}.

        `beside` are the facts of other code that it needs, each with the `file` that has it.
        """
        more = [each for each in beside if each["imports"] or any(each["data"].values())]
        files, modules = self.reached(script, more)
        sums = {name: self.facts(file)["code"] for name, file in files.items()}
        sums |= self.data([script, *files.values()], more)
        sums = {script.name: self.facts(script)["code"]} | dict(sorted(sums.items()))
        return {
            "files": sums,
            "sha256": digest(sums),
            "packages": packages.versions(modules - self.optional, self.cache),
        }

    def reached(
        self, script: Path, beside: Iterable[dict] = ()
    ) -> tuple[dict[str, Path], set[str]]:
        """All project modules that run because of a file, by name, and the top-level names of all
        other modules that they import."""
        files, others, waiting = {}, set(), self.imported(script)
        waiting = waiting.union(*(self.followed(facts, facts["file"]) for facts in beside))
        while waiting:
            name = waiting.pop()
            file = self.file(name)
            if file is None:
                others.add(name.split(".")[0])
            elif name not in files:
                files[name] = file
                waiting |= self.imported(file) | self.around(name)
        return files, others

    def data(self, files: Iterable[Path], beside: Iterable[dict] = ()) -> dict[str, list[str]]:
        """The SHA-256 of the data files that source files read, by how these name them."""
        files, beside = list(files), list(beside)
        searches = any(each["data"]["searches"] for each in (*map(self.facts, files), *beside))
        read = [self.data_of(file, searches) for file in files]
        read += [self.find_data(each["file"], each["data"], searches) for each in beside]
        found: dict[str, set[str]] = {}
        for name, path in itertools.chain(*read):
            found.setdefault(f"data {name}", set()).add(self.sha256(path))
        return {name: sorted(sums) for name, sums in found.items()}

    def read_data(self, file: Path, searches: bool) -> list[tuple[str, Path]]:
        """The data files that a source file reads, all beside it if code `searches` for some."""
        return self.find_data(file, self.facts(file)["data"], searches)

    def find_data(self, file: Path, says: dict, searches: bool) -> list[tuple[str, Path]]:
        """The same of code in a file by what it `says` of files."""
        names = [name for name in says["names"] if name not in self.made]
        places = [*says["places"], *([[1, ""]] if searches else [])]
        modules = self.own_modules(names) if searches else {}
        files = itertools.chain(
            data_files.named(names, self.above(file), self.listing),
            data_files.placed(file, places, self.listing),
            *(data_files.inside(m.parent, name, self.listing) for name, m in modules.items()),
        )
        return [(name, path) for name, path in files if not self.is_known(path)]

    def own_modules(self, names: list[str]) -> dict[str, Path]:
        """The project's files of those of these names that are modules."""
        here = frozenset[str]().union(*map(self.listing, self.roots))
        wanted = [name for name in names if {first := name.split(".")[0], f"{first}.py"} & here]
        return {name: file for name in wanted if (file := self.file(name))}

    def is_known(self, path: Path) -> bool:
        """Whether a file is code that imports lead to, or in a folder that others look after."""
        folders = self.roots if path.suffix == ".py" else self.known
        return any(path.absolute().is_relative_to(folder) for folder in folders)

    def above(self, file: Path) -> list[Path]:
        """The folders that names of files in a source may be relative to: where Snakemake runs, and
        its own folder and those above it, up to two above those that modules are imported from."""
        ups = [len(file.relative_to(r).parts) for r in self.roots if file.is_relative_to(r)]
        return [Path(), *file.parents[: min(ups, default=1) + 2]]

    def imported(self, file: Path) -> set[str]:
        """The modules that a file imports, by their full names. UntraceableError: one cannot
        be followed."""
        return self.followed(self.facts(file), file)

    def imported_by(self, source: str, file: Path) -> set[str]:
        """The same of a part of a file."""
        return self.followed(self.facts_of(source.encode(), file), file)

    def followed(self, facts: dict, file: Path) -> set[str]:
        """The full names of imported modules, by the facts of a source."""
        if facts["refused"]:
            line, reason = facts["refused"]
            raise UntraceableError(f"{file}:{line}: {reason}")
        full = {f"{module}.{name}": module for module, name in facts["imports"]}
        names = {name if self.file(name) else module for name, module in full.items()}
        names = names.union(*map(self.all_of, full), self.run_by(facts, file))
        return names - self.ignored

    def all_of(self, name: str) -> set[str]:
        """The modules that `from package import *` may import, where that is the name."""
        package, _, last = name.rpartition(".")
        if last != "*" or (file := self.find(package)) is None or file.name != "__init__.py":
            return set()
        return {f"{package}.{path.stem}" for path in file.parent.glob("*.py")}

    def run_by(self, facts: dict, file: Path) -> set[str]:
        """The modules that code names and may run in a process of their own."""
        if ["subprocess", ""] not in facts["imports"]:
            return set()
        names = facts["data"]["names"]
        paths = [(folder / name).absolute() for folder in self.above(file) for name in names]
        modules = {
            ".".join(path.relative_to(root).with_suffix("").parts)
            for path, root in itertools.product(paths, self.roots)
            if path.suffix == ".py" and path.is_relative_to(root)
        }
        return set(filter(self.file, modules.union(names)))

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
        return self.facts_of(file.read_bytes(), file)

    def facts_of(self, source: bytes, file: Path) -> dict:
        """The facts of a source, which is parsed once for all runs. UntraceableError: it is not
        Python."""
        key = hashlib.sha256(source).hexdigest()
        try:
            return self.cache.get(f"source {key}", lambda: syntax.facts(source))
        except SyntaxError as error:
            text = f": {error.text.strip()}" if error.text else ""
            raise UntraceableError(f"{file}:{error.lineno}: {error.msg}{text}") from None
        except ValueError as error:  # a zero byte
            raise UntraceableError(f"{file}: {error}") from None

    def find(self, name: str) -> Path | None:
        """The project's file of a module, or None for any other module."""
        places = [root.joinpath(*name.split(".")) for root in self.roots]
        candidates = [f for p in places for f in (p.with_suffix(".py"), p / "__init__.py")]
        return next((file for file in candidates if file.is_file()), None)
