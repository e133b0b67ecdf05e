"""How values are written in pages: the filters of the templates, JSON, and SVG beside other SVG."""

import json
import re
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup

LEARNT_DEV = "trained on dev as well, so dev says nothing about new images."  # what a * stands for


def percent(value: float | None, digits: int = 2) -> str:
    """0.98123 as 98.12%; a dash for what is undefined."""
    return "–" if value is None else f"{rounded(100 * value, digits)}%"


def rounded(value: float, digits: int) -> str:
    """The number with so many digits after the point. Halves are rounded away from 0, as the page's
    scripts do it with `toFixed`, and not to even digits as Python does."""
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"


def interval(bounds: list[float], digits: int = 2) -> str:
    """[0.97987, 0.98531] as 97.99–98.53%."""
    low, high = (rounded(100 * bound, digits) for bound in bounds)
    return f"{low}–{high}%"


def change_in_points(difference: dict) -> str:
    """{"mean": -0.0012, "low": -0.002, "high": -0.0005} as −0.12 (−0.20 to −0.05) points."""
    mean, low, high = (signed_points(difference[key]) for key in ("mean", "low", "high"))
    return f"{mean} ({low} to {high}) points"


def signed_points(share: float) -> str:
    """0.0012 as +0.12, in percentage points."""
    text = rounded(100 * share, 2)
    return "0.00" if float(text) == 0 else text.replace("-", "−") if share < 0 else f"+{text}"


def p_value(p: float) -> str:
    """0.0234 as 0.023; anything below 0.0001 as < 0.0001."""
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def power_of_ten(value: float) -> str:
    """3.24e-10 as 3.2 × 10⁻¹⁰, 1e-06 as 10⁻⁶."""
    digits, exponent = f"{value:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return ("" if digits == "1.0" else f"{digits} × ") + f"10{raised}"


def words(value) -> str:
    """A setting as people write it: lists without brackets, numbers without trailing zeros."""
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


SPELLINGS = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "gelu": "GELU", "adam": "Adam"} | {
    "nesterov": "Nesterov momentum",
    "he": "He",
    "xavier": "Xavier",
}


def spelled(name: str) -> str:
    """What the field writes for the name of an activation, optimizer or initialisation."""
    return SPELLINGS.get(name, name.replace("_", " "))


def names(runs: list[str]) -> Markup:
    """Names as code, in a sentence: a, b and c."""
    coded = [Markup("<code>{}</code>").format(name) for name in runs]
    return Markup(" and ").join([Markup(", ").join(coded[:-1])] * (len(coded) > 1) + coded[-1:])


def with_code(text: str) -> Markup:
    """Text for a page, what is between backticks as code."""
    parts = enumerate(text.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(x) if i % 2 else x for i, x in parts)


def json_text(value) -> Markup:
    """A value as JSON for a script element: no text in it can end the element."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))


def noun(classes: list[str]) -> str:
    """What an image shows, in a word: a digit, if the classes are digits."""
    return "digit" if classes == [str(k) for k in range(len(classes))] else "image"


def inline_svg(svg: str, prefix: str) -> Markup:
    """An SVG as part of a page, `prefix` before each of its ids, which may occur in others too."""
    return Markup(namespace_ids(svg, prefix))


def namespace_ids(svg: str, prefix: str) -> str:
    """The SVG with `prefix` before each of its ids."""
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)


FILTERS = {
    function.__name__: function
    for function in (
        percent,
        interval,
        change_in_points,
        p_value,
        power_of_ten,
        words,
        spelled,
        names,
        with_code,
        json_text,
        inline_svg,
    )
}
