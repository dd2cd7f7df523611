"""A `DataLoader` for images that lie in memory as one tensor: a batch is one look-up, not 128 images one by one."""

from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from data_utils.digits import Digits

Batch = tuple[Tensor, Tensor]


class DigitLoader(DataLoader[Batch]):
    """A drop-in for `DataLoader(MNIST(...))`: `for images, labels in DigitLoader(load_digits(), 128, shuffle=True)`.

    Shapes: images (N, 1, S, S), float32 within `digits.value_range`; labels (N,), int64; both on `device` (None: where
    `digits` lies, the CPU unless moved). N is `batch_size`, and what is left over for the last batch: 96 of MNIST's
    60,000. The order, and what it takes from torch's random numbers, is `DataLoader`'s own; so are the other `options`
    (`drop_last`, `generator`, `sampler`, ...), but for `collate_fn`.
    """

    def __init__(
        self,
        digits: Digits,
        batch_size: int = 128,
        shuffle: bool = False,
        device: str | torch.device | None = None,
        **options: Any,
    ) -> None:
        held = digits if device is None else digits.to(device)
        # A batch comes from Digits.__getitems__; DataLoader's types know of single items alone
        super().__init__(held, batch_size, shuffle, collate_fn=_as_it_comes, **options)  # type: ignore[arg-type]


def _as_it_comes(batch: Any) -> Any:
    """A batch is whole already: `Digits` looks it up at once."""
    return batch
