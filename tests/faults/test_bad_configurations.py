"""Configurations that are damaged, mad or malicious: refused with key and reason, or planned."""

import json
import math
import os
import re
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from fuzzing import many_times, many_times_on_two_cores, mutated, patient, within_a_second
from hypothesis import strategies as st
from project import ROOT, Project

from handwritten.config import configuration, loading
from handwritten.config.messages import ConfigurationError
from handwritten.plan import plan

pytestmark = pytest.mark.promise("bad input")
# Each share has examples of its own, and CI tries one in full with a commit.
IN_SHARES = pytest.mark.parametrize("share", range(4))

SHIPPED_TEXT = (ROOT / "config.yaml").read_text()
SHIPPED = yaml.safe_load(SHIPPED_TEXT)
SHORT = b"""\
seed: 3
report: [first, second]
runs:
  first: &first {trainer: phase2, activation: relu}
  second: {<<: *first, l2: 0.001}
"""
PLACE = r"\S+.yaml, line \d+, column \d+: "
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


@IN_SHARES
def test_configurations(kept, tries, share):
    outcomes = {accepted(SHIPPED, kept)}  # of few that are changed at random, none may be
    many_times(
        lambda config: outcomes.add(accepted(config, kept)), configurations(), tries(25, 1_250)
    )
    assert outcomes == {True, False}


@st.composite
def files(draw) -> bytes:
    """A configuration as a file: the shipped one with bytes changed, or other settings written as
    YAML or JSON, which may then have bytes changed too."""
    if draw(st.booleans()):
        return draw(mutated(draw(st.sampled_from([SHORT, SHORT, SHORT, SHIPPED_TEXT.encode()]))))
    config = draw(configurations())
    write = draw(st.sampled_from([yaml.safe_dump, yaml.dump, json.dumps]))
    with suppress(ValueError, yaml.YAMLError):  # not everything can be written
        data = write(config).encode(errors="surrogatepass")
        return draw(mutated(data)) if draw(st.booleans()) else data
    return SHORT


@IN_SHARES
def test_configuration_files(kept, tmp_path, tries, share):
    """Each is accepted, or refused within a second with the file's name and, where something is
    wrong in it, line and column."""

    @patient
    def check(data: bytes):
        path = tmp_path / f"{os.getpid()}.yaml"
        path.write_bytes(data)
        with within_a_second():
            try:
                file = loading.read.__wrapped__(path)  # which otherwise reads each file once
            except ConfigurationError as refusal:
                assert re.match(rf"{re.escape(str(path))}, line \d+, column \d+: ", str(refusal))
                return
            try:
                configuration.validated(file.values)
            except ConfigurationError as refusal:
                assert re.match(PLACE, loading.located(refusal, [file], file.values))
                return
        accepted(file.values, kept, [file])

    many_times_on_two_cores(check, files(), tries(25, 2_500))


BOMB = "a0: &a0 {x: x}\n" + "".join(
    f"a{i}: &a{i} {{{', '.join(f'k{j}: *a{i - 1}' for j in range(9))}}}\n" for i in range(1, 10)
)
OWNED = "__use_yte__: true\n? \"?open('owned', 'w').close() or 'seed'\"\n: 3\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return Project.fresh(tmp_path_factory.mktemp("configured") / "project")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "config.yaml, line 5, column 5: aliases stand for too many values"),
        (OWNED, "config.yaml, line 1, column 1: __use_yte__ would run code in this file"),
        ("runs:\n\tphase1: {}\n", "config.yaml, line 2, column 1: a tab; indent with spaces"),
        ("runs:\n  a:\n    l2:0\n    steps: 3\n", "config.yaml, line 3, column 8: write a space"),
        ("seed: 1\nsed: 2\n", "config.yaml, line 2, column 1: unknown key sed"),
    ],
)
def test_snakemake_says_one_sentence_of_it(project, text, message):
    """Our check comes before Snakemake reads the file."""
    whole = project.config_file.read_text()
    project.config_file.write_text(text)
    try:
        said = project.run("-n", status=1)
    finally:
        project.config_file.write_text(whole)
    assert message in said and "Traceback" not in said and len(said) < 700
    assert not (project.folder / "owned").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--configfile", "other.yaml"], "other.yaml, line 1, column 1: __use_yte__ would run"),
        (["--config", "__use_yte__=true"], "unknown key __use_yte__"),
        (["--config", "runs={phase1: {__use_yte__: true}}"], "unknown key runs.phase1.__use_yte__"),
    ],
)
def test_the_key_that_runs_code_is_refused_however_it_comes(project, arguments, message):
    (project.folder / "other.yaml").write_text("__use_yte__: true\n")
    assert message in project.run("-n", *arguments, status=1)
