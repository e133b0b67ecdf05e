"""What scripts say in the page follows from what they compute, for every run of every kind."""

import json
import re

import pytest
from conftest import shown, wait
from kinds import in_turn

COUNTED = "byId('damage-result').dataset.state === 'counted'"
COUNT = "damaging.tried[0].count"


def options(page, select: str) -> list[str]:
    """The runs that a control offers."""
    return page.locator(f"{select} option").evaluate_all("(all) => all.map(({ value }) => value)")


@pytest.mark.parametrize("kind", in_turn())
def test_what_is_said_of_damage_is_what_was_counted(visit, site_of, kind):
    page = visit(kind=kind).page
    page.locator("#damage").scroll_into_view_if_needed()
    guessing = 1 / page.evaluate("pageData.classes.length")
    for run in options(page, "#damage-run"):
        page.locator("#damage-run").select_option(run)
        page.locator("#damage-reset").click()
        wait(page, f"chosen.run.name === '{run}' && {COUNTED}")
        intact = page.evaluate(COUNT)
        words = page.locator("#damage-words").inner_text()
        measured = round(site_of(kind).summary["runs"][run]["test"]["accuracy"] * intact["n"])
        assert ("as the pipeline measured" in words) == (measured == intact["correct"])
        check_curve(page, intact["n"])
        for damage in ("biases", "nonlinearity", "half", "smallest", "noise"):
            button = page.locator(f"[data-damage='{damage}']")
            if damage == "nonlinearity" and button.is_disabled():
                assert page.evaluate("chosen.network.activations.length") == 0
                continue
            button.click()
            wait(page, COUNTED)
            check(page, page.evaluate(COUNT), measured, guessing)


def check_curve(page, images: int) -> None:
    """Compare the words about how much a network can lose with what was measured."""
    wait(page, "byId('damage-curve').dataset.state === 'measured'")
    words = page.locator("#curve-words").inner_text()
    points = page.evaluate("curvePoints()")
    least = float(page.locator("#curve-least").input_value())
    enough = [100 * point["correct"] >= least * point["n"] for point in points]
    assert least >= 100 / page.evaluate("pageData.classes.length")
    assert ("from the start" in words) == (not enough[0])
    assert ("at every amount that was tried" in words) == all(enough)
    sides = points[-1:] if all(enough) else points[max(0, enough.index(False) - 1) :][:2]
    for point in sides if enough[0] else points[:1]:
        assert point["n"] == images
        assert f"{100 * point['correct'] / images:.2f}%" in words


def check(page, count: dict, measured: int, guessing: float) -> None:
    """Compare the words about a damaged network with its count."""
    words = page.locator("#damage-words").inner_text()
    n, correct, lost, won = (count[key] for key in ("n", "correct", "lost", "won"))
    assert words.startswith("With ") and f", {correct:,} of {n:,} " in words
    points = float(re.search(r"That is ([−+][\d.]+)", words)[1].replace("−", "-"))
    assert points == pytest.approx(100 * (correct - measured) / n, abs=0.0051)
    assert f"{lost} " in words and f"{won} " in words
    low = page.evaluate(f"wilson({correct}, {n})[0]")
    assert ("no better than guessing" in words) == (low <= guessing)
    may_be_chance = abs(lost - won) <= 1.96 * (lost + won) ** 0.5 and low > guessing
    assert ("may be chance" in words) == may_be_chance
    if times := re.search(r"([\d.]+) times as many errors", words):
        assert float(times[1]) == pytest.approx((n - correct) / (n - measured), abs=0.051)
    lesson = page.locator("#damage-lesson").inner_text()
    assert not re.search(
        r"\b(worse|better|need|cannot|hardly|most)\b", lesson.split("not the best")[0]
    )


