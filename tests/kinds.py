"""Pages of many kinds of runs, on few generated digits: what each changes in the small project."""

from pathlib import Path

import building
import own_data
import pytest
from project import Project, small_config

from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES


def reporting(**runs: dict) -> dict:
    """A configuration that reports these runs. Those that are not in the small project's are phase
    2 with other settings, unless they say what they extend or who trains them."""
    known = small_config()["runs"]
    for name, settings in runs.items():
        base = known.get(name, {} if "trainer" in settings else {"extends": "phase2"})
        known[name] = base | settings
    return {"runs": known, "report": list(runs)}


# Every activation, optimizer and schedule, in as many runs as there are of the most frequent kind.
WORDS = {"activation": ACTIVATIONS, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
CHOICES = {
    f"choice_{i}": {key: [*words][i % len(words)] for key, words in WORDS.items()}
    for i in range(max(map(len, WORDS.values())))
}
UNHEALTHY = {
    "good": {},
    "no_hidden_layer": {"layer_dims": ["pixels", "classes"]},
    "zeros": {"initialisation": "zeros"},
    "unlearnt": {"learning_rate": 1e-9},
    "diverged": {"extends": "phase1", "learning_rate": 100},
    "dead": {"learning_rate": 3, "momentum": 0, "label_smoothing": 0},
}
REGULARISED = {
    "dropped": {"dropout": 0.2, "input_dropout": 0.1},
    "distorted": {"rotation": 10, "shift": 2, "elastic": 20},
    "plain_end": {"shift": 2, "undistorted": 0.5},
    "plain_throughout": {"shift": 2, "undistorted": 0.9},
    "never_plain": {"shift": 2, "undistorted": 0.1},
    "not_yet_plain": {"shift": 2, "undistorted": 0.1, "early_stopping": 1, "epochs": 30},
    "one_batch": {
        "batch_size": "full",
        "undistorted": 0.5,
        "layer_dims": ["pixels", "classes"],  # nothing to drop
        "dropout": 0.3,
    },
    "averaged": {"ema_decay": 0.9},
    "stopped": {"early_stopping": 1, "epochs": 8, "learning_rate": 0.5},
    "on_all": {"train_on": "all", "test_time_shift": 1, "label_smoothing": 0, "warmup": 0.3},
}
LARGE = {"layer_dims": ["pixels", 1000, 500, "classes"], "epochs": 1}
LONG_NAME = "a-ring-whose-name-has-forty-characters--"
ENSEMBLE = {"trainer": "ensemble", "of": "large", "seeds": [1, 2]}

# A new kind is one line here, and is tested by test_sentences.py and, in a browser, by
# test_whole_page.py and test_network.py.
KINDS = {
    "choices": reporting(**CHOICES),
    "unhealthy": reporting(**UNHEALTHY),
    "regularised": reporting(**REGULARISED),
    "study": {"ablation": small_config()["ablation"] | {"train": True}},
    "large": reporting(phase1={}, large=LARGE, together=ENSEMBLE),
    "own data": {
        "dataset": own_data.IDX | {"classes": [*own_data.CLASSES[:3], LONG_NAME]},
        "dev_size": 40,
        **reporting(phase2={"epochs": 40, "batch_size": 16}),
    },
}


def in_turn(*kinds: str) -> list:
    """The parameters of a test of these kinds, of all if none is named. CI builds and opens the
    pages of a kind with some of the commits."""
    return [pytest.param(kind, marks=pytest.mark.slow(kind)) for kind in kinds or KINDS]


def built(kind: str, shared) -> tuple[Path, Path]:
    """The folder of the page of this kind and that of its data set's results, built unless they are
    there."""
    folder = shared("pages", prepare).folder
    page = building.build(folder, KINDS[kind])
    return page, page.parents[1]


def prepare(folder: Path) -> Project:
    """A folder for the pages, with a user's own data."""
    folder.mkdir()
    own_data.write_data(folder / "data")
    return Project(folder)
