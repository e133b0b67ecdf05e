"""Configurations as files: what is refused, and where it is written."""

import os
import time
from pathlib import Path

import pytest
import yaml

from handwritten.config import loading
from handwritten.config.configuration import validated
from handwritten.config.messages import ConfigurationError

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            b"seed: 1\nruns: {}\nseed: 2\n",
            "line 3, column 1: the key seed is written twice, first in line 1; remove one",
        ),
        (b"runs:\n  a: {l2: 0, l2: 1}\n", "line 2, column 14: the key l2 is written twice"),
        (
            b"seed: [1, 2\ndev_size: 3\n",
            "line 2, column 9: a comma or a closing bracket",
        ),
        (b"runs:\n\tphase1: {}\n", "line 2, column 1: a tab; indent with spaces"),
        (b"runs:\n  a:\n    l2:0\n    steps: 3\n", "line 3, column 8: write a space after the"),
        (b"runs:\n  a: {}\n    b: {}\n", "line 3, column 5: .*indent the keys of a section alike"),
        (b"dataset:\n  images:/a\n  name: b\n", "line 2, column 10: write a space after the"),
        (b"dataset:\n  images:\t/a\n", "line 2, column 10: a tab; write a space instead"),
        (b'dataset: "C:\\Users\\x"\n', "line 1, column 15: a backslash begins an escape seq"),
        ("seed: 1 # für".encode("latin1"), "line 1, column 12: not UTF-8"),
        (b"seed: 1\ndataset: a\x07\n", "line 2, column 11: a control character"),
        (b"seed: 2020-13-45\n", "line 1, column 7: month must be in 1..12"),
        (b"seed: !!python/name:os.system\n", "line 1, column 7: an unknown tag; quote text"),
        (b"dataset: mnist\n__use_yte__: true\n", "line 2, column 1: __use_yte__ would run code"),
        (b"a: &a {__use_yte__: true}\n<<: *a\n", "line 1, column 8: __use_yte__ would run code"),
        (b"a: &a {__use_yte__: false}\n<<: *a\n", "line 1, column 8: __use_yte__ would run code"),
        (b'"__use_\\x79te__": true\n', "line 1, column 1: __use_yte__ would run code"),
        (b'{"seed": 1, "__use_yte__": true}', "line 1, column 13: __use_yte__ would run code"),
        (b"seed: " + b"[" * 5000, "line 1, column 56: more than 50 levels"),
        (b"a: [" + b"1," * 20_000, "line 1, column 39999: more than 20,000 keys and values"),
        (b"a: &a [*a]\n", "line 1, column 4: aliases stand for too many values"),
        (b"a: &a {b: *a}\n", "line 1, column 4: aliases stand for too many values"),
        (b"seed: 'one\ndev_size: 3\n", "line 1, column 7: a quotation mark that is not closed"),
        (b"seed: 1\n---\nseed: 2\n", "line 2, column 1: a second document begins"),
        (b"runs:\n  a\n  b: {}\n", "line 3, column 4: .* with a colon after each"),
        (b"seed: 1\nruns\nreport: []\n", "line 3, column 1: a key without a colon"),
        (b"dataset: a: b\n", "line 1, column 11: a second colon; quote text that has a colon"),
        (b"dataset: @a\n", "line 1, column 10: text cannot begin with this character"),
        (b"dataset: *a\n", "line 1, column 10: an alias of no anchor"),
        (b"a: &a 1\nb: &a 2\n", "line 2, column 4: the name of an anchor is used twice"),
        (b'dataset: "\\q"\n', "line 1, column 12: an unknown escape sequence"),
        (b'dataset: "\\ud800"\n', "line 1, column 10: half a character"),
        (b"seed: 010\n", "line 1, column 7: 010 stands for 8, since .* as octal; write 8 if"),
        (b"seed: -0_17\n", "line 1, column 7: -0_17 stands for -15, since .*; write -15 if"),
        (b"seed: 1:30\n", "line 1, column 7: 1:30 stands for 90, since .* sixties .*; write 90 if"),
        (b"rate: 1:30.5\n", "line 1, column 7: 1:30.5 stands for 90.5, since .*; write 90.5 if"),
        (b"seed: " + b"9" * 5000, "line 1, column 7: a number with more than 100 characters"),
        (b"seed: 1" + b":59" * 60_000, "line 1, column 7: a number with more than 100 characters"),
        (b"seed: 0x" + b"f" * 9000, "line 1, column 7: a number with more than 100 characters"),
        (b"~: 1\n", "line 1, column 1: a key that is not text"),
        (b"runs: {true: {}}\n", "line 1, column 8: a key that is not text"),
        (b"[1, 2]: 1\n", "line 1, column 1: a key that is not text"),
        ("seed: 1\n".encode("utf-16"), "line 1, column 1: not UTF-8"),
        ("seed: 1\n".encode("utf-16-be"), "line 1, column 1: a control character"),
        (b"[1, 2]", "line 1, column 1: no keys"),
        (b"one", "line 1, column 1: no keys"),
        (b"", "line 1, column 1: no keys"),
        (b"#" * 2_000_000, "has 2,000,000 bytes; allowed: at most 200,000"),
    ],
)
def test_a_faulty_file_is_refused_with_line_and_column(text, message, tmp_path):
    file = tmp_path / "config.yaml"
    file.write_bytes(text)
    started = time.process_time()
    with pytest.raises(ConfigurationError, match=message) as refused:
        loading.read(file)
    assert str(refused.value).startswith(str(file))
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Path.mkdir, "cannot be read: Is a directory"),
        (os.mkfifo, "is not a regular file"),
        (lambda file: file.symlink_to("/dev/zero"), "is not a regular file"),
        (lambda file: file.symlink_to(file), "cannot be read: Too many levels of symbolic links"),
        (lambda file: file.symlink_to("nowhere"), "cannot be read: No such file"),
        (lambda file: (file.touch(), os.truncate(file, 10**12)), "has 1,000,000,000,000 bytes"),
    ],
)
def test_what_is_not_a_file_of_moderate_size_is_refused_unread(make, message, tmp_path):
    make(file := tmp_path / "config.yaml")
    with pytest.raises(ConfigurationError, match=message) as refused:
        loading.read(file)
    assert str(refused.value).startswith(str(file))


