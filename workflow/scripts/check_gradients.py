"""Check every gradient and every declared formula, and end the build where one is wrong.

    python workflow/scripts/check_gradients.py

does so alone, in a second, and prints a table. In the pipeline, Snakemake runs the same file, and
all training waits for it.
"""

import sys

import train_phase1 as phase1
from handwritten.artifacts.writing import open_artifact
from handwritten.learning import formula_check, gradient_check
from handwritten.randomness import generator
from handwritten.settings import settings_of

phase1.SLICE = gradient_check.SLICE_ROWS  # few images, in several slices all the same


def of_phase1(x, y, layers):
    """Phase 1's loss and gradients, means over images."""
    parameters = [array for layer in layers for array in layer]
    dW1, db1, dW2, db2 = phase1.full_batch_gradients(x, y, *parameters)
    _, p = phase1.forward(x, *parameters)
    return phase1.cross_entropy(p, y) / len(x), [(dW1, db1), (dW2, db2)]


def checks(seed):
    """The checks of all gradients."""
    return gradient_check.checks(of_phase1, generator(seed, "initialisation"))


def run_in_the_pipeline(job):
    """Check, and write what was found."""
    with open_artifact(job) as artifact:
        rows = checks(settings_of(job).seed)
        for row in rows:
            check = f"{row['what']}, {row['activation']}, {row['loss']}"
            artifact.log(f"{check}: {row['error']:.1e}")
        gradient_check.require(rows)
        formulas = formula_check.checks()
        formula_check.require(formulas)
        gradients = {"step": gradient_check.STEP, "bound": gradient_check.BOUND, "checks": rows}
        artifact.json("gradients.json", gradients | {"formulas": formulas})


def run_alone():
    """Check, and print the error of every array."""
    rows, formulas = checks(phase1.ALONE["seed"]), formula_check.checks()
    print("\n".join(gradient_check.table(rows)), flush=True)
    try:
        gradient_check.require(rows)
        formula_check.require(formulas)
    except ArithmeticError as wrong:
        sys.exit(f"\n{type(wrong).__name__}: {wrong}")
    print(f"\n{len(rows)} checks of gradients and {len(formulas)} of formulas: all are right.")


if "snakemake" in globals():
    run_in_the_pipeline(snakemake)
elif __name__ == "__main__":
    run_alone()
