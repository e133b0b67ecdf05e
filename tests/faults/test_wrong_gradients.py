"""A mistake in the calculus stops everything before anything is trained, and is named."""

import re
import shutil
import subprocess
import sys
from argparse import Namespace

import pytest
import yaml
from project import ROOT, Project

from handwritten.config.configuration import validated
from handwritten.io.files import read_json
from handwritten.plan import drawing
from handwritten.plan.plan import Plan

pytestmark = pytest.mark.promise("gradients")
PHASE1 = "train_phase1.py"
LEARNING = "handwritten/learning"
BACKWARD = f"{LEARNING}/backpropagation.py"
UPDATES = f"{LEARNING}/updates.py"
WEIGHTS, BIASES = ["dW1", "dW2", "dW3"], ["db1", "db2", "db3"]
HIDDEN = ["dW1", "db1", "dW2", "db2"]
ALL = [*HIDDEN, "dW3", "db3"]

# What people get wrong: where, what was there, what is there then; the check that fails first and
# the arrays that it names.
MISTAKES = {
    "sign": (PHASE1, "dW1 = x.T", "dW1 = -x.T", "phase 1, relu", ["dW1"]),
    "sign, any depth": (BACKWARD, "matmul(below.T", "matmul(-below.T", "the library", WEIGHTS),
    "no 1/n": (PHASE1, "sum(part) / len(x)", "sum(part)", "phase 1", HIDDEN),
    "no 1/n, any depth": (
        f"{LEARNING}/slices.py",
        "scale / len(rows)",
        "scale",
        "the library",
        ALL,
    ),
    "1/n of the slice": (
        f"{LEARNING}/slices.py",
        "scale / len(rows)",
        "scale / len(x)",
        "the library",
        ALL,
    ),
    "no mask": (PHASE1, "W2.T * (a1 > 0)", "W2.T", "phase 1", ["dW1", "db1"]),
    "no mask, any depth": (BACKWARD, "*= work.derivative[l - 1]", "*= 1", "the library", HIDDEN),
    "mask of another array": (
        PHASE1,
        "T * (a1 > 0)",
        "T * (delta2 @ W2.T > 0)",
        "phase 1",
        ["dW1", "db1"],
    ),
    "another layer's error": (PHASE1, "a1.T @ delta2", "a1.T @ p", "phase 1", ["dW2"]),
    "weights in another order": (
        PHASE1,
        "delta2 @ W2.T",
        "delta2 @ W2.reshape(W2.T.shape)",
        "phase 1",
        ["dW1", "db1"],
    ),
    "bias not summed": (PHASE1, "db1 = delta1.sum(axis=0)", "db1 = delta1", "phase 1", ["db1"]),
    "one row's bias": (
        BACKWARD,
        "np.matmul(work.ones, delta, out=db)",
        "db[...] = delta[0]",
        "the library",
        BIASES,
    ),
    "derivative": (
        f"{LEARNING}/activations.py",
        "np.subtract(1, derivative, out=derivative)",
        "np.subtract(1, z, out=derivative)",
        "the library, tanh, cross-entropy",
        HIDDEN,
    ),
    "softmax": (f"{LEARNING}/losses.py", "    delta -= y\n", "", "the library", ALL),
    "no L2": (UPDATES, "if settings.l2:", "if False:", "the library, relu, .*L2", WEIGHTS),
    "twice L2": (
        f"{LEARNING}/regularisation.py",
        "np.multiply(W, l2",
        "np.multiply(W, 2 * l2",
        "the library, relu, .*L2",
        WEIGHTS,
    ),
    "L2 on biases": (
        UPDATES,
        "in self.biases:\n",
        "in self.biases:\n            gradient += settings.l2 * optimizer.parameters\n",
        "the library, relu, .*L2",
        BIASES,
    ),
    "dropout backwards": (
        f"{LEARNING}/network.py",
        "drop(work.a[l], work.derivative[l])",
        "drop(work.a[l])",
        "the library, tanh, .*dropout",
        HIDDEN,
    ),
}
# These leave no array to be compared, so the line that cannot be computed is named.
IMPOSSIBLE = {
    "transposed weights": (PHASE1, "delta2 @ W2.T", "delta2 @ W2"),
    "transposed weights, any depth": (BACKWARD, "delta, W.T", "delta, W"),
    "the mask of the wrong layer": (BACKWARD, "derivative[l - 1]", "derivative[l - 2]"),
}


