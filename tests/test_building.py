"""What the checks of build_models and build_optimizers take, and what they say of what they do not take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.judging import Verdict
from autograder.lab import load_lab
from tests.conftest import verdict_on


def judged(lab: str, check_id: str, **names: Any) -> Verdict:
    """What a check of the lab finds of a notebook that defines these names."""
    return verdict_on(load_lab(lab)[check_id], names)


def of_optimizers(make: Callable[[Any], Any], lab: str = "gan") -> str:
    """What is said of build_optimizers where it makes each optimizer in this way; nothing where it passes."""
    check_id = "optimizers_are_rmsprop" if lab == "wgan" else "optimizers_are_adam_at_2e_4"
    return judged(lab, check_id, build_optimizers=lambda G, D: (make(G.parameters()), make(D.parameters()))).message


@pytest.mark.parametrize(
    "options",
    [
        {"lr": 2e-4, "weight_decay": 0},
        {"lr": torch.tensor(2e-4)},
        {"lr": np.float32(2e-4), "amsgrad": True},
        {"lr": 2e-4, "eps": 1e-6, "betas": (0.5, 0.999)},
    ],
)
def test_settings_that_the_text_leaves_open_are_free(options: dict[str, Any]) -> None:
    assert of_optimizers(lambda parameters: torch.optim.Adam(parameters, **options)) == ""


def test_rmsprop_has_neither_weight_decay_nor_momentum() -> None:
    def made(**options: Any) -> str:
        return of_optimizers(lambda parameters: torch.optim.RMSprop(parameters, lr=5e-5, **options), lab="wgan")

    assert made(eps=1e-6) == ""
    assert made(weight_decay=1e-5) == "optim_G (group 0) has weight_decay = 1e-05; expected 0."
    assert made(momentum=0.9) == "optim_G (group 0) has momentum = 0.9; expected 0."


def test_other_optimizers_rates_and_directions_are_told() -> None:
    told = of_optimizers(lambda parameters: torch.optim.Adam(parameters, lr=2e-4, maximize=True))
    assert told == "optim_G (group 0) has maximize = True; expected 0."
    told = of_optimizers(lambda parameters: torch.optim.AdamW(parameters, lr=2e-4, weight_decay=0.0))
    assert told == "optim_G is AdamW; expected torch.optim.Adam."
    told = of_optimizers(lambda parameters: torch.optim.Adam(parameters, lr=torch.tensor(1e-3)))
    assert told == "The learning rate of optim_G (group 0) is 0.001; expected 0.0002."


def test_betas_may_be_tensors_and_must_be_those_of_the_lab() -> None:
    check_id = "optimizers_are_adam_at_2e_4"

    def made(*betas: Any) -> str:
        adam = lambda net: torch.optim.Adam(net.parameters(), lr=2e-4, betas=betas)  # noqa: E731
        return judged("gan32", check_id, build_optimizers=lambda G, D: (adam(G), adam(D))).message

    assert made(0.5, 0.999) == ""
    assert made(0.9, 0.999) == "The betas of optim_G (group 0) are (0.9, 0.999); expected (0.5, 0.999)."


def test_what_is_missing_is_called_by_its_kind() -> None:
    assert of_optimizers(lambda parameters: None) == (
        "build_optimizers's optim_G is None; expected a torch.optim.Optimizer."
    )
    told = judged("gan", "models_are_built_for_mnist", build_models=lambda device: (None, None)).message
    assert told == "build_models's G on cpu is None; expected a torch.nn.Module."
    told = judged("lsgan", "loss_is_the_mean_squared_error", build_loss=lambda: None).message
    assert told == "build_loss() is None; expected a loss such as those in torch.nn, which is a torch.nn.Module."


def test_the_least_squares_lab_gives_its_line_away_nowhere() -> None:
    verdict = judged("lsgan", "loss_is_the_mean_squared_error", build_loss=nn.BCELoss)
    assert verdict.hint == "The loss of this lab is the mean of the squared differences of scores and targets."
    assert "MSELoss" not in verdict.check.claim + verdict.message + verdict.hint


def lazy_network(*outputs: int, last: nn.Module) -> nn.Module:
    layers: list[nn.Module] = [nn.Flatten()]
    for size in outputs:
        layers += [nn.LazyLinear(size), nn.LeakyReLU(0.1)]
    return nn.Sequential(*layers[:-1], last)


def test_lazy_layers_are_counted_after_a_first_pass() -> None:
    def build_models(device: Any) -> tuple[nn.Module, nn.Module]:
        G, D = lazy_network(256, 256, 784, last=nn.Tanh()), lazy_network(256, 256, 1, last=nn.Sigmoid())
        return G.to(device), D.to(device)

    assert judged("gan", "models_are_built_for_mnist", build_models=build_models).message == ""


def test_weights_of_another_arrangement_are_told_from_others_of_another_number() -> None:
    class Turned(nn.Module):
        """x @ W + b with W (inputs, outputs)."""

        def __init__(self, inputs: int, outputs: int) -> None:
            super().__init__()
            self.W, self.b = nn.Parameter(torch.rand(inputs, outputs)), nn.Parameter(torch.zeros(outputs))

        def forward(self, x: Any) -> Any:
            return x @ self.W + self.b

    def generator(i: int, h: int, o: int) -> nn.Module:
        return nn.Sequential(Turned(i, h), Turned(h, h), Turned(h, o))

    told = judged("gan", "generator_has_the_parameters_of_its_layers", Generator=generator).message
    what = (
        "Generator(100, 256, 784) has 293,136 parameters, as many as expected, but not in the shapes of torch's layers."
    )
    where = " Not found: the (256, 100) of Linear(100, 256), which has 25,856 parameters."
    assert told.startswith(f"{what}{where}")


def test_models_left_where_they_were_made_are_told_what_meta_is() -> None:
    def build_models(device: Any) -> tuple[nn.Module, nn.Module]:
        return nn.Linear(100, 784), nn.Linear(784, 1)

    names = {"build_models": build_models, "Generator": lambda *sizes: nn.Linear(100, 784)}
    told = judged("gan", "models_are_built_for_mnist", **names, Discriminator=lambda *sizes: nn.Linear(784, 1)).message
    what = 'build_models(torch.device("meta")) left parameters on cpu; expected all on meta.'
    assert told == f"{what} (Here meta, torch's device without numbers, stands in for a GPU.)"
