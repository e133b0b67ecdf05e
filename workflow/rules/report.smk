# From everything to the page.
#   in:  what the runs to be reported left: answers, models, histories, robustness; the gradients
#        checked; the ablation study and the reference implementation, where there are any; images to look at
#   out: results/<data set>/report/<version>/   report.html, summary.json, learning_curves.svg
#        results/<data set>/                    copies of the current versions, in stable places


rule report:
    """One self-contained page, and its figures as a summary for programs."""
    input:
        metrics=[ancient(run.evaluation.file("metrics.json")) for run in plan.reported],
        probabilities=[ancient(run.evaluation.file("probabilities.npz")) for run in plan.reported],
        history=[
            ancient(run.members[0].train.file("history.csv"))
            for run in plan.reported
            if not run.is_ensemble
        ],
        first_layer=[
            ancient(run.members[0].train.file("first_layer.npz"))
            for run in plan.reported
            if not run.is_ensemble
        ],
        provenance=[
            ancient(model.train.file("provenance.json"))
            for run in plan.reported
            for model in run.members
        ],
        robustness=[ancient(run.robustness.file("robustness.json")) for run in plan.reported],
        examples=ancient(plan.default_run.robustness.file("examples.npz")),
        ablation=[
            ancient(plan.ablation.file(file))
            for file in ("ablation.json", "ablation.svg")
            if plan.shows_ablation
        ],
        reference=[
            ancient(plan.reference.file("pytorch.json")) for _ in range(plan.shows_reference)
        ],
        model=[
            ancient(model.train.file("model.npz"))
            for run in plan.reported
            for model in run.members
        ],
        train=ancient(plan.parse_idx.file("train.npz")),
        gradients=ancient(plan.check_gradients.file("gradients.json")),
        test=ancient(plan.parse_idx.file("test.npz")),
        records=records("report"),
    output:
        page=report(
            "results/{dataset}/report/{version}/report.html",
            caption="../report/report.rst",
            category="The page",
        ),
        summary="results/{dataset}/report/{version}/summary.json",
        curves=report(
            "results/{dataset}/report/{version}/learning_curves.svg",
            caption="../report/learning_curves.rst",
            category="How it learned",
        ),
        provenance="results/{dataset}/report/{version}/provenance.json",
    log:
        "logs/{dataset}/report/{version}.log",
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe("report"),
        settings=settings("report"),
    script:
        "../scripts/report.py"


rule publish:
    """Copy the current versions to stable places, and list all that were ever built."""
    input:
        *map(ancient, plan.copies.values()),
    output:
        *map(local, plan.copies),
        index=local(plan.index),
        marker=local(plan.marker),
    log:
        local(f"logs/{plan.data_set.name}/publish.log"),
    conda:
        "../../envs/figures.yaml"
    params:
        copies=plan.copies,
    script:
        "../scripts/publish.py"