@pytest.mark.parametrize("kind", in_turn("unhealthy", "own data"))
@pytest.mark.parametrize("rate", [-3, -1, 0.5, 1])
@pytest.mark.parametrize("start", ["he", "large"])
def test_what_is_said_of_a_training_is_what_it_has_measured(visit, kind, rate, start):
    page = visit(kind=kind).page
    page.locator("#playground").scroll_into_view_if_needed()
    wait(page, "training.run?.report != null")
    page.locator("#train-start").select_option(start)
    page.locator("#train-rate").fill(str(rate))
    page.locator("#train-rate").dispatch_event("change")
    page.locator("#train-go").click()
    wait(page, "training.run.report?.ended || training.run.report?.seen > 4000")
    page.evaluate("training.going = false")
    wait(page, "!training.asked")
    said, run = page.evaluate("[trainingComment(training.run), training.run]")
    first, last = run["heldOut"][0]["loss"], run["report"]["heldOut"]["loss"]
    dead = run["report"]["heldOut"]["dead"]
    losses = [each["trained"] for each in run["heldOut"]]
    if "It learns" in said or "It hardly learns" in said:
        assert last < first
    if "no better than at the start" in said:
        assert last >= first
    if "It hardly learns" in said:
        assert last > 0.9 * first
    if "units are dead" in said:
        assert dead > 16 and dead > run["heldOut"][0]["dead"]
    if "It is unsteady" in said:
        assert losses[-1] > 1.5 * min(losses)
    if "It overfits" in said:
        assert last > 4 * losses[-1]
    assert ("diverged" in said) == run["report"]["diverged"]


@pytest.mark.parametrize("kind", in_turn())
def test_what_differs_between_two_trainings_is_what_was_set(visit, site_of, kind):
    page = visit(kind=kind).page
    page.locator("#playground").scroll_into_view_if_needed()
    wait(page, "training.run?.report != null")
    here = page.evaluate("training.run.images")
    for run, text in page.evaluate(
        "pageData.runs.map((r) => [r, differencesText(r, training.run)])"
    ):
        assert not re.search(r"null|undefined|NaN|object", text)
        images = run["trained"]["images"]
        assert (f"{images:,} training " in text) == (images != here)
        assert all(f"{name} {value}" in text for name, value in run["trained"]["others"].items())
        settings = settings_of(site_of(kind), run["name"])
        used = {"label_smoothing", "rotation", "ema_decay", "early_stopping", "input_dropout"}
        for key in used & settings.keys():
            assert (key.replace("_", " ") in text) == bool(settings[key])


def settings_of(site, run: str) -> dict:
    """The settings of a run's training, by its record; of an ensemble, those of a member."""
    about = site.summary["runs"][run]
    model = site.folder.parents[1] / (about.get("members") or [about["model"]])[0]
    return json.loads((model.parent / "provenance.json").read_text())["made_from"]["settings"]


@pytest.mark.parametrize("kind", in_turn("unhealthy"))
def test_dead_units_are_marked_in_the_gallery(visit, site_of, kind):
    page = visit(kind=kind).page
    page.locator("#first-layer").scroll_into_view_if_needed()
    for run in options(page, "#first-layer-run"):
        page.locator("#first-layer-run").select_option(run)
        dead = page.evaluate(f"runOf('{run}').dead")
        layers, _ = site_of(kind).networks[run]
        shown = min(32, len(layers[0][1]))
        wait(page, f"findAll('canvas', byId('first-layer')).length === {shown}")
        marked = page.locator("#first-layer .is-dead").count()
        assert marked == sum(unit < shown for unit in dead)
        assert page.locator("#first-layer-dead").is_visible() == bool(dead)


CALIBRATED = """(async () => {
  const p = calibrated(forward(chosen.network, (await testDigit(0)).x));
  return [indexOfLargest(p), largestOf(p), chosen.run.threshold];
})()"""


@pytest.mark.parametrize("kind", in_turn("unhealthy", "large", "own data"))
def test_the_board_answers_from_the_threshold_on(visit, site_of, kind):
    page = visit(kind=kind, reduced_motion="reduce").page
    page.locator("#draw").scroll_into_view_if_needed()
    for run in options(page, "#draw-run"):
        page.locator("#draw-run").select_option(run)
        wait(page, f"chosen.run.name === '{run}'")
        shown(page)
        k, confidence, threshold = page.evaluate(CALIBRATED)
        p = site_of(kind).calibrated(run)[0]
        assert (k, confidence) == (p.argmax(), pytest.approx(p.max(), abs=1e-5))
        said = page.locator("#draw-prediction").inner_text()
        assert f"with a confidence of {100 * confidence:.1f}%" in said
        declines = threshold is None or confidence < threshold
        assert ("I would rather not answer." in said) == declines
        assert ("Prediction: " in said) != declines


def test_errors_are_shown_with_their_calibrated_confidence(visit, site_of):
    page, site = visit().page, site_of("default")
    for run in site.networks:
        shown = page.evaluate(f"predictionsOf(runOf('{run}')).then((p) => [...p.confidences])")
        assert shown == pytest.approx(site.calibrated(run).max(axis=1), abs=2e-5)
