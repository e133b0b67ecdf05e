"""The referee itself: does it see what is wrong, and let pass what is right?"""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import train_phase1
from handwritten.learning import gradient_check, losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.gradient_check import BOUND, WrongGradientError

SCRIPT = Path(__file__).parents[2] / "workflow" / "scripts" / "check_gradients.py"
RIGHT = gradient_check.of_the_library("relu")


def test_a_numeric_gradient_by_hand():
    v = np.array([[1.0, -2.0], [0.5, 3.0]])
    before = v.copy()
    gradient = gradient_check.numeric_gradient(lambda: 3 * v[0, 0] ** 2 + v[0, 1] * v[1, 1], v)
    np.testing.assert_allclose(gradient, [[6, 3], [0, -2]], atol=1e-8)
    assert (v == before).all()


def test_a_deviation_by_hand():
    computed = np.array([[3.0, 0.0], [1.0, 2.0]])
    assert gradient_check.deviation(computed, computed)["error"] == 0
    found = gradient_check.deviation(computed, np.array([[0.0, 4.0], [1.0, 2.0]]))
    assert found["error"] == pytest.approx(5 / np.sqrt(21))  # relative to a norm above 1
    assert (found["at"], found["computed"], found["expected"]) == ([0, 1], 0, 4)
    small = gradient_check.deviation(np.array([0.1]), np.array([0.3]))
    assert small["error"] == pytest.approx(0.2)  # absolute


def test_gradients_are_compared_one_by_one():
    right = [(np.ones((3, 2)), np.ones(2)), (np.ones((2, 2)), np.ones(2))]
    wrong = [(np.ones((3, 2)), np.ones((5, 2))), (np.ones((2, 2)), np.array([1.0, 3.0]))]
    rows = gradient_check.compared(wrong, right)
    assert [row["array"] for row in rows] == ["dW1", "db1", "dW2", "db2"]
    assert [row["error"] < BOUND for row in rows] == [True, False, True, False]
    assert rows[1]["problem"] == "its shape is (5, 2), not (2,)"
    assert (rows[3]["at"], rows[3]["computed"], rows[3]["expected"]) == ([1], 3, 1)


def test_the_distance_from_the_kink_by_hand():
    # z1 = [1, 2] @ [[1, -1], [1, -1]] + [0.5, 0.5] = [3.5, -2.5], a1 = [3.5, 0]
    # z2 = 3.5 * 1 - 3 = 0.5; the last layer has no kink
    layers = [
        (np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.5, 0.5])),
        (np.array([[1.0], [1.0]]), np.array([-3.0])),
        (np.zeros((1, 2)), np.zeros(2)),
    ]
    x = np.array([[1.0, 2.0]])
    for depth, nearest in ((3, 0.5), (2, 2.5), (1, np.inf)):
        found = gradient_check.nearest_to_kink(x, layers[:depth], ACTIVATIONS["relu"])
        assert found == nearest


def test_problems_keep_off_the_kink():
    for seed in range(300):
        rng = np.random.default_rng(seed)
        x, labels, vector = gradient_check.random_problem([6, 5, 4, 3], ACTIVATIONS["relu"], rng)
        layers = network.views(vector, [6, 5, 4, 3])
        assert gradient_check.nearest_to_kink(x, layers, ACTIVATIONS["relu"]) > 1e-3
        assert x.dtype == vector.dtype == np.float64
        assert len(x) == len(labels) and set(labels) <= {0, 1, 2}


def phase1(x, y, layers):
    """A gradient that is right, in the place of phase 1's."""
    return RIGHT(x, y, layers)


@pytest.mark.parametrize("seed", range(20))
def test_every_kind_of_gradient_is_checked_and_right(seed):
    rows = gradient_check.checks(phase1, np.random.default_rng(seed))
    gradient_check.require(rows)
    assert {row["activation"] for row in rows} == set(ACTIVATIONS)
    assert [row["what"] for row in rows[:2]] == ["phase 1", "the library"]
    assert sum("smoothed" in row["loss"] for row in rows) == 1
    assert sum("L2" in row["loss"] for row in rows) == 1
    assert sum("dropout" in row["loss"] for row in rows) == 1
    for row in rows:
        assert row["parameters"] == network.parameter_count(row["layer_dims"])
        arrays = [array["array"] for array in row["arrays"]]
        assert arrays == [f"d{name}" for name in layer_names(row["layer_dims"])]
        assert 0 < row["error"] == max(array["error"] for array in row["arrays"]) < BOUND


def layer_names(dims):
    """W1, b1, W2, b2, … of a network."""
    return network.named(network.views(np.empty(network.parameter_count(dims)), dims))


def spoiled(change):
    """The library's calculus with its gradients changed."""

    def calculus(x, y, layers):
        loss, gradients = RIGHT(x, y, layers)
        change(gradients)
        return loss, gradients

    return calculus


