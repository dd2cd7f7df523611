"""Mistakes and unusual right answers that labs have in common, because their answers train alike: the two training
functions, `build_models` and `build_optimizers` stand in them word for word, but for what `Answer` names.

A bank asks for them with `beside(__file__, "shared_training")`.
"""

from dataclasses import dataclass

from autograder.variants import Edit, Variant, right, wrong

# The checks that these labs share, but for those that `Answer` names
D_LOSS = "discriminator_loss_adds_both_terms"
D_UPDATE = "discriminator_update_follows_its_loss"
D_LEAVES_G = "discriminator_update_leaves_generator_alone"
G_UPDATE = "generator_update_follows_its_loss"
G_LEAVES_D = "generator_update_leaves_discriminator_alone"
NO_LEAK = "old_gradients_do_not_leak"
NOISE = "noise_is_standard_normal"
LAST_BATCH = "last_batch_of_an_epoch_trains"
DEVICE = "training_stays_on_the_given_device"
MODELS = "models_are_built_for_mnist"

# Places of the answers that many variants edit
D_NOISE = "torch.randn(real.size(0), input_dim, device=device)"
G_NOISE = "torch.randn(batch_size, input_dim, device=device)"
ONES, ZEROS = "torch.ones_like(score_real)", "torch.zeros_like(score_generated)"
D_REAL = "real = real_images.to(device)"
D_TOTAL = "loss = loss_real + loss_generated"
G_TOTAL = "loss = loss_func(score, torch.ones_like(score))"
D_STEPS = "optim_D.zero_grad()\n    loss.backward()\n    optim_D.step()"
G_STEPS = "optim_G.zero_grad()\n    loss.backward()\n    optim_G.step()"
D_RETURN, G_RETURN = "optim_D.step()\n    return loss.item()", "optim_G.step()\n    return loss.item()"
MADE_G, MADE_D = "G = Generator(input_dim=100).to(device)", "D = Discriminator().to(device)"


@dataclass(frozen=True)
class Answer:
    """What differs from answer to answer: what networks are given beside their input, Adam's betas, names of checks."""

    given: str = ""  # ", labels" where networks take labels
    betas: str = ""  # ", betas=(0.5, 0.999)" where the lab asks for them
    after_models: str = ""  # lines of build_models between the networks and their return
    optimizers: str = "optimizers_are_adam_at_2e_4"
    training: str = "short_training_lowers_both_losses"
    g_loss: str = "generator_loss_is_non_saturating"
    # Whether the networks are so steep that SGD at 2e-4 lowers their losses within a few steps, and at 0.01 ruins them
    sgd_learns: bool = False

    @property
    def unsure(self) -> tuple[str, ...]:
        """What a mistake that slows learning loses with some seeds, where networks are so steep."""
        return (self.training,) if self.sgd_learns else ()

    @property
    def generated(self) -> str:
        return f"G(z{self.given})"

    @property
    def detached(self) -> str:
        return f"G(z{self.given}).detach()"

    @property
    def d_scores(self) -> str:
        return f"D(real{self.given}), D(generated{self.given})"

    @property
    def g_score(self) -> str:
        return f"D({self.generated}{self.given})"

    @property
    def adam_g(self) -> str:
        return f"torch.optim.Adam(G.parameters(), lr=2e-4{self.betas})"

    @property
    def adam_d(self) -> str:
        return f"torch.optim.Adam(D.parameters(), lr=2e-4{self.betas})"


def lines(*statements: str) -> str:
    """Statements of a function's body, as they stand in the answers' cells."""
    return "\n    ".join(statements)


def both_noises(expression: str) -> tuple[Edit, Edit]:
    """The same expression for the noise in both training functions, `N` standing for the number of noises."""
    return (D_NOISE, expression.replace("N", "real.size(0)")), (G_NOISE, expression.replace("N", "batch_size"))


