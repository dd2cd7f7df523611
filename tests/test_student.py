"""Questions that need no answer travel with the next one that does; what fails among them is told by its own call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from autograder.evidence import Evidence
from autograder.sandbox.respondent import BLOCK, Respondent
from autograder.student import Student, StudentRaised


class Counted:
    """A student's namespace whose questions are counted."""

    def __init__(self, **namespace: Any) -> None:
        self.asked = 0
        self.respondent = Respondent(namespace)
        self.student = Student(self.answer, seed=5)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        self.asked += 1
        return self.respondent.answer(question)


def test_a_network_of_ours_is_made_filled_and_called_in_one_journey() -> None:
    counted = Counted()
    layer = counted.student.torch("nn.Linear", 2, 1)
    network = counted.student.torch("nn.Sequential", layer, counted.student.torch("nn.ReLU"))
    network.load({"0.weight": np.array([[2, 4]], np.float32), "0.bias": np.ones(1, np.float32)})
    assert counted.asked == 0
    assert network(np.array([[3, 5]], np.float32)).tolist() == [[27.0]]  # 2 * 3 + 4 * 5 + 1
    assert counted.asked == 1
    network.set_parameters(2.0)
    network.set_gradients(3.0)
    assert network.values()["0.weight"].tolist() == [[2.0, 2.0]]
    assert network.gradients()["0.bias"].tolist() == [3.0]
    assert counted.asked == 3


def test_what_fails_on_the_way_is_told_by_its_own_call_and_nothing_after_it_happens() -> None:
    happened: list[int] = []
    student = Counted(count=happened.append).student
    student.torch("nn.Linear", "two", 1)
    with pytest.raises(StudentRaised, match=r"^nn.Linear\('two', 1\) raised TypeError"):
        student.count(1)
    assert happened == []
    student.count(2)
    assert happened == [2]


def test_a_check_begins_without_the_last_ones_questions_and_objects() -> None:
    counted = Counted(Network=lambda: nn.Linear(1, 1))
    student = counted.student
    kept = student.Network()
    student.torch("nn.Linear", "two", 1)  # fails, if it is ever asked
    student.begin(Evidence())
    student.Network()
    assert kept.parameters()[0].shape == (1, 1)  # the number of the first object, which is the second network now
    student.begin(Evidence())
    with pytest.raises(StudentRaised, match="KeyError"):
        kept.parameters()


def test_images_of_ours_are_told_by_their_shape() -> None:
    class Refusing(nn.Module):
        def forward(self, x: Any) -> Any:
            raise ValueError("no")

    student = Counted(Network=Refusing).student
    network = student.Network()
    with pytest.raises(StudentRaised, match=r"^Network\(\)\(tensor of shape \(2, 1, 3, 3\)\) raised ValueError: no"):
        network(student.full((2, 1, 3, 3), 0.5))


def test_quick_weights_are_drawn_from_the_layers_own_distribution_and_repeat_after_a_block() -> None:
    student = Counted(Network=lambda: nn.Linear(700, 300)).student
    drawn, repeated = (
        student.Network(seed=1, quick_weights=quick).values()["weight"].ravel() for quick in (False, True)
    )
    bound = 700**-0.5  # torch's own, for 700 inputs
    for weights in (drawn, repeated):
        assert weights.std() == pytest.approx(bound / 3**0.5, rel=0.01)
        assert np.abs(weights).max() <= bound
    assert np.array_equal(repeated[:BLOCK], repeated[BLOCK : 2 * BLOCK])
    assert not np.array_equal(drawn[:BLOCK], drawn[BLOCK : 2 * BLOCK])
    assert len({row.tobytes() for row in repeated.reshape(300, 700)}) == 300


def test_small_layers_are_drawn_as_ever_with_quick_weights() -> None:
    student = Counted(Network=lambda: nn.Linear(10, 10)).student
    drawn, quick = (student.Network(seed=1, quick_weights=quick).values() for quick in (False, True))
    assert all(np.array_equal(drawn[name], quick[name]) for name in drawn)


class OwnNorm(nn.Module):
    """A BatchNorm of one's own, whose parameters have names of one's own."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.gamma, self.bias_weight = nn.Parameter(torch.ones(features)), nn.Parameter(torch.zeros(features))

    def forward(self, x: Any) -> Any:
        return functional.batch_norm(x, None, None, training=True) * self.gamma + self.bias_weight


def test_filled_networks_compute_the_same_whatever_their_parameters_are_called() -> None:
    student = Counted(Own=lambda: OwnNorm(5), Usual=lambda: nn.BatchNorm1d(5)).student
    x = student.normal(8, 5)
    outputs = []
    for make in (student.Own, student.Usual):
        network = make()
        for seed in (1, 2):  # the second time they are not what they began as
            network.fill(seed)
            outputs.append(network(x))
    np.testing.assert_allclose(outputs[0], outputs[2], atol=1e-6)
    np.testing.assert_allclose(outputs[1], outputs[3], atol=1e-6)


def test_lazy_layers_have_their_shapes_noted_and_their_parameters_made() -> None:
    student = Counted(Lazy=lambda: nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())).student
    network = student.Lazy()
    assert (4, 3) in network.stages(student.normal(4, 2))
    assert [parameter.shape for parameter in network.parameters()] == [(3, 2), (3,), (3,), (3,)]
    assert network(student.normal(4, 2)).shape == (4, 3)


@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")
def test_a_scripted_network_tells_its_parameters() -> None:
    scripted = torch.jit.script(nn.Sequential(nn.Linear(2, 3)))
    student = Counted(Scripted=lambda: scripted).student
    assert [parameter.name for parameter in student.Scripted().parameters()] == ["0.weight", "0.bias"]
