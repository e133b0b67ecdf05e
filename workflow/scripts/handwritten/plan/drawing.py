"""The drawing of all steps in docs/pipeline.md, made from the plan: `make docs`."""

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from handwritten.config.configuration import validated
from handwritten.io.files import replace_file
from handwritten.io.storage import Storage
from handwritten.plan.data import SOURCE_STEPS
from handwritten.plan.plan import Plan
from handwritten.plan.steps import Step, sources

ROOT = Path(__file__).resolve().parents[4]
DRAWING = re.compile(r"(?<=```mermaid\n).*?(?=```)", re.DOTALL)
Edges = set[tuple[str, str]]  # from a step to one that reads from it or waits for it


class NothingBuilt(Storage):
    """A storage without files, so that a plan follows from its configuration alone."""

    def exists(self, path: str) -> bool:
        return False


def edges(plan: Plan) -> Edges:
    """Which step of a plan comes before which, by their names; all rounds of the sweep included,
    what a learner has written, and the check of submissions."""
    plan.sweep.enter()
    plan.enter_mine()
    plan.enter_grading()
    found = edges_of(plan.steps.by_version.values())
    ranked = {step.name for step in sources(plan.sweep.inputs(plan.sweep.rounds[0]))}
    return found | {(name, "sweep_round") for name in ranked}


def edges_of(steps: Iterable[Step]) -> Edges:
    """Which of these steps comes before which; a step's rounds are one."""
    pairs = {(source.name, step.name) for step in steps for source in step.before}
    return {(source, step) for source, step in pairs if source != step}


def behind(step: Step) -> set[str]:
    """The names of all steps that a step rests on, and its own."""
    return {step.name}.union(*(behind(source) for source in step.before))


def without_detours(edges: Edges) -> Edges:
    """The edges that no longer way stands for."""

    def reachable(start: str) -> set[str]:
        ends = {end for source, end in edges if source == start}
        return ends.union(*(reachable(end) for end in ends))

    return {
        (start, end)
        for start, end in edges
        if not any(end in reachable(other) for source, other in edges if source == start)
    }


def mermaid(config: dict) -> str:
    """The drawing for a configuration: solid for what the page needs, dotted for the rest."""
    config = validated(config)
    needed = behind(Plan(config, storage=NothingBuilt()).publication.step)
    everything = {"ablation": config["ablation"] | {"train": True}, "compare_pytorch": True}
    everything["submissions"] = str(ROOT / "exercises")  # any folder with a submission in it
    plan = Plan(config | everything, storage=NothingBuilt())
    arrows = edges(plan)
    solid = without_detours({arrow for arrow in arrows if needed.issuperset(arrow)})
    dotted = {arrow for arrow in without_detours(arrows) if not needed.issuperset(arrow)}
    order = list(dict.fromkeys(step.name for step in plan.steps.by_version.values()))
    lines = ["flowchart LR"]
    lines += [f"    {name} -. instead .-> parse_idx" for name in SOURCE_STEPS if name not in order]
    for step in order:
        for arrow, pairs in (("-->", solid), ("-.->", dotted)):
            starts = [name for name in order if (name, step) in pairs]
            lines += [f"    {' & '.join(starts)} {arrow} {step}"] * bool(starts)
    return "\n".join(lines) + "\n"


def write(root: Path = ROOT) -> None:
    """Put the drawing into docs/pipeline.md."""
    drawing = mermaid(yaml.safe_load((root / "config.yaml").read_text(encoding="utf-8")))
    page = root / "docs" / "pipeline.md"
    text = page.read_text(encoding="utf-8")
    replace_file(page, DRAWING.sub(lambda _: drawing, text, count=1).encode())


if __name__ == "__main__":
    write()
