"""Put everything together: the page, the summary for other programs, the learning curves."""

from itertools import islice

from handwritten.evaluation import health
from handwritten.page import figures, page
from handwritten.pipeline import artifacts, excerpts, files

settings, inputs = snakemake.params.settings, snakemake.input
singles = [run["name"] for run in settings["runs"] if not run["committee"]]
with artifacts.making(snakemake) as artifact:
    test = files.read_arrays(inputs.test)
    provenance = map(files.read_json, inputs.provenance)
    runs = []
    for i, run in enumerate(settings["runs"]):
        answers = files.read_arrays(inputs.probabilities[i])["test"]
        metrics = files.read_json(inputs.metrics[i])
        runs.append(
            run
            | {
                "metrics": metrics,
                "warnings": health.warnings(metrics),
                "provenance": list(islice(provenance, len(run["models"]))),
                "matrix": figures.apart(files.read_text(inputs.matrix[i]), run["name"]),
                "mistakes": page.mistakes(test["x"], test["y"], answers, count=40),
            }
        )
    histories = [files.read_table(path) for path in inputs.history]
    curves = figures.learning_curves(dict(zip(singles, histories, strict=True)))
    facts = settings | {"runs": runs, "curves": curves, "test": inputs.test, "ladder": None}
    if inputs.ladder:
        figure = figures.apart(files.read_text(inputs.ladder[1]), "ladder")
        facts["ladder"] = files.read_json(inputs.ladder[0]) | {"figure": figure}
    facts |= {"excerpts": excerpts.shown(), "gradients": files.read_json(inputs.gradients)}
    html = page.render("page.html.j2", **facts)
    by_name = {run["name"]: run["metrics"] for run in runs}
    artifact.text("report.html", html)
    artifact.facts("summary.json", page.summary(settings, by_name))
    artifact.text("learning_curves.svg", curves)
    artifact.log(f"report.html: {len(html) / 1024:.0f} KiB")
