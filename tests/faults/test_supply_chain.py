"""What is installed is what was locked."""

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from project import ROOT

pytestmark = pytest.mark.promise("supply chain")
PINNED = re.compile(r"^([\w.-]+)==(\S+)( ; .*)? \\$")


LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
UNLOCKED = "bench.txt"  # PyTorch's builds for the CPU come from where pip is told to look


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_hash_and_without_an_address(lock):
    text = lock.read_text()
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert blocks
    for block in blocks * (lock.name != UNLOCKED):
        first, *others = block.splitlines()
        assert PINNED.match(first), first
        assert all(re.match(r"    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in others)
        assert others


def test_every_action_is_pinned_by_commit():
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        uses = re.findall(r"uses: (\S+)", path.read_text())
        assert uses
        assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in uses), path


def wheel(folder: Path) -> Path:
    """A package with nothing in it, as pip wants it."""
    path = folder / "nothing-1.0-py3-none-any.whl"
    metadata = "Metadata-Version: 2.1\nName: nothing\nVersion: 1.0\n"
    kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {"nothing.py": "", "nothing-1.0.dist-info/METADATA": metadata}
    files["nothing-1.0.dist-info/WHEEL"] = kind
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest())
        record += f"{name},sha256={digest.decode().rstrip('=')},{len(content)}\n"
    files["nothing-1.0.dist-info/RECORD"] = record + "nothing-1.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("right", [True, False])
def test_a_package_of_another_hash_is_not_installed(tmp_path, right):
    package = wheel(tmp_path)
    digest = hashlib.sha256(package.read_bytes()).hexdigest() if right else "0" * 64
    (tmp_path / "lock.txt").write_text(
        f"--no-index\n--find-links {tmp_path}\nnothing==1.0 --hash=sha256:{digest}\n"
    )
    command = [sys.executable, str(ROOT / "requirements/install.py"), "venv", "lock.txt"]
    environment = {"PATH": "/usr/bin:/bin"}  # with pip, also where there is uv
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert (run.returncode == 0) == right, run.stderr
    assert (tmp_path / "venv/lock.installed").exists() == right
    python = tmp_path / "venv/bin/python"
    imported = subprocess.run([python, "-c", "import nothing"], capture_output=True, timeout=60)
    assert (imported.returncode == 0) == right
    assert right or "DO NOT MATCH THE HASHES" in run.stderr
