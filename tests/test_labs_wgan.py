"""The rules of the WGAN lab, on numbers that can be checked by hand."""

from __future__ import annotations

import pytest

from autograder.labs.wgan import largest_estimate
from tests.conftest import judged


def message(check_id: str, *edits: tuple[str, str]) -> str:
    """What the check says of the answer with these edits; nothing where it passes."""
    return judged("wgan", check_id, *edits).message


def test_the_largest_estimate_follows_from_the_clip_value() -> None:
    """0.01 * (25 * 1 + 1) = 0.26; 0.01 * (800 * 0.26 + 1) = 2.09; 21.41; 219.3 for one score."""
    assert largest_estimate(0.01) == pytest.approx(2 * 219.26, rel=1e-3)
    assert largest_estimate(0) == 0


def test_both_signs_flipped_fail_both_losses() -> None:
    flipped = ("-(D(real).mean() - D(generated).mean())", "D(real).mean() - D(generated).mean()")
    told = "train_discriminator's loss with D(x) = 0.86 and D(G(z)) = -0.85: 1.71; expected -1.71 (within 0.001)."
    assert message("critic_loss_is_the_negative_estimate", flipped) == told
    what = "train_generator's loss with D(G(z)) = -0.85 (and D = 0.86 on a white image)"
    told = message("generator_loss_is_the_negative_score", ("-D(G(z)).mean()", "D(G(z)).mean()"))
    assert told.startswith(f"{what}: -0.8")
    assert told.endswith("; expected 0.85 (within 0.001).")


def test_a_flipped_loss_is_not_paid_for_in_train_step() -> None:
    flipped = ("-(D(real).mean() - D(generated).mean())", "D(real).mean() - D(generated).mean()")
    for check in ("train_step_updates_the_critic_n_critic_times", "train_step_returns_both_losses"):
        assert message(check, flipped) == ""


def test_a_fixed_number_of_critic_updates_is_counted_by_how_far_the_critic_moves() -> None:
    told = message("train_step_updates_the_critic_n_critic_times", ("range(n_critic)", "range(4)"))
    what = "How many updates of train_discriminator move D as far as train_step with n_critic=1"
    assert told == f"{what}: 4; expected 1 (within 0.01)."


def test_clipping_before_the_step_leaves_the_range_again() -> None:
    clip = "    with torch.no_grad():\n        for parameter in D.parameters():\n"
    clip += "            parameter.clamp_(-clip_value, clip_value)\n"
    edits = (clip, ""), ("    optim_D.step()\n", clip + "    optim_D.step()\n")
    told = message("clipping_follows_the_step", *edits)
    assert told.startswith("After train_discriminator(..., clip_value=0.01) the weight of D's convolution goes from ")
    assert told.endswith("; allowed: from -0.01 to 0.01 (within 1e-7).")


def test_a_number_in_the_code_in_place_of_clip_value_shows_at_a_smaller_one() -> None:
    told = message("clipping_follows_the_step", ("clamp_(-clip_value, clip_value)", "clamp_(-0.01, 0.01)"))
    assert told.startswith(
        "After train_discriminator(..., clip_value=0.004) the weight of D's convolution goes from -0.01"
    )


@pytest.mark.parametrize("check_id", ["train_step_returns_both_losses", "only_the_critic_is_clipped"])
def test_functions_that_do_nothing_earn_nothing(check_id: str) -> None:
    nothing = {"train_discriminator": lambda *_: 0.0, "train_generator": lambda *_: 0.0}
    verdict = judged("wgan", check_id, **nothing, train_step=lambda *_: (0.0, 0.0))
    told = "train_discriminator neither moves D by a gradient nor returns a loss that depends on D."
    assert (verdict.status, verdict.message) == ("failed", told)


def test_a_critic_that_gives_more_than_scores_is_told() -> None:
    edits = [(f"{scores}.mean()", f"{scores}[0].mean()") for scores in ("D(real)", "D(generated)", "D(G(z))")]
    told = message("short_training_raises_the_estimate", ("return self.fc2(h)", "return self.fc2(h), h"), *edits)
    assert told.startswith("build_models's D gives ")
    assert told.endswith(" for a batch of images; expected scores.")
