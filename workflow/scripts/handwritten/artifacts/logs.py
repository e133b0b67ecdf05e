"""What a job says: everything to its log file, what matters to the terminal as well."""

import errno
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What to do where the machine and not the program is at fault.
ADVICE = {
    errno.ENOSPC: "The disk is full: free space there",
    errno.EDQUOT: "Your share of the disk is used up: free space there",
    errno.EROFS: "The disk is read-only: make it writable, or work in a copy elsewhere",
    errno.EACCES: "You may not write there: change the permissions, or work in a copy elsewhere",
    errno.EPERM: "You may not write there: change the permissions, or work in a copy elsewhere",
    errno.ENOENT: "Something there has been moved or deleted meanwhile: put it back if you need it",
}
NO_MEMORY = "Not enough memory: end other programs or run one job at a time (make CORES=1)"
AGAIN = "and run again. Nothing is lost: what is complete stays, what was half-made is gone."


@contextmanager
def logging_to(job, title: str) -> Iterator[logging.LoggerAdapter]:
    """The log of a job, in its file and on the terminal. An error ends the process with status 1:
    the file gets the traceback, the terminal one clear line."""
    started, place = time.time(), Path(job.output[0]).parent
    log = open_log(Path(job.log[0]), title)
    try:
        for path in job.input:
            log.debug("reads %s", path)
        yield log
        log.info("done in %.1f s: %s", time.time() - started, place)
    except KeyboardInterrupt:
        log.error("interrupted; the next run goes on from what is complete")
        raise SystemExit(130) from None
    except Exception as problem:
        log.debug("failed", exc_info=True)
        log.error("%s", explained(problem, place))
        raise SystemExit(1) from None
    finally:
        for handler in log.logger.handlers:
            handler.close()


def explained(problem: Exception, place: Path) -> str:
    """What went wrong, where, and what to do about it; `place` is where the job's files go."""
    words = f"{type(problem).__name__}: {problem}"
    if isinstance(problem, MemoryError):
        return f"{words}, while making {place}. {NO_MEMORY}, {AGAIN}"
    if isinstance(problem, OSError) and problem.errno in ADVICE:
        return f"{words}, while making {place}. {ADVICE[problem.errno]}, {AGAIN}"
    return words


def open_log(path: Path, title: str) -> logging.LoggerAdapter:
    """A log that writes everything to the file and what matters to the terminal as well."""
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
        log.error("%s", explained(problem, path.parent))
        raise SystemExit(1) from None
    to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(to_file)
    return log
