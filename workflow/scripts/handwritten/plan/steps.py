"""The core of a plan: steps, and how each gets its version and its folder.

A step is a planned job. What it is made from is its recipe, the recipe's hash is its version, and
the version is the name of its folder. Steps with equal recipes are one step, so runs that agree on
a stage share it. Nothing here knows what the steps compute.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handwritten.io import data_files, fingerprints, packages, syntax
from handwritten.io.cache import Cache
from handwritten.io.code import Code, UntraceableError
from handwritten.io.storage import Storage
from handwritten.plan import layout, rule_files, rule_syntax, snakemake_rules

PARTS = (data_files, fingerprints, packages, rule_syntax, syntax)  # they compute what is cached
LIBRARY = Path(__file__).resolve().parents[2]
# Modules that report on a job or keep others from disturbing it: they cannot reach what it writes.
WITHOUT_EFFECT = frozenset(
    {
        "handwritten.artifacts.lock",
        "handwritten.artifacts.logs",
        "handwritten.artifacts.progress",
    }
)


class File(str):
    """The path of one of a step's files, which knows the step."""

    step: "Step"

    @property
    def reference(self) -> str:
        """The file as recipes name it: step, version and name."""
        return f"{self.step.name}/{self.step.version}/{self.rsplit('/', 1)[1]}"


Inputs = Mapping[str, File | list[File]]  # files by the role that they play for the step that reads


@dataclass(frozen=True)
class Step:
    """A planned job: where its files go, what it reads, and what it is made from."""

    name: str
    version: str
    folder: str
    recipe: dict
    inputs: Inputs = field(default_factory=dict)
    after: tuple["Step", ...] = ()  # steps that must have succeeded first, but are not read

    def file(self, name: str) -> File:
        """The path of one of the step's files."""
        file = File(f"{self.folder}/{name}")
        file.step = self
        return file

    @property
    def record(self) -> File:
        """The file that says what made the others; where it is, all of them are."""
        return self.file("provenance.json")

    @property
    def settings(self) -> dict:
        """The settings that the step's script reads."""
        return self.recipe["settings"]

    @property
    def threads(self) -> int:
        """How many processor threads the step's matrix products use."""
        return self.recipe["threads"]

    @property
    def reads(self) -> list["Step"]:
        """The steps that this one reads from, each once."""
        return sources(self.inputs)

    @property
    def before(self) -> list["Step"]:
        """The steps that must be built before this one, each once."""
        return [*self.reads, *self.after]


def sources(inputs: Inputs) -> list[Step]:
    """The steps that these files are from, each once."""
    files = [file for each in inputs.values() for file in listed(each)]
    return list({file.step.folder: file.step for file in files}.values())


def listed(files: File | list[File]) -> list[File]:
    """One or several files as a list."""
    return files if isinstance(files, list) else [files]


def references(files: File | list[File]) -> str | list[str]:
    """How recipes name one or several files."""
    return [file.reference for file in files] if isinstance(files, list) else files.reference


