# From arrays to models, and the check of all gradients. Inputs: plan/training.py
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
        unpack(inputs),
    output:
        **outputs(
            "train_phase1",
            model="model.npz",
            history="history.csv",
            first_layer="first_layer.npz",
        ),
    log:
        log("train_phase1"),
    benchmark:
        benchmark("train_phase1")
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/train_phase1.py"


rule train_phase2:
    """The modular network: any depth, any batch size, momentum, schedule, L2."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "train_phase2",
            model="model.npz",
            history="history.csv",
            first_layer="first_layer.npz",
        ),
    log:
        log("train_phase2"),
    benchmark:
        benchmark("train_phase2")
    conda:
        "../../envs/numpy.yaml"
    threads: threads
    params:
        recipe=recipe,
    script:
        "../scripts/train_phase2.py"


rule check_gradients:
    """Every gradient against central differences, on small random networks."""
    output:
        **outputs("check_gradients", facts="gradients.json"),
    log:
        log("check_gradients"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/check_gradients.py"
