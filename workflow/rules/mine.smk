# What a learner has written in exercises/, as runs: snakemake --cores 4 mine. Inputs: plan/mine.py
#   in:  exercises/phase1.py, phase2.py; results/<data set>/parse_idx/<version>/{train,dev}.npz
#   out: results/<data set>/train_mine/<version>/   model.npz, history.csv, first_layer.npz
#        results/<data set>/mine.html               the page, beside the project's own network


rule train_mine:
    """A network that a learner's functions train, in a process of their own."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "train_mine",
            model="model.npz",
            history="history.csv",
            first_layer="first_layer.npz",
        ),
    log:
        log("train_mine"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
        file=lambda wildcards: plan.mine.file_of(wildcards.version),
    script:
        "../scripts/train_mine.py"


rule publish_mine:
    """Copy the page of a learner's network to its stable place."""
    input:
        unpack(inputs),
    output:
        marker=local(f"results/{plan.data_set.name}/mine-{{version}}{{again}}"),
    log:
        local(f"logs/{plan.data_set.name}/publish_mine/{{version}}{{again}}.log"),
    conda:
        "../../envs/figures.yaml"
    params:
        copies=lambda wildcards: plan.mine.publication.copies,
    script:
        "../scripts/publish_mine.py"
