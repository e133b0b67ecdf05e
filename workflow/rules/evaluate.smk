# From models to figures of merit.
#   in:  results/<data set>/train_<trainer>/<version>/model.npz, and dev and test
#   out: results/<data set>/evaluate/<version>/           probabilities.npz, metrics.json
#        results/<data set>/ensemble/<version>/          the same, of several models together
#        results/<data set>/confusion_matrix/<version>/   the matrix as tables and as a figure
#        results/<data set>/robustness/<version>/         robustness.json: scores on worse images,
#                                                         examples.npz: one of them at every level


rule evaluate:
    """Let the network answer on dev and test; count, with intervals."""
    input:
        model=reads("evaluate", "model", "model.npz"),
        dev=reads("evaluate", "data", "dev.npz"),
        test=reads("evaluate", "data", "test.npz"),
        records=records("evaluate"),
    output:
        metrics="results/{dataset}/evaluate/{version}/metrics.json",
        probabilities="results/{dataset}/evaluate/{version}/probabilities.npz",
        provenance="results/{dataset}/evaluate/{version}/provenance.json",
    log:
        "logs/{dataset}/evaluate/{version}.log",
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe("evaluate"),
        settings=settings("evaluate"),
    script:
        "../scripts/evaluate.py"


rule ensemble:
    """Several models answer together: the mean of their probabilities."""
    input:
        metrics=reads_each("ensemble", "metrics.json"),
        probabilities=reads_each("ensemble", "probabilities.npz"),
        dev=reads("ensemble", "data", "dev.npz"),
        test=reads("ensemble", "data", "test.npz"),
        records=records("ensemble"),
    output:
        metrics="results/{dataset}/ensemble/{version}/metrics.json",
        probabilities="results/{dataset}/ensemble/{version}/probabilities.npz",
        provenance="results/{dataset}/ensemble/{version}/provenance.json",
    log:
        "logs/{dataset}/ensemble/{version}.log",
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe("ensemble"),
        settings=settings("ensemble"),
    script:
        "../scripts/ensemble.py"


rule confusion_matrix:
    """Which digits are taken for which others."""
    input:
        metrics=reads("confusion_matrix", "evaluation", "metrics.json"),
        records=records("confusion_matrix"),
    output:
        table="results/{dataset}/confusion_matrix/{version}/confusion_matrix.csv",
        shares="results/{dataset}/confusion_matrix/{version}/row_normalised.csv",
        figure=report(
            "results/{dataset}/confusion_matrix/{version}/confusion_matrix.svg",
            caption="../report/confusion_matrix.rst",
            category="Where it errs",
            labels=lambda wildcards: {
                "figure": "confusion matrix",
                "run": ", ".join(plan.runs_with(wildcards.version)),
            },
        ),
        provenance="results/{dataset}/confusion_matrix/{version}/provenance.json",
    log:
        "logs/{dataset}/confusion_matrix/{version}.log",
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe("confusion_matrix"),
        settings=settings("confusion_matrix"),
    script:
        "../scripts/confusion_matrix.py"


rule robustness:
    """How well a run still answers when images are noisy, moved, turned or blurred."""
    input:
        models=reads_each("robustness", "model.npz"),
        test=reads("robustness", "data", "test.npz"),
        records=records("robustness"),
    output:
        curves="results/{dataset}/robustness/{version}/robustness.json",
        examples="results/{dataset}/robustness/{version}/examples.npz",
        provenance="results/{dataset}/robustness/{version}/provenance.json",
    log:
        "logs/{dataset}/robustness/{version}.log",
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe("robustness"),
        settings=settings("robustness"),
    script:
        "../scripts/robustness.py"