class Steps:
    """The steps of a plan, by version.

    `rules` are the rule files, whose scripts import from the folders `roots` and from this library;
    `cores` caps the threads of a step, and what was worked out before is kept in the file `cache`.
    Packages named in `optional` do not count as code that a step runs, nor do the files in the
    folders `known`, whose content the plan adds to the recipes of those steps that read them.
    `storage` knows what is built, and Snakemake's rules, which rule files are compared with.
    """

    def __init__(
        self,
        dataset: str,
        rules: Iterable[str | Path],
        roots: Iterable[str | Path] = (),
        cores: int | None = None,
        cache: Path | None = None,
        optional: frozenset[str] = frozenset(),
        storage: Storage | None = None,
        known: Iterable[Path] = (),
    ):
        self.dataset, self.cores, self.storage = dataset, cores, storage or Storage()
        self.checked = 0  # how many rules of Snakemake were compared
        self.cache = Cache(cache, [Path(str(part.__file__)) for part in PARTS])
        self.files = list(map(Path, rules))
        self.rules = rule_files.read_rules(self.files, self.cache)
        self.code_of = functools.cache(self.work_out_code)
        if self.storage.workflow is not None:
            snakemake_rules.check_changes(self.storage.workflow.modifier, self.rules)
        self.code = Code(
            *map(Path, roots),
            LIBRARY,
            ignored=WITHOUT_EFFECT,
            optional=optional,
            made=frozenset(name for rule in self.rules.values() for name in rule.makes),
            known=frozenset(known),
            cache=self.cache,
        )
        self.by_version: dict[str, Step] = {}
        self.made_again: Callable[[Step], bool] = lambda step: False  # although it is there
        self.add_late: list[Callable[[], None]] = []  # enters steps that are rarely asked for

    def add(
        self,
        name: str,
        settings: dict,
        inputs: Inputs | None = None,
        threads: int = 1,
        root: str | None = None,
        after: tuple[Step, ...] = (),
        **more,
    ) -> Step:
        """The step of this name. The text of its rule, its script and all that the script imports
        are part of its recipe.

        `inputs` are the files that it reads, by role; `root`, if given, is the folder of its
        versions; the steps in `after` are built before it, but do not reach what it writes, so they
        are not part of its recipe; `more` goes into the recipe as it is, such as hashes of
        templates.
        """
        rule, code = self.rule(name), self.code_of(name)
        recipe = {
            "step": name,
            "settings": settings,
            "reads": {role: references(files) for role, files in (inputs or {}).items()},
            "rule": rule.text,
            "code": code["files"],
            "packages": code["packages"],
            "threads": min(threads, self.cores or threads),
        }
        return self.enter(recipe | more, inputs, root, after)

    def rule(self, name: str) -> rule_files.Rule:
        """The rule of this name. UntraceableError: there is none, or no version covers it."""
        if name not in self.rules:
            files = ", ".join(map(str, self.files))
            raise UntraceableError(
                f"there is no rule {name} in {files}, nor in files that are included there by a "
                "name that is written out"
            )
        self.rules[name].check()
        return self.rules[name]

    def work_out_code(self, name: str) -> dict:
        """What runs because of the rule of this name: its script, and what the rule itself uses."""
        rule = self.rule(name)
        return self.code.work_out(rule.script, rule.parts)

    def enter(
        self,
        recipe: dict,
        inputs: Inputs | None = None,
        root: str | None = None,
        after: tuple[Step, ...] = (),
    ) -> Step:
        """The step of a complete recipe."""
        name, version = recipe["step"], fingerprints.version(recipe)
        root = root or layout.root(self.dataset, name)
        step = Step(name, version, f"{root}/{version}", recipe, inputs or {}, after)
        return self.by_version.setdefault(version, step)

    def __getitem__(self, version: str) -> Step:
        """The step of this version; KeyError for one that is not part of the plan."""
        while version not in self.by_version and self.add_late:
            self.add_late.pop()()
        return self.by_version[version]

    # What rules look up, by the job's wildcards:

    def inputs(self, wildcards) -> dict[str, str | list[str]]:
        """The files that a job reads, for `input: unpack(inputs)`. WorkflowError: it needs packages
        that are not installed."""
        self.check_workflow()
        try:
            step = self[wildcards.version]
        except KeyError:
            raise unknown(wildcards.version) from None
        require_packages(step)
        return self.readable(step.inputs) | {"waits_for": self.awaited(step)}

    def readable(self, inputs: Inputs) -> dict[str, str | list[str]]:
        """Input files as Snakemake takes them, and `records`, which vouch for the files."""
        files: Inputs = {**inputs, "records": [step.record for step in sources(inputs)]}
        return {
            role: list(map(self.marked, each)) if isinstance(each, list) else self.marked(each)
            for role, each in files.items()
        }

    def marked(self, file: File) -> str:
        """A file as an input. Its folder is named after its content, so its time says nothing: it
        is `ancient`. But Snakemake does not look behind an `ancient` file for what is missing, so
        the files of a step that is made again are not."""
        from snakemake.io import ancient

        return str(file) if self.made_again(file.step) else ancient(str(file))

    def is_built(self, step: Step) -> bool:
        """Whether all files of a step are in place."""
        return self.storage.exists(step.record)

    def awaited(self, step: Step) -> list[str]:
        """The records of the steps that a job waits for and does not read. Where it has run, they
        stay among its inputs, which Snakemake may compare, but are not made for its sake."""
        from snakemake.io import ancient

        if self.made_again(step) or not self.is_built(step):
            return [self.marked(each.record) for each in step.after]
        stay = all(self.is_built(each) and not self.made_again(each) for each in step.after)
        return [ancient(str(each.record)) for each in step.after] if stay else []

    def check_workflow(self) -> None:
        """UntraceableError: other rules than those in the rule files make files of steps. Rules are
        looked at once; there may be more of them when jobs are planned."""
        workflow = self.storage.workflow
        rules = list(workflow.rules)[self.checked :] if workflow is not None else []
        self.checked += len(rules)
        if rules:
            snakemake_rules.check(workflow, rules, self.rules, self.by_version.values())

    def recipe(self, wildcards) -> dict:
        """What a job's files are made from, its settings among them."""
        return self[wildcards.version].recipe

    def threads(self, wildcards) -> int:
        """A job's threads."""
        return self[wildcards.version].threads


def unknown(version: str) -> Exception:
    """The error that a plan has no step of this version."""
    from snakemake.exceptions import WorkflowError

    return WorkflowError(
        f"The current configuration and code do not make a version {version}. If its folder is "
        "there, it is complete; to make it again, go back to the settings and the code that its "
        "provenance.json names."
    )


def require_packages(step: Step) -> None:
    """WorkflowError, which says what to do, where packages that a job imports are not installed."""
    from snakemake.exceptions import WorkflowError

    wanted = step.recipe.get("packages", {}).items()
    missing = [name for name, version in wanted if version == packages.NOT_INSTALLED]
    if missing:
        raise WorkflowError(
            f"{step.name} needs packages that are not installed: {', '.join(missing)}. They are in "
            "the locks in requirements/; `make` installs them with the target that needs them."
        )
