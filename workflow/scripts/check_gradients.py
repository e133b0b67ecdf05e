"""Check every gradient and every declared formula, and end the build where one is wrong."""

import train_phase1 as phase1
from handwritten.artifacts.writing import open_artifact
from handwritten.learning import formula_check, gradient_check
from handwritten.randomness import generator
from handwritten.settings import settings_of


def of_phase1(x, y, layers):
    """Phase 1's loss and gradients, summed over images as it has them."""
    (W1, b1), (W2, b2) = layers
    dW1, db1, dW2, db2 = phase1.gradients(x, y, W1, b1, W2, b2)
    _, p = phase1.forward(x, W1, b1, W2, b2)
    return phase1.cross_entropy(p, y), [(dW1, db1), (dW2, db2)]


with open_artifact(snakemake) as artifact:
    rng = generator(settings_of(snakemake).seed, "initialisation")
    rows = gradient_check.checks(of_phase1, rng)
    for row in rows:
        artifact.log(f"{row['what']}, {row['activation']}: {row['relative_error']:.1e}")
    gradient_check.require(rows)
    formulas = formula_check.checks()
    formula_check.require(formulas)
    gradients = {"step": gradient_check.STEP, "bound": gradient_check.BOUND, "checks": rows}
    artifact.json("gradients.json", gradients | {"formulas": formulas})
