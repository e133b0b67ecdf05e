"""Which version of PyTorch is used. PyTorch is optional, so a plan must be the same without it: its
version is no package of a recipe, but named here, in code that is part of the recipe."""

from importlib import metadata

VERSION = "2.13.0"


def installed() -> str:
    """The version of PyTorch that is installed, or "none"."""
    try:
        return metadata.version("torch").split("+")[0]
    except metadata.PackageNotFoundError:
        return "none"


def require() -> None:
    """ImportError where another version of PyTorch is installed, or none."""
    if (found := installed()) != VERSION:
        raise ImportError(
            f"this needs PyTorch {VERSION}, found {found}: `make reference` installs it beside the "
            f"locked packages, or `pip install torch=={VERSION}`"
        )
