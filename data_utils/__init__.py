"""What the notebooks import: handwritten digits and pictures of samples.

Each name is looked up in its module when it is first asked for, so that importing `data_utils` costs next to
nothing and `offline_digit_arrays` needs no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data_utils.digits import Digits, load_digits, offline_digits
    from data_utils.offline import offline_digit_arrays
    from data_utils.pictures import sample_grid, show_samples

__all__ = ["Digits", "load_digits", "offline_digit_arrays", "offline_digits", "sample_grid", "show_samples"]

_MODULE_OF = {
    "Digits": "data_utils.digits",
    "load_digits": "data_utils.digits",
    "offline_digits": "data_utils.digits",
    "offline_digit_arrays": "data_utils.offline",
    "sample_grid": "data_utils.pictures",
    "show_samples": "data_utils.pictures",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'data_utils' has no attribute {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
