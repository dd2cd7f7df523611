"""A kernel and a grading are told from a plain process."""

import sys
from types import SimpleNamespace

import pytest

from data_utils.surroundings import in_a_notebook, in_grading


@pytest.mark.parametrize(
    ("ipython", "expected"),
    [
        (None, False),
        (SimpleNamespace(get_ipython=lambda: None), False),  # imported by a script
        (SimpleNamespace(get_ipython=lambda: SimpleNamespace()), False),  # its terminal
        (SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object())), True),
    ],
)
def test_a_notebook_is_an_ipython_with_a_kernel(monkeypatch, ipython, expected):
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert in_a_notebook() is expected


@pytest.mark.parametrize("variable", ["NBGRADER_EXECUTION", "NBGRADER_VALIDATING"])
def test_grading_is_told_by_the_variables_of_nbgrader(monkeypatch, variable):
    for each in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(each, raising=False)
    assert not in_grading()
    monkeypatch.setenv(variable, "")
    assert in_grading()
