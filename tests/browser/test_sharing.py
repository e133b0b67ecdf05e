"""What a reader sends to others or takes along: links, images, weights, tables."""

import csv
import io
import re

import numpy as np
import pytest
from conftest import wait
from drawings import STROKES
from safetensors.numpy import load as load_safetensors
from test_draw import draw

from handwritten.data import idx

# A number as tables show it, with commas or a sign of percent, and not as programs read it.
SHOWN_NUMBER = re.compile(r"~?\d{1,3}(,\d{3})+|.*\d%|[\d.]+–[\d.]+|[\d,]+ of [\d,]+|.*× 10[⁻⁰-⁹].*")


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


@pytest.mark.parametrize(
    "part",
    [
        "run=nobody",
        "run=%",
        "digit=999999",
        "digit=x",
        "strokes=",
        "strokes=abc",
        "own=99.0000",
        "step=99",
        "why=3.3",
        "why=0.99999",
        "unit=1",
        "unit=1.99999",
        "damage={}",
    ]
    + ["damage=x", "curve=removed.0", "curve=colour.9", "colour=red", "at=2", "at=x"],
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
    files = page.evaluate(
        "findAll('main table').filter((table) => table.tBodies[0].rows.length > 0)"
        ".map((table) => [tableTitle(table), tableAsCsv(table)])"
    )
    assert len(files) > 10
    for title, text in files:
        names, *rows = csv.reader(io.StringIO(text))
        assert rows and {len(row) for row in rows} == {len(names)}, title
        assert "" not in names and len(set(names)) == len(names), title
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if SHOWN_NUMBER.fullmatch(cell)] == [], title


def test_the_files_of_all_tables_have_names_of_their_own_without_repetitions(visit):
    page = visit().page
    names = page.evaluate("findAll('main table').map((table) => csvFileName(tableTitle(table)))")
    assert len(set(names)) == len(names) > 10
    for name in names:
        words = [word for word in re.findall(r"\w+", name) if len(word) > 3]  # not "of" and "the"
        assert len(set(words)) == len(words) > 1, name


def test_a_table_s_file_is_named_after_it_and_its_run_and_has_plain_numbers(visit, site):
    page = visit().page
    run = site.summary["runs"][site.default_run]
    table = page.locator(f".scroll[aria-label='Scores of {site.default_run} by class']")
    with page.expect_download() as download:
        table.locator("+ button.save").click()
    name = f"{page.evaluate('pageData.dataset')}-scores-of-{site.default_run}-by-class.csv"
    assert download.value.suggested_filename == name
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert sum(int(row["images"]) for row in rows) == run["test"]["n"]
    assert all(0 <= float(row["recall"] or 0) <= 1 for row in rows)
    matrix = page.evaluate("findAll('table.confusion-matrix').map(tableAsCsv)")[0]
    counts = [row[1:] for row in list(csv.reader(io.StringIO(matrix)))[1:]]
    assert sum(int(cell) for row in counts for cell in row) == run["test"]["n"]


CELLS = {
    "1,329": ["1329"],
    "8.42%": ["0.0842"],
    "97.99–98.53%": ["0.9799", "0.9853"],
    "109 of 5,000": ["109", "5000"],
    "0.690 (87%)": ["0.690", "0.87"],
    "53.0% (51.2–54.8%)": ["0.53", "0.512", "0.548"],
    "3.2 × 10⁻¹⁰": ["3.2e-10"],
    "10⁻⁶": ["1e-6"],
    "−0.5": ["-0.5"],
    "1.23*": ["1.23", "*"],
    "784 → 32 → 10": ["784 → 32 → 10"],
    "128, 64": ["128, 64"],
    "11d2a924": ["11d2a924"],
}


def test_a_cell_s_facts_are_columns_of_plain_numbers(visit):
    columns = visit().page.evaluate(
        "(cells) => cells.map((text) => csvFacts({ name: 'x', texts: [text] }, []).map("
        "({ texts }) => texts[0]))",
        list(CELLS),
    )
    assert dict(zip(CELLS, columns, strict=True)) == CELLS
