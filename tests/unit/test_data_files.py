"""Files that code reads without importing them are part of what a step is made from."""

import pytest

from handwritten.io.code import Code

SCRIPT = "scripts/step.py"
MODULE = "scripts/library/tables.py"
TABLE = "scripts/library/table.json"


@pytest.fixture
def fingerprint(tmp_path, monkeypatch):
    """fingerprint(**options) is that of a script that imports a module of a library; write(file,
    text) changes a file of theirs."""
    monkeypatch.chdir(tmp_path)

    def fingerprint(**options):
        return Code(tmp_path / "scripts", **options).fingerprint(tmp_path / SCRIPT)["sha256"]

    def write(file, text):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    write(SCRIPT, "from library import tables\n")
    write("scripts/library/__init__.py", "")
    write(MODULE, "")
    fingerprint.write = write
    return fingerprint


# How code reads a file, in a module or in a script, and where the file is.
READS = [
    (MODULE, 'Path(__file__).with_name("table.json")', TABLE),
    (MODULE, 'Path(__file__).parent / "table.json"', TABLE),
    (MODULE, 'Path(__file__).resolve().parent.joinpath("table.json")', TABLE),
    (MODULE, 'os.path.join(os.path.dirname(__file__), "table.json")', TABLE),
    (MODULE, '(HERE / "tables" / "table.json").read_text()', "scripts/library/tables/table.json"),
    (MODULE, 'HERE = Path(__file__).parent\nload(HERE / "tables" / f"{name}.npy")', f"{MODULE}x"),
    (MODULE, 'ROOT = Path(__file__).parents[2]\n(ROOT / "tables").glob("*")', "tables/a.json"),
    (MODULE, 'resources.files("library").joinpath("table.json")', TABLE),
    (MODULE, 'importlib.resources.read_text("library.more", name)', "scripts/library/more/a.txt"),
    (MODULE, 'pkgutil.get_data("library", name)', "scripts/library/a.bin"),
    (MODULE, 'sorted(Path(__file__).parent.glob("*.json"))', TABLE),
    (
        MODULE,
        'sorted((Path(__file__).parent / "tables").rglob(kind))',
        "scripts/library/tables/a/b",
    ),
    (MODULE, 'sorted((Path(__file__).parents[2] / "tables").iterdir())', "tables/a.json"),
    (MODULE, "Path(library.__file__).with_name(name)", TABLE),
    (MODULE, 'open(f"{Path(__file__).parent}/table.json")', TABLE),
    (MODULE, 'Path(__file__).parents[2].joinpath("config", "table.json")', "config/table.json"),
    (MODULE, 'Path(__file__).with_name("weights")', "scripts/library/weights"),
    (SCRIPT, 'open("table.json")', "table.json"),
    (SCRIPT, 'np.load("config/rates.npy")', "config/rates.npy"),
    (SCRIPT, 'subprocess.run(["python", "tools/convert.py"])', "tools/convert.py"),
    (SCRIPT, 'Path(snakemake.scriptdir, "table.json")', "scripts/table.json"),
    (SCRIPT, "(Path(snakemake.scriptdir) / name).read_text()", "scripts/table.json"),
    (SCRIPT, "ctypes.CDLL('tools/fast.so')", "tools/fast.so"),
    (MODULE, 'Path(__file__).parent / f"table_{n}.csv"', "scripts/library/table_1.csv"),
    (MODULE, 'Path(__file__).parent.joinpath(f"{kind}/a.csv")', "scripts/library/tables/a.csv"),
    (MODULE, 'os.path.join(os.path.dirname(__file__), f"{n}.csv")', "scripts/library/1.csv"),
    (MODULE, '(Path(__file__).parent / "table_%d.csv" % n)', "scripts/library/table_1.csv"),
    (MODULE, 'open(HERE / "table_{}.csv".format(n))', "scripts/library/table_1.csv"),
    (MODULE, '(root() / "tables").glob("*.csv")', "tables/a.csv"),
    (MODULE, 'open(ROOT / "tables" / f"table_{n}.csv")', "tables/table_1.csv"),
    (SCRIPT, 'open(f"tables/{kind}.csv")', "tables/a.csv"),
    (SCRIPT, 'Path("tables") / f"{kind}.csv"', "tables/a.csv"),
    (SCRIPT, 'os.listdir("tables")', "tables/a.csv"),
    (SCRIPT, 'open("tables/" + name)', "tables/a.csv"),
    (SCRIPT, 'open(f"{folder}/table_{n}.csv")', "tables/table_1.csv"),
    (SCRIPT, 'glob("tables/*.csv")', "tables/a.csv"),
    (SCRIPT, 'glob("tables/**/*.csv", recursive=True)', "tables/more/a.csv"),
    (SCRIPT, 'expand("tables/{kind}.csv", kind=KINDS)', "tables/a.csv"),
    (SCRIPT, 'ROOT = Path(__file__).parents[1]; load(ROOT / "tables" / "a.csv")', "tables/a.csv"),
]


