"""Grades a submission in Classroom 50, a point for each function.

Put this file into your `classroom50` repository as CLASSROOM/autograders/ASSIGNMENT/autograder.py,
and beside it the folder workflow/scripts/handwritten of the project, which students do not receive.
It runs in the student's checkout and writes result.json there.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

NEEDED = [name for name in ("numpy", "threadpoolctl") if importlib.util.find_spec(name) is None]
if NEEDED:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *NEEDED], check=True)
subprocess.run(
    [sys.executable, "-m", "handwritten.exercises.course", ".", "--classroom50", "result.json"],
    env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parent)},
    check=True,
)
