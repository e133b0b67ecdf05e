"""Which installed packages modules belong to, what those depend on, and all their versions."""

import functools
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import metadata

from handwritten.io.cache import Cache
from handwritten.io.fingerprints import digest

NOT_INSTALLED = "not installed"  # in the place of a version
# What only an older or only a newer Python needs stands in for a part of the other's library. It
# is left out, so that versions are the same under every Python.
PYTHONS = [{"python_version": v, "python_full_version": f"{v}.0"} for v in ("3.11", "3.99")]


def versions(modules: Iterable[str], cache: Cache) -> dict[str, str]:
    """The installed version of each package behind these top-level modules, the standard library's
    left out, and of each package that these depend on."""
    wanted = sorted(set(modules) - sys.stdlib_module_names)
    if not wanted:
        return {}
    here, found = installed(), dict[str, str]()
    for name in wanted:
        found |= cache.get(f"{here} {name}", lambda name=name: packages(name))
    return dict(sorted(found.items()))  # records of artifacts have this order


@functools.cache
def installed() -> str:
    """A hash of what is installed: the folders of metadata on Python's path, and their times."""
    folders = [folder for folder in sys.path if os.path.isdir(folder)]
    return digest(
        [
            [entry.path, entry.stat().st_mtime_ns]
            for folder in folders
            for entry in sorted(os.scandir(folder), key=lambda entry: entry.name)
            if entry.name.endswith((".dist-info", ".egg-info"))
        ]
    )


def packages(module: str) -> dict[str, str]:
    """The package that brings a module, and all that it depends on, by name: their versions."""
    first = distributions().get(module, [None])[0]
    if first is None:
        return {module: NOT_INSTALLED}
    found, waiting = dict[str, str](), {first}
    while waiting:
        with suppress(metadata.PackageNotFoundError):  # named by another, and not asked for here
            package = metadata.distribution(waiting.pop())
            if package.metadata["Name"] not in found:
                found[package.metadata["Name"]] = package.version
                waiting |= required(package)
    return found


def required(package: metadata.Distribution) -> set[str]:
    """The packages that a package needs in order to run, extras left out."""
    from packaging.requirements import Requirement

    lines = [Requirement(line) for line in package.requires or []]
    under = [
        {
            line.name
            for line in lines
            if not line.marker or line.marker.evaluate({"extra": ""} | python)
        }
        for python in PYTHONS
    ]
    return set.intersection(*under)


@functools.cache
def distributions() -> Mapping[str, list[str]]:
    """Which installed packages a top-level module belongs to; reads the metadata of them all."""
    return metadata.packages_distributions()
