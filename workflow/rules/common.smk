# What rules look up. A job's `version` names its step in the plan. `inputs` and `recipe` are those of the
# function with the rule's name in handwritten/plan/; where a step's files lie follows from its name.

from handwritten.plan.layout import benchmark, log, outputs
from handwritten.plan.forced import MadeAgain

plan.steps.made_again = MadeAgain(workflow, plan.steps)
inputs, recipe, threads = plan.steps.inputs, plan.steps.recipe, plan.steps.threads


def round_inputs(wildcards):
    """What a round ranks. Its trainings are known when the round before is ranked."""
    round = plan.sweep.round(wildcards.version)
    if round.before:
        checkpoints.sweep_round.get(**dict(wildcards) | {"version": round.before.step.version})
    return plan.steps.readable(plan.sweep.inputs(round))
