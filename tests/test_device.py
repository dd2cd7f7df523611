"""A GPU is used by the short training alone; where there is none, torch's device without numbers stands in for it."""

from __future__ import annotations

import pytest

from autograder.lab import lab_names, load_lab
from tests.conftest import namespace, verdict_on

EACH_TIME = ("gan", "wgan", "mlp_gan", "dcgan64")  # their short trainings are called in ways of their own


@pytest.mark.parametrize(
    "lab", [pytest.param(lab, marks=() if lab in EACH_TIME else pytest.mark.slow) for lab in lab_names()]
)
def test_all_but_the_short_training_is_judged_on_the_cpu(lab: str) -> None:
    names = namespace(lab)
    for check in load_lab(lab).checks:
        verdict = verdict_on(check, names, device="meta")
        if check.id.startswith("short_training"):
            # all is there and meets, up to the first number that is asked for
            assert verdict.status == "failed"
            assert "Tensor.item() cannot be called on meta tensors" in verdict.message
        else:
            assert (check.id, verdict.status, verdict.message) == (check.id, "passed", "")
