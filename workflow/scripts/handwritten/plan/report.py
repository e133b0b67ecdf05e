"""The page: what it is made from, and where its current version is published."""

from dataclasses import dataclass
from pathlib import Path

from handwritten.config.configuration import compared_run
from handwritten.config.run_settings import learnt_dev
from handwritten.io import fingerprints
from handwritten.own_images import own_data
from handwritten.page import excerpts, template_files
from handwritten.plan.context import Context, template_hashes
from handwritten.plan.publication import Publication, published
from handwritten.plan.runs import Run
from handwritten.plan.steps import File, Inputs, Step


@dataclass(frozen=True)
class Shown:
    """What the page shows."""

    data: Step
    gradients: Step
    runs: list[Run]  # the last one is the default run
    ablation: Step | None
    reference: Step | None
    imported: Step | None
    baselines: dict[str, File]

    @property
    def steps(self) -> list[Step]:
        """The steps behind the page, each once."""
        steps = [self.data, self.gradients, *(step for run in self.runs for step in run.steps)]
        steps += [run.unfamiliar_images for run in self.runs]
        steps += [step for step in (self.ablation, self.reference, self.imported) if step]
        steps += [file.step for file in self.baselines.values()]
        return list({step.folder: step for step in steps}.values())


def report(context: Context, shown: Shown) -> Step:
    """The page and the summary of the runs to be reported."""
    templates = template_hashes(template_files.report_files())
    templates["excerpts"] = shown_code(context, shown.reference is not None)
    inputs = {**inputs_of_runs(shown.runs), **inputs_of_sections(shown)}
    return context.steps.add("report", page_settings(context, shown), inputs, templates=templates)


def shown_code(context: Context, reference: bool) -> str:
    """The SHA-256 of the excerpts of code that the page shows, with their line numbers."""
    files = [Path(excerpts.__file__), *excerpts.source_files()]
    texts = [file.read_text(encoding="utf-8") for file in files if file.is_file()]
    key = fingerprints.digest([reference, *texts])
    return context.steps.cache.get(
        f"excerpts {key}", lambda: fingerprints.digest(excerpts.shown(reference))
    )


def page_settings(context: Context, shown: Shown) -> dict:
    """What the page says beside the results."""
    data_set, config = context.data_set, context.config
    settings = {
        "dataset": data_set.name,
        "title": data_set.title,
        "credit": data_set.credit,
        "centred": data_set.centred,
        "classes": list(data_set.classes),
        "files": own_data.listing(config["dataset"]) if shown.imported else None,
        "index": index(context),
        "fallback": vars(context.fallback) if context.fallback else None,
        "runs": [description(run) for run in shown.runs],
        "baselines": list(shown.baselines),
        "compared": shown.reference and [compared_run(config), shown.reference.version],
    }
    return settings | context.image_shape | context.wrong_labels


def inputs_of_runs(runs: list[Run]) -> Inputs:
    """The files of the reported runs, in their order."""
    singles = [run.members[0].train for run in runs if not run.is_ensemble]
    trained = [model.train for run in runs for model in run.members]
    return {
        "metrics": [run.evaluation.file("metrics.json") for run in runs],
        "probabilities": [run.evaluation.file("probabilities.npz") for run in runs],
        "robustness": [run.robustness.file("robustness.json") for run in runs],
        "out_of_distribution": [
            run.out_of_distribution.file("out_of_distribution.json") for run in runs
        ],
        "adversarial_images": [
            run.adversarial_images.file("adversarial_images.json") for run in runs
        ],
        "unfamiliar": runs[-1].unfamiliar_images.file("images.npz"),
        "examples": runs[-1].robustness.file("examples.npz"),
        "history": [train.file("history.csv") for train in singles],
        "first_layer": [train.file("first_layer.npz") for train in singles],
        "model": [train.file("model.npz") for train in trained],
        "provenance": [train.record for train in trained],
    }


def inputs_of_sections(shown: Shown) -> Inputs:
    """The files of what the page shows beside the runs; none where something is not there."""
    return {
        "train": shown.data.file("train.npz"),
        "dev": shown.data.file("dev.npz"),
        "test": shown.data.file("test.npz"),
        "gradients": shown.gradients.file("gradients.json"),
        "ablation": files_if(shown.ablation, "ablation.json", "ablation.svg"),
        "reference": files_if(shown.reference, "pytorch.json"),
        "imported": files_if(shown.imported, "import.json"),
        **shown.baselines,
    }


def files_if(step: Step | None, *names: str) -> list[File]:
    """These files of a step, none where there is no step."""
    return [step.file(name) for name in names] if step else []


def description(run: Run) -> dict:
    """What the page says of a run beside its results."""
    train = run.members[0].train
    threads = {"threads": train.threads} if "threads" in run.settings else {}
    return {
        "name": run.name,
        "settings": run.settings | threads,
        "activation": run.members[0].evaluate.settings["activation"],
        "test_time_shift": run.members[0].evaluate.settings["test_time_shift"],
        "version": run.version,
        "ensemble": run.is_ensemble,
        "learnt_dev": learnt_dev(train.settings),
        "models": [model.train.file("model.npz") for model in run.members],
        "trainings": [f"{model.train.name}/{model.train.version}" for model in run.members],
        "versions": [[step.name, step.version] for step in run.steps],
    }


def index(context: Context) -> str:
    """The page that lists every version built here."""
    return f"{context.folder}/index.html"


def publication(context: Context, shown: Shown, page: Step) -> Publication:
    """The page, its summary and tables at stable paths; the matrix is that of the default run."""
    copies = {
        "report.html": page.file("report.html"),
        "summary.json": page.file("summary.json"),
        "confusion_matrix.csv": shown.runs[-1].confusion_matrix.file("confusion_matrix.csv"),
    }
    if shown.ablation:
        names = [f"ablation.{suffix}" for suffix in ("csv", "json", "md", "png")]
        copies |= {name: shown.ablation.file(name) for name in names}
    copies = {f"{context.folder}/{name}": file for name, file in copies.items()}
    templates = template_hashes(template_files.page_files("index"))
    return published(context, "publish", "current", copies, index(context), templates=templates)
