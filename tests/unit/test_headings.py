"""Headings with links: which get one, and to what."""

from handwritten.page import headings


def test_a_heading_links_to_itself():
    html = '<section id="damage"><h3>One <i>digit</i> &amp; more</h3><h3>One digit, more</h3>'
    assert headings.linked(html) == (
        '<section id="damage"><h3 id="damage-one-digit-more">'
        '<a class="anchor" href="#damage-one-digit-more">One <i>digit</i> &amp; more</a></h3>'
        '<h3 id="damage-one-digit-more-2">'
        '<a class="anchor" href="#damage-one-digit-more-2">One digit, more</a></h3>'
    )


def test_an_id_is_kept():
    expected = '<h2 id="x"><a class="anchor" href="#x">Words</a></h2>'
    assert headings.linked('<h2 id="x">Words</h2>') == expected


def test_what_scripts_fill_in_or_what_can_be_clicked_on_stays():
    for html in (
        "<template><h4>Filled in</h4></template>",
        "<script>element('<h3>text</h3>')</script>",
        '<h3 tabindex="-1">Focused</h3>',
        '<h4 id="filled"></h4>',
        '<h2><a href="#x">Has one</a></h2>',
    ):
        assert headings.linked(html) == html
