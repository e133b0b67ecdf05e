"""make verify finds whatever is no longer as it was made."""

import json
import random

import pytest

from handwritten.artifacts import sealed, verification

PAGES = "results/generated"


def one(project, pattern):
    (path,) = sorted(project.folder.glob(f"results/generated/{pattern}"))[:1]
    return path


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def rewrite(path, change):
    """Change a record, and its checksum with it."""
    record = sealed.read(path)
    change(record)
    path.write_text(sealed.as_text(record))


def edit(path, change):
    """Change a record alone."""
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))


def lead_nowhere(path):
    """Put a link to nothing in the place of a file or an empty folder."""
    path.rmdir() if path.is_dir() else path.unlink()
    path.symlink_to("nowhere")


def empty_folder(project):
    folder = project.folder / PAGES / "evaluate/0123456789"
    folder.mkdir()
    return folder


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
        (
            lambda p: rewrite(
                one(p, "evaluate/*/provenance.json"), lambda record: record["inputs"].clear()
            ),
            "it names no inputs",
        ),
        (
            lambda p: edit(
                one(p, "evaluate/*/provenance.json"), lambda record: record["inputs"].clear()
            ),
            "has changed since it was written",
        ),
        (
            lambda p: edit(
                one(p, "evaluate/*/provenance.json"), lambda record: record.update(format=1)
            ),
            "has changed since it was written",
        ),
        (
            lambda p: rewrite(
                one(p, "evaluate/*/provenance.json"), lambda record: record.update(format=3)
            ),
            "format 3 is not known",
        ),
        (lambda p: one(p, "evaluate/*/run.json").write_text(""), "run.json is empty or has"),
        (lambda p: one(p, "report.html").write_text("mine"), "has changed since it was published"),
        (lambda p: one(p, "summary.json").unlink(), "summary.json: was published and cannot be"),
        (lambda p: one(p, "current-*").write_text("{}"), "has changed since it was written"),
        (lambda p: one(p, "index.html").write_text("mine"), "index.html: has changed since"),
        (lambda p: lead_nowhere(one(p, "index.html")), "index.html: has changed since"),
        (lambda p: lead_nowhere(one(p, "report.html")), "report.html: was published and cannot"),
        (lambda p: lead_nowhere(one(p, "evaluate/*/metrics.json")), "a link that leads nowhere"),
        (lambda p: lead_nowhere(one(p, "evaluate/*/provenance.json")), "cannot be trusted"),
        (lambda p: lead_nowhere(one(p, "evaluate/*/run.json")), "run.json: is a link that leads"),
        (lambda p: lead_nowhere(empty_folder(p)), "0123456789: is not a folder, but a link"),
    ],
)
def test_whatever_is_not_as_it_was_made_is_named(clone, capsys, damage, said):
    damage(clone)
    assert verification.main(clone.folder) == 1
    out = capsys.readouterr().out
    assert said in out and "delete what is named" in out


def test_a_folder_that_still_awaits_its_job_is_no_fault(clone):
    empty_folder(clone)
    assert verification.main(clone.folder) == 0


def test_nothing_is_wrong_when_all_outputs_have_been_deleted(clone):
    page = one(clone, "report.html").read_bytes()
    clone.snakemake("--delete-all-output")
    assert not list(clone.folder.glob("results/generated/*/*/provenance.json"))
    assert verification.main(clone.folder) == 0
    assert one(clone, "report.html").read_bytes() == page  # the last good page stays


KINDS = [
    "*/*/provenance.json",
    "*/*/run.json",
    "train_*/*/model.npz",
    "*/*/metrics.json",
    "report/*/report.html",
    "*/*/history.csv",
    "report.html",
    "*.[jc]s*",  # the other copies
    "current-*",
    "index.html",
]


@pytest.mark.promise("verify")
@pytest.mark.parametrize("kind", KINDS)
def test_a_bit_that_has_changed_is_found_wherever_it_is(clone, tries, kind):
    paths, rng = sorted((clone.folder / "results/generated").glob(kind)), random.Random(kind)
    for _ in range(tries(3, 300)):
        path = rng.choice(paths)
        before = path.read_bytes()
        content, bit = bytearray(before), rng.randrange(8 * len(before))
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        found = [*verification.faults_beside(clone.folder)]
        if verification.VERSION.fullmatch(path.parent.name):
            found += verification.faults(path.parent, clone.folder)
        assert found, f"bit {bit} of {path}"
        path.write_bytes(before)
    assert verification.main(clone.folder) == 0
