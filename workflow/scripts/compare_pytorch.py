"""Train the same network in PyTorch, from the same start on the same batches: is it the same?"""

from pathlib import Path

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import comparison, metrics
from handwritten.io import files, syntax
from handwritten.io.code import Code
from handwritten.learning import batches, training
from handwritten.reference import pytorch_version
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    from handwritten.reference import agreement, pytorch, side_by_side  # needs PyTorch, and says so

    rows = agreement.rows()
    worst = max(max(row["differences"].values()) for row in rows)
    artifact.log(f"double precision: {len(rows)} cases, parameters differ by at most {worst:.1e}")
    agreement.require(rows)
    train, dev, test = (
        batches.Dataset(**files.read_arrays(inputs[split])) for split in ("train", "dev", "test")
    )
    if settings.train_on == "all":
        train = batches.joined(train, dev)

    def on_epoch(row):
        said = f"{100 * row['dev_accuracy']:.2f}%, PyTorch {100 * row['pytorch_dev_accuracy']:.2f}%"
        artifact.log(f"epoch {row['epoch']}/{settings.epochs}: dev {said}")

    pair = side_by_side.Pair(train, dev, settings, snakemake.params.recipe["threads"]).trained(
        on_epoch
    )
    correct = {model: pair.correct(model, test) for model in ("ours", "pytorch")}
    library = Code(Path(training.__file__).parents[2]).project_files(Path(training.__file__))
    artifact.json(
        "pytorch.json",
        {
            "pytorch": pytorch_version.VERSION,
            "bound": agreement.BOUND,
            "agreement": rows,
            "epochs": pair.epochs,
            "test": {model: metrics.score(right) for model, right in correct.items()},
            "head_to_head": comparison.head_to_head(*correct.values()),
            "lines": {
                "ours": sum(map(syntax.lines, library)),
                "pytorch": syntax.lines(Path(pytorch.__file__)),
            },
        },
    )
    artifact.measured(**pair.pace())
