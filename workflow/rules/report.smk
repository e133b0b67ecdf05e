# From everything to the page. Inputs: plan/report.py
#   in:  of the runs under `report:`, predictions, models, histories and robustness; the gradient check;
#        the ablation study and the comparison with PyTorch, if there are any; images to show
#   out: results/<data set>/report/<version>/   report.html, summary.json, learning_curves.svg
#        results/<data set>/                    copies of the current versions, in stable places


rule report:
    """One self-contained page, and its figures as a summary for programs."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "report",
            page=report(
                "report.html",
                caption="../report/report.rst",
                category="The page",
            ),
            summary="summary.json",
            curves=report(
                "learning_curves.svg",
                caption="../report/learning_curves.rst",
                category="Training",
            ),
        ),
    log:
        log("report"),
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/report.py"


rule publish:
    """Copy the current versions to stable places, and list all that were ever built."""
    input:
        unpack(inputs),
    output:
        marker=local(plan.publication.pattern),
    log:
        local(f"logs/{plan.data_set.name}/publish/{{version}}{{again}}.log"),
    conda:
        "../../envs/figures.yaml"
    params:
        copies=plan.publication.copies,
        index=plan.index,
    script:
        "../scripts/publish.py"
