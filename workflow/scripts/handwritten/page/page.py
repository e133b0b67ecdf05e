"""Facts in, HTML out: one page with everything inside, the same bytes for the same facts."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parents[3] / "report"
# What all sections build on stands before them.
FIRST = ("page.css", "network.js", "data.js", "page.js")


def report(facts: dict) -> str:
    """The page, with every style and script of workflow/report in it."""
    styles = [file.name for file in sources("*.css")]
    return render(
        "page.html.j2", **facts, styles=styles, scripts=list(map(script, sources("*.js")))
    )


def sources(pattern: str) -> list[Path]:
    """The files of workflow/report that match, in the order in which they stand in the page."""
    places = {name: place for place, name in enumerate(FIRST)}
    files = TEMPLATES.glob(pattern)
    return sorted(files, key=lambda file: (places.get(file.name, len(FIRST)), file.name))


def script(file: Path) -> dict:
    """A script's name, its text, and the hash by which the page's own policy lets it run.

    The text may not hold what would end its element: ValueError.
    """
    text = "\n" + file.read_text(encoding="utf-8")
    if "</script" in text.lower():
        raise ValueError(f"{file} holds </script, which would end it within the page")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return {"name": file.name, "text": text, "allowed": f"sha256-{digest}"}


def render(template: str, **facts) -> str:
    """A template of workflow/report filled in; text is escaped, a missing fact is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters = (percent, interval, words, p_value, power_of_ten)
    environment.filters |= {function.__name__: function for function in filters}
    return environment.get_template(template).render(facts)


def percent(value: float | None, digits: int = 2) -> str:
    """0.98123 as 98.12%; a dash for what is undefined."""
    return "–" if value is None else f"{100 * value:.{digits}f}%"


def interval(bounds: list[float]) -> str:
    """[0.97987, 0.98531] as 97.99–98.53%."""
    low, high = (f"{100 * bound:.2f}" for bound in bounds)
    return f"{low}–{high}%"


def p_value(p: float) -> str:
    """0.0234 as 0.023; below 0.0001 only that."""
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def power_of_ten(value: float) -> str:
    """3.24e-10 as 3.2 × 10⁻¹⁰, 1e-06 as 10⁻⁶."""
    digits, exponent = f"{value:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return ("" if digits == "1.0" else f"{digits} × ") + f"10{raised}"


def words(value) -> str:
    """A setting as people write it: lists without brackets, numbers without needless zeros."""
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def summary(settings: dict, metrics: dict[str, dict]) -> dict:
    """What other programs read: every run's version, size and scores. `metrics` is by run name."""
    return {
        "schema": 1,
        "dataset": settings["dataset"],
        "classes": settings["classes"],
        "image_shape": settings["image_shape"],
        "fallback": settings["fallback"] is not None,
        "runs": {run["name"]: summarised(run, metrics[run["name"]]) for run in settings["runs"]},
    }


def summarised(run: dict, facts: dict) -> dict:
    """One run's entry of the summary: a single model has a `model`, an ensemble its `members`."""
    splits = {
        split: {key: facts[split][key] for key in ("n", "errors", "accuracy", "wilson95")}
        for split in ("dev", "test")
    }
    models = {"members": run["models"]} if run["ensemble"] else {"model": run["models"][0]}
    return (
        {
            "version": run["version"],
            "layer_dims": facts["layer_dims"],
            "parameters": facts["parameters"],
        }
        | models
        | splits
    )