def training_mistakes(a: Answer) -> list[Variant]:
    """What goes wrong in the two training functions, whatever the loss is."""
    return [
        wrong(
            "labels_as_many_as_batch_size",
            "This is what comes out when there are batch_size labels: an epoch's last batch has fewer images. "
            "See section 4.",
            (ONES, "torch.ones(batch_size, 1, device=device)"),
            fails=(LAST_BATCH,),
        ),
        wrong(
            "labels_swapped",
            "This is what comes out when the labels of real and generated images are swapped. See section 4.",
            (ONES, "torch.zeros_like(score_real)"),
            (ZEROS, "torch.ones_like(score_generated)"),
            fails=(D_LOSS,),
        ),
        wrong(
            "discriminator_loss_halved",
            "This is what comes out when the discriminator's loss is the mean of its two terms: it is their sum. "
            "See section 4.",
            (D_TOTAL, "loss = (loss_real + loss_generated) / 2"),
            fails=(D_LOSS,),
        ),
        wrong(
            "discriminator_loss_real_term_only",
            "This is what comes out when the discriminator's loss has the term of the real images alone. See section 4.",
            (D_TOTAL, "loss = loss_real"),
            fails=(D_LOSS,),
        ),
        wrong(
            "generated_images_not_detached",
            "This is what comes out when the generated images are not detached: the discriminator's loss sends gradients "
            "into the generator. See section 4.",
            (a.detached, a.generated),
            fails=(D_LEAVES_G,),
        ),
        wrong(
            "zero_grad_after_backward",
            "This is what comes out when the gradients are cleared after loss.backward(): the step finds none and nothing "
            "is learned. See section 4.",
            (D_STEPS, lines("loss.backward()", "optim_D.zero_grad()", "optim_D.step()")),
            (G_STEPS, lines("loss.backward()", "optim_G.zero_grad()", "optim_G.step()")),
            fails=(D_UPDATE, G_UPDATE, NO_LEAK, a.training),
        ),
        wrong(
            "zero_grad_missing",
            "This is what comes out when gradients are never cleared: each call adds to the last. See section 4.",
            (D_STEPS, lines("loss.backward()", "optim_D.step()")),
            (G_STEPS, lines("loss.backward()", "optim_G.step()")),
            fails=(NO_LEAK,),
        ),
        wrong(
            "discriminator_zero_grad_missing",
            "This is what comes out when the discriminator's gradients are not cleared: those that the generator's update "
            "left in D are still there. See sections 4 and 5.",
            (D_STEPS, lines("loss.backward()", "optim_D.step()")),
            fails=(NO_LEAK,),
        ),
        wrong(
            "steps_missing",
            "This is what comes out when no optimizer takes a step. See sections 4 and 5.",
            (D_RETURN, "return loss.item()"),
            (G_RETURN, "return loss.item()"),
            fails=(D_UPDATE, G_UPDATE, NO_LEAK, a.training),
        ),
        wrong(
            "backward_missing",
            "This is what comes out when train_discriminator does not call loss.backward(). See section 4.",
            (D_STEPS, lines("optim_D.zero_grad()", "optim_D.step()")),
            fails=(D_UPDATE, NO_LEAK, a.training),
        ),
        wrong(
            "losses_not_returned",
            "This is what comes out when the training functions return nothing. See sections 4 and 5.",
            (D_RETURN, "optim_D.step()"),
            (G_RETURN, "optim_G.step()"),
            fails=(D_LOSS, a.g_loss, D_UPDATE, G_UPDATE, a.training),
        ),
        wrong(
            "losses_returned_as_tensors",
            "This is what comes out when the losses are returned as tensors, not as floats. See sections 4 and 5.",
            (D_RETURN, D_RETURN.replace(".item()", "")),
            (G_RETURN, G_RETURN.replace(".item()", "")),
            fails=(D_LOSS, a.g_loss),
        ),
        wrong(
            "generator_target_zero",
            "This is what comes out when the generator labels its images as generated: it then learns to be caught. "
            "See section 5.",
            (G_TOTAL, "loss = loss_func(score, torch.zeros_like(score))"),
            fails=(a.g_loss,),
        ),
        wrong(
            "generator_images_detached",
            "This is what comes out when the generator's own update detaches its images: no gradient reaches it. "
            "See section 5.",
            (a.g_score, a.g_score.replace(a.generated, a.detached)),
            fails=(G_UPDATE, NO_LEAK, a.training),
        ),
        wrong(
            "generator_update_steps_discriminator",
            "This is what comes out when the generator's update moves the discriminator too. See section 5.",
            (G_RETURN, G_RETURN.replace("return", "torch.optim.SGD(D.parameters(), lr=0.01).step()\n    return")),
            fails=(G_LEAVES_D,),
            sometimes=a.unsure,
        ),
        wrong(
            "noise_uniform",
            "This is what comes out when the noise is uniform in [0, 1): it is drawn from N(0, 1). See sections 4 and 5.",
            *both_noises("torch.rand(N, input_dim, device=device)"),
            fails=(NOISE,),
        ),
        wrong(
            "noise_seeded_in_every_call",
            "This is what comes out when the random numbers are seeded inside the training functions: every call draws the "
            "same noise. See sections 4 and 5.",
            (f"z = {D_NOISE}", lines("torch.manual_seed(42)", f"z = {D_NOISE}")),
            (f"z = {G_NOISE}", lines("torch.manual_seed(42)", f"z = {G_NOISE}")),
            fails=(NOISE,),
        ),
        wrong(
            "noise_size_written_in",
            "This is what comes out when the noise has 100 numbers whatever input_dim is. See sections 4 and 5.",
            *both_noises("torch.randn(N, 100, device=device)"),
            fails=(NOISE,),
        ),
        wrong(
            "noise_left_on_the_cpu",
            "This is what comes out when the noise is not put on `device`: it works on a CPU only. See sections 4 and 5.",
            *both_noises("torch.randn(N, input_dim)"),
            fails=(DEVICE,),
        ),
        wrong(
            "real_images_not_moved",
            "This is what comes out when the real images are not moved to `device`: it works on a CPU only. See section 4.",
            (D_REAL, "real = real_images"),
            fails=(DEVICE,),
        ),
    ]


