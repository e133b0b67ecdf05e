"""What has changed between two recipes of a step, in words."""

import json
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 60  # characters of a value that are shown


class Change(NamedTuple):
    """One difference between two recipes: a `setting`, a `file` of code or data, the `rule`, a
    `package`, or what it `reads`; and the name of the file or of the role in which it is read, or
    the whole difference as a sentence."""

    kind: str
    text: str


def changes(old: dict, new: dict) -> list[Change]:
    """All differences between the old recipe of a step and the new one."""
    step = new["step"]
    return [
        *settings_changed(old.get("settings", {}), new["settings"]),
        *settings_changed({"threads": old.get("threads")}, {"threads": new.get("threads")}),
        *files_changed(old, new),
        *([Change("rule", f"the rule {step} changed")] * (old.get("rule") != new.get("rule"))),
        *packages_changed(old.get("packages", {}), new.get("packages", {})),
        *reads_changed(old.get("reads", {}), new["reads"]),
    ]


def settings_changed(old: dict, new: dict, section: str = "") -> Iterator[Change]:
    """The settings with another value, those in sections too."""
    for name in dict.fromkeys([*new, *old]):
        before, now = old.get(name), new.get(name)
        if isinstance(before, dict) and isinstance(now, dict):
            yield from settings_changed(before, now, f"{section}{name}.")
        elif before != now:
            yield Change("setting", f"{section}{name} {difference(shown(before), shown(now))}")


def difference(before: str, now: str) -> str:
    """The change from one value to another; long ones are not shown."""
    return f"changed from {before} to {now}" if len(before + now) <= LONGEST else "changed"


def shown(value) -> str:
    """A value as a configuration has it."""
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def files_changed(old: dict, new: dict) -> Iterator[Change]:
    """Code, data, template and learners' files that were changed, added or removed."""
    for part in ("code", "templates", "exercises"):
        before, now = old.get(part) or {}, new.get(part) or {}
        if isinstance(before, str):  # recorded before the files of code were told apart
            yield Change("file", "its code")
        else:
            names = [name for name in {**now, **before} if before.get(name) != now.get(name)]
            yield from (Change("file", as_path(name)) for name in names)


def as_path(name: str) -> str:
    """A module as its file, another file by its name."""
    if name == "excerpts":
        return "code that the page shows"
    is_module = name.startswith("handwritten.")
    return f"{name.replace('.', '/')}.py" if is_module else name.removeprefix("data ")


def packages_changed(old: dict, new: dict) -> Iterator[Change]:
    """The packages whose version changed."""
    for name in sorted({**old, **new}):
        if old.get(name) != new.get(name):
            versions = old.get(name, "nothing"), new.get(name, "nothing")
            yield Change("package", f"{name} {difference(*versions)}")


def reads_changed(old: dict, new: dict) -> Iterator[Change]:
    """The roles in which it reads other files."""
    for role in sorted({**old, **new}):
        if old.get(role) != new.get(role):
            yield Change("reads", role)
