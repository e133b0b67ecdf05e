# The original project as notebooks, run by the pipeline: snakemake --cores 4 notebooks
#   in:  notebooks/*.ipynb; a run's model and history, train and dev
#   out: results/<data set>/run_notebook/<version>/notebook.html
#        results/<data set>/<notebook>.html               copies of the current versions


rule run_notebook:
    """A notebook, run from top to bottom, as a page."""
    input:
        model=reads("run_notebook", "model", "model.npz"),
        history=reads("run_notebook", "model", "history.csv"),
        train=reads("run_notebook", "data", "train.npz"),
        dev=reads("run_notebook", "data", "dev.npz"),
        records=records("run_notebook"),
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


rule publish_notebooks:
    """Copy the notebooks' current versions to stable places, beside the report."""
    input:
        *map(ancient, plan.notebook_copies.values()),
    output:
        *map(local, plan.notebook_copies),
        marker=local(plan.notebook_marker),
    log:
        local(f"logs/{plan.data_set.name}/publish_notebooks.log"),
    conda:
        "../../envs/numpy.yaml"
    params:
        copies=plan.notebook_copies,
    script:
        "../scripts/publish_notebooks.py"
