# From arrays to models; and whether the calculus by which they learn is right.
#   in:  results/<data set>/parse_idx/<version>/{train,dev}.npz
#   out: results/<data set>/train_<trainer>/<version>/
#          model.npz     W1, b1, W2, b2, …   W is (in, out): the layer is a @ W + b
#          history.csv   loss, dev accuracy and norms over the course of training
#          first_layer.npz   W1 after some epochs or steps
#        results/<data set>/check_gradients/<version>/
#          gradients.json   how far every gradient is from central differences of its loss


rule train_phase1:
    """The first-principles network: one hidden layer, every gradient by hand."""
    input:
        train=reads("train_phase1", "data", "train.npz"),
        dev=reads("train_phase1", "data", "dev.npz"),
        records=records("train_phase1"),
    output:
        model="results/{dataset}/train_phase1/{version}/model.npz",
        history="results/{dataset}/train_phase1/{version}/history.csv",
        first_layer="results/{dataset}/train_phase1/{version}/first_layer.npz",
        provenance="results/{dataset}/train_phase1/{version}/provenance.json",
    log:
        "logs/{dataset}/train_phase1/{version}.log",
    benchmark:
        "logs/{dataset}/train_phase1/{version}.benchmark.tsv"
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe("train_phase1"),
        settings=settings("train_phase1"),
    script:
        "../scripts/train_phase1.py"


rule train_phase2:
    """The modular network: any depth, any batch size, momentum, schedule, L2."""
    input:
        train=reads("train_phase2", "data", "train.npz"),
        dev=reads("train_phase2", "data", "dev.npz"),
        records=records("train_phase2"),
    output:
        model="results/{dataset}/train_phase2/{version}/model.npz",
        history="results/{dataset}/train_phase2/{version}/history.csv",
        first_layer="results/{dataset}/train_phase2/{version}/first_layer.npz",
        provenance="results/{dataset}/train_phase2/{version}/provenance.json",
    log:
        "logs/{dataset}/train_phase2/{version}.log",
    benchmark:
        "logs/{dataset}/train_phase2/{version}.benchmark.tsv"
    conda:
        "../../envs/numpy.yaml"
    threads: lambda wildcards: plan["train_phase2", wildcards.version].threads
    params:
        recipe=recipe("train_phase2"),
        settings=settings("train_phase2"),
    script:
        "../scripts/train_phase2.py"


rule check_gradients:
    """Every gradient against central differences, on small random networks."""
    output:
        facts="results/{dataset}/check_gradients/{version}/gradients.json",
        provenance="results/{dataset}/check_gradients/{version}/provenance.json",
    log:
        "logs/{dataset}/check_gradients/{version}.log",
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe("check_gradients"),
        settings=settings("check_gradients"),
    script:
        "../scripts/check_gradients.py"
