"""Drawn digits are recognised, however large they are and wherever on the board."""

import json
import re

import numpy as np
import pytest
from conftest import shown, wait
from drawings import STROKES


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


def test_the_keyboard_draws_too(visit):
    page = visit().page
    page.locator("#pad").focus()
    for key, times in (("ArrowUp", 10), (" ", 1), ("ArrowDown", 20), (" ", 1)):
        for _ in range(times):
            page.keyboard.press(key)
        assert (prediction(page) == "You are drawing …") == page.evaluate("cursor.stroke !== null")
    assert re.search("(Prediction: |Perhaps )1,", prediction(page))
    page.keyboard.press("Delete")
    assert prediction(page) == "Draw something to get a prediction."


class Hands:
    """Fingers, palms and a stylus on the board, as Chromium gets them from a screen: all places are
    in shares of the board."""

    def __init__(self, page):
        self.page, self.session = page, page.context.new_cdp_session(page)
        page.locator("#pad").scroll_into_view_if_needed()
        self.box = page.locator("#pad").bounding_box()

    def place(self, x: float, y: float) -> dict:
        box = self.box
        return {"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y}

    def touch(self, kind: str, **fingers) -> None:
        """`kind` is Start, Move, End or Cancel, and a finger is where it is on the screen."""
        points = [{**self.place(*at), "id": ord(name)} for name, at in fingers.items()]
        event = {"type": f"touch{kind}", "touchPoints": points}
        self.session.send("Input.dispatchTouchEvent", event)

    def stylus(self, kind: str, x: float, y: float, down: bool = True) -> None:
        """`kind` is Pressed, Moved or Released."""
        button = {"button": "left", "buttons": 1, "clickCount": 1} if down else {}
        event = {"type": f"mouse{kind}", "pointerType": "pen", **button, **self.place(x, y)}
        self.session.send("Input.dispatchMouseEvent", event)

    def strokes(self) -> list[list[tuple[float, float]]]:
        """The strokes on the board, their points rounded and without repetitions."""
        shown(self.page)
        found = self.page.evaluate("strokes.map((s) => s.map(([x, y]) => [x / COLUMNS, y / ROWS]))")
        return [list(dict.fromkeys((round(x, 1), round(y, 1)) for x, y in s)) for s in found]


LINE = [(0.2, 0.2), (0.2, 0.4), (0.2, 0.6)]


def test_the_finger_that_began_a_stroke_draws_it(visit):
    page = visit(390, has_touch=True).page
    assert page.locator("#pad").evaluate("pad => getComputedStyle(pad).touchAction") == "none"
    for part in ("#pad", ".pad .controls", "#pad-clear"):
        assert page.locator(part).first.evaluate("e => getComputedStyle(e).userSelect") == "none"
    hands = Hands(page)
    hands.touch("Start", a=LINE[0])
    hands.touch("Move", a=LINE[1])
    hands.touch("Start", a=LINE[1], b=(0.9, 0.9))
    hands.touch("Move", a=LINE[2], b=(0.8, 0.8))
    hands.touch("End", b=(0.8, 0.8))
    assert hands.strokes() == [LINE]
    hands.touch("Move", b=(0.7, 0.7))
    hands.touch("Cancel")
    assert hands.strokes() == [LINE]  # the second finger has not begun a stroke, and so it has none
    hands.touch("Start", c=(0.5, 0.5))
    hands.touch("Move", c=(0.5, 0.8))
    hands.touch("Cancel")
    assert hands.strokes() == [LINE, [(0.5, 0.5), (0.5, 0.8)]]
    assert answers(page)


def test_a_palm_beside_a_stylus_does_not_draw(visit):
    page = visit(has_touch=True).page
    hands = Hands(page)
    hands.touch("Start", p=(0.7, 0.9))  # the palm comes first,
    hands.touch("Move", p=(0.8, 0.9))
    assert len(hands.strokes()) == 1
    hands.stylus("Moved", *LINE[0], down=False)  # and then the stylus
    assert hands.strokes() == []
    for kind, at in zip(("Pressed", "Moved", "Moved"), LINE, strict=True):
        hands.stylus(kind, *at)
        hands.touch("Move", p=(0.9, 0.9))
    hands.stylus("Released", *LINE[2])
    hands.touch("End")
    assert hands.strokes() == [LINE]
    hands.touch("Start", p=(0.7, 0.9))  # the palm again, before the next stroke
    hands.touch("End")
    assert hands.strokes() == [LINE]
    page.locator("#pad-clear").click()
    hands.stylus("Moved", -0.2, -0.2, down=False)
    hands.touch("Start", f=(0.5, 0.5))  # a new drawing, with a finger
    hands.touch("End")
    assert hands.strokes() == [[(0.5, 0.5)]]


# What a key leaves of a line when it is pressed while the second one is drawn, before (0.6, 0.6).
FIRST, SECOND = [(0.9, 0.1), (0.9, 0.3)], [(0.6, 0.2), (0.6, 0.4), (0.6, 0.6)]
KEPT = {"Backspace": [FIRST], "Delete": []}


def test_no_key_in_mid_stroke_throws_or_joins_strokes(visit):
    page = visit().page
    hands = Hands(page)
    keys = [*page.evaluate("Object.keys(KEYS)"), "Enter", "Escape", "a", "Shift"]
    assert set(KEPT) < set(keys) and len(keys) > 9
    for key in keys:
        draw(page, [FIRST])
        page.mouse.move(*hands.place(*SECOND[0]).values())
        page.mouse.down()
        page.mouse.move(*hands.place(*SECOND[1]).values())
        page.keyboard.press(key)
        page.mouse.move(*hands.place(*SECOND[2]).values())
        page.mouse.up()
        drawn = [stroke for stroke in hands.strokes() if len(stroke) > 1]  # a space begins one
        assert (key, drawn) == (key, KEPT.get(key, [FIRST, SECOND]))
        page.locator("#pad-clear").click()
        assert hands.strokes() == []


def test_ink_outside_the_board_does_not_count(visit):
    page = visit().page
    hands = Hands(page)
    draw(page, [[(0.5, 0.5), (1.3, 0.5), (1.3, 0.8), (0.5, 0.8)], [(0.2, 0.2), (0.2, 0.4)]])
    assert hands.strokes() == [
        [(0.5, 0.5), (1.0, 0.5)],
        [(1.0, 0.8), (0.5, 0.8)],
        [(0.2, 0.2), (0.2, 0.4)],
    ]


def test_a_move_computes_once_a_frame_and_only_what_is_near(visit):
    """Forward passes are counted: 1 for the board a frame, and none for what is out of sight."""
    page = visit().page
    wait(page, "neighbours.shown === board.pass")  # after one pass for each training image
    page.evaluate(
        """window.passes = 0; window.frames = 0; window.original = forward;
        window.forward = (...all) => { passes++; return original(...all); };
        const count = () => { frames++; requestAnimationFrame(count); };
        requestAnimationFrame(count);"""
    )
    draw(page, [[(0.3 + 0.01 * (i % 2), i / 40) for i in range(40)]])
    shown(page)
    assert 1 <= page.evaluate("passes") <= page.evaluate("frames") + 1
    assert page.evaluate("inside.pass.a[0] !== chosen.digit.x")
    page.locator("#inside").scroll_into_view_if_needed()
    wait(page, "inside.pass.a[0] === chosen.digit.x")


def test_a_move_lays_out_nothing_but_numbers(visit):
    """In the middle of a stroke no layout begins at the whole document."""
    page = visit().page
    wait(page, "neighbours.shown === board.pass")
    hands, events = Hands(page), []
    hands.session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    page.mouse.move(*hands.place(0.3, 0.1).values())
    page.mouse.down()
    page.mouse.move(*hands.place(0.3, 0.2).values())
    shown(page)
    hands.session.send("Tracing.start", {"categories": "devtools.timeline"})
    for i in range(20):
        page.mouse.move(*hands.place(0.3 + 0.01 * (i % 2), 0.2 + i / 40).values())
        shown(page)
    hands.session.send("Tracing.end")
    wait(page, "board.frame === null")
    page.wait_for_timeout(100)
    page.mouse.up()
    layouts = [event["args"]["beginData"] for event in events if event["name"] == "Layout"]
    assert layouts and all(layout["partialLayout"] for layout in layouts)


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
