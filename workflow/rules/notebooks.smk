# The two notebooks, run by the pipeline: snakemake --cores 4 notebooks. Inputs: plan/notebooks.py
#   in:  notebooks/*.ipynb; a run's model and history, train and dev
#   out: results/<data set>/run_notebook/<version>/{notebook.html, notebook.ipynb}
#        results/<data set>/{<notebook>.html, <notebook>.ipynb}   copies of the current versions

from handwritten.plan.notebooks import notebook_file


rule run_notebook:
    """A notebook, run from top to bottom, as a page and with its outputs."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "run_notebook",
            page=report(
                "notebook.html",
                caption="../report/notebook.rst",
                category="Notebooks",
            ),
            notebook="notebook.ipynb",
        ),
    log:
        log("run_notebook"),
    conda:
        "../../envs/notebooks.yaml"
    params:
        recipe=recipe,
        source=lambda wildcards: notebook_file(plan.steps[wildcards.version]),
    script:
        "../scripts/run_notebook.py"


rule publish_notebooks:
    """Copy the notebooks' current versions to stable places, beside the report."""
    input:
        unpack(inputs),
    output:
        marker=local(plan.notebook_publication.pattern),
    log:
        local(f"logs/{plan.data_set.name}/publish_notebooks/{{version}}{{again}}.log"),
    conda:
        "../../envs/numpy.yaml"
    params:
        copies=plan.notebook_publication.copies,
    script:
        "../scripts/publish_notebooks.py"
