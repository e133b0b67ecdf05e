"""Tests of phase 1 for Otter-Grader, a point for each function, in a notebook or a script.

The project has to be installed where Otter runs: `pip install .` in its folder.
"""

from otter.test_files import test_case

from handwritten.exercises import course

OK_FORMAT = False

name = "phase1"
points = None  # those of the cases


def case(key):
    """The test of one function, which Otter looks for among the notebook's names."""

    def test(env):
        course.require_right(key, env)

    return test_case(name=key, points=1)(test)


one_hot = case("phase1.one_hot")
relu = case("phase1.relu")
softmax = case("phase1.softmax")
forward = case("phase1.forward")
cross_entropy = case("phase1.cross_entropy")
output_error = case("phase1.output_error")
output_gradients = case("phase1.output_gradients")
hidden_error = case("phase1.hidden_error")
hidden_gradients = case("phase1.hidden_gradients")
step = case("phase1.step")
accuracy = case("phase1.accuracy")
