"""How long it took, and on what machine: all on the page that differs from run to run.

It is no part of the page's version, and is filled in where the page is copied to its stable place.
A time stands in the page as `<span data-seconds="mean train_phase2/0123456789 …">`: how to
summarise, and whose `run.json` to read; a machine as `<span data-machine="train_phase2/…">`; what a
step has measured, with two digits, as `<span data-measured="ratio compare_pytorch/…">`. Where a
record is missing, the dash between the tags stays.
"""

import re
import statistics
from pathlib import Path

from handwritten.io import files

TIMES = re.compile(r'<span data-seconds="(mean|sum) ([^"]*)">[^<]*</span>')
MACHINES = re.compile(r'<span data-machine="([^"]*)">[^<]*</span>')
MEASUREMENTS = re.compile(r'<span data-measured="(\w+) ([^"]*)">[^<]*</span>')
SUMMARIES = {"mean": statistics.fmean, "sum": sum}


def filled_in(html: str, results: Path) -> str:
    """The page with the times and machines of what lies in a data set's results folder."""

    def time(match):
        records = [recorded(results / model) for model in match[2].split()]
        if None in records:
            return match[0]
        value = SUMMARIES[match[1]](record["seconds"] for record in records)
        return match[0].replace("–", f"{value:,.0f}" if value >= 10 else f"{value:.1f}")

    def machine(match):
        record = recorded(results / match[1])
        return match[0].replace("–", machine_in_words(record)) if record else match[0]

    def measurement(match):
        value = (recorded(results / match[2]) or {}).get("measured", {}).get(match[1])
        return match[0] if value is None else match[0].replace("–", f"{value:.2f}")

    return MEASUREMENTS.sub(measurement, MACHINES.sub(machine, TIMES.sub(time, html)))


def machine_in_words(record: dict) -> str:
    """The machine of a `run.json`: system, processor type, Python, BLAS and threads."""
    threads = f"{record['threads']} thread{'s' if record['threads'] > 1 else ''}"
    return f"{record['machine']}, Python {record['python']}, {record['blas']}, {threads}"


def recorded(place: Path) -> dict | None:
    """The `run.json` of an artifact, or None where it was not kept."""
    try:
        return files.read_json(place / "run.json")
    except OSError:
        return None