def test_numbers_that_are_what_they_look_like_are_read(tmp_path):
    text = "[0, 00, -0, 0.5, 0.05, 1_000, 0x10, 0b11, 100, 1e-3, 1.0e-3]"
    (tmp_path / "config.yaml").write_text(f"a: {text}")
    values = loading.read(tmp_path / "config.yaml").values["a"]
    assert values == [0, 0, 0, 0.5, 0.05, 1000, 16, 3, 100, "1e-3", 0.001]


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "config.yaml").write_text("seed: 3\n", encoding="utf-8-sig")
    assert loading.read(tmp_path / "config.yaml").values == {"seed": 3}


def test_characters_that_json_writes_as_two_halves_are_whole(tmp_path):
    (tmp_path / "config.yaml").write_text('{"a": "\\ud835\\udfd9"}')
    assert loading.read(tmp_path / "config.yaml").values == {"a": "𝟙"}


def test_merged_keys_are_not_taken_for_keys_that_are_written_twice(tmp_path):
    text = "b: &b {x: 0}\na: &a {<<: *b, x: 1}\n<<: *a\n"
    (tmp_path / "config.yaml").write_text(text)
    assert loading.read(tmp_path / "config.yaml").values["x"] == 1


def test_aliases_that_stand_for_too_much_are_refused_within_a_second(tmp_path):
    file, started = tmp_path / "config.yaml", time.process_time()
    lines = [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 20)]
    file.write_text("\n".join(["a0: &a0 [x, x]", *lines]))
    with pytest.raises(ConfigurationError, match="aliases"):
        loading.read(file)
    assert time.process_time() - started < 1


def test_the_shipped_file_is_sound():
    assert loading.read(ROOT / "config.yaml").values == yaml.safe_load(
        (ROOT / "config.yaml").read_text()
    )


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.yaml cannot be read: No such file"):
        loading.read(tmp_path / "none.yaml")


WRITTEN = """\
seed: 3
report:
  - first
  - second
runs:
  first: &first
    trainer: phase2
    activation: relu
  second:
    extends: first
    l2: 0
"""


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("seed: 3", "seed: three", "config.yaml, line 1, column 7: seed is 'three'; allowed: int"),
        ("seed", "sed", "config.yaml, line 1, column 1: unknown key sed; "),
        (
            "- second",
            "- third",
            "config.yaml, line 4, column 5: report[1] is 'third'; allowed: ",
        ),
        ("relu", "ReLU", "config.yaml, line 8, column 17: runs.first.activation is 'ReLU'; "),
        ("relu", "relu\n    claim: 1", "config.yaml, line 9, column 5: unknown key runs.first.cl"),
        ("l2: 0", "l2: 200", "config.yaml, line 11, column 9: runs.second.l2 is 200; allowed: nu"),
        ("extends: first", "<<: *first\n    seed: x", "config.yaml, line 11, column 11: runs.sec"),
        (
            "extends: first",
            "l1: 0",
            "config.yaml, line 10, column 5: runs.second lacks the key trai",
        ),
    ],
)
def test_a_refusal_says_where_the_value_is_written(old, new, refusal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(WRITTEN.replace(old, new, 1))
    file = loading.read(Path("config.yaml").absolute())
    with pytest.raises(ConfigurationError) as refused:
        validated(file.values)
    assert loading.located(refused.value, [file], file.values).startswith(refusal)


def test_a_value_of_the_command_line_has_no_place_in_a_file(tmp_path):
    (tmp_path / "config.yaml").write_text(WRITTEN)
    file = loading.read(tmp_path / "config.yaml")
    config = file.values | {"seed": -1}
    with pytest.raises(ConfigurationError) as refused:
        validated(config)
    assert loading.located(refused.value, [file], config).startswith("config: seed is -1; allowed")
