"""The convolutional pair of networks at 28x28 that two labs share, at the lab sheet's sizes.

Source: Radford et al. 2015 (arXiv 1511.06434).
"""

from __future__ import annotations

from autograder.architecture import Architecture
from autograder.layers import batch_norm, convolution, linear, transposed_convolution


def digit_generator(input_dim: int) -> Architecture:
    """Noise to 28x28: two Linear layers up to 128 maps of 7x7, then two transposed convolutions."""
    stages = ("fc1", (1024,)), ("fc2", (128, 7, 7)), ("conv1", (64, 14, 14)), ("conv2", (1, 28, 28))
    layers = (
        *(linear(input_dim, 1024), batch_norm(1024, 1)),
        *(linear(1024, 128 * 7 * 7), batch_norm(128 * 7 * 7, 1)),
        *(transposed_convolution(128, 64, 4), batch_norm(64, 2)),
        transposed_convolution(64, 1, 4),
    )
    return Architecture("Generator", (input_dim,), (input_dim,), stages, layers)


def digit_discriminator() -> Architecture:
    """28x28 to one score: two convolutions with pooling down to 64 maps of 4x4, then two Linear layers."""
    stages = ("conv1", (32, 12, 12)), ("conv2", (64, 4, 4)), ("fc1", (1024,)), ("fc2", (1,))
    layers = convolution(1, 32, 5), convolution(32, 64, 5), linear(64 * 4 * 4, 1024), linear(1024, 1)
    padded = (
        "3,265,409 is what padding 2 in both convolutions gives: they then keep 28x28 and 14x14, so that 64 maps of "
        "7x7 reach fc1, not 64 of 4x4."
    )
    return Architecture("Discriminator", (), (1, 28, 28), stages, layers, hints={3_265_409: padded})
