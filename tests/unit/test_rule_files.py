"""What of a rule counts, and what no version can cover."""

import pytest

from handwritten.io.cache import Cache
from handwritten.io.code import UntraceableError
from handwritten.plan.rule_files import read_rules
from handwritten.plan.steps import Steps

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


MAIN = """include: "rules/first.smk"
include: f"{here}/rules/common.smk"
"""
STEP = """
rule first:
    output:
        **outputs("first", table=report("table.csv", category="A")),
    params:
        recipe=recipe,
    script:
        "../scripts/first.py"
"""


@pytest.fixture
def version(tmp_path, monkeypatch):
    """version(file=text, ...) is that of the step `first` of a workflow with these files."""
    monkeypatch.chdir(tmp_path)
    texts = {"Snakefile": MAIN, "rules/first.smk": STEP, "rules/common.smk": COMMON}
    texts |= {"scripts/first.py": "", "scripts/helpers.py": "RATE = 1", "config/table.json": "1"}

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    def worked_out(files=()):
        write(texts | dict(files))
        steps = Steps("data", [tmp_path / "Snakefile"], [tmp_path / "scripts"])
        return steps.add("first", {}).version

    return worked_out


def with_param(param, head=""):
    """The step with one parameter more, and something before it."""
    more = STEP.replace("recipe=recipe,", f"recipe=recipe,\n        {param},")
    return {"rules/first.smk": head + more}