@pytest.fixture
def check(tmp_path):
    """check(file, old, new): what the check alone says where a script has this mistake."""

    def said(file, old, new):
        scripts = tmp_path / "scripts"
        shutil.copytree(ROOT / "workflow/scripts", scripts)
        text = (scripts / file).read_text()
        assert text.count(old) == 1, f"{old!r} is not once in {file}: update the test"
        (scripts / file).write_text(text.replace(old, new))
        command = [sys.executable, str(scripts / "check_gradients.py")]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert run.returncode == 1 and "Traceback" not in run.stderr, run.stderr
        return run.stderr

    return said


# The kinds of mistakes once each; the same mistakes in other places with --full.
FIRST = {"sign", "no 1/n, any depth", "no mask", "bias not summed", "derivative", "no L2"}
FIRST |= {"L2 on biases", "dropout backwards"}


@pytest.mark.parametrize(
    "mistake", [m if m in FIRST else pytest.param(m, marks=pytest.mark.full) for m in MISTAKES]
)
def test_a_mistake_is_found_in_the_arrays_that_it_spoils(check, mistake):
    *edit, where, arrays = MISTAKES[mistake]
    said = check(*edit)
    first = re.search(rf"^{where}.*:\n((?:  .*\n)+)", said, re.MULTILINE)[1]
    assert re.findall(r"^  (d[Wb]\d)(?: is off by|: its shape)", first, re.MULTILINE) == arrays


@pytest.mark.parametrize(
    "mistake",
    ["transposed weights", *(pytest.param(m, marks=pytest.mark.full) for m in [*IMPOSSIBLE][1:])],
)
def test_a_mistake_that_cannot_be_computed_is_found_in_its_line(check, mistake):
    file, old, new = IMPOSSIBLE[mistake]
    assert re.search(
        rf"\(line \d+ of {file.split('/')[-1]}: .*{re.escape(new)}", check(file, old, new)
    )


@pytest.mark.slow
def test_nothing_is_trained_with_a_wrong_gradient(tmp_path):
    project = Project.fresh(tmp_path / "project")
    project.edit(f"workflow/scripts/{PHASE1}", "dW1 = x.T", "dW1 = -x.T")
    said = project.snakemake(status=1)
    assert "phase 1, relu, cross-entropy:\n  dW1 is off by up to " in said
    assert "[train_" not in said and "diverged" not in said
    last = said[said.rindex("\nError: not everything could be built.") :]
    assert re.search(r"\nlogs/generated/check_gradients/\w+\.log:\nWrongGradientError: ", last)
    assert "  dW1 is off by up to " in last and last.strip().endswith("checks it again.")
    made = {path.name for path in project.folder.glob("results/generated/*")}
    assert not made & {"train_phase1", "train_phase2", "evaluate"}
    project.edit(f"workflow/scripts/{PHASE1}", "dW1 = -x.T", "dW1 = x.T")
    jobs = project.jobs()
    assert jobs["check_gradients"] == jobs["train_phase1"] == jobs["train_phase2"] == 1


def test_whatever_trains_waits_for_the_check():
    """Also a target that the page is no part of, the ablation study and sweeps; but not what
    PyTorch differentiates."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    plan = Plan(validated(config), storage=drawing.NothingBuilt())
    plan.sweep.enter()
    steps = plan.steps.by_version.values()
    trainings = [step for step in steps if step.name.startswith("train_")]
    trainings = [step for step in trainings if step.name != "train_convolutional_network"]
    assert {step.name for step in trainings} == {"train_phase1", "train_phase2", "train_members"}
    for step in trainings:
        (check,) = step.after
        inputs = plan.steps.inputs(Namespace(version=step.version))
        assert inputs["waits_for"] == [check.record] and "/check_gradients/" in check.record


@pytest.mark.slow
def test_an_edit_of_the_check_alone_trains_nothing(clone):
    clone.edit(
        "workflow/scripts/handwritten/learning/gradient_check.py",
        "KEEP_OFF = 1e-3",
        "KEEP_OFF = 2e-3",
    )
    assert clone.jobs("phase2") == {}
    assert clone.jobs() == {"check_gradients": 1, "report": 1, "publish": 1}


def test_a_training_does_not_record_the_check_that_it_waited_for(built):
    for path in built.folder.glob("results/generated/train_*/*/provenance.json"):
        record = read_json(path)
        assert record["inputs"] and not any("check_gradients" in name for name in record["inputs"])
