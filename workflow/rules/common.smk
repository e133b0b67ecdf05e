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


def round_outcomes(wildcards):
    """The outcomes of a round's trainings, which are known when the round before is ranked."""
    round = plan.sweep.round(wildcards.version)
    if round.before:
        checkpoints.sweep_round.get(**dict(wildcards) | {"version": round.before.step.version})
    return [ancient(step.file("outcomes.json")) for step in plan.sweep.batches(round)]
