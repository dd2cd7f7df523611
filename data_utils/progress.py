"""A bar with losses and the time left, where someone watches: a terminal or a notebook, no file, no grading."""

import os
import sys
from typing import Any

from data_utils.mnist import GRADING_VARIABLES


def progress_bar(total: int, title: str, initial: int = 0) -> Any:
    """A tqdm bar over `total` batches, on standard error or as a widget; it prints nothing where nobody watches.

    A file would get a line at each refresh, and nbgrader takes any text on standard error for a failed test.
    """
    from tqdm.auto import tqdm

    return tqdm(
        total=total,
        desc=title,
        initial=initial,
        unit="batch",
        disable=not is_watched(),
        mininterval=0.5,
        smoothing=0.05,
    )


def is_watched() -> bool:
    """Whether standard error is a terminal or this is a notebook's kernel, and no grading is going on."""
    if any(variable in os.environ for variable in GRADING_VARIABLES):
        return False
    return sys.stderr.isatty() or in_a_notebook()


def in_a_notebook() -> bool:
    """Whether this process is a notebook's kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")