@pytest.mark.parametrize(("source", "code", "file"), READS)
def test_a_data_file_that_code_reads_counts(fingerprint, source, code, file):
    if "library.more" in code:
        fingerprint.write("scripts/library/more/__init__.py", "")
    fingerprint.write(source, f"from library import tables\n{code}\n")
    before = fingerprint()
    fingerprint.write(file, "1")
    first = fingerprint()
    fingerprint.write(file, "2")
    assert len({before, first, fingerprint()}) == 3
    fingerprint.write(file, "1")
    assert fingerprint() == first


@pytest.mark.parametrize(
    ("code", "file"),
    [
        ("", TABLE),  # nothing reads it
        ('open("other.json")', "table.json"),
        ('"""Reads no table.json."""', "table.json"),
        ('Path(__file__).with_name("table.json")', "scripts/library/other.json"),
        ("HERE = Path(__file__).parents[2]", "notes.txt"),
        ("HERE = Path(__file__).parent", "scripts/library/README.md"),
        ("HERE = Path(__file__).parent", "scripts/library/.hidden"),
        ("HERE = Path(__file__).parent", "scripts/library/tables.py~"),
        ("HERE = Path(__file__).parent", "scripts/library/__pycache__/tables.pyc"),
        ("HERE = Path(__file__).parent", "scripts/library/other.py"),
        ("HERE = Path(__file__).parent", "scripts/library/more/table.json"),  # of a package
        ('open(HERE / f"table_{n}.csv")', "scripts/library/tables_1.csv"),
        ('names = f"W{n}", f"{kind}.json", f"{kind}-{n}", "tables"', "W1"),
        ('names = f"W{n}", f"{kind}.json", f"{kind}-{n}", "tables"', "a.json"),
        ('names = f"W{n}", f"{kind}.json", f"{kind}-{n}", "tables"', "tables/a.json"),
        ('Path("results") / f"{name}.csv"', "results/a.csv"),  # steps make what is there
        ('open(f"{folder}/scores_{n}.csv")', "results/scores_1.csv"),
        ('artifact.json("scores.json", {})', "scores.json"),  # a step makes a file of this name
        ('(Path(__file__).parents[2] / "report").glob("*.css")', "report/page.css"),  # is known
    ],
)
def test_what_no_code_reads_does_not_count(fingerprint, tmp_path, code, file):
    fingerprint.write("scripts/library/more/__init__.py", "")
    fingerprint.write(MODULE, code)
    options = {"made": frozenset({"scores.json"}), "known": frozenset({tmp_path / "report"})}
    before = fingerprint(**options)
    fingerprint.write(file, "1")
    assert fingerprint(**options) == before


def test_data_files_count_alike_wherever_snakemake_runs(fingerprint, tmp_path, monkeypatch):
    fingerprint.write(MODULE, 'load(Path(__file__).parents[2] / "tables" / "a.csv")\nopen("b.csv")')
    fingerprint.write("tables/a.csv", "1")
    fingerprint.write("b.csv", "2")
    here = fingerprint()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert fingerprint() == here
