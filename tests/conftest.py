"""Settings of all tests, and the count of what was tried to break each promise."""

import fcntl
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
import turns
from project import ROOT, Project, copy
from promises import HEAD, PROMISES, TAIL

from handwritten.io.measured_pages import signed
from handwritten.plan.plan import MEMORY

# No deadlines: machines are busy at times.
hypothesis.settings.register_profile("handwritten", deadline=None)
hypothesis.settings.load_profile("handwritten")
DOCUMENT = ROOT / "docs" / "promises.md"


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="try to break promises many times")
    parser.addoption(
        "--part", type=turns.numbers, help="NUMBER/PARTS: slow tests and --full for one part"
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "promise(name): tries to break it, see promises.py")
    config.addinivalue_line("markers", "full: takes long, so with --full alone")
    in_turn = "slow(name): with --part in one part alone, with others of this name or of its file"
    config.addinivalue_line("markers", in_turn)
    config.pluginmanager.register(Tally(config))


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """`shared(name, build)`: the project that `build(folder)` makes, once for all workers of xdist.

    Tests look at it and clone it, but do not change it.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, build: Callable[[Path], Project]) -> Project:
        folder, done = base / name / "project", base / f"{name}.done"
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                assert not folder.parent.exists(), f"{name} could not be built: see the first error"
                folder.parent.mkdir()
                build(folder)
                done.touch()
        return Project(folder)

    return made


@pytest.fixture(scope="session")
def built(shared) -> Project:
    """A project whose pipeline has run."""
    return shared("built", lambda folder: Project.fresh(folder).snakemake())


@pytest.fixture
def clone(built, tmp_path) -> Project:
    """A clone of the built project, results and all, for a test to change; with what the plan
    keeps about code, which would take half a second to work out again."""
    project = built.clone(tmp_path / "clone")
    (project.folder / MEMORY).parent.mkdir()
    copy(built.folder / MEMORY, project.folder / MEMORY)
    return project


@pytest.fixture
def tries(request):
    """`tries(few, many)`: how often to try; many with --full. It is counted."""

    def counted(few: int, many: int) -> int:
        number = many if turns.in_full(request.node) else few
        request.node.user_properties.append(("tries", number))
        return number

    return counted


class Tally:
    """Counts tries and losses a promise; prints a line for each, and after a full run the page."""

    def __init__(self, config: pytest.Config):
        self.full = config.getoption("--full")
        self.tried, self.lost = Counter(), Counter()
        self.tests: dict[str, set[str]] = {name: set() for name in PROMISES}

    def pytest_collection_modifyitems(self, items, config):
        turns.deal(items, config)
        left_out = {item for item in items if turns.is_left_out(item)}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
        for item in items:
            for marker in item.iter_markers("promise"):
                item.user_properties.append(("promise", marker.args[0]))

    def pytest_runtest_logreport(self, report):
        properties = dict(report.user_properties)
        name = properties.get("promise")
        if name and (report.when == "call" or report.failed):
            tries = (
                properties.get("tries", 1) if report.passed else 1
            )  # it ends with the first loss
            self.tried[name] += tries * (not report.skipped)
            self.lost[name] += report.failed
            self.tests[name].add(report.nodeid.split("[")[0])

    def pytest_terminal_summary(self, terminalreporter, exitstatus):
        for name in PROMISES:
            if self.tried[name]:
                terminalreporter.write_line(self.line(name))
        if self.full and exitstatus == 0 and all(self.tried[name] for name in PROMISES):
            paths = sorted({path for name in PROMISES for path in self.paths(name)})
            DOCUMENT.write_text(signed(self.document(), ROOT, "workflow", *paths))
            terminalreporter.write_line(f"written: {DOCUMENT}")

    def line(self, name: str) -> str:
        survived = self.tried[name] - self.lost[name]
        return (
            f"{name:>13}: {self.tried[name]:>7,} tries, {survived:>7,} survived, "
            f"{self.lost[name]} lost"
        )

    def document(self) -> str:
        rows = [
            f"| {PROMISES[name].promise} | {PROMISES[name].how} | {self.files(name)} | "
            f"{self.tried[name]:,} | {self.lost[name]} |"
            for name in PROMISES
        ]
        return HEAD + "\n".join(rows) + "\n" + TAIL

    def files(self, name: str) -> str:
        """The test files that try to break it, as links."""
        return ", ".join(f"[{Path(path).stem}](../{path})" for path in self.paths(name))

    def paths(self, name: str) -> list[str]:
        """The test files that try to break it."""
        return sorted({test.split("::")[0] for test in self.tests[name]})
