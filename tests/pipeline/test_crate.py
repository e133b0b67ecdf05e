"""A finished run as one file, which says what was made of what, and can be gone on with."""

import hashlib
import json
import re
import zipfile

import pytest
import yaml
from project import Project


@pytest.fixture(scope="module")
def packed(built, tmp_path_factory):
    project = built.clone(tmp_path_factory.mktemp("packed") / "clone")
    project.snakemake("crates")
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


def test_a_crate_of_artifacts_that_are_not_whole_is_refused(built, tmp_path):
    project = built.clone(tmp_path / "clone")
    (record,) = project.folder.glob("results/generated/train_phase2/*/run.json")
    record.unlink()
    said = project.snakemake("crates", status=1)
    assert "run.json is not here, and a crate packs artifacts whole" in said


def test_its_cover_leads_to_the_page_and_to_every_job(unpacked):
    cover = (unpacked.folder / "ro-crate-preview.html").read_text()
    links = [link for link in re.findall(r'href="([^"]+)"', cover) if "://" not in link]
    assert all((unpacked.folder / link).exists() for link in links)
    assert sum(link.endswith("provenance.json") for link in links) == 12
    assert sum(link.endswith("report.html") for link in links) == 1
    assert not re.search(r"<script|src=", cover)


def test_the_page_can_be_followed_back_to_the_data(entities):
    """From action to action, by what each read and made."""
    actions = [e for e in entities.values() if e["@type"] == "CreateAction" and e["@id"] != "#run"]
    maker = {file: action for action in actions for file in ids(action["result"])}
    seen, ahead = set(), ids(entities["#run"]["result"])[:1]
    while ahead:
        action = maker[ahead.pop()]
        if action["@id"] not in seen:
            seen.add(action["@id"])
            ahead += ids(action.get("object", []))
    steps = {name.strip("#").split("/")[0] for name in seen}
    assert {"generate_digits", "parse_idx", "train_phase2", "evaluate", "report"} <= steps
    for action in actions:
        step = action["@id"].strip("#").split("/")[0]
        assert ids(action["instrument"]) == [f"workflow/scripts/{step}.py"]
        assert action["startTime"] <= action["endTime"]


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
