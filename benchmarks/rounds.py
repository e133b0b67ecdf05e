"""Round by round: every contestant trains one epoch of a case, then the next round begins."""

import random
from pathlib import Path
from statistics import mean, median

from cases import CONTESTANTS, LEARNERS, described, settings_of
from crew import Failed, Member, crew

LAST = 3  # epochs whose mean accuracy counts: at a constant learning rate a single one jumps


def say(text: str, end: str = "\n") -> None:
    """Show progress at once."""
    print(text, end=end, flush=True)


def shuffled(items: list, seed: str) -> list:
    """The same items in an order of the seed's own, so that none always follows the same one."""
    return random.Random(seed).sample(items, len(items))


def measured_cases(cases: list[dict], rounds: int, folder: Path) -> list[dict]:
    """All cases, those of one number of threads after those of the other."""
    records = []
    for threads in sorted({case["threads"] for case in cases}):
        with crew(CONTESTANTS, threads, folder) as members:
            for case in (case for case in cases if case["threads"] == threads):
                number = f"case {len(records) + 1} of {len(cases)}"
                say(f"\n{number}: {described(case)}; seconds an epoch")
                records.append(case | measured_case(members, case, rounds))
    return records


def measured_case(members: dict[str, Member], case: dict, rounds: int) -> dict:
    """What `summary` says of a case's rounds.

    Each contestant's first epoch is not timed: it compiles, allocates and warms up.
    """
    seconds = {name: [] for name in members}
    accuracies = {name: [] for name in members}
    reasons = begin(members, settings_of(case, epochs=rounds + 1))
    for turn in range(rounds + 1):
        say(f"  round {turn} of {rounds}" if turn else "  warm-up     ", end="")
        for name in shuffled(list(members), f"{described(case)}, round {turn}"):
            if name in reasons:
                continue
            try:
                elapsed = members[name].ask("epoch")
                accuracies[name].append(members[name].ask("accuracy"))
            except Failed as failure:
                reasons[name] = str(failure)
                continue
            say(f"  {name} {elapsed:.3f}", end="")
            if turn:
                seconds[name].append(elapsed)
        say("")
    return summary(seconds, accuracies, reasons)


def begin(members: dict[str, Member], settings: dict) -> dict[str, str]:
    """Make a training ready with every member; the reasons of those that could not."""
    reasons = {}
    for name, member in members.items():
        try:
            member.ask("begin", settings=settings)
        except Failed as failure:
            reasons[name] = str(failure)
    return reasons


def summary(seconds: dict, accuracies: dict, reasons: dict) -> dict:
    """Median seconds, their spread (least, most) and test accuracy (0 to 1) by contestant.

    None where one failed; `reasons` then says why. The accuracy is the mean after the last epochs.
    """
    done = {name: times for name, times in seconds.items() if name not in reasons}
    return {
        "seconds": {name: median(done[name]) if name in done else None for name in seconds},
        "spread": {
            name: [min(done[name]), max(done[name])] if name in done else None for name in seconds
        },
        "accuracy": {
            name: mean(accuracies[name][-LAST:]) if name in done else None for name in LEARNERS
        },
        "reasons": reasons,
    }
