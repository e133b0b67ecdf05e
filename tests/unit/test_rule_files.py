"""What a rule says itself, and what of it counts."""

import pytest

from handwritten.io.cache import Cache
from handwritten.plan.rule_files import read_rules

COMMON = """
RATE = 0.5


def twice(x):
    return 2 * factor(x)


def factor(x):
    return x
"""
RULES = '''# Two rules.


rule first:
    """The first."""
    input:
        unpack(inputs),
    output:
        **outputs("first", table="table.csv"),  # a table
    log:
        log("first"),
    threads: 2
    params:
        recipe=recipe,
        rate=lambda wildcards: twice(RATE),
    script:
        "../scripts/first.py"


checkpoint second:
    output:
        "second.txt",
    run:
        for line in output:
            print(line)
'''


@pytest.fixture
def texts(tmp_path):
    """texts(rules, common) are the fingerprints of both rules in files of these contents."""

    def read(rules=RULES, common=COMMON):
        for folder in ("rules", "scripts"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "scripts" / "first.py").touch()
        files = [tmp_path / "rules" / "a.smk", tmp_path / "rules" / "common.smk"]
        for file, text in zip(files, (rules, common), strict=True):
            file.write_text(text)
        found = read_rules(files, Cache())
        assert set(found) == {"first", "second"}
        assert found["first"].has_script and not found["second"].has_script
        assert found["first"].script == tmp_path / "scripts" / "first.py"
        return found["first"].text, found["second"].text

    return read


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Two rules.", "# Some rules."),
        ("The first.", "The very first."),
        ("  # a table", ""),
        ("        unpack(inputs),\n", "\n        # all of them\n        unpack( inputs )\n"),
        ("    input:\n        unpack(inputs),\n", "    input: unpack(inputs)\n"),
        ('log("first")', '"logs/elsewhere.log"'),
        ('"../scripts/first.py"', "'../scripts/first.py'"),
        ('"second.txt"', "'second.txt'"),
        ("    threads: 2\n", "    threads: 2\n    retries: 3\n    resources:\n        mem_mb=1\n"),
    ],
)
def test_comments_layout_and_where_a_job_reports_do_not_count(texts, old, new):
    before = texts()
    assert old in RULES
    assert texts(RULES.replace(old, new)) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unpack(inputs)", "unpack(other_inputs)"),
        ('table="table.csv"', 'table="table.csv", more="more.csv"'),
        ("recipe=recipe", 'recipe=recipe | {"learning_rate": 0.5}'),
        ("        recipe=recipe,\n", ""),
        ("    threads: 2\n", "    threads: 3\n"),
        ("    threads: 2\n", ""),
        ("twice(RATE)", "twice(RATE) + 1"),
    ],
)
def test_what_a_rule_says_counts_for_it_alone(texts, old, new):
    first, second = texts()
    assert old in RULES
    changed, same = texts(RULES.replace(old, new))
    assert changed != first and same == second


def test_another_script_and_another_body_count(texts, tmp_path):
    first, second = texts()
    assert texts(RULES.replace("print(line)", "print(line, line)"))[1] != second
    other = tmp_path / "rules" / "b.smk"
    other.write_text(RULES.replace("first.py", "other.py"))
    (tmp_path / "scripts").mkdir(exist_ok=True)
    (tmp_path / "scripts" / "other.py").touch()
    found = read_rules([other], Cache())["first"]
    assert found.script.name == "other.py" and found.text != first


@pytest.mark.parametrize(
    ("old", "new"), [("0.5", "0.6"), ("2 * factor", "3 * factor"), ("return x", "return -x")]
)
def test_what_rule_files_define_counts_for_the_rules_that_use_it(texts, old, new):
    first, second = texts()
    changed, same = texts(common=COMMON.replace(old, new))
    assert changed != first and same == second


def test_more_definitions_and_words_count_for_nobody(texts):
    common = COMMON.replace("def factor", "# Once.\ndef factor") + "\n\nUNUSED = 1\n"
    assert texts(common=common) == texts()
