"""What a reader may have done before copying a link, and the section that is in view by then."""

from conftest import wait
from drawings import STROKES
from test_draw import draw


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
    page.locator("[id^=confusion-o][id$=-more]:visible").first.click()
    wait(page, "longerLists().length === 2")


def before_the_first_step(page):
    choose(page, first_layer_run="phase1", first_layer_time="0")


def by_hand(page):
    page.locator("#by-hand-W1-2-1").fill("-1.5")
    page.locator("#by-hand-y").select_option("0")


def a_unit_and_a_fold_out(page):
    drawn(page)
    page.locator("#draw-how summary").click()
    page.evaluate("lookAt({ l: 1, j: 3 }, true)")


def everything(page):
    """Nothing is left as it was."""
    of_images = (damaged, intact_with_another_seed, one_weight, comparison, trained, errors)
    for act in (*of_images, before_the_first_step, by_hand):
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
    "the first layer before training": (before_the_first_step, "training"),
    "backpropagation by hand": (by_hand, "mathematics"),
    "a unit and a fold-out": (a_unit_and_a_fold_out, "draw"),
    "everything, with none of it in view": (everything, "settings"),
}
