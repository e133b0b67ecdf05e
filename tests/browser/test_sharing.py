"""What a reader sends to others or takes along: links, images, weights, tables."""

import csv
import io

import numpy as np
import pytest
from conftest import wait
from drawings import STROKES
from safetensors.numpy import load as load_safetensors
from test_draw import draw, prediction
from test_whole_page import links

from handwritten.data import idx


def opened_again(visit, page):
    """The page as somebody sees it who was sent its link."""
    page.locator("#copy-link").click()
    wait(page, "byId('page-message').textContent.startsWith('The link is')")
    return at(visit, page.evaluate("location.hash"))


def at(visit, address: str):
    """The page at an address."""
    page = visit().page
    page.evaluate(f"location.hash = {address!r}")
    return page


def saved(page, button: str) -> bytes:
    """The file that a button saves."""
    with page.expect_download() as download:
        page.locator(button).click()
    return download.value.path().read_bytes()


def test_a_link_brings_another_reader_to_the_same(visit):
    page = visit().page
    page.locator("#draw-run").select_option("phase1")
    page.locator("#inside-number").fill("7")
    page.locator("#inside-number").press("Enter")
    wait(page, "chosen.digit.number === 7")
    page.evaluate("goTo(3); pickUnit(1, 4)")
    page.locator("[data-damage='half']").click()
    page.locator("#damage-seed").fill("5")
    page.evaluate("byId('damage').scrollIntoView()")
    other = opened_again(visit, page)
    wait(other, "chosen.run.name === 'phase1' && chosen.digit.number === 7 && inside.at === 3")
    wait(other, "damaging.damage.seed === 5 && damaging.damage.removed === 0.5")
    wait(other, "sectionInView().id === 'damage'")
    assert other.evaluate("inside.unit") == {"l": 1, "j": 4, "picked": True}
    assert links(other, "#contents [aria-current]") == ["#damage"]


def test_a_link_takes_a_drawing_along(visit):
    page = visit().page
    draw(page, STROKES["2"])
    other = opened_again(visit, page)
    wait(other, "strokes.length > 0")
    assert prediction(other).split(",")[0] == prediction(page).split(",")[0]
    images = [each.evaluate("[...board.x]") for each in (page, other)]
    assert images[0] == pytest.approx(images[1], abs=0.15)


@pytest.mark.parametrize(
    "part",
    [
        "run=nobody",
        "run=%",
        "digit=999999",
        "digit=x",
        "strokes=",
        "strokes=abc",
        "step=99",
        "why=3.3",
        "why=0.99999",
        "unit=1",
        "unit=1.99999",
        "damage={}",
    ]
    + ["damage=x", "colour=red"],
)
def test_what_a_link_says_wrongly_is_named_and_the_rest_is_used(visit, part):
    page = at(visit, f"#inside?{part}&digit=3" if "digit" not in part else f"#inside?{part}")
    wait(page, "byId('page-message').textContent.includes('cannot show')")
    assert part.split("=")[0] in page.locator("#page-message").inner_text()
    assert page.evaluate("chosen.digit.number") == (0 if "digit" in part else 3)


def test_the_network_is_saved_as_it_was_trained(visit, site):
    page = visit().page
    layers, _ = site.networks[site.default_run]
    trained = {
        f"{k}{l}": v for l, layer in enumerate(layers, 1) for k, v in zip("Wb", layer, strict=True)
    }
    npz = dict(np.load(io.BytesIO(saved(page, "#save-npz"))))
    safetensors = load_safetensors(saved(page, "#save-safetensors"))
    for arrays in (npz, safetensors):
        assert set(arrays) == set(trained)
        assert all(np.array_equal(arrays[name], trained[name]) for name in trained)


SAVED = ("digit.png", "digit-images-idx3-ubyte")


def test_a_drawing_is_saved_as_idx(visit):
    page = visit().page
    draw(page, STROKES["4"])
    named = [lambda file, name=name: file.suggested_filename == name for name in SAVED]
    with page.expect_download(named[0]), page.expect_download(named[1]) as images:
        page.locator("#save-drawing").click()
    (image,) = idx.read_images(images.value.path())
    assert image.ravel() / 255 == pytest.approx(np.array(page.evaluate("[...board.x]")), abs=1e-6)


def test_every_table_of_results_is_saved_as_csv(visit):
    page = visit().page
    tables = page.locator(
        "main table:not(.inside-outputs, .unit-sum, .why-terms)"
    ).count()  # these change
    assert page.locator("main button.save").count() == tables > 3
    text = saved(page, "#settings button.save >> nth=0").decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) > 1 and len({len(row) for row in rows}) == 1
