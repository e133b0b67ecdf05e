"""Phase 2, written by you: any number of layers, and a faster way to learn.

As in phase1.py, each `raise NotImplementedError` stands where your code goes.

`layers` is a list of (W, b), the first hidden layer first. Layer l has d_l units, its W is
(d_(l-1), d_l) and its b is (d_l,); a_0 = x is the input, and there are L layers.

    z_l = a_(l-1) W_l + b_l    a_l = ReLU(z_l) in hidden layers    p = softmax(z_L) in the last
"""

import numpy as np
from phase1 import output_error, relu, softmax  # what you wrote there


def he(inputs, units, rng):
    """The first W (inputs, units) and b (units,) of a layer: return W, b.

        W is drawn from a normal distribution of mean 0 and variance 2 / inputs    b = 0

    Hint: a standard deviation is the root of a variance. Draw from `rng`, as in rng.normal(...).
    """
    raise NotImplementedError("he is not written yet")


def forward(x, layers):
    """The inputs of all layers, as a list, and the probabilities p (n, k): return a, p.

        a = [x, a_1, ..., a_(L-1)]

    Hint: the loop is over the layers. What is different in the last one?
    """
    raise NotImplementedError("forward is not written yet")


def backward(y, layers, a, p):
    """The gradients of all layers, as a list of (dW, db), the first layer first.

        delta_L = dJ/dz_L, the output error    dW_l = a_(l-1)^T delta_l    db_l = sum of delta_l
        delta_(l-1) = (delta_l W_l^T) * ReLU'(z_(l-1))

    Hint: go through the layers from the last to the first, and carry delta with you.
    """
    raise NotImplementedError("backward is not written yet")


def batches(x, y, batch_size, rng):
    """All images once, in random order, `batch_size` at a time: a list of pairs (x, y).

    The last batch is smaller if the images do not divide evenly. (You may also use `yield`.)

    Hint: rng.permutation(n) has the numbers 0 to n - 1 in random order.
    """
    raise NotImplementedError("batches is not written yet")


def add_l2(gradients, layers, l2):
    """The gradients, as a list of (dW, db), with the penalty's added: keeps weights small.

        J + l2/2 * sum of W^2 over all weights    (the biases are left alone)

    Hint: what is the derivative of l2/2 * W^2?
    """
    raise NotImplementedError("add_l2 is not written yet")


def momentum_step(w, gradient, v, learning_rate, momentum):
    """w and its velocity v after a step of momentum, all of one shape: return w, v.

        v = momentum * v + learning_rate * gradient    w = w - v

    Hint: v is 0 before the first step, and comes back to you at the next one.
    """
    raise NotImplementedError("momentum_step is not written yet")


def epoch(x, y, layers, v, batch_size, learning_rate, momentum, l2, rng):
    """layers and v after a step for each of batches(x, y, batch_size, rng): return layers, v.

    v is the velocity, a list of (v_W, v_b) for the layers.

    Hint: for each batch forward, backward, add_l2, and momentum_step for every W and every b.
    """
    raise NotImplementedError("epoch is not written yet")
