"""What README and docs say of long measurements is derived from their results: the ablation study,
the record, and the speed.

What they say of the runs on the page is compared in browser/test_mnist_documents.py.
"""

import json
import re
from pathlib import Path
from statistics import fmean

import pytest

import goals
import tables
from handwritten.evaluation.comparison import mean_interval
from handwritten.evaluation.metrics import wilson_interval
from handwritten.io import measured_pages
from handwritten.page import ablation_document, formats

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def rows_of(document: str) -> dict[str, list[str]]:
    """The cells of a document's table rows, by what the first cell has in bold or at all."""
    lines = [line for line in document.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {re.sub(r"\*\*(.*)\*\*.*", r"\1", first): others for first, *others in rows}


SECONDS = re.compile(r'(?<=">)[^<]+(?=</span>)')  # of the trainings, which no record has


def test_the_ablation_study_s_document_is_made_from_what_was_measured():
    study = json.loads((ROOT / "docs/ablation.json").read_text())
    text = (ROOT / "docs/ablation.md").read_text()
    made_from = re.search(r"Made from\n`(.+)`", text)[1]
    expected = ablation_document.document(made_from, study.pop("seeds"), study)
    assert SECONDS.sub("–", text) == expected
    for step in (step for steps in study.values() for step in steps):
        for split in ("dev", "test"):
            assert step[split]["mean"] == pytest.approx(fmean(step[split]["errors"]))


@pytest.fixture(scope="module")
def steps() -> dict[str, dict]:
    """The steps of the ablation study that docs/ablation.json describes, by their changes."""
    measured = json.loads((ROOT / "docs/ablation.json").read_text())
    return {step["change"]: step for step in measured["steps"]}


def error(step: dict) -> str:
    """The mean test error of a step."""
    return formats.percent(step["test"]["mean"])


def points(step: dict) -> str:
    """What a step takes off the test error of the step below it, in percentage points."""
    return f"{-100 * step['comparison']['difference']['mean']:.2f}"


STARTS = {
    "784-10-10": ("Phase 1", "He's start"),
    "784-128-10": ("Width, without He's start", "Width"),
    "784-128-64-10": ("Depth, without He's start", "Depth"),
}


def test_the_documents_say_what_the_ablation_study_has_shown(steps):
    words, results = " ".join(README.split()), (ROOT / "docs/results.md").read_text()
    told = " ".join(results.split())
    wide, cnn = steps["A wider network"], steps["A convolutional network"]
    first, ensemble = error(steps["Phase 1"]), error(steps["Ensemble"])
    for text in (words, told):
        assert f"from {first} for phase 1 to {ensemble} for an ensemble]" in text
        assert f"falls from {first} to **{error(wide)}**" in text
        assert f"{error(wide)}** (mean over five seeds" in text
        assert "784-800-400-10" in text and wide["parameters"] == 784 * 800 + 800 * 401 + 4410
    assert f"{ensemble} for an ensemble of five" in words
    assert f"in PyTorch gets {error(cnn)} wrong" in words
    assert f"An ensemble of five such networks has {ensemble}." in told
    for step, before in (wide, "over five seeds, "), (cnn, f"has {error(cnn)} ("):
        low, high = (f"{100 * step['test'][end]:.2f}" for end in ("low", "high"))
        assert f"{before}{low} to {high})" in told


def test_the_documents_say_what_depth_and_the_start_have_done(steps):
    words, results = " ".join(README.split()), (ROOT / "docs/results.md").read_text()
    told = " ".join(results.split())
    for network, changes in STARTS.items():
        assert rows_of(results)[network] == [error(steps[change]) for change in changes]
    start, wide, deep = (
        points(steps[change]) for change in ("He's start", STARTS["784-128-10"][0], "Depth")
    )
    bare = steps[STARTS["784-128-64-10"][0]]
    assert (
        f"Alone, He's start takes {start} points off phase 1's error and a wider layer {wide};"
        in words
    )
    assert f"a second hidden layer takes off {deep} more, and without He's start no gain" in words
    assert (
        f"Alone, He's start takes {start} points off the error and width takes off {wide}." in told
    )
    assert f"With He's start, depth takes off another {deep}." in told
    assert f"depth takes off {points(bare)}, and no difference is shown" in told
    assert bare["comparison"]["verdict"] == "no difference shown"


def test_the_documents_say_which_steps_help(steps):
    told = " ".join((ROOT / "docs/results.md").read_text().split())
    helping = [change for change, step in steps.items() if not step["aside"] and helps(step)]
    assert helping == [
        "He's start",
        "Width",
        "Depth",
        "Mini-batches",
        "Cosine schedule",
        "Shifts",
        "A wider network",
    ]
    assert (
        "He's start, width, depth, mini-batches, the cosine schedule, shifts, and the wider network"
        in told
    )
    assert [change for change, step in steps.items() if step["aside"] and helps(step)] == [
        "Width, without He's start",
        "Averaged weights without a schedule",
    ]
    assert "width with the uniform start and averaged weights without a schedule help too" in told
    assert [step["change"] for step in steps.values() if step["evaluations"] == 1] == ["Ensemble"]
    left_out = json.loads((ROOT / "docs/ablation.json").read_text())["left_out"]
    assert [step["change"] for step in left_out if helps(step)] == [
        "He's start",
        "Depth",
        "Mini-batches",
        "Ten times the learning rate",
        "Four times the epochs",
    ]
    missed = "He's start, depth, mini-batches, the larger learning rate or the longer training"
    assert f"the error rises without {missed}; for the other changes no difference is shown" in told
    (smooth,) = (step for step in left_out if step["change"] == "Label smoothing")
    said = (
        f"without it the error is {error(smooth)} instead of {error(steps['Elastic distortions'])}"
    )
    assert said in told
    assert smooth["comparison"]["p"] < 0.05 <= smooth["comparison"]["holm_p"]


def test_the_documents_state_runs_that_are_steps_of_the_ablation_study_too(steps):
    """With seed 1, the first of the study's."""
    results = (ROOT / "docs/results.md").read_text()
    for document in (README, results):
        for run, change in (("phase1", "Phase 1"), ("phase2_full_batch", "Depth")):
            _, _, dev, test, *_ = rows_of(document)[f"`{run}`"]
            step, right = steps[change], 1 - steps[change]["test"]["errors"][0]
            assert dev == formats.percent(1 - step["dev"]["errors"][0])
            interval = formats.interval(wilson_interval(round(10_000 * right), 10_000))
            assert test == f"{formats.percent(right)} ({interval.removesuffix('%')})"
    others = [1 - error for error in steps["Phase 1"]["dev"]["errors"][1:]]
    low, high = formats.percent(min(others)).removesuffix("%"), formats.percent(max(others))
    assert f"With seeds 2 to 5 phase 1 reached {low} to {high} on dev." in " ".join(results.split())


def helps(step: dict) -> bool:
    """Whether a comparison has shown, after the correction, that a change helps."""
    return step["comparison"] is not None and step["comparison"]["verdict"] == "helps"


@pytest.fixture(scope="module")
def record() -> dict:
    """The record's results, docs/record.json."""
    return json.loads((ROOT / "docs/record.json").read_text())


def percents(shares) -> str:
    """Two shares as an interval of percentages, each with its sign."""
    return " to ".join(map(formats.percent, shares))


def test_the_record_s_document_has_every_model(record):
    rows = rows_of((ROOT / "docs/record.md").read_text())
    for model in record["models"]:
        wilson = [1 - share for share in reversed(model["wilson95"])]
        assert rows[str(model["seed"])] == [
            str(model["errors"]),
            formats.percent(model["errors"] / model["n"]),
            percents(wilson),
            f"{model['run']['seconds'] / 60:.0f}",
            f"{model['train_loss'][-1]:.4f}",
        ]


def test_the_record_s_document_states_what_was_measured(record):
    document = (ROOT / "docs/record.md").read_text()
    models, together = record["models"], record["ensemble"]
    rates = [model["errors"] / model["n"] for model in models]
    mean, all_errors = formats.percent(fmean(rates)), together["errors"]
    all_share = formats.percent(all_errors / together["n"])
    student = mean_interval(rates)
    both = percents(record["seeds_and_images95"])
    told = " ".join(document.split())
    for said in (
        f"{models[0]['parameters']:,} parameters: **{mean} test error**, the mean over "
        f"{len(models)} seeds ({percents([student['low'], student['high']])}, 95% by Student's t "
        f"over the seeds; {both} by the bootstrap",
        f"**{all_share}** ({percents(wilson_interval(all_errors, together['n']))}, 95% by Wilson), "
        f"{all_errors} of {together['n']:,} digits wrong",
    ):
        assert said in told
    for key, value in record["settings"].items():
        assert f"    {key}: {value}\n" in document or key == "image_shape"
    for page in (README, (ROOT / "docs/results.md").read_text()):
        words = " ".join(page.split())
        assert f"gets **{mean}** of the test digits wrong" in words
        assert f"together {all_share}" in words
    before = [model["errors"] for model in record["before"]["models"]]
    assert (
        f"had {before[0]}, {before[1]} and {before[2]} errors, "
        f"{formats.percent(fmean(before) / models[0]['n'])} in the mean, and "
        f"{record['before']['ensemble']['errors']} together"
    ) in told


def test_the_record_s_document_compares_by_intervals(record):
    """Of published figures with one network's interval, and with the ensemble's."""
    rows = rows_of((ROOT / "docs/record.md").read_text())
    n = record["ensemble"]["n"]
    ensemble = wilson_interval(record["ensemble"]["errors"], n)
    rate = fmean(model["errors"] for model in record["models"]) / n
    one = (rate, record["seeds_and_images95"])
    all_three = (record["ensemble"]["errors"] / n, ensemble)
    for published, (mean, (low, high)) in (("0.553%", one), ("0.35%", one), ("0.31%", all_three)):
        value = float(published.removesuffix("%")) / 100
        verdict = "is below it" if high < value else "contains it" if low <= value else "is above"
        expected = f"{formats.percent(mean)} ({percents((low, high))}), which {verdict}"
        assert rows[published][-1] == expected


def test_the_record_s_document_says_what_was_tried(record):
    trials = record["trials"]
    document = (ROOT / "docs/record.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in document.splitlines() if line[:2] == "| "]
    for trial in trials["networks"]:
        errors, averaged = (", ".join(map(str, trial[key])) for key in ("errors", "averaged"))
        assert [trial["change"], str(trial["epochs"]), errors, averaged] in rows
    for trial in trials["ensembles"]:
        assert [trial["of"], str(trial["errors"])] in rows
    told = " ".join(document.split())
    mean = {(each["change"], each["epochs"]): fmean(each["errors"]) for each in trials["networks"]}
    gained = {}
    for (change, epochs), errors in mean.items():
        gained.setdefault(epochs, {})[change] = mean["nothing", epochs] - errors
    deskewing = gained[40].pop("images deskewed by their second moments")
    ends = [
        f"{formats.words(found(gains.values()))}"
        for gains in ({k: v for k, v in gained[e].items() if k != "nothing"} for e in (40, 80))
        for found in (min, max)
    ]
    assert "{} to {} errors after 40 epochs, and {} to {} after 80".format(*ends) in told
    longer = mean["nothing", 40] - mean["nothing", 80]
    assert f"twice the epochs are worth {formats.words(longer)} errors" in told
    assert f"Deskewing is worth {formats.words(deskewing)} errors" in told
    cost = sum(sum(each["averaged"]) - sum(each["errors"]) for each in trials["networks"])
    assert f"the mean for 16 distortions costs {cost} in all rows together" in told


def test_the_benchmarks_document_is_made_from_what_was_measured_unless_it_is_older():
    """Older than the code that writes it, too, which `make lint` says."""
    document = ROOT / "docs/benchmarks.md"
    record = json.loads(document.with_suffix(".json").read_text())
    if document.name not in measured_pages.stale(ROOT):
        text = measured_pages.LINE.sub("", document.read_text())
        assert text.rstrip() == tables.document(record).rstrip()


def test_the_documents_state_the_speed_that_was_measured():
    record = json.loads((ROOT / "docs/benchmarks.json").read_text())
    measured = {goal.title: goal.row()[2] for goal in goals.goals_of(record)}
    words = " ".join(README.split())
    results = " ".join((ROOT / "docs/results.md").read_text().split())
    for title, peer in (
        (goals.BEST, "the time of PyTorch's fastest form with autograd"),
        ("scikit-learn", "scikit-learn's time"),
    ):
        share = measured[f"epoch of 784-128-64-10, batch 128, 1 thread, momentum / {title}"]
        assert f"{share} of {peer}" in words and f"{share} of {peer}" in results
    wide = measured[f"epoch of 784-800-800-10, batch 128, 1 thread, momentum / {goals.BEST}"]
    assert f"one of 784-800-800-10 took {wide} of PyTorch's" in results
    assert (
        f"98% on dev was reached in {measured[f'time to 98% on dev / {goals.BEST}']} of" in results
    )
    assert f"99% after {measured['time to 99% on dev']}" in results
