# From every rung's answers to what each idea was worth.
#   in:  results/<data set>/{evaluate,committee}/<version>/   of every rung and seed
#   out: results/<data set>/ladder/<version>/                 ladder.json, ladder.csv, ladder.svg


rule ladder:
    """Every idea against the rung below it: means over seeds, intervals, tests."""
    input:
        metrics=reads_each("ladder", "metrics.json"),
        probabilities=reads_each("ladder", "probabilities.npz"),
        test=reads("ladder", "data", "test.npz"),
        records=records("ladder"),
    output:
        facts="results/{dataset}/ladder/{version}/ladder.json",
        table="results/{dataset}/ladder/{version}/ladder.csv",
        figure=report(
            "results/{dataset}/ladder/{version}/ladder.svg",
            caption="../report/ladder.rst",
            category="The ladder",
        ),
        provenance="results/{dataset}/ladder/{version}/provenance.json",
    log:
        "logs/{dataset}/ladder/{version}.log",
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe("ladder"),
        settings=settings("ladder"),
    script:
        "../scripts/ladder.py"
