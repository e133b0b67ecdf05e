"""Types of settings: numbers, words from a registry, lists in which nothing is repeated."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import core_schema


class Section(BaseModel):
    """A part of the configuration. Its keys are its fields, and no others are allowed; the string
    below a field says what the setting means.

    Text from the command line, and YAML's `1e-4`, which is text too, becomes numbers.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True
    )


@dataclass(frozen=True, eq=False)
class OneOf:
    """Marks text that has to be one of these words, for example the names in a registry."""

    words: Iterable[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema(list(self.words))


def no_truth_value(value: Any) -> Any:
    """The value, unless it is True or False, which Python takes for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("a number is expected")
    return value


def without_repetition(values: list) -> list:
    """The list, unless two of its items are equal."""
    if len(set(values)) < len(values):
        raise ValueError("an item is repeated")
    return values


def on_one_line(text: str) -> str:
    """The text, unless it has control characters or line breaks in it."""
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", text):
        raise ValueError("one line is expected")
    return text


# A range stands before NUMERIC, or pydantic leaves it out of what it says of a type.
NUMERIC = BeforeValidator(no_truth_value)
Whole = Annotated[int, NUMERIC]
Number = Annotated[float, NUMERIC]
Share = Annotated[float, Field(ge=0, le=1), NUMERIC]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1), NUMERIC]
Text = Annotated[str, Field(min_length=1)]
Line = Annotated[
    str, AfterValidator(on_one_line), Field(min_length=1, json_schema_extra={"format": "one line"})
]
# Items that are all different.
Unique = (AfterValidator(without_repetition), Field(json_schema_extra={"uniqueItems": True}))
Seeds = Annotated[list[Seed], *Unique]
