"""What a sweep makes of its trainings, in numbers worked out by hand."""

import pytest

from handwritten.evaluation import comparison, sweep


def outcome(error, loss=0.1, cost=10.0, diverged=None):
    curve = {"at": [1, 2], "curve": [2 * error, error], "error": error}
    return curve | {
        "diverged": diverged,
        "dev_loss": loss,
        "layer_dims": [4, 3],
        "multiplications": cost,
    }


CANDIDATES = [{"a": 1, "b": 0.1}, {"a": 2, "b": 0.2}, {"a": 1, "b": 0.3}, {"a": 2, "b": 0.4}]


def ranking():
    errors = [(0.02, 0.04), (0.01, 0.02), (0.03, 0.03), (1.0, 0.001)]
    outcomes = [outcome(error, cost=error) for seed in zip(*errors, strict=True) for error in seed]
    outcomes[3]["diverged"] = "diverged in epoch 1"
    return sweep.rank(CANDIDATES, range(4), outcomes)


def test_early_stopping_counts_the_best_epoch_and_none_the_last():
    history = [
        {"epoch": 1, "dev_accuracy": 0.9, "dev_loss": 0.3},
        {"epoch": 2, "dev_accuracy": 0.8, "dev_loss": 0.5},
    ]
    last = sweep.outcome(history, "epoch", [4, 3], 10, early_stopping=0)
    best = sweep.outcome(history, "epoch", [4, 3], 10, early_stopping=3)
    assert (last["error"], last["dev_loss"]) == (pytest.approx(0.2), 0.5)
    assert (best["error"], best["dev_loss"]) == (pytest.approx(0.1), 0.3)
    assert last["multiplications"] == best["multiplications"] == 10 * 2 * 2 * 12


def test_candidates_are_ranked_by_mean_errors_then_loss_and_divergence_is_last():
    assert [row["number"] for row in ranking()] == [1, 0, 2, 3]
    worse, better = outcome(0.1, loss=2), outcome(0.1, loss=1)
    tied = sweep.rank(CANDIDATES, [0, 1], [worse, better])
    assert [row["number"] for row in tied] == [1, 0]


def test_a_candidate_is_the_mean_of_its_seeds():
    best = ranking()[0]
    assert best["mean"] == pytest.approx(0.015)
    assert best["curve"] == pytest.approx([0.03, 0.015])
    assert best["settings"] == {"a": 2, "b": 0.2}


def test_a_later_round_ranks_those_that_went_on():
    rows = sweep.rank(CANDIDATES, [0, 3], [outcome(0.2), outcome(0.1)])
    assert [(row["number"], row["settings"]["b"]) for row in rows] == [(3, 0.4), (0, 0.1)]


def test_everyone_counts_as_in_the_last_round_he_saw():
    first = ranking()
    last = sweep.rank(CANDIDATES, [0, 1], [outcome(0.005), outcome(0.008)])
    rows = sweep.overall([first, last])
    assert [(row["number"], row["round"]) for row in rows] == [(0, 2), (1, 2), (2, 1), (3, 1)]
    assert rows[0]["mean"] == 0.005


def test_an_effect_is_the_median_over_all_candidates_with_the_value():
    found = sweep.effects(ranking(), {"a": [1, 2], "b": {"from": 0, "to": 1, "scale": "linear"}})
    assert [row["label"] for row in found["a"]] == ["1", "2"]
    assert [row["median"] for row in found["a"]] == pytest.approx([0.03, (0.015 + 0.5005) / 2])
    assert [row["label"] for row in found["b"]] == ["0.1 to 0.1", "0.2 to 0.3", "0.4 to 0.4"]


def test_the_front_holds_whom_nobody_beats_in_both():
    rows = [
        {"multiplications": cost, "mean": error, "diverged": False}
        for cost, error in [(1, 0.5), (2, 0.6), (3, 0.1), (4, 0.1), (5, 0.05)]
    ]
    assert [row["multiplications"] for row in sweep.front(rows)] == [1, 3, 5]


def test_multiplications_are_forward_gradient_and_error():
    assert sweep.multiplications([4, 3], images=10, epochs=2) == 10 * 2 * 2 * 12
    assert sweep.multiplications([4, 3, 2], images=1, epochs=1) == 2 * 12 + 3 * 6


@pytest.mark.parametrize(("n", "low", "high"), [(6, 1, 6), (9, 2, 8), (20, 6, 15)])
def test_a_median_s_interval_is_that_of_the_tables(n, low, high):
    found = comparison.median_interval([float(value) for value in range(n, 0, -1)])
    assert found == {"median": (n + 1) / 2, "low": low, "high": high}


def test_few_values_have_a_median_without_interval():
    assert comparison.median_interval([3.0, 1.0]) == {"median": 2.0, "low": None, "high": None}
