"""Where the files of a step lie, as patterns for rules and as paths for the plan.

A step's rule, script, results and log share one name; `dataset` and `version` are the wildcards of
every rule.
"""


def outputs(step: str, **files: str) -> dict[str, str]:
    """The patterns of a step's files by role, for `output: **outputs("step", role="file", ...)`.

    A file may be marked by Snakemake's report(). The record of what made the files is added.
    """
    files |= {"provenance": "provenance.json"}
    return {role: in_folder(step, file) for role, file in files.items()}


def in_folder(step: str, file: str) -> str:
    """The pattern of one of a step's files, marked as `file` is."""
    path = f"{root('{dataset}', step)}/{{version}}/{file}"
    if not hasattr(file, "flags"):
        return path
    from snakemake.io import AnnotatedString

    marked = AnnotatedString(path)
    marked.flags.update(file.flags)
    return marked


def log(step: str) -> str:
    """The pattern of a step's log file."""
    return f"logs/{{dataset}}/{step}/{{version}}.log"


def benchmark(step: str) -> str:
    """The pattern of the table of a step's running time and memory."""
    return f"logs/{{dataset}}/{step}/{{version}}.benchmark.tsv"


def root(dataset: str, step: str) -> str:
    """The folder of all versions of a step."""
    return f"results/{dataset}/{step}"
