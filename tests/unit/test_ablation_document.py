"""docs/ablation.md as it is made from a study."""

import pytest

from handwritten.page import ablation_document, formats, page


def rates(mean, low=None, high=None):
    return {"mean": mean, "low": low, "high": high}


def step(change, **more):
    described = {"change": change, "aside": False, "changed": {}, "chosen": {}, "models": []}
    measured = {"dev": rates(0.02), "test": rates(0.1, 0.05, 0.15), "ece": rates(0.01, 0, 0.02)}
    counted = {"evaluations": 1, "parameters": None, "below": None, "comparison": None}
    return described | measured | counted | more


FOUND = {
    "difference": {"mean": -0.0051, "low": -0.01, "high": 0.00004},
    "better": 3,
    "seeds": 4,
    "p": 0.03,
    "holm_p": 0.12,
    "verdict": "no difference shown",
}
STUDY = {
    "baselines": [step("Nearest", chosen={"neighbours": 3, "of": [1, 3]})],
    "steps": [
        step("First", parameters=7960, models=["train_phase1/a", "train_phase1/b"], evaluations=2),
        step("a|*b*", aside=True, changed={"ema_decay": 0.5}, comparison=FOUND, below=0),
    ],
    "left_out": [step("First", comparison=FOUND | {"p": 0.01, "holm_p": 0.02}, below=1)],
}


def test_the_document_has_every_figure_of_the_study():
    text = ablation_document.document("results/x/ablation/1", [1, 2], STUDY)
    assert "with the seeds 1, 2." in text.replace("\n", " ")
    assert "`results/x/ablation/1`" in text
    rows = [line for line in text.splitlines() if line.startswith("| **")]
    assert rows[0] == (
        r"| **a\|\*b\*** (aside)<br>ema decay 0.5 | – | – | 2.00% | 10.00% (5.00–15.00%) "
        "| 1.00% (0.00–2.00%) | no difference shown<br>−0.51 (−1.00 to 0.00) points, "
        "p 0.12 (alone 0.03), better in 3 of 4 |"
    )
    assert '| 7,960 | <span data-seconds="mean train_phase1/a train_phase1/b">–</span> |' in rows[1]
    assert rows[2].startswith("| **Nearest**<br>neighbours 3; of 1, 3 |")
    assert "points, p 0.02, better" in rows[3]
    assert r"Each row is *a\|\*b\** without one change." in text


def marked(kind):
    """The study, every step being said not to have learnt from dev except the last of this kind."""
    steps = {each: [one | {"learnt_dev": False} for one in STUDY[each]] for each in STUDY}
    steps[kind][-1]["learnt_dev"] = True
    return steps


@pytest.mark.parametrize("kind", STUDY)
def test_the_document_marks_dev_errors_of_models_that_learnt_from_dev(kind):
    text = ablation_document.document("results/x/ablation/1", [1], marked(kind))
    assert text.count(r"| 2.00%\* |") == 1 == text.count(f"\n\\* {formats.LEARNT_DEV}\n")
    unmarked = ablation_document.document("results/x/ablation/1", [1], STUDY)
    assert formats.LEARNT_DEV not in unmarked and r"%\*" not in unmarked


@pytest.mark.parametrize("kind", STUDY)
def test_the_page_marks_dev_errors_of_models_that_learnt_from_dev(kind):
    def section(study):
        shown = study | {"seeds": [1], "figure": "<svg></svg>"}
        return page.render("ablation/section.html.j2", ablation=shown)

    html = section(marked(kind))
    assert html.count("<td>2.00%*</td>") == 1 == html.count(f"* {formats.LEARNT_DEV}</p>")
    unmarked = marked(kind)
    unmarked[kind][-1]["learnt_dev"] = False
    assert formats.LEARNT_DEV not in section(unmarked) and "%*" not in section(unmarked)


def test_a_study_of_steps_alone_has_one_table():
    steps = {"baselines": [], "steps": STUDY["steps"], "left_out": []}
    text = ablation_document.document("results/x/ablation/1", [1], steps)
    assert "##" not in text and text.count("| parameters |") == 1 and "below, what" not in text
