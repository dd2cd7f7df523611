"""The offline digits look like MNIST's and never change."""

import numpy as np
import pytest

from data_utils.offline import offline_digit_arrays


@pytest.fixture(scope="module")
def arrays():
    return offline_digit_arrays()


def test_there_are_1797_digits_of_mnists_size(arrays):
    images, labels = arrays
    assert (images.shape, images.dtype) == ((1797, 28, 28), np.uint8)
    assert (labels.shape, labels.dtype) == ((1797,), np.int64)
    assert labels[:10].tolist() == list(range(10))
    assert np.bincount(labels).min() == 174


def test_they_have_mnists_black_border_full_range_mean_and_deviation(arrays):
    images, _ = arrays
    assert images[:, 2:-2, 2:-2].sum() == images.sum(dtype=np.int64)
    assert (images.min(), images.max()) == (0, 255)
    assert (images / 255).mean() == pytest.approx(0.1307, abs=0.005)  # MNIST's training images
    assert (images / 255).std() == pytest.approx(0.3081, abs=0.005)


def test_they_are_enlarged_the_right_way_round(arrays):
    from sklearn.datasets import load_digits

    images, _ = arrays
    shrunk = images[:, 4:-4, 4:-4].reshape(1797, 4, 5, 4, 5).mean((2, 4))  # twice as coarse as the source
    source = load_digits().images.reshape(1797, 4, 2, 4, 2).mean((2, 4))
    agreement = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(shrunk, source, strict=True)]
    assert min(agreement) > 0.8


def test_they_are_the_same_every_time(arrays):
    again = offline_digit_arrays.__wrapped__()
    assert all((first == second).all() for first, second in zip(arrays, again, strict=True))


def test_they_are_the_same_without_scikit_learns_file(arrays, monkeypatch):
    monkeypatch.setattr("data_utils.offline.DIGITS_FILE", "no/such/file")
    without = offline_digit_arrays.__wrapped__()
    assert all((first == second).all() for first, second in zip(arrays, without, strict=True))
