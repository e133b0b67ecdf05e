"""Put everything together: the page, the summary for other programs, the learning curves."""

from itertools import islice, pairwise

from handwritten.artifacts import writing
from handwritten.evaluation import comparison, health
from handwritten.io import files
from handwritten.page import embedding, errors_section, excerpts, figures, page, reference_section

settings, inputs = snakemake.params.recipe["settings"], snakemake.input
singles = [run["name"] for run in settings["runs"] if not run["ensemble"]]
with writing.making(snakemake) as artifact:
    test = files.read_arrays(inputs.test)
    embedded = embedding.digits("test", test)
    embedded |= embedding.digits("train", embedding.first(files.read_arrays(inputs.train)))
    provenance, models = map(files.read_json, inputs.provenance), iter(inputs.model)
    first_layers = iter(inputs.first_layer)
    runs, correct = [], []
    for i, run in enumerate(settings["runs"]):
        answers = files.read_arrays(inputs.probabilities[i])["test"]
        metrics = files.read_json(inputs.metrics[i])
        correct.append(answers.argmax(axis=1) == test["y"])
        members = list(islice(models, len(run["models"])))
        first_layer = None if run["ensemble"] else files.read_arrays(next(first_layers))
        travels = embedding.travels(run, metrics)
        model = files.read_arrays(members[0]) if travels else None
        embedded |= embedding.run(run["name"], answers, first_layer, model)
        runs.append(
            run
            | {
                "metrics": metrics,
                "travels": travels,
                "pictured": first_layer and first_layer["after"].tolist(),
                "warnings": health.warnings(metrics),
                "provenance": list(islice(provenance, len(run["models"]))),
                "matrix": errors_section.cells(metrics["test"]["confusion_matrix"]),
                "robustness": files.read_json(inputs.robustness[i])["corruptions"],
            }
        )
    histories = dict(zip(singles, map(files.read_table, inputs.history), strict=True))
    curves = figures.learning_curves(histories)
    norms = figures.apart(figures.norms(histories), "norms") if histories else ""
    facts = settings | {"runs": runs, "curves": curves, "norms": norms, "ablation": None}
    facts |= {"test": writing.lasting(inputs.test), "embedded": embedded}
    facts |= {"facts": embedding.facts(settings, runs)}
    facts["pairs"] = [comparison.head_to_head(*pair) for pair in pairwise(correct)]
    if inputs.ablation:
        figure = figures.apart(files.read_text(inputs.ablation[1]), "ablation")
        facts["ablation"] = files.read_json(inputs.ablation[0]) | {"figure": figure}
    facts["trust"] = errors_section.trust(runs, files.read_arrays(inputs.examples))
    facts["reference"] = (
        reference_section.facts(files.read_json(inputs.reference[0])) if inputs.reference else None
    )
    facts |= {"excerpts": excerpts.shown(bool(inputs.reference))}
    facts |= {"gradients": files.read_json(inputs.gradients)}
    facts |= {name: files.read_json(inputs[name]) for name in settings["baselines"]}
    html = page.report(facts)
    by_name = {run["name"]: run["metrics"] for run in runs}
    artifact.text("report.html", html)
    artifact.facts("summary.json", page.summary(settings, by_name))
    artifact.text("learning_curves.svg", curves)
    artifact.log(f"report.html: {len(html) / 1024:.0f} KiB")
