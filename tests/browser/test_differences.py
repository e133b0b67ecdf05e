"""The playground: what is said to differ between a run of the page and the training in the page."""

import json

import pytest
from test_playground import ready_to_train

pytestmark = pytest.mark.slow


@pytest.fixture
def page(visit):
    return ready_to_train(visit)


def test_it_is_said_what_differs_from_the_run_and_nothing_else(page, site):
    there = page.evaluate(f"runOf('{site.default_run}')")
    record = json.loads((site.model(site.default_run).parent / "provenance.json").read_text())
    settings = record["made_from"]["settings"]
    assert there["trained"]["images"] == len(site.images("train")["y"])
    assert there["trained"]["rate"] == settings["learning_rate"]
    said = page.locator("#train-compared").inner_text()
    assert said.endswith(page.evaluate("differencesText(chosen.run, training.run)"))
    assert f"What {site.default_run} has and" in said and "(here 0.00" not in said
    assert page.evaluate(DIFFERENCES, "the same") == ""
    assert page.evaluate(DIFFERENCES, "unknown") == ""
    assert page.evaluate(DIFFERENCES, "no hidden layer") == (
        "What differs for a: hidden units none (here 32)."
    )
    assert page.evaluate(DIFFERENCES, "other") == (
        "What a has and is not offered here: 60,000 training digits (here 2,000); "
        "5 networks (here 1); dropout 20% (here 10%); L2 penalty 0.0005 (here none); schedule "
        "cosine; rotation 10. What differs as well: 20 epochs (here 12.00); hidden units 128, 64 "
        "(here 32); activation tanh (here ReLU); initial weights uniform (here He); optimizer "
        "Adam (here gradient descent); learning rate 0.003 (here 0.1); batch size all (here 32)."
    )


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        (20, 56.48, ""),  # no reason to be worse
        (20, 20, ""),
        (20, 5, "What differs for a: 20 epochs (here 5.00)."),
        (20, 0, "What differs for a: 20 epochs (here none yet)."),
        (20, 0.001, "What differs for a: 20 epochs (here less than 0.01)."),
        (
            500,
            12,
            "What a has and is not offered here: 500 epochs (here 12.00, and at most 60).",
        ),
    ],
)
def test_epochs_are_a_difference_only_where_there_were_more(page, there, here, said):
    assert page.evaluate(f"({DIFFERENCES})('same', {there}, {here})") == said


# Of a training in the page, and of a run that is the same in everything, of which nothing is known,
# or that is different.
DIFFERENCES = """(kind, epochs = 12, epoch = 12) => {
  const chosen = { activation: "relu", start: "he", optimizer: "gradient_descent", rate: 0.1,
    batch: 32, l2: 0, dropout: 0.1 };
  const settings = { ...chosen, hidden: [32], epochs: 60 };
  const run = { settings, images: 2000, heldOut: [{ epoch }] };
  const same = { ...chosen, images: 2000, epochs, networks: 1, others: {} };
  const unknown = { epochs: null, start: null, optimizer: null, rate: null, batch: null, l2: null,
    dropout: null };
  const other = { images: 60000, epochs: 20, networks: 5, start: "uniform", optimizer: "adam",
    rate: 0.003, batch: "full", l2: 0.0005, dropout: 0.2,
    others: { schedule: "cosine", rotation: "10" } };
  const trained = { ...same, ...{ "the same": {}, unknown, other }[kind] };
  const [activation, hidden] =
    { other: ["tanh", [128, 64]], "no hidden layer": ["tanh", []] }[kind] ?? ["relu", [32]];
  const there = { name: "a", layer_dims: [784, ...hidden, 10], activation, trained };
  return differencesText(there, run);
}"""
