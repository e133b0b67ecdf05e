"""Put everything together: the page, the summary for other programs, the learning curves."""

from handwritten.page import figures, page
from handwritten.pipeline import artifacts

settings, files = snakemake.params.settings, snakemake.input
names = [run["name"] for run in settings["runs"]]
with artifacts.making(snakemake) as artifact:
    test = artifacts.read_arrays(files.test)
    runs = []
    for i, run in enumerate(settings["runs"]):
        answers = artifacts.read_arrays(files.probabilities[i])["test"]
        runs.append(
            run
            | {
                "metrics": artifacts.read_json(files.metrics[i]),
                "provenance": artifacts.read_json(files.provenance[i]),
                "matrix": figures.apart(artifacts.read_text(files.matrix[i]), run["name"]),
                "mistakes": page.mistakes(test["x"], test["y"], answers, count=40),
            }
        )
    histories = [artifacts.read_table(path) for path in files.history]
    curves = figures.learning_curves(dict(zip(names, histories, strict=True)))
    facts = settings | {"runs": runs, "curves": curves, "test": files.test}
    html = page.render("page.html.j2", **facts)
    metrics = {run["name"]: run["metrics"] for run in runs}
    artifact.text("report.html", html)
    artifact.facts("summary.json", page.summary(settings, metrics))
    artifact.text("learning_curves.svg", curves)
    artifact.log(f"report.html: {len(html) / 1024:.0f} KiB")
