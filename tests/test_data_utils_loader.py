"""The loader gives what `DataLoader` gives over the same images, in the same order, and gives it fast."""

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from data_utils import DigitLoader, Digits, offline_digits


def numbered(count):
    """Images whose pixels all hold their own number, labelled with its last digit."""
    values = torch.arange(count, dtype=torch.float32)
    return Digits(values.view(-1, 1, 1, 1).expand(-1, 1, 28, 28).clone(), values.long() % 10, "numbered", (0.0, 1.0))


def test_an_epoch_ends_with_the_batch_that_is_left_over():
    loader = DigitLoader(numbered(224), batch_size=128)
    assert [len(images) for images, _ in loader] == [128, 96]
    assert len(loader) == 2
    assert [len(images) for images, _ in DigitLoader(numbered(224), 128, drop_last=True)] == [128]


def test_batches_are_images_with_their_labels():
    for images, labels in DigitLoader(numbered(50), batch_size=20, shuffle=True):
        assert (images.shape[1:], images.dtype, labels.dtype) == ((1, 28, 28), torch.float32, torch.int64)
        assert (images[:, 0, 5, 5].long() % 10).tolist() == labels.tolist()


def test_shuffling_takes_every_image_once_in_dataloaders_own_order():
    digits = numbered(300)
    torch.manual_seed(3)
    ours = [images[:, 0, 0, 0].tolist() for images, _ in DigitLoader(digits, 128, shuffle=True)]
    after_ours = torch.rand(1)
    torch.manual_seed(3)
    plain = DataLoader(TensorDataset(digits.images, digits.labels), 128, shuffle=True)
    theirs = [images[:, 0, 0, 0].tolist() for images, _ in plain]
    assert ours == theirs
    assert torch.rand(1) == after_ours
    flat = [number for batch in ours for number in batch]
    assert sorted(flat) == list(range(300))
    assert flat != list(range(300))


def test_images_lie_on_the_device_asked_for():
    images, labels = next(iter(DigitLoader(numbered(4), 2, device="meta")))
    assert (images.device.type, labels.device.type) == ("meta", "meta")


@pytest.mark.parametrize(("size", "value_range"), [(32, (0.0, 1.0)), (64, (-1.0, 1.0))])
def test_other_sizes_fill_the_same_range(size, value_range):
    images, _ = next(iter(DigitLoader(offline_digits(value_range, size=size), 128)))
    assert images.shape == (128, 1, size, size)
    assert (images.min().item(), images.max().item()) == value_range


def test_a_batch_is_one_look_up(monkeypatch):
    looked_up = []
    monkeypatch.setattr(Digits, "__getitem__", lambda digits, index: looked_up.append("one image"))
    whole = Digits.__getitems__
    monkeypatch.setattr(Digits, "__getitems__", lambda digits, i: (looked_up.append(len(i)), whole(digits, i))[1])
    assert len(list(DigitLoader(numbered(224), 128))) == 2
    assert looked_up == [128, 96]
