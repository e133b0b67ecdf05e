"""Where in the page a link leads: to what its sender had in view."""

import itertools

import pytest
from conftest import shown, wait
from situations import errors
from test_links import FOLLOW, link, settled

pytestmark = pytest.mark.slow


def test_a_link_leads_to_the_nearest_heading(visit):
    page = visit().page
    for place in ("inside-why", "damage", "mathematics-forward", "fool-attack"):
        address = link(page, place)
        target = address[1:].split("?")[0]
        top = page.evaluate(f"topOf(byId({target!r}))")
        assert target.startswith(place) and 0 <= top < 450
        opened = visit(address=address).page
        settled(opened)
        wait(opened, f"Math.abs(topOf(byId({target!r}))) < 200")


# Controls, figures and texts of a section, and where in the window each of them is.
PARTS = """(section) => {
  const kinds = "button, input, select, canvas[id], svg[role], figcaption, p, label, th, dt, h3";
  return [...byId(section).querySelectorAll(kinds)].map((each) => {
    const { top, bottom, height } = each.getBoundingClientRect();
    const isSeen = each.checkVisibility() && 0 < height && height < innerHeight / 2;
    return [`${each.localName} ${each.id}`, isSeen ? (top + bottom) / 2 : null];
  });
}"""
SCROLLED = """([section, share]) => {
  const { top, height } = byId(section).getBoundingClientRect();
  scrollBy({ top: top + share * height - innerHeight / 2, behavior: "instant" });
}"""


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=str)
def test_what_the_sender_sees_is_where_the_reader_of_a_link_sees_it(visit, size):
    width, height = size
    sender, reader = visit(width).page, visit(width).page
    for page in (sender, reader):
        page.set_viewport_size({"width": width, "height": height})
    sections = sender.evaluate("findAll('main > section').map(({ id }) => id)")
    lost = []
    for section, share in itertools.product(sections, (0.02, 0.2, 0.4, 0.6, 0.8, 0.98)):
        sender.evaluate(SCROLLED, [section, share])
        shown(sender)
        if sender.evaluate("sectionInView().id") != section:
            continue  # a short one, of which the window never shows the middle
        parts = sender.evaluate(PARTS, section)
        seen = [(abs(y - height / 2), i) for i, (_, y) in enumerate(parts) if y is not None]
        _, middle = min(seen)
        address = sender.evaluate("addressNow()")
        reader.evaluate(FOLLOW, address)
        settled(reader)
        shown(reader)
        name, y = reader.evaluate(PARTS, section)[middle]
        assert name == parts[middle][0]
        before = parts[middle][1]
        if y is None or abs(y - before) > 20:
            lost.append(f"{address}: {name} is at {y}, and was at {before}")
    assert lost == []


@pytest.mark.parametrize("width", [390, 1440])
def test_a_link_to_a_cell_of_the_confusion_matrix_leads_to_its_images(visit, width):
    page = visit(width).page
    page.evaluate("byId('confusion_matrix').scrollIntoView()")
    errors(page)
    wait(page, "!byId('confusion-gallery').hidden")
    page.evaluate("byId('confusion-cell').scrollIntoView({ block: 'center' })")
    shown(page)
    where = "byId('confusion-cell').getBoundingClientRect().top"
    opened = visit(width, address=page.evaluate("addressNow()")).page
    settled(opened)
    shown(opened)
    assert opened.evaluate(where) == pytest.approx(page.evaluate(where), abs=900 / 8)
