import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwritten.data.datasets import DATA_SETS
from handwritten.evaluation import metrics

# rows true, columns predicted
MATRIX = np.array([[8, 2, 0], [1, 9, 0], [0, 3, 0]])


@pytest.mark.parametrize(
    ("errors", "low", "high"), [(35, 0.25, 0.49), (57, 0.44, 0.74), (100, 0.82, 1.21)]
)
def test_wilson_against_figures_worked_by_hand(errors, low, high):
    bounds = metrics.wilson_interval(10_000 - errors, 10_000)
    assert [round(100 * (1 - bound), 2) for bound in reversed(bounds)] == [low, high]


def test_wilson_of_few_by_hand():
    assert metrics.wilson_interval(1, 3) == pytest.approx((0.061492, 0.792340), abs=1e-6)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_proportion_within_0_and_1(case):
    successes, n = case
    low, high = metrics.wilson_interval(successes, n)
    assert 0 <= low <= successes / n + 1e-12
    assert successes / n - 1e-12 <= high <= 1
    mirrored = metrics.wilson_interval(n - successes, n)
    assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-9)


def test_wilson_covers_as_often_as_it_says():
    rng = np.random.default_rng(1)
    draws = rng.binomial(500, 0.97, 4000)
    inside = [low <= 0.97 <= high for low, high in (metrics.wilson_interval(k, 500) for k in draws)]
    assert 0.93 < np.mean(inside) < 0.97


def test_confusion_matrix_by_hand():
    labels, predictions = np.array([0, 0, 1, 2, 2, 2], np.uint8), np.array([0, 1, 1, 0, 2, 2])
    matrix = metrics.confusion_matrix(labels, predictions, 3)
    assert matrix.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


def test_classes_that_nobody_saw_or_named_have_their_place():
    matrix = metrics.confusion_matrix(np.array([0]), np.array([1]), 3)
    assert matrix.tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_labels_as_bytes_do_not_overflow():
    labels = np.full(5, 19, np.uint8)
    assert metrics.confusion_matrix(labels, labels, 20)[19, 19] == 5


def test_class_scores_by_hand():
    scores = metrics.class_scores(MATRIX)
    assert scores[0] == pytest.approx(
        {"precision": 8 / 9, "recall": 0.8, "f1": 2 * 8 / 19, "support": 10}
    )
    assert scores[1]["precision"] == pytest.approx(9 / 14)
    assert scores[2] == {"precision": None, "recall": 0, "f1": 0, "support": 3}


def test_f1_is_the_harmonic_mean():
    score = metrics.class_scores(MATRIX)[1]
    p, r = score["precision"], score["recall"]
    assert score["f1"] == pytest.approx(2 / (1 / p + 1 / r))


def test_most_confused_leaves_right_answers_out():
    assert metrics.most_confused(MATRIX, 2) == [
        {"true": 2, "predicted": 1, "count": 3},
        {"true": 0, "predicted": 1, "count": 2},
    ]
    assert len(metrics.most_confused(MATRIX)) == 3
    assert len(metrics.most_confused(np.ones((4, 4), int))) == 10


def test_rows_become_shares():
    shares = metrics.row_normalised(np.array([[3, 1, 0], [0, 0, 0], [0, 0, 1]]))
    assert shares.tolist() == [[0.75, 0.25, 0], [0, 0, 0], [0, 0, 1]]


def test_evaluated_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
    facts = metrics.evaluate(np.array([0.1, 0.2, 0.9, 0.4]), probabilities, np.array([0, 1, 1, 0]))
    assert (facts["n"], facts["errors"], facts["accuracy"]) == (4, 1, 0.75)
    assert facts["loss"] == pytest.approx(0.4)
    assert facts["confusion_matrix"] == [[2, 0], [1, 1]]
    assert facts["most_confused"] == [{"true": 1, "predicted": 0, "count": 1}]


def test_too_high_an_answer_is_as_wrong_as_too_low_a_one():
    answers = np.array([[0.1, 0.9], [0.9, 0.1], [0.8, 0.2]])
    for labels, errors in (([0, 0, 0], 1), ([0, 1, 0], 2), ([1, 1, 1], 2)):
        every = {split: np.array(labels) for split in ("dev", "test")}
        facts = metrics.evaluate_splits(
            dict.fromkeys(every, np.ones(3)), dict.fromkeys(every, answers), every, []
        )["test"]
        assert facts["errors"] == errors


def test_halves_are_apart():
    correct = np.array([True, True, False, True, False, False])
    both = metrics.halves(correct, np.array([0, 1, 0, 1, 0, 1]))
    assert (both["first"]["errors"], both["second"]["errors"]) == (1, 2)
    assert both["first"]["n"] == both["second"]["n"] == 3
    assert metrics.halves(correct, np.array([0, 0, 0, 1, 1, 1])) is None  # as pictures are read


def test_of_both_splits_are_each_split_s_own():
    answers = {"dev": np.array([[0.9, 0.1]]), "test": np.array([[0.9, 0.1], [0.9, 0.1]])}
    labels = {"dev": np.array([0]), "test": np.array([1, 0])}
    loss = {"dev": np.array([0.25]), "test": np.array([0.5, 1.5])}
    facts = metrics.evaluate_splits(loss, answers, labels, [])
    assert set(facts) == {"dev", "test"} and "halves" not in facts["dev"]
    assert (facts["dev"]["errors"], facts["dev"]["loss"]) == (0, 0.25)
    assert (facts["test"]["errors"], facts["test"]["loss"]) == (1, 1.0)
    assert [half["errors"] for half in facts["test"]["halves"].values()] == [1, 0]
    assert facts["test"]["without_wrong_labels"] is None


def test_without_wrong_labels_these_images_alone_are_left_out():
    labels = np.array([1, 0, 0, 1, 0])
    for wrong, n, errors in (([0], 4, 1), ([0, 3], 3, 0), ([1, 3], 3, 1)):
        check_without(labels, [0.9, 0.1], wrong, n, errors)
        check_without(1 - labels, [0.1, 0.9], wrong, n, errors)


def check_without(labels, answer, wrong, n, errors):
    """Without the images `wrong`, `errors` of `n` are left where every answer is the same."""
    both = dict.fromkeys(("dev", "test"), labels)
    answers, loss = dict.fromkeys(both, np.tile(answer, (5, 1))), dict.fromkeys(both, np.ones(5))
    facts = metrics.evaluate_splits(loss, answers, both, wrong)
    rest = facts["test"]["without_wrong_labels"]
    assert (rest["n"], rest["errors"]) == (n, errors)
    assert facts["test"]["errors"] == 2 and "without_wrong_labels" not in facts["dev"]


def test_only_mnist_has_labels_that_are_known_to_be_wrong():
    wrong = {name: data_set.wrong_labels for name, data_set in DATA_SETS.items()}
    mnist = wrong.pop("mnist")
    assert len(set(mnist)) == 15 and sum(mnist) == 68_696
    assert (min(mnist), max(mnist)) == (947, 9729)
    assert set(wrong.values()) == {()}