@pytest.mark.parametrize(
    ("change", "array"),
    [
        (lambda gradients: np.negative(gradients[0][0], out=gradients[0][0]), "dW1"),
        (lambda gradients: gradients[1][1].fill(0), "db2"),
        (lambda gradients: gradients[2][0].__imul__(1.0001), "dW3"),
        (lambda gradients: gradients[1][0].__iadd__(1e-5), "dW2"),
        (lambda gradients: gradients[2][1].fill(np.nan), "db3"),
    ],
    ids=["sign", "forgotten bias", "factor", "offset", "not a number"],
)
def test_a_wrong_gradient_is_found(change, array):
    row = gradient_check.checked("spoiled", spoiled(change), np.random.default_rng(1))
    with pytest.raises(WrongGradientError) as error:
        gradient_check.require([row])
    first, where, what, right, advice = str(error.value).splitlines()
    assert "gradients" in first and where == "spoiled, relu, cross-entropy:"
    assert what.startswith(f"  {array} is off by up to ") and f"{array}[" in what
    assert array not in right and right.count(",") == 4
    assert "make gradients" in advice


def test_wrong_checks_of_one_kind_are_told_once():
    change = spoiled(lambda gradients: gradients[0][0].fill(0))
    rows = [
        gradient_check.checked("spoiled", change, np.random.default_rng(1), loss=loss)
        for loss in ("one", "two", "three")
    ]
    with pytest.raises(WrongGradientError) as error:
        gradient_check.require(rows)
    assert str(error.value).count("is off by") == 1
    assert "the same is wrong with relu, two; relu, three" in str(error.value)


def test_gradients_that_cannot_be_computed_are_a_wrong_check():
    def broken(x, y, layers):
        return 0.0, np.ones(2) @ np.ones(3)

    row = gradient_check.checked("broken", broken, np.random.default_rng(1))
    assert "!" not in "".join(gradient_check.table([row]))
    assert "cannot be computed" in gradient_check.table([row])[1]
    with pytest.raises(
        WrongGradientError, match=r"ValueError: .* \(line \d+ of gradient_check.py: "
    ):
        gradient_check.require([row])


def test_the_table_has_a_line_a_check_and_marks_what_is_wrong():
    change = spoiled(lambda gradients: gradients[1][1].fill(0))
    rows = [
        gradient_check.checked("first", RIGHT, np.random.default_rng(1), dims=[4, 3]),
        gradient_check.checked("second", change, np.random.default_rng(1)),
    ]
    head, first, second = gradient_check.table(rows)
    assert head.split()[3:] == ["dW1", "db1", "dW2", "db2", "dW3", "db3"]
    assert len(first.split()) == 3 + 2 and "!" not in first
    assert second.split().index("!") == 3 + 4


def test_a_wrong_derivative_is_found(monkeypatch):
    def relu_with_a_wrong_derivative(z, derivative):
        np.greater(z, 0, out=derivative)
        z *= derivative
        derivative += 0.001

    monkeypatch.setitem(ACTIVATIONS, "relu", relu_with_a_wrong_derivative)
    rows = gradient_check.checks(phase1, np.random.default_rng(1))
    wrong = {row["activation"] for row in rows if row["error"] > BOUND}
    assert wrong == {"relu"}


def test_smoothing_and_l2_are_in_what_is_checked():
    x, labels, vector = gradient_check.random_problem(
        [4, 3, 2], ACTIVATIONS["tanh"], np.random.default_rng(5)
    )
    layers, y = network.views(vector, [4, 3, 2]), losses.targets(labels, 2, 0.0, x.dtype)
    loss, plain = gradient_check.of_the_library("tanh")(x, y, layers)
    more, penalised = gradient_check.of_the_library("tanh", l2=0.5)(x, y, layers)
    assert more - loss == pytest.approx(0.25 * sum((W**2).sum() for W, _ in layers))
    for (W, _), (dW, db), (dW2, db2) in zip(layers, plain, penalised, strict=True):
        np.testing.assert_allclose(dW2 - dW, 0.5 * W)
        assert (db2 == db).all()
    seen = []
    gradient_check.checked(
        "",
        lambda x, y, layers: seen.append(y) or RIGHT(x, y, layers),
        np.random.default_rng(1),
        smoothing=0.3,
    )
    assert set(np.unique(seen[0].round(12))) == {0.1, 0.8}


@pytest.fixture
def step(job):
    """The job of check_gradients."""
    job.params.recipe["settings"] = {"seed": 1}
    return job


def test_the_step_checks_phase_1_as_it_is(step):
    runpy.run_path(str(SCRIPT), init_globals={"snakemake": step})
    facts = json.loads(Path("results/step/0123456789/gradients.json").read_text())
    assert (facts["step"], facts["bound"]) == (1e-6, BOUND)
    assert facts["checks"][0]["what"] == "phase 1"
    assert all(0 < row["error"] < BOUND for row in facts["checks"])


def test_the_step_fails_where_phase_1_is_wrong(step, monkeypatch, capfd):
    def gradients(X, Y, *parameters):
        dW1, *others = right(X, Y, *parameters)
        return (0.99 * dW1, *others)

    right = train_phase1.gradients
    monkeypatch.setattr(train_phase1, "gradients", gradients)
    with pytest.raises(SystemExit):
        runpy.run_path(str(SCRIPT), init_globals={"snakemake": step})
    said = capfd.readouterr().err
    assert "WrongGradientError: gradients are not" in said
    assert "\nphase 1, relu, cross-entropy:\n  dW1 is off by up to " in said
    assert not Path("results/step/0123456789/gradients.json").exists()
