"""Labels: stand-ins whose arithmetic can be done by hand, and what the checks say of code that mixes labels up."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder.sandbox.stand_ins import LabelledImages, LabelledScores
from tests.conftest import judged


def message(check_id: str, *edits: tuple[str, str]) -> str:
    """What the check says of the answer with these edits; nothing where it passes."""
    return judged("cgan", check_id, *edits).message


def test_the_stand_ins_shift_images_by_their_labels() -> None:
    G = LabelledImages(nn.Unflatten(1, (1, 1, 1)), step=0.5)
    D = LabelledScores(nn.Flatten(), step=0.5)
    z, labels = torch.tensor([[1.0], [1.0]]), torch.tensor([0, 3])
    assert G(z, labels).flatten().tolist() == [1.0, 2.5]  # 1 + 0.5 * 3
    assert D(G(z, labels), labels).flatten().tolist() == [1.0, 1.0]
    assert D(G(z, labels), labels.flip(0)).flatten().tolist() == [-0.5, 2.5]
    assert G.seen.tolist() == [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_labels_that_go_with_other_images_are_told() -> None:
    assert message("labels_go_with_their_images") == ""
    told = message("labels_go_with_their_images", ("D(generated, labels)", "D(generated, labels.flip(0))"))
    what = "train_discriminator's loss where labels show in the images, D(x) = 0.87, D(G(z)) = 0.12, first label 0"
    assert told == f"{what}: 0.418737; expected 0.267096 (within 0.0005)."  # -ln 0.87 - ln 0.88


def test_a_wrong_loss_is_not_paid_for_among_the_labels() -> None:
    halved = ("loss = loss_real + loss_generated", "loss = (loss_real + loss_generated) / 2")
    assert message("labels_go_with_their_images", halved) == ""


@pytest.mark.parametrize(("network", "what"), [("Generator(100)", "noise"), ("Discriminator()", "image")])
def test_a_network_that_ignores_its_label_is_caught(network: str, what: str) -> None:
    name = "z" if what == "noise" else "x.flatten(1)"
    ignored = (f"[{name}, self.embedding(labels)]", f"[{name}, self.embedding(0 * labels)]")
    told = f"{network} of the same {what} with labels 0 to 9 gives outputs that differ by "
    assert message("both_networks_heed_their_labels", ignored).startswith(told)


def test_digits_that_are_never_asked_for_are_counted() -> None:
    told = message("generator_trains_on_every_digit", ("torch.randint(0, 10,", "torch.randint(0, 2,"))
    assert told.startswith("Of 256 labels that train_generator asked G for, this many were 0, 1, ... 9: 1")
    assert told.endswith(", 0, 0, 0, 0, 0, 0, 0, 0; expected some of each.")


def test_one_sample_needs_evaluation_mode_and_leaves_training_mode() -> None:
    assert message("samples_show_the_digit_asked_for") == ""
    told = message("samples_show_the_digit_asked_for", ("    G.eval()\n", ""))
    raised = "ValueError: Expected more than 1 value"
    assert told.startswith(f"samples_of('seven', 1, Generator, 100, device) raised {raised}")
    told = message("samples_show_the_digit_asked_for", ("    G.train()\n", ""))
    assert told == "samples_of leaves G in evaluation mode; the next update must find it in training mode."


def test_a_network_that_gives_one_number_for_all_is_told() -> None:
    told = message("both_networks_heed_their_labels", ("return self.fc4(h)", "return self.fc4(h).mean()"))
    assert told.startswith("Discriminator() of 10 inputs with 10 labels is ")
