"""What is said of the difference between two recipes."""

import pytest

from handwritten.plan.changes import changes

RECIPE = {
    "step": "train",
    "settings": {"rate": 0.1, "dims": [4, 2], "data": {"seed": 1}},
    "reads": {"train": "parse/1/train.npz"},
    "rule": "a",
    "code": {"train.py": "a", "handwritten.io.files": "b"},
    "packages": {"numpy": "2.4.6"},
    "templates": {"page.css": "a"},
    "threads": 1,
}


def said(**parts):
    """The kinds and texts of the changes to a recipe with these parts."""
    return [tuple(change) for change in changes(RECIPE, RECIPE | parts)]


@pytest.mark.parametrize(
    ("part", "value", "kind", "text"),
    [
        ("settings", {"rate": 0.05}, "setting", "rate changed from 0.1 to 0.05"),
        ("settings", {"dims": [4, 3, 2]}, "setting", "dims changed from [4, 2] to [4, 3, 2]"),
        ("settings", {"data": {"seed": 2}}, "setting", "data.seed changed from 1 to 2"),
        ("settings", {"l1": 0.5}, "setting", "l1 changed from nothing to 0.5"),
        ("settings", {"dims": [1] * 99}, "setting", "dims changed"),
        ("code", {"train.py": "c"}, "file", "train.py"),
        ("code", {"handwritten.io.files": "c"}, "file", "handwritten/io/files.py"),
        ("code", {"data table.json": ["c"]}, "file", "table.json"),
        ("templates", {"page.css": "c"}, "file", "page.css"),
        ("templates", {"excerpts": "c"}, "file", "code that the page shows"),
        ("packages", {"numpy": "2.5"}, "package", "numpy changed from 2.4.6 to 2.5"),
        ("packages", {"pillow": "13"}, "package", "pillow changed from nothing to 13"),
        ("reads", {"train": "parse/2/train.npz"}, "reads", "train"),
    ],
)
def test_each_change_is_named(part, value, kind, text):
    assert said(**{part: RECIPE[part] | value}) == [(kind, text)]


def test_a_change_of_a_rule_and_of_threads_is_named():
    assert said(rule="b") == [("rule", "the rule train changed")]
    assert said(threads=2) == [("setting", "threads changed from 1 to 2")]


def test_nothing_is_said_of_equal_recipes():
    assert said() == []


def test_what_is_gone_is_named():
    old = RECIPE | {"settings": RECIPE["settings"] | {"l2": 1}, "templates": {}}
    old |= {"code": RECIPE["code"] | {"handwritten.gone": "a"}}
    texts = [change.text for change in changes(old, RECIPE)]
    assert texts == ["l2 changed from 1 to nothing", "handwritten/gone.py", "page.css"]


def test_a_record_from_before_files_were_told_apart_is_understood():
    assert [change.text for change in changes(RECIPE | {"code": "a"}, RECIPE)] == ["its code"]
    assert "settings" not in str(
        changes({"step": "train"}, {"step": "train", "settings": {}, "reads": {}})
    )
