"""What a failed build repeats of its jobs' logs."""

import os
import time

import pytest

from handwritten.artifacts import logs
from handwritten.artifacts.logs import errors_since, logging_to


@pytest.fixture
def failed(job):
    """failed(name, message) is the log of a job that ends with this error."""

    def fail(name, message):
        job.log[0] = f"logs/{name}.log"
        with pytest.raises(SystemExit), logging_to(job, name):
            raise ValueError(message)
        return job.log[0]

    return fail


def test_the_errors_of_jobs_that_failed_meanwhile_are_told_whole(failed, job, tmp_path):
    old = failed("old", "long ago")
    os.utime(old, (1, 1))
    failed("new", "two lines:\n  the second")
    job.log[0] = "logs/well.log"
    with logging_to(job, "well") as log:
        log.info("no ERROR here")
    said = errors_since(time.time() - 60, tmp_path / "logs")
    assert said == f"{tmp_path}/logs/new.log:\nValueError: two lines:\n  the second"
    assert errors_since(time.time() + 60, tmp_path / "logs") == ""
    assert errors_since(0, tmp_path / "nowhere") == ""


def test_many_errors_are_counted(failed, tmp_path):
    for number in range(logs.MOST + 3):
        failed(f"job{number}", "the same")
    said = errors_since(0, tmp_path / "logs")
    assert said.count("ValueError: the same") == logs.MOST
    assert said.endswith(f"3 more jobs failed: see the logs in {tmp_path}/logs")
