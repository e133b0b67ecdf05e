"""Put everything together: the page, the summary for other programs, the learning curves."""

from itertools import islice

from handwritten.page import figures, page
from handwritten.pipeline import artifacts

settings, files = snakemake.params.settings, snakemake.input
singles = [run["name"] for run in settings["runs"] if not run["committee"]]
with artifacts.making(snakemake) as artifact:
    test = artifacts.read_arrays(files.test)
    provenance = map(artifacts.read_json, files.provenance)
    runs = []
    for i, run in enumerate(settings["runs"]):
        answers = artifacts.read_arrays(files.probabilities[i])["test"]
        runs.append(
            run
            | {
                "metrics": artifacts.read_json(files.metrics[i]),
                "provenance": list(islice(provenance, len(run["models"]))),
                "matrix": figures.apart(artifacts.read_text(files.matrix[i]), run["name"]),
                "mistakes": page.mistakes(test["x"], test["y"], answers, count=40),
            }
        )
    histories = [artifacts.read_table(path) for path in files.history]
    curves = figures.learning_curves(dict(zip(singles, histories, strict=True)))
    facts = settings | {"runs": runs, "curves": curves, "test": files.test, "ladder": None}
    if files.ladder:
        figure = figures.apart(artifacts.read_text(files.ladder[1]), "ladder")
        facts["ladder"] = artifacts.read_json(files.ladder[0]) | {"figure": figure}
    html = page.render("page.html.j2", **facts)
    metrics = {run["name"]: run["metrics"] for run in runs}
    artifact.text("report.html", html)
    artifact.facts("summary.json", page.summary(settings, metrics))
    artifact.text("learning_curves.svg", curves)
    artifact.log(f"report.html: {len(html) / 1024:.0f} KiB")
