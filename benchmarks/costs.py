"""What ten typical mistakes cost, as the table in docs/accuracy.md.

    python -m benchmarks.costs

The banks state the checks that each mistake loses; `make test-slow` grades every one and holds the banks to it.
"""

from __future__ import annotations

from autograder.lab import load_lab
from autograder.variants import load_variants
from benchmarks.grading import ROOT

TYPICAL = (
    ("gan", "discriminator_slope_0_01"),
    ("gan", "generator_without_tanh"),
    ("gan", "labels_swapped"),
    ("gan", "zero_grad_after_backward"),
    ("gan", "generated_images_not_detached"),
    ("gan", "learning_rate_left_at_1e_3"),
    ("dcgan", "discriminator_padding_2"),
    ("dcgan", "generator_batch_norm_after_relu"),
    ("wgan", "clipping_before_the_step"),
    ("wgan", "one_critic_update_a_step"),
)


def table() -> str:
    """The table in Markdown: mistake, points lost of 70, and the checks that they are lost in."""
    rows = ["| lab | mistake | costs | in |", "| --- | --- | --- | --- |"]
    for name, mistake in TYPICAL:
        lab = load_lab(name)
        (variant,) = (v for v in load_variants(name, ROOT / "solutions") if v.name == mistake)
        points = sum(lab[check].points for check in variant.fails)
        checks = ", ".join(f"`{check}`" for check in variant.fails)
        rows.append(f"| {name} | `{mistake}` | {points} | {checks} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
