"""Rules that are changed, or whose files are made, by others than the rule files: no version would
show that, so the plan refuses them."""

import pytest
import yaml
from project import ROOT, Project

pytestmark = pytest.mark.promise("rebuilds")
EVALUATE = "workflow/rules/evaluate.smk"
MORE = """

use rule evaluate as evaluate_more with:
    params:
        recipe=lambda wildcards: recipe(wildcards) | {"more": 1},


ruleorder: evaluate_more > evaluate
"""
OWN = """

rule own:
    output:
        "results/{dataset}/{step}/{version}/metrics.json",
    shell:
        "touch {output}"


ruleorder: own > evaluate
"""
HARMLESS = """

rule own:
    output:
        "results/own.json",
    shell:
        "touch {output}"
"""


@pytest.mark.parametrize(
    ("file", "more", "said"),
    [
        (EVALUATE, MORE, "rule evaluate_more makes files of the step evaluate"),
        ("Snakefile", OWN, "rule own makes files of the step evaluate"),
        ("workflow/Snakefile", 'config["more"] = 1\n', ""),
        ("Snakefile", HARMLESS, ""),
    ],
)
def test_a_rule_that_makes_the_files_of_a_step_is_refused(clone, file, more, said):
    path = clone.folder / file
    path.write_text(path.read_text() + more)
    assert said in clone.snakemake("--dry-run", status=int(bool(said)))


def test_a_helper_from_a_file_that_cannot_be_found_is_refused(clone):
    (clone.folder / "workflow/rules/own.smk").write_text("def rate():\n    return 1\n")
    clone.edit(EVALUATE, "recipe=recipe,", "recipe=recipe,\n        rate=rate(),")
    clone.edit(EVALUATE, "rule evaluate:", 'include: "own" + ".smk"\n\n\nrule evaluate:')
    said = clone.snakemake("--dry-run", status=1)
    assert "rule evaluate uses rate, and versions cannot follow where that is from" in said
    clone.edit(EVALUATE, '"own" + ".smk"', '"own.smk"')
    assert "evaluate" in clone.jobs()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("params:\n        rate=1", "changes params, and the step's version would not show that"),
        ("threads: 7", "changes threads"),
        ("resources:\n        mem_mb=1000", ""),
    ],
)
def test_a_workflow_that_imports_the_rules_may_not_change_what_versions_cover(
    built, tmp_path, change, said
):
    (tmp_path / "Snakefile").write_text(
        'configfile: "settings.yaml"\n\n'
        f'module digits:\n    snakefile:\n        "{ROOT}/workflow/Snakefile"\n'
        "    config:\n        config\n\n"
        "use rule * from digits as digits_*\n\n"
        "use rule train_phase1 from digits as digits_train_phase1 with:\n"
        f"    {change}\n"
    )
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump(built.config()))
    answer = Project(tmp_path).snakemake("--dry-run", "digits_phase1", status=int(bool(said)))
    assert said in answer
