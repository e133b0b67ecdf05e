"""A link shows others what the reader sees, and nothing else, whatever their page shows before."""

import re

import pytest
from conftest import wait
from drawings import STROKES
from test_draw import draw

# What each section shows of the reader's choices.
STATE = """() => {
  for (const view of views) view.now();
  const { l, i, j, picked } = inside.weight;
  const { digit } = chosen;
  return {
    network: chosen.run.name,
    image: [digit.number, digit.label, ...digit.x],
    drawing: textOf(strokes),
    board: [...(board.x ?? [])],
    step: inside.at,
    unit: inside.unit,
    weight: picked && showsGradientOf(l) ? [l, i, j] : null,
    sizes: inside.sizes,
    comparison: [comparison.A, comparison.B],
    damage: [damageText(damaging.damage), byId("damage-seed").value, curve.kind, curve.least],
    fool: [fooling.now, byId("fool-none").textContent],
    train: trainSettings().hidden.concat(trainSettings().rate),
    own: own.digits.map(({ label, x }) => [label, ...x]),
    errors: findAll("#confusion_matrix select, [name=confusion-as]").map(
      (control) => controlValue(control)),
    cell: errorsCell && [errorsCell.true, errorsCell.predicted],
    more: byId("confusion-gallery-list").childElementCount,
    open: openDetails(),
    onBoard: [lookedAt.unit, lookedAt.isKept],
  };
}"""
IMAGE = ("network", "image")
SEEN = {
    "draw": ("network", "drawing", "board", "open", "onBoard"),
    "inside": (*IMAGE, "step", "unit", "weight", "sizes", "comparison"),
    "damage": (*IMAGE, "damage"),
    "fool": (*IMAGE, "fool"),
    "playground": ("image", "train", "own"),
    "confusion_matrix": ("errors", "cell", "more"),
    "settings": (),
}


def number(page, i):
    """Choose a test digit where the reader can."""
    page.locator("#inside-number").fill(str(i))
    page.locator("#inside-number").press("Enter")
    wait(page, f"chosen.digit.number === {i}")


def choose(page, **values):
    """Enter these into the controls of these names."""
    for name, value in values.items():
        page.evaluate(
            "([id, value]) => enter(byId(id), value)", [name.replace("_", "-"), str(value)]
        )


def two_strokes(page):
    draw(page, STROKES["4"])
    assert page.evaluate("strokes.length") > 1


def drawn(page, label=None):
    page.evaluate(
        "(shares) => { endDemonstration();"
        " setStrokes(mapped(shares, ([x, y]) => [x * COLUMNS, y * ROWS])); showStrokes(); }",
        STROKES["2"],
    )
    if label is not None:
        page.locator("#fool-label").select_option(str(label))


def a_test_digit_after_a_drawing(page):
    drawn(page, label=3)
    number(page, 7)


def drawing_after_test_digit(page):
    number(page, 7)
    drawn(page, label=3)
    page.evaluate("goTo(4)")  # what comes after the loss needs a label


def stroke_undone(page):
    number(page, 5)
    two_strokes(page)
    page.locator("#pad-undo").click()
    wait(page, "chosen.digit.number === null")


def erased(page):
    number(page, 5)
    two_strokes(page)
    page.locator("#pad-clear").click()
    wait(page, "chosen.digit.number === 5")


def another_network_and_unit(page):
    number(page, 9)
    page.locator("#draw-run").select_option("phase1")
    wait(page, "chosen.run.name === 'phase1'")
    page.evaluate("insideView.now(); goTo(3); pickUnit(1, 4)")


def one_weight(page):
    number(page, 9)
    gradient = "inside.steps.findIndex(({ kind }) => kind === 'gradient')"
    page.evaluate(
        f"insideView.now(); goTo({gradient}); pickWeight(inside.steps[inside.at].l, 2, 3)"
    )
    choose(page, weight_epsilon="-0.5")
    page.locator("[data-sign='-1']").click()


def learning_rate(page):
    number(page, 9)
    page.evaluate("insideView.now(); goTo(inside.steps.length - 1)")
    choose(page, inside_rate="-1.5")


def comparison(page):
    number(page, 9)
    page.evaluate("insideView.now(); compareClasses(8, 1)")


def damaged(page):
    drawn(page)
    page.locator("[data-damage='half']").click()
    page.locator("#damage-seed").fill("5")
    choose(page, curve_kind="pixelNoise", curve_least="70")


def intact_with_another_seed(page):
    page.locator("#damage-seed").fill("6")


def fooled(page):
    drawn(page, label=7)
    choose(page, fool_size="0.22", fool_target="3")


def fooled_by_the_smallest(page):
    number(page, 3)
    page.locator("#fool-smallest").click()
    wait(page, "byId('fool-none').textContent !== ''")


def trained(page):
    drawn(page)
    joined = page.evaluate("own.digits.length")
    page.locator("#train-own-label").select_option("7")
    page.locator("#train-own-add").click()
    wait(page, f"own.digits.length === {joined + 1}")
    choose(page, train_layers="2", train_rate="0.5")


def errors(page):
    choose(page, confusion_run="phase1", confusion_order="lowest", confusion_true="4")
    choose(page, confusion_as_shares="true")
    page.locator("#confusion-of-phase1 [data-true='3'][data-predicted='5'] button").click()
    wait(page, "errorsCell !== null")


def more_errors(page):
    choose(page, confusion_run="phase1")
    wait(page, "byId('confusion-gallery-count').textContent.includes('errors of phase1')")
    page.locator("#confusion-gallery-more").click()
    wait(page, "byId('confusion-gallery-list').childElementCount > ERRORS_PORTION")


