"""A GIF of the samples through the epochs."""

import io
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from data_utils.whole_files import whole_file

LAST_FRAME_TIMES = 5  # the last picture stays so many times as long


def save_gif(grids: Sequence[Tensor], path: str | os.PathLike[str], seconds_a_frame: float = 0.3) -> Path:
    """Save pictures, as `sample_grid` makes them, as one animation that runs for ever; return its path.

    Shapes: each grid (3, H, W) in [0, 1], all of one size. A run's own: `save_gif(read_run(folder).grids, "gan.gif")`.
    Errors: ValueError, where there is no grid or their sizes differ; NotSavedError.
    """
    animation = gif_bytes(grids, seconds_a_frame)
    with whole_file(Path(path)) as file:
        file.write(animation)
    return Path(path)


def gif_bytes(grids: Sequence[Tensor], seconds_a_frame: float = 0.3) -> bytes:
    """The bytes of the animation that `save_gif` saves. Errors: ValueError, as there."""
    sizes = sorted({tuple(grid.shape) for grid in grids})
    if len(sizes) != 1 or len(sizes[0]) != 3:
        raise ValueError(f"save_gif: the grids have the shapes {sizes}; expected at least one, all (3, H, W) alike.")
    # Grey digits need one channel: a third of the size
    frames = [Image.fromarray((grid[0] * 255).round().cpu().numpy().astype(np.uint8)) for grid in grids]
    milliseconds = round(seconds_a_frame * 1000)
    durations = [milliseconds] * (len(frames) - 1) + [milliseconds * LAST_FRAME_TIMES]
    held = io.BytesIO()
    frames[0].save(held, format="GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return held.getvalue()
