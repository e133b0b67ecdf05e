"""Phase 2 as a learner might write it: the tests make mistakes in it on purpose."""

import numpy as np
from phase1 import relu, softmax


def he(inputs, units, rng):
    W = rng.normal(0, np.sqrt(2 / inputs), (inputs, units))
    b = np.zeros(units)
    return W, b


def forward(x, layers):
    a = [x]
    for W, b in layers[:-1]:
        z = a[-1] @ W + b
        a.append(relu(z))
    W, b = layers[-1]
    z = a[-1] @ W + b
    return a, softmax(z)


def backward(y, layers, a, p):
    delta = (p - y) / len(p)
    gradients = []
    for l in reversed(range(len(layers))):
        W = layers[l][0]
        gradients.insert(0, (a[l].T @ delta, delta.sum(axis=0)))
        if l > 0:
            delta = delta @ W.T * (a[l] > 0)
    return gradients


def batches(x, y, batch_size, rng):
    order = rng.permutation(len(x))
    found = []
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        found.append((x[rows], y[rows]))
    return found


def add_l2(gradients, layers, l2):
    return [(dW + l2 * W, db) for (dW, db), (W, _) in zip(gradients, layers, strict=True)]


def momentum_step(w, gradient, v, learning_rate, momentum):
    v = momentum * v + learning_rate * gradient
    return w - v, v


def epoch(x, y, layers, v, batch_size, learning_rate, momentum, l2, rng):
    for bx, by in batches(x, y, batch_size, rng):
        a, p = forward(bx, layers)
        gradients = backward(by, layers, a, p)
        gradients = add_l2(gradients, layers, l2)
        new_layers, new_v = [], []
        for (W, b), (dW, db), (vW, vb) in zip(layers, gradients, v, strict=True):
            W, vW = momentum_step(W, dW, vW, learning_rate, momentum)
            b, vb = momentum_step(b, db, vb, learning_rate, momentum)
            new_layers.append((W, b))
            new_v.append((vW, vb))
        layers, v = new_layers, new_v
    return layers, v
