"""Where this code runs: in a notebook's kernel, under nbgrader."""

import os
import sys

GRADING_VARIABLES = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")  # nbgrader sets them in the kernels that it starts


def in_a_notebook() -> bool:
    """Whether this process is a notebook's kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


def in_grading() -> bool:
    """Whether a notebook is being graded or validated."""
    return any(variable in os.environ for variable in GRADING_VARIABLES)
