# From the predictions of every step of the ablation study to what each change is worth.
# The inputs of its rules: the functions of their names in plan/ablation.py
#   in:  results/<data set>/{evaluate,ensemble,baseline}/<version>/ of every step and seed
#   out: results/<data set>/baseline/<version>/  metrics.json, probabilities.npz: as of an evaluation
#        results/<data set>/ablation/<version>/  ablation.json, ablation.csv, ablation.svg, and as a
#                                                document of its own ablation.md, ablation.png


rule baseline:
    """A classifier that learns little or nothing, measured as networks are."""
    input:
        unpack(inputs),
    output:
        **outputs("baseline", metrics="metrics.json", probabilities="probabilities.npz"),
    log:
        log("baseline"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/baseline.py"


rule ablation:
    """Every change against the step below it: means over seeds, intervals, tests."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "ablation",
            facts="ablation.json",
            table="ablation.csv",
            document="ablation.md",
            picture="ablation.png",
            figure=report(
                "ablation.svg",
                caption="../report/ablation.rst",
                category="The ablation study",
            ),
        ),
    log:
        log("ablation"),
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/ablation.py"
