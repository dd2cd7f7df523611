"""Images go to 32 and 64 pixels and back."""

import torch

from data_utils.resizing import at_28, resized


def test_32_is_28_with_a_margin_of_paper_and_goes_back():
    images = torch.rand(2, 1, 28, 28)
    larger = resized(images, 32, paper=-1.0)
    assert larger.shape == (2, 1, 32, 32)
    assert larger[:, :, :2].unique().tolist() == [-1.0]
    assert torch.equal(larger[:, :, 2:-2, 2:-2], images)
    assert torch.equal(at_28(larger), images)


def test_64_has_every_side_doubled_and_goes_nearly_back():
    images = torch.zeros(1, 1, 28, 28)
    images[:, :, 10:18, 10:18] = 1.0
    larger = resized(images, 64, paper=0.0)
    assert larger.shape == (1, 1, 64, 64)
    assert larger[0, 0, 32, 32] == 1.0
    assert (at_28(larger) - images).abs().max() < 0.4  # a sharp edge is smoothed
    assert at_28(larger).sum() == images.sum()
