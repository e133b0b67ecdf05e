"""The playground: learning, stalling and diverging happen in the Worker, and are commented on."""

import re

import numpy as np
import pytest
from conftest import wait
from drawings import STROKES
from test_draw import draw

from handwritten.learning import backpropagation, losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.optimizers import OPTIMIZERS

pytestmark = pytest.mark.slow


def ready_to_train(visit):
    """The page at the section."""
    page = visit().page
    page.locator("#playground").scroll_into_view_if_needed()
    wait(page, "training.run?.report != null")
    return page


@pytest.fixture
def page(visit):
    return ready_to_train(visit)


def kind(page) -> str:
    """What kind of run the page calls it."""
    return page.locator("#train-words").get_attribute("data-kind")


def test_it_learns(page):
    before = page.evaluate("training.run.report.heldOut.accuracy")
    assert before < 0.3
    page.locator("[data-train='learns']").click()
    wait(page, "training.run.report?.seen >= 20 * training.digits.train.labels.length", seconds=60)
    page.locator("#train-go").click()  # pause
    shown = "byId('train-accuracy').textContent"  # a last report may come after the pause
    wait(page, f"{shown} === percent(training.run.report.heldOut.accuracy, 1)")
    report = page.evaluate("training.run.report.heldOut")
    assert report["accuracy"] > 0.85
    assert kind(page) in ("learning", "unsteady", "overfits")


# What is said, and what it should be: the comment, and the figures that it is about.
SAID = """[
  [byId("train-words").textContent, byId("train-accuracy").textContent,
    byId("train-loss").textContent],
  [trainingComment(training.run), percent(training.run.report.heldOut.accuracy, 1),
    String(Number(training.run.report.trained.toPrecision(3)))],
]"""
PLAIN_LOSS = """(() => {
  const { bytes, labels } = training.digits.train;
  const [network, step] = [trainNetwork(training.run), Math.ceil(labels.length / 1000)];
  const rows = [...labels.keys()].filter((i) => i % step === 0);
  const losses = rows.map((i) => {
    const x = Float32Array.from(bytes.slice(i * PIXELS, (i + 1) * PIXELS), (byte) => byte / 255);
    return crossEntropy(forward(network, x).z.at(-1), labels[i]);
  });
  return losses.reduce((sum, loss) => sum + loss) / losses.length;
})()"""


def test_what_is_said_is_of_the_same_moment_as_the_figures(page, site):
    page.locator("#train-dropout").select_option("0.5")  # not in the losses that are shown
    wait(page, "training.run.report?.step === 0 && training.run.settings.dropout > 0")
    page.locator("#train-go").click()
    for _ in range(20):
        said, expected = page.evaluate(SAID)
        assert said == expected
        page.wait_for_timeout(50)
    page.locator("#train-go").click()
    wait(page, "!training.asked")
    assert page.evaluate("training.run.report.trained") == pytest.approx(page.evaluate(PLAIN_LOSS))
    held = int(page.evaluate("training.digits.test.labels.length"))
    right = site.calibrated(site.default_run).argmax(axis=1) == site.examples["y"]
    own, there = page.locator("#train-accuracy").inner_text(), right[:held].mean()
    both = (
        f"has an accuracy of {100 * there:.1f}% ({100 * right.mean():.1f}% on all test digits), "
        f"and this network one of {own}. "
    )
    assert f"{site.default_run} {both}" in page.locator("#train-compared").inner_text()
    page.locator("#draw-run").select_option("phase1")
    wait(page, "byId('train-compared').textContent.includes('phase1 has an accuracy')")


def test_a_button_pressed_before_the_section_is_ready_is_not_lost(visit):
    page = visit().page
    pressed = """(() => {
      Object.assign(training, { ready: null, digits: null, run: null });
      document.querySelector("[data-train=learns]").click();
      return training.run;
    })()"""
    assert page.evaluate(pressed) is None
    page.locator("#playground").scroll_into_view_if_needed()
    wait(page, "training.run?.report?.seen > 0")


def test_a_rate_far_too_high_diverges_and_ends(page):
    page.locator("[data-train='diverges']").click()
    wait(page, "training.run.report?.ended", seconds=30)
    wait(page, "byId('train-words').textContent.startsWith('It diverged')")
    assert kind(page) == "diverged"
    assert page.locator("#train-go").is_disabled()
    assert "ended because it diverged" in page.locator("#train-note").inner_text()
    assert page.evaluate("training.worker") is None


def test_the_end_of_a_run_is_said_beside_the_buttons(page):
    assert page.locator("#train-note").inner_text() == ""
    page.locator("#train-batch").select_option("all")  # an epoch is a step
    wait(page, "training.run.report?.step === 0 && training.run.settings.batch === Infinity")
    page.locator("#train-go").click()
    wait(page, "training.run.report.ended && !training.going")
    assert page.locator("#train-note").inner_text() == (
        "This run has ended: none here is longer than 60 epochs. Press Start again for a new one."
    )
    for name in ("go", "step"):
        assert page.locator(f"#train-{name}").get_attribute("aria-describedby") == "train-note"


