"""Write docs/ablation.json from results/, and docs/ablation.md from docs/ablation.json.

python docs/make_ablation.py            after `make ablation`
python docs/make_ablation.py --text     the text alone
"""

import json
import sys
from pathlib import Path
from statistics import fmean

import yaml

ROOT = Path(__file__).resolve().parents[1]

from handwritten.config.configuration import validated  # noqa: E402
from handwritten.io import files  # noqa: E402
from handwritten.page.formats import p_value, words  # noqa: E402
from handwritten.plan import plan  # noqa: E402

FACTS, TEXT = ROOT / "docs" / "ablation.json", ROOT / "docs" / "ablation.md"
HEAD = (
    "change, and what it changed",
    "parameters",
    "seconds",
    "dev error",
    "test error",
    "against the step below",
    "better in",
    "p",
)
KEPT = ("change", "changed", "parameters", "dev", "test", "against_below")


def measured() -> dict:
    """The results of the ablation study, and the seconds of each of its trainings."""
    planned = plan.Plan(validated(yaml.safe_load((ROOT / "config.yaml").read_text())))
    facts = files.read_json(ROOT / planned.ablation.file("ablation.json"))
    ablation_steps = []
    for ablation_step, steps in zip(facts["steps"], planned.ablation_steps, strict=True):
        runs = [files.read_json(ROOT / model.train.file("run.json")) for model in steps.members]
        ensemble = len(steps.evaluations) == 1
        seconds = [] if ensemble else [run["seconds"] for run in runs]
        ablation_steps.append({key: ablation_step[key] for key in KEPT} | {"seconds": seconds})
    machine = {key: runs[0][key] for key in ("machine", "python", "blas")}
    return {"schema": 1, "seeds": facts["seeds"], "machine": machine, "steps": ablation_steps}


def text(facts: dict) -> str:
    """The page of the ablation study, from its facts alone."""
    total = sum(sum(ablation_step["seconds"]) for ablation_step in facts["steps"])
    return TEMPLATE.format(
        head=" | ".join(HEAD),
        seeds=", ".join(map(str, facts["seeds"])),
        rows="\n".join(map(row, reversed(facts["steps"]))),
        trainings=sum(len(ablation_step["seconds"]) for ablation_step in facts["steps"]),
        minutes=f"{total / 60:.0f}",
        blas=facts["machine"]["blas"],
        python=facts["machine"]["python"],
    )


def row(ablation_step: dict) -> str:
    """A ablation_step as a row of the table."""
    against = ablation_step["against_below"]
    changed = "; ".join(
        f"{key.replace('_', ' ')} {words(value)}" for key, value in ablation_step["changed"].items()
    )
    pairs = f"{against['better']} of {against['seeds']}" if against else "–"
    cells = (
        f"**{ablation_step['change']}**<br>{changed}",
        f"{ablation_step['parameters']:,}",
        f"{fmean(ablation_step['seconds']):.0f}" if ablation_step["seconds"] else "–",
        rates(ablation_step["dev"]),
        rates(ablation_step["test"]),
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


TEMPLATE = """# What each change is worth

Made from [ablation.json](ablation.json), by `make ablation` and `python docs/make_ablation.py`.

![Test errors of every step on a logarithmic scale, from phase 1 at the bottom to the
ensemble](ablation.png)

Every step is the step below it with one change more, trained with the seeds {seeds}. Errors are
means over seeds with Student's 95% interval. A change helps or hurts where the 95% interval of the
mean difference, seed against same seed, leaves out 0. Beside it, in how many of the pairs the step
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
