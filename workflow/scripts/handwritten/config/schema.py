"""What the models allow, in words. pydantic describes a model as a JSON schema, whose parts are
called `rules` here; messages and tables read them, so that they say what is checked."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

Rules = dict[str, Any]
KINDS = {"array": "list", "object": "mapping", "string": "text"}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minItems": "at least {} long",
    "maxItems": "at most {} long",
    "minLength": "not empty",
    "maxLength": "at most {} characters",
}


@cache
def schema_of(model: type[BaseModel]) -> Rules:
    """The JSON schema of a model."""
    return model.model_json_schema()


def options(rules: Rules, schema: Rules) -> list[Rules]:
    """The alternatives that the rules allow, apart from null, which is the same as no value."""
    if "$ref" in rules:
        rules = schema["$defs"][rules["$ref"].rpartition("/")[2]]
    if "anyOf" in rules:
        return [each for option in rules["anyOf"] for each in options(option, schema)]
    return [] if rules.get("type") == "null" else [rules]


def options_at(path: tuple, schema: Rules) -> list[Rules]:
    """The alternatives at a path: ("report", 0) leads to the rules of an item of `report`."""
    found = options(schema, schema)
    for part in path:
        inner = [rules for option in found if (rules := below(option, part))]
        found = [each for rules in inner for each in options(rules, schema)]
    return found


def below(rules: Rules, part: str | int) -> Rules | None:
    """The rules of a key's value or of an item, if these are rules of a mapping or a list."""
    if isinstance(part, int):
        return rules.get("items")
    others = [*rules.get("patternProperties", {}).values(), rules.get("additionalProperties")]
    found = [rules.get("properties", {}).get(part), *others]
    return next((each for each in found if isinstance(each, dict)), None)


def keys(found: list[Rules]) -> list[str]:
    """The keys that a mapping with these rules may have."""
    return [key for rules in found for key in rules.get("properties", {})]


def words(found: list[Rules]) -> list[str]:
    """The words that are allowed among other values."""
    return [word for rules in found for word in rules.get("enum", [rules.get("const")]) if word]


def allowed(found: list[Rules]) -> str:
    """The alternatives in words: "integer, at least 1 or full"."""
    return " or ".join(dict.fromkeys(map(described, found)))


def described(rules: Rules) -> str:
    """One alternative in words: its words, or its type and bounds."""
    if named := words([rules]):
        return " or ".join(named)
    if "pattern" in rules or "type" not in rules:
        return rules.get("description", "any value")
    kind: str = rules["type"]
    example = "".join(f" (for example {each})" for each in rules.get("examples", []))
    return ", ".join([KINDS.get(kind, kind) + item_words(rules), *bounds(rules)]) + example


def item_words(rules: Rules) -> str:
    """What is said of a list's items, and how many there are if that is fixed."""
    items, count = rules.get("items"), rules.get("minItems")
    fixed = f" of {count}" if count and count == rules.get("maxItems") else ""
    if items and fixed:
        return f"{fixed}, each {allowed(options(items, rules))}"
    return f" of ({allowed(options(items, rules))})" if items else fixed


def bounds(rules: Rules) -> Iterator[str]:
    """What is said of a value beside its type."""
    if rules.get("uniqueItems"):
        yield "each once"
    fixed = rules.get("minItems") == rules.get("maxItems")  # which item_words says
    for key, text in BOUNDS.items():
        if key in rules and not (fixed and key.endswith("Items")):
            yield text.format(rules[key])
    if rules.get("format") == "one line":
        yield "on one line"
