# The story as notebooks, run by the pipeline: snakemake --cores 4 notebooks
#   in:  notebooks/*.ipynb; a run's model and history, train and dev
#   out: results/<data set>/run_notebook/<version>/notebook.html


rule run_notebook:
    """A notebook, run from top to bottom, as a page."""
    input:
        model=reads("run_notebook", "model", "model.npz"),
        history=reads("run_notebook", "model", "history.csv"),
        train=reads("run_notebook", "data", "train.npz"),
        dev=reads("run_notebook", "data", "dev.npz"),
    output:
        page=report(
            "results/{dataset}/run_notebook/{version}/notebook.html",
            caption="../report/notebook.rst",
            category="Notebooks",
        ),
        provenance="results/{dataset}/run_notebook/{version}/provenance.json",
    log:
        "logs/{dataset}/run_notebook/{version}.log",
    conda:
        "../../envs/notebooks.yaml"
    params:
        recipe=recipe("run_notebook"),
        settings=settings("run_notebook"),
        source=lambda wildcards: plan.notebook_file(wildcards.version),
    script:
        "../scripts/run_notebook.py"
