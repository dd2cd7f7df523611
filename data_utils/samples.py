"""Samples of a generator: the same noise every time, one image from its own noise alone, the way between two noises."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Sampler = Callable[[Tensor], Tensor]
BATCH = 256  # images that a generator makes at once


def fixed_noise(count: int, input_dim: int = 100, seed: int = 0, device: str | torch.device = "cpu") -> Tensor:
    """Noise (count, input_dim) from N(0, 1), the same on every device and untouched by `torch.manual_seed`."""
    made = torch.randn(count, input_dim, generator=torch.Generator().manual_seed(seed))
    return made.to(device)


def generated(G: nn.Module, z: Tensor, sample: Sampler | None = None) -> Tensor:
    """What `sample(z)` gives, or `G(z)`, without gradients, G in evaluation mode: (N, ...) for z (N, input_dim).

    An image then depends on its own noise alone, not on its neighbours' through BatchNorm, and G stays as it is.
    """
    make, was_training = sample or G, G.training
    G.eval()
    try:
        with torch.no_grad():
            return torch.cat([make(part) for part in torch.split(z, BATCH)])
    finally:
        G.train(was_training)


def interpolated_noise(z_from: Tensor, z_to: Tensor, steps: int = 8) -> Tensor:
    """Noises (steps, input_dim) on the great arc from one noise (input_dim,) to another, both ends included.

    Noise from N(0, 1) has nearly the same length everywhere; a straight line would pass through shorter vectors,
    which G has never seen (White 2016, arXiv 1609.04468). Show them with `show_samples(generated(G, ...), ...)`.
    Errors: ValueError, for other shapes and for fewer than two steps.
    """
    if z_from.shape != z_to.shape or z_from.dim() != 1 or steps < 2:
        raise ValueError(
            f"interpolated_noise: the noises have the shapes {tuple(z_from.shape)} and {tuple(z_to.shape)}, steps is "
            f"{steps}; expected two of one shape (input_dim,), and at least 2 steps."
        )
    cosine = torch.nn.functional.cosine_similarity(z_from, z_to, dim=0).clamp(-1, 1)
    angle = torch.arccos(cosine)
    share = torch.linspace(0, 1, steps, device=z_from.device)[:, None]
    if torch.sin(angle) < 1e-4:  # the arc between parallel noises is no arc: the line is as good
        return (1 - share) * z_from + share * z_to
    return (torch.sin((1 - share) * angle) * z_from + torch.sin(share * angle) * z_to) / torch.sin(angle)
