"""The first-principles script, its gradients against central differences and against phase 2's."""

import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from gradients import assert_gradients_agree

import train_phase1 as phase1
from handwritten.data import idx
from handwritten.learning import slices
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.gradient_check import numeric_gradient


def random_problem(seed, n=9, d=6, h=4, k=3):
    rng = np.random.default_rng(seed)
    parameters = [rng.uniform(-0.5, 0.5, shape) for shape in ((d, h), (h,), (h, k), (k,))]
    labels = rng.integers(0, k, n)
    return rng.random((n, d)), labels, np.eye(k)[labels], parameters


@pytest.mark.parametrize("seed", range(8))
def test_gradients_agree_with_central_differences(seed):
    x, _, y, parameters = random_problem(seed)
    for part, analytic in zip(parameters, phase1.gradients(x, y, *parameters), strict=True):
        numeric = numeric_gradient(
            lambda: phase1.cross_entropy(phase1.forward(x, *parameters)[1], y), part
        )
        assert_gradients_agree(analytic, numeric)


def test_forward_by_hand():
    # z1 = [1, 2] @ [[1, -1], [1, -1]] + [0.5, 0.5] = [3.5, -2.5], a1 = [3.5, 0]
    # z2 = [3.5, 0] @ [[2, 2], [5, 5]] + [log 3, 0] = [7 + log 3, 7], p = [3/4, 1/4]
    W1, b1 = np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.5, 0.5])
    W2, b2 = np.array([[2.0, 2.0], [5.0, 5.0]]), np.array([np.log(3), 0.0])
    a1, p = phase1.forward(np.array([[1.0, 2.0]]), W1, b1, W2, b2)
    assert a1.tolist() == [[3.5, 0]]
    np.testing.assert_allclose(p, [[0.75, 0.25]])
    assert phase1.cross_entropy(p, np.array([[0.0, 1.0]])) == pytest.approx(np.log(4))


def test_softmax_at_ten_thousand():
    W, b = np.array([[1e4, -1e4]]), np.zeros(1)
    _, p = phase1.forward(np.ones((1, 1)), np.ones((1, 1)), b, W, np.zeros(2))
    assert p.tolist() == [[1, 0]]
    assert np.isfinite(phase1.cross_entropy(p, np.array([[0.0, 1.0]])))


@pytest.mark.parametrize("slice_rows", [1, 7, 100])
def test_slices_add_up_to_the_full_batch(slice_rows, monkeypatch):
    monkeypatch.setattr(phase1, "SLICE", slice_rows)
    x, _, y, parameters = random_problem(1, n=23)
    expected = [part / len(x) for part in phase1.gradients(x, y, *parameters)]
    found = phase1.full_batch_gradients(x, y, *parameters)
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-15)


def test_the_score_is_the_mean_loss_and_the_share_that_is_right():
    x, labels, y, parameters = random_problem(1, n=23)
    loss, accuracy = phase1.score(x, y, *parameters)
    p = phase1.forward(x, *parameters)[1]
    assert loss == pytest.approx(-np.log(p[np.arange(23), labels]).mean())
    assert accuracy == pytest.approx((p.argmax(axis=1) == labels).mean())


def test_both_phases_have_the_same_gradient():
    x, _, y, (W1, b1, W2, b2) = random_problem(2)
    work = slices.Workspace([6, 4, 3], len(x), np.float64)
    layers = [(W1, b1), (W2, b2)]

    def gather(rows):
        return x[rows], y[rows]

    slices.batch_gradient(np.arange(len(x)), gather, layers, ACTIVATIONS["relu"], work)
    parts = phase1.full_batch_gradients(x, y, W1, b1, W2, b2)
    (dW1, db1), (dW2, db2) = work.gradient_layers
    for ours, part in zip((dW1, db1, dW2, db2), parts, strict=True):
        np.testing.assert_allclose(ours, part, rtol=1e-9)


def test_it_learns_and_records_every_25th_step_and_the_last():
    x, labels, _, _ = random_problem(3, n=60)
    labels = x[:, :3].argmax(axis=1)
    data = {"x": x.astype(np.float32), "y": labels}
    settings = {
        "classes": 10,
        "hidden_units": 8,
        "initial_range": 0.5,
        "steps": 60,
        "learning_rate": 0.5,
    }
    rows = []
    (W1, _, W2, _), history, snapshots = phase1.train(
        data, data, settings, np.random.default_rng(0), rows.append
    )
    assert [row["step"] for row in history] == [25, 50, 60]
    assert rows == history
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    assert W1.dtype == np.float32
    assert list(snapshots) == [0, 25, 50, 60]
    np.testing.assert_array_equal(snapshots[60], W1)
    assert not np.array_equal(snapshots[0], snapshots[25])
    assert history[-1]["weight_norm_2"] == pytest.approx(np.sqrt((W2**2).sum()))


def test_a_run_that_diverges_stops_and_names_the_setting():
    data = {"x": np.ones((20, 4), np.float32), "y": np.arange(20) % 10}
    settings = {
        "classes": 10,
        "hidden_units": 3,
        "initial_range": 0.5,
        "steps": 500,
        "learning_rate": 1e30,
    }
    with (
        np.errstate(all="ignore"),
        pytest.raises(FloatingPointError, match="lower the run's learning_rate"),
    ):
        phase1.train(data, data, settings, np.random.default_rng(0))


def test_it_runs_alone_and_prints_how_it_learns(tmp_path, capsys):
    rng, folder = np.random.default_rng(1), tmp_path / "resources" / "mnist"
    folder.mkdir(parents=True)
    for split, count in (("train", 200), ("t10k", 50)):
        labels = (np.arange(count) % 10).astype(np.uint8)
        images = rng.integers(0, 50, (count, 28, 28), np.uint8)
        images[np.arange(count), 2 * labels + 4] = 255  # a bright row for each digit
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            (folder / f"{split}-{kind}-ubyte.gz").write_bytes(idx.pack(idx.encode(array)))
    phase1.run_alone(tmp_path, phase1.ALONE | {"dev_size": 50, "steps": 60})
    lines = capsys.readouterr().out.splitlines()
    assert [line[:8] for line in lines[:3]] == ["step  25", "step  50", "step  60"]
    assert re.fullmatch(r"step  25  loss \d\.\d{4}  dev accuracy \d+\.\d\d%", lines[0])
    assert re.fullmatch(r"test accuracy \d+\.\d\d%", lines[3])


def test_alone_without_the_files_it_says_what_to_do(tmp_path):
    with pytest.raises(SystemExit, match="Run `make`, which downloads them"):
        phase1.run_alone(tmp_path, phase1.ALONE)


def test_alone_it_has_the_settings_of_the_configuration():
    config = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text())
    expected = config["runs"]["phase1"] | {key: config[key] for key in ("seed", "dev_size")}
    for key in ("trainer", "reported_accuracy"):
        expected.pop(key, None)
    assert expected | {"classes": 10} == phase1.ALONE
