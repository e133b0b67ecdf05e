"""What is measured: networks, batches, optimizers, threads, and the settings to reach 98% and 99%.

Settings are those of a run in config.yaml; every contestant reads from them what it knows.
"""

from itertools import product

TITLES = {  # in the order of the tables
    "handwritten": "this library",
    "pytorch": "PyTorch",
    "pytorch: fused": "PyTorch, fused",
    "pytorch: compiled": "PyTorch, compiled",
    "tensors": "PyTorch's tensors",
    "sklearn": "scikit-learn",
    "matmul": "products alone",
}
CONTESTANTS = tuple(TITLES)
LEARNERS = CONTESTANTS[:-1]
AUTOGRAD = tuple(name for name in CONTESTANTS if name.startswith("pytorch"))

SMALL, WIDE = (784, 128, 64, 10), (784, 800, 800, 10)
RATES = {"momentum": 0.05, "adam": 0.001}
KINDS = (  # networks, batches, optimizers, and how many rounds are timed
    (SMALL, 128, "momentum", 15),
    (SMALL, 128, "adam", 7),
    (SMALL, 512, "momentum", 7),
    (WIDE, 128, "momentum", 7),
)
CASES = [
    {"layer_dims": [*dims], "batch": batch, "threads": threads, "optimizer": optimizer}
    | {"rounds": rounds}
    for threads, (dims, batch, optimizer, rounds) in product((1, 2), KINDS)
]
PHASE2 = CASES[0]  # the network and the batch of phase 2
COMMON = {"momentum": 0.9, "l2": 0, "label_smoothing": 0, "seed": 1}

# Chosen on dev with seeds 1 and 2, the same ten tries for ours and PyTorch's: 784-128-64-10,
# 784-256-128-10 and 784-256-10 with batch 64 (rate 0.05, 5 epochs) and batch 128 (rate 0.1, 6 and 8
# epochs), 784-512-10 with the latter and 6. With both libraries this one had 98% with both seeds
# after the fewest epochs (four), and the cheapest of those.
TO_98 = COMMON | {
    "layer_dims": [784, 256, 128, 10],
    "batch_size": 128,
    "optimizer": "momentum",
    "learning_rate": 0.1,
    "schedule": "cosine",
    "epochs": 6,
}
TO_98_SKLEARN = TO_98 | {"epochs": 14}  # at a constant rate: it knows no cosine
# Chosen on dev, two threads, with eight seeds that the measurement does not use, among 9 and 10
# epochs, two strengths of distortion, up to a quarter of the epochs without it, three learning
# rates, two batches, and with and without label smoothing: every seed got there, and soonest.
# The peers have no such distortions of their own, so this is measured for ours alone.
TO_99 = TO_98 | {
    "layer_dims": [784, 512, 256, 10],
    "epochs": 10,
    "l2": 0.0001,
    "label_smoothing": 0.1,
    "rotation": 9,
    "scale": 0.09,
    "shear": 0.09,
    "shift": 1,
    "elastic": 28,
    "elastic_sigma": 5,
    "undistorted": 0,
}
TARGETS = {  # percent of the dev images: how many seeds, and each contestant's settings
    "98": (5, dict.fromkeys(LEARNERS, TO_98) | {"sklearn": TO_98_SKLEARN}),
    "99": (5, {"handwritten": TO_99}),
}


def settings_of(case: dict, epochs: int) -> dict:
    """The settings of a case: constant learning rate, no regularisation. Every contestant
    initialises its weights in its own way."""
    return COMMON | {
        "layer_dims": case["layer_dims"],
        "batch_size": case["batch"],
        "optimizer": case["optimizer"],
        "learning_rate": RATES[case["optimizer"]],
        "schedule": "constant",
        "epochs": epochs,
    }


def described(case: dict) -> str:
    """A case in words."""
    network, threads = joined(case["layer_dims"]), in_words(case["threads"])
    return f"{network}, batch {case['batch']}, {threads}, {case['optimizer']}"


def in_words(threads: int) -> str:
    """1 thread, 2 threads."""
    return f"{threads} thread" + "s" * (threads > 1)


def joined(layer_dims) -> str:
    """784-128-64-10 and the like."""
    return "-".join(map(str, layer_dims))
