"""Pictures of samples: one grid for TensorBoard, the same grid for a notebook."""

from torch import Tensor

from data_utils.resizing import as_images
from data_utils.value_range import ValueRange, check_value_range

TOLERANCE = 1e-3  # a quarter of one of the 256 grey levels of (0, 1): not seen in a picture
GAP_GREY = 0.5  # the lines between images differ from paper and from ink


def sample_grid(images: Tensor, value_range: ValueRange, columns: int = 8) -> Tensor:
    """Lay samples out in rows of `columns`, for TensorBoard's `add_image`.

    Shapes: images (N, 1, S, S) or flat (N, S * S), S = 28, 32 or 64, on any device; grid (3, H, W), float32 on the
    CPU, in [0, 1].
    Errors: ValueError, for another shape, values outside value_range (by more than 1e-3) or NaN.
    """
    from torchvision.utils import make_grid

    pixels = unit_pixels(images, value_range, "sample_grid").cpu()
    grid: Tensor = make_grid(pixels, nrow=columns, pad_value=GAP_GREY)
    return grid


def unit_pixels(images: Tensor, value_range: ValueRange, caller: str) -> Tensor:
    """Samples as (N, 1, S, S), float32 in [0, 1], detached; shapes and errors are those of `sample_grid`."""
    check_value_range(value_range, caller)
    pixels = as_images(images, caller).detach().float()
    _check_values(pixels, value_range, caller)
    low, high = value_range
    return (pixels.clamp(low, high) - low) / (high - low)


def show_samples(images: Tensor, value_range: ValueRange, title: str = "") -> None:
    """Draw samples in a notebook or a window, eight a row; where matplotlib shows nothing, as under Agg, nothing is.

    Shapes and errors: those of `sample_grid`.
    """
    from matplotlib import pyplot
    from matplotlib.backends import BackendFilter, backend_registry

    grid = sample_grid(images, value_range)
    # Whether this is a notebook would not say it: a script can open a window, a notebook can be under Agg
    if pyplot.get_backend().lower() in backend_registry.list_builtin(BackendFilter.NON_INTERACTIVE):
        return
    figure, axes = pyplot.subplots(figsize=(6, 6 * grid.shape[1] / grid.shape[2]))
    axes.imshow(grid.permute(1, 2, 0).numpy())  # (H, W, 3)
    axes.set_axis_off()
    axes.set_title(title)
    pyplot.show()
    pyplot.close(figure)


def _check_values(pixels: Tensor, value_range: ValueRange, caller: str) -> None:
    lowest, highest = pixels.min().item(), pixels.max().item()  # both NaN where any pixel is
    low, high = value_range
    if not (low - TOLERANCE <= lowest and highest <= high + TOLERANCE):
        raise ValueError(
            f"{caller}: images hold values from {lowest:.4g} to {highest:.4g}; "
            f"expected {low:g} to {high:g}, the value_range given. "
            "Sigmoid ends in (0.0, 1.0), Tanh in (-1.0, 1.0)."
        )
