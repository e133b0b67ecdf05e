"""What is installed is what was locked, and what is known against it is said."""

import base64
import hashlib
import importlib.util
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from project import ROOT

pytestmark = pytest.mark.promise("supply chain")
PINNED = re.compile(r"^([\w.-]+)==(\S+)( ; .*)? \\$")


@pytest.mark.parametrize("file", ["requirements.lock", "envs/audit.txt", "envs/mutants.txt"])
def test_every_package_is_pinned_by_hash_and_without_an_address(file):
    text = (ROOT / file).read_text()
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(blocks) > 20
    for block in blocks:
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
    command = [
        sys.executable,
        str(ROOT / "envs/install.py"),
        "venv",
        "lock.txt",
        "--require-hashes",
    ]
    run = subprocess.run(
        [*command, "--no-uv"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert (run.returncode == 0) == right, run.stderr
    assert (tmp_path / "venv/installed").exists() == right
    python = tmp_path / "venv/bin/python"
    imported = subprocess.run([python, "-c", "import nothing"], capture_output=True, timeout=60)
    assert (imported.returncode == 0) == right
    assert right or "DO NOT MATCH THE HASHES" in run.stderr


@pytest.fixture
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / "envs/audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_known_vulnerability_is_a_finding(audit):
    flaw = {"id": "CVE-1", "fix_versions": ["1.1"]}
    packages = [
        {"name": "a", "version": "1.0", "vulns": [flaw]},
        {"name": "b", "version": "2.0", "vulns": []},
        {"name": "c", "skip_reason": "not found"},
    ]
    found, text = audit.concluded(json.dumps({"dependencies": packages}), "")
    assert found
    assert "a 1.0: CVE-1, fixed in 1.1" in text
    assert "1 known vulnerabilities in 2 packages of 3 looked up" in text
    assert "Not to be looked up from here: c" in text
    found, text = audit.concluded(json.dumps({"dependencies": packages[1:2]}), "")
    assert not found and "Not to be" not in text


@pytest.mark.parametrize("output", ["", "{", "[]", "{}"])
def test_no_answer_is_said_and_is_no_finding(audit, output):
    found, text = audit.concluded(output, "first\nno route to the service\n")
    assert not found
    assert text == "Vulnerabilities could not be looked up: no route to the service"
