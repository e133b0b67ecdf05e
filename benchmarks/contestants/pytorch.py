"""PyTorch on the CPU, as its documentation advises for data that fit into memory.

All images are one tensor and a batch is an index into it (a DataLoader would only add to the time,
and `index_select` gathers faster than brackets do); gradients are dropped before a step rather than
filled with zeros; scoring keeps none. Weights start as ours do, after He, so that both learn alike.
"""

import math
import time
from itertools import pairwise

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

from contestants import distortion

ABSENT = {"l2": 0, "dropout": 0, "schedule": "constant"} | distortion.NONE
SCHEDULES = {
    "constant": lambda done: 1.0,
    "cosine": lambda done: (1 + math.cos(math.pi * done)) / 2,
}


class Contestant:
    """One training; the settings are those of a run in config.yaml, what is absent is off."""

    def __init__(self, settings: dict, data):
        torch.manual_seed(settings["seed"])
        self._settings = settings = ABSENT | settings
        self._distorts = any(settings[name] for name in distortion.NONE)
        data = data.normalised()
        self._x, self._y = torch.from_numpy(data.train_x), torch.from_numpy(data.train_y).long()
        self._test_x, self._test_y = torch.from_numpy(data.test_x), torch.from_numpy(data.test_y)
        self._model = network(settings)
        self._cross_entropy = nn.CrossEntropyLoss(label_smoothing=settings["label_smoothing"])
        self._optimizer = optimizer(self._model, settings)
        steps = settings["epochs"] * -(-len(self._x) // settings["batch_size"])
        share = SCHEDULES[settings["schedule"]]
        self._schedule = LambdaLR(self._optimizer, lambda step: share(step / steps))

    def epoch(self) -> float:
        """Seconds that one more epoch of training took."""
        started = time.perf_counter()
        self._model.train()
        for rows in torch.randperm(len(self._x)).split(self._settings["batch_size"]):
            x, y = self._x.index_select(0, rows), self._y.index_select(0, rows)
            if self._distorts:
                x = distortion.distorted(x, self._settings)
            self._step(x, y)
            if self._settings["schedule"] != "constant":
                self._schedule.step()
        return time.perf_counter() - started

    def accuracy(self) -> float:
        """The share (0 to 1) of test images that the network gets right."""
        self._model.eval()
        with torch.inference_mode():
            answers = self._model(self._test_x).argmax(dim=1)
        return (answers == self._test_y).sum().item() / len(answers)

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> None:
        """Learn from one batch, x (n, pixels) and y (n,)."""
        loss = self._cross_entropy(self._model(x), y)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()


def network(settings: dict) -> nn.Sequential:
    """Linear layers that start after He, between them ReLU and, if there is any, dropout."""
    *hidden, last = pairwise(settings["layer_dims"])
    layers = []
    for shape in hidden:
        layers += [nn.Linear(*shape), nn.ReLU()]
        if settings["dropout"]:
            layers.append(nn.Dropout(settings["dropout"]))
    model = nn.Sequential(*layers, nn.Linear(*last))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return model


# Of PyTorch's own forms of each optimizer the fastest for these networks: plain for SGD (its fused
# and foreach forms were no faster), fused for Adam.
def optimizer(model: nn.Module, settings: dict) -> torch.optim.Optimizer:
    """Momentum or Adam; what PyTorch calls `weight_decay` is L2, here on biases as well."""
    common = {"lr": settings["learning_rate"], "weight_decay": settings["l2"]}
    if settings["optimizer"] == "adam":
        return torch.optim.Adam(model.parameters(), **common, fused=True)
    return torch.optim.SGD(model.parameters(), **common, momentum=settings["momentum"])
