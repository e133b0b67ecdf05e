"""How long until a network gets 98% or 99% of the test images right."""

from pathlib import Path
from statistics import median

from crew import Failed, Member, crew
from rounds import say, shuffled

TIME_LIMIT = 120  # seconds of training after which a target counts as not reached


def time_to(target: float, entries: dict, seeds: int, threads: int, folder: Path) -> dict:
    """Seconds of training, and epochs, until the test accuracy first is `target` (0 to 1).

    `entries` are settings by contestant, tried with seeds 1, 2, … by turns; medians over these.
    None where one seed does not get there; `reasons` then says how far it got.
    """
    results = {name: [] for name in entries}
    for turn in range(seeds):
        for name in shuffled(list(entries), f"{target:.0%}, seed {turn + 1}"):
            say(f"  seed {turn + 1}  {name}", end="")
            with crew([name], threads, folder) as members:
                result = race(members[name], entries[name] | {"seed": turn + 1}, target)
            say(f"  {result['seconds']:.2f} s, {result['epochs']} epochs  {result['reason']}")
            results[name].append(result)
    return summary(results)


def race(member: Member, settings: dict, target: float) -> dict:
    """Train until the target, the last epoch or the limit: seconds, epochs, reason if not there."""
    elapsed, epoch, best = 0.0, 0, 0.0
    try:
        member.ask("begin", settings=settings)
        while epoch < settings["epochs"] and elapsed < TIME_LIMIT:
            elapsed += member.ask("epoch")
            epoch += 1
            best = max(best, member.ask("accuracy"))
            if best >= target:
                return {"seconds": elapsed, "epochs": epoch, "reason": ""}
    except Failed as failure:
        return {"seconds": elapsed, "epochs": epoch, "reason": str(failure)}
    reason = f"{best:.2%} at best, in {epoch} epochs and {elapsed:.0f} s"
    return {"seconds": elapsed, "epochs": epoch, "reason": reason}


def summary(results: dict[str, list[dict]]) -> dict:
    """Medians over the seeds of each contestant; None and a reason where one did not get there."""
    record = {"seconds": {}, "epochs": {}, "reasons": {}}
    for name, several in results.items():
        failures = [result["reason"] for result in several if result["reason"]]
        for key in ("seconds", "epochs"):
            record[key][name] = None if failures else median(result[key] for result in several)
        if failures:
            record["reasons"][name] = failures[0]
    return record
