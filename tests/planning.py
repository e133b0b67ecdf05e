"""What Snakemake plans for many command lines, and whether it leaves out what was asked for."""

import contextlib
import io
import os
from pathlib import Path

from project import FORKS


def left_out(folder: Path, lines: list[tuple[str, ...]]) -> list[list[str] | str]:
    """For each command line, the files that would be missing after a build that counts as a
    success, and the forced jobs that are not planned; or Snakemake's words, where it refuses.

    One process apart plans them all."""
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=plan_all, args=(theirs, folder, lines))
    process.start()
    theirs.close()
    try:
        return [ours.recv() for _ in lines]
    finally:
        process.join()


def plan_all(results, folder: Path, lines: list[tuple[str, ...]]) -> None:
    """Send what `left_out` says of each line."""
    os.chdir(folder)
    for line in lines:
        results.send(plan(line))


def plan(line: tuple[str, ...]) -> list[str] | str:
    """What `left_out` says of one line."""
    from snakemake import cli, workflow

    class Planned(workflow.Workflow):
        def execute(self, *args, **kwargs):
            super().execute(*args, **kwargs)
            found.append(self.async_run(never_made(self.dag)))

    found: list[list[str]] = []
    original, workflow.Workflow = workflow.Workflow, Planned
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            parser, arguments = cli.parse_args(["--cores", "2", "--dry-run", *line])
            cli.args_to_api(arguments, parser)
    finally:
        workflow.Workflow = original
    return found[0] if found else said.getvalue()


async def never_made(dag) -> list[str]:
    """What the targets and planned jobs need, is not there, and no planned job makes."""
    planned = set(dag.needrun_jobs(exclude_finished=False))
    made = {file for job in planned for file in job.output}
    needed = {file for job in dag.targetjobs for file in job.output or job.input}
    needed |= {file for job in planned for file in job.input}
    missing = sorted({str(file) for file in needed - made if not await file.exists()})
    forced = [
        job for job in dag.jobs if job.rule in dag.forcerules or dag.forcefiles & {*job.output}
    ]
    return missing + sorted(
        f"{job.rule.name} is not forced" for job in forced if job not in planned
    )
