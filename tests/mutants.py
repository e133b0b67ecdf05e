"""Would the tests notice? Change the code that everything rests on, one small change at a time, and
see whether the tests of that code fail: docs/mutants.md.

Cosmic Ray makes the changes ("mutants") in copies of the project. Each survivor either shows that a
test is missing or changes nothing that a test could see; docs/mutants.md lists the latter, with the
reason, and is compared with what was found. Its table is written here, the rest by hand.

python tests/mutants.py PYTHON [MODULE ...]    PYTHON has cosmic-ray; the tests run with this one

Where modules are named (`make mutants ARGS="io/syntax.py plan/rule_files.py"`), only they are tried
and compared, and the document is not written.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from project import ROOT, copy
from tqdm import tqdm

from handwritten.io.measured_pages import signed

LIBRARY = Path("workflow/scripts/handwritten")
# What is changed, and the tests of tests/unit that should notice.
MODULES = {
    "data/idx.py": ["idx", "idx_shape", "labelled_images"],
    "learning/network.py": ["network", "threads", "training"],
    "learning/backpropagation.py": ["network", "threads", "training"],
    "learning/losses.py": ["losses", "threads", "training", "regularisation"],
    "learning/optimizers.py": ["learning_parts", "declarations", "training"],
    "evaluation/metrics.py": ["metrics", "comparison"],
    "io/code.py": ["data_files", "what_rules_use", "code"],
    "io/syntax.py": ["code"],
    "plan/rule_files.py": ["rule_files", "what_rules_use"],
}
# Operators that floats do not have, or that any test would notice: they would flatter the rate.
TRIVIAL = ["core/ReplaceBinaryOperator_.*_(RShift|LShift|BitAnd|BitOr|BitXor|Mod)$"]
PARTS = ("config", "config.yaml", "workflow", "tests", "envs", "requirements", "pyproject.toml")
DOCUMENT = ROOT / "docs" / "mutants.md"
TABLE = re.compile(r"(?<=\|---\|---:\|---:\|---:\|\n)(\|.*\n)+")
LEAST = 0.9  # of all mutants, the share that must be killed
SECONDS = 60  # after which the tests of a mutant are taken to run for ever: it is killed


class Mutant(NamedTuple):
    """One small change: the lines before and after it, joined."""

    module: str
    before: str
    after: str


def tried(module: str, cosmic_ray: Path, folder: Path) -> list[tuple[Mutant, bool]]:
    """Each mutant of a module and whether it was killed, in a copy of the project in `folder`."""
    folder.mkdir()
    for part in PARTS:
        copy(ROOT / part, folder / part)
    tests = " ".join(tests_of(module))
    arguments = "-x -q -n 0 -p no:cacheprovider --hypothesis-seed=0"
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
    results = [result for _, result in work if result["worker_outcome"] != "skipped"]
    return [(mutant_of(module, result), result["test_outcome"] == "killed") for result in results]


def tests_of(module: str) -> list[str]:
    """The files of the tests that should notice a change in a module."""
    return [f"tests/unit/test_{name}.py" for name in MODULES[module]]


def mutant_of(module: str, result: dict) -> Mutant:
    """The change that was tested. RuntimeError: the tests did not run."""
    if result["worker_outcome"] != "normal":
        raise RuntimeError(f"{module}: a mutant could not be tested: {result['output']}")
    lines = result["diff"].splitlines()
    before, after = (
        " ".join(line[1:].strip() for line in lines if re.match(sign, line)).strip()
        for sign in (r"-(?!--)", r"\+(?!\+\+)")
    )
    return Mutant(module, before, after)


def explained(document: str) -> set[Mutant]:
    """The survivors that the document lists with a reason."""
    found, module, before = set(), "", ""
    for line in document.splitlines():
        if heading := re.fullmatch(r"`(.+\.py)`", line):
            module = heading[1]
        elif line.startswith("    - "):
            before = line[6:]
        elif line.startswith("    +"):
            found.add(Mutant(module, before, line[6:]))
    return found


def disagreements(
    survivors: set[Mutant], document: str, modules: Collection[str] = MODULES
) -> list[str]:
    """Survivors without a reason, and reasons without a survivor, in these modules."""
    listed = {mutant for mutant in explained(document) if mutant.module in modules}
    lines = [f"{m}: no test notices\n  - {a}\n  + {b}" for m, a, b in sorted(survivors - listed)]
    return lines + [f"{m}: killed by now\n  + {b}" for m, _, b in sorted(listed - survivors)]


def table(outcomes: list[tuple[Mutant, bool]]) -> str:
    """The rows of the document's table: of each module, how many mutants were killed."""
    rows = []
    for module in [*MODULES, None]:
        killed = [kill for mutant, kill in outcomes if module in (mutant.module, None)]
        name = f"`{module}`" if module else "**together**"
        share = 100 * sum(killed) / len(killed)
        rows.append(f"| {name} | {len(killed)} | {sum(killed)} | {share:.1f}% |\n")
    return "".join(rows)


def outcomes_of(modules: Collection[str], cosmic_ray: Path) -> list[tuple[Mutant, bool]]:
    """Each mutant of these modules and whether it was killed; several modules are tried at once."""
    outcomes = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [
            pool.submit(tried, module, cosmic_ray, Path(folder, str(number)))
            for number, module in enumerate(modules)
        ]
        for job in tqdm(as_completed(jobs), total=len(jobs), unit="module"):
            outcomes += job.result()
    return outcomes


def write_table(outcomes: list[tuple[Mutant, bool]]) -> None:
    """Write the table into the document, and what it was measured on."""
    document = TABLE.sub(table(outcomes), DOCUMENT.read_text(), count=1)
    measured = [str(LIBRARY / module) for module in MODULES]
    tests = sorted({test for module in MODULES for test in tests_of(module)})
    DOCUMENT.write_text(signed(document, ROOT, *measured, *tests))


def main() -> None:
    """Try the modules that are named, or all; of all, write the table if every survivor is
    accounted for."""
    python, *chosen = sys.argv[1:]
    if unknown := set(chosen) - set(MODULES):
        sys.exit(f"No such module: {', '.join(sorted(unknown))}; expected {', '.join(MODULES)}")
    outcomes = outcomes_of(chosen or MODULES, Path(python).absolute())
    survivors = {mutant for mutant, killed in outcomes if not killed}
    if problems := disagreements(survivors, DOCUMENT.read_text(), chosen or MODULES):
        sys.exit("\n".join([*problems, f"Write tests that notice, or the reason into {DOCUMENT}"]))
    share = sum(killed for _, killed in outcomes) / len(outcomes)
    print(f"{len(outcomes)} mutants, {share:.1%} killed: {DOCUMENT}")
    if chosen:
        return
    write_table(outcomes)
    if share < LEAST:
        sys.exit(f"Fewer than {LEAST:.0%}: write tests")


if __name__ == "__main__":
    main()
