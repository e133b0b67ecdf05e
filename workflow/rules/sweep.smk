# Many settings tried, the best chosen by dev: snakemake --cores 4 sweeps
#   in:  results/<data set>/parse_idx/<version>/{train,dev}.npz; never test
#   out: results/<data set>/train_members/<version>/   outcomes.json: how some members learnt
#        results/<data set>/sweep_round/<version>/     ranking.json: candidates, best first
#        results/<data set>/sweep/<version>/           sweep.html, sweep.csv, best.json


rule train_members:
    """Several small trainings in one job, which reads the data once for all of them."""
    input:
        train=reads("train_members", "data", "train.npz"),
        dev=reads("train_members", "data", "dev.npz"),
        records=records("train_members"),
    output:
        outcomes="results/{dataset}/train_members/{version}/outcomes.json",
        provenance="results/{dataset}/train_members/{version}/provenance.json",
    log:
        "logs/{dataset}/train_members/{version}.log",
    conda:
        "../../envs/numpy.yaml"
    threads: lambda wildcards: plan["train_members", wildcards.version].threads
    params:
        recipe=recipe("train_members"),
        settings=settings("train_members"),
    script:
        "../scripts/train_members.py"


checkpoint sweep_round:
    """Rank candidates by their errors on dev, and choose who goes on to the next round."""
    input:
        before=round_before,
        outcomes=round_outcomes,
        records=round_records,
    output:
        ranking="results/{dataset}/sweep_round/{version}/ranking.json",
        provenance="results/{dataset}/sweep_round/{version}/provenance.json",
    log:
        "logs/{dataset}/sweep_round/{version}.log",
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe("sweep_round"),
        settings=settings("sweep_round"),
    script:
        "../scripts/sweep_round.py"


rule sweep:
    """The page of a sweep: the best, what each setting does, what accuracy costs."""
    input:
        rankings=reads_each("sweep", "ranking.json"),
        records=records("sweep"),
    output:
        page=report(
            "results/{dataset}/sweep/{version}/sweep.html",
            caption="../report/sweep.rst",
            category="Sweeps",
        ),
        table="results/{dataset}/sweep/{version}/sweep.csv",
        best="results/{dataset}/sweep/{version}/best.json",
        provenance="results/{dataset}/sweep/{version}/provenance.json",
    log:
        "logs/{dataset}/sweep/{version}.log",
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe("sweep"),
        settings=settings("sweep"),
    script:
        "../scripts/sweep.py"
