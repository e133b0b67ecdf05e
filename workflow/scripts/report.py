"""Put everything together: the page, the summary for other programs, the learning curves."""

from itertools import pairwise

from handwritten.artifacts.provenance import project_path
from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import comparison
from handwritten.io import files
from handwritten.page import (
    adversarial_section,
    calibration_section,
    embedding,
    excerpts,
    out_of_distribution_section,
    own_images_section,
    page,
    reference_section,
    robustness_section,
    runs,
    snippet,
    summary,
    training_section,
)
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    train, dev, test = (files.read_arrays(inputs[split]) for split in ("train", "dev", "test"))
    shown = runs.load(settings.runs, inputs, test)
    correct = [run["probabilities"].argmax(axis=1) == test["y"] for run in shown]
    metrics, training = runs.figure_data(shown, "metrics"), training_section.content(shown)
    examples = files.read_arrays(inputs.examples)
    figures = {
        "reliability": calibration_section.reliability(metrics),
        "rejection": calibration_section.rejection(metrics),
        "robustness": robustness_section.figure(runs.figure_data(shown, "robustness"), examples),
    }
    context = vars(settings) | {"data_title": settings.title, "runs": shown, "figures": figures}
    context |= {
        "training": training,
        "adversarial": adversarial_section.content(shown),
        "unfamiliar": out_of_distribution_section.examples(files.read_arrays(inputs.unfamiliar)),
        "comparisons": [comparison.head_to_head(*pair) for pair in pairwise(correct)],
        "excerpts": excerpts.shown(bool(inputs.reference)),
        "gradients": files.read_json(inputs.gradients),
        "pictures": embedding.pictures(test, settings.image_shape),
        "snippet": snippet.code(shown[-1], project_path(inputs.test)),
        "embedded": embedding.arrays(train, test, shown),
        "page_data": embedding.page_data(settings, shown, train, dev),
    }
    imported = files.read_json(inputs.imported[0]) if inputs.imported else None
    context["centred"] = imported["prepare"] == "mnist" if imported else settings.centred
    if imported:
        context["imported"] = own_images_section.content(imported, train, settings)
    if inputs.reference:
        context["reference"] = reference_section.content(files.read_json(inputs.reference[0]))
    sections = {role: inputs[role] for role in ("ablation", *settings.baselines)}
    html = page.report(context | page.section_data(sections))
    artifact.text("report.html", html)
    artifact.json("summary.json", summary.summary(settings, metrics, imported))
    artifact.text("learning_curves.svg", training["curves"])
    artifact.log(f"report.html: {len(html) / 1024:.0f} KiB")
