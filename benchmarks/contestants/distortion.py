"""Random distortions of images with PyTorch's own means, for its tries at 99%."""

import math

import torch
from torch.nn import functional

SIDE = 28  # pixels
NONE = {"rotation": 0, "scale": 0, "shear": 0, "shift": 0}


def distorted(x: torch.Tensor, settings: dict) -> torch.Tensor:
    """Rows x (n, pixels), each turned, scaled, sheared and moved at random; a new tensor.

    `rotation` is the greatest angle in degrees, `scale` and `shear` shares, `shift` in pixels.
    """
    grid = functional.affine_grid(
        affine_maps(len(x), settings), [len(x), 1, SIDE, SIDE], align_corners=False
    )
    images = x.view(-1, 1, SIDE, SIDE)
    return functional.grid_sample(images, grid, align_corners=False).view(len(x), -1)


def affine_maps(n: int, settings: dict) -> torch.Tensor:
    """Random maps (n, 2, 3) from the place of a new pixel to where it comes from."""
    angle = uniform(n) * math.radians(settings["rotation"])
    scale_x, scale_y = (1 + uniform(n) * settings["scale"] for _ in "xy")
    shear = uniform(n) * settings["shear"]
    shift_x, shift_y = (uniform(n) * settings["shift"] * 2 / SIDE for _ in "xy")
    cos, sin = angle.cos(), angle.sin()
    top = [scale_x * cos, scale_y * (shear * cos - sin), shift_x]
    bottom = [scale_x * sin, scale_y * (shear * sin + cos), shift_y]
    return torch.stack([torch.stack(top, 1), torch.stack(bottom, 1)], 1)


def uniform(n: int) -> torch.Tensor:
    """Numbers (n,) evenly spread between -1 and 1."""
    return 2 * torch.rand(n) - 1
