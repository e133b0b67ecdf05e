"""Confusion matrix: every cell shows the digits that it counts."""

import numpy as np
import pytest
from conftest import wait


@pytest.fixture(scope="module")
def matrix(site):
    """The default run's confusion matrix, as the pipeline left it beside the page."""
    return np.loadtxt(
        site.folder / "confusion_matrix.csv", delimiter=",", skiprows=1, usecols=range(1, 11)
    )


@pytest.fixture
def page(visit):
    """The page at the section, filled."""
    page = visit().page
    page.locator("#confusion_matrix").scroll_into_view_if_needed()
    wait(page, "!document.querySelector('.confusion-live[hidden]')")
    return page


@pytest.mark.parametrize(("true", "predicted"), [(4, 9), (9, 4), (7, 7)])
def test_a_cell_shows_as_many_digits_as_it_counts(page, site, matrix, true, predicted):
    cell = f'#confusion-of-{site.default_run} td[data-true="{true}"][data-predicted="{predicted}"]'
    page.locator(f"{cell} button, {cell}").first.click()
    count = int(matrix[true, predicted])
    wait(page, f"document.querySelectorAll('#confusion-cell-list > li').length === {count}")
    assert f"{count:,}" in page.locator("#confusion-cell-title").inner_text()


def test_the_gallery_has_every_error_once(page, site):
    errors = site.summary["runs"][site.default_run]["test"]["errors"]
    more = page.locator("#confusion-gallery-more")
    while more.is_visible():
        more.click()
    shown = page.locator("#confusion-gallery-list > li")
    assert shown.count() == errors
    assert len(set(shown.all_inner_texts())) > errors / 2


def test_filters_leave_what_they_name(page, matrix):
    page.locator("#confusion-true").select_option("4")
    page.locator("#confusion-predicted").select_option("9")
    count = int(matrix[4, 9])
    wait(page, f"document.querySelectorAll('#confusion-gallery-list > li').length === {count}")
