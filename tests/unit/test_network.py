import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handwritten.learning import backpropagation, gradient_check, network
from handwritten.learning.activations import ACTIVATIONS

DEPTHS = st.lists(st.integers(1, 6), min_size=1, max_size=5).map(lambda dims: [*dims, 3])


def random_problem(dims, seed, n):
    rng = np.random.default_rng(seed)
    vector = rng.standard_normal(network.parameter_count(dims))
    return rng.random((n, dims[0])), vector


@settings(max_examples=60, deadline=None)
@given(dims=DEPTHS, seed=st.integers(0, 2**32 - 1), name=st.sampled_from(sorted(ACTIVATIONS)))
def test_gradients_agree_with_central_differences_at_any_depth(dims, seed, name):
    calculus, rng = gradient_check.of_the_library(name), np.random.default_rng(seed)
    row = gradient_check.checked(f"{dims}, seed {seed}", calculus, rng, dims, name)
    gradient_check.require([row])


def test_forward_by_hand():
    # One image (1, 2), two hidden units, two classes.
    #   z1 = [1, 2] @ [[1, -1], [1, -1]] + [0.5, 0.5] = [3.5, -2.5], a1 = [3.5, 0]
    #   z2 = [3.5, 0] @ [[2, 0], [5, 5]] + [0, 1] = [7, 1]
    W1, b1 = np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.5, 0.5])
    W2, b2 = np.array([[2.0, 0.0], [5.0, 5.0]]), np.array([0.0, 1.0])
    work = network.buffers(1, [2, 2, 2], np.float64)
    x = np.array([[1.0, 2.0]])
    z = network.forward(x, [(W1, b1), (W2, b2)], ACTIVATIONS["relu"], work)
    assert z.tolist() == [[7.0, 1.0]]
    assert work.a[0].tolist() == [[3.5, 0.0]]
    assert work.derivative[0].tolist() == [[1.0, 0.0]]


def test_backward_by_hand():
    # The network of test_forward_by_hand with delta2 = [-0.5, 0.5] given.
    #   dW2 = a1^T delta2 = [[-1.75, 1.75], [0, 0]], db2 = [-0.5, 0.5]
    #   delta1 = delta2 W2^T * slope1 = [-1, 0] * [1, 0] = [-1, 0]
    #   dW1 = x^T delta1 = [[-1, 0], [-2, 0]], db1 = [-1, 0]
    dims, x = [2, 2, 2], np.array([[1.0, 2.0]])
    layers = [(np.zeros((2, 2)), np.zeros(2)), (np.array([[2.0, 0.0], [5.0, 5.0]]), np.zeros(2))]
    work = network.buffers(1, dims, np.float64)
    work.a[0][...], work.derivative[0][...], work.delta[-1][...] = (
        [[3.5, 0]],
        [[1, 0]],
        [[-0.5, 0.5]],
    )
    gradient = np.empty(network.parameter_count(dims))
    backpropagation.backward(x, layers, work, network.views(gradient, dims))
    (dW1, db1), (dW2, db2) = network.views(gradient, dims)
    assert (dW1.tolist(), db1.tolist()) == ([[-1, 0], [-2, 0]], [-1, 0])
    assert (dW2.tolist(), db2.tolist()) == ([[-1.75, 1.75], [0, 0]], [-0.5, 0.5])


@given(DEPTHS)
def test_layers_are_views_that_tile_the_vector(dims):
    vector = np.zeros(network.parameter_count(dims), np.float32)
    layers = network.views(vector, dims)
    for number, (W, b) in enumerate(layers, 1):
        W[...], b[...] = number, -number
    assert network.layer_dims(layers) == dims
    assert not (vector == 0).any()
    assert sum(W.size + b.size for W, b in layers) == vector.size
    weights = network.weight_count(dims)
    assert (vector[:weights] > 0).all() and (vector[weights:] < 0).all()


def test_model_files_name_the_layers_from_1():
    layers = network.views(np.arange(23.0), [3, 4, 1, 1])
    arrays = network.named(layers)
    assert list(arrays) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    back = network.from_named(arrays)
    assert all((W is V) and (b is c) for (W, b), (V, c) in zip(layers, back, strict=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: arrays.clear(), r"no model: arrays \[\]"),
        (lambda arrays: arrays.pop("b2"), "expected W1, b1"),
        (lambda arrays: arrays.update(x=arrays.pop("b2")), "expected W1, b1"),
        (lambda arrays: arrays.update(extra=np.zeros(3)), "expected W1, b1"),
        (lambda arrays: arrays.update(b2=np.zeros((2, 1))), r"W2 \(4, 2\) and b2 \(2, 1\)"),
        (lambda arrays: arrays.update(b1=np.zeros(3)), r"b1 \(3,\)"),
        (lambda arrays: arrays.update(W2=np.zeros((5, 2))), "above 4 units"),
        (lambda arrays: arrays.update(W1=np.zeros(12), b1=np.array(0.0)), r"W1 \(12,\)"),
        (lambda arrays: arrays.update(W2=np.zeros((4, 2, 2)), b2=np.zeros((2, 2))), "W2"),
        (lambda arrays: arrays["W1"].__setitem__((0, 0), np.nan), "finite"),
        (lambda arrays: arrays["b2"].__setitem__(0, -np.inf), "finite"),
        (lambda arrays: arrays.update(b1=np.zeros(4, int)), "finite"),
        (lambda arrays: arrays.update(b1=np.array(list("abcd"))), "finite"),
    ],
)
def test_what_is_no_model_is_refused(change, message):
    arrays = network.named(network.views(np.arange(26.0), [3, 4, 2]))
    network.from_named(arrays)
    change(arrays)
    with pytest.raises(ValueError, match=message):
        network.from_named(arrays)


def test_logits_do_not_depend_on_slices(monkeypatch):
    x, vector = random_problem([6, 5, 3], seed=1, n=23)
    layers = network.views(vector, [6, 5, 3])
    whole = network.logits(x, layers, ACTIVATIONS["relu"])
    monkeypatch.setattr(network, "SLICE", 7)
    np.testing.assert_allclose(network.logits(x, layers, ACTIVATIONS["relu"]), whole, rtol=1e-12)
