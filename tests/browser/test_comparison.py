"""Inside the network, why one class and not another: the terms add up, all numbers are NumPy's."""

import numpy as np
import pytest
from conftest import shown as up_to_date
from conftest import wait
from kinds import in_turn
from test_inside import at_the_hardest, number, numbers, shown
from test_network import embedded

from handwritten.learning import backpropagation, network
from handwritten.learning.activations import ACTIVATIONS

COMPARED = """async ([name, A, B]) => {
  const network = await networkOf(runOf(name));
  const { a, terms, bias, difference, gradient, products } =
    comparedClasses(network, forward(network, (await testDigit(0)).x), A, B);
  return { a: [...a], terms: [...terms], bias, difference, gradient: [...gradient],
    products: [...products] };
}"""


def compared(site, run: str, x, A: int, B: int) -> dict:
    """What speaks for class A and for class B in an image x (1, pixels), in double precision."""
    layers, activation = site.networks[run]
    layers = [(W.astype(float), b.astype(float)) for W, b in layers]
    work = network.buffers(1, network.layer_dims(layers), float)
    z = network.forward(x, layers, ACTIVATIONS[activation], work)[0].copy()
    work.delta[-1][:] = np.eye(len(z))[A] - np.eye(len(z))[B]
    backpropagation.backward(
        x, layers, work, [(np.empty_like(W), np.empty_like(b)) for W, b in layers]
    )
    gradient = (work.delta[0] @ layers[0][0].T)[0]
    W, b = layers[-1]
    a = work.a[-2][0] if len(layers) > 1 else x[0]
    return {
        "a": a,
        "terms": a * (W[:, A] - W[:, B]),
        "bias": b[A] - b[B],
        "difference": z[A] - z[B],
        "gradient": gradient,
        "products": gradient * x[0],
    }


@pytest.mark.parametrize("kind", ["default", *in_turn()])
def test_what_speaks_for_two_classes_is_numpy_s(visit, site_of, kind):
    page, site = visit(kind=kind).page, site_of(kind)
    x = site.examples["x"][:1].astype(float)
    for run, (layers, _) in embedded(site).items():
        A, B = len(layers[-1][1]) - 1, 0
        found, expected = page.evaluate(COMPARED, [run, A, B]), compared(site, run, x, A, B)
        for name, values in expected.items():
            scale = max(1, np.abs(values).max())
            np.testing.assert_allclose(found[name], values, atol=1e-5 * scale, err_msg=name)
        total = sum(found["terms"]) + found["bias"]
        assert total == pytest.approx(found["difference"], rel=1e-9, abs=1e-9)


PICTURES = {"image": "", "products": "products", "gradient": "gradient"}  # and their numbers


def rows(page) -> list[list[str]]:
    """The rows of the table that have a number, as their texts, up to the difference itself."""
    found = page.locator("#why-terms tr:has(td)").all()
    return [row.locator("th, td").all_inner_texts() for row in found]


@pytest.mark.parametrize("kind", ["default", *in_turn()])
def test_the_terms_that_are_shown_add_up(visit, site_of, kind):
    page = visit(kind=kind).page
    page.locator("#inside-why").scroll_into_view_if_needed()
    for run in embedded(site_of(kind)):
        page.locator("#inside-run").select_option(run)
        wait(page, f"chosen.run.name === '{run}'")
        up_to_date(page)
        *terms, difference = [number(cells[-2]) for cells in rows(page)]
        computed = page.evaluate("comparison.computed.difference")
        assert difference == pytest.approx(computed, abs=5e-4)
        assert sum(terms) == pytest.approx(difference, abs=5e-4 * (len(terms) + 1))
        # A bar for each of them, to the side of its class and as long as its number.
        bars = page.locator("#why-terms .why-bar i").evaluate_all(
            """(bars) => bars.map((bar) => {
              const [inner, cell] = [bar, bar.parentElement].map((e) => e.getBoundingClientRect());
              const middle = (cell.left + cell.right) / 2;
              return (2 * (inner.left + inner.right - 2 * middle)) / cell.width;
            })"""
        )
        largest = max(map(abs, [*terms, difference, 1e-12]))
        expected = [value / largest for value in (*terms, difference)]
        assert bars == pytest.approx(expected, abs=0.02 if largest > 0.05 else 1)


