"""Files that hold a checksum of the rest of them, so that a change of any bit is found.

It finds accidents, not forgeries: anyone who can write a file can write its checksum.
"""

import hashlib
import json
from pathlib import Path

from handwritten.io.files import as_json
from handwritten.io.fingerprints import digest

KEY = "checksum"
COMMENT = "<!-- sha256 of all above: {} -->\n"


class ChangedError(ValueError):
    """A file is not what was written."""


def as_text(content: dict) -> str:
    """A dictionary as JSON with its checksum."""
    return as_json(content | {KEY: digest(content)})


def read(path: Path) -> dict:
    """The dictionary in a file that `as_text` made; ChangedError: it is anything else."""
    return parse(path.read_bytes(), path)


def parse(data: bytes, path: Path) -> dict:
    """The dictionary in these bytes of a file; ChangedError: they are not what was written."""
    try:
        content = json.loads(data)
        recorded = content.pop(KEY)
        unchanged = recorded == digest(content) and as_text(content).encode() == data
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        unchanged = False
    if not unchanged:
        raise ChangedError(f"{path} is empty or has changed since it was written")
    return content


def page(html: str) -> bytes:
    """An HTML page with its checksum in a comment at its end."""
    return (html + COMMENT.format(hashlib.sha256(html.encode()).hexdigest())).encode()


def is_unchanged(path: Path) -> bool:
    """Whether a file is there and is what `page` made."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    length = len(COMMENT.format("0" * 64))
    digest = hashlib.sha256(data[:-length]).hexdigest()
    return data[-length:] == COMMENT.format(digest).encode()
