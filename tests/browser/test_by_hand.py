"""Backpropagation by hand: the page works out the lines of the library, for any numbers."""

import numpy as np
import pytest

from handwritten.page import by_hand

BACKWARD = ("delta2", "dW2", "db2", "da1", "delta1", "dW1", "db1")
FORWARD = ("z1", "a1", "z2", "p", "J")


@pytest.fixture
def page(visit):
    return visit().page


def inputs(page, name: str):
    return page.locator(f"#by-hand [data-number='{name}']")


def text_of(rows) -> str:
    if len(rows) == len(rows[0]) == 1:
        return rows[0][0]
    return "\n".join(f"({', '.join(row)})" for row in rows)


def check(page, numbers) -> None:
    """Every line of the table is that of the library, and so are the results behind it."""
    after = by_hand.stepped(numbers)
    lines = dict(zip(FORWARD, by_hand.forward(numbers), strict=True))
    lines |= dict(zip(BACKWARD, by_hand.backward(numbers), strict=True))
    lines |= dict(zip(by_hand.PARAMETERS, by_hand.step(numbers), strict=True))
    lines |= {
        f"{name} after": line for name, line in zip(FORWARD, by_hand.forward(after), strict=True)
    }
    for name, line in lines.items():
        row = page.locator(f"#by-hand [data-line-of='{name}']")
        work = "" if line.work == line.result else text_of(line.work)
        assert row.locator(".work").text_content() == work, name
        assert row.locator(".result").text_content() == text_of(line.result), name
    for found, expected in (("results", numbers), ("after", after)):
        for name, array in by_hand.computed(expected).items():
            values = page.evaluate(f"byHand.{found}.{name}")
            np.testing.assert_allclose(values, array.ravel(), atol=1e-12, err_msg=name)


def test_it_begins_with_the_declared_numbers(page):
    for name in ("x", *by_hand.PARAMETERS):
        values = [float(field.input_value()) for field in inputs(page, name).all()]
        assert values == np.ravel(by_hand.NUMBERS[name]).tolist()
    check(page, by_hand.NUMBERS)
    words = page.locator("#by-hand-words").inner_text()
    assert words == "The step changes the loss by −0.143: it falls from 0.580 to 0.437."


def test_a_change_works_everything_out_again(page):
    inputs(page, "b1").first.fill("-1")
    check(page, by_hand.NUMBERS | {"b1": [[-1, 0.2]]})
    assert page.evaluate("byHand.results.dW1.filter((value, i) => i % 2 === 0)") == [0, 0]
    inputs(page, "W1").nth(2).fill("-1.25")
    inputs(page, "x").last.fill("-3")
    page.locator("#by-hand-y").select_option("0")
    page.locator("#by-hand-rate").fill("7")
    changed = {"W1": [[0.4, -0.2], [-1.25, 0.8]], "x": [[1, -3]], "y": 0, "learning_rate": 7}
    check(page, by_hand.NUMBERS | {"b1": [[-1, 0.2]]} | changed)
    inputs(page, "x").last.fill("")  # an empty field changes nothing yet
    check(page, by_hand.NUMBERS | {"b1": [[-1, 0.2]]} | changed)
    page.locator("#by-hand-reset").click()
    check(page, by_hand.NUMBERS)


def test_what_the_section_proposes_to_try_is_so(page):
    page.locator("#by-hand-y").select_option("0")
    signs = page.evaluate("['dW1', 'db1', 'dW2', 'db2'].flatMap((name) => byHand.results[name])")
    before = [by_hand.computed(by_hand.NUMBERS)[f"d{name}"] for name in by_hand.PARAMETERS]
    assert (np.sign(signs) == -np.sign(np.concatenate([each.ravel() for each in before]))).all()
    page.locator("#by-hand-reset").click()
    page.locator("#by-hand-rate").fill("10")
    assert page.evaluate("byHand.after.p[0]") > 0.9999
