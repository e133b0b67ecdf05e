"""README's moving picture, docs/draw.webp: digits drawn on MNIST's page, frame by frame. `make
picture` writes it."""

import io

from conftest import wait
from PIL import Image
from project import ROOT
from test_draw import STROKES, prediction

PICTURE = ROOT / "docs" / "draw.webp"
DIGITS = "385"
WIDTH = 880  # pixels, about what README is shown at
POINTS = 3  # of a stroke between two frames
FRAME, REST = 70, 1800  # ms that a frame is shown, and a finished digit
LARGEST = 1_500_000  # bytes


def test_the_picture_is_drawn_and_every_digit_is_read(visit):
    page = visit(kind="mnist").page
    frames: list[Image.Image] = []
    durations: list[int] = []
    for digit in DIGITS:
        page.locator("#pad-clear").click()
        for shown in drawing(page, STROKES[digit]):
            frames.append(shown)
            durations.append(FRAME)
        durations[-1] = REST
        assert prediction(page).startswith(f"Prediction: {digit}")
    options = {"append_images": frames[1:], "duration": durations, "loop": 0, "method": 6}
    assert len({frame.size for frame in frames}) == 1  # nothing jumps while one draws
    frames[0].save(PICTURE, save_all=True, quality=72, minimize_size=True, **options)
    assert PICTURE.stat().st_size <= LARGEST


def drawing(page, strokes):
    """A frame each time that the pen has moved on by a few points."""
    box = page.locator("#pad").bounding_box()
    for stroke in strokes:
        places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for begin in range(1, len(places), POINTS):
            for place in places[begin : begin + POINTS]:
                page.mouse.move(*place)
            yield frame(page)
        page.mouse.up()
    yield frame(page)


def frame(page) -> Image.Image:
    """The board and the network beside it, once they are painted."""
    wait(page, "board.frame === null")
    image = Image.open(io.BytesIO(page.locator(".drawing").screenshot()))
    return image.convert("RGB").resize((WIDTH, round(WIDTH * image.height / image.width)))
