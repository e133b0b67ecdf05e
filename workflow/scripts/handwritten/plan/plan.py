"""What is to be built: the configuration turned into steps, topic by topic.

Recipes and versions, and with them what is out of date, are worked out in steps.py.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from handwritten.config import configuration
from handwritten.config.messages import ConfigurationError
from handwritten.data.datasets import DATA_SETS
from handwritten.io.storage import Storage
from handwritten.own_images import own_data
from handwritten.page.template_files import REPORT
from handwritten.plan import (
    ablation,
    data,
    evaluation,
    export,
    notebooks,
    reference,
    report,
    training,
)
from handwritten.plan.context import SCRIPTS, Context, Fallback
from handwritten.plan.fallback import unreachable
from handwritten.plan.grading import Grading
from handwritten.plan.mine import Mine
from handwritten.plan.publication import Publication
from handwritten.plan.runs import plan_run
from handwritten.plan.steps import File, Step, Steps
from handwritten.plan.sweeps import Sweep

RULES = SCRIPTS.parent / "Snakefile"  # which includes the others
MEMORY = Path(".snakemake/handwritten.json")  # what is known of code and packages


class Plan:
    """All steps of a validated configuration. `cores` caps the threads a step may count on;
    `storage` knows what is built already; `cache` is kept between runs."""

    def __init__(
        self,
        config: dict,
        cores: int | None = None,
        fallback: Fallback | None = None,
        storage: Storage | None = None,
        cache: Path | None = None,
    ):
        data_set = DATA_SETS["generated"] if fallback else configuration.data_set_of(config)
        self.config, self.data_set = config, data_set
        # A step that imports PyTorch says itself which version it takes, so that a plan is the same
        # where PyTorch is not installed; phase1 and phase2 are a learner's files.
        storage = storage or Storage()
        self.steps = Steps(
            data_set.name,
            [RULES],
            [SCRIPTS],
            cores,
            cache,
            optional=frozenset({"torch", "phase1", "phase2"}),
            known=[REPORT],
            storage=storage,
        )
        self.context = Context(config, data_set, self.steps, storage, fallback)
        self.source = data.source_files(self.context)
        self.data = data.parse_idx(self.context, self.source)
        self.runs = {name: plan_run(self.context, self.data, name) for name in config["runs"]}
        study = ablation.chosen_study(self.context, self.data)
        self.ablation_steps = ablation.every(study)
        self.ablation = ablation.ablation(self.context, self.data, study)
        compared = self.runs.get(configuration.compared_run(config))
        self.reference = reference.compare_pytorch(self.context, self.data, compared)
        self.shown = self.what_the_page_shows()
        self.report = report.report(self.context, self.shown)
        self.publication = report.publication(self.context, self.shown, self.report)
        self.index = report.index(self.context)
        behind = {step.folder: step for step in [self.source, *self.behind_the_page]}
        self.crate = export.crate(self.context, list(behind.values()))
        self.notebooks = notebooks.plan_notebooks(self.context, self.data, self.runs)
        self.notebook_publication = notebooks.publication(self.context, self.notebooks)
        self.steps.add_late += [self.enter_grading, self.enter_mine, lambda: self.sweep.enter()]

    @cached_property
    def sweep(self) -> Sweep:
        """The settings to be tried, which may be many: worked out when they are first asked for."""
        return Sweep(self.context, self.data)

    @cached_property
    def mine(self) -> Mine:
        """What a learner has written, as runs: worked out when it is first asked for."""
        return Mine(self.context, self.data, self.runs, self.shown)

    def enter_mine(self) -> None:
        """Enter the steps of what a learner has written, where the configuration has its runs."""
        with suppress(ConfigurationError):
            _ = self.mine

    @cached_property
    def grading(self) -> Grading:
        """The check of submissions: worked out when it is first asked for."""
        return Grading(self.context)

    def enter_grading(self) -> None:
        """Enter the steps that check submissions, where the configuration has some."""
        with suppress(ConfigurationError):
            _ = self.grading

    @property
    def asked_for_mine(self) -> list[Mine]:
        """What a learner has written, if it was asked for."""
        return [self.mine] if "mine" in vars(self) else []

    @property
    def publications(self) -> list[Publication]:
        """All that is copied to stable places, as far as it was asked for."""
        more = [each.publication for each in self.asked_for_mine]
        more += [self.grading.publication] if "grading" in vars(self) else []
        return [self.publication, self.notebook_publication, *more]

    def what_the_page_shows(self) -> report.Shown:
        """The runs to be reported; ablation study and reference where they are wanted or built."""
        context, config = self.context, self.context.config
        trained = config["ablation"]["train"] or context.is_built(self.ablation)
        compared = config["compare_pytorch"] or context.is_built(self.reference)
        return report.Shown(
            self.data,
            training.check_gradients(context),
            [self.runs[name] for name in config["report"]],
            self.ablation if trained else None,
            self.reference if compared else None,
            self.source if isinstance(config["dataset"], dict) else None,
            evaluation.baselines(context, self.data),
        )

    @property
    def own_data(self) -> dict | str:
        """Where a user's own data lie. What is in them is part of the recipe, so they may move."""
        return self.config["dataset"]

    @property
    def behind_the_page(self) -> list[Step]:
        """The steps that the page shows, and itself."""
        return [*self.shown.steps, self.report]

    @property
    def reported_files(self) -> list[File]:
        """Of every step behind the page the file that vouches for the rest, and the models."""
        models = [model.train.file("model.npz") for run in self.shown.runs for model in run.members]
        return list(dict.fromkeys([*(step.record for step in self.behind_the_page), *models]))

    def runs_with(self, version: str) -> list[str]:
        """The names of the runs that have a step of this version."""
        runs = [*self.runs.values(), *(run for mine in self.asked_for_mine for run in mine.runs)]
        return [run.name for run in runs if version in {step.version for step in run.steps}]

    def closing_message(self) -> str:
        """What to open now; and, if it is so, that the data are not those asked for."""
        fallback = self.context.fallback
        lines = [f"{fallback}\nThe results are those of generated digits.\n"] * bool(fallback)
        if self.publication.current:
            lines.append(f"The page: {next(iter(self.publication.copies))}")
        if self.notebook_publication.current:
            pages = [copy for copy in self.notebook_publication.copies if copy.endswith(".html")]
            lines += [f"A notebook: {copy}" for copy in pages]
        if "grading" in vars(self) and self.grading.publication.current:
            *_, page = self.grading.publication.copies
            lines.append(f"The grades: {page}")
        for mine in self.asked_for_mine:
            lines += mine.closing_message() if mine.publication.current else []
        if "sweep" in vars(self) and self.context.is_built(self.sweep.page):  # it was asked for
            lines.append(f"The sweep: {self.sweep.page.file('sweep.html')}")
        if Path(self.index).exists():
            lines.append(f"All versions: {self.index}")
        return "\n".join(["", *lines])


def make_plan(
    config: dict, cores: int | None, warn: Callable[[str], None], storage: Storage | None = None
) -> Plan:
    """The plan of a configuration as Snakemake hands it over; says when it has to fall back.

    Raises ConfigurationError, also where no source of the data set answers and the
    configuration says to fail.
    """
    config, storage = configuration.validated(config), storage or Storage()
    fallback = unreachable(config, storage)
    if fallback:
        warn(f"{fallback}\nGoing on with generated digits instead, in results/generated.")
    if instead := isinstance(config["dataset"], dict) and own_data.stand_in(config["dataset"]):
        warn(instead)
    plan = Plan(config, cores, fallback, storage, MEMORY)
    plan.steps.cache.save()
    return plan
