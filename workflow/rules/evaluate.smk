# From models to scores. Inputs: plan/evaluation.py
#   in:  results/<data set>/train_<trainer>/<version>/model.npz, and dev and test
#   out: results/<data set>/evaluate/<version>/           probabilities.npz, metrics.json
#        results/<data set>/ensemble/<version>/          the same, of several models together
#        results/<data set>/confusion_matrix/<version>/   the matrix as tables and as a figure
#        results/<data set>/robustness/<version>/         robustness.json: scores on worse images,
#                                                         examples.npz: one of them at every level
#        results/<data set>/out_of_distribution/<version>/  out_of_distribution.json: whether a run
#                                                         notices images of none of the classes
#        results/<data set>/adversarial_images/<version>/  adversarial_images.json: scores on images
#                                                         that are changed on purpose


rule evaluate:
    """Let the network answer on dev and test; count, with intervals."""
    input:
        unpack(inputs),
    output:
        **outputs("evaluate", metrics="metrics.json", probabilities="probabilities.npz"),
    log:
        log("evaluate"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/evaluate.py"


rule ensemble:
    """Several models answer together: the mean of their probabilities."""
    input:
        unpack(inputs),
    output:
        **outputs("ensemble", metrics="metrics.json", probabilities="probabilities.npz"),
    log:
        log("ensemble"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/ensemble.py"


rule confusion_matrix:
    """Which digits are taken for which others."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "confusion_matrix",
            table="confusion_matrix.csv",
            shares="row_normalised.csv",
            figure=report(
                "confusion_matrix.svg",
                caption="../report/confusion_matrix.rst",
                category="Where it errs",
                labels=lambda wildcards: {
                    "figure": "confusion matrix",
                    "run": ", ".join(plan.runs_with(wildcards.version)),
                },
            ),
        ),
    log:
        log("confusion_matrix"),
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/confusion_matrix.py"


rule robustness:
    """How well a run still answers when images are noisy, moved, turned or blurred."""
    input:
        unpack(inputs),
    output:
        **outputs("robustness", curves="robustness.json", examples="examples.npz"),
    log:
        log("robustness"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/robustness.py"


rule out_of_distribution:
    """Whether a run notices images that show none of the classes."""
    input:
        unpack(inputs),
    output:
        **outputs("out_of_distribution", measured="out_of_distribution.json"),
    log:
        log("out_of_distribution"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/out_of_distribution.py"


rule adversarial_images:
    """How well a run still answers when images are changed on purpose."""
    input:
        unpack(inputs),
    output:
        **outputs("adversarial_images", measured="adversarial_images.json"),
    log:
        log("adversarial_images"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/adversarial_images.py"
