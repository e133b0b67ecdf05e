"""What a rule uses and what of it counts, and what no version can cover."""

import pytest

from handwritten.io.code import UntraceableError
from handwritten.plan.steps import Steps

COMMON = """
RATE = 0.5
"""
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


def with_output(output, head):
    """The step with another name of its output, and something before it."""
    return {"rules/first.smk": head + STEP.replace('"table.csv"', output)}


def other_script(name):
    """The step with this script, which is there."""
    return {"rules/first.smk": STEP.replace("first.py", name), f"scripts/{name}": ""}


PLANNED = "from handwritten.plan import b\nA = b(1)\n"
USES_PLAN = "from handwritten.plan import b\ndef f():\n    return b(1)\n"
IMPORT = "from helpers import RATE as NAME\n"


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
        (with_param("rate=f()", f"{IMPORT}f = lambda: NAME\n"), "scripts/helpers.py", "1", "2"),
        (with_param("rate=a", "import handwritten.plan\na = 1\n"), "rules/first.smk", "= 1", "= 2"),
        (
            with_output("name()", "def name():\n    'a'\n    return 1\n"),
            "rules/first.smk",
            " 1",
            " 2",
        ),
        (with_param("a=f()", USES_PLAN), "rules/first.smk", "(1", "(2"),
        (with_output("NAME", "NAME = 1\n"), "rules/first.smk", "= 1", "= 2"),
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
        ("Snakefile", f'include: "rules/none.smk"\n{MAIN}'),
        ("scripts/helpers.py", "RATE = 2"),
    ],
)
def test_what_cannot_change_a_file_does_not_count(version, file, text):
    assert version({file: text}) == version()


@pytest.mark.parametrize(
    ("files", "file", "old", "new"),
    [
        (with_output("NAME", IMPORT), "scripts/helpers.py", "1", "2"),  # the name is in the recipe
        (with_param("a=A", PLANNED), "rules/first.smk", "(1", "(2"),
    ],
)
def test_what_recipes_have_already_does_not_count(version, files, file, old, new):
    text = files.get(file, "RATE = 1")
    assert version(files | {file: text.replace(old, new)}) == version(files)


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
        (with_param('a=config["a"] * workflow.cores'), "`config` says"),
        (with_param("rate=eval('1')"), "eval can load any code"),
        ({"Snakefile": MAIN + "exec(open('more.py').read())\n"}, "exec can load any code"),
        (with_param("rate=X", "import importlib\nX = importlib.import_module('a')\n"), "importlib"),
        ({"rules/first.smk": STEP + STEP}, "defined a second time"),
        (
            {"rules/more.smk": STEP, "Snakefile": MAIN + 'include: "rules/more.smk"\n'},
            r"more.smk:2: .*second time",
        ),
        ({"rules/first.smk": STEP.replace("script:", "notebook:")}, "code of `notebook:`"),
        ({"rules/first.smk": STEP.replace("script:", "shell:")}, "code of `shell:`"),
        ({"rules/first.smk": STEP.replace("script:", "wrapper:")}, "code of `wrapper:`"),
        ({"rules/first.smk": f"{STEP}    run:\n        a\n    shell: 'b'\n"}, "code of `run:`"),
        ({"rules/first.smk": STEP.replace("script:", "run:")}, "code of `run:`"),
        (other_script("first.R"), "has to name a Python file"),
        (other_script("first.sh"), "has to name a Python file"),
        ({"rules/first.smk": STEP.replace("first.py", "other.py")}, "has to name a Python file"),
        ({"rules/first.smk": STEP.replace('"../', 'f"../')}, "has to name a Python file"),
        ({"rules/first.smk": STEP.split("    script")[0]}, "has to name a Python file"),
        ({"rules/first.smk": STEP.replace("rule first", "rule other")}, "there is no rule first"),
        ({"Snakefile": 'include: "rules/" + "first.smk"\n'}, "there is no rule first"),
        ({"rules/first.smk": STEP.replace("params:", "params(")}, r"first.smk:[89]: .*EOF"),
        ({"rules/first.smk": STEP.replace("first:", "first")}, r"first.smk:\d+: expected ':'"),
        ({"rules/first.smk": "if config['a']:\n" + STEP.replace("\n", "\n    ")}, "`config` says"),
    ],
)
def test_what_no_version_can_cover_is_refused(version, files, reason):
    with pytest.raises(UntraceableError, match=reason):
        version(files)
