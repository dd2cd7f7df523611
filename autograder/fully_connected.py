"""The fully connected pair of networks at 32x32 that several labs share, with or without labels.

The label's embedding of ten numbers is joined to the noise in G and to the flat image in D: Mirza and Osindero 2014
(arXiv 1411.1784), section 3, at the lab sheet's sizes.
"""

from __future__ import annotations

from autograder.architecture import Architecture
from autograder.layers import Layer, batch_norm, embedding, linear

PIXELS = 32 * 32
GENERATOR_UNITS = (128, 256, 512, 1024)
DISCRIMINATOR_UNITS = (1024, 512, 256)
LABELS, EMBEDDED = 10, 10


def generator_32(input_dim: int, labelled: bool = False) -> Architecture:
    """Noise to 32x32: four hidden layers with BatchNorm, then one that makes the pixels."""
    sizes = (input_dim + EMBEDDED * labelled, *GENERATOR_UNITS)
    layers: list[Layer] = [embedding(LABELS, EMBEDDED)] if labelled else []
    for inputs, outputs in zip(sizes, GENERATOR_UNITS, strict=False):
        layers += [linear(inputs, outputs), batch_norm(outputs, 1)]
    stages = tuple((f"fc{number}", (units,)) for number, units in enumerate(GENERATOR_UNITS, start=1))
    return Architecture(
        "Generator",
        (input_dim,),
        (input_dim,),
        (*stages, ("fc5", (1, 32, 32))),
        (*layers, linear(GENERATOR_UNITS[-1], PIXELS)),
        joined=(input_dim, EMBEDDED) if labelled else None,
    )


def discriminator_32(labelled: bool = False) -> Architecture:
    """32x32 to one score: three hidden layers, then one that makes the score."""
    sizes = (PIXELS + EMBEDDED * labelled, *DISCRIMINATOR_UNITS)
    layers: list[Layer] = [embedding(LABELS, EMBEDDED)] if labelled else []
    layers += [linear(inputs, outputs) for inputs, outputs in zip(sizes, (*DISCRIMINATOR_UNITS, 1), strict=True)]
    stages = tuple((f"fc{number}", (units,)) for number, units in enumerate((*DISCRIMINATOR_UNITS, 1), start=1))
    return Architecture(
        "Discriminator", (), (1, 32, 32), stages, tuple(layers), joined=(PIXELS, EMBEDDED) if labelled else None
    )
