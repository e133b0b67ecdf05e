"""The benchmark's own sums: what it takes turns at, concludes, shows and refuses."""

import copy
import re
import time
import tracemalloc
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest

import goals
import mnist
import outcome
import race
import rounds
import training
from cases import CASES, COMMON, CONTESTANTS, LEARNERS, QUICK, SMALL, TARGETS, settings_of
from contestants import handwritten, matmul, watching
from crew import Failed, crew
from worker import Data

ROOT = Path(__file__).parents[2]
CASE = {"layer_dims": SMALL, "batch": 128, "threads": 1, "optimizer": "momentum"}
SECONDS = {"handwritten": 0.4, "pytorch": 1.0, "pytorch_compiled": 0.8, "sklearn": 1.6}


@pytest.fixture
def data():
    """250 images of which each shows its digit as a bright row, clear enough to learn at once."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 10, 250).astype(np.uint8)
    x = rng.integers(0, 26, (250, 28, 28), np.uint8)
    x[np.arange(250), 2 * y + 4] = 255
    x = x.reshape(250, 784)
    return Data(x[:200], y[:200], x[200:], y[200:])


@pytest.fixture
def folder(data, tmp_path):
    """The same data as worker processes read them."""
    for name, array in data._asdict().items():
        np.save(tmp_path / f"{name}.npy", array)
    return tmp_path


@pytest.fixture
def record():
    """What a run would write that took three rounds of one case, and reached 98% but not 99%."""
    seconds = {name: [s, 0.9 * s, 1.2 * s] for name, s in SECONDS.items()} | {"matmul": [0.3] * 3}
    accuracies = {name: [0.5, 0.97, 0.971, 0.972] for name in LEARNERS}
    there = {"seconds": 3.0, "epochs": 5, "reason": ""}
    short = {"seconds": 9.0, "epochs": 9, "reason": "98.50% at best"}
    settings = {"threads": 2, "seeds": 1, "settings": {}}
    details = {
        "98": race.summary({name: [there] for name in LEARNERS}) | settings,
        "99": race.summary({name: [there, short] for name in LEARNERS}) | settings,
    }
    return {
        "schema": training.SCHEMA,
        "cpu": "a processor",
        "cores": 2,
        "versions": {name: {"numpy": "2"} for name in LEARNERS},
        "lit_inputs": 392,
        "rounds": 3,
        "cases": [CASE | rounds.summary(seconds, accuracies, {})],
        "time_to": {percent: detail["seconds"] for percent, detail in details.items()},
        "time_to_details": details,
        "idx_load": {"handwritten": 0.3, "gzip": 0.25, "spread": {}},
        "peak_memory": dict.fromkeys(CONTESTANTS, 61_000_000),
        "allocations": {
            "stretches": 50,
            "stretches_with_arrays": 0,
            "largest_rise": 900,
            "peak": 4e6,
        },
        "profiles": [CASE | {"seconds": {"gathering": 0.05, "matrix products": 0.25}}],
    }


def goal(part: str) -> goals.Goal:
    return next(goal for goal in goals.GOALS if part in goal.title)


class Recorder:
    """A member that notes whenever it is asked for an epoch."""

    def __init__(self, name: str, asked: list[str]):
        self._name, self._asked = name, asked

    def ask(self, order: str, **arguments) -> float:
        if order == "epoch":
            self._asked.append(self._name)
        return 0.5


def test_all_take_turns_and_none_always_after_the_same_one():
    followed = set()
    for case in CASES:
        asked = []
        members = {name: Recorder(name, asked) for name in CONTESTANTS}
        rounds.measured_case(members, case, 5)
        assert len(asked) == 6 * len(CONTESTANTS)
        for start in range(0, len(asked), len(CONTESTANTS)):
            order = asked[start : start + len(CONTESTANTS)]
            assert sorted(order) == sorted(CONTESTANTS)
            followed |= set(pairwise(order))
    assert followed == set(permutations(CONTESTANTS, 2))


def test_a_summary_is_of_medians_and_of_the_last_epochs_accuracy():
    seconds = {name: [3.0, 1.0, 9.0] for name in CONTESTANTS}
    accuracies = {name: [0.1, 0.90, 0.92, 0.94] for name in LEARNERS}
    found = rounds.summary(seconds, accuracies, {"pytorch_compiled": "no compiler"})
    assert found["seconds"]["handwritten"] == 3.0
    assert found["spread"]["matmul"] == [1.0, 9.0]
    assert found["accuracy"]["sklearn"] == pytest.approx(0.92)
    assert found["seconds"]["pytorch_compiled"] is found["accuracy"]["pytorch_compiled"] is None
    assert found["reasons"] == {"pytorch_compiled": "no compiler"}


def test_one_seed_that_does_not_get_there_is_no_time(record):
    assert record["time_to"]["98"]["handwritten"] == 3.0
    assert record["time_to"]["99"]["handwritten"] is None
    assert record["time_to_details"]["99"]["reasons"]["pytorch"] == "98.50% at best"


def test_goals_are_ratios_of_medians(record):
    over_pytorch = goal("784-128-64-10, batch 128, 1 thread, momentum / PyTorch's (eager)")
    assert over_pytorch.measured(record) == pytest.approx(0.4)
    assert over_pytorch.reached(record)
    over_the_floor = goal("products alone, all 784 inputs / epoch of 784-128-64-10, batch 128, 1")
    assert over_the_floor.measured(record) == pytest.approx(0.75)
    assert not over_the_floor.reached(record)
    assert goal("IDX").measured(record) == pytest.approx(1.2)
    assert not goal("peak memory").reached(record)


def test_what_was_not_measured_is_neither_reached_nor_missed(record):
    assert goal("batch 512").reached(record) is None
    assert goal("time to 99%").reached(record) is None
    assert record["cases"][0]["seconds"].keys() == set(CONTESTANTS)
    record["cases"][0]["seconds"]["pytorch"] = None
    assert goal("1 thread, momentum / PyTorch").reached(record) is None


def test_every_goal_finds_its_case(record):
    full = copy.deepcopy(record)
    full["cases"] = [record["cases"][0] | case for case in CASES]
    full["time_to"] = {percent: dict.fromkeys(LEARNERS, 1.0) for percent in TARGETS}
    assert None not in [goal.reached(full) for goal in goals.GOALS]


def test_accuracies_that_disagree_and_failures_are_problems(record):
    assert goals.problems(record) == []
    case = record["cases"][0]
    case["reasons"]["pytorch_compiled"] = "no compiler"
    assert goals.problems(record) == []
    case["reasons"]["sklearn"] = "out of memory"
    case["accuracy"]["pytorch"] -= 0.007
    failed, apart = goals.problems(record)
    assert "sklearn failed: out of memory" in failed
    assert "pytorch 96.40%" in apart
    assert "CANNOT BE COMPARED" in outcome.text(record)


def test_the_page_shows_every_figure_and_why_one_is_missing(record):
    page = outcome.document(record)
    for expected in ("0.400", "1.000", "97.10%", "3.0 (5)", "– (–)", "61", "0.250", "900 bytes"):
        assert expected in page
    assert "99%: scikit-learn: 98.50% at best" in page
    for figure in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page):
        assert figure == f"{outcome.NAME}.png"


def test_how_much_less_than_the_floor_ours_multiplies_is_said(record):
    # 392 inputs of 784: (2 * 392 * 128 + 3 * 8832) / (2 * 784 * 128 + 3 * 8832)
    for shown in (outcome.document(record), outcome.text(record)):
        assert "this library with the 392 that are not black" in shown
        assert "55.8% in 784-128-64-10" in shown


def test_where_an_epoch_goes_is_shown_and_how_far_a_goal_is_in_reach(record):
    page = outcome.document(record)
    rows = re.findall(r"^\| (matrix products|gathering|all) +\| +([\d.]+) \|$", page, re.MULTILINE)
    assert rows == [("matrix products", "0.250"), ("gathering", "0.050"), ("all", "0.300")]
    assert "0.30 of PyTorch's epoch and 0.19 of scikit-learn's at 1 thread, – of" in page


def test_lit_inputs_are_those_of_the_saved_training_images(data, folder):
    data.train_x[:, 100:] = 0
    np.save(folder / "train_x.npy", data.train_x)
    assert mnist.lit_inputs(folder) == 100


def test_tables_are_aligned():
    lines = outcome.table(["goal", "bound"], [["a longer one", "1"], ["b", "0.25"]]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1] == "| ------------ | ----: |"
    assert lines[3] == "| b            |  0.25 |"


def test_what_is_written_is_what_was_measured(record, tmp_path):
    outcome.write(record, tmp_path / "results", tmp_path)
    assert outcome.files.read_json(tmp_path / "results" / "training.json") == record
    assert (tmp_path / "benchmarks.md").read_text() == outcome.document(record)
    assert (tmp_path / "benchmarks.png").read_bytes().startswith(b"\x89PNG")


def test_a_peer_that_never_ran_is_left_out_of_the_figure(record):
    for key in ("seconds", "spread", "accuracy"):
        record["cases"][0][key]["pytorch_compiled"] = None
    record["cases"][0]["reasons"]["pytorch_compiled"] = "no compiler"
    assert outcome.chart(record).startswith(b"\x89PNG")
    assert "PyTorch, compiled: no compiler" in outcome.document(record)


def test_unknown_arguments_are_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        training.main(["--slow"])
    assert stop.value.code == 2
    assert "--slow" in capsys.readouterr().err


def test_without_the_peers_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(training, "PEERS_PYTHON", tmp_path / "python")
    with pytest.raises(SystemExit, match="make bench"):
        training.main([])


def test_cases_are_those_of_the_docs_and_quick_is_one_of_them():
    assert len(CASES) == 16
    assert QUICK == [CASE]
    for case in CASES:
        assert handwritten.complete(settings_of(case, 6))["batch_size"] == case["batch"]
    for target in TARGETS.values():
        assert set(target["entries"]) == set(LEARNERS)
        assert handwritten.complete(target["entries"]["handwritten"])["l2"] >= 0


def test_this_library_trains_an_epoch_whenever_it_is_asked(data):
    settings = settings_of(CASE | {"batch": 20}, epochs=4)
    contestant = handwritten.Contestant(settings, data)
    seconds = [contestant.epoch() for _ in range(4)]
    assert min(seconds) > 0
    assert contestant.accuracy() > 0.9


def test_what_goes_wrong_in_training_reaches_who_asked(data):
    settings = settings_of(CASE, epochs=1) | {"learning_rate": 1000}
    contestant = handwritten.Contestant(settings, data._replace(train_x=data.train_x * np.nan))
    with pytest.raises(FloatingPointError, match="diverged"), np.errstate(all="ignore"):
        contestant.epoch()


def test_the_floor_multiplies_forward_and_backward_through_every_layer(data, monkeypatch):
    floor = matmul.Contestant(settings_of(CASE | {"batch": 60}, epochs=1), data)
    shapes, multiply = [], np.matmul

    def recorded(left, right, out):
        shapes.append((left.shape, right.shape))
        return multiply(left, right, out=out)

    monkeypatch.setattr(np, "matmul", recorded)
    assert floor.epoch() > 0
    expected = []
    for n in (60, 60, 60, 20):
        expected += [((n, 784), (784, 128)), ((n, 128), (128, 64)), ((n, 64), (64, 10))]
        expected += [((64, n), (n, 10)), ((n, 10), (10, 64))]  # of W3 and of what lies below it
        expected += [((128, n), (n, 64)), ((n, 64), (64, 128))]
        expected += [((784, n), (n, 128))]
    assert shapes == expected
    multiplied = sum(rows * between * columns for (rows, between), (_, columns) in shapes)
    assert multiplied == 200 * matmul.multiplications(SMALL, 784)


def test_arrays_made_in_a_step_are_noticed():
    kept = np.zeros(4096, np.float32)
    watches = {
        "thrifty": watching.Watch(lambda: np.add(kept, 1, out=kept)),
        "wasteful": watching.Watch(lambda: np.add(kept, 1)),
    }
    tracemalloc.start()
    for watch in watches.values():
        for _ in range(3):
            watch()
    tracemalloc.stop()
    assert max(watches["thrifty"].rises) < watching.ARRAY
    assert min(watches["wasteful"].rises) >= kept.nbytes


def test_a_training_s_allocations_are_counted_stretch_by_stretch(data):
    many = data._replace(train_x=np.tile(data.train_x, (20, 1)), train_y=np.tile(data.train_y, 20))
    found = watching.allocations(COMMON | settings_of(CASE, epochs=1), many)
    # 4,000 images are four batches. In each the optimizer is called for two blocks of weights and
    # one of biases, and the first call of all begins the first stretch.
    assert found["stretches"] == 4 * 3 - 1
    assert found["stretches_with_arrays"] == 0
    assert found["largest_rise"] > 0


def test_a_profile_s_parts_make_up_the_epoch(data):
    started = time.perf_counter()
    parts = watching.profile(settings_of(CASE | {"batch": 20}, epochs=1), data, epochs=3)
    passed = time.perf_counter() - started
    assert set(parts) == {
        "matrix products",
        "gathering",
        "activation",
        "loss",
        "optimizer's step",
        "biases, slopes, Python",
    }
    assert min(parts.values()) > 0
    assert 3 * sum(parts.values()) < passed
    assert watching.network.np is np


def test_a_training_that_fails_while_watched_leaves_nothing_behind(data):
    usual, known = np.getbufsize(), set(watching.OPTIMIZERS)
    broken = data._replace(train_x=data.train_x * np.nan)
    with pytest.raises(FloatingPointError, match="diverged"), np.errstate(all="ignore"):
        watching.allocations(settings_of(CASE, epochs=1), broken)
    assert np.getbufsize() == usual
    assert set(watching.OPTIMIZERS) == known
    assert not tracemalloc.is_tracing()


def test_a_worker_answers_and_says_what_went_wrong(folder):
    with crew(["matmul"], 1, folder) as members:
        member = members["matmul"]
        member.ask("begin", settings=settings_of(CASE, epochs=1))
        assert member.ask("epoch") > 0
        assert member.ask("accuracy") is None
        with pytest.raises(Failed, match="layer_dims"):
            member.ask("begin", settings={})
        member._process.kill()
        member._process.wait()
        with pytest.raises(Failed, match="ended"):
            member.ask("epoch")
