"""PyTorch with `torch.compile` over a whole step: forward, backward and optimizer.

The first epoch compiles, once for the full batch and once for the last, shorter one.
"""

import logging

import torch

from contestants import pytorch

torch._logging.set_logs(all=logging.ERROR)  # its warnings would stand between the lines of progress


class Contestant(pytorch.Contestant):
    """The same training as in `pytorch`, its step compiled."""

    def __init__(self, settings: dict, data):
        super().__init__(settings, data)
        for group in self._optimizer.param_groups:  # a changing number would compile anew
            group["lr"] = torch.tensor(group["lr"])
        self._step = torch.compile(self._step)
