"""The end of every build that Snakemake takes for a success, also one with nothing to be done.

Snakemake calls no hook where there is nothing to be done, and takes a build for a success when all
jobs that it has planned are done. What was asked for may be missing all the same.
"""

from collections.abc import Iterator
from pathlib import Path

from handwritten.artifacts import logs
from handwritten.config.messages import ConfigurationError
from handwritten.plan.plan import Plan

SHOWN = 5  # missing files that are named


def end_with(workflow, plan: Plan) -> None:
    """Let every build of a Snakemake `workflow` end with `close` if it ends well, and with the
    errors of its jobs if not: the cause is the last thing on the screen. Of an ApiError Snakemake
    prints nothing but the message."""
    from snakemake.exceptions import ApiError, WorkflowError

    execute = workflow.execute

    def execute_and_close(*args, **kwargs):
        try:
            execute(*args, **kwargs)
        except WorkflowError as problem:
            if refused := refusal(problem):
                raise ApiError(str(refused)) from None
            explain(workflow.dag)
            if failed := failed_logs(workflow):
                said = logs.causes(failed)
                raise ApiError(f"not everything could be built.\n{said}") from None
            raise
        submitted = workflow.remote_execution_settings.immediate_submit  # jobs go on by themselves
        if workflow.is_main_process and not workflow.dryrun and not submitted:
            close(workflow, plan)

    workflow.execute = execute_and_close


def refusal(problem: BaseException | None) -> ConfigurationError | None:
    """What is wrong with the configuration, where an input function has found that."""
    while problem is not None and not isinstance(problem, ConfigurationError):
        problem = problem.__cause__ or problem.__context__
    return problem


def failed_logs(workflow) -> list[Path]:
    """The logs of the jobs that have failed; none where the build ended before any began."""
    jobs = workflow.scheduler.failed if workflow.scheduler else ()
    return [Path(log) for job in jobs for log in job.log]


def close(workflow, plan: Plan) -> None:
    """Write the list of all versions, and say what to open now.

    ApiError: something that was asked for is missing.
    """
    from snakemake.exceptions import ApiError
    from snakemake.logging import logger

    if len(workflow.dag):
        from handwritten.page import index  # and with it matplotlib: only where there was work

        index.write(Path(plan.index), logger.warning)
    missing = workflow.async_run(missing_files(workflow.dag))
    problems = [*without_jobs(workflow), *([describe(missing)] if missing else [])]
    if problems:
        raise ApiError("\n".join(problems))
    print(plan.closing_message(), flush=True)


async def missing_files(dag) -> list[str]:
    """The files that were asked for and are not there. A rule without outputs asks for inputs."""
    files = [file for job in dag.targetjobs for file in job.output or job.input]
    return sorted({str(file) for file in files if not await file.exists()})


def describe(missing: list[str]) -> str:
    """The message that these files are missing."""
    lines = [f"  {name}" for name in missing[:SHOWN]]
    lines += [f"  and {len(missing) - SHOWN} more"] * (len(missing) > SHOWN)
    return "\n".join(
        [
            "All planned jobs are done, but files that were asked for are missing:",
            *lines,
            "Snakemake has left out the jobs that make them. Delete the folders in which files are "
            "missing, and run again without options that force or leave out rules, such as "
            "--forcerun, --until, --omit-from, --batch and --touch.",
        ]
    )


def without_jobs(workflow) -> Iterator[str]:
    """A message for each rule that was to be forced or to be the last one, and has no job."""
    settings, present = workflow.dag_settings, {job.rule.name for job in workflow.dag.jobs}
    asked = {"--until": settings.until, "--forcerun": settings.forcerun}
    for option, names in asked.items():
        for name in sorted(names):
            if workflow.is_rule(name) and name not in present and not settings.batch:
                yield (
                    f"{option} {name} has had no effect: no target needs that rule. "
                    "Name a target that does, such as `exports`, `sweeps` or `notebooks`."
                )


def explain(dag) -> None:
    """WorkflowError if a job is to be made that needs one that --until names.

    Snakemake makes the other one and then finds no job that is ready (its issue 823).
    """
    from snakemake.exceptions import WorkflowError

    for last in dag.targetjobs:
        for job in dag.bfs(dag.dependencies, last):
            if job is not last and dag.in_until(job) and not dag.finished(last):
                raise WorkflowError(
                    f"Snakemake stops after {job.rule.name}, which --until names, and so cannot "
                    f"make {last.rule.name}, which needs it (its issue 823). Name only the last "
                    "rule of a chain under --until, and do not combine it with --omit-from."
                )
