"""A link shows others what the reader sees, and nothing else, whatever their page shows before."""

import re

import pytest
from conftest import wait
from situations import SITUATIONS, choose, damaged, everything

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
    more: Object.fromEntries(longerLists()),
    byHand: byHand.numbers,
    firstLayer: [firstLayerRun().name, firstLayerTime().value],
    open: openDetails(),
    onBoard: [lookedAt.unit, lookedAt.isKept, byId("draw-unit-said").textContent],
  };
}"""
IMAGE = ("network", "image")
SEEN = {
    "draw": ("network", "drawing", "board", "open", "onBoard"),
    "inside": (*IMAGE, "step", "unit", "weight", "sizes", "comparison"),
    "damage": (*IMAGE, "damage"),
    "fool": (*IMAGE, "fool"),
    "playground": (*IMAGE, "train", "own"),
    "confusion_matrix": ("errors", "cell", "more"),
    "mathematics": ("byHand",),
    "training": ("firstLayer",),
    "settings": (),
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


def test_a_link_that_was_cut_off_says_so(visit):
    sender = visit().page
    damaged(sender)
    address, page = link(sender, "damage"), visit().page
    message = "byId('page-message').textContent"
    ends = range(address.index("?") + 2, len(address), 9)
    for end in (*ends, len(address) - 2, len(address) - 1):
        page.evaluate(FOLLOW, address[:end])
        settled(page)
        told = page.evaluate(message)
        cut_name = "length".startswith(told.rpartition("a part of the link: ")[2])
        assert told.startswith("The end of this link is missing") or (told and cut_name)
        page.evaluate(FOLLOW, address)
        settled(page)
        assert page.evaluate(message) == ""
    page.evaluate(FOLLOW, "#inside?strokes=" + "!" * 500)
    settled(page)
    assert page.evaluate(message).endswith("strokes=!!!!!!!!!!!!!!!! …")


TRAINED = """({
  step: training.run.report.step,
  parameters: [...training.run.report.vector],
  said: byId("train-said").textContent === byId("train-words").textContent,
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
    assert sent["said"]
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
    assert "run=" in link(page, "playground")  # its comparison is with this run
