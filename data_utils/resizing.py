"""The three sizes of images in the labs, and the way from one to another."""

import math

import torch
from torch import Tensor
from torch.nn import functional

SIZES = (28, 32, 64)
MARGIN = 2  # pixels of paper on each side that make 32 of 28, as in LeCun et al. 1998


def as_images(images: Tensor, caller: str) -> Tensor:
    """Images (N, 1, S, S) from these or flat ones (N, S * S); S is 28, 32 or 64.

    Errors: ValueError names the caller, the shape found and those allowed.
    """
    shape = tuple(images.shape)
    side = math.isqrt(shape[-1]) if len(shape) == 2 else (shape or (0,))[-1]
    whole, flat = (1, side, side), (side * side,)
    if images.numel() == 0 or side not in SIZES or shape[1:] not in (whole, flat):
        raise ValueError(
            f"{caller}: images have the shape {shape}; expected (N, 1, S, S) or flat (N, S * S) with S = 28, 32 or 64, "
            "and at least one image."
        )
    return images.reshape(-1, *whole)


def resized(images: Tensor, size: int, paper: float) -> Tensor:
    """MNIST's 28x28 images at another size: 32 has a margin of paper, 64 is that with every side doubled (bilinear).

    Shapes: images (N, 1, 28, 28); result (N, 1, size, size). `paper` is the value of an empty pixel.
    """
    if size == 28:
        return images
    padded = functional.pad(images, [MARGIN] * 4, value=paper)
    return padded if size == 32 else functional.interpolate(padded, size=(64, 64), mode="bilinear")


def at_28(images: Tensor) -> Tensor:
    """The way back: (N, 1, S, S), S = 28, 32 or 64, to (N, 1, 28, 28); a mean of 2x2 pixels, then without margin."""
    if images.shape[-1] == 64:
        images = functional.avg_pool2d(images, 2)
    if images.shape[-1] == 32:
        images = images[..., MARGIN:-MARGIN, MARGIN:-MARGIN]
    return torch.as_tensor(images)
