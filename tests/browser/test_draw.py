"""Drawn digits are recognised, however large they are and wherever on the board."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import wait

from handwritten.data.preparation import normalise

STROKES = json.loads((Path(__file__).parent / "strokes.json").read_text())


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
    return page.locator("#draw-prediction").inner_text()


def test_until_somebody_draws_a_test_digit_is_read(visit, site):
    page = visit().page
    wait(page, "board.pass !== null")
    assert prediction(page).startswith(f"Test digit 0 ({site.examples['y'][0]}). ")
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


def test_the_keyboard_draws_too(visit):
    page = visit().page
    page.locator("#pad").focus()
    for key, times in (("ArrowUp", 10), (" ", 1), ("ArrowDown", 20)):
        for _ in range(times):
            page.keyboard.press(key)
    assert re.search("(Prediction: |Perhaps )1,", prediction(page))
    page.keyboard.press("Delete")
    assert prediction(page) == "Draw something to get a prediction."


def test_a_finger_draws_and_the_page_does_not_scroll(visit):
    opened = visit(360, has_touch=True)
    page = opened.page
    page.locator("#pad").scroll_into_view_if_needed()
    assert page.locator("#pad").evaluate("pad => getComputedStyle(pad).touchAction") == "none"
    page.locator("#pad").tap()
    assert answers(page)


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
  return distanceToNearest(x, await knownImages());
})()"""


def test_the_distance_to_the_nearest_training_digit(visit, site):
    page = visit().page
    (path,) = site.folder.glob("parse_idx/*/train.npz")
    with np.load(path) as arrays:
        known = normalise(arrays["x"][:2000])
    for i in (0, 7):
        expected = np.linalg.norm(known - site.examples["x"][i], axis=1).min()
        assert page.evaluate(NEAREST % i) == pytest.approx(expected, rel=1e-4)


def test_what_is_unlike_all_training_digits_is_said_to_be(visit):
    page = visit().page
    page.evaluate("pageData.far = 0")
    draw(page, STROKES["4"])
    wait(page, "byId('draw-far').textContent !== ''")
    said = page.locator("#draw-far").inner_text()
    assert said.startswith("The image is unlike all ") and "95% of the dev digits" in said
    page.evaluate("pageData.far = 1000")
    draw(page, STROKES["1"])
    page.wait_for_timeout(500)
    assert page.locator("#draw-far").inner_text() == ""
