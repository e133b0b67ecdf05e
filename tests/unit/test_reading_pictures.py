"""A picture is read as people see it, whatever its format, mode, depth, gamma and orientation."""

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from handwritten.io import reading
from handwritten.pictures import pictures

ROW, COLUMN = np.mgrid[:24, :16]
GREY = np.where((COLUMN > 5) & (COLUMN < 9), 40 + 2 * ROW, 230).astype(np.uint8)  # dark on light
RGB = np.repeat(GREY[..., None], 3, axis=2)
EXACT, LOSSY = 1, 12


def read(tmp_path, picture: Image.Image, kind: str = "PNG", **options) -> np.ndarray:
    """The grey levels of a picture that is written to a file and read again."""
    picture.save(tmp_path / "picture", kind, **options)
    return pictures.flatten(pictures.read(tmp_path / "picture"))


def deep(grey: np.ndarray) -> np.ndarray:
    """Grey levels in 16 bits."""
    return grey.astype(np.uint16) * 257


PICTURES = {
    "L": (Image.fromarray(GREY), "PNG", {}, EXACT),
    "RGB": (Image.fromarray(RGB), "PNG", {}, EXACT),
    "RGBA": (Image.fromarray(RGB).convert("RGBA"), "PNG", {}, EXACT),
    "LA": (Image.fromarray(GREY).convert("LA"), "PNG", {}, EXACT),
    "P": (Image.fromarray(GREY).convert("P"), "PNG", {}, EXACT),
    "I;16": (Image.fromarray(deep(GREY)), "PNG", {}, EXACT),
    "TIFF": (Image.fromarray(GREY), "TIFF", {}, EXACT),
    "TIFF I;16": (Image.fromarray(deep(GREY)), "TIFF", {}, EXACT),
    "TIFF I;16B": (Image.fromarray(deep(GREY).astype(">u2")), "TIFF", {}, EXACT),
    "TIFF I, of 8 bits": (Image.fromarray(GREY.astype(np.int32)), "TIFF", {}, EXACT),
    "TIFF I, of 16 bits": (Image.fromarray(deep(GREY).astype(np.int32)), "TIFF", {}, EXACT),
    "TIFF F, to 1": (Image.fromarray(GREY.astype(np.float32) / 255), "TIFF", {}, EXACT),
    "TIFF F, to 255": (Image.fromarray(GREY.astype(np.float32)), "TIFF", {}, EXACT),
    "TIFF CMYK": (Image.fromarray(RGB).convert("CMYK"), "TIFF", {}, EXACT),
    "TIFF, packed": (Image.fromarray(GREY), "TIFF", {"compression": "tiff_lzw"}, EXACT),
    "PPM": (Image.fromarray(RGB), "PPM", {}, EXACT),
    "PPM I;16": (Image.fromarray(deep(GREY)), "PPM", {}, EXACT),
    "BMP": (Image.fromarray(RGB), "BMP", {}, EXACT),
    "GIF": (Image.fromarray(GREY), "GIF", {}, EXACT),
    "WEBP": (Image.fromarray(RGB), "WEBP", {"lossless": True}, EXACT),
    "JPEG": (Image.fromarray(GREY), "JPEG", {"quality": 95}, LOSSY),
    "JPEG RGB": (Image.fromarray(RGB), "JPEG", {"quality": 95}, LOSSY),
    "JPEG CMYK": (Image.fromarray(RGB).convert("CMYK"), "JPEG", {"quality": 95}, LOSSY),
}


@pytest.mark.parametrize("name", PICTURES)
def test_every_mode_and_format_gives_the_same_grey_levels(tmp_path, name):
    picture, kind, options, tolerance = PICTURES[name]
    found = read(tmp_path, picture, kind, **options)
    assert found.dtype == np.uint8
    np.testing.assert_allclose(found.astype(int), GREY, atol=tolerance)


def test_one_bit(tmp_path):
    bits = Image.fromarray(GREY).convert("1", dither=Image.Dither.NONE)
    np.testing.assert_array_equal(read(tmp_path, bits), np.where(GREY > 127, 255, 0))


