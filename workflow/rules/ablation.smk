# From the predictions of every step of the ablation study to what each change is worth.
# The inputs of the rule `ablation`: the function of that name in plan/ablation.py
#   in:  results/<data set>/{evaluate,ensemble}/<version>/ of every step and seed
#   out: results/<data set>/ablation/<version>/                ablation.json, ablation.csv, ablation.svg


rule ablation:
    """Every change against the step below it: means over seeds, intervals, tests."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "ablation",
            facts="ablation.json",
            table="ablation.csv",
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
