"""What is installed is what was locked."""

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
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


def test_no_checkout_leaves_its_credentials_behind():
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        steps = [
            s for job in yaml.safe_load(path.read_text())["jobs"].values() for s in job["steps"]
        ]
        checkouts = [step for step in steps if "/checkout@" in step.get("uses", "")]
        assert checkouts
        assert all(step["with"]["persist-credentials"] is False for step in checkouts), path


def test_ci_tries_the_least_snakemake_that_is_accepted():
    snakefile = (ROOT / "workflow/Snakefile").read_text()
    least = re.search(r'^min_version\("(.+)"\)', snakefile, re.MULTILINE)[1]
    lock = (ROOT / "requirements/oldest.txt").read_text()
    assert re.search(rf"^snakemake=={re.escape(least)}\.0 ", lock, re.MULTILINE)
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"].values()
    commands = [[step.get("run", "") for step in job["steps"]] for job in jobs]
    (tried,) = [each for each in commands if any("oldest.txt" in command for command in each)]
    assert "pytest" in tried[-1] and "tests/pipeline" in tried[-1]


def test_an_image_is_built_on_a_base_that_is_named_by_its_digest():
    """Not built: that takes a registry. What refuses another base is tried as a shell reads it."""
    text = (ROOT / "Containerfile").read_text()
    assert re.findall(r"^FROM (.*)", text, re.MULTILINE) == ["${BASE}"]
    assert re.findall(r"^ARG (.*)", text, re.MULTILINE) == ["BASE", "BASE"]  # none by default
    check = re.search(r"^RUN (case .*?esac)$", text, re.MULTILINE | re.DOTALL)[1]
    digest = "sha256:" + 64 * "0"
    for base, status in ((f"debian@{digest}", 0), ("debian:bookworm-slim", 1), (digest[:-1], 1)):
        command = ["sh", "-c", check.replace("\\\n", "")]
        run = subprocess.run(command, env={"BASE": base}, capture_output=True, check=False)
        assert run.returncode == status, base
    for line in (ROOT / ".github/workflows/ci.yml").read_text().splitlines():
        assert "docker build " not in line or "--build-arg BASE=" in line


def test_every_lock_is_audited():
    command = ["make", "--dry-run", "audit"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    (audit,) = [line for line in run.stdout.splitlines() if "bin/pip-audit" in line]
    assert "for lock in requirements/*.txt;" in audit and "--strict" in audit


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


@pytest.mark.slow
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
