"""The list of every version ever built here: what was set differently, and how well it did.

It lists what lies in the folder, and so it alone is not a function of the configuration.
"""

from pathlib import Path
from typing import Any

from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from handwritten.io import files
from handwritten.page import figures, page
from handwritten.page.figures import BLUE, INK, ORANGE

# Of every step that makes something to open: what people call it, its file, and, from its settings,
# what it shows.
PAGES = {
    "report": ("report", "report.html", lambda made: [run["name"] for run in made["runs"]]),
    "sweep": ("sweep", "sweep.html", lambda made: [made["extends"], *made["ranges"]]),
    "run_notebook": ("notebook", "notebook.html", lambda made: [made["notebook"]]),
    "crate": ("crate", "crate.zip", lambda made: made["config"]["report"]),
}


def write(path: Path) -> None:
    """Write the list of what lies in a data set's results folder to `path` in that folder."""
    runs = evaluations(path.parent)
    html = rendered(path.parent.name, runs, usual_settings(runs), pages(path.parent))
    files.replace_file(path, html.encode())


def rendered(dataset: str, runs: list[dict], usual: dict, pages: list[dict]) -> str:
    """The list as HTML: what `evaluations`, `usual_settings` and `pages` found."""
    facts = {"dataset": dataset, "runs": runs, "usual": usual, "pages": pages}
    scores = scores_by_age(sorted(runs, key=lambda run: run["built"])) if runs else ""
    return page.render("pages/index/page.html.j2", **facts, scores=scores)


def complete(folder: Path, step: str) -> list[Path]:
    """The finished version folders of a step."""
    return sorted(path.parent for path in folder.glob(f"{step}/[0-9a-f]*/provenance.json"))


def pages(folder: Path) -> list[dict]:
    """Every version of all that can be opened, with what it shows, the newest first."""
    markers = [*folder.glob("current-*"), *folder.glob("notebooks-*")]
    shown = "".join(map(files.read_text, markers))
    found = [
        {
            "kind": kind,
            "file": f"{step}/{place.name}/{file}",
            "version": place.name,
            "shows": shows(made_from(place)["settings"]),
            "current": f"/{place.name}/{file}" in shown,
            "built": built(place),
        }
        for step, (kind, file, shows) in PAGES.items()
        for place in complete(folder, step)
    ]
    return sorted(found, key=lambda page: page["built"], reverse=True)


def evaluations(folder: Path) -> list[dict]:
    """Every evaluated model, best on dev first, and the settings that are not the usual ones.

    Models that have learnt from dev come last: it is no measure of them.
    """
    found = []
    for place in complete(folder, "evaluate"):
        metrics = files.read_json(place / "metrics.json")
        version = version_of(made_from(place)["reads"]["model"])
        for model in folder.glob(f"train_*/{version}"):
            entry: dict[str, Any] = {"trainer": model.parent.name, "version": version}
            entry |= {"built": built(model)}
            entry |= {"answers": place.name, "settings": made_from(model)["settings"]}
            learnt_dev = entry["settings"].get("train_on") == "all"
            found.append(entry | {"metrics": metrics, "learnt_dev": learnt_dev})
    learnt_dev = {entry["answers"] for entry in found if entry["learnt_dev"]}
    found = ensembles(folder, learnt_dev) + found
    usual = usual_settings(found)
    for entry in found:
        common = usual[entry["trainer"]].items()
        entry["differs"] = {k: v for k, v in entry["settings"].items() if (k, v) not in common}
    order = sorted(found, key=lambda entry: -entry["metrics"]["dev"]["accuracy"])
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


def ensembles(folder: Path, learnt_dev: set[str]) -> list[dict]:
    """Every ensemble; in the place of settings, how many models answer together.

    `learnt_dev` are the versions of the answers of models that have learnt from dev.
    """
    return [
        {
            "trainer": "ensemble",
            "version": place.name,
            "built": built(place),
            "settings": {"members": len(members(place))},
            "learnt_dev": bool(learnt_dev & members(place)),
            "metrics": files.read_json(place / "metrics.json"),
        }
        for place in complete(folder, "ensemble")
    ]


def members(place: Path) -> set[str]:
    """The versions of the evaluations that an ensemble is the mean of."""
    return set(map(version_of, made_from(place)["reads"]["metrics"]))


def version_of(file: str) -> str:
    """The version in a file's name in a recipe: step/version/file, or the version alone of old."""
    return file.split("/")[-2:][0]


def made_from(place: Path) -> dict:
    """The recipe of a version folder."""
    return files.read_json(place / "provenance.json")["made_from"]


def built(place: Path) -> str:
    """When a version folder was made (UTC, to the minute), or nothing where that was not kept."""
    try:
        return files.read_json(place / "run.json")["started"][:16].replace("T", " ")
    except OSError:
        return ""


def scores_by_age(entries: list[dict]) -> str:
    """Accuracy on dev and test with their intervals, one place a version, the oldest on the left.

    The scale is that of the errors, upside down and logarithmic. An entry has `metrics` and says
    whether its model has `learnt_dev`, which then is no measure of it.
    """

    def draw(figure):
        axes = figure.subplots()
        for split, colour, marker, aside in (
            ("dev", BLUE, "o", -0.12),
            ("test", ORANGE, "s", 0.12),
        ):
            shown = [i for i, run in enumerate(entries) if split == "test" or not run["learnt_dev"]]
            scores = [entries[i]["metrics"][split] for i in shown]
            places = [i + 1 + aside for i in shown]
            ends = [[error_percent(score["wilson95"][end]) for score in scores] for end in (0, 1)]
            axes.vlines(places, *ends, color=colour, alpha=0.4, lw=1.6)
            errors = [error_percent(score["accuracy"]) for score in scores]
            axes.plot(places, errors, marker, color=colour, ms=3.5, label=split)
        axes.set(yscale="log", xlim=(0.3, len(entries) + 0.7))
        axes.set(ylabel="percent right", xlabel="versions in the order in which they were built")
        axes.invert_yaxis()
        axes.grid(axis="y", alpha=0.25, lw=0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=(1, 2, 5, 10)))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(lambda error, _: f"{100 - error:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.legend(frameon=False, labelcolor=INK, loc="lower right")

    return figures.to_svg(10.4, 4, draw)


def error_percent(accuracy: float) -> float:
    """The errors in percent, at least 0.01, which a logarithmic scale can show."""
    return max(100 * (1 - accuracy), 0.01)
