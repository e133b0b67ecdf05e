"""What a learner has written, trained and shown: `snakemake --cores 4 mine`.

Each of the two files is a run with the settings of the project's own run of that phase, and one
page shows them all. No other target asks for it, so whatever is in the folder of exercises changes
and stops nothing else.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from handwritten.config.messages import ConfigurationError
from handwritten.exercises import own_code
from handwritten.learning import registries
from handwritten.learning.schedules import SCHEDULES
from handwritten.plan import evaluation, report, training
from handwritten.plan.context import SCRIPTS, Context
from handwritten.plan.publication import published
from handwritten.plan.report import Shown
from handwritten.plan.runs import Model, Run, run_of
from handwritten.plan.steps import Step

PAGE = "mine.html"  # beside the project's own page

# What the exercises have, of the settings that are words.
WORDS = {
    "activation": {"relu"},
    "initialisation": {"he"},
    "optimizer": {"gradient_descent", "momentum"},
    "train_on": {"train"},
}
NAMES = {"phase1": "mine", "phase2": "mine_phase2"}  # of the runs, by the file that trains them
# Of phase 2's settings, those that the exercises have.
PHASE2 = {"seed", "layer_dims", "batch_size", "epochs", "learning_rate", "schedule", "warmup"}
PHASE2 |= {"momentum", "l2", "label_smoothing"}


class Mine:
    """The runs of a learner's files, and their page, which has what `shown` has otherwise."""

    def __init__(self, context: Context, data: Step, runs: dict[str, Run], shown: Shown):
        self.context, self.data = context, data
        self.folder = own_code.folder(SCRIPTS.parents[1])
        self.missing = own_code.not_written(self.folder / "phase2.py")
        phases = ["phase1"] if self.missing else ["phase1", "phase2"]
        pairs = [(project_run(runs, phase), phase) for phase in phases]
        self.left_out = [name for run, phase in pairs[1:] for name in left_out(run.settings)]
        both = [[run, self.run(phase, run.settings)] for run, phase in pairs]
        self.runs = [mine for _, mine in both]
        runs_shown = [run for pair in both for run in pair]
        self.shown = replace(shown, runs=runs_shown, ablation=None, reference=None)
        self.page = report.report(context, self.shown)
        copies = {f"{context.folder}/{PAGE}": self.page.file("report.html")}
        self.publication = published(context, "publish_mine", "mine", copies)

    def run(self, phase: str, settings: dict) -> Run:
        """The run of a learner's file, with these settings of the project's own."""
        settings = {key: value for key, value in settings.items() if key != "reported_accuracy"}
        settings = settings if phase == "phase1" else of_the_exercises(settings)
        train = self.train(phase, settings)
        result = evaluation.evaluate(self.context, self.data, train, settings)
        model = Model(train, result, exports=[])
        return run_of(self.context, self.data, NAMES[phase], settings, [model], result, settings)

    def train(self, phase: str, settings: dict) -> Step:
        """The training, which is made from the learner's code too."""
        steps, inputs = self.context.steps, training.inputs(self.data)
        settings, _ = training.training_settings(self.context, settings)
        found = own_code.fingerprints(self.file(phase))
        packages = steps.code_of("train_mine")["packages"] | found["packages"]
        more: dict[str, Any] = {"exercises": found["files"]}
        more["packages"] = dict(sorted(packages.items()))
        return steps.add("train_mine", settings, inputs, **more)

    def file(self, phase: str) -> Path:
        """A learner's file."""
        return self.folder / f"{phase}.py"

    def file_of(self, version: str) -> str:
        """The file that the training of this version runs."""
        trained = dict(zip([run.version for run in self.runs], NAMES, strict=False))
        return str(self.file(trained[version]))

    def closing_message(self) -> list[str]:
        """What to open, and what is not part of it yet."""
        lines = [f"Your network: {next(iter(self.publication.copies))}"]
        if self.left_out:
            names = ", ".join(self.left_out)
            lines.append(f"{NAMES['phase2']} is without what the exercises do not have: {names}.")
        if self.missing:
            names = ", ".join(self.missing)
            lines.append(f"{self.file('phase2')} is not part of it until all is written: {names}.")
        return lines


def project_run(runs: dict[str, Run], phase: str) -> Run:
    """The project's own run of a phase. ConfigurationError: there is none."""
    run = runs.get(phase)
    if run is None or run.settings["trainer"] != phase:
        problem = f"`mine` trains with the settings of the run {phase}, with `trainer: {phase}`"
        raise ConfigurationError(f"runs: {problem}; add it", ("runs",))
    return run


def of_the_exercises(settings: dict) -> dict:
    """Those of phase 2's settings that the exercises have."""
    names = {"trainer", *PHASE2, *SCHEDULES[settings["schedule"]].settings}
    found = {key: value for key, value in settings.items() if key in names}
    return found | ({} if "momentum" in settings["optimizer"] else {"momentum": 0})


def left_out(settings: dict) -> list[str]:
    """Those of phase 2's settings that are in use and that the exercises do not have."""
    aside = of_the_exercises(settings).keys() | registries.without_effect(settings)
    aside |= {"reported_accuracy", "threads"}
    return [
        name
        for name, value in settings.items()
        if name not in aside and value and value not in WORDS.get(name, ())
    ]
