"""What is to be built, and under which name: the configuration turned into steps.

Every step gets a recipe, the recipe a version, the version a folder. Steps whose recipes agree are
one step, so two runs that agree on a stage share it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from pathlib import Path

from handwritten.config import configuration
from handwritten.data import own_data
from handwritten.data.datasets import DATA_SETS, DataSet
from handwritten.io import fingerprints
from handwritten.io.storage import Storage
from handwritten.page import excerpts
from handwritten.plan.sweeps import Sweep

SCRIPTS = Path(__file__).resolve().parents[2]
TEMPLATES = SCRIPTS.parent / "report"
NOTEBOOKS = SCRIPTS.parents[1] / "notebooks"
TELLS_OF = {"nn-implementation": "phase1", "nn-implementation-modular": "phase2"}  # runs
# Settings of a run that its training does not read, and what its evaluation reads, with defaults.
NOT_LEARNT_FROM = ("trainer", "reported_accuracy", "change", "test_time_shift")
ANSWERED_WITH = {"activation": "relu", "test_time_shift": 0}


@dataclass(frozen=True)
class Step:
    """One job to be: where its files go, what it reads, which settings and code make it."""

    name: str
    version: str
    folder: str
    recipe: dict
    reads: dict[str, "Step"] = field(default_factory=dict)

    def file(self, name: str) -> str:
        """The path of one of the step's files."""
        return f"{self.folder}/{name}"

    @property
    def settings(self) -> dict:
        """The settings that the step's script reads."""
        return self.recipe["settings"]

    @property
    def threads(self) -> int:
        """How many processor threads the step's matrix products use."""
        return self.recipe["threads"]


@dataclass(frozen=True)
class Model:
    """One network: its training, its answers on dev and test, and its files for other tools."""

    train: Step
    evaluate: Step
    export: Step


@dataclass(frozen=True)
class Run:
    """From training to what it is worth: one model, or an ensemble of several."""

    name: str
    settings: dict
    members: list[Model]  # a single model is its own only member
    evaluation: Step  # where the answers lie: `evaluate`, or `ensemble` for several models
    confusion_matrix: Step
    robustness: Step

    @property
    def steps(self) -> list[Step]:
        """The run's steps in order."""
        own = [step for model in self.members for step in (model.train, model.evaluate)]
        ensemble = [self.evaluation] if self.is_ensemble else []
        return [*own, *ensemble, self.confusion_matrix, self.robustness]

    @property
    def is_ensemble(self) -> bool:
        """Whether several models answer together."""
        return self.evaluation.name == "ensemble"

    @property
    def version(self) -> str:
        """The version that stands for the run: of its training, or of its ensemble."""
        return self.evaluation.version if self.is_ensemble else self.members[0].train.version


@dataclass(frozen=True)
class AblationStep:
    """One change of the ablation study: its models, one a seed, and where its answers lie."""

    settings: dict
    members: list[Model]
    evaluations: list[Step]  # one a seed, or the one of an ensemble


@dataclass(frozen=True)
class Fallback:
    """The data set that was asked for, and why each of its sources could not serve it."""

    asked_for: str
    reasons: dict[str, str]

    def __str__(self) -> str:
        lines = [f"  {source}: {reason}" for source, reason in self.reasons.items()]
        return "\n".join([f"No source of {self.asked_for} answers:", *lines])


