"""A finished run as one file, which describes itself and can be continued."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
import yaml
from project import Project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def packed(built, shared):
    project = shared("crate", lambda folder: built.clone(folder).snakemake("crates"))
    (path,) = project.folder.glob("results/generated/crate/*/crate.zip")
    return path


@pytest.fixture(scope="module")
def unpacked(packed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    return Project(folder)


@pytest.fixture(scope="module")
def entities(unpacked):
    graph = json.loads((unpacked.folder / "ro-crate-metadata.json").read_text())["@graph"]
    return {entity["@id"]: entity for entity in graph}


def ids(value) -> list[str]:
    """The identifiers that a property points to."""
    return [each["@id"] for each in (value if isinstance(value, list) else [value])]


def test_the_unpacked_crate_is_the_project_with_its_results(unpacked, built):
    assert unpacked.jobs() == {"publish": 1}
    unpacked.snakemake()
    made = unpacked.artifacts()
    assert made.items() <= built.artifacts().items()
    assert "results/generated/report.html" in made


def test_every_file_in_it_is_described_and_is_what_it_is_said_to_be(unpacked, entities):
    apart = {"ro-crate-metadata.json", "ro-crate-preview.html", "config.yaml"}
    kinds = ("results/generated/report.html", ".snakemake", "logs")
    for path in sorted(unpacked.folder.rglob("*")):
        name = str(path.relative_to(unpacked.folder))
        made_since = name.startswith(kinds) or path.parent.name == "generated"
        if path.is_dir() or name in apart or made_since or "__pycache__" in name:
            continue
        entity = entities[name]
        assert entity["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), name
        assert entity["contentSize"] == str(path.stat().st_size), name
        assert "/" in entity["encodingFormat"], name
        assert name in ids(entities["./"]["hasPart"]), name


def test_a_crate_of_artifacts_that_are_not_complete_is_refused(built, tmp_path):
    project = built.clone(tmp_path / "clone")
    (record,) = project.folder.glob("results/generated/train_phase2/*/run.json")
    record.unlink()
    said = project.snakemake("crates", status=1)
    assert "run.json is missing, and a crate holds complete artifacts" in said


def test_the_run_is_described_from_the_data_to_the_page(entities):
    run = entities["#run"]
    assert ids(run["instrument"]) == ["workflow/Snakefile"]
    assert [Path(name).name for name in ids(run["result"])] == ["report.html", "summary.json"]
    config, *data = ids(run["object"])
    assert config == "config.yaml"
    assert {entities[path]["encodingFormat"] for path in data} == {"application/gzip"}
    assert len(data) == 4
    assert run["startTime"] <= run["endTime"]


def test_it_has_the_configuration_complete_and_says_what_it_is(unpacked, entities, built):
    config = yaml.safe_load((unpacked.folder / "config.yaml").read_text())
    assert config["report"] == ["phase1", "phase2"]
    assert config["runs"]["phase2"]["activation"] == "relu"
    assert config["generated"] == built.config()["generated"]
    root = entities["./"]
    assert root["name"].startswith("Handwritten: phase1, phase2 on ")
    assert root["license"]["@id"] == "https://spdx.org/licenses/MIT"
    assert root["mainEntity"]["@id"] == "workflow/Snakefile"
    language = entities["workflow/Snakefile"]["programmingLanguage"]["@id"]
    assert entities[language]["name"] == "Snakemake"
