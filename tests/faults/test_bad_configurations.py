"""Configurations that are damaged, mad or malicious: refused with key and reason, or planned."""

import math
import re
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from fuzzing import many_times, mutated
from hypothesis import strategies as st
from project import ROOT

from handwritten.config import configuration, loading
from handwritten.config.messages import ConfigurationError
from handwritten.plan import plan

pytestmark = pytest.mark.promise("bad input")

SHIPPED_TEXT = (ROOT / "config.yaml").read_text()
SHIPPED = yaml.safe_load(SHIPPED_TEXT)
PLACE = r"\S+config.yaml, line \d+, column \d+: "
JUNK = st.one_of(
    st.sampled_from(
        [
            None,
            True,
            False,
            [],
            {},
            "",
            "true",
            "1e400",
            "nan",
            "-0",
            "0x10",
            "1_000",
            "𝟙",
            "\0",
            "../x",
        ]
    ),
    st.sampled_from(
        [math.nan, math.inf, -math.inf, 1e308, -1, 0, 2**63, 10**400, 0.5, "0.5", [[]]]
    ),
    st.text(max_size=9),
    st.integers(),
    st.floats(),
    st.recursive(
        st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=4,
    ),
)


def places(value, path=()) -> list[tuple]:
    """The paths to everything in a nested configuration."""
    found = [path] * bool(path)
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(inner, (*path, key))
    return found


PLACES = places(SHIPPED)


@st.composite
def configurations(draw) -> dict:
    """The shipped configuration with one to three settings replaced, removed, added or moved."""
    config = deepcopy(SHIPPED)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PLACES))
        other = draw(st.sampled_from(PLACES))
        change = draw(st.integers(0, 3))
        try:
            parent = config
            for key in path[:-1]:
                parent = parent[key]
            value = SHIPPED
            for key in other:
                value = value[key]
            if change == 0:
                parent[path[-1]] = draw(JUNK)
            elif change == 1:
                del parent[path[-1]]
            elif change == 2:
                parent[path[-1]] = deepcopy(value)
            else:
                parent[draw(st.text(max_size=5))] = deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change has taken the place away
    return config


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """What a plan has to know about code, worked out once for all of them."""
    file = tmp_path_factory.mktemp("kept") / "kept.json"
    plan.Plan(configuration.validated(SHIPPED), cores=2, cache=file).steps.cache.save()
    return file


def accepted(config: dict, kept: Path, files=()) -> bool:
    """Whether a configuration is; if so it must be one that can be planned, and stay as it is."""
    try:
        valid = configuration.validated(config)
    except ConfigurationError as refusal:
        message = str(refusal)
        assert message.startswith("config: ") and len(message) < 2_000
        located = loading.located(refusal, files, config)
        assert re.match(PLACE if files else "config: ", located)
        return False
    assert configuration.validated(valid) == valid
    assert plan.Plan(valid, cores=2, cache=kept).steps.by_version
    return True


def test_configurations(kept, tries):
    outcomes = set()
    many_times(
        lambda config: outcomes.add(accepted(config, kept)), configurations(), tries(150, 10_000)
    )
    assert outcomes == {True, False}


def test_configuration_files(kept, tmp_path, tries):
    path = tmp_path / "config.yaml"

    def check(data: bytes):
        path.write_bytes(data)
        try:
            file = loading.read.__wrapped__(path)  # which otherwise reads each file once
        except ConfigurationError as refusal:
            assert str(path) in str(refusal)
            return
        accepted(file.values, kept, [file])

    many_times(check, mutated(SHIPPED_TEXT.encode()), tries(30, 2_000))
