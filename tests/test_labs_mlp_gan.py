"""The rules of the MLP GAN on logits, on numbers that can be checked by hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from tests.conftest import judged


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def message(check_id: str, *edits: tuple[str, str]) -> str:
    """What the check says of the answer with these edits; nothing where it passes."""
    return judged("mlp_gan", check_id, *edits).message


@pytest.mark.parametrize(("written", "found"), [("", 0.1), (", momentum=0.2", 0.2), (", 0.8", 0.1)])
def test_the_momentum_is_told_by_how_far_the_running_means_go(written: str, found: float) -> None:
    """After one pass they are m * mu, after two (2 - m) * m * mu."""
    assert message("batch_norm_has_momentum_0_8") == ""
    told = message("batch_norm_has_momentum_0_8", (", momentum=0.8", written))
    assert told == f"The momentum of the BatchNorm over 256 units: {found}; expected 0.8 (within 0.001)."


def test_a_whole_sum_is_twice_the_loss() -> None:
    whole = ("(loss_real + loss_generated) / 2", "loss_real + loss_generated")
    told = "train_discriminator's loss with D(x) = 0.0 and D(G(z)) = 0.0: 1.38629; expected 0.693147 (within 0.0001)."
    assert message("discriminator_loss_is_half_the_sum", whole) == told


def test_images_made_after_the_step_are_not_those_that_were_scored() -> None:
    told = message("generator_hands_its_images_on", ("generated.detach()\n    # END", "G(z).detach()\n    # END"))
    assert told.startswith("The pixels of train_generator's images, where every pixel of G was -0.")


def test_a_file_that_holds_whole_networks_is_refused_and_nothing_is_left_behind() -> None:
    assert message("checkpoint_holds_both_state_dicts") == ""
    told = message("checkpoint_holds_both_state_dicts", ("G.state_dict()", "nn.Tanh()"))
    assert " raised UnpicklingError: Weights only load failed." in told
    assert os.listdir() == []


def test_the_summary_is_compared_row_by_row() -> None:
    told = message("summary_lists_every_layer", ('    rows.append(("total"', '    rows.insert(0, ("total"'))
    rows = "('total', '', 14), ('0.0', 'Linear', 8), ('0.1', 'BatchNorm1d', 4), ('1', 'Tanh', 0), ('2', 'Linear', 2)"
    assert f"is [{rows}]; expected" in told


def test_layers_of_the_same_width_are_told_apart() -> None:
    twice = ("nn.BatchNorm1d(256, momentum=0.8)", "nn.BatchNorm1d(256, momentum=0.8), nn.BatchNorm1d(256)")
    told = message("batch_norm_has_momentum_0_8", twice)
    assert told.startswith("The momentum of the BatchNorm over 256 units (number 2): 0.1")


def test_a_summary_that_holds_weights_is_told() -> None:
    verdict = judged("mlp_gan", "summary_lists_every_layer", summary=lambda network: [("0", "Linear", torch.ones(2))])
    assert verdict.status == "failed"
    assert "summary of Sequential" in verdict.message
