"""What the declarations say to PyTorch: its own version where they name one, or else the formula.

PyTorch's own is the stronger check, since somebody else wrote it. But the formula is computed by
PyTorch too, and differentiated by autograd, so whatever is declared can be compared.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import lr_scheduler

from handwritten.learning import formulas
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES
from handwritten.settings import TrainingSettings


class TensorFunctions:
    """NumPy's functions, by their names, on tensors and numbers."""

    pi = math.pi

    def __getattr__(self, name: str) -> Callable[..., torch.Tensor]:
        function = getattr(torch, name)
        return lambda *arguments: function(*map(as_tensor, arguments))


def as_tensor(value: torch.Tensor | float) -> torch.Tensor:
    """A tensor as it is, a number in double precision."""
    return value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=torch.float64)


FUNCTIONS = TensorFunctions()


def activation(name: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """The activation of this name, as a function of a tensor."""
    declared = ACTIVATIONS[name]
    if declared.torch is None:
        return lambda z: formulas.evaluate(declared.formula, {"z": z}, FUNCTIONS)["a"]
    form = declared.torch
    return lambda z: formulas.expression(form, {"torch": torch, "z": z})


def optimizer(groups: list[dict], settings: TrainingSettings) -> torch.optim.Optimizer:
    """A run's optimizer for these groups of parameters."""
    declared = OPTIMIZERS[settings.optimizer]
    values = {name: getattr(settings, name) for name in declared.settings}
    values["learning_rate"] = settings.learning_rate
    if declared.torch is None:
        return ByFormula(groups, declared, values)
    return formulas.expression(declared.torch, {"torch": torch, "groups": groups} | values)


class ByFormula(torch.optim.Optimizer):
    """An optimizer that computes a declared formula."""

    def __init__(self, groups: list[dict], declared: Any, values: dict[str, Any]):
        super().__init__(groups, {"lr": values["learning_rate"], "weight_decay": 0})
        self.declared, self.values, self.steps = declared, values, 0

    @torch.no_grad()
    def step(self) -> None:
        """One step of every parameter."""
        self.steps += 1
        for group in self.param_groups:
            for w in group["params"]:
                gradient = w.grad + group["weight_decay"] * w
                values = self.values | self.state[w] | {"w": w, "gradient": gradient}
                values |= {"learning_rate": group["lr"], "step": self.steps}
                after = formulas.stepped(self.declared, values, FUNCTIONS)
                w.copy_(after.pop("w"))
                kept = formulas.assigned(self.declared.formula) - {"w"}
                self.state[w].update({name: after[name] for name in kept})


def schedule(
    optimizer: torch.optim.Optimizer, settings: TrainingSettings, steps: int
) -> lr_scheduler.LRScheduler:
    """A run's schedule of the optimizer's learning rate over so many steps."""
    declared = SCHEDULES[settings.schedule]
    values = declared.options(vars(settings))

    def factor(step: int) -> float:
        scope = values | {"progress": step / steps}
        return float(formulas.evaluate(declared.formula, scope)["factor"])

    if declared.torch is None:
        return lr_scheduler.LambdaLR(optimizer, factor)
    scope = {"lr_scheduler": lr_scheduler, "optimizer": optimizer, "steps": steps}
    return formulas.expression(declared.torch, scope | values)
