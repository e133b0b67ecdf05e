# From the same start, on the same batches, in PyTorch: make reference
#   in:  results/<data set>/parse_idx/<version>/{train,dev,test}.npz
#   out: results/<data set>/compare_pytorch/<version>/pytorch.json


rule compare_pytorch:
    """The same network by other means: PyTorch's autograd, losses, optimizers and schedules."""
    input:
        train=reads("compare_pytorch", "data", "train.npz"),
        dev=reads("compare_pytorch", "data", "dev.npz"),
        test=reads("compare_pytorch", "data", "test.npz"),
        records=records("compare_pytorch"),
    output:
        facts="results/{dataset}/compare_pytorch/{version}/pytorch.json",
        provenance="results/{dataset}/compare_pytorch/{version}/provenance.json",
    log:
        "logs/{dataset}/compare_pytorch/{version}.log",
    conda:
        "../../envs/pytorch.yaml"
    threads: lambda wildcards: plan["compare_pytorch", wildcards.version].threads
    params:
        recipe=recipe("compare_pytorch"),
        settings=settings("compare_pytorch"),
    script:
        "../scripts/compare_pytorch.py"
