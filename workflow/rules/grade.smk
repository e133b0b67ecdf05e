# The check of submissions: snakemake --cores 4 grade --config submissions=<folder>. Inputs: plan/grading.py
#   in:  <folder>/<submission>/phase1.py, phase2.py
#   out: results/grades/check_submission/<version>/   verdicts.json: what is said about each exercise
#        results/grades/grade_table/<version>/        grades.csv, mistakes.csv, grades.html
#        results/grades/                              copies of the current versions


rule check_submission:
    """Check a submission, whose code runs in a process of its own with limits."""
    output:
        **outputs("check_submission", verdicts="verdicts.json"),
    log:
        log("check_submission"),
    conda:
        "../../envs/numpy.yaml"
    params:
        recipe=recipe,
        files=lambda wildcards: plan.grading.files[wildcards.version],
    script:
        "../scripts/check_submission.py"


rule grade_table:
    """All verdicts as tables and as a page."""
    input:
        unpack(inputs),
    output:
        **outputs(
            "grade_table",
            page="grades.html",
            table="grades.csv",
            mistakes="mistakes.csv",
        ),
    log:
        log("grade_table"),
    conda:
        "../../envs/figures.yaml"
    params:
        recipe=recipe,
    script:
        "../scripts/grade_table.py"


rule publish_grades:
    """Copy the current tables to their stable places."""
    input:
        unpack(inputs),
    output:
        marker=local("results/grades/grades-{version}{again}"),
    log:
        local("logs/grades/publish_grades/{version}{again}.log"),
    conda:
        "../../envs/numpy.yaml"
    params:
        copies=lambda wildcards: plan.grading.publication.copies,
    script:
        "../scripts/publish_grades.py"
