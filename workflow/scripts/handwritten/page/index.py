"""The list of all versions that were built here, with their settings and their accuracies.

It lists what is in the results folder, so unlike all other pages it does not depend on the
configuration alone.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from handwritten.artifacts import run_record, sealed, stable_copies
from handwritten.artifacts.run_record import Warn
from handwritten.io import files
from handwritten.page import figures, page
from handwritten.page.figures import BLUE, INK, ORANGE

Entries = Callable[[Path], Iterator[dict]]  # the lines of a list that a version makes
# Of every step that makes a page or an archive: its kind, its file, and, from its settings, its
# content in words.
PAGES = {
    "report": ("report", "report.html", lambda settings: [run["name"] for run in settings["runs"]]),
    "sweep": ("sweep", "sweep.html", lambda settings: [settings["extends"], *settings["ranges"]]),
    "run_notebook": ("notebook", "notebook.html", lambda settings: [settings["notebook"]]),
    "crate": ("crate", "crate.zip", lambda settings: settings["config"]["report"]),
}


def write(path: Path, warn: Warn) -> None:
    """Write the list of all versions in a data set's results folder to `path` in that folder.

    A version that cannot be read is left out after a warning.
    """
    runs = evaluations(path.parent, warn)
    html = render(path.parent.name, runs, usual_settings(runs), pages(path.parent, warn))
    files.replace_file(path, sealed.page(html))


def render(dataset: str, runs: list[dict], usual: dict, pages: list[dict]) -> str:
    """The list as HTML, from `evaluations`, `usual_settings` and `pages`."""
    scores = scores_by_age(sorted(runs, key=lambda run: run["built"])) if runs else ""
    return page.render(
        "pages/index/page.html.j2",
        dataset=dataset,
        runs=runs,
        usual=usual,
        pages=pages,
        scores=scores,
    )


def complete(folder: Path, step: str) -> list[Path]:
    """The finished version folders of a step."""
    return sorted(path.parent for path in folder.glob(f"{step}/[0-9a-f]*/provenance.json"))


def entries_of(folder: Path, step: str, entries: Entries, warn: Warn) -> list[dict]:
    """What `entries` makes of every finished version of a step that can be read."""
    found: list[dict] = []
    for version in complete(folder, step):
        try:
            found += entries(version)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            warn(
                f"{version} is not in the list of all versions, since it cannot be read "
                f"({type(problem).__name__}: {problem}): delete this folder and run again"
            )
    return found


def pages(folder: Path, warn: Warn) -> list[dict]:
    """Every version of everything that can be opened, with its content, the newest first."""
    shown = "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in stable_copies.markers(folder)
    )
    found: list[dict] = []
    for step, (kind, file, content) in PAGES.items():

        def entries(version, step=step, kind=kind, file=file, content=content):
            yield {
                "kind": kind,
                "file": f"{step}/{version.name}/{file}",
                "version": version.name,
                "content": content(made_from(version)["settings"]),
                "current": f"/{version.name}/{file}" in shown,
                "built": built(version, warn),
            }

        found += entries_of(folder, step, entries, warn)
    return sorted(found, key=lambda page: page["built"], reverse=True)


def evaluations(folder: Path, warn: Warn) -> list[dict]:
    """Every evaluated model, best on dev first, and the settings in which it differs from most.

    Models that were trained on dev come last, as dev does not measure them.
    """

    def models(evaluation: Path) -> Iterator[dict]:
        metrics = files.read_json(evaluation / "metrics.json")
        version = version_of(made_from(evaluation)["reads"]["model"])
        for model in folder.glob(f"train_*/{version}"):
            entry: dict[str, Any] = {"trainer": model.parent.name, "version": version}
            entry |= {"built": built(model, warn)}
            entry |= {"evaluation": evaluation.name, "settings": made_from(model)["settings"]}
            learnt_dev = entry["settings"].get("train_on") == "all"
            yield entry | {"metrics": metrics, "learnt_dev": learnt_dev}

    entries = entries_of(folder, "evaluate", models, warn)
    learnt_dev = {entry["evaluation"] for entry in entries if entry["learnt_dev"]}
    entries = ensembles(folder, learnt_dev, warn) + entries
    usual = usual_settings(entries)
    for entry in entries:
        common = usual[entry["trainer"]].items()
        entry["differs"] = {k: v for k, v in entry["settings"].items() if (k, v) not in common}
    order = sorted(entries, key=lambda entry: -entry["metrics"]["dev"]["accuracy"])
    return sorted(order, key=lambda entry: entry["learnt_dev"])


def usual_settings(entries: list[dict]) -> dict[str, dict]:
    """By trainer, the settings that more than half of its models share."""
    peers: dict[str, list[dict]] = {}
    for entry in entries:
        peers.setdefault(entry["trainer"], []).append(entry["settings"])
    return {trainer: shared_by_most(settings) for trainer, settings in peers.items()}


def shared_by_most(settings: list[dict]) -> dict:
    """Each key with the value that it has in more than half of these settings, if there is one."""
    return {
        key: value
        for each in settings
        for key, value in each.items()
        if 2 * sum((key, value) in other.items() for other in settings) > len(settings)
    }


def ensembles(folder: Path, learnt_dev: set[str], warn: Warn) -> list[dict]:
    """Every ensemble; its settings are its number of members.

    `learnt_dev` are the evaluations, by version, of models that were trained on dev.
    """

    def ensemble(version: Path) -> Iterator[dict]:
        yield {
            "trainer": "ensemble",
            "version": version.name,
            "built": built(version, warn),
            "settings": {"members": len(members(version))},
            "learnt_dev": bool(learnt_dev & members(version)),
            "metrics": files.read_json(version / "metrics.json"),
        }

    return entries_of(folder, "ensemble", ensemble, warn)


def members(version: Path) -> set[str]:
    """The versions of the evaluations that an ensemble is the mean of."""
    return set(map(version_of, made_from(version)["reads"]["metrics"]))


def version_of(file: str) -> str:
    """The version in a file's name in a recipe: step/version/file, or the version alone of old."""
    return file.split("/")[-2:][0]