@pytest.fixture
def page(visit, site):
    page = at_the_hardest(visit().page, site)
    page.locator("#inside-why").scroll_into_view_if_needed()
    up_to_date(page)
    return page


def chosen(page) -> list[int]:
    """A and B, as they are chosen in the controls and computed with."""
    selects = [int(page.locator(f"#why-{letter}").input_value()) for letter in "ab"]
    assert selects == page.evaluate("[comparison.A, comparison.B]")
    return selects


def test_it_begins_with_the_prediction_and_the_label_or_the_next_probable_class(page, site):
    run = site.default_run
    p, y = site.calibrated(run), site.examples["y"]
    order = p.argsort(axis=1)
    right = int(np.flatnonzero(order[:, -1] == y)[0])
    wrong = int(np.flatnonzero(order[:, -1] != y)[0])
    for i in (right, wrong):
        page.evaluate(f"chooseTestDigit({i})")
        wait(page, f"chosen.digit.number === {i}")
        up_to_date(page)
        A, B = order[i, -1], order[i, -2] if i == right else y[i]
        assert chosen(page) == [A, B]
        assert page.locator("#inside-why-link").inner_text() == f"Why {A} and not {B}?"
        words = page.locator("#why-words").inner_text()
        assert words.startswith(f"For test digit {i}, labelled {y[i]}, the logit of {A} is ")
    page.evaluate("strokes.push([[9, 5], [17, 5], [13, 22]]); showStrokes()")
    up_to_date(page)
    A, B = np.argsort(numbers(page, "Array.from(inside.pass.p)"))[:-3:-1]
    assert chosen(page) == [A, B]


# The colours of a picture and of its scale, as they are and as they should be.
COLOURS = """([id, values]) => {
  const pixels = (canvas) =>
    [...contextOf(canvas).getImageData(0, 0, canvas.width, canvas.height).data];
  const painted = (values) => values.flatMap((v) => {
    const colour = v > 0 ? [86, 180, 233] : [240, 140, 30];
    return [...colour.map((channel) => Math.round(channel * Math.sqrt(Math.abs(v)))), 255];
  });
  const largest = Math.max(...values.map(Math.abs));
  const scale = Array.from({ length: 101 }, (_, i) => i / 50 - 1);
  return [[byId(id), values.map((v) => v / largest)], [byId(`${id}-scale`), scale]].map(
    ([canvas, shares]) => {
      const expected = painted(shares);
      return Math.max(...pixels(canvas).map((v, i) => Math.abs(v - expected[i])));
    });
}"""


def test_the_three_pictures_have_one_size_and_a_scale_each(page):
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        boxes = [page.locator(f"#why-{name}").bounding_box() for name in PICTURES]
        assert len({(box["y"], box["width"], box["height"]) for box in boxes}) == 1
        scales = [page.locator(f"#why-{name}-scale").bounding_box() for name in PICTURES]
        assert [box["width"] for box in scales] == [box["width"] for box in boxes]
    for name, key in PICTURES.items():
        ends = page.locator(f"#why-{name}-ends span").all_inner_texts()
        if not key:
            assert ends == ["0", "0.5", "1"]
            continue
        values = page.evaluate(f"[...comparison.computed.{key}]")
        assert [float(end.replace("−", "-")) for end in ends] == pytest.approx(
            [-max(map(abs, values)), 0, max(map(abs, values))], rel=0.05
        )
        assert max(page.evaluate(COLOURS, [f"why-{name}", values])) <= 1


def test_a_scale_of_nothing_but_zeros_is_0(page):
    ends = page.evaluate(
        """(() => {
          showSpeakingPixels("why-gradient", new Float64Array(PIXELS));
          return findAll("#why-gradient-ends span").map((end) => end.textContent);
        })()"""
    )
    assert ends == ["0", "0", "0"]


