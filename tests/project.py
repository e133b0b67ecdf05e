"""Real runs of the real workflow, on digits that are few and generated."""

import contextlib
import hashlib
import io
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PARTS = (
    "Snakefile",
    "config.yaml",
    "config",
    "workflow",
    "profiles",
    "envs",
    "notebooks",
    "README.md",
    "CITATION.cff",
)
BASELINES_OF_ABLATION = [
    {"change": "Majority class", "trainer": "majority_class"},
    {"change": "Nearest neighbours", "trainer": "nearest_neighbours", "neighbours": [1, 3]},
]
STEPS_OF_ABLATION = [
    {"change": "Phase 1", "extends": "phase1"},
    {"change": "Phase 2", "extends": "phase2"},
    {"change": "Averaged weights", "ema_decay": 0.9, "aside": True},
    {"change": "Smoother labels", "label_smoothing": 0.3, "leave_one_out": True},
    {"change": "Ensemble", "trainer": "ensemble"},
]
MADE = ("results", "resources")
ENVIRONMENT = dict(os.environ)  # as it was before any test changed it
# The beginning of a command that may write only what its user may, also where root runs the tests.
AS_A_USER = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] * (os.getuid() == 0)
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["snakemake.cli"])
JOBS = re.compile(r"^(\w+) +(\d+)$", re.MULTILINE)
# What says when and where a run took place, and so differs from run to run.
CIRCUMSTANCES = re.compile(r"run\.json|index\.html|(current|notebooks)-\w+(\.\d+)?")
FILLED_IN = re.compile(rb'(<span data-(?:seconds|machine|measured)="[^"]*">)[^<]*')


class Project:
    """A copy of the project in a folder of its own, small enough to be built in seconds."""

    def __init__(self, folder: Path):
        self.folder = folder

    @classmethod
    def fresh(cls, folder: Path, **config) -> "Project":
        """The project as cloned, with few generated digits and short runs."""
        folder.mkdir(parents=True)
        for part in PARTS:
            copy(ROOT / part, folder / part)
        project = cls(folder)
        project.write_config(small_config(**config))
        return project

    def clone(self, folder: Path) -> "Project":
        """Another clone with this one's code and results, but without Snakemake's own notes."""
        folder.mkdir()
        for part in (*PARTS, *MADE):
            copy(self.folder / part, folder / part)
        return Project(folder)

    @property
    def config_file(self) -> Path:
        """config.yaml, in the root or, where a deployment tool has copied it, in config/."""
        own = self.folder / "config.yaml"
        return own if own.exists() else self.folder / "config/config.yaml"

    def config(self) -> dict:
        """What config.yaml says."""
        return yaml.safe_load(self.config_file.read_text())

    def write_config(self, config: dict) -> None:
        """Replace config.yaml."""
        self.config_file.write_text(yaml.safe_dump(config))

    def made_read_only(self) -> "Project":
        """The same project, in whose folder nobody may write any more."""
        for path in (self.folder, *self.folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o555)
        return self

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{old!r} is no longer in {file}: update the test"
        path.write_text(text.replace(old, new))

    def snakemake(self, *arguments: str, status: int = 0) -> str:
        """Everything that a build on two cores says; it must end with this status."""
        return self.run("--cores", "2", *arguments, status=status)

    def run(self, *arguments: str, status: int = 0) -> str:
        """Everything that Snakemake says to these arguments; it must end with this status.

        It runs in a process forked from one that has imported Snakemake, which takes it a second;
        where a test has changed the environment in a process of its own, since variables such as
        PYTHONPATH are read when Python starts.
        """
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as output:
            if changed_environment():
                with open(output.name, "w") as file:
                    command = (sys.executable, "-m", "snakemake", *arguments)
                    exit_code = self.start(*command, stdout=file).wait(300)
            else:
                exit_code = self.forked(output.name, arguments)
            said = output.read()
        assert exit_code == status, said
        return said

    def forked(self, output: str, arguments: tuple) -> int:
        """The exit code of a Snakemake in a forked process, which writes into this file."""
        process = FORKS.Process(target=snakemake_alone, args=(output, self.folder, arguments))
        process.start()
        process.join(300)
        if process.is_alive():
            process.kill()
            process.join()
        return process.exitcode

    def predict(self, *arguments, status: int = 0) -> str:
        """What `python -m handwritten.predict` prints; where it fails, its complaint."""
        from handwritten import predict  # forked processes import the project's own library

        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
        message = None
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
            try:
                predict.main([*map(str, arguments)])
            except SystemExit as end:  # as an argument of sys.exit, a message has the status 1
                message = str(end.code)
        assert (message is not None) == bool(status), message
        printed.flush()
        return message or printed.buffer.getvalue().decode(errors="surrogateescape")

    def start(self, *command, **options) -> subprocess.Popen:
        """A command under way in this folder, a build on two cores if none is given."""
        command = command or (sys.executable, "-m", "snakemake", "--cores", "2")
        everything = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=self.folder, **everything | options)

    def jobs(self, *arguments: str) -> dict[str, int]:
        """How many jobs of each rule would run now, as Snakemake itself counts them."""
        said = self.snakemake("--dry-run", *arguments, "--quiet", "host")
        if "Nothing to be done" in said:
            return {}
        table = said.split("Job stats:")[1].split("total")[0]
        return {
            rule: int(count)
            for rule, count in JOBS.findall(table)
            if rule not in ("all", "default")
        }

    def artifacts(self) -> dict[str, str]:
        """The SHA-256 of every file that the pipeline made, timings left out: whole files,
        and times and machines on the page's copy at its stable place."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(content(path)).hexdigest()
            for part in MADE
            for path in sorted((self.folder / part).rglob("*"))
            if path.is_file() and not CIRCUMSTANCES.fullmatch(path.name)
        }


def words_of(markup: str) -> str:
    """What a part of a page says, without its tags, such as links to the glossary."""
    return " ".join(re.sub(r"<[^>]+>", "", markup).split())


def small_config(**config) -> dict:
    """The project's configuration with few generated digits and short runs, and these changes."""
    small = yaml.safe_load((ROOT / "config.yaml").read_text())
    small |= {
        "dataset": "generated",
        "dev_size": 200,
        "generated": {"train": 1200, "test": 300},
    }
    small["runs"]["phase1"]["steps"] = 30
    small["runs"]["phase2"]["epochs"] = 3
    small["runs"]["phase2_ensemble"]["seeds"] = [1, 2]
    small["ablation"] = {
        "seeds": [1, 2],
        "baselines": BASELINES_OF_ABLATION,
        "steps": STEPS_OF_ABLATION,
    }
    return small | config


def changed_environment() -> bool:
    """Whether a test has changed a variable; pytest's own, which name the test, do not count."""
    changed = dict(os.environ).items() ^ ENVIRONMENT.items()
    return any(not name.startswith("PYTEST_") for name, _ in changed)


def snakemake_alone(output: str, folder: Path, arguments: tuple) -> None:
    """Be `python -m snakemake`, in this folder, for the rest of the process."""
    with open(output, "wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(folder)
    from snakemake.cli import main

    sys.argv = ["snakemake", *arguments]
    main()


def content(path: Path) -> bytes:
    """A file's bytes, or a page's as they were before times and machines were filled in."""
    data, filled_in = path.read_bytes(), path.suffix in (".html", ".md")
    return FILLED_IN.sub("\\1–".encode(), data) if filled_in else data


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, compiled Python left out."""
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, target, ignore=ignored, symlinks=True)
    else:
        shutil.copy(source, target)
