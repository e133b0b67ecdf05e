"""A finished run as an RO-Crate: code, configuration, data and results, and what was made of what.

Everything in it lies where it lay, so the unpacked crate is the project again, with the run's
results in place. What it says is read from the steps' own `provenance.json` and `run.json`.
Source: RO-Crate 1.1, Workflow RO-Crate 1.0, Provenance Run Crate 0.5 (https://w3id.org/ro/wfrun).
"""

import io
import mimetypes
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from rocrate.model import ContextEntity, File, Preview, SoftwareApplication
from rocrate.rocrate import ROCrate

from handwritten.artifacts.writing import recorded_files
from handwritten.io.files import read_json, sha256

TERMS = "https://w3id.org/ro/terms/workflow-run/context"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
PARAMETER = {"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"}
WORKFLOW = {"@id": "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"}
# The project's own files, as far as there are: what `make` needs, and what tells of it.
CODE = ("workflow", "envs", "notebooks", "profiles", "config/README.md", "docs", "Makefile")
CODE += ("README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md", "pyproject.toml")
CODE += ("requirements",)
CONFIG = "config.yaml"
HEAD = (
    "# The configuration of this run, complete: with all defaults and what the command line said.\n"
)
TYPES = {".npz": "application/zip", ".yaml": "application/yaml", ".gz": "application/gzip"}
TYPES |= {".md": "text/markdown", ".ipynb": "application/x-ipynb+json"}


class Cover(Preview):
    """The page that a crate is opened with, in place of rocrate's list of entities."""

    def __init__(self, crate: ROCrate, html: str):
        super().__init__(crate)
        self.html = html

    def generate_html(self) -> str:
        """The whole page."""
        return self.html


def of(folders: list[Path], project: Path, settings: dict, cover: Callable[[dict], str]) -> ROCrate:
    """The crate of a run, made of the artifacts in `folders`, in the order of the steps.

    `project` is the folder of the code; `settings` has the complete `config`, the data set's
    `title` and `credit`, and Snakemake's version. `cover` makes the page to open it with, from the
    facts of `told`. FileNotFoundError: an artifact is not here whole.
    """
    demand_whole(folders)
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    describe(crate, project, settings)
    scripts = add_code(crate, project, {step_of(folder) for folder in folders})
    config = io.StringIO(HEAD + yaml.safe_dump(settings["config"], sort_keys=False))
    config = crate.add_file(
        config, CONFIG, properties=described(CONFIG) | {"name": "The configuration"}
    )
    for folder in folders:
        for path in sorted(folder.iterdir()):
            crate.add_file(path, str(path), properties=measured(path, path))
    made = {folder: scripts[step_of(folder)] for folder in folders}
    tools = {step_of(folder): tool for folder, tool in made.items()}
    workflow = add_workflow(crate, project, tools, settings["snakemake"])
    actions = [add_action(crate, tool, folder) for folder, tool in made.items()]
    add_run(crate, workflow, actions, config, folders)
    crate.add(Cover(crate, cover(told(crate, actions))))
    return crate


def demand_whole(folders: list[Path]) -> None:
    """FileNotFoundError: a file of these artifacts is missing, `run.json` for one, which machines
    that share no disk keep for themselves."""
    for folder in folders:
        for name in (*recorded_files(folder), "run.json"):
            if not (folder / name).exists():
                raise FileNotFoundError(
                    f"{folder / name} is not here, and a crate packs artifacts whole, also when "
                    f"and where they were made: delete {folder} and run again on this disk"
                )


def told(crate: ROCrate, actions: list) -> dict:
    """What a person is told of the crate: what it is, the run, and its jobs in order."""
    run, root = crate.get("#run"), crate.root_dataset
    jobs = [
        {
            "folder": Path(as_list(action["result"])[0].id).parent,
            "step": action["name"].split()[0],
            "version": action["name"].split()[1],
            "script": action["instrument"].id,
            "read": len(as_list(action.get("object", []))),
            "made": len(as_list(action["result"])),
            "started": action["startTime"][:19].replace("T", " "),
            "where": action["description"].removeprefix("On "),
        }
        for action in sorted(actions, key=lambda action: (action["startTime"], action["endTime"]))
    ]
    page, summary = run["result"]
    return {
        "name": crate.name,
        "description": crate.description,
        "credit": root.get("creditText"),
        "page": page.id,
        "summary": summary.id,
        "jobs": jobs,
        "profiles": [(profile.id, profile["name"]) for profile in root["conformsTo"]],
        "files": len(crate.data_entities),
    }


