"""Known wrong answers to the least-squares GAN lab and unusual right ones, as edits of the answer in `solutions/lsgan.py`.

All but the loss is the bank of the conditional labs.
"""

from autograder.variants import beside, right, wrong

training = beside(__file__, "shared_training")
conditional = beside(__file__, "shared_conditional")

LOSS = "loss_is_the_mean_squared_error"
G_LOSS = "generator_loss_is_the_squared_distance_from_1"
ANSWER = training.Answer(given=", labels", betas=", betas=(0.5, 0.999)", g_loss=G_LOSS)
THE_LINE = "return nn.MSELoss()"

OWN = [
    wrong(
        "the_line_not_changed",
        "This is what comes out when build_loss still returns the cross-entropy of the conditional GAN. See section 6.",
        (THE_LINE, "return nn.BCELoss()"),
        fails=(LOSS,),
    ),
    wrong(
        "loss_summed_over_the_batch",
        "This is what comes out when build_loss returns a loss that is added up over the batch: it is a mean. "
        "See section 6.",
        (THE_LINE, 'return nn.MSELoss(reduction="sum")'),
        fails=(LOSS,),
    ),
    wrong(
        "loss_absolute_error",
        "This is what comes out when build_loss returns the absolute error, not the squared one. See section 6.",
        (THE_LINE, "return nn.L1Loss()"),
        fails=(LOSS,),
    ),
    wrong(
        "loss_halved",
        "This is what comes out when build_loss returns half the squared error, as the paper's formula has it. "
        "See section 6.",
        (THE_LINE, "return lambda scores, targets: nn.functional.mse_loss(scores, targets) / 2"),
        fails=(LOSS,),
    ),
    wrong(
        "discriminator_cross_entropy_written_in",
        "This is what comes out when train_discriminator computes cross-entropy whatever loss_func is. See section 4.",
        (training.D_TOTAL, "loss = -(score_real.log().mean() + (1 - score_generated).log().mean())"),
        fails=(training.D_LOSS,),
    ),
    wrong(
        "generator_cross_entropy_written_in",
        "This is what comes out when train_generator computes cross-entropy whatever loss_func is. See section 5.",
        (training.G_TOTAL, "loss = nn.functional.binary_cross_entropy(score, torch.ones_like(score))"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_loss_subtracted",
        "This is what comes out when the generator goes away from 0 in place of towards 1. See section 5.",
        (training.G_TOTAL, "loss = -loss_func(score, torch.zeros_like(score))"),
        fails=(G_LOSS,),
    ),
    right(
        "squared_error_by_its_formula",
        "The losses are written out with squares.",
        (training.D_TOTAL, "loss = ((score_real - 1) ** 2).mean() + (score_generated**2).mean()"),
        (training.G_TOTAL, "loss = (score - 1).pow(2).mean()"),
    ),
    right(
        "loss_function_of_functional",
        "build_loss returns mse_loss of torch.nn.functional.",
        (THE_LINE, "return nn.functional.mse_loss"),
    ),
]

VARIANTS = [*conditional.variants(ANSWER), *OWN]