def test_from_zeros_no_weight_ever_moves(page):
    page.locator("[data-train='zeros']").click()
    wait(page, "training.run.report?.step > 100", seconds=30)
    wait(page, "byId('train-words').dataset.kind === 'symmetric'")
    zeros = "trainNetwork(training.run).layers.map(({ W }) => W.every((w) => w === 0))"
    assert page.evaluate(zeros) == [True, True]
    assert "Only biases change" in page.locator("#train-words").inner_text()
    page.locator("#train-activation").select_option("sigmoid")  # its outputs at 0 are not 0
    wait(page, "training.run.report?.step > 10 && training.run.settings.activation === 'sigmoid'")
    wait(page, "byId('train-words').textContent.includes('a single unit')")
    assert page.evaluate(zeros) == [False, False]
    page.locator("#train-layers").select_option("0")  # nothing has to be symmetric
    wait(page, "training.run.report?.seen > 5000 && training.run.settings.hidden.length === 0")
    assert page.evaluate("training.run.report.heldOut.accuracy") > 0.5
    assert kind(page) not in ("symmetric", "dead")
    assert "its 10 outputs" in page.locator("#train-weights-title").inner_text()


def test_a_step_is_gradient_descent_on_one_batch(page):
    """One step on all digits lowers their loss as its gradient promises, to first order."""
    page.locator("#train-batch").select_option("all")
    page.locator("#train-rate").fill("-3")
    page.locator("#train-step").click()
    wait(page, "training.run.report?.step === 1")
    promised, done = page.evaluate(
        """(async () => {
          const train = await digits("train");
          const [before, after] = [training.run.start, training.run.report.vector].map((vector) =>
            networkFrom(vector, trainDims(), "relu"));
          const gradients = zeroGradients(before);
          let [was, is] = [0, 0];
          for (let i = 0; i < train.count; i++) {
            const pass = forward(before, train.x(i));
            backward(before, pass, train.labels[i], gradients);
            was += crossEntropy(pass.z.at(-1), train.labels[i]) / train.count;
            is += crossEntropy(forward(after, train.x(i)).z.at(-1), train.labels[i]) / train.count;
          }
          const squares = gradients.flatMap(({ W, b }) => [...W, ...b]).map((g) => g * g);
          const slope = squares.reduce((sum, square) => sum + square) / train.count ** 2;
          return [0.001 * slope, was - is];
        })()"""
    )
    assert done == pytest.approx(promised, rel=0.02)


def test_the_same_seed_is_the_same_run(page):
    def after_a_step(seed: str) -> list[float]:
        page.locator("#train-seed").fill(seed)
        page.locator("#train-seed").press("Enter")
        page.locator("#train-step").click()
        wait(page, f"training.run.settings.seed === {seed} && training.run.report?.step === 1")
        return page.evaluate("[...training.run.report.vector.slice(10_000, 10_100)]")

    one, other, again = map(after_a_step, "121")
    assert one == again != other


CHOSEN = """{"layers":"2","width-1":"16","width-2":"8","activation":"tanh","optimizer":"adam",\
"rate":"-2","batch":"Infinity","l2":"0.1"}"""
WITH_DROPOUT = """(() => {
  const network = trainNetwork(training.run);
  const { x, label } = training.digits.examples[0];
  const factors = [16, 8].map((units) => new Float64Array(units).map((_, j) => 2 * (j % 2)));
  const [gradients, bias] = [zeroGradients(network), network.layers[0].b];
  backward(network, forward(network, x, factors), label, gradients);
  const lossWith = (j, value) => {
    const before = bias[j];
    bias[j] = value;
    const { z } = forward(network, x, factors);
    bias[j] = before;
    return crossEntropy(z.at(-1), label);
  };
  const slope = (b, j) => (lossWith(j, b + 1e-5) - lossWith(j, b - 1e-5)) / 2e-5;
  return [[...gradients[0].b], [...bias].map(slope)];
})()"""


