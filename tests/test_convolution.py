"""Convolutional networks are told apart by their stages, their parameters and their function, each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.architecture import expect_function, expect_parameters
from autograder.convolution import digit_discriminator, digit_generator
from autograder.evidence import Evidence
from autograder.sandbox.respondent import Respondent
from autograder.student import Remote, Student


def student_of(**classes: Any) -> Student:
    """A stand-in for a notebook that defines these names."""
    return Student(Respondent(dict(classes)).answer, 0)


def discriminator(padding: int = 0, slope: float = 0.1, last: Sequence[nn.Module] = (), side: int = 4) -> Any:
    """A class as a student might write it, as one Sequential."""

    class Discriminator(nn.Sequential):
        def __init__(self) -> None:
            first, second = nn.Conv2d(1, 32, 5, padding=padding), nn.Conv2d(32, 64, 5, padding=padding)
            pooled = [nn.LeakyReLU(slope), nn.MaxPool2d(2)]
            hidden = [nn.Linear(64 * side * side, 1024), nn.LeakyReLU(slope), nn.Linear(1024, 1)]
            super().__init__(first, *pooled, second, *pooled, nn.Flatten(), *hidden, *last)

    return Discriminator


def test_the_layers_have_the_counts_of_the_lab_sheet() -> None:
    generator = [layer.count for layer in digit_generator(100).layers]
    assert generator == [103_424, 2_048, 6_428_800, 12_544, 131_136, 128, 1_025]
    assert sum(generator) == 6_679_105
    discriminator = [layer.count for layer in digit_discriminator().layers]
    assert discriminator == [832, 51_264, 1_049_600, 1_025]
    assert sum(discriminator) == 1_102_721


def test_padding_2_is_recognised_by_its_count() -> None:
    student = student_of(Discriminator=discriminator(padding=2, side=7))
    expect_parameters(student, digit_discriminator())
    (failure,) = student.evidence.failures
    assert failure.message.startswith("Discriminator() has 3,265,409 parameters; expected 1,102,721.")
    assert failure.hint == (
        "3,265,409 is what padding 2 in both convolutions gives: they then keep 28x28 and 14x14, so that 64 maps of "
        "7x7 reach fc1, not 64 of 4x4."
    )


def test_a_stage_of_another_shape_is_named_with_the_way_there() -> None:
    student = student_of(Discriminator=discriminator(padding=2, side=7))
    expect_function(student, digit_discriminator(), n=2)
    assert student.evidence.failures[0].message == (
        "Discriminator(): no step gives (2, 32, 12, 12), the output of conv1 for 2 inputs. The shapes on the way: "
        "(2, 1, 28, 28), (2, 32, 28, 28), (2, 32, 14, 14), (2, 64, 14, 14), "
        "(2, 64, 7, 7), (2, 3136), (2, 1024), (2, 1)."
    )


@pytest.mark.parametrize("last", [(), (nn.LeakyReLU(0.1),), (nn.ReLU(),)], ids=["none", "leaky", "relu"])
def test_an_activation_after_the_score_always_shows(last: Sequence[nn.Module]) -> None:
    """One layer's scores tend to have one sign, so that they are looked at with both."""
    for seed in range(6):
        wanted = student_of(Discriminator=discriminator())
        found = student_of(Discriminator=discriminator(last=last))
        wanted.seed = found.seed = seed
        expect_function(wanted, digit_discriminator(), n=2)
        found.evidence = Evidence(answers=wanted.evidence.facts)
        expect_function(found, digit_discriminator(), n=2)
        assert bool(found.evidence.failures) == bool(last)


def filled(*layers: nn.Module, turned: bool = False) -> nn.Module:
    network = nn.Sequential(*layers)
    student = student_of(Network=lambda: network)
    remote = student.Network()
    assert isinstance(remote, Remote)
    remote.fill(5, turned)
    remote.parameters()  # filling needs no answer, and so waits for the next question
    return network


def test_filled_numbers_depend_on_shape_and_role_alone() -> None:
    first = filled(nn.Linear(3, 2), nn.BatchNorm1d(2))
    second = filled(nn.BatchNorm1d(2), nn.Linear(3, 2))
    assert torch.equal(first[0].weight, second[1].weight)
    assert torch.equal(first[1].weight, second[0].weight)
    assert not torch.equal(first[1].weight, first[1].bias)  # a scale is drawn around 1


def test_a_turned_network_gives_the_negated_score() -> None:
    layers = nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1)
    x = torch.ones(4, 3)
    score = filled(*layers)(x).detach().numpy()
    assert np.allclose(filled(*layers, turned=True)(x).detach().numpy(), -score)
    assert np.abs(score).max() > 0


def test_one_bias_too_few_is_missed_though_another_layer_has_its_shape() -> None:
    class Generator(nn.Sequential):
        def __init__(self, input_dim: int) -> None:
            up = nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()
            first = nn.Linear(input_dim, 1024), nn.BatchNorm1d(1024), nn.ReLU()
            second = nn.Linear(1024, 6272), nn.BatchNorm1d(6272), nn.ReLU(), nn.Unflatten(1, (128, 7, 7))
            super().__init__(*first, *second, *up, nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Sigmoid())

    student = student_of(Generator=Generator)
    expect_parameters(student, digit_generator(100))
    (failure,) = student.evidence.failures
    assert failure.message.startswith(
        "Generator(100) has 6,679,041 parameters; expected 6,679,105. Not found: the (64,)"
    )


def test_a_dropout_drops_the_same_every_time_so_that_it_has_figures_of_its_own() -> None:
    seen = []
    for _ in range(2):
        student = student_of(Discriminator=discriminator(last=[nn.Dropout(0.5)]))
        expect_function(student, digit_discriminator(), n=8)
        seen.append({name: np.asarray(value).tolist() for name, value in student.evidence.facts.items()})
    assert seen[0] == seen[1]
    assert 0 in seen[0]["Discriminator() of 8 inputs with given weights"]