class Plan:
    """All steps of a validated configuration. `cores` caps the threads a step may count on;
    `storage` knows what is built already."""

    def __init__(
        self,
        config: dict,
        cores: int | None = None,
        fallback: Fallback | None = None,
        storage: Storage | None = None,
    ):
        self.config, self.cores, self.fallback = config, cores, fallback
        self.storage = storage or Storage()
        self.data_set = DATA_SETS["generated"] if fallback else configuration.data_set_of(config)
        self.steps: dict[tuple[str, str], Step] = {}
        self.data = self.data_step(config)
        self.parse_idx = self.parse_step(config)
        self.check_gradients = self.step("check_gradients", {"seed": config["seed"]})
        self.runs = {name: self.run(name, run) for name, run in config["runs"].items()}
        self.reported = [self.runs[name] for name in config["report"]]
        self.ablation_steps = self.climbed(config["ablation"])
        self.ablation = self.ablation_comparison(config["ablation"]["seeds"])
        self.shows_ablation = config["ablation"]["train"] or self.is_built(self.ablation)
        self.reference = self.reference_step(configuration.compared_run(config))
        self.shows_reference = config["compare_pytorch"] or self.is_built(self.reference)
        self.report = self.report_step()
        self.copies = self.stable_copies()
        index = self.looks("index.html.j2", "page.css", "sorting.css", "sorting.js")
        self.publish = self.step("publish", {"copies": self.copies}, templates=index)
        self.crate = self.crate_step()
        self.notebooks = self.notebook_steps()
        self.notebook_copies = self.stable_notebooks()
        self.publish_notebooks = self.step("publish_notebooks", {"copies": self.notebook_copies})

    def __getitem__(self, key: tuple[str, str]) -> Step:
        """The step of this name and version; KeyError for one that is not part of the plan."""
        if key not in self.steps:
            self.sweep.enter()  # which may be large, and is asked for only here and by its target
        return self.steps[key]

    @cached_property
    def sweep(self) -> Sweep:
        """The settings to be tried, worked out when they are first asked for."""
        return Sweep(self)

    @property
    def default_run(self) -> Run:
        """The run whose results lie at the stable places."""
        return self.reported[-1]

    def is_built(self, step: Step | None) -> bool:
        """Whether there is such a step and all its files are in place."""
        return step is not None and self.storage.exists(step.file("provenance.json"))

    def stable_copies(self) -> dict[str, str]:
        """What lies at a stable place, and the versioned file of which it is a copy."""
        folder, matrix = f"results/{self.data_set.name}", self.default_run.confusion_matrix
        return {
            self.page: self.report.file("report.html"),
            f"{folder}/summary.json": self.report.file("summary.json"),
            f"{folder}/confusion_matrix.csv": matrix.file("confusion_matrix.csv"),
        } | (
            {f"{folder}/ablation.csv": self.ablation.file("ablation.csv")}
            if self.shows_ablation
            else {}
        )

    def stable_notebooks(self) -> dict[str, str]:
        """The same of the notebooks' pages, which lie beside the report under their own names."""
        folder = f"results/{self.data_set.name}"
        return {
            f"{folder}/{step.settings['notebook']}.html": step.file("notebook.html")
            for step in self.notebooks
        }

    @property
    def page(self) -> str:
        """The stable place of the page."""
        return f"results/{self.data_set.name}/report.html"

    @property
    def index(self) -> str:
        """The page that lists every version built here."""
        return f"results/{self.data_set.name}/index.html"

    @property
    def marker(self) -> str:
        """A file beside the stable copies whose name changes with the versions that they show."""
        return f"results/{self.data_set.name}/current-{self.publish.version}"

    @property
    def notebook_marker(self) -> str:
        """The same for the notebooks' pages."""
        return f"results/{self.data_set.name}/notebooks-{self.publish_notebooks.version}"

    @property
    def behind_the_page(self) -> list[Step]:
        """The steps that the page shows, and itself."""
        steps = [self.parse_idx, self.check_gradients]
        steps += [step for run in self.reported for step in run.steps]
        steps += [self.ablation] * self.shows_ablation + [self.reference] * self.shows_reference
        return list({step.folder: step for step in [*steps, self.report]}.values())

    @property
    def reported_files(self) -> list[str]:
        """Of every step behind the page the file that vouches for the rest, and the models."""
        files = [step.file("provenance.json") for step in self.behind_the_page]
        models = [model.train.file("model.npz") for run in self.reported for model in run.members]
        return list(dict.fromkeys([*files, *models]))

    def runs_with(self, version: str) -> list[str]:
        """The names of the runs that have a step of this version."""
        runs = self.runs.values()
        return [run.name for run in runs if version in {step.version for step in run.steps}]

    def farewell(self) -> str:
        """What to open now; and, if it is so, that the data are not those asked for."""
        lines = [f"{self.fallback}\nThe results are those of generated digits.\n"]
        current = [f"The page: {self.page}"] * Path(self.marker).exists()
        told = [f"A notebook: {copy}" for copy in self.notebook_copies]
        told *= Path(self.notebook_marker).exists()
        if "sweep" in vars(self):  # it was asked for
            page = self.sweep.page.file("sweep.html")
            told += [f"The sweep: {page}"] * self.storage.exists(page)
        last = f"All versions: {self.index}"
        return "\n".join(["", *lines * bool(self.fallback), *current, *told, last])

    def step(self, name, settings, reads=None, threads=1, templates=None) -> Step:
        """The step of this name; its script and what that imports become part of its recipe."""
        reads = reads or {}
        code = fingerprints.code(SCRIPTS / f"{name}.py")
        recipe = {
            "step": name,
            "settings": settings,
            "reads": {role: step.version for role, step in reads.items()},
            "code": code["sha256"],
            "packages": code["packages"],
            "threads": min(threads, self.cores or threads),
        } | ({"templates": templates} if templates else {})
        return self.add(recipe, reads)

    def looks(self, *patterns: str) -> dict[str, str]:
        """The SHA-256 of the templates, styles and scripts that match one of these patterns."""
        files = {file for pattern in patterns for file in TEMPLATES.glob(pattern)}
        return {file.name: fingerprints.text(file) for file in sorted(files)}

    def add(self, recipe: dict, reads: dict) -> Step:
        """Enter a recipe as a step, under its version."""
        version = fingerprints.version(recipe)
        folder = f"{place(self.data_set, recipe)}/{version}"
        step = Step(recipe["step"], version, folder, recipe, reads)
        return self.steps.setdefault((step.name, version), step)

    def data_step(self, config: dict) -> Step:
        """Download, import or generation. What is fetched is what its checksums say, wherever it
        came from."""
        if isinstance(config["dataset"], dict) and not self.fallback:
            contents = own_data.contents(config["dataset"])
            return self.step("import_data", {"contents": contents})
        if not self.data_set.files:
            settings = config["generated"] | {"seed": config["seed"]}
            return self.step("generate_digits", settings)
        return self.add(download_recipe(self.data_set), {})

    def parse_step(self, config: dict) -> Step:
        """Parsing, normalisation and the split into train, dev and test."""
        settings = {
            "classes": len(self.data_set.classes),
            "dev_size": config["dev_size"],
            "seed": config["seed"],
        }
        return self.step("parse_idx", settings, {"data": self.data})

    def run(self, name: str, run: dict) -> Run:
        """The steps of one run."""
        if run["trainer"] == "ensemble":
            of = self.config["runs"][run["of"]]
            members = [self.model(of | {"seed": seed}) for seed in run["seeds"]]
            evaluation = self.ensemble(members)
        else:
            members = [self.model(run)]
            evaluation = members[0].evaluate
        classes = {"classes": list(self.data_set.classes)}
        matrix = self.step("confusion_matrix", classes, {"evaluation": evaluation})
        return Run(name, run, members, evaluation, matrix, self.robustness(members))

    def learnt_settings(self, run: dict) -> tuple[dict, int]:
        """What a run's training reads, and its threads."""
        settings = {key: value for key, value in run.items() if key not in NOT_LEARNT_FROM}
        if run["trainer"] == "phase1":  # phase 2 has it from its layer_dims
            settings["classes"] = len(self.data_set.classes)
        else:
            settings |= self.image_shape
        return settings, settings.pop("threads", 1)

    def model(self, run: dict) -> Model:
        """The steps of one network."""
        settings, threads = self.learnt_settings(run)
        data = {"data": self.parse_idx}
        train = self.step(f"train_{run['trainer']}", settings, data, threads)
        answering = {key: run.get(key, default) for key, default in ANSWERED_WITH.items()}
        answering |= self.image_shape
        told = {"title": self.data_set.title, "classes": list(self.data_set.classes)}
        told["activation"] = answering["activation"]
        return Model(
            train,
            self.step("evaluate", answering | self.wrong_labels, data | {"model": train}),
            self.step("export", told, {"model": train}),
        )

    def ensemble(self, members: list[Model]) -> Step:
        """The mean of the answers of several models."""
        reads = {f"member {i}": model.evaluate for i, model in enumerate(members, 1)}
        return self.step("ensemble", self.wrong_labels, reads | {"data": self.parse_idx})

    @property
    def image_shape(self) -> dict:
        """An image's rows and columns, as a setting of whoever moves or shows images."""
        return {"image_shape": list(self.data_set.image_shape)}

    @property
    def wrong_labels(self) -> dict:
        """Which test labels are known to be wrong, as a setting of whoever counts answers."""
        return {"wrong_labels": list(self.data_set.wrong_labels)}

    def robustness(self, members: list[Model]) -> Step:
        """The answers of one or more models on images made worse, for all runs in the same way."""
        answering = members[0].evaluate.settings
        settings = {key: answering[key] for key in ANSWERED_WITH} | self.image_shape
        settings["seed"] = self.config["seed"]
        reads = {f"model {i}": model.train for i, model in enumerate(members, 1)}
        return self.step("robustness", settings, reads | {"data": self.parse_idx})

    def climbed(self, ablation: dict) -> list[AblationStep]:
        """The ablation's steps in order. An ensemble's members are the models before it."""
        ablation_steps: list[AblationStep] = []
        for settings in ablation["steps"]:
            if settings["trainer"] == "ensemble":
                members = ablation_steps[-1].members
                evaluations = [self.ensemble(members)]
            else:
                members = [self.model(settings | {"seed": seed}) for seed in ablation["seeds"]]
                evaluations = [model.evaluate for model in members]
            ablation_steps.append(AblationStep(settings, members, evaluations))
        return ablation_steps

    def ablation_comparison(self, seeds: list[int]) -> Step | None:
        """The comparison of every step with the step below, or None where there are no steps."""
        if not self.ablation_steps:
            return None
        below = [{}] + [ablation_step.settings for ablation_step in self.ablation_steps]
        settings = {
            "seeds": seeds,
            "steps": [
                described_ablation_step(*pair)
                for pair in zip(self.ablation_steps, below, strict=False)
            ],
        }
        reads = {
            f"ablation_step {i}, answers {j}": step
            for i, ablation_step in enumerate(self.ablation_steps, 1)
            for j, step in enumerate(ablation_step.evaluations, 1)
        }
        return self.step("ablation", settings, reads | {"data": self.parse_idx})

    def reference_step(self, name: str | None) -> Step | None:
        """The comparison with PyTorch of the run of this name, or None for none."""
        if name is None:
            return None
        settings, threads = self.learnt_settings(self.runs[name].settings)
        return self.step("compare_pytorch", settings, {"data": self.parse_idx}, threads)

    def notebook_steps(self) -> list[Step]:
        """The notebooks of those runs that are there and single models."""
        runs = {name: self.runs.get(run) for name, run in TELLS_OF.items()}
        return [self.notebook(name, run) for name, run in runs.items() if run]

    def notebook(self, name: str, run: Run) -> Step:
        """A notebook as a page, on the run that it tells of."""
        looks = self.looks("notebook.html.j2", "page.css")
        looks |= fingerprints.notebook(NOTEBOOKS / f"{name}.ipynb")
        reads = {"model": run.members[0].train, "data": self.parse_idx}
        settings = {"notebook": name} | self.image_shape
        return self.step("run_notebook", settings, reads, templates=looks)

    def notebook_file(self, version: str) -> str:
        """The notebook that a step of this version runs."""
        return str(NOTEBOOKS / f"{self['run_notebook', version].settings['notebook']}.ipynb")

    def report_step(self) -> Step:
        """The page and the summary of the runs to be reported."""
        settings = {
            "dataset": self.data_set.name,
            "title": self.data_set.title,
            "credit": self.data_set.credit,
            "classes": list(self.data_set.classes),
            "index": self.index,
            "fallback": vars(self.fallback) if self.fallback else None,
            "runs": [described(run) for run in self.reported],
            "compared": [configuration.compared_run(self.config), self.reference.version]
            if self.shows_reference
            else None,
        }
        settings |= self.image_shape | self.wrong_labels
        reads = {
            f"{run.name}.{i}.{step.name}": step
            for run in self.reported
            for i, step in enumerate(run.steps, 1)
            if step is not run.confusion_matrix  # the page counts by itself
        }
        reads |= {"data": self.parse_idx} | (
            {"ablation": self.ablation} if self.shows_ablation else {}
        )
        reads |= {"reference": self.reference} if self.shows_reference else {}
        reads["gradients"] = self.check_gradients
        pages = self.looks("*.j2", "*.css", "*.js")
        for other in (
            "index.html.j2",
            "sweep.html.j2",
            "notebook.html.j2",
            "crate.html.j2",
        ):  # pages of their own
            pages.pop(other)
        pages["excerpts"] = fingerprints.digest(excerpts.shown(self.shows_reference))
        return self.step("report", settings, reads, templates=pages)

    def crate_step(self) -> Step:
        """The run behind the page as an RO-Crate."""
        steps = [self.data, *self.behind_the_page]
        settings = {
            "config": self.config,
            "title": self.data_set.title,
            "credit": self.data_set.credit,
            "snakemake": metadata.version("snakemake"),
        }
        reads = {f"{step.name} {step.version}": step for step in steps}
        return self.step(
            "crate", settings, reads, templates=self.looks("crate.html.j2", "page.css")
        )


