"""The runs of the configuration: each from training to what it is worth."""

from dataclasses import dataclass

from handwritten.plan import data as data_steps
from handwritten.plan import evaluation, export, training
from handwritten.plan.context import Context
from handwritten.plan.steps import Step


@dataclass(frozen=True)
class Model:
    """One network: its training, its predictions on dev and test, and its files for other tools."""

    train: Step
    evaluate: Step
    exports: list[Step]


@dataclass(frozen=True)
class Run:
    """One model or an ensemble of several, trained and measured."""

    name: str
    settings: dict
    members: list[Model]  # a single model is its own only member
    evaluation: Step  # `evaluate`, or `ensemble` for several models
    confusion_matrix: Step
    robustness: Step
    unfamiliar_images: Step
    out_of_distribution: Step
    adversarial_images: Step

    @property
    def steps(self) -> list[Step]:
        """The run's own steps in order."""
        own = [step for model in self.members for step in (model.train, model.evaluate)]
        ensemble = [self.evaluation] if self.is_ensemble else []
        measured = [self.confusion_matrix, self.robustness, self.out_of_distribution]
        return [*own, *ensemble, *measured, self.adversarial_images]

    @property
    def is_ensemble(self) -> bool:
        """Whether the run's predictions are those of several models."""
        return self.evaluation.name == "ensemble"

    @property
    def version(self) -> str:
        """The version that stands for the run: of its training, or of its ensemble."""
        return self.evaluation.version if self.is_ensemble else self.members[0].train.version


def plan_model(context: Context, data: Step, settings: dict) -> Model:
    """The steps of one network."""
    train = training.training(context, data, settings)
    evaluate = evaluation.evaluate(context, data, train, settings)
    return Model(train, evaluate, export.exports(context, train, evaluate, settings))


def plan_run(context: Context, data: Step, name: str) -> Run:
    """The steps of the run of this name."""
    runs = context.config["runs"]
    settings = member = runs[name]
    if settings["trainer"] == "ensemble":
        member = runs[settings["of"]]
        members = [plan_model(context, data, member | {"seed": seed}) for seed in settings["seeds"]]
        result = evaluation.ensemble(context, data, [model.evaluate for model in members])
    else:
        members = [plan_model(context, data, settings)]
        result = members[0].evaluate
    return run_of(context, data, name, settings, members, result, member)


def run_of(
    context: Context,
    data: Step,
    name: str,
    settings: dict,
    members: list[Model],
    result: Step,
    member: dict,
) -> Run:
    """A run with its measurements. `result` is its evaluation, `member` the settings of a model."""
    trained = [model.train for model in members]
    unfamiliar = data_steps.unfamiliar_images(context, data)
    return Run(
        name,
        settings,
        members,
        result,
        evaluation.confusion_matrix(context, result),
        evaluation.robustness(context, data, trained, member),
        unfamiliar,
        evaluation.out_of_distribution(context, data, trained, result, unfamiliar, member),
        evaluation.adversarial_images(context, data, trained, member),
    )
