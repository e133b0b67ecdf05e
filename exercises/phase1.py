"""Phase 1, written by you: a network with one hidden layer, and how it learns.

Each `raise NotImplementedError` stands where your code goes: write one function after the other, in
any way you like. After each, `make exercises` says how it went. Rows are images: n images of d
pixels, h hidden units, k classes.

    x  (n, d)    pixels, 0 to 1               y  (n, k)    labels, one-hot: 1 at the right class
    W1 (d, h)    b1 (h,)    hidden layer      W2 (h, k)    b2 (k,)    output layer

    z1 = x W1 + b1    a1 = ReLU(z1)    z2 = a1 W2 + b2    p = softmax(z2)    J = the loss
"""

import numpy as np


def one_hot(labels, classes):
    """y (n, k): a row for each label, 1 in the label's column and 0 elsewhere.

        labels [2, 0] of 3 classes  ->  [[0, 0, 1],
                                         [1, 0, 0]]

    Hint: start from a matrix of zeros. An index may be a whole array, for rows and for columns.
    """
    raise NotImplementedError("one_hot is not written yet")


def relu(z):
    """a (n, h), of the shape of z: each number that is above zero as it is, 0 for each other.

        a = max(z, 0)

    Hint: z is still needed afterwards, so leave it as it is.
    """
    raise NotImplementedError("relu is not written yet")


def softmax(z):
    """p (n, k): each row of z (n, k) turned into probabilities that sum to 1.

        p_j = exp(z_j) / sum over i of exp(z_i)

    Hint: exp(1000) is too large for a float. What happens to p if you subtract the same number
    from all z of a row?
    """
    raise NotImplementedError("softmax is not written yet")


def forward(x, W1, b1, W2, b2):
    """The hidden activations a1 (n, h) and the probabilities p (n, k): return a1, p.

        z1 = x W1 + b1    a1 = ReLU(z1)    z2 = a1 W2 + b2    p = softmax(z2)

    Hint: write the shape behind every line. `@` is the matrix product.
    """
    raise NotImplementedError("forward is not written yet")


def cross_entropy(p, y):
    """The loss J, one number: the mean over the images of -log(probability of the right class).

        J = -(1/n) * sum over images and classes of y * log(p)

    Hint: log(0) is minus infinity, so keep p away from 0 by a tiny number such as 1e-12.
    """
    raise NotImplementedError("cross_entropy is not written yet")


def output_error(p, y):
    """delta2 (n, k): how the loss changes with z2, the error signal of the output layer.

        delta2 = dJ/dz2 = (p - y) / n

    Hint: try to derive it: dlog(p_i)/dz_j is (1 if i = j else 0) - p_j.
    """
    raise NotImplementedError("output_error is not written yet")


def output_gradients(a1, delta2):
    """dW2 (h, k) and db2 (k,), from a1 (n, h) and delta2 (n, k): return dW2, db2.

        dW2[i, j] = sum over images of a1[:, i] * delta2[:, j]    db2[j] = sum of delta2[:, j]

    Hint: the first sum is a matrix product. A gradient has the shape of what it changes.
    """
    raise NotImplementedError("output_gradients is not written yet")


def hidden_error(delta2, W2, a1):
    """delta1 (n, h): how the loss changes with z1, from delta2 (n, k), W2 (h, k) and a1 (n, h).

        dJ/da1[:, i] = sum over j of delta2[:, j] * W2[i, j]
        delta1 = dJ/da1 * ReLU'(z1)          ReLU'(z) is 1 where z > 0, and 0 elsewhere

    Hint: where z1 > 0, a1 > 0 too.
    """
    raise NotImplementedError("hidden_error is not written yet")


def hidden_gradients(x, delta1):
    """dW1 (d, h) and db1 (h,), from x (n, d) and delta1 (n, h): return dW1, db1.

        dW1[i, j] = sum over images of x[:, i] * delta1[:, j]    db1[j] = sum of delta1[:, j]

    Hint: compare it with output_gradients.
    """
    raise NotImplementedError("hidden_gradients is not written yet")


def step(x, y, W1, b1, W2, b2, learning_rate):
    """W1, b1, W2 and b2 after one step of gradient descent: return W1, b1, W2, b2.

        W = W - learning_rate * dW    b = b - learning_rate * db

    Hint: every function above is used once or more. Which numbers does each gradient belong to?
    """
    raise NotImplementedError("step is not written yet")


def accuracy(p, y):
    """The share of images, from 0 to 1, whose most probable class is the right one.

    Hint: argmax says where the largest number of a row is.
    """
    raise NotImplementedError("accuracy is not written yet")
