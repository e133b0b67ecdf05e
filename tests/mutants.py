"""Would the tests notice? Change the code that everything rests on, one small change at a time, and
see whether the tests of that code fail: docs/mutants.md.

Cosmic Ray makes the changes ("mutants") in copies of the project. One that no test kills either
shows that a test is missing or changes nothing that could be seen; tests/survivors.yaml says which.

python tests/mutants.py PYTHON     PYTHON has cosmic-ray; the tests run with this one
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import yaml
from project import ROOT, copy
from tqdm import tqdm

LIBRARY = Path("workflow/scripts/handwritten")
# What is changed, and the tests of tests/unit that should notice.
MODULES = {
    "data/idx.py": ["idx"],
    "learning/network.py": ["network", "backpropagation", "training"],
    "learning/losses.py": ["losses", "backpropagation", "training", "regularisation"],
    "learning/optimizers.py": ["learning_parts", "training"],
    "evaluation/metrics.py": ["metrics", "comparison"],
    "io/fingerprints.py": ["versions"],
}
# Operators that floats do not have, or that any test would notice: they would flatter the rate.
TRIVIAL = ["core/ReplaceBinaryOperator_.*_(RShift|LShift|BitAnd|BitOr|BitXor|Mod)$"]
PARTS = ("config", "workflow", "tests", "envs", "requirements", "pyproject.toml")
SURVIVORS = ROOT / "tests" / "survivors.yaml"
PAGE = ROOT / "docs" / "mutants.md"
LEAST = 0.9  # of all mutants, the share that must be killed
SECONDS = 60  # after which the tests of a mutant are taken to run for ever: it is killed

HEAD = """# Would the tests notice?

Written by `make mutants`: Cosmic Ray changes one small thing in the code that everything rests on
(an operator, a number, a condition, a loop), and the tests of that code must fail. Changes that any
test would notice, such as shifting the bits of a float, are left out.

| module | mutants | killed | share |
|---|---:|---:|---:|
"""


class Mutant(NamedTuple):
    """One small change, and whether a test noticed."""

    module: str
    before: str
    after: str
    killed: bool


def tried(module: str, cosmic_ray: Path, folder: Path) -> list[Mutant]:
    """All mutants of a module, each tested in a copy of the project in `folder`."""
    folder.mkdir()
    for part in PARTS:
        copy(ROOT / part, folder / part)
    tests = " ".join(f"tests/unit/test_{name}.py" for name in MODULES[module])
    arguments = "-x -q -p no:cacheprovider --hypothesis-seed=0"
    settings = f"""
        [cosmic-ray]
        module-path = "{LIBRARY / module}"
        timeout = {SECONDS}
        test-command = "{sys.executable} -m pytest {arguments} {tests}"
        distributor.name = "local"
        filters.operators-filter.exclude-operators = {json.dumps(TRIVIAL)}
    """
    (folder / "cosmic-ray.toml").write_text(settings)

    def run(tool: str, *arguments: str) -> str:
        command = [cosmic_ray.with_name(tool), *arguments]
        return subprocess.run(
            command, cwd=folder, check=True, text=True, stdout=subprocess.PIPE
        ).stdout

    run("cosmic-ray", "baseline", "cosmic-ray.toml")  # the tests pass as long as nothing is changed
    run("cosmic-ray", "init", "cosmic-ray.toml", "session.sqlite")
    run("cr-filter-operators", "session.sqlite", "cosmic-ray.toml")
    run("cosmic-ray", "exec", "cosmic-ray.toml", "session.sqlite")
    work = map(json.loads, run("cosmic-ray", "dump", "session.sqlite").splitlines())
    return [
        mutant_of(module, item["mutations"][0], result)
        for item, result in work
        if result["worker_outcome"] != "skipped"
    ]


def mutant_of(module: str, change: dict, result: dict) -> Mutant:
    """What Cosmic Ray says of a change and its test, without its paths."""
    if result["worker_outcome"] != "normal":
        raise RuntimeError(f"{module}: {change} could not be tested: {result['output']}")
    lines = result["diff"].splitlines()
    before, after = (
        " ".join(line[1:].strip() for line in lines if re.match(sign, line)).strip()
        for sign in (r"-(?!--)", r"\+(?!\+\+)")
    )
    return Mutant(module, before, after, result["test_outcome"] == "killed")


def text(mutants: list[Mutant], reasons: dict) -> str:
    """docs/mutants.md."""
    parts = [HEAD]
    for module in [*MODULES, None]:
        of_module = [mutant for mutant in mutants if module in (mutant.module, None)]
        killed = sum(mutant.killed for mutant in of_module)
        share = f"{100 * killed / len(of_module):.1f}%"
        name = f"`{module}`" if module else "**together**"
        parts.append(f"| {name} | {len(of_module)} | {killed} | {share} |\n")
    parts.append("\n## The survivors, and why no test can or need notice\n")
    for module, of_module in reasons.items():
        parts.append(f"\n`{module}`\n")
        for reason in of_module:
            changes = (f"    - {reason['before']}", *(f"    + {line}" for line in reason["after"]))
            parts.append(f"\n{reason['why']}\n\n" + "\n".join(changes) + "\n")
    return "".join(parts)


def unexplained(mutants: list[Mutant], reasons: dict) -> list[str]:
    """Survivors without a reason, and reasons without a survivor."""
    survived = {(m.module, m.before, m.after) for m in mutants if not m.killed}
    explained = {
        (module, reason["before"], after)
        for module, of_module in reasons.items()
        for reason in of_module
        for after in reason["after"]
    }
    lines = [f"{m}: no test notices\n  - {a}\n  + {b}" for m, a, b in sorted(survived - explained)]
    return lines + [f"{m}: killed by now\n  + {b}" for m, _, b in sorted(explained - survived)]


def main() -> None:
    """Try all modules, several at once; write the page if every survivor is accounted for."""
    cosmic_ray, found = Path(sys.argv[1]).absolute(), []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        folders = [Path(folder, str(number)) for number in range(len(MODULES))]
        jobs = [
            pool.submit(tried, module, cosmic_ray, place)
            for module, place in zip(MODULES, folders, strict=True)
        ]
        for job in tqdm(as_completed(jobs), total=len(jobs), unit="module"):
            found += job.result()
    reasons = yaml.safe_load(SURVIVORS.read_text())
    if problems := unexplained(found, reasons):
        sys.exit("\n".join([*problems, f"Write tests that notice, or the reason into {SURVIVORS}"]))
    PAGE.write_text(text(found, reasons))
    share = sum(mutant.killed for mutant in found) / len(found)
    print(f"{len(found)} mutants, {share:.1%} killed: {PAGE}")
    if share < LEAST:
        sys.exit(f"Fewer than {LEAST:.0%}: write tests")


if __name__ == "__main__":
    main()