def describe(crate: ROCrate, project: Path, settings: dict) -> None:
    """What the crate as a whole is, whose it is, and which profiles it keeps to."""
    citation = yaml.safe_load((project / "CITATION.cff").read_text(encoding="utf-8"))
    runs = ", ".join(settings["config"]["report"])
    crate.name = f"Handwritten: {runs} on {settings['title']}"
    crate.description = (
        f"A neural network written by hand, in NumPy, trained on {settings['title']} and measured "
        f"on test images that it never saw. Runs: {runs}."
    )
    crate.license = add_context(
        crate,
        f"https://spdx.org/licenses/{citation['license']}",
        "CreativeWork",
        citation["license"],
    )
    authors = [
        add_context(crate, f"#{author['name'].replace(' ', '-')}", "Organization", author["name"])
        for author in citation["authors"]
    ]
    crate.root_dataset["author"] = single(authors)
    crate.root_dataset["version"] = citation["version"]
    crate.root_dataset["conformsTo"] = [
        add_context(crate, uri, "CreativeWork", name, version=uri.rsplit("/", 1)[1])
        for uri, name in PROFILES.items()
    ]
    if settings["credit"]:
        crate.root_dataset["creditText"] = settings["credit"]


def add_code(crate: ROCrate, project: Path, steps: set[str]) -> dict[str, File]:
    """The project's files; the scripts of these steps, by their names."""
    found = [path for part in CODE for path in [project / part, *(project / part).rglob("*")]]
    scripts = {}
    for path in sorted(
        path for path in found if path.is_file() and "__pycache__" not in path.parts
    ):
        name = path.relative_to(project)
        if name == Path("workflow/Snakefile"):
            continue  # the workflow itself
        facts = measured(path, name)
        if path.parent.name == "scripts" and path.stem in steps:
            facts |= {
                "@type": ["File", "SoftwareSourceCode"],
                "version": crate.root_dataset["version"],
            }
            scripts[path.stem] = crate.add_file(path, str(name), properties=facts)
        else:
            crate.add_file(path, str(name), properties=facts)
    crate.get("README.md")["about"] = crate.root_dataset
    return scripts


def add_workflow(crate: ROCrate, project: Path, tools: dict[str, File], version: str):
    """The Snakefile as the crate's main entity, its steps in order, what goes in and comes out."""
    path = project / "workflow" / "Snakefile"
    facts = measured(path, "workflow/Snakefile") | {
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "name": "Handwritten",
        "conformsTo": WORKFLOW,
        "description": "From the files of a data set to trained networks and a page about them",
        "version": crate.root_dataset["version"],
    }
    workflow = crate.add_workflow(
        path,
        "workflow/Snakefile",
        properties=facts,
        main=True,
        lang="snakemake",
        lang_version=version,
    )
    workflow["license"] = crate.license
    workflow["hasPart"] = list(tools.values())
    for way, name, kind, text in (
        ("input", "config", "File", "Every setting of the run"),
        ("input", "data", "Collection", "Images and labels, in IDX format"),
        ("output", "page", "File", "What was learnt and how far to trust it, for people"),
        ("output", "summary", "File", "Versions and scores, for programs"),
    ):
        facts = {"@type": "FormalParameter", "conformsTo": PARAMETER, "additionalType": kind}
        facts |= {"name": name, "description": text, "valueRequired": True}
        workflow.append_to(way, crate.add(ContextEntity(crate, f"#{name}", facts)))
    for position, (name, tool) in enumerate(tools.items(), 1):
        step = add_context(crate, f"#step/{name}", "HowToStep", name, position=str(position))
        step["workExample"] = tool
        workflow.append_to("step", step)
    return workflow


