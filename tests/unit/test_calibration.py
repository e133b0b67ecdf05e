"""What calibration says of probabilities that are easy to work out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwritten.evaluation import calibration, ensemble
from handwritten.learning import losses


def rng():
    """Random numbers for the bootstrap."""
    return np.random.default_rng(1)


def answers(confidence, right, n):
    """Two classes: n answers of this confidence, all for class 0, of which so many are right."""
    p = np.tile([confidence, 1 - confidence], (n, 1))
    return p, np.array([0] * right + [1] * (n - right))


def test_bins_by_hand():
    p = np.array([[0.9, 0.1], [0.1, 0.9], [0.3, 0.7], [0.0, 1.0]])
    found = calibration.reliability(p, np.array([0, 0, 1, 1]))
    assert len(found["bins"]) == 15
    full = {k: one for k, one in enumerate(found["bins"]) if one["n"]}
    # 0.7 is in the bin from 10/15 to 11/15, 0.9 in that from 13/15 to 14/15, 1 in the last one
    assert {k: (one["n"], one["accuracy"]) for k, one in full.items()} == {
        10: (1, 1.0),
        13: (2, 0.5),
        14: (1, 1.0),
    }
    assert [one["confidence"] for one in full.values()] == pytest.approx([0.7, 0.9, 1.0])
    assert found["ece"] == pytest.approx((2 * 0.4 + 0.3 + 0.0) / 4)
    assert found["bins"][0] == {
        "n": 0,
        "errors": 0,
        "accuracy": None,
        "wilson95": None,
        "confidence": None,
    }


def test_a_bin_s_confidence_is_a_mean_and_too_high_is_as_far_as_too_low():
    p = np.array([[0.82, 0.18], [0.84, 0.16], [0.56, 0.44], [0.58, 0.42]])
    found = calibration.reliability(p, np.array([1, 1, 0, 0]))
    low, high = (one for one in found["bins"] if one["n"])
    assert (low["confidence"], high["confidence"]) == pytest.approx((0.57, 0.83))
    assert found["ece"] == pytest.approx((0.43 + 0.83) / 2)


def test_a_bin_reaches_up_to_its_upper_end():
    inside, above = 7 / 15, 7 / 15 + 1e-9
    p = np.array([[inside, 0.3, 0.7 - inside], [above, 0.3, 0.7 - above]])
    bins = calibration.reliability(p, np.array([0, 0]))["bins"]
    assert [one["n"] for one in bins] == [0] * 6 + [1, 1] + [0] * 7


def test_the_ece_s_interval_is_that_of_an_error_rate_where_confidence_is_1():
    """Then the ECE is the share of errors, here 50 of 1000: 5% +- 1.96 sqrt(0.05 * 0.95 / 1000)."""
    p, y = answers(1.0, right=950, n=1000)
    found = calibration.ece_interval([p], y, np.random.default_rng(1))
    half = 1.96 * np.sqrt(0.05 * 0.95 / 1000)
    expected = {"mean": 0.05, "low": 0.05 - half, "high": 0.05 + half}
    assert found == pytest.approx(expected, abs=0.0015)


def test_the_ece_of_several_models_is_the_mean_of_theirs():
    (p, y), (q, _) = answers(0.9, right=70, n=100), answers(0.8, right=70, n=100)
    found = calibration.ece_interval([p, q], y, np.random.default_rng(1))
    each = [calibration.reliability(one, y)["ece"] for one in (p, q)]
    assert found["mean"] == pytest.approx(np.mean(each))
    assert found["low"] < found["mean"] < found["high"]


def test_the_ece_s_interval_has_0_where_a_network_is_perfectly_calibrated():
    """There the ECE of a sample is not 0, and that of a bootstrap sample is still larger."""
    confidence = rng().uniform(0.5, 1, size=2000)
    p = np.stack([confidence, 1 - confidence], axis=1)
    y = (rng().spawn(1)[0].random(2000) > confidence).astype(int)
    found = calibration.ece_interval([p], y, rng())
    assert found["low"] == 0 < found["mean"] < found["high"]


def test_both_calibration_errors_have_an_interval_around_them():
    p, y = answers(0.9, right=70, n=100)
    both = {"dev": p, "test": p}, {"dev": y, "test": y}
    found = calibration.evaluate_splits(*both, 0.01, rng())["calibration"]
    for kind in ("test", "test_at_temperature"):
        low, high = found[kind]["ece_interval"]
        assert 0 <= low <= found[kind]["ece"] < high
    assert found["test"]["ece_interval"][0] > found["test_at_temperature"]["ece_interval"][1]


def test_the_temperature_by_hand():
    """With p = 0.9 the logit is log 9; where 3 of 4 are right it should be log 3, half of that."""
    p, y = answers(0.9, right=3, n=4)
    assert calibration.temperature(p, y) == pytest.approx(2)
    p, y = answers(0.75, right=9, n=10)
    assert calibration.temperature(p, y) == pytest.approx(0.5)
    p, y = answers(0.75, right=3, n=4)
    assert calibration.temperature(p, y) == pytest.approx(1)


def test_the_temperature_is_bounded_where_all_is_right_or_worse_than_guessing():
    assert calibration.temperature(*answers(0.9, right=1, n=1)) == calibration.LOWEST
    assert calibration.temperature(*answers(0.9, right=20, n=20)) == calibration.LOWEST
    assert calibration.temperature(*answers(0.9, right=1, n=4)) == calibration.HIGHEST


@pytest.mark.parametrize(("right", "expected"), [(100, 1), (96, 1), (95, 0.746), (60, 5.42)])
def test_few_errors_do_not_raise_confidence(right, expected):
    p, y = answers(0.9, right, n=100)
    both = {"dev": p, "test": p}, {"dev": y, "test": y}
    found = calibration.evaluate_splits(*both, 0.01, rng())["calibration"]
    assert found["temperature"] == pytest.approx(expected, rel=1e-3)
    assert bool(found["too_few_errors"]) == (right > 95)


def test_it_is_fitted_on_dev_and_measured_on_test():
    dev, test = answers(0.9, right=3, n=4), answers(0.9, right=9, n=10)
    p, y = ({"dev": d, "test": t} for d, t in zip(dev, test, strict=True))
    found = calibration.evaluate_splits(p, y, 0.01, rng())["calibration"]
    assert found["temperature"] == pytest.approx(2)
    assert found["temperature_range"] == [calibration.LOWEST, calibration.HIGHEST]
    assert found["test"]["ece"] == pytest.approx(0)
    after = found["test_at_temperature"]
    assert after["ece"] == pytest.approx(0.15)  # 90% right, said with 75%
    assert after["loss"] == pytest.approx(-(0.9 * np.log(0.75) + 0.1 * np.log(0.25)))


def ranked(*answers):
    """Predictions of two classes: (confidence, whether right), and their labels."""
    confidence = np.array([confidence for confidence, _ in answers])
    p = np.stack([confidence, 1 - confidence], axis=1)
    return p, np.array([0 if right else 1 for _, right in answers])


def test_the_threshold_is_the_smallest_that_keeps_errors_rare_enough():
    p, y = ranked((0.9, True), (0.8, True), (0.7, False), (0.65, True), (0.6, False))
    assert calibration.threshold(p, y, 0) == pytest.approx(0.75)  # between 0.8 and 0.7
    assert calibration.threshold(p, y, 0.25) == pytest.approx(0.625)  # 1 error in 4
    assert calibration.threshold(p, y, 0.4) == 0  # all may be answered
    limit = calibration.threshold(p, y, 0.25)
    assert calibration.answered(p, y, limit) == {"n": 5, "accepted": 4, "errors": 1}


def test_there_is_no_threshold_where_the_most_confident_predictions_are_wrong():
    p, y = ranked((0.9, False), (0.8, True))
    assert calibration.threshold(p, y, 0.4) is None
    assert calibration.answered(p, y, None) == {"n": 2, "accepted": 0, "errors": 0}


def test_images_with_the_same_confidence_are_answered_together():
    p, y = ranked((0.9, True), (0.8, True), (0.8, False), (0.8, True))
    assert calibration.threshold(p, y, 0) == pytest.approx(0.85)


def test_answers_are_counted_at_the_calibrated_confidence():
    dev, test = answers(0.9, right=3, n=4), answers(0.9, right=9, n=10)
    p, y = ({"dev": d, "test": t} for d, t in zip(dev, test, strict=True))
    found = calibration.evaluate_splits(p, y, 0.25, rng())
    assert found["answering"]["threshold"] == 0
    assert found["answering"]["test"] == {"n": 10, "accepted": 10, "errors": 1}
    assert found["rejection"][0]["threshold"] == pytest.approx(0.75)


def test_probabilities_too_small_for_floats_have_a_temperature_and_a_loss():
    p = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0]], np.float32)
    splits = dict.fromkeys(("dev", "test"), p), dict.fromkeys(("dev", "test"), np.array([0, 1, 2]))
    found = calibration.evaluate_splits(*splits, 0.01, rng())["calibration"]
    assert found["temperature"] == calibration.HIGHEST
    assert np.isfinite(found["test_at_temperature"]["loss"])


logits = st.integers(2, 6).flatmap(
    lambda classes: st.lists(
        st.tuples(
            st.lists(st.floats(-8, 8), min_size=classes, max_size=classes),
            st.integers(0, classes - 1),
        ),
        min_size=1,
        max_size=12,
    )
)


@given(logits)
def test_no_other_temperature_has_less_loss(rows):
    z, y = np.array([row for row, _ in rows]), np.array([label for _, label in rows])

    def loss(T):
        return losses.cross_entropy(z / T, y).mean()

    T = calibration.temperature(losses.softmax(z), y)
    tried = np.geomspace(calibration.LOWEST, calibration.HIGHEST, 41)
    assert loss(T) <= min(map(loss, tried)) + 1e-9


@given(logits, st.floats(0.2, 5))
def test_powers_of_probabilities_are_softmaxes_of_divided_logits(rows, T):
    z = np.array([row for row, _ in rows])
    powers = losses.softmax(z) ** (1 / T)
    powers /= powers.sum(axis=1, keepdims=True)
    logs = ensemble.log_probabilities(losses.softmax(z))
    np.testing.assert_allclose(losses.softmax(z / T), powers, atol=1e-12)
    np.testing.assert_allclose(losses.softmax(logs / T), powers, atol=1e-12)


def test_rejection_by_hand():
    """Ten answers, surest last; those with confidence 0.55 and 0.65 are wrong."""
    confidence = np.array([0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0])
    p = np.stack([confidence, 1 - confidence], axis=1)
    y = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    rows = {row["coverage"]: row for row in calibration.rejection(p, y)}
    assert list(rows) == [percent / 100 for percent in range(100, 49, -1)]
    found = {share: (rows[share]["n"], rows[share]["errors"]) for share in (1.0, 0.9, 0.75, 0.5)}
    assert found == {1.0: (10, 2), 0.9: (9, 1), 0.75: (7, 0), 0.5: (5, 0)}
    assert (rows[0.9]["threshold"], rows[0.75]["threshold"]) == (0.6, 0.7)
    assert rows[0.9]["accuracy"] == pytest.approx(8 / 9)


def test_of_equal_confidences_the_earlier_image_is_the_surer():
    p = np.full((4, 2), 0.5)
    for wrong, errors in ((0, 1), (3, 0)):
        y = np.array([int(i == wrong) for i in range(4)])  # the first class is what is answered
        assert calibration.rejection(p, y)[-1]["errors"] == errors


def test_one_image_is_always_answered():
    rows = calibration.rejection(np.array([[0.2, 0.8]]), np.array([1]))
    assert {row["n"] for row in rows} == {1} and {row["errors"] for row in rows} == {0}
