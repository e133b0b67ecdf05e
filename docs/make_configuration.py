"""Write config/README.md, the table of all keys, from the schema that checks them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

from handwritten.config.configuration import allowed, schema  # noqa: E402

INTRODUCTION = """# Every key of config.yaml

Made from [the schema](../workflow/schemas/config.schema.yaml) by `make docs`; a test keeps it true.
Unknown keys and values out of range are refused before any job starts. `--config` overrides go the
same way: `snakemake --cores 4 --config seed=2 'runs={"phase2": {"learning_rate": 0.05}}'`.
"""
RUNS = """
## Runs

Each entry of `runs` has a name of its own (lower-case letters, digits and underscores) and either a
`trainer` or `extends: <another run>`, whose settings it then takes over where it does not say
otherwise. Every run is a target: `snakemake --cores 4 <run>` trains and evaluates it.

A step of the ablation study is `change: <its name>` and settings of the same kinds, but for
`reported_accuracy` and `seed`, laid over those of the step below.
"""


def table(rules: dict, prefix: str = "") -> list[str]:
    """The rows of a schema's keys, those inside mappings after it with their full name."""
    rows = []
    for key, inner in rules.get("properties", {}).items():
        if inner.get("type") == "object" and "properties" in inner:
            rows += table(inner, f"{prefix}{key}.")
        elif key != "runs":
            values = allowed(inner).replace("|", "\\|")
            default = f"`{inner['default']}`" if "default" in inner else ""
            rows.append(f"| `{prefix}{key}` | {inner['description']} | {values} | {default} |")
    return rows


def document() -> str:
    """The whole of config/README.md."""
    head = ["| key | meaning | allowed | default |", "|---|---|---|---|"]
    rules = schema()
    parts = [INTRODUCTION, *head, *table(rules), RUNS]
    for trainer, inner in rules["$defs"].items():
        parts += [f"### trainer: {trainer}", "", *head, *table(inner), ""]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    (ROOT / "config" / "README.md").write_text(document(), encoding="utf-8")
