"""make verify finds whatever is no longer as it was made."""

import json

import pytest

from handwritten.artifacts import verification


def one(project, pattern):
    (path,) = sorted(project.folder.glob(f"results/generated/{pattern}"))[:1]
    return path


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def rewrite(path, change):
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))


def test_a_build_as_it_was_made_verifies(built, capsys):
    assert verification.main(built.folder) == 0
    assert "all unchanged since they were made" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda p: flip(one(p, "train_phase2/*/model.npz")), "model.npz: has changed since"),
        (lambda p: flip(one(p, "evaluate/*/metrics.json")), "metrics.json: has changed since"),
        (lambda p: one(p, "train_phase2/*/history.csv").unlink(), "history.csv: is missing"),
        (lambda p: one(p, "parse_idx/*/provenance.json").unlink(), "cannot be trusted"),
        (lambda p: one(p, "parse_idx/*/provenance.json").write_text("[]"), "cannot be trusted"),
        (lambda p: one(p, "parse_idx/*/provenance.json").write_text("{}"), "cannot be trusted"),
        (
            lambda p: (one(p, "report/*/report.html").parent / "more.txt").write_text(""),
            "more.txt: was not made here",
        ),
        (
            lambda p: rewrite(
                one(p, "train_phase2/*/provenance.json"),
                lambda record: record["made_from"]["settings"].update(epochs=99),
            ),
            "its provenance.json has been changed",
        ),
        (
            lambda p: rewrite(
                one(p, "parse_idx/*/provenance.json"),
                lambda record: record["files"].update({"dev.npz": "0" * 64}),
            ),
            "was made from another version of results/generated/parse_idx",
        ),
        (
            lambda p: rewrite(
                one(p, "evaluate/*/provenance.json"), lambda record: record.pop("inputs")
            ),
            "inputs",
        ),
    ],
)
def test_whatever_is_not_as_it_was_made_is_named(clone, capsys, damage, said):
    damage(clone)
    assert verification.main(clone.folder) == 1
    out = capsys.readouterr().out
    assert said in out and "delete the folders named" in out


def test_a_folder_that_still_awaits_its_job_is_no_fault(clone):
    (clone.folder / "results/generated/evaluate/0123456789").mkdir()
    assert verification.main(clone.folder) == 0
