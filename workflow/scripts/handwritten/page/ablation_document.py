"""The ablation study as a document in Markdown, docs/ablation.md. The page has the same section."""

from handwritten.page import formats

HEAD = """# What each change is worth

Results of `make ablation`, which writes this document; [ablation.json](ablation.json) has the
errors of every seed.

![Test errors of every step, the first one at the bottom{lower}](ablation.png)

Every step makes one change to the step below it and was trained with the seeds {seeds}. Error rates
are means over the seeds with Student's 95% interval. A step is compared with the one below it by
seed and by image, an ensemble with each of its members, and each model of the step above an
ensemble with the ensemble: the difference in test errors has a 95% interval and a p from 10,000
bootstrap samples of seeds and images together, and each p is adjusted for the number of all
verdicts by Holm's method. A change helps or hurts where the adjusted p is below 0.05. Where it is
not, but the p of the comparison alone is, that is given in brackets; such a difference is not
shown. The calibration error is the expected distance of confidence and accuracy before any
temperature. Steps aside lead only to others aside: the next one above them starts from the step
below them.

Dev was drawn from the training images one by one, so images of one origin, such as digits of one
writer, are in both, and there may be fewer errors on dev than on images of a new origin. All
intervals take the images for independent; where several have one origin, they are too narrow.
"""
END = """Seconds are those of one training, or of all members of an ensemble together. Made from
`{made_from}`.
"""
COLUMNS = ("parameters", "seconds", "dev error", "test error", "calibration error")


def document(made_from: str, seeds: list[int], study: dict[str, list[dict]]) -> str:
    """The text of the document, which names the folder that it was made from. Seconds are dashes,
    which `timings` fills in."""
    left_out = study["left_out"]
    lower = "; below, what leaving out each change costs" if left_out else ""
    parts = [HEAD.format(seeds=", ".join(map(str, seeds)), lower=lower)]
    parts += [table("change, and its settings", "against the step below", study["steps"])]
    if study["baselines"]:
        parts += ["## Baselines\n", table("classifier", "", study["baselines"])]
    if left_out:
        top = escaped(study["steps"][left_out[0]["below"]]["change"])
        parts += ["## One change left out\n", f"Each row is *{top}* without one change.\n"]
        parts += [table("without", "with the change", left_out)]
    if any(map(learnt_dev, [*study["steps"], *study["baselines"], *left_out])):
        parts += [rf"\* {formats.LEARNT_DEV}" "\n"]
    parts += [END.format(made_from=made_from)]
    return "\n".join(parts)


def table(first: str, last: str, steps: list[dict]) -> str:
    """A table of these steps, the first at the bottom."""
    lines = [f"| {' | '.join([first, *COLUMNS, last])} |", f"|---|{'---:|' * len(COLUMNS)}---|"]
    lines += [f"| {' | '.join(cells(step))} |" for step in reversed(steps)]
    return "\n".join(lines) + "\n"


def cells(step: dict) -> list[str]:
    """The cells of a step's row."""
    changed = "; ".join(
        f"{key.replace('_', ' ')} {formats.words(value)}"
        for key, value in {**step["changed"], **step["chosen"]}.items()
    )
    aside = " (aside)" if step["aside"] else ""
    kind = "mean" if step["evaluations"] > 1 else "sum"
    models = " ".join(step["models"])
    return [
        f"**{escaped(step['change'])}**{aside}<br>{escaped(changed)}",
        f"{step['parameters']:,}" if step["parameters"] else "–",
        f'<span data-seconds="{kind} {models}">–</span>' if models else "–",
        rate(step["dev"], r"\*" if learnt_dev(step) else ""),
        *(rate(step[key]) for key in ("test", "ece")),
        verdict(step["comparison"]) if step["comparison"] else "",
    ]


def learnt_dev(step: dict) -> bool:
    """Whether a step's models learnt from dev; studies from before this was recorded had none."""
    return step.get("learnt_dev", False)


def rate(rates: dict, mark: str = "") -> str:
    """A rate, its mark, and its interval, if it has one."""
    mean = formats.percent(rates["mean"]) + mark
    if rates["low"] is None:
        return mean
    return f"{mean} ({formats.interval([rates['low'], rates['high']])})"


def verdict(found: dict) -> str:
    """What a comparison has shown, and by how much."""
    p = ""
    if found["p"] is not None:
        p = f", p {formats.p_value(found['holm_p'])}"
        if found["p"] < 0.05 <= found["holm_p"]:
            p += f" (alone {formats.p_value(found['p'])})"
    difference = formats.change_in_points(found["difference"])
    better = f"better in {found['better']} of {found['seeds']}"
    return f"{found['verdict']}<br>{difference}{p}, {better}"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>|#~&" else c for c in text)
