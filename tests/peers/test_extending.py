"""What docs/extending.md adds agrees with PyTorch, by PyTorch's own version and by its formula."""

import re
import subprocess
import sys

import pytest
from project import ROOT, Project

MODULES = {
    "An activation function": "activations.py",
    "An optimizer": "optimizers.py",
    "A schedule": "schedules.py",
}
COMPARE = """
from handwritten.reference import agreement
added = {"silu", "rmsprop", "linear"}
changed = [each for cases in agreement.CASES.values() for each in cases]
cases = [each for each in changed if added & set(map(str, each.values()))]
assert {name for each in cases for name in each.values()} >= added
agreement.require([agreement.compared("", each) for each in cases])
"""


@pytest.mark.parametrize("own", [True, False], ids=["PyTorch's own", "the formula in PyTorch"])
def test_what_is_added_agrees_with_pytorch(own, tmp_path):
    project = Project.fresh(tmp_path / "project")
    for title, module in MODULES.items():
        section = (ROOT / "docs/extending.md").read_text().split(f"## {title}\n")[1]
        code = re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]
        code = code if own else re.sub(r" +torch=.*\n", "", code)
        path = project.folder / "workflow/scripts/handwritten/learning" / module
        path.write_text(f"{path.read_text()}\n\n{code}")
    scripts = project.folder / "workflow/scripts"
    subprocess.run([sys.executable, "-c", COMPARE], cwd=scripts, check=True)
