"""Sweeps, run for real: halving, a grid with phase 1, what is shared, what diverges."""

import csv
import json
import re

import pytest

pytestmark = pytest.mark.slow

HALVING = {
    "extends": "phase2",
    "method": "halving",
    "candidates": 4,
    "rounds": 2,
    "keep": 2,
    "seeds": [1, 2],
    "trainings_per_job": 3,
    "settings": {
        "learning_rate": {"from": 0.01, "to": 0.3, "scale": "log"},
        "layer_dims": [[784, 8, 10], [784, 16, 10]],
    },
}
PAGE = {"sweep": 1, "sweeps": 1}
GRID = {
    "extends": "phase1",
    "method": "grid",
    "seeds": [1],
    "settings": {"hidden_units": [5, 10]},
}
FAST = {
    "extends": "phase2",
    "method": "grid",
    "seeds": [1],
    "settings": {"learning_rate": [1000, 0.1], "layer_dims": [[784, 8, 10], [784, 16, 10]]},
}


def swept(project, sweep):
    """The project with this sweep."""
    project.write_config(project.config() | {"sweep": sweep})
    return project


def only(project, pattern):
    (path,) = project.folder.glob(f"results/generated/{pattern}")
    return path


@pytest.fixture(scope="module")
def halved(built, shared):
    return shared("sweep", lambda folder: swept(built.clone(folder), HALVING).snakemake("sweeps"))


def rankings(project):
    """Every round's ranking, the first round first."""
    paths = project.folder.glob("results/generated/sweep_round/*/ranking.json")
    return sorted((json.loads(path.read_text()) for path in paths), key=lambda r: r["length"])


def test_the_better_half_goes_on_and_the_best_is_the_best_of_the_last_round(halved):
    first, last = rankings(halved)
    assert (first["length"], last["length"]) == (2, 3)
    assert [row["mean"] for row in first["ranking"]] == sorted(
        row["mean"] for row in first["ranking"]
    )
    assert first["kept"] == sorted(row["number"] for row in first["ranking"][:2])
    assert sorted(row["number"] for row in last["ranking"]) == first["kept"]
    best = json.loads(only(halved, "sweep/*/best.json").read_text())
    assert best["settings"] == last["ranking"][0]["settings"]
    assert best["dev_error"] == min(row["mean"] for row in last["ranking"])


def test_a_member_learns_as_the_run_with_its_settings_does(halved, tmp_path):
    project = halved.clone(tmp_path / "clone")
    config = project.config()
    best = rankings(project)[1]["ranking"][0]
    config["runs"]["swept"] = {"extends": "phase2", "seed": 1} | best["settings"]
    project.write_config(config)
    project.snakemake("swept")
    for path in project.folder.glob("results/generated/evaluate/*/metrics.json"):
        metrics = json.loads(path.read_text())
        if metrics["layer_dims"] == best["layer_dims"]:
            rate = metrics["dev"]["errors"] / metrics["dev"]["n"]
            assert rate == pytest.approx(best["errors"][0])
            return
    raise AssertionError("the run with the best settings was not evaluated")


def test_nothing_runs_twice_and_a_wider_sweep_only_what_is_new(halved, tmp_path):
    assert halved.jobs("sweeps") == {}
    project = swept(halved.clone(tmp_path / "clone"), HALVING | {"candidates": 6})
    # Of twelve trainings, three a job, the first six are there.
    assert project.jobs("sweeps") == {"train_members": 2, "sweep_round": 2} | PAGE
    project.snakemake("sweeps")
    assert project.jobs("sweeps") == {}
    swept(project, HALVING | {"seeds": [1, 2, 3]})
    assert project.jobs("sweeps") == {"train_members": 2, "sweep_round": 2} | PAGE


def test_the_page_and_the_table_say_what_was_found(halved):
    html = only(halved, "sweep/*/sweep.html").read_text()
    assert not re.search(r"(src|href)=\W?https?:", html)
    best = rankings(halved)[1]["ranking"][0]
    assert f"{100 * best['mean']:.2f}%" in html
    assert html.count("<figure") == 4 == html.count("<svg")
    with only(halved, "sweep/*/sweep.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["round"] for row in rows] == ["2", "2", "1", "1"]
    assert float(rows[0]["dev_error_mean"]) == best["mean"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"settings": {}}, "settings is empty"),
        ({"extends": "record"}, "since dev is what candidates are compared on"),
        ({"extends": "phase3"}, "sweep.extends is 'phase3'; allowed: one of phase1, phase2"),
        ({"extends": "phase2_ensemble"}, "sweep.extends is 'phase2_ensemble'"),
    ],
)
def test_a_sweep_that_cannot_choose_is_refused_when_it_is_asked_for(built, tmp_path, change, said):
    project = swept(built.clone(tmp_path / "clone"), HALVING | change)
    assert project.jobs() == {}
    assert said in project.run("--dry-run", "sweeps", status=1)


def test_phase_1_can_be_swept_as_well(built, tmp_path):
    project = swept(built.clone(tmp_path / "clone"), GRID)
    project.snakemake("sweeps")
    (ranking,) = rankings(project)
    assert sorted(row["layer_dims"] for row in ranking["ranking"]) == [[784, 5, 10], [784, 10, 10]]
    assert all(row["at"][-1] == 30 for row in ranking["ranking"])


def test_candidates_of_different_lengths_are_trained_for_these(built, tmp_path):
    project = swept(built.clone(tmp_path / "clone"), GRID | {"settings": {"steps": [2, 40]}})
    project.snakemake("sweeps")
    (ranking,) = rankings(project)
    assert {row["settings"]["steps"]: row["at"][-1] for row in ranking["ranking"]} == {2: 2, 40: 40}
    best = json.loads(only(project, "sweep/*/best.json").read_text())
    assert best["settings"] == {"steps": 40}
    with only(project, "sweep/*/sweep.csv").open(newline="") as file:
        assert [row["steps"] for row in csv.DictReader(file)] == ["40", "2"]
    assert " after 40 steps" in only(project, "sweep/*/sweep.html").read_text()


def test_a_member_that_diverges_comes_last_and_stops_nobody(built, tmp_path):
    project = swept(built.clone(tmp_path / "clone"), FAST)
    project.snakemake("sweeps")
    (ranking,) = rankings(project)
    found = [(row["settings"]["learning_rate"], row["diverged"]) for row in ranking["ranking"]]
    assert found == [(0.1, False)] * 2 + [(1000, True)] * 2
    assert ">diverged</td>" in only(project, "sweep/*/sweep.html").read_text()
