"""Install the locked packages into a virtual environment: what `make` does before anything else.

    python envs/install.py <environment> <requirements> [<options of the installer>...]

With uv in a few seconds where it is present, with pip the same without it. The file `installed` in
the environment tells make that all is there. Killed at any moment, it starts over where that is
needed; a second one at the same time waits for the first.
"""

import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

OLDEST, TOO_NEW = (3, 11), (3, 14)


def main(environment: Path, requirements: Path, options: list[str]) -> None:
    """Make the environment and fill it; exits with what to do where Python does not fit."""
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"Python 3.11 to 3.13 is needed, {sys.executable} is {found}: make PYTHON=python3.12"
        )
    marker, python = environment / "installed", environment / "bin" / "python"
    with alone(environment.with_name(environment.name + ".lock")):
        if marker.exists() and marker.stat().st_mtime >= requirements.stat().st_mtime:
            return  # the one that we have waited for has done it
        whole = (environment / "pyvenv.cfg").exists() and runs(python, "-m", "pip", "--version")
        if not whole:
            make = [sys.executable, "-m", "venv", "--clear", environment]
            if subprocess.run(make, check=False).returncode:
                sys.exit(f"{environment} could not be made: see above (Debian: python3-venv)")
        installer = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if shutil.which("uv") and "--no-uv" not in options:
            installer = ["uv", "pip", "install", "--python", python]
        wanted = [option for option in options if option != "--no-uv"]
        command = [*installer, *wanted, "--requirement", requirements]
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"The packages of {requirements} could not be installed: see above")
        marker.touch()


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
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
