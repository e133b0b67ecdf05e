# From the predictions of every step of the ablation study to what each change is worth.
# The inputs of its rules: the functions of their names in plan/ablation.py
#   in:  results/<data set>/{evaluate,ensemble}/<version>/ of every step and seed; train, dev, test
#   out: results/<data set>/{baseline,train_convolutional_network}/<version>/
#          metrics.json, probabilities.npz: as of an evaluation
#        results/<data set>/ablation/<version>/
#          ablation.json, ablation.csv, ablation.svg, and as a document ablation.md, ablation.png


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


rule train_convolutional_network:
    """A network of another kind, in PyTorch, where that is installed."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "train_convolutional_network",
            metrics="metrics.json",
            probabilities="probabilities.npz",
        ),
    log:
        log("train_convolutional_network"),
    benchmark:
        benchmark("train_convolutional_network")
    conda:
        "../../envs/pytorch.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/train_convolutional_network.py"


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
