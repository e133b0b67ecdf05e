import tracemalloc
from functools import partial

import numpy as np
import pytest
from clouds import SETTINGS, blobs, images
from gradients import assert_gradients_agree

from handwritten.learning import batches, network, slices, threads, training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.gradient_check import numeric_gradient
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.state import initial_parameters, initial_state
from handwritten.learning.updates import Updater
from handwritten.randomness import generator

RELU = ACTIVATIONS["relu"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_loop_allocates_no_array_after_the_first_step(optimizer):
    # NumPy converts types by way of a buffer of its own; made small, it is not taken for an array.
    # Then the smallest array there is, one number for each of 4,000 images, would be seen.
    samples, dims, rows = images(4000, 5), [16, 80, 40, 30], np.arange(4000)
    settings = SETTINGS | {"layer_dims": dims, "l2": 0.001, "shift": 0.5, "image_shape": [4, 4]}
    settings |= {"dropout": 0.2, "input_dropout": 0.1, "optimizer": optimizer, "ema_decay": 0.9}
    random, all_pixels = partial(generator, 1), np.arange(16)
    state = initial_state(settings, random, all_pixels)
    layers, stored = (
        network.views(state.vector, dims),
        batches.training_data(samples, settings, all_pixels),
    )
    usual = np.setbufsize(16)
    try:
        with threads.ThreadPool(stored, layers, settings, 4000) as pool:
            pool.begin_epoch(random, 0)
            update = Updater(state, layers, pool.work, settings)
            for number in (1, 2, 3):
                pool.gradient(rows, 0.1)
                update(0.1)
                if number == 1:
                    tracemalloc.start()
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        np.setbufsize(usual)
    assert peak < 4 * 4000


@pytest.mark.parametrize("rows", [600, 601])
def test_a_batch_in_shares_has_the_gradient_of_the_batch(rows):
    samples, dims, all_rows = blobs(rows, 3), [4, 5, 3], np.arange(rows)
    settings = SETTINGS | {"layer_dims": dims}
    random, all_pixels = partial(generator, 1), np.arange(4)
    state = initial_state(settings, random, all_pixels)
    layers, stored = (
        network.views(state.vector, dims),
        batches.training_data(samples, settings, all_pixels),
    )
    found = {}
    for count in (1, 2):
        with threads.ThreadPool(stored, layers, settings, rows, count) as pool:
            assert len(pool.workers) == count
            pool.begin_epoch(random, 0)
            found[count] = pool.gradient(all_rows, 3.0), pool.work.gradient.copy()
    assert found[1][0] == pytest.approx(found[2][0], rel=1e-6)
    np.testing.assert_allclose(found[1][1], found[2][1], rtol=1e-4, atol=1e-7)


def test_threads_share_large_batches_alone_and_draw_apart():
    settings = SETTINGS | {"dropout": 0.5, "batch_size": 512}
    samples = blobs(1100, 4)
    random = partial(generator, 1)
    state = initial_state(settings, random, np.arange(4))
    layers = network.views(state.vector, SETTINGS.layer_dims)
    stored = batches.training_data(samples, settings, np.arange(4))
    assert len(threads.ThreadPool(stored, layers, settings, 511, 2).workers) == 1
    pool = threads.ThreadPool(stored, layers, settings, 512, 2)
    pool.begin_epoch(random, 0)
    first, second = (worker.drop.rng.random(4).tolist() for worker in pool.workers)
    assert first == generator(1, "dropout", 0).random(4).tolist() != second

    def trained():
        return training.train(samples, blobs(60, 2), settings, random, threads=2).vector.tobytes()

    assert trained() == trained()


def test_a_last_batch_with_too_few_rows_for_all_threads_is_learnt_from():
    settings = SETTINGS | {"batch_size": 1024, "epochs": 1}
    samples = blobs(1025, 4)
    one, four = (
        training.train(samples, blobs(60, 2), settings, partial(generator, 1), threads=threads)
        for threads in (1, 4)
    )
    np.testing.assert_allclose(one.vector, four.vector, rtol=1e-4, atol=1e-6)


def test_what_goes_wrong_in_a_thread_stops_the_training(monkeypatch):
    def fails(self, rows, scale):
        raise ArithmeticError("no luck")

    with monkeypatch.context() as patch, pytest.raises(ArithmeticError, match="no luck"):
        patch.setattr(threads.Worker, "gradient", fails)
        settings = SETTINGS | {"batch_size": 512}
        training.train(blobs(600, 1), blobs(60, 2), settings, partial(generator, 1), threads=2)


@pytest.mark.parametrize("slice_rows", [1, 7, 40])
def test_a_batch_in_slices_has_the_gradient_of_the_batch(slice_rows):
    samples, dims = blobs(40, 3, np.float64), [4, 5, 3]
    settings = SETTINGS | {"layer_dims": dims}
    vector = initial_parameters(settings, np.random.default_rng(6), np.float64)
    layers = network.views(vector, dims)
    work = slices.Workspace(dims, slice_rows, np.float64)
    gather = batches.BatchLoader(
        batches.training_data(samples, settings, np.arange(4)), settings, slice_rows
    )

    def mean_loss():
        return slices.batch_gradient(np.arange(40), gather, layers, RELU, work)

    numeric = numeric_gradient(mean_loss, vector)
    mean_loss()
    assert_gradients_agree(work.gradient, numeric)
