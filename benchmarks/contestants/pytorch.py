"""PyTorch on the CPU, as its documentation advises for data that fit into memory.

All images are one tensor and a batch is an index into it (a DataLoader would only add to the time,
and `index_select` gathers faster than brackets do); gradients are dropped before a step rather than
filled with zeros; scoring keeps none. Weights start from He's distribution, as ours do.
"""

import logging
import math
import time
from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

SCHEDULES = {
    "constant": lambda done: 1.0,
    "cosine": lambda done: (1 + math.cos(math.pi * done)) / 2,
}


def epochs(settings: dict, data, form: str = "eager") -> Iterator[tuple[float, float, float]]:
    """Seconds of every epoch, and the accuracies on dev and test after it.

    `form` is eager, fused (the optimizer is one kernel) or compiled.
    """
    torch.manual_seed(settings["seed"])
    x, y = torch.from_numpy(data.train_x), torch.from_numpy(data.train_y).long()
    model = network(settings["layer_dims"])
    optimizer = optimizer_of(model, settings, fused=form == "fused")
    step = step_of(model, optimizer)
    if form == "compiled":
        step = compiled_step(step, optimizer)
    steps = settings["epochs"] * -(-len(x) // settings["batch_size"])
    share = SCHEDULES[settings["schedule"]]
    schedule = LambdaLR(optimizer, lambda number: share(number / steps))
    while True:
        started = time.perf_counter()
        for rows in torch.randperm(len(x)).split(settings["batch_size"]):
            step(x.index_select(0, rows), y.index_select(0, rows))
            if settings["schedule"] != "constant":
                schedule.step()
        elapsed = time.perf_counter() - started
        with torch.inference_mode():
            dev, test = (
                accuracy(model(torch.from_numpy(images)), labels)
                for images, labels in ((data.dev_x, data.dev_y), (data.test_x, data.test_y))
            )
        yield elapsed, dev, test


def accuracy(logits: torch.Tensor, labels) -> float:
    """The share of the logits (n, classes) whose largest is that of the label."""
    return (logits.argmax(dim=1) == torch.from_numpy(labels)).double().mean().item()


def network(layer_dims: list[int]) -> nn.Sequential:
    """Linear layers that start from He's distribution, and ReLU between them."""
    layers = []
    for shape in pairwise(layer_dims):
        layer = nn.Linear(*shape)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def optimizer_of(model: nn.Module, settings: dict, fused: bool) -> torch.optim.Optimizer:
    """Momentum or Adam, as PyTorch chooses by itself or as one fused kernel."""
    rate, options = settings["learning_rate"], {"fused": True} if fused else {}
    if settings["optimizer"] == "adam":
        return torch.optim.Adam(model.parameters(), rate, **options)
    return torch.optim.SGD(model.parameters(), rate, momentum=settings["momentum"], **options)


def step_of(model: nn.Module, optimizer: torch.optim.Optimizer):
    """The function that learns from one batch, x (n, pixels) and y (n,)."""
    cross_entropy = nn.CrossEntropyLoss()

    def step(x: torch.Tensor, y: torch.Tensor) -> None:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


def compiled_step(step, optimizer: torch.optim.Optimizer):
    """The same step through `torch.compile`: forward, backward and optimizer. The first epoch
    compiles, once for the full batch and once for the last, shorter one."""
    torch._logging.set_logs(all=logging.ERROR)  # warnings would stand between the progress lines
    for group in optimizer.param_groups:  # a number that changes would compile anew
        group["lr"] = torch.tensor(group["lr"])
    return torch.compile(step)