@pytest.mark.parametrize("depth", [8, 16])
def test_a_transparent_grey_level(tmp_path, depth):
    array = GREY if depth == 8 else deep(GREY)
    found = read(tmp_path, Image.fromarray(array), transparency=int(array[0, 0]))
    np.testing.assert_array_equal(found[:, 6:9], GREY[:, 6:9])
    assert found[0, 0] == 255  # dark strokes stand out from white


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (90, 255), (170, 0)])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_strokes_on_transparency_stand_out(tmp_path, ink, paper, mode):
    grey = np.full((24, 16), ink, np.uint8)
    alpha = np.where((COLUMN > 5) & (COLUMN < 9), 255, 0).astype(np.uint8)
    picture = Image.merge("LA", [Image.fromarray(grey), Image.fromarray(alpha)])
    options = {}
    if mode == "P":
        picture = Image.fromarray(alpha // 255).convert("P")
        picture.putpalette([77, 77, 77, ink, ink, ink])
        options = {"transparency": 0}
    found = read(tmp_path, picture if mode == "P" else picture.convert(mode), **options)
    np.testing.assert_array_equal(found, np.where(alpha, ink, paper))


def test_transparent_corners_become_paper(tmp_path):
    alpha = np.full((24, 16), 255, np.uint8)
    alpha[:3, :3] = 0
    picture = Image.fromarray(np.dstack([RGB, alpha]))
    np.testing.assert_array_equal(read(tmp_path, picture), GREY)


def test_gamma_is_undone(tmp_path):
    linear = Image.fromarray(np.rint(255 * (GREY / 255) ** 2.2).astype(np.uint8))
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"gAMA", (100_000).to_bytes(4))
    np.testing.assert_allclose(read(tmp_path, linear, pnginfo=chunks).astype(int), GREY, atol=3)
    usual = PngImagePlugin.PngInfo()
    usual.add(b"gAMA", (45_455).to_bytes(4))
    np.testing.assert_array_equal(read(tmp_path, Image.fromarray(GREY), pnginfo=usual), GREY)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_pictures_are_turned_upright(tmp_path, kind):
    lying = Image.fromarray(RGB).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    found = read(tmp_path, lying, kind, exif=exif)
    np.testing.assert_allclose(found.astype(int), GREY, atol=LOSSY)
    assert pictures.size(tmp_path / "picture") == GREY.shape


@pytest.mark.parametrize("progressive", [False, True])
def test_what_cameras_make_is_read(tmp_path, monkeypatch, progressive):
    """A very large JPEG is made smaller while it is unpacked, unless it is progressive."""
    monkeypatch.setattr(reading, "MANY_PIXELS", 5000)
    monkeypatch.setattr(reading, "MOST_PICTURE_PIXELS", 20_000)
    monkeypatch.setattr(pictures, "SMALLER", 40)
    large = Image.fromarray(GREY).resize((160, 240))
    if progressive:
        with pytest.raises(pictures.UnreadablePictureError, match="has 160 x 240 pixels; allowed"):
            read(tmp_path, large, "JPEG", progressive=True)
        return
    found = read(tmp_path, large, "JPEG")
    assert found.shape == (60, 40) and pictures.size(tmp_path / "picture") == (240, 160)
    smaller = np.asarray(Image.fromarray(found).resize((16, 24)))
    assert np.abs(smaller.astype(int) - GREY).mean() < LOSSY
    monkeypatch.setattr(reading, "MOST_JPEG_PIXELS", 30_000)
    with pytest.raises(pictures.UnreadablePictureError, match=r"has 160 x 240 pixels; .* 30,000"):
        pictures.size(tmp_path / "picture")


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "PNG", "WEBP"])
def test_the_first_of_several_pages_is_read(tmp_path, kind):
    pages = [Image.fromarray(np.full_like(GREY, level)) for level in (0, 200)]
    options = {"lossless": True} if kind == "WEBP" else {}
    pages[0].save(tmp_path / "pages", kind, save_all=True, append_images=pages[1:], **options)
    pages[0].save(tmp_path / "page", kind, **options)
    several, single = pictures.read(tmp_path / "pages"), pictures.read(tmp_path / "page")
    assert several.info["several_pages"] and not single.info["several_pages"]
    assert not pictures.flatten(several).any()


@pytest.mark.parametrize("kind", ["ICO", "JPEG2000", "AVIF", "PDF", "EPS", "TGA", "DDS"])
def test_other_formats_are_refused_unseen(tmp_path, kind):
    Image.fromarray(RGB).save(tmp_path / "picture", kind)
    for read in (pictures.read, pictures.size):
        with pytest.raises(pictures.NotAPictureError, match="picture is not a readable picture"):
            read(tmp_path / "picture")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "PPM"])
def test_a_cut_off_picture_is_refused_by_its_name(tmp_path, kind):
    data = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(data, kind)
    (tmp_path / "cut").write_bytes(data.getvalue()[: len(data.getvalue()) // 2])
    with pytest.raises(pictures.UnreadablePictureError, match=r"cut is not a readable picture"):
        pictures.flatten(pictures.read(tmp_path / "cut"))
