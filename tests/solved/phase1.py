"""Phase 1 as a learner might write it: the tests make mistakes in it on purpose."""

import numpy as np


def one_hot(labels, classes):
    y = np.zeros((len(labels), classes))
    y[np.arange(len(labels)), labels] = 1
    return y


def relu(z):
    return np.maximum(z, 0)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(x, W1, b1, W2, b2):
    a1 = relu(x @ W1 + b1)
    z2 = a1 @ W2 + b2
    return a1, softmax(z2)


def cross_entropy(p, y):
    return -np.sum(y * np.log(p + 1e-12)) / len(p)


def output_error(p, y):
    return (p - y) / len(p)


def output_gradients(a1, delta2):
    dW2 = a1.T @ delta2
    db2 = delta2.sum(axis=0)
    return dW2, db2


def hidden_error(delta2, W2, a1):
    return delta2 @ W2.T * (a1 > 0)


def hidden_gradients(x, delta1):
    dW1 = x.T @ delta1
    db1 = delta1.sum(axis=0)
    return dW1, db1


def step(x, y, W1, b1, W2, b2, learning_rate):
    a1, p = forward(x, W1, b1, W2, b2)
    delta2 = output_error(p, y)
    dW2, db2 = output_gradients(a1, delta2)
    delta1 = hidden_error(delta2, W2, a1)
    dW1, db1 = hidden_gradients(x, delta1)
    W1 = W1 - learning_rate * dW1
    b1 = b1 - learning_rate * db1
    W2 = W2 - learning_rate * dW2
    b2 = b2 - learning_rate * db2
    return W1, b1, W2, b2


def accuracy(p, y):
    return np.mean(p.argmax(axis=1) == y.argmax(axis=1))
