"""Install locked packages into a virtual environment: what `make` does before anything else.

    python requirements/install.py <environment> <lock or folder>...

A lock is a file of this folder. Its packages are installed with their hashes checked, and the file
`<lock>.installed` in the environment tells make that they are there. A folder is installed as an
editable package. uv does it in seconds where it is present, pip does the same without it. After a
kill the next call continues; a second call at the same time waits for the first.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from contextlib import contextmanager, suppress
from pathlib import Path

OLDEST = (3, 11)
# Every package has a lock, also what builds packages, so that nothing else is downloaded.
LOCKED = ["--no-deps", "--no-build-isolation"]
# What pip says once for every package.
SEEN = ("Collecting ", "Processing ", "Requirement already satisfied", "Ignoring ")


def main(environment: Path, sources: list[Path]) -> None:
    """Make the environment and fill it. Exits with what to do where that is not possible."""
    if sys.version_info < OLDEST:
        version = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"Python 3.11 is needed, {sys.executable} is {version}: make PYTHON=python3.13")
    with alone(environment.with_name(environment.name + ".lock")):
        locks = [source for source in sources if source.is_file()]
        if locks and all(is_installed(lock, environment) for lock in locks):
            return  # the process that this one waited for has done it
        make_environment(environment)
        for source in sources:
            if not install(source, environment):
                sys.exit(f"The packages of {source} could not be installed: see above")
            if source in locks:
                marker(source, environment).touch()


def marker(lock: Path, environment: Path) -> Path:
    """The file that tells make that a lock is installed."""
    return environment / f"{lock.stem}.installed"


def is_installed(lock: Path, environment: Path) -> bool:
    """Whether the lock was installed as it is now."""
    file = marker(lock, environment)
    return file.exists() and file.stat().st_mtime >= lock.stat().st_mtime


def make_environment(environment: Path) -> None:
    """Make the virtual environment unless there is one that is complete."""
    python = environment / "bin" / "python"
    if (environment / "pyvenv.cfg").exists() and runs(python, "-m", "pip", "--version"):
        return
    print(f"{environment}: making the environment", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", environment]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"{environment} could not be made: see above (Debian: python3-venv)")


def install(source: Path, environment: Path) -> bool:
    """Install a lock or a folder and show the progress. Returns whether it succeeded."""
    text = source.read_text() if source.is_file() else ""
    command = [*installer(environment / "bin" / "python", source, text), source]
    with subprocess.Popen(
        command, env=build_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        total = sum(line[:1].isalnum() for line in text.splitlines()) if "--hash=" in text else 0
        show(process.stdout, f"{environment}: {source.resolve().name}", total)
    return process.returncode == 0


def installer(python: Path, source: Path, text: str) -> list:
    """The command that installs a source, up to its name; `text` is what a lock says."""
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--no-compile"]
    if source.is_dir():
        return [*pip, "--quiet", *LOCKED, "--editable"]
    if "--hash=" not in text:  # PyTorch's builds for the CPU come from where pip is told to look
        return [*pip, "--requirement"]
    uv = ["uv", "pip", "install", "--quiet", "--python", python]
    return [*(uv if shutil.which("uv") else pip), "--require-hashes", *LOCKED, "--requirement"]


def build_environment() -> dict[str, str]:
    """The environment variables of an installation.

    immutables, which Snakemake needs, has no wheel for Python 3.14. Where a C compiler or Python's
    headers are missing, `CC=true` builds it without its optional C module.
    """
    headers = Path(sysconfig.get_path("include"), "Python.h")
    no_compiler = {} if shutil.which("cc") and headers.exists() else {"CC": "true"}
    return no_compiler | os.environ


def show(lines, title: str, total: int) -> None:
    """Show what pip does: in one line of a terminal, elsewhere in a line every twenty packages."""
    print(f"{title}, {total} packages" if total else title, flush=True)
    seen = 0
    for line in lines:
        seen += line.startswith(SEEN)
        progress = f"  {seen}{f' of {total}' if total else ''}: {line.strip():.60}"
        if sys.stdout.isatty():
            print(f"\x1b[K{progress}", end="\r", flush=True)
        elif line.startswith(SEEN) and seen % 20 == 0:
            print(progress, flush=True)


@contextmanager
def alone(lock: Path):
    """Wait until no other process is at it. The lock goes with the process, however that ends."""
    with lock.open("w") as file:
        with suppress(ImportError):  # not on Windows
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("another process is installing the same; waiting for it", file=sys.stderr)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def runs(*command) -> bool:
    """Whether a command can be run and ends well."""
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), [Path(source) for source in sys.argv[2:]])
