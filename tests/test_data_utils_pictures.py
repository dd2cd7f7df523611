"""Samples become one picture, or a sentence says why not."""

import matplotlib
import pytest
import torch

from data_utils import sample_grid, show_samples

matplotlib.use("Agg")


@pytest.mark.parametrize("shape", [(10, 784), (10, 1, 28, 28)])
def test_a_grid_has_eight_columns_by_default_and_values_from_0_to_1(shape):
    images = torch.full(shape, -1.0)
    images[0] = 1.0
    grid = sample_grid(images, (-1.0, 1.0))
    assert (grid.shape, grid.dtype) == ((3, 2 * 30 + 2, 8 * 30 + 2), torch.float32)
    assert grid[:, 2:30, 2:30].unique().tolist() == [1.0]  # the first image
    assert grid[:, 2:30, 32:60].unique().tolist() == [0.0]  # the second
    assert grid[:, :2].unique().tolist() == [0.5]  # the frame


def test_columns_can_be_chosen():
    assert sample_grid(torch.zeros(4, 784), (0.0, 1.0), columns=2).shape == (3, 62, 62)


def test_a_grid_is_cut_off_from_the_generator_and_leaves_the_samples_alone():
    images = torch.full((2, 784), 1.0005, requires_grad=True)
    grid = sample_grid(images, (0.0, 1.0))
    assert not grid.requires_grad
    assert grid.max().item() == 1.0
    assert images.unique().tolist() == pytest.approx([1.0005])


@pytest.mark.parametrize("shape", [(2, 28, 28), (784,), (2, 3, 28, 28), (0, 784), ()])
def test_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r".") as caught:
        sample_grid(torch.zeros(shape), (0.0, 1.0))
    assert str(caught.value) == (
        f"sample_grid: images have the shape {shape}; expected (N, 1, S, S) or flat (N, S * S) with S = 28, 32 or 64, "
        "and at least one image."
    )


@pytest.mark.parametrize(
    ("pixel", "found"),
    [(-0.5, "from -0.5 to 0"), (1.0011, "from 0 to 1.001"), (float("nan"), "from nan to nan")],
)
def test_values_outside_the_range_are_refused(pixel, found):
    images = torch.zeros(2, 784)
    images[1, 5] = pixel
    with pytest.raises(ValueError, match=r".") as caught:
        sample_grid(images, (0.0, 1.0))
    assert str(caught.value) == (
        f"sample_grid: images hold values {found}; expected 0 to 1, the value_range given. "
        "Sigmoid ends in (0.0, 1.0), Tanh in (-1.0, 1.0)."
    )


def test_another_range_is_refused():
    with pytest.raises(ValueError, match=r"^sample_grid: value_range is \(0, 255\); allowed are "):
        sample_grid(torch.zeros(2, 784), (0, 255))


@pytest.mark.parametrize(("backend", "shown"), [("agg", []), ("module://some.inline", ["Epoch 3"])])
def test_samples_are_shown_where_they_can_be_and_no_figure_stays_open(monkeypatch, backend, shown):
    from matplotlib import pyplot

    titles = []
    monkeypatch.setattr(pyplot, "get_backend", lambda: backend)
    monkeypatch.setattr(pyplot, "show", lambda: titles.append(pyplot.gca().get_title()))
    show_samples(torch.zeros(64, 784), (0.0, 1.0), "Epoch 3")
    assert titles == shown
    assert pyplot.get_fignums() == []
