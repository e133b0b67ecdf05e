# The map of the house: configuration, plan, rules. A step's rule, script, results and log share one
# name; workflow/scripts/handwritten is the library that the scripts call.

import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.0")
here = Path(workflow.current_basedir.get_path_or_uri(secret_free=True))
sys.path.insert(0, str(here / "workflow" / "scripts"))

from handwritten.data.datasets import DATA_SETS, FILE_NAMES
from handwritten.pipeline import configuration, lock
from handwritten.pipeline.plan import make_plan


configfile: "config.yaml"


wildcard_constraints:
    version="[0-9a-f]{10}",


try:
    for file in workflow.configfiles:
        configuration.check_file(Path(file))
    plan = make_plan(config, workflow.resource_settings.cores, warn=logger.warning)
except configuration.ConfigurationError as error:
    raise WorkflowError(error) from None


include: "workflow/rules/common.smk"


rule all:
    """The page of the runs under `report:` in config.yaml, and all that it was made from."""
    default_target: True
    input:
        *map(ancient, [*plan.copies, plan.index, plan.marker, *plan.reported_files]),


rule exports:
    """The models of the runs under `report:` in config.yaml, in the formats of other tools."""
    input:
        [
            ancient(model.export.file("provenance.json"))
            for run in plan.reported
            for model in run.members
        ],


rule sweeps:
    """The page of the settings tried, under `sweep:` in config.yaml."""
    input:
        lambda wildcards: ancient(plan.sweep.page.file("provenance.json")),


rule notebooks:
    """The notebooks, run on the current results, as pages."""
    input:
        lambda wildcards: [ancient(step.file("notebook.html")) for step in plan.notebooks],


include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/ladder.smk"
include: "workflow/rules/twin.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/export.smk"
include: "workflow/rules/sweep.smk"
include: "workflow/rules/notebooks.smk"


# Every run is a target of its own, also one that is not reported: snakemake --cores 4 <run>
for run in plan.runs.values():

    rule:
        name:
            run.name
        input:
            run.evaluation.file("metrics.json"),
            run.confusion_matrix.file("confusion_matrix.svg"),


onstart:
    try:
        lock.take(Path(".snakemake/handwritten.lock"))
    except lock.Busy as error:
        raise WorkflowError(error) from None


onsuccess:
    from handwritten.page import index

    index.write(Path(plan.index))
    print(plan.farewell())