def a_unit_and_a_fold_out(page):
    drawn(page)
    page.locator("#draw-how summary").click()
    page.evaluate("lookAt({ l: 1, j: 3 }, true)")


def everything(page):
    """Nothing is left as it was."""
    for act in (damaged, intact_with_another_seed, one_weight, comparison, trained, errors):
        act(page)
    another_network_and_unit(page)
    fooled(page)


SITUATIONS = {
    "nothing": (lambda page: None, "inside"),
    "a test digit after a drawing": (a_test_digit_after_a_drawing, "inside"),
    "a drawing after a test digit": (drawing_after_test_digit, "inside"),
    "the board with a drawing that is no longer chosen": (a_test_digit_after_a_drawing, "draw"),
    "a stroke undone": (stroke_undone, "inside"),
    "a drawing erased": (erased, "damage"),
    "another network and unit": (another_network_and_unit, "inside"),
    "one weight": (one_weight, "inside"),
    "the learning rate": (learning_rate, "inside"),
    "a comparison": (comparison, "inside"),
    "damage": (damaged, "damage"),
    "another seed": (intact_with_another_seed, "damage"),
    "fooled": (fooled, "fool"),
    "fooled by the smallest change": (fooled_by_the_smallest, "fool"),
    "training": (trained, "playground"),
    "errors": (errors, "confusion_matrix"),
    "more errors": (more_errors, "confusion_matrix"),
    "a unit and a fold-out": (a_unit_and_a_fold_out, "draw"),
    "everything, with none of it in view": (everything, "settings"),
}


def link(page, place: str) -> str:
    """The link that a reader at this place copies."""
    page.evaluate(f"byId({place!r}).scrollIntoView()")
    page.locator("#copy-link").click()
    wait(page, "byId('page-message').textContent.startsWith('Link ')")
    return page.evaluate("location.hash")


FOLLOW = """async (address) => {
  history.replaceState(null, "", "#");
  const changed = new Promise((resolve) => addEventListener("hashchange", resolve));
  location.hash = address;
  await changed;
}"""


def settled(page) -> dict:
    """What the page shows, once it shows all that its address says."""
    wait(page, "!restoring")
    return page.evaluate(STATE)


@pytest.mark.slow
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_link_shows_what_the_reader_sees_alone(visit, situation):
    act, section = SITUATIONS[situation]
    page = visit().page
    start = page.evaluate(STATE)
    act(page)
    address = link(page, section)
    sent = page.evaluate(STATE)
    assert address.startswith(f"#{section}") and "?" in address

    opened = settled(visit(address=address).page)
    for part, value in sent.items():
        if part in SEEN[section]:
            assert opened[part] == value, f"{part} is another one in {address}"
        elif part not in SEEN["draw"] and part not in ("image", "comparison", "unit"):
            assert opened[part] == start[part], f"{part} is not in view, and in {address}"

    everything(page)  # then a link is opened where something else is shown
    page.evaluate(FOLLOW, address)
    assert settled(page) == opened


TRAINED = """({
  step: training.run.report.step,
  parameters: [...training.run.report.vector],
  shown: ["epochs", "loss", "accuracy"].map((name) => byId(`train-${name}`).textContent),
})"""
NOTE = "byId('train-note').textContent"


def until_trained(page, steps: int) -> dict:
    """What it has come to by then, at rest."""
    wait(page, f"training.run?.report?.step === {steps} && !training.going && !training.asked")
    return page.evaluate(TRAINED)


@pytest.mark.slow
def test_a_link_trains_as_far_as_its_sender_had(visit):
    sender = visit().page
    choose(sender, train_seed="7")
    sender.locator("[data-train='learns']").click()
    wait(sender, "training.run?.report?.step > 30")
    sender.locator("#train-go").click()  # pause
    wait(sender, "!training.asked")
    sent = sender.evaluate(TRAINED)
    address = link(sender, "playground")
    steps = sent["step"]
    assert f"&trained={steps}." in address

    opened = visit(address=address).page
    assert until_trained(opened, steps) == sent
    up_to = f"up to step {steps:,}, as in the link."
    assert opened.evaluate(NOTE) == f"It is trained {up_to}"
    opened.locator("#train-go").click()
    wait(opened, f"training.run.report.step > {steps}")  # and it can go on
    assert opened.evaluate(NOTE) == ""

    opened.evaluate(FOLLOW, re.sub(r"trained=\d+\.\d+", f"trained={steps}.50", address))
    assert settled(opened)["train"][-1] == 0.1
    wait(opened, "training.run.report?.step === 0 && !training.going")
    assert "trained for 50 seconds" in opened.evaluate(NOTE)
    assert opened.evaluate(NOTE).endswith(f"press Start to train it {up_to}")
    words = opened.locator("#train-words").inner_text()
    assert "Start trains it as far as the sender of the link did." in words
    opened.locator("#train-go").click()
    assert until_trained(opened, steps) == sent

    opened.evaluate(FOLLOW, re.sub(r"&trained=\d+\.\d+", "", address))
    settled(opened)
    wait(opened, "training.run.report?.step === 0 && !training.going")
    assert opened.evaluate(NOTE) == ""
    opened.evaluate(FOLLOW, address.replace(f"={steps}.", f"={steps}999999."))
    wait(opened, "byId('page-message').textContent.includes('trained=')")


def test_a_section_that_shows_a_choice_has_it_in_its_link(visit):
    page = visit().page
    for chooser, part in ((".image-chooser", "digit"), (".run-picker", "run")):
        assert f"{part}=" not in link(page, "calibration")
        page.evaluate(
            "(chooser) => byId('calibration').append(find(chooser).cloneNode(true))", chooser
        )
        assert f"{part}=" in link(page, "calibration")
