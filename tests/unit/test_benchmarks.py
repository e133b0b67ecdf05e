"""The benchmark's own arithmetic: whose turn it is, what it concludes, shows and refuses."""

import copy
import os
import re
from concurrent.futures.process import BrokenProcessPool
from itertools import pairwise, permutations

import numpy as np
import pytest

import goals
import tables
import training
import worker
from cases import AUTOGRAD, CASES, CONTESTANTS, LEARNERS, PHASE2, TARGETS, settings_of
from contestants import handwritten, matmul
from handwritten.io import files

SECONDS = {
    "handwritten": 0.4,
    "pytorch": 1.0,
    "pytorch: fused": 0.9,
    "pytorch: compiled": 0.8,
    "tensors": 0.5,
    "sklearn": 1.6,
}


@pytest.fixture
def data():
    """250 images of which each shows its digit as a bright row, clear enough to learn at once."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 10, 250).astype(np.uint8)
    x = rng.integers(0, 26, (250, 28, 28), np.uint8)
    x[np.arange(250), 2 * y + 4] = 255
    x = x.reshape(250, 784)
    return worker.Data(x[:200], y[:200], x[200:], y[200:], x[200:], y[200:])


@pytest.fixture
def folder(data, tmp_path):
    """The same data as worker processes read them."""
    splits = ("train", "dev", "test")
    arrays = {split: {key: getattr(data, f"{split}_{key}") for key in "xy"} for split in splits}
    training.save(arrays, tmp_path)
    return tmp_path


@pytest.fixture
def record():
    """What a run would write that took three rounds of one case, and reached 98% but not 99%."""
    epochs = {
        name: [(9, 0.5, 0.5), (s, 0.9, 0.97), (0.9 * s, 0.9, 0.971), (1.2 * s, 0.9, 0.972)]
        for name, s in SECONDS.items()
    } | {"matmul": [(9, None, None)] + [(0.3, None, None)] * 3}
    empty = {key: {} for key in (*training.RACE, "reasons")} | {"products": [0.31, 0.29, 0.3]}
    time_to = {percent: {"threads": 2} | copy.deepcopy(empty) for percent in TARGETS}
    for name in LEARNERS:
        reached = {"seconds": 3.0, "first": 1.4, "epochs": 5, "test": 0.9812}
        training.add_races(time_to["98"], name, [reached])
    reached = {"seconds": 9.0, "first": 1.0, "epochs": 9, "test": 0.99}
    training.add_races(time_to["99"], "handwritten", [reached, "98.50% at best"])
    return {
        "schema": training.SCHEMA,
        "cpu": "a processor",
        "cores": 2,
        "versions": {"numpy": "2"},
        "pixels": 717,
        "processor": {
            "1": {"peak": 200.0, "large_product": 150.0},
            "2": {"peak": None, "large_product": 290.0},
        },
        "cases": [PHASE2 | {"rounds": 3} | training.summary(epochs, {})],
        "time_to": time_to,
        "idx_load": {"handwritten": [0.3] * 9, "gzip": [0.25] * 9},
        "peak_memory": dict.fromkeys(CONTESTANTS, 61_000_000),
    }


def outcome(record: dict, part: str) -> list[str]:
    """Measured and reached, of the goal whose title has this part."""
    return next(goal.row()[2:] for goal in goals.goals_of(record) if part in goal.title)


BEST = f"128, 1 thread, momentum / {goals.BEST}"


def test_all_take_turns_and_none_always_after_the_same_one(tmp_path):
    followed = set()

    def asked(name):
        def call(function, *arguments):
            if function is worker.epoch:
                turns.append(name)
                return 0.1, 0.5, 0.5

        return call

    for case in CASES:
        turns = []
        ask = {name: asked(name) for name in CONTESTANTS}
        rounds = training.Rounds(case, ask, tmp_path)
        for _, turn in training.spread([rounds]):
            rounds.play(turn)
        assert len(turns) == (1 + case["rounds"]) * len(CONTESTANTS)
        for start in range(0, len(turns), len(CONTESTANTS)):
            order = turns[start : start + len(CONTESTANTS)]
            assert sorted(order) == sorted(CONTESTANTS)
            followed |= set(pairwise(order))
    assert followed == set(permutations(CONTESTANTS, 2))


def test_the_rounds_of_every_case_are_spread_over_the_whole_time(tmp_path):
    cases = [case for case in CASES if case["threads"] == 1]
    order = training.spread([training.Rounds(case, {}, tmp_path) for case in cases])
    assert [turn for _, turn in order[: len(cases)]] == [0] * len(cases)  # all warm up first
    for case in cases:
        own = [(place, turn) for place, (rounds, turn) in enumerate(order) if rounds.case == case]
        assert [turn for _, turn in own] == list(range(case["rounds"] + 1))
        gaps = np.diff([place for place, _ in own])
        assert gaps.max() <= 2 * len(order) / len(own)


def test_a_case_goes_on_without_a_contestant_that_fails(tmp_path):
    def breaks(function, *arguments):
        if function is worker.epoch:
            raise ValueError("no compiler")

    ask = {"handwritten": lambda *_: (0.1, 0.5, 0.5), "sklearn": breaks}
    rounds = training.Rounds(PHASE2, ask, tmp_path)
    rounds.play(0)
    rounds.play(1)
    assert rounds.reasons == {"sklearn": "ValueError: no compiler"}
    assert len(rounds.epochs["handwritten"]) == 2


def test_a_summary_has_the_timed_rounds_and_the_last_epochs_accuracy():
    rows = [(50.0, 0.9, 0.1), (3.0, 0.9, 0.90), (1.0, 0.9, 0.92), (9.0, 0.9, 0.94)]
    epochs = dict.fromkeys(LEARNERS, rows) | {"matmul": [(s, None, None) for s, _, _ in rows]}
    epochs["pytorch: compiled"] = []
    found = training.summary(epochs, {"pytorch: compiled": "no compiler"})
    assert found["seconds"]["handwritten"] == found["seconds"]["matmul"] == [3.0, 1.0, 9.0]
    assert found["accuracy"]["sklearn"] == pytest.approx(0.92)
    assert found["seconds"]["pytorch: compiled"] is None
    assert found["accuracy"]["pytorch: compiled"] is None
    assert "matmul" not in found["accuracy"]


def test_goals_are_ratios_to_the_fastest_peer_round_by_round(record):
    assert outcome(record, BEST) == ["0.5", "yes"]
    assert outcome(record, "scikit-learn") == ["0.25", "yes"]
    assert outcome(record, "IDX") == ["1.2", "yes"]
    assert outcome(record, "peak memory") == ["61 MB", "no"]
    assert outcome(record, "time to 98%") == ["1", "no"]
    record["cases"][0]["seconds"]["handwritten"] = [0.4, 0.5, 0.48]
    assert outcome(record, BEST) == ["0.5 (0.5–0.694)", "yes"]


def test_a_median_has_the_interval_that_its_rounds_allow():
    assert goals.Measured.of([3.0, 1.0, 2.0]) == (2.0, 1.0, 3.0)
    assert goals.Measured.of([float(n) for n in range(1, 16)]) == (8.0, 4.0, 12.0)


def test_what_was_not_measured_is_neither_reached_nor_missed(record):
    assert outcome(record, "784-800-800-10") == ["–", "not measured"]
    assert outcome(record, "time to 99%") == ["–", "not measured"]
    for name in AUTOGRAD:
        record["cases"][0]["seconds"][name] = None
    assert outcome(record, BEST) == ["–", "not measured"]


def test_operations_are_those_of_the_products():
    first, second, third = 717 * 128, 128 * 64, 64 * 10
    assert tables.operations(717) == 55_000 * 2 * (2 * first + 3 * second + 3 * third)


def test_every_goal_finds_its_case(record):
    full = copy.deepcopy(record)
    full["cases"] = [record["cases"][0] | case for case in CASES]
    full["time_to"]["99"]["seconds"]["handwritten"] = [20.0]
    assert all(goal.measured is not None for goal in goals.goals_of(full))


def test_accuracies_that_disagree_and_failures_are_problems(record):
    assert goals.problems(record) == []
    case = record["cases"][0]
    case["reasons"]["pytorch: compiled"] = "no compiler"
    assert goals.problems(record) == []
    case["reasons"]["sklearn"] = "out of memory"
    case["accuracy"]["pytorch"] -= 0.007
    failed, apart = goals.problems(record)
    assert "sklearn failed: out of memory" in failed
    assert "pytorch 96.40%" in apart
    assert "CANNOT BE COMPARED" in tables.summary(record)


def test_the_page_shows_every_figure_and_why_one_is_missing(record):
    text = tables.document(record)
    for expected in ("0.400", "1.000", "97.10%", "3.0 s, 5 epochs, 98.12%", "61", "0.250", "How"):
        assert expected in text
    assert "99%: this library: 98.50% at best" in text
    assert re.findall(r"!\[[^]]+\]\(([^)]+)\)", text) == [f"{tables.NAME}.png"]


def test_the_time_to_a_target_is_split_into_its_first_epoch_and_the_others(record):
    first, later = tables.epochs_table(record).splitlines()[2:4]
    assert first.split("|")[1:3] == [" 98%: the first epoch ", "         1.40 "]
    assert later.split("|")[2].strip() == "0.40" and later.split("|")[-2].strip() == "0.30"
    assert "99%" in tables.epochs_table(record) and tables.parts_of({"seconds": {}}, "x") is None


def test_tables_are_aligned():
    lines = tables.table(["goal", "bound"], [["a longer one", "1"], ["b", "0.25"]]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1] == "| ------------ | ----: |"
    assert lines[3] == "| b            |  0.25 |"


def test_what_is_written_is_what_was_measured_also_where_a_contestant_failed(record, tmp_path):
    for key in ("seconds", "accuracy"):
        record["cases"][0][key]["pytorch: compiled"] = None
    record["cases"][0]["reasons"]["pytorch: compiled"] = "no compiler"
    tables.write(record, tmp_path)
    assert files.read_json(tmp_path / "benchmarks.json") == record
    assert "PyTorch, compiled: no compiler" in (tmp_path / "benchmarks.md").read_text()
    assert (tmp_path / "benchmarks.png").read_bytes().startswith(b"\x89PNG")


def test_unknown_arguments_are_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        training.main(["--slow"])
    assert stop.value.code == 2
    assert "--slow" in capsys.readouterr().err


def test_without_the_peers_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(training, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="make bench"):
        training.main([])


def test_cases_are_those_of_the_docs():
    assert len(CASES) == 8
    assert settings_of(PHASE2, 6)["batch_size"] == 128
    for case in CASES:
        assert handwritten.complete(settings_of(case, 6)).batch_size == case["batch"]
    for _, entries in TARGETS.values():
        assert handwritten.complete(entries["handwritten"]).l2 >= 0


def test_this_library_trains_an_epoch_whenever_it_is_asked(data):
    settings = settings_of(PHASE2 | {"batch": 20}, epochs=4)
    epochs = handwritten.epochs(settings, data)
    rows = [next(epochs) for _ in range(4)]
    assert min(seconds for seconds, _, _ in rows) > 0
    assert rows[-1][1] == rows[-1][2] > 0.9


def test_what_goes_wrong_in_training_reaches_who_asked(data):
    settings = settings_of(PHASE2, epochs=1) | {"learning_rate": 1000}
    epochs = handwritten.epochs(settings, data._replace(train_x=data.train_x * np.nan))
    with pytest.raises(FloatingPointError, match="diverged"), np.errstate(all="ignore"):
        next(epochs)


def test_the_floor_multiplies_forward_and_backward_through_every_layer(data, monkeypatch):
    shapes, multiply = [], np.matmul

    def recorded(left, right, out):
        shapes.append((left.shape, right.shape))
        return multiply(left, right, out=out)

    monkeypatch.setattr(np, "matmul", recorded)
    seconds, *accuracies = next(matmul.epochs(settings_of(PHASE2 | {"batch": 60}, epochs=1), data))
    assert seconds > 0 and accuracies == [None, None]
    expected = []
    for n in (60, 60, 60, 20):
        expected += [((n, 784), (784, 128)), ((n, 128), (128, 64)), ((n, 64), (64, 10))]
        expected += [((64, n), (n, 10)), ((n, 10), (10, 64))]  # of W3 and of what lies below it
        expected += [((128, n), (n, 64)), ((n, 64), (64, 128))]
        expected += [((784, n), (n, 128))]
    assert shapes == expected


def test_a_worker_returns_results_raises_what_went_wrong_and_notices_its_end(folder):
    settings = settings_of(PHASE2, epochs=2)
    with worker.workers(["matmul"], 1) as ask:
        call = ask["matmul"]
        assert call(worker.peak_memory, "matmul", settings, folder) > 0
        seconds, *accuracies = call(worker.epoch)
        assert seconds > 0 and accuracies == [None, None]
        call(worker.begin, "matmul", {"layer_dims": [784, 10]}, folder)
        with pytest.raises(KeyError, match="batch_size"):
            call(worker.epoch)
        with pytest.raises(BrokenProcessPool):
            call(os._exit, 1)
