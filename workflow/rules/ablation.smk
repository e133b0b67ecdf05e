# From every step's answers to what each change was worth.
#   in:  results/<data set>/{evaluate,ensemble}/<version>/   of every step and seed
#   out: results/<data set>/ablation/<version>/                 ablation.json, ablation.csv, ablation.svg


rule ablation:
    """Every change against the step below it: means over seeds, intervals, tests."""
    input:
        metrics=reads_each("ablation", "metrics.json"),
        probabilities=reads_each("ablation", "probabilities.npz"),
        test=reads("ablation", "data", "test.npz"),
        records=records("ablation"),
    output:
        facts="results/{dataset}/ablation/{version}/ablation.json",
        table="results/{dataset}/ablation/{version}/ablation.csv",
        figure=report(
            "results/{dataset}/ablation/{version}/ablation.svg",
            caption="../report/ablation.rst",
            category="The ablation study",
        ),
        provenance="results/{dataset}/ablation/{version}/provenance.json",
    log:
        "logs/{dataset}/ablation/{version}.log",
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe("ablation"),
        settings=settings("ablation"),
    script:
        "../scripts/ablation.py"
