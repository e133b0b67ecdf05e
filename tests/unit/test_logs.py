"""What a failed build repeats of its jobs' logs."""

from pathlib import Path

import pytest

from handwritten.artifacts import logs
from handwritten.artifacts.logs import causes, logging_to


@pytest.fixture
def failed(job):
    """failed(name, message) is the log of a job that ends with this error."""

    def fail(name, message):
        job.log[0] = f"logs/{name}.log"
        with pytest.raises(SystemExit), logging_to(job, name):
            raise ValueError(message)
        return job.log[0]

    return fail


def test_the_errors_of_failed_jobs_are_told_whole(failed):
    new = failed("new", "two lines:\n  the second")
    assert causes([Path(new)]) == f"{new}:\nValueError: two lines:\n  the second"


def test_a_job_that_ended_before_it_could_say_why_is_named(job, tmp_path):
    job.log[0] = "logs/killed.log"
    with logging_to(job, "killed") as log:
        log.info("no ERROR here")
    for path in (Path(job.log[0]), tmp_path / "never_opened.log"):
        assert causes([path]) == f"{path}:\n{logs.WITHOUT_ERROR}"


def test_many_errors_are_counted(failed):
    paths = [Path(failed(f"a/b/job{number}", "the same")) for number in range(logs.MOST + 3)]
    said = causes(paths)
    assert said.count("ValueError: the same") == logs.MOST
    assert said.endswith("3 more jobs failed: see the logs in logs/")