def made_from(version: Path) -> dict:
    """The recipe of a version folder."""
    return files.read_json(version / "provenance.json")["made_from"]


def built(version: Path, warn: Warn) -> str:
    """When a version was built (UTC, to the minute); empty where that was not kept."""
    return run_record.read(version, warn).get("started", "")[:16].replace("T", " ")


def scores_by_age(entries: list[dict]) -> str:
    """The SVG of accuracies on dev and test with their intervals, the oldest version on the left.

    The scale is logarithmic in the errors. Entries are those of `evaluations`; dev is left out for
    models that were trained on it.
    """

    def draw(figure):
        axes = figure.subplots()
        for split, colour, marker, aside in (
            ("dev", BLUE, "o", -0.12),
            ("test", ORANGE, "s", 0.12),
        ):
            shown = [i for i, run in enumerate(entries) if split == "test" or not run["learnt_dev"]]
            scores = [entries[i]["metrics"][split] for i in shown]
            positions = [i + 1 + aside for i in shown]
            ends = [
                [figures.visible_percent(1 - score["wilson95"][end]) for score in scores]
                for end in (0, 1)
            ]
            axes.vlines(positions, *ends, color=colour, alpha=0.4, lw=1.6)
            errors = [figures.visible_percent(1 - score["accuracy"]) for score in scores]
            axes.plot(positions, errors, marker, color=colour, ms=3.5, label=split)
        axes.set(yscale="log", xlim=(0.3, len(entries) + 0.7))
        axes.set(
            ylabel="accuracy in percent", xlabel="versions in the order in which they were built"
        )
        axes.invert_yaxis()
        axes.grid(axis="y", alpha=0.25, lw=0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=(1, 2, 5, 10)))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(lambda error, _: f"{100 - error:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.legend(frameon=False, labelcolor=INK, loc="lower right")

    return figures.to_svg(10.4, 4, draw)
