"""Write docs/record.json from the trained record runs, and docs/record.md from docs/record.json.

python docs/make_record.py            from results/, after `snakemake --cores 4 record_ensemble`
python docs/make_record.py --text     the text alone
"""

import json
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]

from handwritten.config.configuration import validated  # noqa: E402
from handwritten.evaluation.comparison import mean_interval  # noqa: E402
from handwritten.io import files  # noqa: E402
from handwritten.plan import plan  # noqa: E402

RECORD, TEXT = ROOT / "docs" / "record.json", ROOT / "docs" / "record.md"
ENSEMBLE = "record_ensemble"  # the run in config.yaml whose members are the record's models
# Test errors that others reached, whether several networks did together, and how.
MARKS = (
    (0.00553, False, "3 x 1024, affine distortions, batch normalisation, dropout; ten seeds"),
    (0.0035, False, "12 million weights, elastic distortions, 800 epochs on a GPU (Ciresan 2010)"),
    (0.0031, True, "an ensemble of seven networks (Ciresan 2011)"),
)
CIRCUMSTANCES = ("started", "seconds", "threads", "machine", "python", "blas")


def measured() -> dict:
    """What the results folder holds of the record: settings, and the figures of every model."""
    config = validated(yaml.safe_load((ROOT / "config.yaml").read_text()))
    run = plan.Plan(config).runs[ENSEMBLE]
    members = [facts_of(model.train, model.evaluate) for model in run.members]
    ensemble = answers(run.evaluation)
    settings = {k: v for k, v in run.members[0].train.settings.items() if k != "seed"}
    return {"schema": 1, "settings": settings, "models": members, "ensemble": ensemble}


def facts_of(train: plan.Step, evaluate: plan.Step) -> dict:
    """One model: its seed, where and how long it was trained, its errors, its training loss."""
    circumstances = files.read_json(ROOT / train.file("run.json"))
    history = files.read_table(ROOT / train.file("history.csv"))
    return {
        "seed": train.settings["seed"],
        "version": train.version,
        "run": {key: circumstances[key] for key in CIRCUMSTANCES},
        "train_loss": [row["train_loss"] for row in history],
    } | answers(evaluate)


def answers(evaluation: plan.Step) -> dict:
    """How many parameters answered on the test images, and how many of these they got wrong."""
    metrics = files.read_json(ROOT / evaluation.file("metrics.json"))
    test = {key: metrics["test"][key] for key in ("n", "errors", "wilson95", "halves")}
    return {"version_of_answers": evaluation.version, "parameters": metrics["parameters"]} | test


def text(record: dict) -> str:
    """The page of the record, from its facts alone."""
    models, ensemble, settings = record["models"], record["ensemble"], record["settings"]
    share = mean_interval([model["errors"] / model["n"] for model in models])
    return TEMPLATE.format(
        network="-".join(map(str, settings["layer_dims"])),
        parameters=f"{models[0]['parameters']:,}",
        mean=percent(share["mean"]),
        low=percent(share["low"]),
        high=percent(share["high"]),
        count=len(models),
        rows="\n".join(map(row, models)),
        ensemble=percent(ensemble["errors"] / ensemble["n"]),
        ensemble_errors=ensemble["errors"],
        ensemble_interval=interval(ensemble),
        settings="\n".join(f"    {key}: {value}" for key, value in settings.items()),
        blas=models[0]["run"]["blas"],
        marks="\n".join(
            compared(mark, what, ensemble["errors"] / ensemble["n"] if many else share["mean"])
            for mark, many, what in MARKS
        ),
    )


def compared(mark: float, what: str, here: float) -> str:
    """A mark as a row of its table, with what was reached."""
    verdict = "reached" if here <= mark else "missed"
    return f"| {100 * mark:.3g}% | {what} | {percent(here)}: {verdict} |"


def row(model: dict) -> str:
    """A model as a row of the table."""
    cells = (
        model["seed"],
        model["errors"],
        percent(model["errors"] / model["n"]),
        interval(model),
        f"{model['run']['seconds'] / 60:.0f}",
        f"{model['train_loss'][-1]:.4f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def percent(share: float) -> str:
    """A share of errors with two decimals."""
    return f"{100 * share:.2f}%"


def interval(facts: dict) -> str:
    """The 95% interval of an error, from that of the accuracy."""
    low, high = facts["wilson95"]
    return f"{percent(1 - high)} to {percent(1 - low)}"


TEMPLATE = """# The record

The best fully connected network that plain NumPy trains on two processor cores in about an hour and
a half, and an ensemble of {count} of them. `make record` trains them again and writes this page; an
interrupted training goes on where it was.

**{network}**, {parameters} parameters: **{mean} test error**, the mean over {count} seeds ({low} to
{high}, 95% by Student's t). All {count} together: **{ensemble}** ({ensemble_interval}, 95% by
Wilson), {ensemble_errors} of 10,000 digits wrong.

| seed | errors | test error | 95% (Wilson) | minutes | last training loss |
|---|---|---|---|---|---|
{rows}

Every model that was trained with these settings is in the table. They are those of the last epoch,
not of the best. The test images played no part in training nor in choosing settings: that was done
on dev ([decisions](decisions.md)), before these models learnt from all 60,000 training images.

## Settings

{settings}

Times are those of {blas} on two cores, with whatever else the machine had to do. The training loss
of every epoch is in [record.json](record.json).

## Marks to compare with

| test error | what | here |
|---|---|---|
{marks}
"""


def main(arguments: list[str]) -> None:
    """Measure unless told otherwise, and write."""
    if arguments != ["--text"]:
        RECORD.write_text(files.as_json(measured()))
    TEXT.write_text(text(json.loads(RECORD.read_text())))


if __name__ == "__main__":
    main(sys.argv[1:])
