"""The log of a job: all messages go to its file, and those that matter to the terminal as well."""

import errno
import logging
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

# What to do about an error that the program is not to blame for.
ADVICE = {
    errno.ENOSPC: "The disk is full: free space there",
    errno.EDQUOT: "Your disk quota is used up: free space there",
    errno.EROFS: "The disk is read-only: make it writable, or work in a copy elsewhere",
    errno.EACCES: "You may not write there: change the permissions, or work in a copy elsewhere",
    errno.EPERM: "You may not write there: change the permissions, or work in a copy elsewhere",
    errno.EISDIR: "There is a folder where a file belongs: rename it or delete it",
    errno.ENOENT: "Something there was moved or deleted meanwhile: put it back if you need it",
}
NO_MEMORY = "Not enough memory: close other programs, or run one job at a time (make CORES=1)"
RECORD = "%(asctime)s %(levelname)s %(message)s"
ERROR = re.compile(r"^[\d-]+ [\d:,]+ ERROR (.*)", re.MULTILINE | re.DOTALL)  # to the log's end
WITHOUT_ERROR = (
    "The job ended before it could write why. What Python says is further up; if there is nothing, "
    "the system has killed the job, as it does when memory is used up"
)
MOST = 5  # errors that are repeated when a build has failed
AGAIN = "and run again. Nothing is lost: complete results stay, and partial ones were removed."


@contextmanager
def logging_to(job, title: str) -> Iterator[logging.LoggerAdapter]:
    """The log of a job, in its file and on the terminal.

    An error ends the process with status 1: the file gets the traceback, the terminal one line.
    """
    started, output_dir = time.time(), Path(job.output[0]).parent
    log = open_log(Path(job.log[0]), title)
    try:
        for path in job.input:
            log.debug("reads %s", path)
        yield log
        log.info("done in %.1f s: %s", time.time() - started, output_dir)
    except KeyboardInterrupt:
        log.error("interrupted; the next run continues with what is complete")
        raise SystemExit(130) from None
    except Exception as problem:
        log.debug("failed", exc_info=True)
        log.error("%s", explain(problem, output_dir))
        raise SystemExit(1) from None
    finally:
        for handler in log.logger.handlers:
            handler.close()


def explain(problem: Exception, output_dir: Path) -> str:
    """What went wrong while `output_dir` was made, and what to do about it."""
    text = f"{type(problem).__name__}: {problem}"
    if isinstance(problem, MemoryError):
        return f"{text}, while making {output_dir}. {NO_MEMORY}, {AGAIN}"
    if isinstance(problem, OSError) and problem.errno in ADVICE:
        return f"{text}, while making {output_dir}. {ADVICE[problem.errno]}, {AGAIN}"
    return text


def open_log(path: Path, title: str) -> logging.LoggerAdapter:
    """A log that writes all messages to the file, and those that matter to the terminal as well."""
    to_terminal = logging.StreamHandler()
    to_terminal.setFormatter(logging.Formatter(f"[{title}] %(message)s"))
    to_terminal.setLevel(logging.INFO)
    logger = logging.getLogger("handwritten")
    logger.setLevel(logging.DEBUG)
    logger.handlers = [to_terminal]
    log = logging.LoggerAdapter(logger)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        to_file = logging.FileHandler(path, "w", "utf-8")
    except OSError as problem:
        log.error("%s", explain(problem, path.parent))
        raise SystemExit(1) from None
    to_file.setFormatter(logging.Formatter(RECORD))
    logger.addHandler(to_file)
    return log


def error_in(path: Path) -> str:
    """The error at the end of a job's log; "" where the job has ended without one."""
    try:
        found = ERROR.search(path.read_text("utf-8", "replace"))
    except OSError:
        return ""
    return found[1].rstrip() if found else ""


def causes(failed: Iterable[Path]) -> str:
    """What jobs that have failed say of it, by their logs."""
    paths = sorted(failed)
    errors = [f"{path}:\n{error_in(path) or WITHOUT_ERROR}" for path in paths[:MOST]]
    more = len(paths) - MOST
    errors += [f"{more} more jobs failed: see the logs in logs/"] * (more > 0)
    return "\n\n".join(errors)
