"""A sweep as steps: trainings in batches, a ranking after every round, a page in the end.

Which candidates a round trains is known once the round before has ranked its own, so only rounds
whose predecessor is built have batches. A batch is named after what it trains, as everything is: a
sweep that is widened, or goes on on another machine, finds what is there already.
"""

from dataclasses import dataclass

from handwritten.config.configuration import ConfigurationError, error, single_models
from handwritten.io import files
from handwritten.plan.candidates import candidates, rounds

LENGTHS = {"phase1": "steps", "phase2": "epochs"}  # which setting says how long a trainer trains


def check(sweep: dict, runs: dict) -> None:
    """ConfigurationError where there is nothing to try, or nothing to choose by. Whoever wants no
    sweep is not asked to have one that fits the runs."""
    models = single_models(runs)
    if sweep["extends"] not in models:
        raise error("sweep.extends", sweep["extends"], f"one of {', '.join(models)}")
    if not sweep["settings"]:
        raise ConfigurationError("config: sweep.settings is empty; name settings to try")
    if runs[sweep["extends"]].get("train_on") == "all":
        raise ConfigurationError(
            f"config: sweep.extends is {sweep['extends']!r}, which has train_on: all; allowed: a "
            "run with train_on: train, since dev is to choose"
        )


@dataclass(frozen=True)
class Round:
    """One round: for how long it trains each candidate, and the step that ranks them."""

    number: int  # from 1
    length: int  # epochs, or steps of phase 1
    step: object
    before: "Round | None"


class Sweep:
    """What `sweep:` asks for, as steps of `plan` (a `plan.Plan`)."""

    def __init__(self, plan):
        self.plan, self.sweep = plan, plan.config["sweep"]
        check(self.sweep, plan.config["runs"])
        run = plan.config["runs"][self.sweep["extends"]]
        self.trainer, self.length = run["trainer"], LENGTHS[run["trainer"]]
        self.common, self.threads = plan.learnt_settings(run)
        self.common.pop("seed")
        self.candidates = candidates(self.sweep, plan.config["seed"])
        self.rounds: list[Round] = []
        self.known: dict[int, list] = {}  # the jobs of a round, once it is known whom it trains
        for length in rounds(self.sweep, self.common[self.length]):
            self.add_round(length)
        self.page = self.page_step()

    def add_round(self, length: int) -> None:
        """Another round. Its version stands for trainings that nobody can name yet: it holds what
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
        reads = {"before": before.step} if before else {}
        step = self.plan.step("sweep_round", settings, reads)
        self.rounds.append(Round(len(self.rounds) + 1, length, step, before))

    def kept(self, before: Round | None) -> int:
        """How many candidates go on from the round before, or begin."""
        return before.step.settings["keep"] if before else len(self.candidates)

    def round(self, version: str) -> Round:
        """The round whose ranking has this version; StopIteration for any other."""
        return next(each for each in self.rounds if each.step.version == version)

    def batches(self, of: Round) -> list:
        """The jobs of a round, seed by seed in the order of its candidates; none before those are
        known. So candidates or seeds that are added leave all jobs that were full as they were."""
        if of.number not in self.known:
            numbers = range(len(self.candidates))
            if of.before:
                ranking = self.plan.storage.fetched(of.before.step.file("ranking.json"))
                if not ranking:
                    return []
                numbers = files.read_json(ranking)["kept"]
            self.known[of.number] = self.batched(of.length, numbers)
        return self.known[of.number]

    def batched(self, length: int, numbers) -> list:
        """Jobs that train the candidates of these numbers for so long, with every seed."""
        size = self.sweep["trainings_per_job"]
        return [
            self.batch(
                [
                    self.candidates[number] | {self.length: length, "seed": seed}
                    for number in numbers[i : i + size]
                ]
            )
            for seed in self.sweep["seeds"]
            for i in range(0, len(numbers), size)
        ]

    def batch(self, members: list[dict]):
        """One job: some trainings, each given by what it changes."""
        settings = {"trainer": self.trainer, "common": self.common, "members": members}
        return self.plan.step(
            "train_members", settings, {"data": self.plan.parse_idx}, self.threads
        )

    def page_step(self):
        """What the sweep found, as a page."""
        settings = {
            "title": self.plan.data_set.title,
            "extends": self.sweep["extends"],
            "method": self.sweep["method"],
            "seeds": self.sweep["seeds"],
            "unit": self.length,
            "ranges": self.sweep["settings"],
        }
        reads = {f"round {each.number}": each.step for each in self.rounds}
        looks = self.plan.looks("sweep.html.j2", "page.css", "sorting.css", "sorting.js")
        return self.plan.step("sweep", settings, reads, templates=looks)

    def enter(self) -> None:
        """Let the plan know the jobs of every round that can be known."""
        for each in self.rounds:
            self.batches(each)
