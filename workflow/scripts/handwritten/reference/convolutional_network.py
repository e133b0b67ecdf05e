"""A small convolutional network in PyTorch: what one would use instead of a fully connected one.

A filter looks at nine neighbouring pixels at a time, and is the same at every place, so the network
need not learn anew what a stroke looks like wherever it may be. The network is of the usual kind:
twice 3 x 3 filters, ReLU and the maximum of every 2 x 2 pixels, then two fully connected layers
(LeCun, Bottou, Bengio and Haffner 1998). Its images are distorted as the library distorts them.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.learning import batches
from handwritten.randomness import generator
from handwritten.reference import pytorch_version
from handwritten.settings import TrainingSettings

pytorch_version.require()

import torch  # noqa: E402  which is optional
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

FILTERS, HIDDEN = (16, 32), 128  # of the two convolutions; units of the hidden layer
ROWS = 128  # in a batch
LEARNING_RATE, MOMENTUM = 0.05, 0.9


def network(image_shape: tuple[int, int], classes: int, rng: np.random.Generator) -> nn.Sequential:
    """The network before the first step: He's initialisation, and biases of 0."""
    rows, columns = (side // 4 for side in image_shape)
    first, second = FILTERS
    layers = nn.Sequential(
        nn.Unflatten(1, (1, *image_shape)),
        *(nn.Conv2d(1, first, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(first, second, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        *(nn.Linear(second * rows * columns, HIDDEN), nn.ReLU()),
        nn.Linear(HIDDEN, classes),
    )
    with torch.no_grad():
        for parameter in layers.parameters():
            drawn = np.zeros(parameter.shape)
            if parameter.dim() > 1:
                drawn = rng.standard_normal(parameter.shape) * np.sqrt(2 / parameter[0].numel())
            parameter.copy_(torch.from_numpy(drawn))
    return layers


def train(
    train: batches.Dataset, settings: TrainingSettings, on_epoch: Callable[[int, float], None]
) -> nn.Sequential:
    """The trained network. After every epoch `on_epoch` is called with its number and its loss.

    `settings` have `seed`, `epochs`, `image_shape`, `layer_dims` (of which pixels and classes
    count), `label_smoothing`, and those of distortions.
    """
    random = partial(generator, settings.seed)
    model = network(settings.image_shape, settings.layer_dims[-1], random("initialisation"))
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM, nesterov=True)
    steps = settings.epochs * -(-len(train.x) // ROWS)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for epoch in range(settings.epochs):
        losses = []
        for x, target in loaded(train, settings, epoch):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(x), target)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        on_epoch(epoch + 1, float(np.mean(losses)))
    return model


def loaded(
    train: batches.Dataset, settings: TrainingSettings, epoch: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """An epoch's batches of images and target probabilities, as the library loads them."""

    def random(purpose: str) -> np.random.Generator:
        return generator(settings.seed, purpose, epoch)

    data = batches.training_data(train, settings, np.arange(train.x.shape[1]))
    load = batches.BatchLoader(data, settings, ROWS)
    load.begin_epoch(random, epoch)
    for rows in batches.shuffled(len(train.x), ROWS, random("shuffling")):
        x, y = load(rows)
        yield torch.from_numpy(x), torch.from_numpy(np.ascontiguousarray(y))


def probabilities(model: nn.Sequential, x: np.ndarray) -> np.ndarray:
    """The probabilities (n, classes) of the classes for images x (n, pixels)."""
    with torch.no_grad():
        parts = np.array_split(x, -(-len(x) // 1000))
        z = torch.cat([model(torch.from_numpy(normalise(part))) for part in parts])
        return functional.softmax(z, dim=1).numpy()


def parameter_count(model: nn.Sequential) -> int:
    """How many numbers the network has learned."""
    return sum(parameter.numel() for parameter in model.parameters())
