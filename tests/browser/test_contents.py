"""The contents and the glossary: what is listed, and where its links lead."""

import pytest
from conftest import wait
from test_whole_page import links


def test_the_contents_show_all_sections_and_where_one_is(visit):
    page = visit(1440).page
    here = page.locator("#contents [aria-current]")
    assert here.inner_text() == page.locator("main h2").first.inner_text()
    sections = page.locator("main > section")
    entries = page.locator("#contents a")
    assert entries.count() == sections.count() > 5
    for entry in entries.all():
        box = entry.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900
    entries.last.click()
    wait(page, f"sectionInView().id === '{sections.last.get_attribute('id')}'")
    wait(page, "document.querySelector('#contents a:last-child').ariaCurrent === 'true'")
    assert here.count() == 1
    page.set_viewport_size({"width": 1440, "height": 300})  # the list scrolls with the reader
    page.evaluate("scrollTo(0, 0)")
    wait(page, "document.querySelector('#contents a').ariaCurrent === 'true'")
    assert 0 <= here.bounding_box()["y"] < 280


@pytest.mark.parametrize("width", [360, 768])
def test_where_it_is_narrow_the_contents_are_a_menu(visit, width):
    page = visit(width).page
    button, entries = page.locator("#contents-open"), page.locator("#contents a")
    assert not entries.first.is_visible()
    assert page.locator("main h2").first.inner_text() in button.inner_text()
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    for entry in entries.all():
        entry.scroll_into_view_if_needed()
        box = entry.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900
    page.keyboard.press("Escape")
    assert not entries.first.is_visible()
    assert page.evaluate("document.activeElement.id") == "contents-open"
    button.click()
    target = links(page, "#contents a")[2]
    entries.nth(2).click()
    assert not entries.first.is_visible()
    wait(page, f"sectionInView().id === '{target[1:]}'")
    wait(page, f"byId('contents-now').textContent === byId('{target[1:]}-title').textContent")
    top = page.locator(f"{target} h2").bounding_box()["y"]
    assert top >= button.bounding_box()["y"] + button.bounding_box()["height"]


def test_words_with_a_dotted_line_lead_to_what_they_mean(visit):
    page = visit().page
    entries = {each.get_attribute("id") for each in page.locator("#glossary dt").all()}
    linked = {target[1:] for target in links(page, "a.term")}
    assert linked < entries  # a word in a control is no link
    assert "term-idx" in entries - linked
    assert len(entries) > 20 and {"term-precision", "term-recall", "term-f1"} <= entries
    word = page.locator("#results a.term").first
    word.focus()
    meaning = word.get_attribute("title")
    page.keyboard.press("Enter")
    target = page.locator(word.get_attribute("href"))
    assert (
        target.evaluate("(each) => each.nextElementSibling.textContent").strip().startswith(meaning)
    )
    assert 0 <= target.bounding_box()["y"] < 900
    assert links(page, f"#{target.get_attribute('id')} + dd .used a")[0].startswith("#")