def minimax_mistake(a: Answer) -> Variant:
    """The saturating form, where the loss is cross-entropy."""
    return wrong(
        "generator_minimax_loss",
        "This is what comes out when the generator minimises the mean of ln(1 - D(G(z))), the saturating form of the "
        "paper's Eq. 1. See section 5.",
        (G_TOTAL, "loss = -loss_func(score, torch.zeros_like(score))"),
        fails=(a.g_loss,),
    )


def building_mistakes(a: Answer) -> list[Variant]:
    """What goes wrong in build_models and build_optimizers."""
    return [
        wrong(
            "models_returned_in_the_wrong_order",
            "This is what comes out when build_models returns the discriminator first. See section 6.",
            (f"{MADE_D}\n{a.after_models}    return G, D", f"{MADE_D}\n{a.after_models}    return D, G"),
            fails=(MODELS, a.training),
        ),
        wrong(
            "models_left_on_the_cpu",
            "This is what comes out when build_models does not move the networks to `device`. See section 6.",
            (MADE_G, MADE_G.replace(".to(device)", "")),
            (MADE_D, MADE_D.replace(".to(device)", "")),
            fails=(MODELS,),
        ),
        wrong(
            "generator_built_for_64_noise_numbers",
            "This is what comes out when build_models makes a generator that takes 64 noise numbers, not 100. See section 6.",
            (MADE_G, MADE_G.replace("100", "64")),
            fails=(MODELS, a.training),
        ),
        wrong(
            "optimizers_returned_in_the_wrong_order",
            "This is what comes out when build_optimizers returns the discriminator's optimizer first. See section 6.",
            ("return optim_G, optim_D", "return optim_D, optim_G"),
            fails=(a.optimizers, a.training),
        ),
        wrong(
            "one_optimizer_for_both_networks",
            "This is what comes out when one optimizer holds the parameters of both networks. See section 6.",
            (a.adam_g, f"torch.optim.Adam([*G.parameters(), *D.parameters()], lr=2e-4{a.betas})"),
            (a.adam_d, "optim_G"),
            fails=(a.optimizers,),
        ),
        wrong(
            "optimizers_sgd",
            "This is what comes out when the optimizers are SGD. See section 6.",
            (a.adam_g, "torch.optim.SGD(G.parameters(), lr=2e-4)"),
            (a.adam_d, "torch.optim.SGD(D.parameters(), lr=2e-4)"),
            fails=(a.optimizers,) if a.sgd_learns else (a.optimizers, a.training),
        ),
        wrong(
            "discriminator_learns_at_1e_3",
            "This is what comes out when the discriminator's learning rate is 1e-3. See section 6.",
            (a.adam_d, a.adam_d.replace("2e-4", "1e-3")),
            fails=(a.optimizers,),
        ),
        wrong(
            "optimizers_rmsprop",
            "This is what comes out when the optimizers are RMSprop, as in lab 3. See section 6.",
            (a.adam_g, "torch.optim.RMSprop(G.parameters(), lr=2e-4)"),
            (a.adam_d, "torch.optim.RMSprop(D.parameters(), lr=2e-4)"),
            fails=(a.optimizers,),
        ),
        wrong(
            "learning_rate_2e_3",
            "This is what comes out when the learning rate is 2e-3, ten times what is asked. See section 6.",
            (a.adam_g, a.adam_g.replace("2e-4", "2e-3")),
            (a.adam_d, a.adam_d.replace("2e-4", "2e-3")),
            fails=(a.optimizers,),
        ),
    ]


