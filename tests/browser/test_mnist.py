"""MNIST's page, as `make` has built it: what only real digits and a trained network can show."""

import json

import numpy as np
import pytest
from conftest import wait
from drawings import SLANT, read
from project import ROOT

RESULTS = " ".join((ROOT / "docs/results.md").read_text().split())


@pytest.fixture
def page(visit):
    """MNIST's page."""
    return visit(kind="mnist").page


@pytest.mark.parametrize(("slant", "least"), [(0.0, 0.98), (SLANT, 0.95)], ids=["upright", "15°"])
def test_drawings_in_many_forms_and_hands_are_recognised(page, slant, least):
    right = [found == name[0] for name, found, _ in read(page, slant)]
    assert len(right) >= 150 and np.mean(right) >= least
    count = f"{sum(right)} of {'the same ' if slant else ''}{len(right)}"
    assert f"{count} {'slanted' if slant else 'upright ones'}" in RESULTS


def test_the_original_project_s_accuracies_are_beside_the_measured_ones(page):
    results = page.locator("#results").inner_text()
    assert results.count("original project*") == 2 and "~86%" in results and "~92%" in results


def test_the_wrong_labels_are_shown(page):
    page.locator("#confusion_matrix").scroll_into_view_if_needed()
    known = json.loads(page.evaluate("JSON.stringify(pageData.wrong_labels)"))
    assert len(known) == 15
    wait(page, "document.querySelectorAll('#confusion-labels-list > li').length === 15")


def test_it_is_at_most_four_megabytes_for_the_default_runs(site_of):
    site = site_of("mnist")
    if list(site.summary["runs"]) == ["phase1", "phase2"]:
        assert site.page.stat().st_size <= 4_000_000
