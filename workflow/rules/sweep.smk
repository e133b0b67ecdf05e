# Many candidate settings, ranked by their errors on dev: snakemake --cores 4 sweeps. Inputs: plan/sweeps.py
#   in:  results/<data set>/parse_idx/<version>/{train,dev}.npz; never test
#   out: results/<data set>/train_members/<version>/   outcomes.json: how some members learnt
#        results/<data set>/sweep_round/<version>/     ranking.json: candidates, best first
#        results/<data set>/sweep/<version>/           sweep.html, sweep.csv, best.json


rule train_members:
    """Several small trainings in one job, which reads the data once for all of them."""
    input:
        unpack(inputs),
    output:
        **outputs("train_members", outcomes="outcomes.json"),
    log:
        log("train_members"),
    conda:
        "../../envs/numpy.yaml"
    threads: threads
    params:
        recipe=recipe,
    script:
        "../scripts/train_members.py"


checkpoint sweep_round:
    """Rank candidates by their errors on dev, and choose who goes on to the next round."""
    input:
        unpack(round_inputs),
    output:
        **outputs("sweep_round", ranking="ranking.json"),
    log:
        log("sweep_round"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/sweep_round.py"


rule sweep:
    """The page of a sweep: the best, what each setting does, what accuracy costs."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "sweep",
            page=report(
                "sweep.html",
                caption="../report/sweep.rst",
                category="Sweeps",
            ),
            table="sweep.csv",
            best="best.json",
        ),
    log:
        log("sweep"),
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/sweep.py"