def place(data_set: DataSet, recipe: dict) -> str:
    """The folder of a step's versions: files as published in resources, all else in results."""
    step = recipe["step"]
    if step in ("download", "generate_digits", "import_data"):
        return f"resources/{data_set.name}"
    return f"results/{data_set.name}/{step}"


def make_plan(
    config: dict, cores: int | None, warn: Callable[[str], None], storage: Storage | None = None
) -> Plan:
    """The plan of a configuration as Snakemake hands it over; says when it has to fall back.

    Raises configuration.ConfigurationError, also where no source of the data set answers and the
    configuration says to fail.
    """
    config, storage = configuration.validated(config), storage or Storage()
    fallback = unreachable(config, storage)
    if fallback:
        warn(f"{fallback}\nGoing on with generated digits instead, in results/generated.")
    return Plan(config, cores, fallback, storage)


def unreachable(config: dict, storage: Storage) -> Fallback | None:
    """Why to fall back on generated digits, or None where the files are here or can be had."""
    data_set, download = configuration.data_set_of(config), config["download"]
    recipe = download_recipe(data_set)
    here = f"{place(data_set, recipe)}/{fingerprints.version(recipe)}"
    if all(storage.exists(f"{here}/{file.name}") for file in data_set.files):
        return None
    from handwritten.download import sources  # costs half a second, needed for downloads only

    places = sources.expand(download["sources"], data_set)
    reasons = sources.probe(data_set, places, download["timeout_seconds"])
    if "" in reasons.values():
        return None
    if download["if_unreachable"] == "fail":
        raise configuration.ConfigurationError(sources.SourcesExhausted(data_set.title, reasons))
    return Fallback(data_set.name, reasons)


