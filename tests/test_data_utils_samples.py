"""Noise that stays the same, samples that depend on their own noise alone, and the arc between two noises."""

import pytest
import torch
from torch import nn

from data_utils import fixed_noise, generated, interpolated_noise


def test_fixed_noise_is_the_same_and_leaves_torchs_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first = fixed_noise(4, 100)
    assert torch.rand(1) == expected
    assert first.shape == (4, 100)
    assert torch.equal(first, fixed_noise(4, 100))
    assert not torch.equal(first, fixed_noise(4, 100, seed=1))


def test_a_sample_depends_on_its_own_noise_alone_and_the_generator_stays_as_it_is():
    G = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).train()
    before = {name: value.clone() for name, value in G.state_dict().items()}
    z = fixed_noise(300, 3)
    together, alone = generated(G, z), generated(G, z[:1])
    assert torch.allclose(together[:1], alone)
    assert (together.shape, together.requires_grad, G.training) == ((300, 4), False, True)
    assert all(torch.equal(value, before[name]) for name, value in G.state_dict().items())


def test_another_way_to_sample_may_be_given():
    assert generated(nn.Linear(1, 1), torch.ones(2, 1), lambda z: z + 5).tolist() == [[6.0], [6.0]]


def test_the_arc_between_two_noises_keeps_their_length():
    arc = interpolated_noise(torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0]), steps=3)
    assert arc.tolist() == [pytest.approx([2, 0]), pytest.approx([2**0.5, 2**0.5]), pytest.approx([0, 2], abs=1e-6)]


def test_between_equal_noises_there_is_but_one():
    assert interpolated_noise(torch.ones(2), torch.ones(2), steps=2).tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r".") as caught:
        interpolated_noise(torch.ones(2), torch.ones(3))
    assert str(caught.value) == (
        "interpolated_noise: the noises have the shapes (2,) and (3,), steps is 8; expected two of one shape "
        "(input_dim,), and at least 2 steps."
    )
