"""Compare the loader of `data_utils` with torchvision's MNIST behind a plain `DataLoader`, in one run.

    python -m benchmarks.loading --data FOLDER

Prints images a second of both, seconds of a whole `gan` epoch with both, and the ratios. FOLDER holds MNIST/raw with
MNIST's test images; without them scikit-learn's digits are written out in MNIST's format and stand in.
"""

from __future__ import annotations

import argparse
import gzip
import struct
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

from benchmarks.training import notebook_names
from data_utils import DigitLoader, Digits, load_digits

BATCH_SIZE, REPEATS = 128, 3


def as_torchvision(digits: Digits, folder: Path) -> MNIST:
    """These digits as torchvision's MNIST, from files of its own format in this folder."""
    pixels, labels = (digits.images * 255).round().byte(), digits.labels.byte()
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for prefix in ("train", "t10k"):  # torchvision asks for both splits
        images = struct.pack(">4B3I", 0, 0, 8, 3, len(pixels), 28, 28) + pixels.numpy().tobytes()
        (raw / f"{prefix}-images-idx3-ubyte").write_bytes(images)
        (raw / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images, 1))
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(
            struct.pack(">4BI", 0, 0, 8, 1, len(labels)) + labels.numpy().tobytes()
        )
        (raw / f"{prefix}-labels-idx1-ubyte.gz").touch()
    return MNIST(str(folder), train=False, transform=ToTensor())


def seconds_of(work: Callable[[], None]) -> float:
    """The shortest of some runs: what lies above it is other work on the machine."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def look_at_all(loader: Iterable[Any], device: torch.device) -> None:
    """Fetch every batch."""
    for images, _ in loader:
        images.to(device)
    if device.type == "cuda":
        torch.cuda.synchronize()


def gan_epoch(loader: Iterable[Any], device: torch.device) -> Callable[[], None]:
    """One epoch of the GAN lab's reference answer, without logging."""
    names = notebook_names("gan")
    G, D = names["build_models"](device)
    optim_G, optim_D = names["build_optimizers"](G, D)
    loss = nn.BCELoss()

    def epoch() -> None:
        for images, _ in loader:
            names["train_discriminator"](images, D, G, loss, optim_D, BATCH_SIZE, 100, device)
            names["train_generator"](D, G, loss, optim_G, BATCH_SIZE, 100, device)

    return epoch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="the folder that holds MNIST/raw; data/ unless told")
    arguments = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    digits = load_digits((0, 1), split="test", folder=arguments.data, download=False)
    with tempfile.TemporaryDirectory() as folder:
        plain = DataLoader(as_torchvision(digits, Path(folder)), BATCH_SIZE, shuffle=True)
        ours = DigitLoader(digits, BATCH_SIZE, shuffle=True, device=device)
        looks = [seconds_of(lambda loader=loader: look_at_all(loader, device)) for loader in (plain, ours)]
        epochs = [seconds_of(gan_epoch(loader, device)) for loader in (plain, ours)]
    print(f"{digits.source}; {device}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    print("| | DataLoader(MNIST(ToTensor())) | DigitLoader | times |")
    print("| --- | --- | --- | --- |")
    rates = [len(digits) / seconds for seconds in looks]
    print(f"| images a second | {rates[0]:,.0f} | {rates[1]:,.0f} | {rates[1] / rates[0]:.0f} |")
    print(f"| seconds of a gan epoch | {epochs[0]:.2f} | {epochs[1]:.2f} | {epochs[0] / epochs[1]:.1f} |")


if __name__ == "__main__":
    main()
