"""Pages from templates: one HTML file with everything inside, the same bytes from the same data."""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from handwritten.evaluation.out_of_distribution import KEPT
from handwritten.io import files
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.page import (
    by_hand,
    embedding,
    formats,
    glossary,
    headings,
    javascript,
    mathematics_section,
    template_files,
)

# Comments that are alone in their lines.
COMMENTS = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/\n|^ *//[^\n]*\n", re.DOTALL | re.MULTILINE)


def report(context: dict) -> str:
    """The report: the sections that have something to show, with their styles and scripts."""
    context = context | described(context)
    sections = with_glossary(shown_sections(context), context)
    shared = template_files.REPORT / "shared"
    folders = [shared, *(template_files.REPORT / section["name"] for section in sections)]
    scripts = [
        template_files.name(file)
        for folder in folders
        for file in template_files.matching(folder, "*.js")
    ]
    styles = [template_files.name(file) for file in template_files.matching(shared, "*.css")]
    declarations = inline_script("declarations.js", embedding.declarations_script())
    return render(
        "shared/report.html.j2",
        **context,
        sections=sections,
        shared_styles=styles,
        scripts=[declarations, *map(script, scripts)],
    )


def described(context: dict) -> dict:
    """What all sections may use beside their data."""
    noun = formats.noun(context["classes"])
    return {
        "default": context["runs"][-1],
        "declared": mathematics_section.declared(context["runs"][-1]),
        "embeddable": [run for run in context["runs"] if not run["not_embeddable"]],
        "by_hand": by_hand.NUMBERS,
        "far_kept": KEPT,
        "noun": noun,
        "a_noun": "an image" if noun == "image" else f"a {noun}",
        **trainable(),
    }


def trainable() -> dict:
    """What a network that is trained in the page can be made of: all that has a JavaScript form."""
    return {
        "activations": [name for name, each in ACTIVATIONS.items() if each.javascript],
        "initialisations": [name for name, each in INITIALISATIONS.items() if each.javascript],
        "optimizers": [each for each in OPTIMIZERS.values() if javascript.optimizer(each)],
        "not_trainable": [
            *(name for name, each in ACTIVATIONS.items() if not each.javascript),
            *(name for name, each in INITIALISATIONS.items() if not each.javascript),
            *(name for name, each in OPTIMIZERS.items() if not javascript.optimizer(each)),
        ],
    }


def shown_sections(context: dict) -> list[dict]:
    """The sections that are not empty, in their order: name, title, html and styles.

    A section's template sets its `order` and its `title`; ValueError where it does not. One that is
    a step of a first visit says in its `task` what there is to do.
    """
    sections = [shown_section(folder, context) for folder in template_files.section_folders()]
    shown = [section for section in sections if section["html"].strip()]
    return sorted(shown, key=lambda section: (section["order"], section["name"]))


def shown_section(folder: Path, context: dict) -> dict:
    """The section in this folder; its html is empty where it has nothing to show."""
    template = environment().get_template(f"{folder.name}/section.html.j2")
    section = template.make_module(context)
    if not hasattr(section, "order") or not hasattr(section, "title"):
        raise ValueError(
            f"{template.filename} does not say where it belongs: begin it with "
            '{% set order = 75 %} and {% set title = "…" %}'
        )
    styles = [template_files.name(file) for file in template_files.matching(folder, "*.css")]
    shown = {"name": folder.name, "title": section.title, "html": Markup(section), "styles": styles}
    return shown | {"order": section.order, "task": getattr(section, "task", "")}


def with_glossary(sections: list[dict], context: dict) -> list[dict]:
    """The sections with links to the glossary, which comes after them, with the words that they
    have."""
    terms: dict[str, list[glossary.Term]] = {}
    for section in sections:
        section["html"], terms[section["name"]] = glossary.linked(section["html"])
    titles = {section["name"]: section["title"] for section in sections}
    entries = glossary.entries(terms)
    folder = template_files.REPORT / "glossary"
    return [*sections, shown_section(folder, context | {"glossary": entries, "titles": titles})]


def section_data(inputs: dict) -> dict[str, dict]:
    """What steps hand to sections, by role: a JSON file's object, and an SVG beside it as its
    `figure`. Roles without files are left out."""
    data: dict[str, dict] = {}
    for role, paths in inputs.items():
        for path in map(Path, [paths] if isinstance(paths, str) else paths):
            text = files.read_text(path)
            content = json.loads(text) if path.suffix == ".json" else {"figure": text}
            data[role] = data.get(role, {}) | content
    return data


def script(name: str) -> dict:
    """A script by its path below workflow/report, as in `inline_script`, without its comments: 70
    kB that no browser reads."""
    text = (template_files.REPORT / name).read_text(encoding="utf-8")
    return inline_script(name, COMMENTS.sub("", text))


def inline_script(name: str, text: str) -> dict:
    """A script's name and text, and the hash by which the page's own policy lets it run.

    ValueError: the text holds what would end its element.
    """
    text = "\n" + text
    if "</script" in text.lower():
        raise ValueError(f"{name} holds </script, which would end it within the page")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    is_worker = name.endswith(".worker.js")
    return {"name": name, "text": text, "hash": f"sha256-{digest}", "is_worker": is_worker}


def font(name: str) -> str:
    """A font of workflow/report as an address that holds all of it."""
    data = base64.b64encode((template_files.REPORT / name).read_bytes()).decode()
    return f"data:font/woff2;base64,{data}"


def render(template: str, **context) -> str:
    """A template of workflow/report filled in; text is escaped, a missing value is an error."""
    return headings.linked(environment().get_template(template).render(context))


@cache
def environment() -> Environment:
    """Jinja with the page's filters."""
    made = Environment(
        loader=FileSystemLoader(template_files.REPORT),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= formats.FILTERS
    made.globals |= {"script": script, "scripts": (), "font": font}
    made.globals["LEARNT_DEV"] = formats.LEARNT_DEV
    return made