def test_what_is_said_is_what_was_computed(page, site):
    run = site.default_run
    A, B = chosen(page)
    x = site.examples["x"][[site.hardest]].astype(float)
    expected = compared(site, run, x, A, B)
    terms, difference = expected["terms"], expected["difference"]
    up_to_date(page)
    words = page.locator("#why-words").inner_text()
    temperature = site.summary["runs"][run]["temperature"]
    assert f"Their difference is {shown(difference)}" in words
    times = float(f"{np.exp(abs(difference) / temperature):.3g}")
    assert f"is {times:,g} times as probable as" in words
    raising, lowering = terms[terms > 0], terms[terms < 0]
    assert f"{len(raising)} raise" in words and f"by {shown(raising.sum())} in all" in words
    assert f"{len(lowering)} lower" in words and f"by {shown(-lowering.sum())} in all" in words
    listed = [cells[0] for cells in rows(page)]
    order = np.argsort(terms)
    largest = [*order[:-6:-1], *order[:5]]
    assert listed[:10] == [f"unit {i}" for i in largest]
    short = page.locator("#why-short").inner_text()
    for k, units in ((A, order[::-1]), (B, order)):
        first, second, third = units[:3]
        assert f"nits {first}, {second} and {third} speak most for {k}" in short
    ink = expected["products"].reshape(28, 28)
    thirds = np.arange(28) * 3 // 28
    parts = np.array([[ink[thirds == r][:, thirds == c].sum() for c in range(3)] for r in range(3)])
    places = page.evaluate("IMAGE_PARTS")
    for k, part in ((A, parts.argmax()), (B, parts.argmin())):
        assert f"he ink {places[part]} speaks most for {k}" in short
    pixels = page.locator("#why-pixels").inner_text()
    assert f"add up to {shown(expected['products'].sum())}." in pixels
    for name in ("gradient", "products"):
        description = page.locator(f"#why-{name}").get_attribute("aria-label")
        counts = [(sign * expected[name] > 0).sum() for sign in (1, -1)]
        assert description == f"{counts[0]} pixels speak for {A}, {counts[1]} for {B}"


def test_the_board_leads_to_the_reasons_for_its_prediction(page, site):
    page.locator("#why-a").select_option(str(chosen(page)[1]))  # the reader asked something else
    page.evaluate("setStrokes([[[9, 5], [17, 5], [13, 22]]]); endDemonstration(); showStrokes()")
    page.evaluate(f"chooseTestDigit({site.hardest})")
    wait(page, f"chosen.digit.number === {site.hardest}")
    page.locator("#draw-why").scroll_into_view_if_needed()
    up_to_date(page)
    page.evaluate("prediction.now()")
    B, A = np.argsort(numbers(page, "Array.from(board.pass.p)"))[-2:]
    assert page.locator("#draw-why").inner_text() == f"Why {A} and not {B}?"
    page.locator("#draw-why").click()
    assert chosen(page) == [A, B]
    assert page.evaluate("chosen.digit === chosen.last.drawing")
    wait(page, "placeInView().id.startsWith('inside-why')")


def test_the_reader_chooses_both_classes_and_sends_them(page, visit):
    A, B = chosen(page)
    page.locator("#why-a").select_option(str(B))  # they change places
    assert chosen(page) == [B, A]
    other = next(k for k in range(10) if k not in (A, B))
    page.locator("#why-b").select_option(str(other))
    assert chosen(page) == [B, other]
    assert page.locator("#inside-why [data-class]").all_inner_texts() == [str(B), str(other)]
    sent = visit().page
    address = page.evaluate("addressNow()")
    sent.evaluate(f"location.hash = {address!r}")
    wait(sent, f"comparison.picked && comparison.B === {other}")
    assert chosen(sent) == [B, other]
    page.evaluate("chooseTestDigit(chosen.digit.number === 1 ? 2 : 1)")
    wait(page, "!comparison.picked")  # another image asks another question


def test_the_name_of_a_unit_leads_to_it(page):
    page.locator("#inside-list button").first.click()  # nothing is computed yet
    link = page.locator("#why-terms a").first
    j = int(link.inner_text().split()[1])
    link.focus()
    page.keyboard.press("Enter")
    layer = page.evaluate("inside.network.layers.length - 1")
    heading = page.locator("#inside-unit-name")
    assert heading.inner_text() == f"Layer {layer}, unit {j}"
    wait(page, "document.activeElement === byId('inside-unit-name')")
    box, height = heading.bounding_box(), page.viewport_size["height"]
    assert box["y"] >= 0 and box["y"] + box["height"] <= height
    assert page.locator(".unit-sum").is_visible()  # its layer is computed now
    page.locator("#inside-list button").nth(layer + 2).click()
    assert heading.inner_text().startswith(f"Layer {layer + 1}, unit ")
    below = page.locator(".unit-sum a").first
    name = below.inner_text()
    below.click()
    assert heading.inner_text() == f"Layer {layer}, {name}"
