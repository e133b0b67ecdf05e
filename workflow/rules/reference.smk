# The same network from the same initial weights, in PyTorch: make reference. Inputs: plan/reference.py
#   in:  results/<data set>/parse_idx/<version>/{train,dev,test}.npz
#   out: results/<data set>/compare_pytorch/<version>/pytorch.json


rule compare_pytorch:
    """The same network by other means: PyTorch's autograd, losses, optimizers and schedules."""
    input:
        unpack(inputs),
    output:
        **outputs("compare_pytorch", facts="pytorch.json"),
    log:
        log("compare_pytorch"),
    conda:
        "../../envs/pytorch.yaml"
    threads: threads
    params:
        recipe=recipe,
    script:
        "../scripts/compare_pytorch.py"
