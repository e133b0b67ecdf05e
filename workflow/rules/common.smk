# How rules look things up in the plan: each function returns what Snakemake calls with the job's
# wildcards, of which `version` tells the step's plan.


def recipe(step):
    """What this step's artifact is computed from, for its provenance."""
    return lambda wildcards: plan[step, wildcards.version].recipe


def settings(step):
    """The settings that this step's script reads."""
    return lambda wildcards: plan[step, wildcards.version].settings


def reads(step, role, file):
    """The path of a file that this step reads, from the step that plays the role for it.

    An input's place is named after its content, so its time says nothing: it is `ancient`.
    """
    return lambda wildcards: ancient(plan[step, wildcards.version].reads[role].file(file))


def records(step):
    """The records of all steps that this step reads, which vouch for their files."""
    return lambda wildcards: [
        ancient(read.file("provenance.json"))
        for read in plan[step, wildcards.version].reads.values()
    ]


def reads_each(step, file):
    """The paths of this file in all steps that this step reads beside the data, in their order."""

    def paths(wildcards):
        reads = plan[step, wildcards.version].reads
        return [ancient(read.file(file)) for role, read in reads.items() if role != "data"]

    return paths


def round_before(wildcards):
    """The ranking of the round before, or nothing for the first."""
    round = plan.sweep.round(wildcards.version)
    return [ancient(round.before.step.file("ranking.json"))] if round.before else []


def round_trainings(wildcards):
    """The steps of a round's trainings, which are known when the round before is ranked."""
    round = plan.sweep.round(wildcards.version)
    if round.before:
        checkpoints.sweep_round.get(**dict(wildcards) | {"version": round.before.step.version})
    return plan.sweep.batches(round)


def round_outcomes(wildcards):
    """What the trainings of a round came to."""
    return [ancient(step.file("outcomes.json")) for step in round_trainings(wildcards)]


def round_records(wildcards):
    """The records of these trainings, and of the round before."""
    round = plan.sweep.round(wildcards.version)
    before = [round.before.step] if round.before else []
    steps = [*before, *round_trainings(wildcards)]
    return [ancient(step.file("provenance.json")) for step in steps]
