"""Whether Snakemake runs the rules that versions were worked out from.

A rule can be changed after the rule file that has it was read: by `use rule … with:`, also in the
workflow of somebody who imports this one, or by another rule that makes the same files.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from handwritten.io.code import UntraceableError

# What `use rule … with:` may change of a step, as Snakemake's RuleInfo calls it.
MAY_CHANGE = {"benchmark", "docstring", "func", "group", "localrule", "log", "message", "name"}
MAY_CHANGE |= {"norun", "path_modifier", "priority", "resources", "retries", "wildcard_constraints"}


def check(workflow, new: Iterable, rules: Mapping, steps: Iterable) -> None:
    """UntraceableError: one of the `new` rules of Snakemake makes a file of a step and is not the
    one in the rule files, or it is and uses what these files do not define."""
    making = [rule for rule in new if rule.output]
    for step in {step.name: step for step in steps if step.name in rules}.values():
        rule = rules[step.name]
        names = {"provenance.json", *rule.makes}
        paths = [f"{step.folder}/{name}" for name in names if "/" not in name]
        for other in making:
            if is_at(workflow, other, rule.file, rule.line):
                check_names(workflow, other, rule.unknown)
            elif any(other.is_producer(path) for path in paths):
                raise UntraceableError(
                    f"rule {other.name} makes files of the step {step.name}, whose version stands "
                    f"for the rule in {rule.file}:{rule.line}. Change that rule instead, or let "
                    "yours write into another folder."
                )


def check_names(workflow, rule, names: Iterable[str]) -> None:
    """UntraceableError: one of these names is defined, which is in a file that was not read."""
    others = rule.module_globals.keys() - workflow.vanilla_globals.keys()
    if found := sorted(others & set(names)):
        raise UntraceableError(
            f"rule {rule.name} uses {found[0]}, and versions cannot follow where that is from: "
            "define it, or import it by its name, in a rule file that is included by its name."
        )


def is_at(workflow, rule, file: Path, line: int) -> bool:
    """Whether Snakemake has a rule from this line of this file."""
    path = rule.snakefile
    path = path if isinstance(path, str) else path.get_path_or_uri(secret_free=True)
    return workflow.linemaps[path].get(rule.lineno) == line and Path(path).resolve() == file


def check_changes(modifier, rules: Mapping) -> None:
    """UntraceableError: a workflow that imports this one changes what a step is made from."""
    while modifier is not None:
        changes = vars(modifier.ruleinfo_overwrite) if modifier.ruleinfo_overwrite else {}
        changed = sorted(name for name, value in changes.items() if value not in (None, False))
        effective = [name for name in changed if name not in MAY_CHANGE]
        steps = sorted(set(modifier.rule_whitelist or ()) & set(rules))
        if effective and steps:
            raise UntraceableError(
                f"`use rule {steps[0]} … with:` changes {', '.join(effective)}, and the step's "
                "version would not show that. Change a setting in the configuration instead."
            )
        modifier = modifier.parent_modifier
