"""Which files are pictures by their names, and which of those are not read."""

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
SUFFIXES |= {".ppm", ".pgm", ".pbm", ".pnm"}
OTHERS = {".heic", ".heif", ".avif", ".jp2", ".svg", ".psd", ".ico", ".raw", ".dng"}
SAVE_AS = "save it as PNG or JPEG"


def is_other(suffix: str) -> bool:
    """Whether a file whose name ends like this is a picture of a format that is not read."""
    return suffix.lower() in OTHERS


def not_read(suffix: str) -> str:
    """Why such a picture is not used: `HEIC is not read`."""
    return f"{suffix.lower()[1:].upper()} is not read"
