"""What check cells say in a student's own notebook."""

from __future__ import annotations

from typing import Any

import pytest

from autograder import checks, notebook
from tests.conftest import namespace


@pytest.fixture
def defines(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what the notebook has defined."""
    return lambda names: monkeypatch.setattr(notebook, "_namespace", lambda: names)


def test_without_a_name_all_checks_are_told_and_added_up(defines: Any, capsys: pytest.CaptureFixture[str]) -> None:
    defines(namespace("gan", ("nn.LeakyReLU(0.1)", "nn.LeakyReLU(0.2)")))
    assert checks("gan")() == 64
    *lines, last = capsys.readouterr().out.splitlines()
    assert len(lines) == 19
    assert "FAILED  0/6  discriminator_computes_its_layers" in lines
    assert "PASSED  3/3  generator_maps_noise_to_images" in lines
    assert last == "64 of 70 points by these checks"


def test_the_sum_of_an_empty_notebook_is_zero(defines: Any, capsys: pytest.CaptureFixture[str]) -> None:
    defines({})
    assert checks("gan")() == 0
    assert capsys.readouterr().out.splitlines()[0] == "NOT ATTEMPTED  0/3  generator_maps_noise_to_images"


def test_nbgrader_runs_each_check_once(
    defines: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    defines({})
    assert checks("gan")() == 0
    assert capsys.readouterr().out == ""


def test_one_check_gives_its_feedback(defines: Any, capsys: pytest.CaptureFixture[str]) -> None:
    defines(namespace("gan", ("loss = loss_real + loss_generated", "loss = (loss_real + loss_generated) / 2")))
    assert checks("gan")("discriminator_loss_adds_both_terms") == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "0.693147; expected 1.38629" in printed
    assert "the mean of its two terms: it is their sum" in printed