def download_recipe(data_set: DataSet) -> dict:
    """What a download is, wherever and however it came: files of these checksums."""
    return {
        "step": "download",
        "settings": {
            "files": {
                file.name: file.sha256_unpacked or file.sha256_packed for file in data_set.files
            }
        },
        "reads": {},
        "threads": 1,
    }


def described(run: Run) -> dict:
    """What the page says of a run beside its results."""
    train = run.members[0].train
    threads = {"threads": train.threads} if "threads" in run.settings else {}
    return {
        "name": run.name,
        "settings": run.settings | threads,
        "activation": run.members[0].evaluate.settings["activation"],
        "version": run.version,
        "ensemble": run.is_ensemble,
        "learnt_dev": train.settings.get("train_on") == "all",
        "models": [model.train.file("model.npz") for model in run.members],
        "trainings": [f"{model.train.name}/{model.train.version}" for model in run.members],
        "versions": [[step.name, step.version] for step in run.steps],
    }


def described_ablation_step(ablation_step: AblationStep, below: dict) -> dict:
    """What the ablation study says of a step beside its results; `below` are the settings under it.

    Where the trainer is another one there is little to compare: then all that is switched on is
    said.
    """
    fresh = ablation_step.settings["trainer"] != below.get("trainer")
    changed = {
        key: value
        for key, value in ablation_step.settings.items()
        if key not in ("change", "threads") and (value if fresh else value != below[key])
    }
    return {
        "change": ablation_step.settings["change"],
        "changed": changed,
        "models": [f"{model.train.name}/{model.train.version}" for model in ablation_step.members],
        "answers": len(ablation_step.evaluations),
    }
