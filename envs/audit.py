"""Licences and known vulnerabilities of all that is installed: `make audit`.

    python envs/audit.py <environment> <requirements>

Runs pip-licenses and pip-audit, which stand beside this Python. What they cannot look up is said
and is no finding; a known vulnerability is, and the exit status is then 1.
"""

import json
import subprocess
import sys
from pathlib import Path

TOOLS = Path(sys.executable).parent


def main(environment: Path, requirements: Path) -> int:
    """Print both lists; the exit status."""
    licences = [TOOLS / "pip-licenses", "--from=mixed", "--python", environment / "bin" / "python"]
    print(subprocess.run(licences, check=True, capture_output=True, text=True).stdout)
    audit = [TOOLS / "pip-audit", "--disable-pip", "--format=json", "--requirement", requirements]
    run = subprocess.run(audit, check=False, capture_output=True, text=True)
    found, text = concluded(run.stdout, run.stderr)
    print(text)
    return 1 if found else 0


def concluded(output: str, complaints: str) -> tuple[bool, str]:
    """Whether a vulnerability is known, and pip-audit's answer in words."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (complaints.strip().splitlines() or ["no answer"])[-1]
        return False, f"Vulnerabilities could not be looked up: {reason}"
    lines = [
        f"{package['name']} {package['version']}: {flaw['id']}, fixed in "
        f"{', '.join(flaw['fix_versions']) or 'no version yet'}"
        for package in packages
        for flaw in package.get("vulns", [])
    ]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    known = f"{len(lines)} known vulnerabilities in {len(packages) - len(skipped)} packages"
    text = [*lines, f"{known} of {len(packages)} looked up"]
    if skipped:
        text.append(f"Not to be looked up from here: {', '.join(skipped)}")
    return bool(lines), "\n".join(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
