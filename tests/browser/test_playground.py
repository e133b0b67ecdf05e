"""The playground: learning, stalling and diverging happen in the Worker, and are commented on."""

import pytest
from conftest import wait


@pytest.fixture
def page(visit):
    """The page at the section, ready to train."""
    page = visit().page
    page.locator("#playground").scroll_into_view_if_needed()
    wait(page, "training.run?.report != null")
    return page


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
    assert kind(page) in ("learning", "unsteady")


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
    assert page.evaluate("training.worker") is None


def test_from_zeros_no_weight_ever_moves(page):
    page.locator("[data-train='zeros']").click()
    wait(page, "training.run.report?.step > 100", seconds=30)
    wait(page, "byId('train-words').dataset.kind === 'symmetric'")
    network = "networkFrom(training.run.report.vector, trainDims(), 'relu')"
    assert (
        page.evaluate(f"{network}.layers.map(({{ W }}) => W.every((w) => w === 0))") == [True] * 2
    )
    assert "Only the biases of the outputs" in page.locator("#train-words").inner_text()


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
