"""A bar with losses and the time left, where someone watches: a terminal or a notebook, no file, no grading."""

import sys
from typing import Any

from data_utils.surroundings import in_a_notebook, in_grading


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
    return not in_grading() and (sys.stderr.isatty() or in_a_notebook())
