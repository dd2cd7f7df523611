"""A GIF has the pictures in their order, grey for grey."""

import pytest
import torch
from PIL import Image, ImageSequence

from data_utils import NotSavedError, save_gif


def test_a_gif_holds_every_picture_and_rests_on_the_last(tmp_path):
    path = save_gif([torch.full((3, 4, 6), level) for level in (0.0, 0.2, 1.0)], tmp_path / "a.gif")
    with Image.open(path) as gif:
        frames = [
            (frame.convert("L").getpixel((0, 0)), frame.info["duration"]) for frame in ImageSequence.Iterator(gif)
        ]
        assert (gif.size, gif.info["loop"]) == ((6, 4), 0)
    assert frames == [(0, 300), (51, 300), (255, 1500)]


def test_pictures_of_other_sizes_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r".") as caught:
        save_gif([torch.zeros(3, 2, 2), torch.zeros(3, 4, 4)], tmp_path / "a.gif")
    assert str(caught.value) == (
        "save_gif: the grids have the shapes [(3, 2, 2), (3, 4, 4)]; expected at least one, all (3, H, W) alike."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotSavedError, match=r"file/a.gif cannot be saved: "):
        save_gif([torch.zeros(3, 2, 2)], tmp_path / "file" / "a.gif")
