"""config/README.md and the schema for editors, made from the models: `make docs`."""

import ast
import inspect
import itertools
from pathlib import Path
from typing import Any

import yaml
from pydantic.json_schema import GenerateJsonSchema

from handwritten.config.fields import Section
from handwritten.config.run_settings import (
    BASELINES,
    RUNS,
    STEPS,
    Change,
    DeclaredSettings,
    Titled,
)
from handwritten.config.schema import Rules, allowed, options, schema_of
from handwritten.config.sections import Configuration, OwnData

ROOT = Path(__file__).resolve().parents[4]
INTRODUCTION = """# Every key of config.yaml

Made by `make docs` from [the models](../workflow/scripts/handwritten/config/sections.py) that check
the configuration; a test fails when this table is out of date. Unknown keys and values out of range
are refused before any job starts. Values given with `--config` are checked in the same way:
`snakemake --cores 4 --config seed=2 'runs={"phase2": {"learning_rate": 0.05}}'`.
"""
OWN_INTRODUCTION = """
## Your own images

The keys of `dataset` where it is a mapping. [docs/own-images.md](../docs/own-images.md) goes from a
folder of pictures to a page.
"""
RUNS_INTRODUCTION = """
## Runs

Each entry of `runs` has a name of its own (lower-case letters, digits and underscores) and either a
`trainer` or `extends: <another run>`, whose settings it then takes over, except for
`reported_accuracy` and where it gives its own. Every run is a target: `snakemake --cores 4 <run>`
trains and evaluates it.
"""
STEPS_INTRODUCTION = """## Steps of the ablation study

A step has the same settings as a run, except for `reported_accuracy` and `seed`, and the following
of its own. Settings that it does not give are those of the step before. A baseline has the settings
of its trainer and a `change`.
"""
EXTENDS = "The run whose settings this one takes over where it does not give its own."
MADE = "Made by `make docs` from workflow/scripts/handwritten/config/sections.py."
HEAD = ["| key | meaning | allowed | default |", "|---|---|---|---|"]


def meanings(model: type[Section]) -> dict[str, str]:
    """The string below each field of a model, and of the models that it inherits from."""
    fields = model.model_fields.items()
    found = {name: field.description for name, field in fields if field.description}
    for each in reversed(model.__mro__[: model.__mro__.index(Section)]):
        if each is DeclaredSettings:
            continue  # these have their description in the field
        definition: Any = ast.parse(inspect.getsource(each)).body[0]
        for pair in itertools.pairwise(definition.body):
            match pair:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str(text))):
                    found[name] = inspect.cleandoc(text).replace("\n", " ")
    return found


def table(model: type[Section], prefix: str = "") -> list[str]:
    """The rows of a model's settings, those of its sections with their full names."""
    rows, schema, text = [], schema_of(model), meanings(model)
    for key, field in model.model_fields.items():
        rules = schema["properties"][key]
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            rows += table(field.annotation, f"{prefix}{key}.")
        elif key != "runs":
            values = allowed(options(rules, schema))
            default = "" if rules.get("default") is None else f"`{rules['default']}`"
            rows.append(f"| `{prefix}{key}` | {text[key]} | {values} | {default} |")
    return rows


def readme() -> str:
    """The text of config/README.md."""
    parts = [INTRODUCTION, *HEAD, *table(Configuration), OWN_INTRODUCTION]
    parts += [*HEAD, *table(OwnData), RUNS_INTRODUCTION]
    for trainer, model in RUNS.items():
        parts += [f"### trainer: {trainer}", "", *HEAD, *table(model), ""]
    parts += [STEPS_INTRODUCTION, *HEAD, *table(Change), ""]
    for trainer, step in (STEPS | BASELINES).items():
        if trainer not in RUNS and step.model_fields.keys() > Titled.model_fields.keys():
            parts += [f"### trainer: {trainer}", "", *HEAD, *table(step), ""]
    return "\n".join(parts).rstrip() + "\n"


class Generator(GenerateJsonSchema):
    """JSON schemas with the meanings of settings, and without titles that repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def model_schema(self, schema: Any) -> Rules:
        rules = super().model_schema(schema)
        for key, text in meanings(schema["cls"]).items():
            rules["properties"][key]["description"] = text
        return rules


def editor_schema() -> Rules:
    """The JSON schema by which editors complete and explain the keys of config.yaml."""
    schema = Configuration.model_json_schema(schema_generator=Generator)
    runs = schema["properties"]["runs"]
    (pattern,) = runs["patternProperties"]
    runs["patternProperties"] = {pattern: {"anyOf": [run(model) for model in RUNS.values()]}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def run(model: type[Section]) -> Rules:
    """The rules of a run. What it lacks it may have from the run that it extends."""
    rules = model.model_json_schema(schema_generator=Generator)
    rules["properties"]["extends"] = {"type": "string", "description": EXTENDS}
    return {key: value for key, value in rules.items() if key != "required"}


def write(root: Path = ROOT) -> None:
    """Write both files."""
    (root / "config/README.md").write_text(readme(), encoding="utf-8")
    text = yaml.safe_dump(
        editor_schema(), sort_keys=False, allow_unicode=True, default_flow_style=None, width=1000
    )
    (root / "workflow/schemas/config.schema.yaml").write_text(f"# {MADE}\n{text}", encoding="utf-8")


if __name__ == "__main__":
    write()
