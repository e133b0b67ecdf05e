"""Short names for what something is made from, the same on every machine and under every Python."""

import hashlib
import json
from pathlib import Path


def canonical(content) -> bytes:
    """The one way to write this content as JSON: sorted keys, no spaces, no NaN (ValueError)."""
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def digest(content) -> str:
    """The SHA-256 of this content as canonical JSON."""
    return hashlib.sha256(canonical(content)).hexdigest()


def version(recipe: dict) -> str:
    """The first 10 hexadecimal digits of the recipe's SHA-256."""
    return digest(recipe)[:10]


def text(file: Path) -> str:
    """The SHA-256 of a text file, the same whatever its line ends."""
    return hashlib.sha256(file.read_text(encoding="utf-8").encode()).hexdigest()
