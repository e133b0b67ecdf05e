"""Put everything together: the page, the summary for other programs, the learning curves."""

from itertools import islice

from handwritten.evaluation import health
from handwritten.page import embedding, errors_section, figures, page
from handwritten.pipeline import artifacts, files

settings, inputs = snakemake.params.settings, snakemake.input
singles = [run["name"] for run in settings["runs"] if not run["committee"]]
with artifacts.making(snakemake) as artifact:
    test = files.read_arrays(inputs.test)
    embedded = embedding.digits("test", test)
    embedded |= embedding.digits("train", embedding.first(files.read_arrays(inputs.train)))
    provenance, models = map(files.read_json, inputs.provenance), iter(inputs.model)
    runs = []
    for i, run in enumerate(settings["runs"]):
        answers = files.read_arrays(inputs.probabilities[i])["test"]
        metrics = files.read_json(inputs.metrics[i])
        embedded |= embedding.answers(run["name"], answers)
        members = list(islice(models, len(run["models"])))
        travels = embedding.travels(run, metrics)
        if travels:
            embedded |= embedding.weights(run["name"], files.read_arrays(members[0]))
        runs.append(
            run
            | {
                "metrics": metrics,
                "travels": travels,
                "warnings": health.warnings(metrics),
                "provenance": list(islice(provenance, len(run["models"]))),
                "matrix": errors_section.cells(metrics["test"]["confusion_matrix"]),
            }
        )
    histories = [files.read_table(path) for path in inputs.history]
    curves = figures.learning_curves(dict(zip(singles, histories, strict=True)))
    facts = settings | {"runs": runs, "curves": curves, "test": inputs.test, "ladder": None}
    facts |= {"embedded": embedded, "facts": embedding.facts(settings, runs, test)}
    if inputs.ladder:
        figure = figures.apart(files.read_text(inputs.ladder[1]), "ladder")
        facts["ladder"] = files.read_json(inputs.ladder[0]) | {"figure": figure}
    html = page.report(facts)
    by_name = {run["name"]: run["metrics"] for run in runs}
    artifact.text("report.html", html)
    artifact.facts("summary.json", page.summary(settings, by_name))
    artifact.text("learning_curves.svg", curves)
    artifact.log(f"report.html: {len(html) / 1024:.0f} KiB")
