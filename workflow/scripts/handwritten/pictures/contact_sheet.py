"""Images and their labels side by side as one picture: what a network saw, and its predictions."""

import math
import unicodedata
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SHORTEST = 84  # pixels: smaller images are enlarged, by a whole number
GAP = 8  # pixels between images
TEXT = 14  # pixels, the height of labels
INK, PAPER = 40, 255  # grey levels of labels and of the sheet
MOST = 400  # images on a sheet


def draw(labelled: list[tuple[np.ndarray, str]]) -> Image.Image:
    """Images (rows, columns), uint8, at least one and all of one size, each above its label."""
    shape = labelled[0][0].shape
    scale = math.ceil(SHORTEST / min(shape))
    rows, columns = (scale * length for length in shape)
    across = math.ceil(math.sqrt(len(labelled)))
    down = math.ceil(len(labelled) / across)
    cell = rows + TEXT + 2 * GAP, columns + GAP  # height and width
    sheet = Image.new("L", (across * cell[1] + GAP, down * cell[0] + GAP), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(font_file(), TEXT)
    for i, (image, label) in enumerate(labelled):
        x, y = GAP + i % across * cell[1], GAP + i // across * cell[0]
        enlarged = Image.fromarray(image).resize((columns, rows), Image.Resampling.NEAREST)
        sheet.paste(enlarged, (x, y))
        pen.text((x, y + rows + GAP // 2), cut(label, columns, font), fill=INK, font=font)
    return sheet


def font_file() -> Path:
    """DejaVu Sans, which comes with matplotlib; Pillow's own font has hardly more than ASCII."""
    import matplotlib  # slow to import, and seldom needed

    return Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")


def cut(label: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    """As much of a label as fits into this many pixels."""
    label = unicodedata.normalize("NFC", label)  # an ü is one character of the font, not two
    while label and font.getlength(label) > width:
        label = label[:-1]
    return label
