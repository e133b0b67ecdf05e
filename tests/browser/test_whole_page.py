"""The page as a whole: it fits, everybody can use it, it asks for nothing, it prints."""

import pytest

WIDTHS = (360, 768, 1440)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_and_shuts_nobody_out(visit, width, scheme):
    opened = visit(width, scheme)
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert opened.page.evaluate(beyond) == 0
    assert opened.violations() == []


def test_the_first_paint_comes_within_a_second(visit):
    page = visit().page
    paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    assert page.evaluate(paint) < 1000


def test_it_is_at_most_four_megabytes_for_the_default_runs(summary, built_page):
    if list(summary["runs"]) != ["phase1", "phase2"]:
        pytest.skip("other runs than the default two are on the page")
    assert built_page.stat().st_size <= 4_000_000


def test_it_prints(visit, tmp_path):
    pdf = visit().page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert pdf.startswith(b"%PDF") and len(pdf) > 100_000


@pytest.mark.parametrize("width", [360, 1440])
def test_pictures_of_every_section(visit, width, built_page):
    """Looked at by people; here only that each section is there and can be pictured."""
    page = visit(width).page
    folder = built_page.parent / "screenshots"
    for section in page.locator("main > section").all():
        section.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        section.screenshot(path=folder / f"{section.get_attribute('id')}-{width}.png")
    assert page.locator("main > section").count() >= 8
