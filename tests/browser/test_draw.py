"""Drawn digits are recognised, however large they are and wherever on the board."""

import json

import numpy as np
import pytest
from conftest import shown, wait
from drawings import STROKES
from hands import Hands


def draw(page, strokes):
    """Lead the mouse along strokes of points from 0 to 1."""
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    for stroke in strokes:
        places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()


def answers(page) -> bool:
    """Whether the board names a class with its confidence, be it an answer or none."""
    return "with a confidence of" in prediction(page)


def prediction(page) -> str:
    """What the board says of its image, once it is computed."""
    shown(page)
    return page.locator("#draw-prediction").inner_text()


def test_until_somebody_draws_a_test_digit_is_read(visit, site):
    page = visit().page
    wait(page, "board.pass !== null")
    assert prediction(page).startswith(f"Test digit no. 0, labelled {site.examples['y'][0]}. ")
    assert answers(page)
    assert page.evaluate("[...board.x]") == page.evaluate("[...chosen.digit.x]")


def test_test_digits_write_themselves_and_stop_for_the_reader(visit):
    page = visit(reduced_motion="no-preference").page
    wait(page, "board.written !== null")
    wait(page, "demonstration.number === 2")
    page.locator("#pad-demonstration").click()
    assert prediction(page) == "Draw something to get a prediction."
    page.locator("#pad-demonstration").click()
    wait(page, "board.written !== null")
    draw(page, STROKES["1"])
    assert answers(page)
    assert not page.evaluate("demonstration.going")


def test_nothing_is_claimed_of_half_a_digit(visit, site):
    page = visit(reduced_motion="no-preference").page
    wait(page, "0 < demonstration.share && demonstration.share < 1 && board.pass !== null")
    number = page.evaluate("demonstration.digit.number")
    written = f"Test digit no. {number}, labelled {site.examples['y'][number]}"
    said = "prediction.now(); byId('draw-prediction').innerText"
    assert page.evaluate(f"showWritten(0.5); {said}") == f"{written}, is being written …"
    assert page.evaluate(f"showWritten(1); {said}").startswith(f"{written}. ")
    page.mouse.move(*Hands(page).place(0.5, 0.2).values())
    page.mouse.down()
    page.mouse.move(*Hands(page).place(0.5, 0.6).values())
    assert prediction(page) == "You are drawing …"
    page.evaluate("pageData.far = 0")
    wait(page, "neighbours.shown === board.pass")
    assert page.locator("#draw-far").inner_text() == ""
    page.mouse.up()
    assert answers(page)
    wait(page, "byId('draw-far').textContent !== ''")


def test_the_connections_are_those_that_contribute_most(visit, site):
    page = visit().page
    wait(page, "board.pass !== null")
    found = page.evaluate(
        """board.pass.a.map((a, l) => strongestConnections(a, chosen.network.layers[l], 20)
          .map(({ value }) => value))"""
    )
    layers, _ = site.networks[site.default_run]
    a = page.evaluate("board.pass.a.map((a) => [...a])")
    for values, inputs, (W, _) in zip(found, a, layers, strict=True):
        products = (np.array(inputs)[:, None] * W).ravel()
        largest = products[np.argsort(np.abs(products))[-20:]]
        assert values == pytest.approx(largest, rel=1e-5)


def test_the_network_stands_upright_on_a_phone(visit):
    for width, upright in ((1440, False), (360, True)):
        page = visit(width).page
        wait(page, "board.arranged !== null")
        assert page.evaluate("board.arranged.upright") is upright
        places = page.evaluate("board.arranged.places.slice(1).flat()")
        area = page.locator("#draw-stage").bounding_box()
        assert all(0 <= p["x"] <= area["width"] and 0 <= p["y"] <= area["height"] for p in places)


def test_an_empty_board_gets_no_prediction(visit):
    page = visit().page
    page.locator("#pad-clear").click()
    assert prediction(page) == "Draw something to get a prediction."
    draw(page, STROKES["1"])
    assert answers(page)
    page.locator("#pad-undo").click()
    assert prediction(page) == "Draw something to get a prediction."
    assert page.locator("#draw-probabilities .largest").count() == 0


def test_a_small_digit_in_a_corner_is_the_same_image(visit):
    page = visit().page
    images = {}
    for scale, left, top in ((1, 0, 0), (0.4, 0.55, 0.05)):
        moved = [[[left + scale * x, top + scale * y] for x, y in line] for line in STROKES["5"]]
        images[scale] = page.evaluate(f"[...imageOf({json.dumps(moved)})]")
    assert images[0.4] == pytest.approx(images[1], abs=0.02)


