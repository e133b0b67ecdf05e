"""What `make picture` draws on MNIST's page: README's moving picture, docs/draw.webp, frame by
frame, and docs/drawings.png, how digits in many forms and hands are read."""

import io

import numpy as np
from conftest import wait
from drawings import FORMS, HANDS, SLANT, STROKES, read
from PIL import Image, ImageDraw
from project import ROOT
from test_draw import prediction

PICTURE = ROOT / "docs" / "draw.webp"
DIGITS = "385"
WIDTH = 880  # pixels, about what README is shown at
POINTS = 5  # of a stroke between two frames
FRAME, REST = 100, 1800  # ms that a frame is shown, and a finished digit
LARGEST = 500 * 1024  # bytes
SHEET = ROOT / "docs" / "drawings.png"
CELL = 36  # pixels for a drawing of 28 x 28
WRONG = (200, 30, 30)


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


def test_the_sheet_of_drawings_shows_what_is_misread(visit):
    page = visit(kind="mnist").page
    sides = [read(page, slant) for slant in (0.0, SLANT)]
    half = -(-len(FORMS) // 2)
    columns = len(HANDS) * len(sides)
    sheet = Image.new("RGB", (2 * (columns + 1) * CELL, half * CELL), "white")
    for side, readings in enumerate(sides):
        for number, (name, found, image) in enumerate(readings):
            form, hand = divmod(number, len(HANDS))
            column = form // half * (columns + 1) + side * len(HANDS) + hand
            place = (column * CELL, form % half * CELL)
            sheet.paste(cell(image, "" if found == name[0] else found), place)
    sheet.save(SHEET, optimize=True)


def cell(image: np.ndarray, wrong: str) -> Image.Image:
    """A drawing, black on white; framed, with the digit that was read, where that is wrong."""
    drawn = Image.new("RGB", (CELL, CELL), "white")
    drawn.paste(Image.fromarray(np.uint8(255 - 255 * image)), (4, 4))
    if wrong:
        pen = ImageDraw.Draw(drawn)
        pen.rectangle((0, 0, CELL - 1, CELL - 1), outline=WRONG, width=2)
        pen.text((4, 2), wrong, fill=WRONG)
    return drawn
