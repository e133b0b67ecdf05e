import pytest
import yaml
from mutants import LIBRARY, MODULES, ROOT, SURVIVORS, Mutant, mutant_of, text, unexplained

CHANGE = {"operator_name": "core/AddNot", "start_pos": [7, 4]}
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


def result(**changes):
    return {"worker_outcome": "normal", "test_outcome": "killed", "diff": DIFF} | changes


def test_a_mutant_is_what_was_changed_and_whether_a_test_noticed():
    mutant = mutant_of("data/idx.py", CHANGE, result())
    assert mutant == Mutant("data/idx.py", "if (a and b):", "if not (a and b):", True)
    assert not mutant_of("data/idx.py", CHANGE, result(test_outcome="survived")).killed


def test_a_mutant_that_could_not_be_tested_is_no_killed_one():
    with pytest.raises(RuntimeError, match="no pytest"):
        mutant_of("data/idx.py", CHANGE, result(worker_outcome="abnormal", output="no pytest"))


def test_every_survivor_has_a_reason_and_every_reason_a_survivor():
    killed = mutant_of("data/idx.py", CHANGE, result())
    survivor = killed._replace(killed=False)
    reason = {"before": survivor.before, "after": [survivor.after], "why": "It is the same."}
    assert unexplained([killed], {}) == []
    assert unexplained([survivor], {"data/idx.py": [reason]}) == []
    assert unexplained([survivor], {}) == [
        "data/idx.py: no test notices\n  - if (a and b):\n  + if not (a and b):"
    ]
    assert unexplained([killed], {"data/idx.py": [reason]}) == [
        "data/idx.py: killed by now\n  + if not (a and b):"
    ]


def test_the_page_counts_by_module_and_tells_why():
    mutants = [Mutant(module, "a", "b", killed) for module in MODULES for killed in (1, 1, 0)]
    reason = {"before": "a", "after": ["b"], "why": "It is the same."}
    page = text(mutants, {"data/idx.py": [reason]})
    assert "| `data/idx.py` | 3 | 2 | 66.7% |" in page
    assert f"| **together** | {3 * len(MODULES)} | {2 * len(MODULES)} | 66.7% |" in page
    assert "It is the same.\n\n    - a\n    + b\n" in page


def test_the_survivors_are_still_in_the_code():
    for module, reasons in yaml.safe_load(SURVIVORS.read_text()).items():
        code = " ".join((ROOT / LIBRARY / module).read_text().split())
        for reason in reasons:
            assert " ".join(reason["before"].split()) in code, f"{module}: run `make mutants`"