def test_the_image_is_prepared_as_mnist_was(visit):
    page = visit().page
    x = page.evaluate(f"[...imageOf({json.dumps(STROKES['3'])})]")
    rows = [x[28 * r : 28 * r + 28] for r in range(28)]
    ink = sum(x)
    assert sum(r * sum(row) for r, row in enumerate(rows)) / ink == pytest.approx(14, abs=0.1)
    assert sum(c * v for row in rows for c, v in enumerate(row)) / ink == pytest.approx(14, abs=0.1)
    tall = [r for r, row in enumerate(rows) if any(v > 0.5 for v in row)]
    assert 18 <= tall[-1] - tall[0] + 1 <= 21
    assert any(0 < v < 1 for v in x) and max(x) == 1


NEAREST = """(async () => {
  const x = (await testDigit(%d)).x;
  return Math.min(...distancesTo(x, await knownRows((image) => image)));
})()"""


def test_the_distance_to_the_nearest_training_digit(visit, site):
    page = visit().page
    known = site.images("train")["x"][:2000]
    for i in (0, 7):
        expected = np.linalg.norm(known - site.examples["x"][i], axis=1).min()
        assert page.evaluate(NEAREST % i) == pytest.approx(expected, rel=1e-4)


def test_the_nearest_training_digits_are_shown_with_their_labels(visit, site):
    page = visit().page
    draw(page, STROKES["7"])
    wait(page, "neighbours.shown === board.pass")
    train = site.images("train")
    known, labels = train["x"][:2000], train["y"]
    x = np.array(page.evaluate("[...board.x]"))
    layers, activation = site.networks[site.default_run]
    hidden = known
    for W, b in layers[:-1]:
        hidden = np.maximum(hidden @ W + b, 0)
    assert activation == "relu"
    a = np.array(page.evaluate("[...board.pass.a.at(-1)]"))
    for id, rows, row in (("near-pixels", known, x), ("near-hidden", hidden, a)):
        nearest = np.argsort(np.linalg.norm(rows - row, axis=1), kind="stable")[:6]
        names = "(all) => all.map((each) => each.ariaLabel)"
        assert page.locator(f"#{id} canvas").evaluate_all(names) == [
            f"training digit {i}, labelled {labels[i]}" for i in nearest
        ]
    page.locator("#pad-clear").click()
    wait(page, "byId('draw-nearest').classList.contains('is-empty')")


def test_neighbours_are_found_by_a_browser_that_is_never_idle(visit):
    page = visit().page
    page.evaluate(
        "() => { requestIdleCallback = (act, { timeout }) => setTimeout(act, timeout / 100); }"
    )
    draw(page, STROKES["7"])
    wait(page, "neighbours.shown === board.pass")


def test_what_is_unlike_all_training_digits_is_said_to_be(visit):
    page = visit().page
    page.evaluate("pageData.far = 0")
    draw(page, STROKES["4"])
    wait(page, "byId('draw-far').textContent !== ''")
    said = page.locator("#draw-far")
    assert said.inner_text().startswith("The image is unlike all ")
    assert "95% of the dev digits" in said.inner_text()
    assert "is-far" in said.get_attribute("class")
    page.evaluate("pageData.far = 1000")
    drawn = page.evaluate("textOf(strokes)")
    page.locator("#pad-clear").click()
    assert page.evaluate("strokes.length") == 0
    page.locator("#pad-undo").click()
    assert page.evaluate("textOf(strokes)") == drawn
    draw(page, STROKES["1"])
    wait(page, "neighbours.shown === board.pass")
    least = page.evaluate(
        "neighbours.pixels.then((known) => Math.min(...distancesTo(board.x, known)))"
    )
    near = f"The nearest training digit in this page is at a distance of {least:.1f}; "
    assert said.inner_text() == f"{near}for 95% of the dev digits it is 1000.0 or less."
    assert "is-far" not in said.get_attribute("class")


def test_the_first_screen_of_a_desktop_has_no_empty_strip(visit):
    page = visit(1440).page
    wait(page, "neighbours.shown === board.pass")
    card = page.locator(".drawing").bounding_box()
    inside = card["y"] + card["height"]
    for last in (".pad .controls >> nth=-1", "#draw-far"):
        box = page.locator(last).bounding_box()
        assert inside - box["y"] - box["height"] < 32, last
    assert page.locator("#pad").bounding_box()["height"] > 0.65 * card["height"]