def more_mistakes(a: Answer) -> list[Variant]:
    """Mistakes of the same places that the lab of the first convolutional networks leaves to lab 1's bank."""
    return [
        wrong(
            "labels_smoothed",
            "This is what comes out when the real images are labelled 0.9, not 1 (one-sided label smoothing). "
            "See section 4.",
            (ONES, "torch.full_like(score_real, 0.9)"),
            fails=(D_LOSS,),
            sometimes=a.unsure,
        ),
        wrong(
            "discriminator_loss_difference",
            "This is what comes out when the two terms of the discriminator's loss are subtracted. See section 4.",
            (D_TOTAL, "loss = loss_real - loss_generated"),
            fails=(D_LOSS,),
        ),
        wrong(
            "generated_score_detached",
            "This is what comes out when the score of the generated images is detached: the discriminator then learns "
            "from the real images alone. It is the images that are detached. See section 4.",
            (a.d_scores, f"{a.d_scores}.detach()"),
            fails=(D_UPDATE,),
            sometimes=a.unsure,
        ),
        wrong(
            "generator_zero_grad_missing",
            "This is what comes out when the generator's gradients are never cleared. See section 5.",
            (G_STEPS, lines("loss.backward()", "optim_G.step()")),
            fails=(NO_LEAK,),
        ),
        wrong(
            "generator_loss_halved",
            "This is what comes out when the generator's loss is halved. See section 5.",
            (G_TOTAL, f"{G_TOTAL} / 2"),
            fails=(a.g_loss,),
        ),
        wrong(
            "adam_betas_left_at_their_defaults",
            "This is what comes out when Adam keeps its own betas, (0.9, 0.999). See section 6.",
            (a.adam_g, a.adam_g.replace(a.betas, "")),
            (a.adam_d, a.adam_d.replace(a.betas, "")),
            fails=(a.optimizers,),
        ),
        wrong(
            "adam_betas_in_the_wrong_order",
            "This is what comes out when Adam's betas are given the other way round. See section 6.",
            (a.adam_g, a.adam_g.replace(a.betas, _turned(a.betas))),
            (a.adam_d, a.adam_d.replace(a.betas, _turned(a.betas))),
            fails=(a.optimizers,),
        ),
    ]


def _turned(betas: str) -> str:
    first, second = betas.removeprefix(", betas=(").removesuffix(")").split(", ")
    return f", betas=({second}, {first})"


def right_noises() -> list[Variant]:
    """Noise from N(0, 1), made otherwise."""
    return [
        right(
            "noise_by_normal",
            "Noise by torch.normal.",
            *both_noises("torch.normal(0.0, 1.0, (N, input_dim), device=device)"),
        ),
        right(
            "noise_by_numpy",
            "Noise by NumPy, as float32.",
            ("import torch\n", "import numpy as np\nimport torch\n"),
            *both_noises("torch.from_numpy(np.random.randn(N, input_dim).astype(np.float32)).to(device)"),
        ),
    ]


