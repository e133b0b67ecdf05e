"""A program whose reader stops reading ends without a complaint."""

import subprocess
import sys

PROGRAM = """
import sys
from handwritten.io import printing
with printing.until_nobody_reads():
    for i in range({lines}):
        print("line", i)
print("the end", file=sys.stderr)
"""


def heard(lines: int) -> tuple[str, str, int]:
    """The first line that the program prints, what it says on standard error, and its status."""
    command = [sys.executable, "-c", PROGRAM.format(lines=lines)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        first = process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    return first, said, process.returncode


def test_it_ends_when_nobody_reads_on():
    assert heard(100_000) == ("line 0\n", "", 0)


def test_it_goes_on_when_all_is_read():
    assert heard(1) == ("line 0\n", "the end\n", 0)
