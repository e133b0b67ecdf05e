"""PyTorch's tensors without its autograd: the same derivatives, written by hand.

What this library does in NumPy, said in PyTorch: gradients of ReLU and softmax by hand, products
into tensors that exist already, the optimizer over all parameters at once.
"""

import time
from collections.abc import Iterator
from itertools import pairwise

import torch

from contestants.pytorch import SCHEDULES, accuracy


@torch.inference_mode()
def epochs(settings: dict, data) -> Iterator[tuple[float, float, float]]:
    """Seconds of every epoch, and the accuracies on dev and test after it."""
    torch.manual_seed(settings["seed"])
    x, y = torch.from_numpy(data.train_x), torch.from_numpy(data.train_y).long()
    targets = torch.nn.functional.one_hot(y).float()
    shapes = list(pairwise(settings["layer_dims"]))
    layers = [
        (torch.randn(shape) * (2 / shape[0]) ** 0.5, torch.zeros(shape[1])) for shape in shapes
    ]
    gradients = [(torch.empty_like(W), torch.empty_like(b)) for W, b in layers]
    step = OPTIMIZERS[settings["optimizer"]](flat(layers), flat(gradients), settings)
    steps, share = -(-len(x) // settings["batch_size"]), SCHEDULES[settings["schedule"]]
    number = 0
    while True:
        started = time.perf_counter()
        for rows in torch.randperm(len(x)).split(settings["batch_size"]):
            batch = x.index_select(0, rows)
            backward(forward(batch, layers), targets.index_select(0, rows), layers, gradients)
            step(settings["learning_rate"] * share(number / (steps * settings["epochs"])))
            number += 1
        elapsed = time.perf_counter() - started
        scored = ((data.dev_x, data.dev_y), (data.test_x, data.test_y))
        yield elapsed, *(accuracy(forward(torch.from_numpy(a), layers)[-1], b) for a, b in scored)


def flat(layers: list) -> list[torch.Tensor]:
    """All tensors of the layers, one after the other."""
    return [tensor for layer in layers for tensor in layer]


def forward(x: torch.Tensor, layers: list) -> list[torch.Tensor]:
    """The activations of every layer for x (n, pixels), which comes first; the logits last."""
    a = [x]
    for W, b in layers:
        z = torch.addmm(b, a[-1], W)
        a.append(z.relu_() if len(a) < len(layers) else z)
    return a


def backward(a: list[torch.Tensor], targets: torch.Tensor, layers: list, gradients: list) -> None:
    """Fill the gradients of the mean cross-entropy; targets are (n, classes), one-hot."""
    delta = a[-1].softmax(dim=1).sub_(targets).div_(len(targets))
    for l in reversed(range(len(layers))):
        dW, db = gradients[l]
        torch.mm(a[l].t(), delta, out=dW)
        torch.sum(delta, dim=0, out=db)
        if l > 0:
            delta = (delta @ layers[l][0].t()).mul_(a[l] > 0)


class Momentum:
    """v <- momentum * v + dJ/dw;  w <- w - rate * v."""

    def __init__(self, parameters: list, gradients: list, settings: dict):
        self.parameters, self.gradients, self.momentum = parameters, gradients, settings["momentum"]
        self.velocity = [torch.zeros_like(each) for each in parameters]

    def __call__(self, rate: float) -> None:
        torch._foreach_mul_(self.velocity, self.momentum)
        torch._foreach_add_(self.velocity, self.gradients)
        torch._foreach_add_(self.parameters, self.velocity, alpha=-rate)


class Adam:
    """Kingma and Ba 2015, algorithm 1, with their constants."""

    def __init__(self, parameters: list, gradients: list, settings: dict):
        self.parameters, self.gradients, self.steps = parameters, gradients, 0
        self.mean, self.square = ([torch.zeros_like(each) for each in parameters] for _ in range(2))

    def __call__(self, rate: float) -> None:
        self.steps += 1
        torch._foreach_lerp_(self.mean, self.gradients, 1 - 0.9)
        torch._foreach_mul_(self.square, 0.999)
        torch._foreach_addcmul_(self.square, self.gradients, self.gradients, 1 - 0.999)
        root = torch._foreach_sqrt(self.square)
        torch._foreach_div_(root, (1 - 0.999**self.steps) ** 0.5)
        torch._foreach_add_(root, 1e-8)
        torch._foreach_addcdiv_(self.parameters, self.mean, root, -rate / (1 - 0.9**self.steps))


OPTIMIZERS = {"momentum": Momentum, "adam": Adam}