def right_updates(a: Answer) -> list[Variant]:
    """Other ways to write the same two updates and to build the same networks and optimizers."""
    return [
        right(
            "detach_at_the_call",
            "The generated images are detached where the network scores them.",
            (f"generated = {a.detached}", f"generated = {a.generated}"),
            (a.d_scores, a.d_scores.replace("D(generated", "D(generated.detach()")),
        ),
        right(
            "loss_returned_by_float",
            "The loss is made a float by float().",
            (D_RETURN, D_RETURN.replace("loss.item()", "float(loss.detach())")),
            (G_RETURN, G_RETURN.replace("loss.item()", "float(loss.detach().cpu())")),
        ),
        right(
            "networks_put_in_training_mode",
            "train() is called on both networks before each update.",
            (D_REAL, lines("D.train()", "G.train()", "real = real_images.to(device)")),
            (f"score = {a.g_score}", lines("D.train()", "G.train()", f"score = {a.g_score}")),
        ),
        right(
            "labels_by_ones",
            "Labels made by ones, zeros and full, as many as the batch has images.",
            (ONES, "torch.ones(real.size(0), 1).to(device)"),
            (ZEROS, "torch.full((generated.shape[0], 1), 0.0, device=device)"),
        ),
        right(
            "labels_by_new_full",
            "Labels made by new_full and zeros_like of the scores.",
            (ONES, "score_real.new_full(score_real.shape, 1.0)"),
            (ZEROS, "0 * score_generated.detach()"),
        ),
        right(
            "no_grad_in_place_of_detach",
            "The generated images are made under torch.no_grad().",
            (f"generated = {a.detached}", f"with torch.no_grad():\n        generated = {a.generated}"),
        ),
        right(
            "zero_grad_first",
            "Gradients are cleared at the head of each function, by the network.",
            (D_REAL, "D.zero_grad()\n    real = real_images.to(device)"),
            (D_STEPS, lines("loss.backward()", "optim_D.step()")),
            (G_STEPS, lines("optim_G.zero_grad(set_to_none=False)", "loss.backward()", "optim_G.step()")),
        ),
        right(
            "two_backward_calls",
            "backward() is called on each term, and one step follows.",
            (
                D_STEPS,
                lines("optim_D.zero_grad()", "loss_real.backward()", "loss_generated.backward()", "optim_D.step()"),
            ),
        ),
        right(
            "adam_with_other_settings",
            "Adam with an epsilon and an implementation of the student's own choice.",
            (a.adam_g, a.adam_g.replace("2e-4", "2e-4, eps=1e-7, foreach=False")),
            (a.adam_d, a.adam_d.replace("2e-4", "0.0002, amsgrad=True")),
        ),
        right(
            "plots_magics_and_training_at_once",
            "A magic, a shell line and a call of main() in a cell.",
            ("def build_models(device):", "%matplotlib inline\n!ls\n\n\ndef build_models(device):"),
            ("import os\n", "import os\nimport math\n"),
        ),
    ]


def right_unlabelled_noise(a: Answer) -> list[Variant]:
    """Right where a batch's noises need no labels of their own."""
    return [
        right(
            "noise_by_batch_size",
            "As many generated images as batch_size, whatever the number of real ones; randn moved to the device.",
            (D_NOISE, "torch.randn(batch_size, input_dim).to(device)"),
            (G_NOISE, "torch.randn((batch_size, input_dim)).to(device)"),
        ),
    ]


def right_in_one_call(a: Answer) -> list[Variant]:
    """Right where the discriminator has no BatchNorm, which would couple the two batches."""
    joined = "D(torch.cat([real, generated])" + (", torch.cat([labels, labels]))" if a.given else ")")
    return [
        right(
            "both_batches_in_one_call",
            "Real and generated images go through the discriminator together.",
            (
                f"score_real, score_generated = {a.d_scores}",
                f"score_real, score_generated = {joined}.split([real.size(0), generated.size(0)])",
            ),
        ),
    ]


def right_cross_entropy() -> list[Variant]:
    """Right where the loss is cross-entropy."""
    return [
        right(
            "functional_cross_entropy",
            "binary_cross_entropy from torch.nn.functional in place of loss_func.",
            ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
            (G_TOTAL, "loss = F.binary_cross_entropy(score, torch.ones_like(score))"),
        ),
    ]
