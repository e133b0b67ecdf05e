"""What a build will run, and why, in a few lines: in the place of Snakemake's numbers of jobs.

The reason is found by comparing a recipe with the recorded one of an earlier version of the step.
"""

import functools
import logging
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from handwritten.artifacts.provenance import read_record
from handwritten.plan.changes import Change, changes
from handwritten.plan.plan import Plan
from handwritten.plan.steps import Step

RECORDS = 30  # earlier versions of a step that are looked at, newest first
SHOWN = 3  # names or reasons of one kind that are written out
GROUPS = 8  # groups with the same reason, and reasons, that are written out
NEW = "nothing of this is here yet, or it was deleted"
VALUES = re.compile(r"(?<=changed) from [^;]*")
# What is said of changes of a kind, after the names of one or of several; others are sentences.
SENTENCES = {
    "file": ("{} changed", "{} changed"),
    "forced": ("{} is forced", "{} are forced"),
    "lost": ("files of {} are missing", "files of {} are missing"),
    "new": ("{} is not here yet", "{} are not here yet"),
    "reads": ("it reads another {}", "it reads other files: {}"),
}


@dataclass(frozen=True, eq=False)
class Job:
    """A planned job of Snakemake: the rule, its step where it has one, whether it is forced, and
    why it is to be run in Snakemake's words."""

    name: str
    step: Step | None
    is_forced: bool = False
    reason: str = ""


class InsteadOfStatistics(logging.Filter):
    """A filter of Snakemake's log: says what will be built and why where Snakemake counts jobs."""

    def __init__(self, workflow, plan: Plan):
        super().__init__()
        self.workflow, self.plan, self.has_spoken = workflow, plan, False

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether Snakemake's message is to be shown; changes the first one about all jobs."""
        from snakemake.settings.enums import Quietness

        if Quietness.RULES not in (self.workflow.output_settings.quiet or ()):
            return True  # all about every job was asked for
        if getattr(record, "event", None) == "run_info":
            planned = jobs(self.workflow.dag, self.plan)
            if planned and not self.has_spoken:
                record.msg = announcement(self.plan, planned)
            self.has_spoken, is_first = True, not self.has_spoken
            return is_first
        return not str(record.msg).startswith("Reasons:\n")


def jobs(dag, plan: Plan) -> list[Job]:
    """The jobs that Snakemake will run, each after those whose files it reads; rules that only name
    targets are left out."""

    @functools.cache
    def depth(job) -> int:
        return 1 + max(map(depth, dag.dependencies[job]), default=0)

    known = plan.steps.by_version
    order = {version: number for number, version in enumerate(known)}
    found = []
    for job in dag.needrun_jobs():
        if job.output and not job.is_norun:
            version = getattr(job.wildcards, "version", "")
            step = known.get(version) or published(plan, job.rule.name)
            place = depth(job), order.get(step.version if step else "", len(order))
            name = step.name if step else job.rule.name
            reason = dag.reason(job)
            found.append((place, Job(name, step, bool(reason.forced), str(reason))))
    return [job for _, job in sorted(found, key=lambda pair: pair[0])]


def published(plan: Plan, rule: str) -> Step | None:
    """The step of a rule whose files are at stable paths."""
    steps = [publication.step for publication in plan.publications]
    return next((step for step in steps if step.name == rule), None)


def announcement(plan: Plan, planned: list[Job]) -> str:
    """All lines: the jobs in groups, by the run that they are for, and the reasons."""
    reasons = Reasons(plan, planned)
    groups: dict[str, list[Job]] = {}
    for job in planned:
        groups.setdefault(reasons.label(job), []).append(job)
    each = {name: f"because {reasons.of(members, name)}" for name, members in groups.items()}
    if len({*each.values()}) > GROUPS:
        each = {name: VALUES.sub("", reason) for name, reason in each.items()}
    lines = [f"{len(planned)} job{'s' * (len(planned) != 1)} to run:"]
    for reason in dict.fromkeys(each.values()):
        names = [name for name in groups if each[name] == reason]
        lines += [f"  {line}" for line in listed(names, groups)] + [f"    {reason}"]
    return "\n".join([*lines, ""])


def label(plan: Plan, job: Job, has_study: bool) -> str:
    """What a job is for: reported runs, the ablation study if that is to be made, other runs, or
    else the topic that its rule belongs to."""
    if job.step is None:
        return job.name
    version, runs = job.step.version, plan.runs_with(job.step.version)
    reported = [run for run in runs if run in plan.config["report"]]
    if has_study and not reported and version in study(plan):
        return "ablation"
    return enumeration(reported or runs) if runs else plan.steps.rules[job.name].file.stem


def study(plan: Plan) -> set[str]:
    """The versions of all steps of the ablation study."""
    models = [model for each in plan.ablation_steps for model in each.members]
    steps = [step for each in plan.ablation_steps for step in each.evaluations]
    steps += [step for model in models for step in (model.train, model.evaluate)]
    return {step.version for step in steps}