def test_another_network_is_in_the_address_and_takes_the_step_that_numpy_takes(page):
    page.evaluate(f"location.hash = '#playground?train=' + encodeURIComponent('{CHOSEN}')")
    wait(page, "training.run.settings.optimizer === 'adam' && training.run.report != null")
    assert "784 → 16 → 8 → 10: 12,786" in page.locator("#train-network").inner_text()
    assert "m = 0.9 * m" in page.locator("#train-formula").inner_text()
    page.locator("#train-step").click()
    wait(page, "training.run.report.step === 1")
    ends = [page.locator("#train-losses circle.now").get_attribute("cx"), "54", "378"]
    x, left, right = map(float, ends)
    assert x - left > 0.3 * (right - left)  # a single step can be seen
    before, after = (
        np.array(page.evaluate(f"[...training.run.{which}]"))
        for which in ("start", "report.vector")
    )
    assert after == pytest.approx(numpy_step(page, before), abs=1e-6)
    gradient, slopes = page.evaluate(WITH_DROPOUT)
    assert gradient == pytest.approx(slopes, abs=1e-7)
    assert gradient[::2] == [0] * 8 and all(gradient[1::2])  # dropped, kept
    assert "train=" in page.evaluate("addressNow()")
    page.evaluate("""location.hash = '#playground?train={"rate":"99"}'""")
    wait(page, "byId('page-message').textContent.includes('train=')")
    assert page.evaluate("trainSettings().rate") == 0.1  # as at the start


def numpy_step(page, vector: np.ndarray) -> np.ndarray:
    """The parameters after the library's step on all training images."""
    dims = page.evaluate("trainDims()")
    pixels, y = page.evaluate("Object.values(training.digits.train).map((each) => [...each])")
    x = (np.array(pixels, np.float32).reshape(len(y), -1) / np.float32(255)).astype(np.float64)
    gradient = np.empty_like(vector)
    layers = network.views(vector.copy(), dims)
    work = network.buffers(len(y), dims, np.float64)
    z = network.forward(x, layers, ACTIVATIONS["tanh"], work)
    losses.softmax_cross_entropy(z, np.eye(dims[-1])[y], work.delta[-1], np.empty((len(y), 1)))
    work.delta[-1][:] /= len(y)
    backpropagation.backward(x, layers, work, network.views(gradient, dims))
    weights = network.weight_count(dims)
    gradient[:weights] += 0.1 * vector[:weights]
    adam = OPTIMIZERS["adam"](vector.copy(), {})
    adam.update(gradient, 0.01)
    return adam.parameters


def test_the_map_of_the_learning_rate_says_where_it_learns(page):
    assert page.locator("#train-rates").is_hidden()
    page.locator("#train-rate").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#train-activation").select_option("tanh")  # in the middle of the first map
    wait(page, "rateMap.trials.length === 13 && rateMap.settings.includes('tanh')")
    trials = page.evaluate("rateMap.trials")
    assert [trial["rate"] for trial in trials] == pytest.approx(np.logspace(-3, 1, 13))
    kinds = [page.evaluate("rateKind", trial) for trial in trials]
    for trial, kind in zip(trials, kinds, strict=True):
        change = trial["loss"] / trial["start"]  # NaN is none of them
        assert (kind == "diverges") == (trial["diverged"] or not change <= 1.1)
        assert kind != "learns" or change < 0.9
    assert set(kinds) == {"learns", "stalls", "diverges"}
    for kind in kinds:
        assert page.locator(f"#train-rate-map .{kind}").count() == kinds.count(kind)
    words = page.locator("#train-rate-words").inner_text()
    best = min(trials, key=lambda trial: np.nan_to_num(trial["loss"], nan=np.inf))
    assert f"at a rate of {best['rate']:.2g}: " in words
    ranges = re.findall(r"(?:at|from (\S+) to) (\S+) it (\w+)", words)
    said = [
        next(kind for low, high, kind in ranges if float(low or high) <= rate <= float(high))
        for rate in (float(f"{trial['rate']:.2g}") for trial in trials)
    ]
    assert said == kinds


def test_what_i_have_drawn_joins_the_training_images_and_is_read_by_both_runs(page):
    page.locator("[data-train='learns']").click()
    wait(page, "training.run.report?.step > 20")
    page.locator("#train-own-add").click()
    wait(page, "byId('page-message').textContent.startsWith('Nothing is drawn')")
    draw(page, STROKES["2"])
    page.locator("#train-own-label").select_option("7")  # which no other run would say
    page.locator("#train-own-add").click()
    given = page.evaluate("training.digits.train.labels.length")
    wait(page, f"training.run.images === {given + 20} && training.run.report?.seen > {5 * given}")
    page.locator("#train-go").click()
    wait(page, "!training.asked")
    readers = (
        "[own.without, training.run].map((run) => predict(trainNetwork(run), own.digits[0].x))"
    )
    before, after = page.evaluate(readers)
    assert before != 7 and after == 7
    words = page.locator("#train-own-words").inner_text()
    assert words.startswith(f"20 of {given + 20:,} training ")
    assert re.findall(r"epochs (\w+) them, reads (\d) of 1", words) == [
        ("without", "0"),
        ("with", "1"),
    ]
    assert f"run 1: {before}" in page.locator("#train-own-list li").inner_text()
    page.locator("#train-own-list button").click()
    wait(page, f"training.run.images === {given} && training.run.report != null")
    assert page.locator("#train-own-list li").count() == 0
