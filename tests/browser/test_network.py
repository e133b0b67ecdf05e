"""The network in the page is the network that was trained, whatever kind of run it is."""

import numpy as np
import pytest
from kinds import in_turn
from pages import KINDS

from handwritten.learning import backpropagation, losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.page.embedding import LARGEST


def embedded(site) -> dict:
    """The networks that a page can compute with: single ones, and not too large."""
    return {
        name: (layers, activation)
        for name, (layers, activation) in site.networks.items()
        if site.summary["runs"][name]["parameters"] <= LARGEST
    }


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_of_all_examples(visit, site_of, kind):
    page, site = visit(kind=kind).page, site_of(kind)
    runs = embedded(site)
    assert page.evaluate("pageData.runs.filter((r) => r.embedded).map((r) => r.name)") == list(runs)
    for name, (layers, activation) in runs.items():
        z = network.logits(site.examples["x"], layers, ACTIVATIONS[activation]).astype(np.float64)
        expected = np.exp(z - z.max(axis=1, keepdims=True))
        expected /= expected.sum(axis=1, keepdims=True)
        found = np.array(
            page.evaluate(
                """async (name) => {
                  const found = [];
                  const network = await networkOf(pageData.runs.find((run) => run.name === name));
                  const test = await digits("test");
                  for (let i = 0; i < test.count; i++) {
                    found.push([...forward(network, test.x(i)).p]);
                  }
                  return found;
                }""",
                name,
            )
        )
        assert np.abs(found - expected).max() < 1e-5
        assert (found.argmax(axis=1) == expected.argmax(axis=1)).all()


@pytest.mark.parametrize("kind", ["default", *in_turn("choices", "own data")])
def test_gradients_of_a_digit(visit, site_of, kind):
    page, site = visit(kind=kind).page, site_of(kind)
    for name, (layers, activation) in embedded(site).items():
        x, label = site.examples["x"][:1].astype(np.float64), site.examples["y"][:1]
        exact = [(W.astype(np.float64), b.astype(np.float64)) for W, b in layers]
        dims = network.layer_dims(exact)
        work = network.buffers(1, dims, np.float64)
        z = network.forward(x, exact, ACTIVATIONS[activation], work)
        y = np.eye(dims[-1])[label]
        loss = losses.softmax_cross_entropy(z, y, work.delta[-1], np.empty((1, 1)))
        gradients = [(np.empty_like(W), np.empty_like(b)) for W, b in exact]
        backpropagation.backward(x, exact, work, gradients)
        found = page.evaluate(
            """async (name) => {
              const network = await networkOf(pageData.runs.find((run) => run.name === name));
              const digit = await testDigit(0);
              const pass = forward(network, digit.x);
              const gradients = zeroGradients(network);
              backward(network, pass, digit.label, gradients);
              const loss = crossEntropy(pass.z.at(-1), digit.label);
              return [loss, gradients.map(({ W, b }) => [[...W], [...b]])];
            }""",
            name,
        )
        assert found[0] == pytest.approx(float(loss), abs=1e-5)
        for (dW, db), (W, b) in zip(gradients, found[1], strict=True):
            np.testing.assert_allclose(np.reshape(W, dW.shape), dW, atol=1e-5)
            np.testing.assert_allclose(b, db, atol=1e-5)