def listed(names: list[str], groups: dict[str, list[Job]]) -> list[str]:
    """A line for each group with its steps, or one line for all groups if they are many."""
    if len(names) > GROUPS:
        together = Counter(job.name for name in names for job in groups[name])
        return [f"{enumeration(names)}: {counted(together)}"]
    return [f"{name}: {counted(Counter(job.name for job in groups[name]))}" for name in names]


def counted(names: Counter) -> str:
    """Names, each with its number if there are several."""
    return ", ".join(f"{name} ({n})" if n > 1 else name for name, n in names.items())


def enumeration(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    if len(names) > SHOWN + 1:
        names = [*names[:SHOWN], f"{len(names) - SHOWN} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


class Reasons:
    """Why jobs are to be run."""

    def __init__(self, plan: Plan, planned: list[Job]):
        self.plan = plan
        self.planned = {job.step.version: job for job in planned if job.step}
        self.records: dict[str, list[dict]] = {}
        has_study = any(job.step is not None and job.step == plan.ablation for job in planned)
        self.label = functools.cache(functools.partial(label, plan, has_study=has_study))

    def of(self, group: list[Job], name: str) -> str:
        """The reasons of a group of jobs, each once; that of jobs without any is what they read."""
        found = list(dict.fromkeys(change for job in group for change in self.of_job(job)))
        kinds = {change.kind for change in found}
        if kinds == {"new"}:
            return NEW
        sentences = [change.text for change in found if change.kind not in SENTENCES]
        for kind, (of_one, of_several) in SENTENCES.items():
            names = [change.text for change in found if change.kind == kind]
            if names and (kind != "reads" or kinds == {"reads"}):
                sentences.append((of_several if names[1:] else of_one).format(enumeration(names)))
        if not sentences:
            return self.what_it_follows(group, name)
        return "; ".join(sentences[:SHOWN]) + more(len(sentences) - SHOWN)

    def of_job(self, job: Job) -> list[Change]:
        """The changes that make a job necessary; none if it only follows from what it reads."""
        step = job.step
        if step is None:
            return [Change("other", f"Snakemake says: {job.reason}")]
        if self.plan.context.storage.exists(step.record):
            if job.is_forced:
                return [Change("forced", job.name)]
            return [] if self.follows(step) else [Change("lost", job.name)]
        found = self.since_the_nearest(step)
        if not found:
            return self.without_record(step)
        if self.follows(step):  # its settings are those of what it follows from, and its inputs new
            return [change for change in found if change.kind in ("file", "rule", "package")]
        return found

    def follows(self, step: Step) -> bool:
        """Whether something that the step reads is to be made."""
        return any(source.version in self.planned for source in step.reads)

    def without_record(self, step: Step) -> list[Change]:
        """The reason of a step without an earlier version."""
        copies = self.plan.publications
        if step.version not in {publication.step.version for publication in copies}:
            return [Change("new", step.name)]
        text = "the published copies are missing or of other versions"
        return [] if self.follows(step) else [Change("copies", text)]

    def since_the_nearest(self, step: Step) -> list[Change] | None:
        """The changes since that earlier version which has the fewest, the newest of several; None
        where there is none. Versions that are part of the plan are not earlier."""
        root = str(Path(step.folder).parent)
        if root not in self.records:
            self.records[root] = earlier(Path(root), set(self.plan.steps.by_version))
        found = [changes(record, step.recipe) for record in self.records[root]]
        return min(found, key=len, default=None)

    def what_it_follows(self, group: list[Job], name: str) -> str:
        """Which other groups make what these jobs read."""
        sources = {s.version for job in group if job.step for s in job.step.reads}
        read = [self.planned[version] for version in sources if version in self.planned]
        labels = {self.label(job) for job in read} - {name}
        return f"of what they read from {enumeration(sorted(labels))}"


def more(number: int) -> str:
    """How many more reasons there are."""
    return f"; and {number} more change{'s' * (number > 1)}" if number > 0 else ""


def earlier(root: Path, wanted: Iterable[str]) -> list[dict]:
    """The recipes of the newest versions in a folder that are not wanted now, newest first."""
    paths = [path for path in root.glob("*/provenance.json") if path.parent.name not in wanted]
    newest = sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)[:RECORDS]
    found = []
    for path in newest:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            recipe = read_record(path.parent)["made_from"]
            found += [recipe] if is_recipe(recipe) else []  # a damaged record explains nothing
    return found


def is_recipe(recipe: dict) -> bool:
    """Whether a recorded recipe has parts that can be compared."""
    parts = [recipe.get(part, {}) for part in ("settings", "reads", "packages", "templates")]
    return isinstance(recipe.get("code", {}), dict | str) and all(
        isinstance(part, dict) for part in parts
    )
