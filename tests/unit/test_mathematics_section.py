"""The section of formulas: those of the runs that are shown, beside the code that computes them."""

import xml.etree.ElementTree as ElementTree

import pytest

from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES
from handwritten.page import by_hand, excerpts, mathematics_section, page

PHASE1 = {"hidden_units": 10, "initial_range": 0.5, "steps": 500, "learning_rate": 0.1}


PHASE2 = {"batch_size": 128, "optimizer": "momentum", "momentum": 0.9, "initialisation": "he"}


ARITY = {"msub": 2, "msup": 2, "mfrac": 2, "munder": 2, "msubsup": 3, "munderover": 3}


def mathematics(dims, settings, activation="relu", ensemble=False):
    """The page's section on mathematics, as a tree, for a default run like this."""
    default = {
        "name": "<run>",
        "metrics": {"layer_dims": dims},
        "provenance": [{"made_from": {"settings": settings}}],
        "activation": activation,
        "ensemble": ensemble,
    }
    check = {"what": "all", "layer_dims": [3, 2], "activation": "tanh", "loss": "squared"}
    check |= {"parameters": 8, "error": 1.24e-9}
    formula = {"name": "cube", "kind": "activation", "formula": "b = z\na = b**3"}
    formulas = [formula | {"difference": difference} for difference in (0.0, 1.1e-16)]
    gradients = {"step": 1e-6, "bound": 1e-7, "checks": [check], "formulas": formulas}
    shown = {"excerpts": excerpts.shown(), "gradients": gradients, "default": default}
    shown["declared"] = mathematics_section.declared(default)
    shown["by_hand"] = by_hand.NUMBERS
    html = page.render("mathematics/section.html.j2", **shown, image_shape=[28, 28])
    return ElementTree.fromstring(f"<section>{html}</section>")


def words_of(element):
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize(
    "section",
    [
        mathematics([784, 128, 64, 10], PHASE2),
        mathematics([784, 10, 10], PHASE1),
        mathematics([784, 10], PHASE2 | {"batch_size": "full"}, "gelu"),
        mathematics([784, 30, 10], PHASE2, ensemble=True),
    ],
    ids=["phase2", "phase1", "no hidden layer", "ensemble"],
)
def test_every_formula_has_the_parts_that_browsers_want(section):
    """A fraction with three parts is shown as an error, or not at all."""
    for formula in section.iter("math"):
        for element in formula.iter():
            assert len(element) == ARITY.get(element.tag, len(element)), words_of(formula)
            leaf = element.tag in ("mi", "mn", "mo", "mtext")
            assert not leaf or (element.text and not len(element)), words_of(formula)
            assert leaf or not (element.text or "").strip(), words_of(formula)
            between = "" if element is formula else element.tail or ""
            assert not between.strip(), words_of(formula)


def test_the_shapes_are_those_of_the_default_run():
    words = words_of(mathematics([784, 128, 64, 10], PHASE2 | {"batch_size": 100}))
    for shapes in (
        "(100, 784) @ (784, 128) + (128,)(100, 128)",
        "(100, 64) @ (64, 10) + (10,)(100, 10)",
        "(64, 100) @ (100, 10)(64, 10)",
        "(100, 10) @ (10, 64) * (100, 64)(100, 64)",
        "(784, 100) @ (100, 128)(784, 128)",
    ):
        assert shapes in words
    assert "@ (128, 784)" not in words  # there is no error signal at the pixels
    assert "standard deviations are 0.051, 0.125, 0.177." in words
    words = words_of(mathematics([784, 10, 10], PHASE1))
    assert "(n, 784) @ (784, 10) + (10,)" in words and "standard deviations" not in words


def test_the_section_says_what_the_default_run_was_trained_with():
    words = words_of(mathematics([784, 128, 64, 10], PHASE2))
    assert "In <run>: optimizer: momentum, momentum: 0.9." in words
    assert "In <run>: not used." in words  # schedule and smoothing
    words = words_of(mathematics([784, 30, 10], PHASE2, ensemble=True))
    assert "In <run>'s members: optimizer: momentum, momentum: 0.9." in words


def test_formulas_of_what_the_section_does_not_derive_are_the_declared_ones():
    chosen = {"optimizer": "adam", "schedule": "exponential", "initialisation": "xavier"}
    words = words_of(mathematics([784, 30, 10], PHASE2 | chosen, "gelu"))
    for each in (ACTIVATIONS["gelu"], OPTIMIZERS["adam"], SCHEDULES["exponential"]):
        assert " ".join(each.formula.split()) in words
    assert " ".join(INITIALISATIONS["xavier"].formula.split()) in words
    assert "The steps of <run> are others: its optimizer is adam." in words
    assert "ReLU and its derivative" not in words and "standard deviations" not in words
    words = words_of(mathematics([784, 30, 10], PHASE2))
    assert " ".join(OPTIMIZERS["momentum"].formula.split()) not in words


def test_what_is_copied_from_an_excerpt_is_its_code_alone():
    section, shown = mathematics([784, 128, 64, 10], PHASE2), excerpts.shown()
    found = {"".join(code.itertext()) for code in section.iterfind(".//pre/code")}
    assert found == {"".join(f"{text}\n" for _, text in each["lines"]) for each in shown.values()}


def test_the_section_is_in_order_for_those_who_do_not_see_it():
    section = mathematics([784, 128, 64, 10], PHASE2)
    headings = [element.tag for element in section.iter() if element.tag in ("h2", "h3", "h4")]
    assert set(headings) == {"h3"}
    for table in section.iter("table"):
        assert words_of(table.find("caption"))
        assert all(cell.get("scope") in ("col", "row", "rowgroup") for cell in table.iter("th"))
    for element in section.iter():
        if element.get("tabindex"):
            assert element.get("role") == "group" and element.get("aria-label")
    assert "all3 → 2tanhsquared81.2 × 10⁻⁹" in words_of(section)
    assert "cubeactivationb = za = b**30" in words_of(section)
    assert "a = b**31.1 × 10⁻¹⁶" in words_of(section)
