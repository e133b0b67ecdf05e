"""The model card's code: how anybody opens a run's models with NumPy alone."""

from textwrap import indent

from handwritten.learning.activations import ACTIVATIONS

LOAD = """\
import numpy as np

test = np.load("{test}")
x = test["x"] / np.float32(255)  # (n, {pixels}), pixels from 0 to 1
"""
FORWARD = """\
a = x
for l in range(1, {layers} + 1):
    z = a @ model[f"W{{l}}"] + model[f"b{{l}}"]
    if l < {layers}:
{activation}
"""
ONE_MODEL = """\
model = np.load("{model}")
{forward}
print((z.argmax(axis=1) == test["y"]).mean())  # {accuracy}"""
ENSEMBLE = """\
members = [
{models}
]
p = 0
for model in map(np.load, members):
{forward}
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = p + e / e.sum(axis=1, keepdims=True)

print((p.argmax(axis=1) == test["y"]).mean())  # {accuracy}"""


def code(run: dict, test: str) -> str:
    """Python code that prints a run's accuracy on the images of this test.npz, and says it.

    With test-time augmentation the accuracy is that of the images without their shifted copies,
    which is not known before.
    """
    dims, models = run["metrics"]["layer_dims"], run["models"]
    formula = indent(ACTIVATIONS[run["activation"]].formula, 8 * " ")
    forward = FORWARD.format(layers=len(dims) - 1, activation=formula).rstrip("\n")
    accuracy = run["metrics"]["test"]["accuracy"]
    if run["test_time_shift"]:
        accuracy = f"{accuracy} with test-time augmentation, which is left out here"
    load = LOAD.format(test=test, pixels=dims[0])
    if not run["ensemble"]:
        return load + ONE_MODEL.format(model=models[0], forward=forward, accuracy=accuracy)
    listed = "\n".join(f'    "{model}",' for model in models)
    return load + ENSEMBLE.format(
        models=listed, forward=indent(forward, 4 * " "), accuracy=accuracy
    )