@pytest.mark.parametrize(
    ("files", "file", "old", "new"),
    [
        (with_param("rate=rate(1)"), "Snakefile", "", "def rate(x):\n    return x\n"),
        (with_param("rate=RATE", "RATE = 1\nRATE += 1\n"), "rules/first.smk", "+= 1", "+= 2"),
        (with_param("rate=RATE", "RATE: int = 1\n"), "rules/first.smk", "int = 1", "int = 2"),
        (with_param("rate=x", "X = {}\nX['a'] = 1\nx = X\n"), "rules/first.smk", "= 1", "= 2"),
        (with_param("rate=X", "X = []\nX.append(1)\n"), "rules/first.smk", "(1)", "(2)"),
        (with_param("rate=X", "if True:\n    X = 1\n"), "rules/first.smk", "X = 1", "X = 2"),
        (with_param("rate=X", "with open('a') as X:\n    pass\n"), "rules/first.smk", "'a'", "'b'"),
        (with_param("rate=f()", "@twice\ndef f():\n    pass\n"), "rules/first.smk", "@twice\n", ""),
        (with_param("rate=A.b", "class A:\n    b = 1\n"), "rules/first.smk", "b = 1", "b = 2"),
        (with_param("rate=X", "X, Y = 1, 2\n"), "rules/first.smk", "1, 2", "2, 1"),
        (with_param("rate=RATE", "from helpers import RATE\n"), "scripts/helpers.py", "1", "2"),
        (with_param("rate=h.RATE", "import helpers as h\n"), "scripts/helpers.py", "1", "2"),
        (with_param("rate=RATE", "from helpers import *\n"), "scripts/helpers.py", "1", "2"),
        (with_param('table="config/table.json"'), "config/table.json", "1", "2"),
        (with_param("t=T", 'T = "config/table.json"\n'), "config/table.json", "1", "2"),
        ({}, "rules/first.smk", "    params", '    container: "docker://a"\n    params'),
        ({}, "rules/first.smk", "    params", '    envmodules: "a"\n    params'),
        ({}, "rules/first.smk", "    params", "    shadow: 'full'\n    params"),
        ({}, "rules/first.smk", "    params", "    threads: 2\n    params"),
        ({}, "Snakefile", "include", 'container: "docker://a"\n\n\ninclude'),
        (
            {"rules/first.smk": "if A:\n" + STEP.replace("\n", "\n    ")},
            "rules/first.smk",
            "A:",
            "B:",
        ),
        ({}, "rules/first.smk", '"table.csv"', '"other.csv"'),
    ],
)
def test_whatever_a_rule_uses_counts(version, files, file, old, new):
    files = dict(files)
    before = version(files)
    text = files.get(file) or {"Snakefile": MAIN, "rules/first.smk": STEP}.get(file, "1")
    assert old in text
    changed = text.replace(old, new, 1) if old else text + new
    assert version(files | {file: changed}) != before


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("rules/first.smk", STEP.replace("rule first:", "rule:\n    name: 'first'")),
        ("rules/first.smk", STEP.replace("rule first", "checkpoint first")),
        ("rules/first.smk", STEP.replace('category="A"', 'category="B", caption="b.rst"')),
        ("rules/first.smk", STEP.replace("    params", "    localrule: True\n    params")),
        (
            "rules/first.smk",
            STEP.replace("    params", "    wildcard_constraints: a='b'\n    params"),
        ),
        ("rules/first.smk", f"import numpy\n{STEP}"),
        ("rules/first.smk", f"{STEP}\n\nrule other:\n    shell:\n        'touch a'\n"),
        ("rules/first.smk", f"{STEP}\n\nuse rule first as other with:\n    output:\n        'a'\n"),
        ("Snakefile", f"{MAIN}\n\nonstart:\n    print(config)\n\n\nlocalrules:\n    first,\n"),
        ("Snakefile", f"{MAIN}\n\nmodule other:\n    snakefile:\n        'a'\n"),
        ("scripts/helpers.py", "RATE = 2"),
    ],
)
def test_what_cannot_change_a_file_does_not_count(version, file, text):
    assert version({file: text}) == version()


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (with_param('rate=config["rate"]'), "`config` says is part of no version"),
        (with_param("rate=RATE", 'RATE = config["rate"]\n'), "`config` says"),
        (with_param("rate=rate()", "def rate():\n    return config.get('a')\n"), "`config` says"),
        (with_param('rate=lambda wildcards: config["rate"]'), "`config` says"),
        (with_param('rate=plan.config["rate"]'), "`config` says"),
        (with_param('rate=os.environ["RATE"]'), "`environ` says"),
        (with_param("cores=workflow.cores"), "`workflow` says"),
        (with_param("rate=eval('1')"), "eval can load any code"),
        ({"Snakefile": MAIN + "exec(open('more.py').read())\n"}, "exec can load any code"),
        (with_param("rate=X", "import importlib\nX = importlib.import_module('a')\n"), "importlib"),
        ({"rules/first.smk": STEP + STEP}, "defined a second time"),
        (
            {"rules/more.smk": STEP, "Snakefile": MAIN + 'include: "rules/more.smk"\n'},
            "second time",
        ),
        ({"rules/first.smk": STEP.replace("script:", "notebook:")}, "code of `notebook:`"),
        ({"rules/first.smk": STEP.replace("script:", "shell:")}, "code of `shell:`"),
        ({"rules/first.smk": STEP.replace("script:", "wrapper:")}, "code of `wrapper:`"),
        ({"rules/first.smk": STEP.replace("script:", "run:")}, "code of `run:`"),
        ({"rules/first.smk": STEP.replace("first.py", "first.R")}, "has to name a Python file"),
        ({"rules/first.smk": STEP.replace("first.py", "other.py")}, "has to name a Python file"),
        ({"rules/first.smk": STEP.replace('"../', 'f"../')}, "has to name a Python file"),
        ({"rules/first.smk": STEP.split("    script")[0]}, "has to name a Python file"),
        ({"rules/first.smk": STEP.replace("rule first", "rule other")}, "there is no rule first"),
        ({"Snakefile": 'include: "rules/" + "first.smk"\n'}, "there is no rule first"),
        ({"rules/first.smk": STEP.replace("params:", "params(")}, r"first.smk:\d+: .*EOF"),
        ({"rules/first.smk": STEP.replace("first:", "first")}, r"first.smk:\d+: expected ':'"),
        ({"rules/first.smk": "if config['a']:\n" + STEP.replace("\n", "\n    ")}, "`config` says"),
    ],
)
def test_what_no_version_can_cover_is_refused(version, files, reason):
    with pytest.raises(UntraceableError, match=reason):
        version(files)
