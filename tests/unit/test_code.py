"""What counts as the code of a step, and what does not."""

import shutil
from pathlib import Path

import pytest

from handwritten.io import syntax
from handwritten.io.cache import Cache
from handwritten.io.code import Code, UntraceableError
from handwritten.plan.steps import WITHOUT_EFFECT

SCRIPTS = Path(__file__).parents[2] / "workflow" / "scripts"
PARSED = Cache()  # by content, so that each source is parsed once for all tests


@pytest.fixture
def library(tmp_path):
    """A copy of all scripts and the library that a test may edit."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=ignore)

    class Library:
        def edit(self, file, old, new):
            path = tmp_path / "scripts" / file
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))

        def code(self, script):
            options = {"ignored": WITHOUT_EFFECT, "optional": {"torch"}, "cache": PARSED}
            code = Code(tmp_path / "scripts", **options)
            return code.fingerprint(tmp_path / "scripts" / f"{script}.py")

    return Library()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a[l] += b", "a[l] += b  # the biases"),
        ("a[l] += b", "a[l] += (b)"),
        ("SLICE = 1024", "\n\nSLICE   =   1024"),
        ('"""Buffers for', '"""All buffers for'),
        ("# (n, d_in) @", "# shapes: (n, d_in) @"),
    ],
)
def test_comments_docstrings_and_layout_do_not_count(library, old, new):
    before = library.code("train_phase2")
    library.edit("handwritten/learning/network.py", old, new)
    assert library.code("train_phase2") == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("handwritten/learning/network.py", "a[l] += b", "a[l] -= b"),
        ("handwritten/learning/network.py", "SLICE = 1024", "SLICE = 1025"),
        ("handwritten/learning/network.py", "below", "underneath"),
        ("handwritten/learning/losses.py", "delta -= y", "delta += y"),
        ("train_phase2.py", "history.csv", "curve.csv"),
    ],
)
def test_logic_counts_in_the_script_and_in_all_it_imports(library, file, old, new):
    before = library.code("train_phase2")["sha256"]
    library.edit(file, old, new)
    assert library.code("train_phase2")["sha256"] != before


@pytest.mark.parametrize(
    ("file", "script"),
    [
        ("handwritten/page/figures.py", "train_phase2"),
        ("handwritten/learning/network.py", "train_phase1"),
        ("handwritten/data/idx.py", "evaluate"),
        ("handwritten/plan/plan.py", "report"),
        ("handwritten/download/fetching.py", "parse_idx"),
        ("handwritten/artifacts/logs.py", "train_phase2"),
        ("handwritten/artifacts/progress.py", "train_phase2"),
    ],
)
def test_code_that_a_script_does_not_import_or_that_cannot_reach_its_files_does_not_count(
    library, tmp_path, file, script
):
    before = library.code(script)
    with (tmp_path / "scripts" / file).open("a") as end:
        end.write("\nADDED = 1\n")
    assert library.code(script) == before


@pytest.mark.parametrize("package", ["handwritten", "handwritten/learning"])
def test_the_init_file_of_a_package_counts_for_all_that_use_it(library, tmp_path, package):
    before = {script: library.code(script) for script in ("train_phase2", "parse_idx")}
    (tmp_path / "scripts" / package / "__init__.py").write_text("import math\nmath.pi = 3\n")
    assert library.code("train_phase2") != before["train_phase2"]
    assert (library.code("parse_idx") == before["parse_idx"]) == (package != "handwritten")


def test_what_only_type_checkers_read_does_not_count(library):
    before = library.code("train_phase2")
    library.edit("handwritten/settings.py", "seed: int", "seed: float")
    library.edit("handwritten/config/run_settings.py", "ge=0, le=180", "ge=0, le=90")
    assert library.code("train_phase2") == before
    library.edit("handwritten/settings.py", "| dict(changes)", "| {} | dict(changes)")
    assert library.code("train_phase2") != before


@pytest.mark.parametrize("name", ["DEBUG", "VERBOSE"])
def test_what_other_conditions_ask_counts(name):
    source = f"if {name}:\n    import a\nelse:\n    import b\n"
    assert syntax.facts(source)["imports"] == [["a", ""], ["b", ""]]
    source = source.replace(name, "TYPE_CHECKING")
    assert syntax.facts(source)["imports"] == [["b", ""]]


def test_packages_are_those_imported_on_the_way(library):
    assert set(library.code("train_phase2")["packages"]) == {"numpy", "threadpoolctl"}
    figures = {"numpy", "matplotlib", "pillow", "kiwisolver", "fonttools", "contourpy"}
    assert set(library.code("confusion_matrix")["packages"]) > figures
    assert set(library.code("report")["packages"]) > {"Jinja2", "MarkupSafe"} | figures
    library.edit(
        "train_phase2.py",
        "from handwritten.learning import",
        "import nowhere_to_be_found\nfrom handwritten.learning import",
    )
    assert library.code("train_phase2")["packages"]["nowhere_to_be_found"] == "not installed"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("from .learning import network", "write the module's full name"),
        ("import importlib", "importlib can load any code"),
        ("import importlib.util as tools", "importlib.util can load"),
        ("from importlib import import_module as load", "importlib.import_module can load"),
        ("network = __import__('network')", "__import__ can load"),
        ("import builtins; builtins.__import__('network')", "__import__ can load"),
        ("exec(open('more.py').read())", "exec can load"),
        ("x = eval('1 + 1')", "eval can load"),
        ("import runpy", "runpy can load"),
        ("x = snakemake.config['seed']", "what `snakemake.config` says is part of no version"),
        ("x = os.environ['RATE']", "what `environ` says is part of no version"),
        ("x = environ.get('RATE', 1)", "what `environ` says is part of no version"),
        ("x = os.getenv('RATE')", "what `getenv` says is part of no version"),
        ("def f(:", "invalid syntax: def f"),
    ],
)
def test_an_import_that_cannot_be_followed_is_refused(tmp_path, line, reason):
    script = tmp_path / "step.py"
    script.write_text(f'"""A step."""\n{line}\n')
    with pytest.raises(UntraceableError, match=rf"step.py:2: .*{reason}"):
        Code(tmp_path).fingerprint(script)


@pytest.mark.parametrize(
    "line",
    [
        'subprocess.run([sys.executable, "helper.py"])',
        'subprocess.run([sys.executable, "scripts/helper.py"])',
        'subprocess.run([sys.executable, "-m", "helper"])',
        "from package import *",
    ],
)
def test_a_module_that_is_run_or_imported_without_being_named_counts(tmp_path, line, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scripts = tmp_path / "scripts"
    (scripts / "package").mkdir(parents=True)
    (scripts / "package" / "__init__.py").write_text("__all__ = ['module']")
    (scripts / "step.py").write_text(f"import subprocess, sys\n{line}\n")
    (scripts / "helper.py").write_text("from package import module\n")
    found = []
    for value in (1, 2):
        (scripts / "package" / "module.py").write_text(f"X = {value}\n")
        found.append(Code(scripts).fingerprint(scripts / "step.py")["sha256"])
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("source", "reason"),
    [(b"x = 1\0", "null bytes"), (b"x = 0x" + 5000 * b"f", "integer string")],
)
def test_what_python_cannot_parse_or_print_is_refused(tmp_path, source, reason):
    (tmp_path / "step.py").write_bytes(source)
    with pytest.raises(UntraceableError, match=rf"step.py.*: .*{reason}"):
        Code(tmp_path).fingerprint(tmp_path / "step.py")


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("from helpers import *", "helpers.py"),  # of a module, not of a package
        ("from Tables import *", "Tables.py"),
        ("import package", "package/__init__.py"),
        ("from os import *", None),
        ("subprocess.run(['Rscript', 'other.R', 'other.sh'])", None),
    ],
)
def test_modules_that_are_not_named_do_not_run(tmp_path, line, module):
    (tmp_path / "package").mkdir()
    names = ["helpers", "Tables", "other", "package/__init__", "package/more", "__init__"]
    for name in names:
        (tmp_path / f"{name}.py").touch()
    script = tmp_path / "step.py"
    script.write_text(f"import subprocess\n{line}\n")
    files = {script, tmp_path / module} if module else {script}
    assert set(Code(tmp_path).project_files(script)) == files
    assert Code(tmp_path).fingerprint(script)["packages"] == {}


def test_names_of_files_are_relative_to_folders_up_to_two_above_those_of_modules():
    code, root = Code(Path("/a/b/c/scripts"), Path("/elsewhere")), Path("/a/b/c/scripts")
    above = [Path("/a/b/c"), Path("/a/b")]
    assert code.above(root / "x.py") == [Path(), root, *above]
    assert code.above(root / "p" / "q" / "x.py") == [
        Path(),
        root / "p" / "q",
        root / "p",
        root,
        *above,
    ]
    assert code.above(Path("/a/b/c/rules/x.smk")) == [Path(), Path("/a/b/c/rules"), *above]


def test_what_only_looks_like_a_dynamic_import_is_not_refused(tmp_path):
    script = tmp_path / "step.py"
    script.write_text(
        "from importlib import metadata, resources\nimport importlib.metadata\nmodel.eval()\n"
        "from importlib.resources import files\n"
        "os.environ['OMP_NUM_THREADS'] = '1'\nrun(env=os.environ | own)\nsnakemake.params.recipe\n"
    )
    assert Code(tmp_path).fingerprint(script)["packages"] == {}


def test_the_files_behind_a_script_are_those_it_imports_and_they_in_turn():
    script = SCRIPTS / "publish_notebooks.py"
    library = SCRIPTS / "handwritten"
    parts = ["artifacts/logs.py", "artifacts/sealed.py", "artifacts/stable_copies.py"]
    parts += ["io/files.py", "io/fingerprints.py"]
    inits = ["__init__.py", "artifacts/__init__.py", "io/__init__.py"]
    files = [script, *(library / name for name in parts + inits)]
    assert Code(SCRIPTS).project_files(script) == sorted(files)


def test_a_file_is_as_long_as_its_code(tmp_path):
    file = tmp_path / "module.py"
    file.write_text(
        '"""A module."""\n\n\n'
        'def twice(x):\n    """Say it again."""\n    # why\n    y = (\n        x\n    )\n'
        "    return y + x\n\n\n"
        'def nothing():\n    """To be done."""\n'
    )
    # def twice(x): y = x; return y + x; def nothing(): pass
    assert syntax.lines(file) == 5


# Every kind of syntax whose tree differs between versions of Python, as far as we know.
EVERY_SYNTAX = """
import a.b as c
from d import e as f
@c
class A(f, metaclass=c):
    x: int = 1
    def g(self, a, /, b: "x" = 1, *args, c=2, **more) -> None:
        return f"{a!r:>{b}}{{{c:.2f}}} {more=}" "joined" rf"\\d{a}", b"bytes"[0:1, ...]
async def h(*, y):
    async with c() as d, e: pass
    async for i in y: yield await i
    return [j async for j in y if j]
try: x = lambda *a: (yield)
except (A, B) as error: raise C from error
else: del x
finally: assert x, "why"
match x:
    case {"a": [1, *_], **rest} | A(b=2) if rest: pass
    case None: x[y] = {**x, 1: {2}, 3: {k: v for k, v in z}}
with (open("é\U0001fae8\x7f") as x, y): global q; q = 1_000 + 1e-10 + 2j + True
if (n := 10) > 5 and not n @ 2 // 3 % 4: n **= 2
while n: break
print(*x, **y, end="")
"""


def test_fingerprints_are_the_same_under_every_python():
    """The value is that of Python 3.11, and was the same under 3.12, 3.13 and 3.14."""
    assert syntax.facts(EVERY_SYNTAX)["code"][:16] == "0dc0603c0fcc2c05"
