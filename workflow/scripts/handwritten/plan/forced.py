"""Which steps Snakemake makes again, or first, because they were asked for by name.

Snakemake does not look at the jobs behind such a step unless its way to them leads through inputs
that are not `ancient`: it reports success, and what they should have made is missing.
"""

from collections.abc import Callable
from pathlib import Path

from handwritten.plan.publication import Publication
from handwritten.plan.steps import Step, Steps


class MadeAgain:
    """Whether a step is forced (-R, -f, -F) or a missing target, or comes after such a step.

    Snakemake knows what was asked for when it builds its graph and asks for a job's inputs.
    """

    def __init__(self, workflow, steps: Steps):
        self.workflow, self.steps = workflow, steps
        self.known: dict[str, bool] = {}

    def __call__(self, step: Step) -> bool:
        if step.folder not in self.known:
            before = step.reads if self.steps.is_built(step) else step.before
            self.known[step.folder] = self.asked_for(step) or any(map(self, before))
        return self.known[step.folder]

    def asked_for(self, step: Step) -> bool:
        """Whether the step is forced, or a file of it is a target and missing."""
        graph = self.workflow.dag
        return (
            any(rule.name.endswith(step.name) for rule in graph.forcerules)  # after a prefix
            or any(f"{step.folder}/" in str(file) for file in graph.forcefiles)
            or any(
                f"{step.folder}/" in str(file)
                and not self.steps.storage.exists(step.file(Path(file).name))
                for file in graph.targetfiles
            )
        )


def until_current(workflow, steps: Steps, publication: Publication, marker: str) -> Callable:
    """The input function of the rule that stands for the copies at stable paths.

    Snakemake takes what is there for current, so the rule is forced as long as it is not.
    """

    from snakemake.io import ancient

    def inputs(wildcards):
        if not publication.current:
            name = f"copies_{publication.kind}"  # after a prefix
            named = {rule for rule in workflow.rules if rule.name.endswith(name)}
            workflow.dag.forcerules |= named
        return marker if steps.made_again(publication.step) else ancient(marker)

    return inputs
