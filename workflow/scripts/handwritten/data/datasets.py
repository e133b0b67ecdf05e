"""Which data sets exist: their files, checksums, classes and mirrors, as plain data.

Everything that differs between MNIST and its drop-in replacements is in this table, so that no
other module has to name a data set. Sizes are in bytes, and checksums are SHA-256 in hexadecimal.

Where the figures were published:

- MNIST: TensorFlow Datasets (`url_checksums/mnist.txt`) for the packed files; those of the IDX
  inside were computed from files that match it.
- Fashion-MNIST: TensorFlow Datasets (`url_checksums/fashion_mnist.txt`), again in torchvision
  (`prototype/datasets/_builtin/mnist.py`), for the packed files; several public loaders, all with
  the same four sums, for the IDX inside.
- KMNIST: TensorFlow Datasets (`url_checksums/kmnist.txt`), again in torchvision and
  torchvision-ruby, for the packed files. Nobody publishes a SHA-256 of the IDX inside, so it is
  None and only the published packing can be accepted.

The wrong test labels are those found by Northcutt, Athalye and Mueller 2021, "Pervasive label
errors in test sets destabilize machine learning benchmarks": a network disagreed with them, and so
did a vote of people who did not know the label. They stay in the test set, as they do for everyone
else; the accuracy without them is reported as well.
"""

import math
from dataclasses import dataclass

from handwritten.data.local_files import FILE_NAMES

DIGITS = tuple("0123456789")
GARMENTS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
HIRAGANA = (
    "お (o)",
    "き (ki)",
    "す (su)",
    "つ (tsu)",
    "な (na)",
    "は (ha)",
    "ま (ma)",
    "や (ya)",
    "れ (re)",
    "を (wo)",
)

# Name and size unpacked: 60,000 and 10,000 images of 28 x 28 behind a header of 16 bytes,
# as many labels behind one of 8.
LAYOUT = tuple(zip(FILE_NAMES, (47_040_016, 60_008, 7_840_016, 10_008), strict=True))

IMAGE_SHAPE = (28, 28)
TRAINING_IMAGES = 60_000


@dataclass(frozen=True)
class File:
    """One gzip-packed IDX file as published; `sha256_unpacked` is None where nobody gives it."""

    name: str
    packed_bytes: int
    unpacked_bytes: int
    sha256_packed: str
    sha256_unpacked: str | None

    @property
    def unpacked_name(self) -> str:
        """The name of the IDX file without its packing."""
        return self.name.removesuffix(".gz")


@dataclass(frozen=True)
class DataSet:
    """One data set: its classes in label order, its files, and mirrors in order of preference.

    download/fetching.py tries the mirrors one after the other.

    `image_shape` is (rows, columns). `centred` says that every image is one symbol, fitted and
    centred by its mass as MNIST's makers did it. `wrong_labels` are the test images, counted from
    0, whose label is known to be wrong. `folders` are those where a package of the operating system
    installs the files; they are asked before the mirrors.
    """

    name: str
    title: str
    credit: str
    classes: tuple[str, ...]
    files: tuple[File, ...] = ()
    mirrors: tuple[str, ...] = ()
    wrong_labels: tuple[int, ...] = ()
    image_shape: tuple[int, int] = IMAGE_SHAPE
    training_images: int = TRAINING_IMAGES
    centred: bool = False
    folders: tuple[str, ...] = ()

    @property
    def pixels(self) -> int:
        """How many pixels an image has."""
        return math.prod(self.image_shape)


def _files(*figures: tuple[int, str, str | None]) -> tuple[File, ...]:
    """The four files of LAYOUT from their (packed bytes, SHA-256 packed, SHA-256 unpacked)."""
    return tuple(
        File(name, packed_bytes, unpacked_bytes, sha256_packed, sha256_unpacked)
        for (name, unpacked_bytes), (packed_bytes, sha256_packed, sha256_unpacked) in zip(
            LAYOUT, figures, strict=True
        )
    )


MNIST = DataSet(
    name="mnist",
    title="MNIST",
    centred=True,
    credit="Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits",
    classes=DIGITS,
    files=_files(
        (
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        (
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        (
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        (
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://raw.githubusercontent.com/fgnt/mnist/master/",
    ),
    wrong_labels=(
        *(947, 1621, 1901, 2130, 2462, 2597, 2654, 3520),
        *(3558, 5937, 6651, 6783, 8527, 9679, 9729),
    ),
)

FASHION_MNIST = DataSet(
    name="fashion-mnist",
    title="Fashion-MNIST",
    credit="H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, arXiv:1708.07747",
    classes=GARMENTS,
    files=_files(
        (
            26_421_880,
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        (
            29_515,
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        (
            4_422_102,
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        (
            5_148,
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
    mirrors=(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    ),
    folders=("/usr/share/datasets/fashion-mnist",),  # Debian's package dataset-fashion-mnist
)

KMNIST = DataSet(
    name="kmnist",
    title="Kuzushiji-MNIST",
    credit="T. Clanuwat et al., Deep Learning for Classical Japanese Literature, arXiv:1812.01718",
    classes=HIRAGANA,
    files=_files(
        (
            18_165_135,
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            None,
        ),
        (
            29_497,
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            None,
        ),
        (
            3_041_136,
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            None,
        ),
        (
            5_120,
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
            None,
        ),
    ),
    mirrors=("https://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
)

GENERATED = DataSet(
    name="generated",
    title="Generated digits",
    centred=True,
    credit="drawn by this program, see handwritten.data.generated",
    classes=DIGITS,
)

DATA_SETS: dict[str, DataSet] = {}


def register(data_set: DataSet) -> None:
    """Let the configuration accept the data set's name."""
    DATA_SETS[data_set.name] = data_set


for each in (MNIST, FASHION_MNIST, KMNIST, GENERATED):
    register(each)
