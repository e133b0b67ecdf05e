"""Which installed packages modules belong to, and their versions."""

import functools
import os
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata

from handwritten.io.cache import Cache
from handwritten.io.fingerprints import digest

NOT_INSTALLED = "not installed"  # in the place of a version


def versions(modules: Iterable[str], cache: Cache) -> dict[str, str]:
    """The installed version of each package behind these top-level modules, the standard library's
    left out."""
    wanted = sorted(set(modules) - sys.stdlib_module_names)
    if not wanted:
        return {}
    here = installed()
    return dict(cache.get(f"{here} {name}", lambda name=name: package(name)) for name in wanted)


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


def package(module: str) -> list[str]:
    """The name and version of the package that brings a module."""
    found = distributions().get(module, [None])[0]
    return [found or module, metadata.version(found) if found else NOT_INSTALLED]


@functools.cache
def distributions() -> Mapping[str, list[str]]:
    """Which installed packages a top-level module belongs to; reads the metadata of them all."""
    return metadata.packages_distributions()
