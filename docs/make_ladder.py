"""Write docs/ladder.json from the ladder in results/, and docs/ladder.md from docs/ladder.json.

python docs/make_ladder.py            after `make ladder`
python docs/make_ladder.py --text     the text alone
"""

import json
import sys
from pathlib import Path
from statistics import fmean

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow" / "scripts"))

from handwritten.page.page import p_value, words  # noqa: E402
from handwritten.pipeline import files, plan  # noqa: E402
from handwritten.pipeline.configuration import validated  # noqa: E402

FACTS, TEXT = ROOT / "docs" / "ladder.json", ROOT / "docs" / "ladder.md"
HEAD = (
    "idea, and what it changed",
    "parameters",
    "seconds",
    "dev error",
    "test error",
    "against the rung below",
    "better in",
    "p",
)
KEPT = ("idea", "changed", "parameters", "dev", "test", "against_below")


def measured() -> dict:
    """What the results folder holds of the ladder: its facts, and the seconds of each training."""
    planned = plan.Plan(validated(yaml.safe_load((ROOT / "config/config.yaml").read_text())))
    facts = files.read_json(ROOT / planned.ladder.file("ladder.json"))
    rungs = []
    for rung, steps in zip(facts["rungs"], planned.rungs, strict=True):
        runs = [files.read_json(ROOT / model.train.file("run.json")) for model in steps.members]
        committee = len(steps.evaluations) == 1
        seconds = [] if committee else [run["seconds"] for run in runs]
        rungs.append({key: rung[key] for key in KEPT} | {"seconds": seconds})
    machine = {key: runs[0][key] for key in ("machine", "python", "blas")}
    return {"schema": 1, "seeds": facts["seeds"], "machine": machine, "rungs": rungs}


def text(facts: dict) -> str:
    """The page of the ladder, from its facts alone."""
    total = sum(sum(rung["seconds"]) for rung in facts["rungs"])
    return TEMPLATE.format(
        head=" | ".join(HEAD),
        seeds=", ".join(map(str, facts["seeds"])),
        rows="\n".join(map(row, reversed(facts["rungs"]))),
        trainings=sum(len(rung["seconds"]) for rung in facts["rungs"]),
        minutes=f"{total / 60:.0f}",
        blas=facts["machine"]["blas"],
        python=facts["machine"]["python"],
    )


def row(rung: dict) -> str:
    """A rung as a row of the table."""
    against = rung["against_below"]
    changed = "; ".join(
        f"{key.replace('_', ' ')} {words(value)}" for key, value in rung["changed"].items()
    )
    pairs = f"{against['better']} of {against['seeds']}" if against else "–"
    cells = (
        f"**{rung['idea']}**<br>{changed}",
        f"{rung['parameters']:,}",
        f"{fmean(rung['seconds']):.0f}" if rung["seconds"] else "–",
        rates(rung["dev"]),
        rates(rung["test"]),
        against["verdict"] if against else "–",
        pairs,
        p_value(against["median_p"]) if against else "–",
    )
    return f"| {' | '.join(cells)} |"


def rates(split: dict) -> str:
    """A mean error with its interval, where there is one."""
    mean = f"{100 * split['mean']:.2f}%"
    if split["low"] is None:
        return mean
    return f"{mean} ({100 * split['low']:.2f}–{100 * split['high']:.2f})"


TEMPLATE = """# What each idea is worth

Made from [ladder.json](ladder.json), which `make ladder` and `python docs/make_ladder.py` measure.

![Test errors of every rung on a logarithmic scale, from phase 1 at the bottom to the
committee](ladder.png)

Every rung is the rung below it with one idea more, trained with the seeds {seeds}. Errors are
means over seeds with Student's 95% interval. An idea helps or hurts where the 95% interval of the
mean difference, seed against same seed, leaves out 0. Beside it, in how many of the pairs the rung
was better than the one below, and the median over these pairs of p in McNemar's exact test.

| {head} |
|---|---:|---:|---:|---:|---|---|---:|
{rows}

Seconds are those of one training on one core, beside other work: {trainings} trainings in {minutes}
minutes of one core in all (Python {python}, {blas}).
"""


def main(arguments: list[str]) -> None:
    """Measure unless told otherwise, and write."""
    if arguments != ["--text"]:
        FACTS.write_text(files.as_json(measured()))
    TEXT.write_text(text(json.loads(FACTS.read_text())))


if __name__ == "__main__":
    main(sys.argv[1:])