def add_action(crate: ROCrate, tool: File, folder: Path):
    """One job: which script made these files of which, when, and on what machine."""
    record, run = read_json(folder / "provenance.json"), read_json(folder / "run.json")
    started = datetime.fromisoformat(run["started"])
    where = f"{run['machine']}, Python {run['python']}, {run['blas']}, threads: {run['threads']}"
    facts = {
        "name": f"{step_of(folder)} {folder.name}",
        "description": f"On {where}",
        "startTime": started.isoformat(),
        "endTime": (started + timedelta(seconds=run["seconds"])).isoformat(timespec="seconds"),
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    entities = (crate.get(path) for path in record["inputs"])
    read = [entity for entity in entities if entity]
    made = [crate.get(str(path)) for path in sorted(folder.iterdir())]
    name = f"#{step_of(folder)}/{folder.name}"
    return crate.add_action(tool, name, single(read), single(made), facts)


def add_run(crate: ROCrate, workflow, actions: list, config: File, folders: list[Path]) -> None:
    """The run as a whole, and how Snakemake had each of its steps done."""
    (report,) = (folder for folder in folders if step_of(folder) == "report")
    page, summary = (crate.get(str(report / name)) for name in ("report.html", "summary.json"))
    sources = [folder for folder in folders if folder.parent.parent.name == "resources"]
    data = crate.add(
        ContextEntity(crate, "#data/files", {"@type": "Collection", "name": "The data set's files"})
    )
    files = [crate.get(str(path)) for f in sources for path in sorted(f.iterdir())]
    data["hasPart"], data["exampleOfWork"] = files, crate.get("#data")
    for entity, parameter in ((config, "#config"), (page, "#page"), (summary, "#summary")):
        entity["exampleOfWork"] = crate.get(parameter)
    page["name"] = "The page"
    facts = {
        "name": crate.name,
        "description": "The jobs that the page rests on, from the first start to the last end",
        "startTime": min(action["startTime"] for action in actions),
        "endTime": max(action["endTime"] for action in actions),
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    run = crate.add_action(workflow, "#run", [config, data], [page, summary], facts)
    version = workflow["programmingLanguage"]["version"]
    engine = {"name": "Snakemake", "url": "https://snakemake.github.io", "softwareVersion": version}
    engine = crate.add(SoftwareApplication(crate, "#snakemake", engine))
    controls = []
    for action in actions:
        control = add_context(crate, f"#control{action.id[1:]}", "ControlAction", action["name"])
        control["instrument"] = crate.get(f"#step/{action['name'].split()[0]}")
        control["object"] = action
        controls.append(control)
    organised = add_context(crate, "#organised", "OrganizeAction", f"Snakemake {version}")
    organised["instrument"], organised["object"], organised["result"] = engine, controls, run
    crate.root_dataset["mentions"] = [run, *actions]


def step_of(folder: Path) -> str:
    """The step whose artifact this is; files of a data set lie under the name of that."""
    return read_json(folder / "provenance.json")["made_from"]["step"]


def single(entities: list):
    """A list of one as this one, as RO-Crate recommends."""
    return entities[0] if len(entities) == 1 else entities


def as_list(value) -> list:
    """A property's values, also where it has one."""
    return value if isinstance(value, list) else [value]


def add_context(crate: ROCrate, identifier: str, kind: str, name: str, **facts):
    """An entity that is no file."""
    return crate.add(ContextEntity(crate, identifier, {"@type": kind, "name": name} | facts))


def described(name: Path | str) -> dict:
    """A file's media type."""
    kind = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "text/plain"
    return {"encodingFormat": kind}


def measured(path: Path, name: Path | str) -> dict:
    """What is said of a file that is there: its name, media type, size in bytes and SHA-256."""
    size = {"contentSize": str(path.stat().st_size), "sha256": sha256(path)}
    return {"name": Path(name).name} | described(name) | size
