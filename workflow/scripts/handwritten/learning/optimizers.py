"""How a gradient becomes a step. Everything works in place on one vector of parameters.

An optimizer is an object that holds a vector of parameters and what it has to remember from step
to step. The decorator above a subclass of Optimizer declares it, and its `step` does the work. The
formula is of w, gradient, learning_rate, step (from 1) and the settings; whatever else it assigns
is 0 before the first step. PyTorch's form is an expression of groups (of parameters),
learning_rate and the settings.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from handwritten.learning.declaration import Setting, enter


class Optimizer(ABC):
    """Takes steps with its `parameters` (n,), in place.

    `state` (vectors, n) is what it keeps from step to step, zeros before the first; `options` are
    the values of its settings; `steps` counts the steps, the current one included; and `scratch`
    (n,) is free to be written into.
    """

    vectors: ClassVar[int] = 0  # how many numbers the state has for each parameter
    # Whether steps are proportional to the gradient, which then arrives multiplied by the learning
    # rate: with the rate folded into the error signal, no parameter has to be multiplied by it.
    proportional: ClassVar[bool] = False

    name: ClassVar[str]  # these are what the class was declared with
    formula: ClassVar[str]
    settings: ClassVar[Mapping[str, Setting]]
    torch: ClassVar[str | None]

    def __init__(
        self,
        parameters: np.ndarray,
        run: Mapping[str, Any],
        state: np.ndarray | None = None,
        scratch: np.ndarray | None = None,
        steps: int = 0,
    ):
        """`run` has the values of the settings; `steps` were taken before."""
        self.parameters = parameters
        self.options = {name: run[name] for name in self.settings}
        self.state = self.initial_state(parameters) if state is None else state
        self.scratch = np.empty_like(parameters) if scratch is None else scratch
        self.steps = steps

    @classmethod
    def initial_state(cls, parameters: np.ndarray) -> np.ndarray:
        """The state before the first step: zeros (vectors, n)."""
        return np.zeros((cls.vectors, len(parameters)), parameters.dtype)

    def update(self, gradient: np.ndarray, learning_rate: float) -> None:
        """Take a step against the gradient (n,), which may be overwritten."""
        self.steps += 1
        self.step(gradient, learning_rate)

    @abstractmethod
    def step(self, gradient: np.ndarray, learning_rate: float) -> None:
        """What `update` does with the parameters; each optimizer has its own."""


OPTIMIZERS: dict[str, type[Optimizer]] = {}


def optimizer(
    name: str, formula: str, settings: Mapping[str, Setting] | None = None, torch: str | None = None
) -> Callable[[type[Optimizer]], type[Optimizer]]:
    """A decorator that enters a class into OPTIMIZERS."""

    def decorated(kind: type[Optimizer]) -> type[Optimizer]:
        kind.name, kind.formula, kind.settings, kind.torch = name, formula, settings or {}, torch
        return enter(OPTIMIZERS, name, kind)

    return decorated


@optimizer(
    "gradient_descent",
    formula="w = w - learning_rate * gradient",
    torch="torch.optim.SGD(groups, lr=learning_rate)",
)
class GradientDescent(Optimizer):
    """A step straight down the slope of the loss."""

    proportional = True

    def step(self, gradient: np.ndarray, learning_rate: float) -> None:
        """w <- w - learning_rate * dJ/dw."""
        self.parameters -= gradient


MOMENTUM = Setting(
    float,
    default=0.9,
    description="The fraction of its velocity that `momentum` or `nesterov` keeps at every step.",
    minimum=0,
    below=1,
)


@optimizer(
    "momentum",
    formula="v = momentum * v + learning_rate * gradient\nw = w - v",
    settings={"momentum": MOMENTUM},
    torch="torch.optim.SGD(groups, lr=learning_rate, momentum=momentum)",
)
class Momentum(Optimizer):
    """Steps that gather speed, like a heavy ball that rolls downhill.

    Polyak 1964; in this form, with the rate inside v, Sutskever and others 2013, equation 1.
    """

    vectors = 1
    proportional = True

    def step(self, gradient: np.ndarray, learning_rate: float) -> None:
        """v <- momentum * v + learning_rate * dJ/dw;  w <- w - v."""
        (velocity,) = self.state
        velocity *= self.options["momentum"]
        velocity += gradient
        self.parameters -= velocity


@optimizer(
    "nesterov",
    formula="v = momentum * v + learning_rate * gradient\n"
    "w = w - momentum * v - learning_rate * gradient",
    settings={"momentum": MOMENTUM},
    torch="torch.optim.SGD(groups, lr=learning_rate, momentum=momentum, nesterov=True)",
)
class Nesterov(Optimizer):
    """Momentum that looks ahead: w is kept where the ball will be, and the gradient is taken there.

    Nesterov 1983; in these variables Bengio, Boulanger-Lewandowski and Pascanu 2012, equation 7.
    """

    vectors = 1
    proportional = True

    def step(self, gradient: np.ndarray, learning_rate: float) -> None:
        """v <- momentum * v + rate * dJ/dw;  w <- w - momentum * v - rate * dJ/dw."""
        (velocity,) = self.state
        velocity *= self.options["momentum"]
        velocity += gradient
        self.parameters -= gradient
        np.multiply(velocity, self.options["momentum"], out=gradient)
        self.parameters -= gradient


BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # as Adam's authors advise


@optimizer(
    "adam",
    formula=f"m = {BETA1} * m + (1 - {BETA1}) * gradient\n"
    f"s = {BETA2} * s + (1 - {BETA2}) * gradient**2\n"
    f"mean = m / (1 - {BETA1}**step)\n"
    f"square = s / (1 - {BETA2}**step)\n"
    f"w = w - learning_rate * mean / (np.sqrt(square) + {EPSILON})",
    torch="torch.optim.Adam(groups, lr=learning_rate)",
)
class Adam(Optimizer):
    """Steps of about the same size for every weight, however steep the loss is along it.

    The moving averages start at 0, and a division by 1 - beta^step corrects this bias.
    Kingma and Ba 2015, algorithm 1. With `weight_decay` beside it, it is AdamW.
    """

    vectors = 2

    def step(self, gradient: np.ndarray, learning_rate: float) -> None:
        """m <- moving average of dJ/dw, s <- of its square;  w <- w - rate * m / sqrt(s)."""
        mean, square = self.state
        np.multiply(gradient, gradient, out=self.scratch)
        self.scratch *= 1 - BETA2
        square *= BETA2
        square += self.scratch
        gradient *= 1 - BETA1
        mean *= BETA1
        mean += gradient
        np.divide(square, 1 - BETA2**self.steps, out=self.scratch)
        np.sqrt(self.scratch, out=self.scratch)
        self.scratch += EPSILON
        np.divide(mean, self.scratch, out=self.scratch)
        self.scratch *= learning_rate / (1 - BETA1**self.steps)
        self.parameters -= self.scratch
