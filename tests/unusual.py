"""Right answers in unusual ways. Each is an exercise, and the functions that are written so."""

STYLES = [
    (
        "phase1.one_hot",
        "def one_hot(labels, classes):\n    return np.eye(classes, dtype=np.float32)[labels]",
    ),
    (
        "phase1.one_hot",
        "def one_hot(labels, classes):\n    return labels[:, None] == np.arange(classes)",
    ),
    (
        "phase1.one_hot",
        "def one_hot(l, k):\n    return np.array([[int(i == j) for j in range(k)] for i in l])",
    ),
    ("phase1.relu", "def relu(z):\n    return z * (z > 0)"),
    ("phase1.relu", "def relu(z):\n    return (z + abs(z)) / 2"),
    ("phase1.relu", "def relu(z):\n    a = z.astype(np.float32)\n    a[a < 0] = 0\n    return a"),
    (
        "phase1.relu",
        "def relu(z):\n    return np.array([[v if v > 0 else 0.0 for v in row] for row in z])",
    ),
    (
        "phase1.softmax",
        """def softmax(z):
    rows = []
    for row in z:
        e = [np.exp(v - max(row)) for v in row]
        rows.append([v / sum(e) for v in e])
    return np.array(rows)""",
    ),
    (
        "phase1.softmax",
        """def softmax(z):
    z = z.T - z.T.max(0)
    return (np.exp(z) / np.exp(z).sum(0)).T.astype(np.float32)""",
    ),
    (
        "phase1.softmax",
        """def softmax(logits):
    top = np.max(logits, axis=-1)[..., np.newaxis]
    return np.exp(logits - top - np.log(np.einsum("ij->i", np.exp(logits - top)))[:, None])""",
    ),
    (
        "phase1.forward",
        """def forward(x, W1, b1, W2, b2):
    ones = np.ones((len(x), 1))
    hidden = np.maximum(0, np.hstack([x, ones]) @ np.vstack([W1, b1]))
    return hidden, softmax(np.einsum("nh,hk->nk", hidden, W2) + b2[None])""",
    ),
    (
        "phase1.forward",
        """def forward(x, W1, b1, W2, b2):
    n, h = len(x), len(b1)
    a1 = np.zeros((n, h))
    for i in range(n):
        for j in range(h):
            z = b1[j]
            for m in range(x.shape[1]):
                z += x[i, m] * W1[m, j]
            a1[i, j] = max(z, 0)
    return [a1, softmax(np.dot(a1, W2) + b2)]""",
    ),
    (
        "phase1.cross_entropy",
        """def cross_entropy(p, y):
    return -np.log(np.clip(p[np.arange(len(y)), y.argmax(1)], 1e-7, 1)).mean(dtype=np.float32)""",
    ),
    (
        "phase1.cross_entropy",
        """def cross_entropy(p, y):
    total = 0
    for i in range(len(p)):
        for j in range(p.shape[1]):
            if y[i, j]:
                total -= np.log(max(p[i, j], 1e-30))
    return np.array([total / len(p)])""",
    ),
    (
        "phase1.step",
        """def output_error(p, y):
    return p - y


def output_gradients(a1, delta2):
    return np.einsum("nh,nk->hk", a1, delta2) / len(a1), delta2.mean(axis=0, keepdims=True)


def hidden_gradients(x, delta1):
    return sum(np.outer(x[i], delta1[i]) for i in range(len(x))) / len(x), np.mean(delta1, 0)""",
    ),
    (
        "phase1.hidden_error",
        """def hidden_error(delta2, W2, a1):
    da1 = (W2 @ delta2.T).T
    da1[a1 == 0] = 0
    return da1""",
    ),
    (
        "phase1.hidden_error",
        """def hidden_error(delta2, W2, a1):
    return np.einsum("nk,hk,nh->nh", delta2, W2, np.sign(a1))""",
    ),
    (
        "phase1.step",
        """def step(x, y, W1, b1, W2, b2, learning_rate):
    a1, p = forward(x, W1, b1, W2, b2)
    delta2 = (p - y) / len(x)
    delta1 = delta2 @ W2.T * (x @ W1 + b1 >= 0)
    W1 -= learning_rate * x.T @ delta1
    b1 -= learning_rate * delta1.sum(0)
    W2 -= learning_rate * a1.T @ delta2
    b2 -= learning_rate * delta2.sum(0)
    return W1, b1, W2, b2""",
    ),
    (
        "phase1.step",
        """def step(x, y, W1, b1, W2, b2, rate):
    x, y = x.astype(np.float32), y.astype(np.float32)
    parameters = [a.astype(np.float32) for a in (W1, b1, W2, b2)]
    a1, p = forward(x, *parameters)
    delta2 = output_error(p, y)
    dW1, db1 = hidden_gradients(x, hidden_error(delta2, parameters[2], a1))
    dW2, db2 = output_gradients(a1, delta2)
    return [w - np.float32(rate) * g for w, g in zip(parameters, (dW1, db1, dW2, db2))]""",
    ),
    (
        "phase1.accuracy",
        "def accuracy(p, y):\n    return (p * y).sum(1).__eq__(p.max(1)).sum() / len(y)",
    ),
    (
        "phase2.he",
        """def he(inputs, units, rng):
    s = np.sqrt(6 / inputs)
    return rng.uniform(-s, s, (inputs, units)).astype(np.float32), np.zeros((1, units))""",
    ),
    (
        "phase2.he",
        """def he(inputs, units, rng):
    return rng.standard_normal((units, inputs)).T / (inputs / 2) ** 0.5, units * [0]""",
    ),
    (
        "phase2.backward",
        """def backward(y, layers, a, p):
    def down(l, delta):
        here = (np.einsum("ni,nj->ij", a[l], delta) / len(y), delta.mean(0)[None])
        if l == 0:
            return (here,)
        return (*down(l - 1, (delta @ layers[l][0].T) * np.heaviside(a[l], 0)), here)

    return down(len(layers) - 1, p - y)""",
    ),
    (
        "phase2.batches",
        """def batches(x, y, batch_size, rng):
    rows = list(range(len(x)))
    rng.shuffle(rows)
    while rows:
        now, rows = rows[:batch_size], rows[batch_size:]
        yield x[now], y[now]""",
    ),
    (
        "phase2.batches",
        """def batches(x, y, batch_size, rng):
    together = rng.permutation(np.hstack([x, y]))
    cuts = range(batch_size, len(x), batch_size)
    return [(b[:, : x.shape[1]], b[:, x.shape[1] :]) for b in np.split(together, cuts)]""",
    ),
    (
        "phase2.add_l2",
        """def add_l2(gradients, layers, l2):
    for (dW, _), (W, _) in zip(gradients, layers):
        dW += l2 * W
    return gradients""",
    ),
    (
        "phase2.momentum_step",
        """def momentum_step(w, gradient, v, learning_rate, momentum):
    v = momentum * v - learning_rate * gradient
    return w + v, v""",
    ),
    (
        "phase2.momentum_step",
        """def momentum_step(w, gradient, v, learning_rate, momentum):
    v *= momentum
    v += gradient
    w -= learning_rate * v
    return [w, v]""",
    ),
    (
        "phase2.epoch",
        """def epoch(x, y, layers, v, batch_size, learning_rate, momentum, l2, rng):
    for bx, by in batches(x, y, batch_size, rng):
        gradients = add_l2(backward(by, layers, *forward(bx, layers)), layers, l2)
        for l in range(len(layers)):
            for array, gradient, velocity in zip(layers[l], gradients[l], v[l]):
                velocity[...] = momentum * velocity + learning_rate * gradient
                array -= velocity
    return layers, v""",
    ),
]
