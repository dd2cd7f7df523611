"""A bar is drawn where someone watches, with losses and the time left, and nowhere else."""

import io
import sys

import pytest

from data_utils.progress import is_watched, progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def watched(monkeypatch):
    """A terminal in standard error's place, from the test itself on: pytest sets its own before each."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    for variable in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(variable, raising=False)
    return shown


def test_a_terminal_sees_losses_and_the_time_left(monkeypatch):
    terminal = watched(monkeypatch)
    bar = progress_bar(10, "GAN")
    bar.set_postfix({"D": "0.693"}, refresh=False)
    bar.update(10)
    bar.close()
    last = terminal.getvalue().rstrip().split("\r")[-1]
    assert last.startswith("GAN: 100%")
    assert "10/10 [00:00<00:00" in last
    assert "D=0.693" in last


@pytest.mark.parametrize("variable", ["NBGRADER_EXECUTION", "NBGRADER_VALIDATING"])
def test_grading_sees_nothing(monkeypatch, variable):
    terminal = watched(monkeypatch)
    assert is_watched()
    monkeypatch.setenv(variable, "1")
    assert not is_watched()
    progress_bar(10, "GAN").update(10)
    assert terminal.getvalue() == ""


def test_a_file_sees_nothing(monkeypatch):
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    bar = progress_bar(10_000, "GAN")
    for _ in range(10_000):
        bar.update()
    bar.close()
    assert file.getvalue() == ""
