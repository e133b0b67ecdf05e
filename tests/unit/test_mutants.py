import pytest
from mutants import (
    DOCUMENT,
    LIBRARY,
    MODULES,
    ROOT,
    TABLE,
    Mutant,
    disagreements,
    explained,
    mutant_of,
    table,
)

from handwritten.io.measured_pages import stale

DIFF = """--- mutation diff ---
--- adata/idx.py
+++ bdata/idx.py
@@ -7,3 +7,2 @@
 def f():
-    if (a and
-            b):
+    if not (a and b):
         return
"""
MUTANT = Mutant("data/idx.py", "if (a and b):", "if not (a and b):")
LISTED = "`data/idx.py`\n\nIt is the same.\n\n    - if (a and b):\n    + if not (a and b):\n"


def test_a_mutant_is_what_was_changed():
    assert mutant_of("data/idx.py", {"worker_outcome": "normal", "diff": DIFF}) == MUTANT


def test_a_mutant_that_could_not_be_tested_is_not_a_killed_one():
    with pytest.raises(RuntimeError, match="no pytest"):
        mutant_of("data/idx.py", {"worker_outcome": "abnormal", "output": "no pytest"})


def test_every_survivor_has_a_reason_and_every_reason_a_survivor():
    assert disagreements({MUTANT}, LISTED) == disagreements(set(), "") == []
    assert disagreements({MUTANT}, "") == [
        "data/idx.py: no test notices\n  - if (a and b):\n  + if not (a and b):"
    ]
    assert disagreements(set(), LISTED) == ["data/idx.py: killed by now\n  + if not (a and b):"]
    assert disagreements(set(), LISTED, ["io/code.py"]) == []  # only that module was tried


def test_the_table_counts_by_module():
    killed = {"a": True, "b": True, "c": False}
    rows = table([(Mutant(m, "", after), kill) for m in MODULES for after, kill in killed.items()])
    assert "| `data/idx.py` | 3 | 2 | 66.7% |\n" in rows
    assert rows.endswith(f"| **together** | {3 * len(MODULES)} | {2 * len(MODULES)} | 66.7% |\n")


def test_the_table_counts_what_is_listed_of_all_modules_unless_it_is_older():
    """Older than the modules or their tests, which `make lint` says: it is of another run then."""
    document = DOCUMENT.read_text()
    rows = [row.split("|") for row in TABLE.search(document)[0].splitlines()]
    _, total, killed = (cell.strip() for cell in rows[-1][1:4])
    if DOCUMENT.name not in stale(ROOT):
        assert [row[1].strip(" `") for row in rows[:-1]] == [*MODULES]
        assert int(total) - int(killed) >= len(explained(document))


def test_the_survivors_of_the_document_are_still_in_the_code():
    for mutant in explained(DOCUMENT.read_text()):
        code = " ".join((ROOT / LIBRARY / mutant.module).read_text().split())
        assert " ".join(mutant.before.split()) in code, f"{mutant.module}: run `make mutants`"
