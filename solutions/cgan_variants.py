"""Known wrong answers to the conditional GAN lab and unusual right ones, as edits of the answer in `solutions/cgan.py`.

All but the loss is the bank of the conditional labs.
"""

from autograder.variants import beside, wrong

training = beside(__file__, "shared_training")
conditional = beside(__file__, "shared_conditional")

ANSWER = training.Answer(given=", labels", betas=", betas=(0.5, 0.999)")
LOSS = "loss_is_binary_cross_entropy"

OWN = [
    wrong(
        "loss_with_logits",
        "This is what comes out when build_loss returns a loss for logits: D ends in Sigmoid, which would then be taken "
        "twice. See section 6.",
        ("return nn.BCELoss()", "return nn.BCEWithLogitsLoss()"),
        fails=(LOSS,),
    ),
    wrong(
        "loss_summed_over_the_batch",
        "This is what comes out when build_loss returns a loss that is added up over the batch: it is a mean. "
        "See section 6.",
        ("return nn.BCELoss()", 'return nn.BCELoss(reduction="sum")'),
        fails=(LOSS,),
    ),
    wrong(
        "loss_mean_squared_error",
        "This is what comes out when build_loss returns the squared error, which is the least-squares lab's. "
        "See section 6.",
        ("return nn.BCELoss()", "return nn.MSELoss()"),
        fails=(LOSS,),
    ),
]

VARIANTS = [
    *conditional.variants(ANSWER),
    training.minimax_mistake(ANSWER),
    *OWN,
    *training.right_cross_entropy(),
]
