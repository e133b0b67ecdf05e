"""Which packages count as code that a step runs, and in which versions."""

import sys

import pytest

from handwritten.io import packages
from handwritten.io.cache import Cache


@pytest.fixture
def install(tmp_path, monkeypatch):
    """install(name, version, *requirements) installs a package that has a module of its name."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def installed(name, version, *requirements):
        for old in tmp_path.glob(f"{name}-*.dist-info"):
            old.rename(tmp_path / "removed")
        record = tmp_path / f"{name}-{version}.dist-info"
        record.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {line}" for line in requirements]
        (record / "METADATA").write_text("\n".join(lines))
        (record / "top_level.txt").write_text(name)
        packages.installed.cache_clear()
        packages.distributions.cache_clear()

    yield installed
    packages.installed.cache_clear()
    packages.distributions.cache_clear()


def test_a_package_counts_with_all_that_it_depends_on(install):
    install("plots", "1.0", "fonts >= 2", "Sums[fast]")
    install("fonts", "2.1", "plots", "tests; extra == 'dev'")  # in a circle
    install("Sums", "3.0")
    install("tests", "4.0")
    found = packages.versions(["plots", "json"], Cache())
    assert list(found.items()) == [("Sums", "3.0"), ("fonts", "2.1"), ("plots", "1.0")]


def test_packages_are_recorded_in_one_order(install):
    """Each process has its own order of sets, and records are to have the same bytes."""
    names = [f"p{i}" for i in range(9)]
    install("plots", "1.0", *names)
    for name in names:
        install(name, "1.0")
    assert list(packages.versions(["plots"], Cache())) == [*names, "plots"]


def test_another_version_behind_a_package_is_noticed_by_a_kept_cache(install, tmp_path):
    cache = Cache(tmp_path / "cache.json")
    install("plots", "1.0", "fonts")
    install("fonts", "2.1")
    assert packages.versions(["plots"], cache)["fonts"] == "2.1"
    cache.save()
    install("fonts", "2.2")
    assert packages.versions(["plots"], Cache(tmp_path / "cache.json"))["fonts"] == "2.2"


@pytest.mark.parametrize(
    ("requirements", "counts"),
    [
        (["other"], True),
        (["other; python_version < '3.13'"], False),
        (["other; python_version >= '3.12'"], False),
        (["other; python_full_version < '3.11.3'"], False),
        (["other >= 1; python_version < '3.12'", "other >= 2; python_version >= '3.12'"], True),
        (["other; python_version >= '3.9'"], True),
        (["other; sys_platform == 'none'"], False),
        ([f"other; sys_platform == '{sys.platform}'"], True),
        (["other; extra == 'more'"], False),
        (["not_installed", "other"], True),
    ],
)
def test_what_one_version_of_python_alone_needs_does_not_count(install, requirements, counts):
    install("plots", "1.0", *requirements)
    install("other", "2.0")
    assert packages.versions(["plots"], Cache()) == {"plots": "1.0"} | (
        {"other": "2.0"} if counts else {}
    )


def test_a_package_that_is_imported_and_not_installed_is_named():
    assert packages.versions(["nowhere"], Cache()) == {"nowhere": packages.NOT_INSTALLED}
