"""A finished run as an RO-Crate: code, configuration, data and results in one file.

Every file keeps its path, so that the unpacked crate is the project again, with the run's results
in place. What each result was made of is in the `provenance.json` beside it, where and when in
`run.json`. Source: RO-Crate 1.1, Workflow Run Crate 0.5 (https://w3id.org/ro/wfrun/workflow/0.5).
"""

import io
import mimetypes
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from handwritten.artifacts.provenance import recorded_files
from handwritten.io.files import read_json, sha256
from handwritten.settings import Settings

TERMS = "https://w3id.org/ro/terms/workflow-run/context"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
COMPLETED = "http://schema.org/CompletedActionStatus"
# The project's own files: what `make` needs, and what describes it.
CODE = ["Snakefile", "workflow", "envs", "requirements", "notebooks", "profiles", "docs"]
CODE += ["config/README.md", "Makefile", "pyproject.toml", "*.md", "LICENSE", "CITATION.cff"]
WORKFLOW, CONFIG = "workflow/Snakefile", "config.yaml"
HEAD = "# The configuration of this run, complete: with all defaults and `--config` overrides.\n"
TYPES = {".npz": "application/zip", ".yaml": "application/yaml", ".gz": "application/gzip"}
PARAMETERS = (
    ("input", "config", "Every setting of the run"),
    ("input", "data", "Images and labels, in IDX format"),
    ("output", "page", "The results, for people"),
    ("output", "summary", "Versions and scores, for programs"),
)


def of(folders: list[Path], project: Path, settings: Settings) -> ROCrate:
    """The crate of a run, made of the artifacts in `folders`.

    `project` is the folder of the code; `settings` has the complete `config`, the data set's
    `title` and `credit`, and Snakemake's version. FileNotFoundError: an artifact is not complete.
    """
    require_complete(folders)
    crate = ROCrate(version="1.1", gen_preview=True)
    crate.metadata.extra_contexts.append(TERMS)
    describe(crate, project, settings)
    add_workflow(crate, project, settings.snakemake)
    for path in code(project):
        crate.add_file(path, path.relative_to(project), properties=properties(path))
    config = HEAD + yaml.safe_dump(settings.config, sort_keys=False)
    crate.add_file(io.StringIO(config), CONFIG, properties={"name": CONFIG})
    for folder in folders:
        for path in sorted(folder.iterdir()):
            crate.add_file(path, path, properties=properties(path))
    add_run(crate, folders)
    return crate


def require_complete(folders: list[Path]) -> None:
    """FileNotFoundError: a file of these artifacts is missing; or `run.json`, which machines
    without a shared disk keep for themselves."""
    for folder in folders:
        for name in (*recorded_files(folder), "run.json"):
            if not (folder / name).exists():
                raise FileNotFoundError(
                    f"{folder / name} is missing, and a crate holds complete artifacts, with where "
                    f"and when they were made: delete {folder} and run again on this disk"
                )


def describe(crate: ROCrate, project: Path, settings: Settings) -> None:
    """State what the crate is, whose it is, and which profiles it follows."""
    citation = yaml.safe_load((project / "CITATION.cff").read_text(encoding="utf-8"))
    runs = ", ".join(settings.config["report"])
    crate.name = f"Handwritten: {runs} on {settings.title}"
    crate.description = (
        f"A neural network written by hand, in NumPy, trained on {settings.title} and measured "
        f"on test images that it never saw. Runs: {runs}."
    )
    uri, name = f"https://spdx.org/licenses/{citation['license']}", citation["license"]
    crate.license = crate.add(entity(crate, uri, "CreativeWork", name))
    for author in citation["authors"]:
        identifier = f"#{author['name'].replace(' ', '-')}"
        author = crate.add(entity(crate, identifier, "Organization", author["name"]))
        crate.root_dataset.append_to("author", author)
    for uri, name in PROFILES.items():
        profile = entity(crate, uri, "CreativeWork", name, version=uri.rsplit("/", 1)[1])
        crate.root_dataset.append_to("conformsTo", crate.add(profile))
    crate.root_dataset["version"] = citation["version"]
    if settings.credit:
        crate.root_dataset["creditText"] = settings.credit


def add_workflow(crate: ROCrate, project: Path, version: str) -> None:
    """Add the Snakefile as the crate's main entity, with its inputs and outputs."""
    path = project / WORKFLOW
    workflow = crate.add_workflow(
        path,
        WORKFLOW,
        properties=properties(path),
        main=True,
        lang="snakemake",
        lang_version=version,
    )
    workflow["license"], workflow["version"] = crate.license, crate.root_dataset["version"]
    for way, name, text in PARAMETERS:
        parameter = crate.add_formal_parameter(name, "File", f"#{name}", text, valueRequired=True)
        workflow.append_to(way, parameter)


def add_run(crate: ROCrate, folders: list[Path]) -> None:
    """Add the run: what went in, what came out, when it began and ended."""
    data = [p for f in folders if f.parts[0] == "resources" for p in sorted(f.glob("*.gz"))]
    (report,) = (folder for folder in folders if folder.parent.name == "report")
    values: dict[str, list] = {
        "config": [CONFIG],
        "data": data,
        "page": [report / "report.html"],
        "summary": [report / "summary.json"],
    }
    ends: dict[str, list] = {"input": [], "output": []}
    for way, name, _ in PARAMETERS:
        for path in values[name]:
            file = crate.get(str(path))
            file["exampleOfWork"] = crate.get(f"#{name}")
            ends[way].append(file)
    jobs = [read_json(folder / "run.json") for folder in folders]
    starts = [datetime.fromisoformat(job["started"]) for job in jobs]
    lengths = [timedelta(seconds=job["seconds"]) for job in jobs]
    last = max(start + length for start, length in zip(starts, lengths, strict=True))
    facts = {"name": crate.name, "startTime": min(starts).isoformat(), "actionStatus": COMPLETED}
    facts["endTime"] = last.isoformat(timespec="seconds")
    run = crate.add_action(crate.mainEntity, "#run", ends["input"], ends["output"], facts)
    crate.root_dataset["mentions"] = run


def code(project: Path) -> list[Path]:
    """The project's own files, except for the workflow itself."""
    roots = [path for pattern in CODE for path in project.glob(pattern)]
    paths = {path for root in roots for path in [root, *root.rglob("*")]}
    left_out = project / WORKFLOW
    return sorted(p for p in paths - {left_out} if p.is_file() and "__pycache__" not in p.parts)


def entity(crate: ROCrate, identifier: str, kind: str, name: str, **facts) -> ContextEntity:
    """Something that is described but is not a file."""
    return ContextEntity(crate, identifier, {"@type": kind, "name": name} | facts)


def properties(path: Path) -> dict:
    """What is recorded of a file: its name, media type, size in bytes and SHA-256."""
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    size = {"contentSize": str(path.stat().st_size), "sha256": sha256(path)}
    return {"name": path.name, "encodingFormat": kind} | size
