"""A sweep as steps: trainings in batches, a ranking after every round, a page in the end.

Which candidates a round trains is known once the round before has ranked its own, so only rounds
whose predecessor is built have batches. A batch is named after what it trains, as everything is: a
sweep that is widened, or goes on on another machine, finds what is there already.
"""

from dataclasses import dataclass

from handwritten.config.sweep_settings import LENGTHS, check_sweep
from handwritten.io import files
from handwritten.page import template_files
from handwritten.plan.candidates import candidates, rounds
from handwritten.plan.context import Context, template_hashes
from handwritten.plan.steps import Inputs, Step
from handwritten.plan.training import check_gradients, training_settings


@dataclass(frozen=True)
class Round:
    """One round: for how long it trains each candidate, and the step that ranks them."""

    number: int  # from 1
    length: int | None  # epochs, or steps of phase 1; None where each candidate has its own
    step: Step
    before: "Round | None"


class Sweep:
    """What `sweep:` asks for, as steps that train on `data`."""

    def __init__(self, context: Context, data: Step):
        config = context.config
        self.context, self.data, self.sweep = context, data, config["sweep"]
        check_sweep(self.sweep, config["runs"])
        run = config["runs"][self.sweep["extends"]]
        self.trainer, self.length = run["trainer"], LENGTHS[run["trainer"]]
        self.common, self.threads = training_settings(context, run)
        self.common.pop("seed")
        if self.length in self.sweep["settings"]:  # every candidate has its own
            self.common.pop(self.length)
        self.candidates = candidates(self.sweep, config["seed"])
        self.rounds: list[Round] = []
        self.known: dict[int, list[Step]] = {}  # the jobs of a round, once its candidates are known
        for length in rounds(self.sweep, self.common.get(self.length)):
            self.add_round(length)
        self.page = self.page_step()

    def add_round(self, length: int | None) -> None:
        """Another round. Its version stands for trainings that cannot be named yet: it holds what
        they have in common, and the version of one of them."""
        before = self.rounds[-1] if self.rounds else None
        kept = -(-self.kept(before) // self.sweep["keep"])
        settings = {
            "candidates": self.candidates,
            "seeds": self.sweep["seeds"],
            "length": length,
            "keep": kept,
            "training": self.batch([{self.length: length, "seed": 0}]).version,
        }
        inputs = {"before": [before.step.file("ranking.json")] if before else []}
        step = self.context.steps.add("sweep_round", settings, inputs)
        self.rounds.append(Round(len(self.rounds) + 1, length, step, before))

    def kept(self, before: Round | None) -> int:
        """How many candidates go on from the round before, or begin."""
        return before.step.settings["keep"] if before else len(self.candidates)

    def round(self, version: str) -> Round:
        """The round whose ranking has this version; StopIteration for any other."""
        return next(each for each in self.rounds if each.step.version == version)

    def inputs(self, of: Round) -> Inputs:
        """What a round ranks: its own trainings, and the ranking of the round before."""
        outcomes = [step.file("outcomes.json") for step in self.batches(of)]
        return {**of.step.inputs, "outcomes": outcomes}

    def batches(self, of: Round) -> list[Step]:
        """The jobs of a round, seed by seed in the order of its candidates; none before those are
        known. So candidates or seeds that are added leave all jobs that were full as they were."""
        if of.number not in self.known:
            numbers = range(len(self.candidates))
            if of.before:
                ranking = self.context.storage.fetched(of.before.step.file("ranking.json"))
                if not ranking:
                    return []
                numbers = files.read_json(ranking)["kept"]
            self.known[of.number] = self.batched(of.length, numbers)
        return self.known[of.number]

    def batched(self, length: int | None, numbers) -> list[Step]:
        """Jobs that train the candidates of these numbers for so long, with every seed."""
        size = self.sweep["trainings_per_job"]
        return [
            self.batch([self.member(number, length, seed) for number in numbers[i : i + size]])
            for seed in self.sweep["seeds"]
            for i in range(0, len(numbers), size)
        ]

    def member(self, number: int, length: int | None, seed: int) -> dict:
        """One training: what a candidate changes, for so long unless that is part of it."""
        candidate = self.candidates[number]
        return candidate | {self.length: candidate.get(self.length, length), "seed": seed}

    def batch(self, members: list[dict]) -> Step:
        """One job: some trainings, each given by what it changes."""
        settings = {"trainer": self.trainer, "common": self.common, "members": members}
        inputs = {"train": self.data.file("train.npz"), "dev": self.data.file("dev.npz")}
        checked = (check_gradients(self.context),)
        return self.context.steps.add(
            "train_members", settings, inputs, self.threads, after=checked
        )

    def page_step(self) -> Step:
        """What the sweep found, as a page."""
        settings = {
            "title": self.context.data_set.title,
            "extends": self.sweep["extends"],
            "method": self.sweep["method"],
            "seeds": self.sweep["seeds"],
            "unit": self.length,
            "ranges": self.sweep["settings"],
        }
        inputs = {"rankings": [each.step.file("ranking.json") for each in self.rounds]}
        templates = template_hashes(template_files.page_files("sweep"))
        return self.context.steps.add("sweep", settings, inputs, templates=templates)

    def enter(self) -> None:
        """Enter the jobs of every round whose candidates are known."""
        for each in self.rounds:
            self.batches(each)
