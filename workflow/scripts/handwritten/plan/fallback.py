"""What to do where no source of the data set can be reached: go on with generated digits."""

from handwritten.config import configuration
from handwritten.config.messages import ConfigurationError
from handwritten.io import fingerprints
from handwritten.io.storage import Storage
from handwritten.plan.context import Fallback
from handwritten.plan.data import SOURCES, download_recipe


def unreachable(config: dict, storage: Storage) -> Fallback | None:
    """Why to fall back on generated digits, or None where the files are here or can be downloaded.

    Raises ConfigurationError where no source answers and the configuration says to
    fail.
    """
    data_set, download = configuration.data_set_of(config), config["download"]
    version = fingerprints.version(download_recipe(data_set))
    folder = f"{SOURCES.format(dataset=data_set.name)}/{version}"
    if all(storage.exists(f"{folder}/{file.name}") for file in data_set.files):
        return None
    from handwritten.download import fetching  # costs half a second, needed for downloads only

    places = fetching.expand(download["sources"], data_set)
    reasons = fetching.probe(data_set, places, download["timeout_seconds"])
    if "" in reasons.values():
        return None
    if download["if_unreachable"] == "fail":
        raise ConfigurationError(str(fetching.SourcesExhausted(data_set.title, reasons)))
    return Fallback(data_set.name, reasons)
