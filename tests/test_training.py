"""What the checks of training functions say of the GAN answer where it is edited: forged losses, torch code that breaks
our small networks, numbers of NumPy's, and modes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tests.conftest import judged

D_STEP, G_STEP = "    optim_D.step()\n", "    optim_G.step()\n"
D_SUM = "loss = loss_real + loss_generated"
D_RETURN, G_RETURN = f"{D_STEP}    return loss.item()", f"{G_STEP}    return loss.item()"


def message(check_id: str, *edits: tuple[str, str], **names: Any) -> str:
    """What the student reads of it; nothing where it passes."""
    return judged("gan", check_id, *edits, **names).message


def forged(network: str, *, lowest: float) -> Any:
    """A training function that moves every parameter a little and returns numbers of its own, first up, then down."""
    returned = [lowest, -lowest]

    def train(*arguments: Any) -> float:
        given = [argument for argument in arguments if isinstance(argument, nn.Module) and list(argument.parameters())]
        moved = given[0] if network == "D" else given[1]
        with torch.no_grad():
            for parameter in moved.parameters():
                parameter.add_(0.01)
        returned.reverse()
        return returned[0]

    return train


@pytest.mark.parametrize("size", [1.7e308, 1e12])
def test_numbers_too_large_for_a_loss_are_no_loss(size: float) -> None:
    told = message("discriminator_update_follows_its_loss", train_discriminator=forged("D", lowest=size))
    what = "The loss of train_discriminator on a small D of ours, its bias moved by +0.05, is "
    assert told == f"{what}{size:.4g}; expected a loss, which is below 1,000,000 in size."
    train = forged("G", lowest=size)
    told = message("generator_update_follows_its_loss", train_generator=lambda D, G, *rest: train(D, G, *rest))
    assert told.startswith("The loss of train_generator on a small G of ours, its bias moved by +0.05, is ")


def nudging(place: int) -> Any:
    """A training function that moves the network at this place among its arguments a little, and has no loss."""

    def train(*arguments: Any) -> float:
        for parameter in arguments[place].parameters():
            parameter.data.add_(1e-6)
        return 0.0

    return train


def test_a_small_movement_without_a_loss_is_no_update() -> None:
    told = message("discriminator_update_follows_its_loss", train_discriminator=nudging(1))
    what = "The loss that train_discriminator returned stayed as it was when a small D of ours was changed."
    assert told == what
    told = message("generator_update_follows_its_loss", train_generator=nudging(1))
    assert told == "The loss that train_generator returned stayed as it was when a small G of ours was changed."


@pytest.mark.parametrize(
    "check_id",
    [
        "discriminator_update_leaves_generator_alone",
        "generator_update_leaves_discriminator_alone",
        "old_gradients_do_not_leak",
        "last_batch_of_an_epoch_trains",
        "training_stays_on_the_given_device",
    ],
)
def test_a_small_movement_without_a_loss_earns_nothing(check_id: str) -> None:
    told = message(check_id, train_discriminator=nudging(1), train_generator=nudging(1))
    assert " by a gradient nor returns a loss that depends on " in told


def counter() -> Any:
    left = [1000.0]

    def train(real: Any, *arguments: Any) -> float:
        left[0] -= 1.0
        return left[0]

    return train


SHORT = "short_training_moves_both_losses"


def test_a_counter_is_no_loss() -> None:
    given = {"train_discriminator": counter(), "train_generator": counter()}
    told = message(SHORT, **given)
    what = "With the parameters of G and D put back as they were before the first step of train_generator, it returned"
    assert told.startswith(f"{what} 99")
    assert told.endswith("; the first time it was 999.0000. The loss must come from the networks' outputs.")
    assert message(SHORT) == ""


UPDATES = (
    "discriminator_loss_adds_both_terms",
    "discriminator_update_follows_its_loss",
    "discriminator_update_leaves_generator_alone",
    "old_gradients_do_not_leak",
    "noise_is_standard_normal",
    "last_batch_of_an_epoch_trains",
    "training_stays_on_the_given_device",
)


@pytest.mark.parametrize("check_id", UPDATES)
@pytest.mark.parametrize(
    "broken",
    [
        "if '1' in D._modules: del D._modules['1']",
        "D[1].bias = nn.Parameter(torch.zeros(()))",
        "D[1].bias = nn.Parameter(torch.zeros(7))",
        "D.more = nn.Parameter(torch.zeros(1))",
        "D.to('meta')",
        "G._modules.clear()",
    ],
)
def test_code_that_breaks_our_small_networks_is_the_submissions_fault(check_id: str, broken: str) -> None:
    verdict = judged("gan", check_id, (D_RETURN, f"{D_STEP}    value = loss.item()\n    {broken}\n    return value"))
    assert verdict.status in ("failed", "passed"), verdict.message


def test_a_network_of_ours_with_other_layers_is_told() -> None:
    edit = (D_RETURN, D_RETURN.replace("return", "D[1].bias = nn.Parameter(torch.zeros(()))\n    return"))
    told = message("discriminator_update_follows_its_loss", edit)
    what = "A network that the check made (Sequential) had 1.bias of shape (1,), and now it has shape ()."
    assert told == f"{what} The submission may change the numbers of a network that it is given, not its layers."


def test_numbers_that_cannot_be_put_back_are_no_exception_of_the_students() -> None:
    edit = (D_RETURN, f"{D_STEP}    value = loss.item()\n    D._modules.pop('1', None)\n    return value")
    verdict = judged("gan", "last_batch_of_an_epoch_trains", edit)
    what = (
        "Putting numbers back into a network that the check made (Sequential) is impossible: it has other layers now."
    )
    assert verdict.message == (
        f"{what} The submission may change the numbers of a network that it is given, not its layers."
    )
    assert "raised" not in verdict.evidence.facts


def test_functions_that_both_raise_do_not_follow_their_device() -> None:
    edits = ("    real = real_images", "    undefined\n    real = real_images"), ("score = D(G(z))", "undefined")
    told = message("training_stays_on_the_given_device", *edits)
    assert told.endswith("raised NameError: name 'undefined' is not defined.")
    assert message("training_stays_on_the_given_device", edits[1]) == ""  # which other checks tell


def test_a_name_left_out_and_an_exception_are_facts_of_their_own() -> None:
    missing = judged("gan", SHORT, ("def train_generator(", "def train_the_generator("))
    assert missing.evidence.facts["missing"] == "train_generator"
    nothing = judged("gan", SHORT, (G_RETURN, G_STEP)).evidence.facts
    not_a_number = judged("gan", SHORT, (G_RETURN, f"{G_STEP}    return float('nan')")).evidence.facts
    told = [facts["returned in step 1 of G"] for facts in (nothing, not_a_number)]
    assert told == ["NoneType", "nan"]
    raised = judged("gan", SHORT, ("score = D(G(z))", "score = D(G(z)[:, 1])")).evidence.facts
    assert raised["raised"] == "RuntimeError"
    assert "mat1 and mat2 shapes cannot be multiplied" in str(raised["message"])


def test_a_number_of_numpys_costs_the_check_of_the_type_alone() -> None:
    edits = tuple(
        (code, code.replace("loss.item()", f"np.{kind}(loss.item())"))
        for code, kind in ((D_RETURN, "float32"), (G_RETURN, "float16"))
    )
    for check_id in ("discriminator_update_follows_its_loss", SHORT):
        assert message(check_id, *edits) == ""
    told = message("discriminator_loss_adds_both_terms", *edits)
    assert told.endswith(" is an object of type float32; expected a Python float.")


@pytest.mark.parametrize("first", ["was = G.training; G.train(False)", "G.eval()", "[m.eval() for m in G.modules()]"])
def test_noise_is_seen_whatever_mode_the_generator_is_put_in(first: str) -> None:
    noise = "    z = torch.randn(real.size(0)"
    assert message("noise_is_standard_normal", (noise, f"    {first}\n{noise}")) == ""


@pytest.mark.parametrize("check_id", ["noise_is_standard_normal", "last_batch_of_an_epoch_trains"])
def test_a_single_noise_may_be_tried_before_the_batch(check_id: str) -> None:
    tried = "    assert G(torch.zeros(1, input_dim)).shape[1] == 784\n"
    noise = "    z = torch.randn(real.size(0)"
    assert message(check_id, (noise, f"{tried}{noise}")) == ""
    told = message("noise_is_standard_normal", (noise, f"{tried}    z = 2 * torch.randn(real.size(0)"))
    assert told.startswith("train_discriminator: the noise's variance: 4.")
    told = message("last_batch_of_an_epoch_trains", (noise, f"{tried}    z = torch.randn(3 + real.size(0)"))
    assert told == "train_discriminator drew 99 noises for a batch of 96."


def test_a_generator_that_is_not_called_is_told_as_what_it_is() -> None:
    copied = ("generated = G(z)", "import copy; generated = copy.deepcopy(G)(z)")
    told = "train_discriminator never calls the G that it is given, so that it draws no noise for it."
    assert message("noise_is_standard_normal", copied) == told


def test_what_is_said_of_an_update_names_a_small_network_of_ours() -> None:
    told = message(
        "discriminator_update_follows_its_loss", (D_RETURN, D_RETURN.replace("loss.item()", "2 * loss.item()"))
    )
    what = (
        "After train_discriminator with SGD at learning rate 0.001, on a small D of ours, its bias has moved (along a "
    )
    assert told.startswith(f"{what}fixed direction): ")
    told = message("old_gradients_do_not_leak", ("    optim_D.zero_grad()\n", ""))
    what = "With old gradients of 3 in a small D of ours, the update of train_discriminator differs in every parameter,"
    assert told == f"{what} by 0.003 or more; it must not differ."


def test_an_update_that_moves_nothing_gets_the_order_of_all_three_calls() -> None:
    for edit in (
        (D_STEP, ""),
        ("    loss.backward()\n", ""),
        (D_SUM, f"{D_SUM}\n    loss = loss.detach().requires_grad_()"),
    ):
        hint = judged("gan", "discriminator_update_follows_its_loss", edit).hint
        assert hint.startswith("An update is backward(), then step(), and zero_grad() before both")


def test_the_device_without_numbers_is_explained() -> None:
    told = message("training_stays_on_the_given_device", (", device=device)", ")"))
    assert told.endswith("(Here meta, torch's device without numbers, stands in for a GPU.)")
