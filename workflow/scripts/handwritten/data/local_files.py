"""Where the four IDX files of a data set lie, for programs that run without the pipeline."""

import os
from collections.abc import Iterable
from pathlib import Path

# In this order everywhere: training images and labels, test images and labels.
FILE_NAMES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


def find(root: Path, sources: Iterable[str], data_set: str) -> list[Path]:
    """The paths of the four files in the first folder that has them all.

    `sources` are those of the configuration, folders relative to the project's `root`; addresses
    among them are passed over. After them comes what the pipeline has downloaded.
    FileNotFoundError says where it looked and what to do.
    """
    places = (s.replace("{dataset}", data_set) for s in sources if "://" not in s)
    named = [root / os.path.expanduser(place) for place in places]
    folders = [*named, *sorted((root / "resources" / data_set).glob("*/"))]
    for folder in folders:
        if all(os.path.isfile(folder / name) for name in FILE_NAMES):
            return [folder / name for name in FILE_NAMES]
    raise FileNotFoundError(
        f"no folder has the four files {', '.join(FILE_NAMES)}; looked into "
        f"{', '.join(map(str, folders))}. Run `make`, which downloads them, "
        f"or put them into resources/{data_set}"
    )
