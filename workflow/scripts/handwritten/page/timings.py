"""Times and machines: all that differs from one training to the next, filled in on publication.

They are no part of the page's version. In the versioned page, a dash stands for each of them:
`<span data-seconds="mean train_phase2/0123456789 …">–</span>` for the mean or the sum of the
seconds in these steps' `run.json`; `<span data-machine="train_phase2/…">–</span>` for a machine;
`<span data-measured="ratio compare_pytorch/…">–</span>` for what a step has measured. Where a
record is missing or damaged, the dash stays.
"""

import re
import statistics
from functools import cache
from pathlib import Path

from handwritten.artifacts import run_record

TIMES = re.compile(r'<span data-seconds="(mean|sum) ([^"]*)">[^<]*</span>')
MACHINES = re.compile(r'<span data-machine="([^"]*)">[^<]*</span>')
MEASUREMENTS = re.compile(r'<span data-measured="(\w+) ([^"]*)">[^<]*</span>')
SUMMARIES = {"mean": statistics.fmean, "sum": sum}


def finished(source: Path, folder: Path, warn: run_record.Warn) -> bytes:
    """A file as it is published: times and machines are filled into pages and documents."""
    if source.suffix not in (".html", ".md"):
        return source.read_bytes()
    return fill_in(source.read_text(encoding="utf-8"), folder, warn).encode()


def fill_in(html: str, results: Path, warn: run_record.Warn) -> str:
    """The page with the times and machines in the records of a data set's results folder."""
    read_record = cache(lambda version: run_record.read(results / version, warn))

    def time(match):
        records = [read_record(version) for version in match[2].split()]
        if not all("seconds" in record for record in records):
            return match[0]
        value = SUMMARIES[match[1]](record["seconds"] for record in records)
        return match[0].replace("–", f"{value:,.0f}" if value >= 10 else f"{value:.1f}")

    def machine(match):
        record = read_record(match[1])
        return match[0].replace("–", describe_machine(record)) if record else match[0]

    def measurement(match):
        value = read_record(match[2]).get("measured", {}).get(match[1])
        return match[0] if value is None else match[0].replace("–", f"{value:.2f}")

    return MEASUREMENTS.sub(measurement, MACHINES.sub(machine, TIMES.sub(time, html)))


def describe_machine(record: dict) -> str:
    """The machine of a `run.json`: system, processor type, Python, BLAS and threads."""
    threads = f"{record['threads']} thread{'s' if record['threads'] > 1 else ''}"
    return f"{record['machine']}, Python {record['python']}, {record['blas']}, {threads}"
