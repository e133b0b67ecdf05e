"""The board under mouse, fingers, palm, stylus and keys: what draws, and what a move costs."""

import re

import pytest
from conftest import shown, wait
from hands import Hands
from test_draw import answers, draw, prediction


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


@pytest.mark.parametrize("width", [390, 1440])
def test_a_move_lays_out_nothing_but_numbers(visit, width):
    """In the middle of a stroke no layout begins at the whole document, and styles are asked for
    again of dozens of elements, not of thousands. What a pause brings, the nearest images, is not
    part of a move, and a slow machine pauses: so they are not looked for here."""
    page = visit(width).page
    wait(page, "neighbours.shown === board.pass")
    page.evaluate("window.lookForNeighbours = () => {}")
    hands, events, ended = Hands(page), [], []
    hands.session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    hands.session.on("Tracing.tracingComplete", lambda event: ended.append(event))
    page.mouse.move(*hands.place(0.3, 0.1).values())
    page.mouse.down()
    page.mouse.move(*hands.place(0.3, 0.2).values())
    shown(page)
    hands.session.send("Tracing.start", {"categories": "devtools.timeline"})
    for i in range(20):
        page.mouse.move(*hands.place(0.3 + 0.01 * (i % 2), 0.2 + i / 40).values())
        shown(page)
    hands.session.send("Tracing.end")
    for _ in range(500):
        if not ended:
            page.wait_for_timeout(20)
    page.mouse.up()
    layouts = [event["args"]["beginData"] for event in events if event["name"] == "Layout"]
    assert layouts and all(layout["partialLayout"] for layout in layouts)
    restyled = [event["args"].get("elementCount", 0) for event in events if "args" in event]
    assert 0 < max(restyled) < 200
