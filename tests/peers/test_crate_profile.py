"""A run's RO-Crate keeps to the profiles it names, by the validator of those who wrote them."""

import json
import zipfile
from importlib.resources import files

import pytest
import requests
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its own libraries
NAMESPACE = "https://w3id.org/ro/terms/workflow-run#"
TERMS = {"@context": {term: NAMESPACE + term for term in ("sha256", "resourceUsage", "connection")}}


@pytest.fixture
def contexts(monkeypatch):
    """The vocabularies, which the validator would fetch, from what rocrate brings along.

    It brings those of RO-Crate 1.3, which call Bioschemas' terms otherwise than 1.1.
    """
    known = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()
    known = known.replace(b"bioschemas.org/terms/", b"bioschemas.org/")

    def answer(url, *args, **kwargs):
        response = requests.Response()
        response.status_code, response.url = 200, url
        response.headers["Content-Type"] = "application/ld+json"
        response._content = known if "ro/crate/" in url else json.dumps(TERMS).encode()
        return response

    monkeypatch.setattr(HttpRequester, "__getattr__", lambda self, name: answer)


def faults(folder) -> list[str]:
    """What a crate lacks of what its profiles require."""
    settings = services.ValidationSettings(
        rocrate_uri=models.URI(str(folder)),
        profile_identifier="workflow-run-crate-0.5",
        requirement_severity=models.Severity.REQUIRED,
    )
    return [issue.message for issue in services.validate(settings).get_issues()]


@pytest.fixture(scope="module")
def crate(built):
    (path,) = built.folder.glob("results/generated/crate/*/crate.zip")
    return path


def test_a_run_is_a_workflow_run_crate(crate, contexts):
    assert faults(crate) == []


def test_a_crate_without_its_run_is_none(crate, contexts, tmp_path):
    with zipfile.ZipFile(crate) as archive:
        archive.extractall(tmp_path)
    path = tmp_path / "ro-crate-metadata.json"
    described = json.loads(path.read_text())
    described["@graph"] = [e for e in described["@graph"] if e["@type"] != "CreateAction"]
    path.write_text(json.dumps(described))
    assert any("action" in fault.lower() for fault in faults(tmp_path))
