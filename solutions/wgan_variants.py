"""Known wrong answers to the WGAN lab and unusual right ones, as edits of the answer in `solutions/wgan.py`.

`fails` names every check that does not pass, in the order of the lab. One slip costs the checks about that slip; code
that raises in every call costs every check that has to call it. More ways to get the networks wrong are in lab 2's
bank, more about optimizers, noise and devices in lab 1's.
"""

from autograder.variants import Edit, beside, right, wrong

training = beside(__file__, "shared_training")
networks = beside(__file__, "shared_convolution")

# The checks of autograder/labs/wgan.py, in their order
G_MAPS = "generator_maps_noise_to_images"
G_PARAMETERS = "generator_has_the_parameters_of_its_layers"
G_COMPUTES = "generator_computes_its_layers"
D_SCORES = "critic_gives_scores_of_any_size"
D_PARAMETERS = "critic_has_the_parameters_of_its_layers"
D_COMPUTES = "critic_computes_its_layers"
D_LOSS = "critic_loss_is_the_negative_estimate"
G_LOSS = "generator_loss_is_the_negative_score"
D_UPDATE = "discriminator_update_follows_its_loss"
D_LEAVES_G = "discriminator_update_leaves_generator_alone"
G_UPDATE = "generator_update_follows_its_loss"
G_LEAVES_D = "generator_update_leaves_discriminator_alone"
NO_LEAK = "old_gradients_do_not_leak"
NOISE = "noise_is_standard_normal"
LAST_BATCH = "last_batch_of_an_epoch_trains"
DEVICE = "training_stays_on_the_given_device"
CLIP = "clipping_follows_the_step"
CLIP_REST = "clipping_leaves_the_rest_alone"
CLIP_ONLY_D = "only_the_critic_is_clipped"
STEP = "train_step_updates_the_critic_n_critic_times"
STEP_LOSSES = "train_step_returns_both_losses"
MODELS = "models_are_built_for_mnist"
OPTIMIZERS = "optimizers_are_rmsprop"
TRAINING = "short_training_raises_the_estimate"

# Places of the answer that many variants edit
G_FC1 = "nn.Sequential(nn.Linear(input_dim, 1024), nn.BatchNorm1d(1024), nn.ReLU())"
G_FC2 = "nn.Sequential(nn.Linear(1024, 128 * 7 * 7), nn.BatchNorm1d(128 * 7 * 7), nn.ReLU())"
G_CONV1 = "nn.ConvTranspose2d(128, 64, kernel_size=4, stride=2, padding=1), nn.BatchNorm2d(64), nn.ReLU()"
G_CONV2 = "nn.Sequential(nn.ConvTranspose2d(64, 1, kernel_size=4, stride=2, padding=1), nn.Tanh())"
G_VIEW = "h = self.fc2(h).view(-1, 128, 7, 7)"
G_LAST = "return self.conv2(h)"
D_CONV1 = "nn.Sequential(nn.Conv2d(1, 32, kernel_size=5), nn.LeakyReLU(0.1), nn.MaxPool2d(2, 2))"
D_CONV2 = "nn.Sequential(nn.Conv2d(32, 64, kernel_size=5), nn.LeakyReLU(0.1), nn.MaxPool2d(2, 2))"
D_FC1 = "nn.Sequential(nn.Linear(64 * 4 * 4, 1024), nn.LeakyReLU(0.1))"
D_FC2 = "nn.Linear(1024, 1)"
D_FIRST, D_FLAT, D_LAST = "h = self.conv1(x)", "h = self.fc1(h.flatten(1))", "return self.fc2(h)"
D_NOISE = "torch.randn(real.size(0), input_dim, device=device)"
G_NOISE = "torch.randn(batch_size, input_dim, device=device)"
D_REAL = "real = real_images.to(device)"
D_TOTAL, G_TOTAL = "loss = -(D(real).mean() - D(generated).mean())", "loss = -D(G(z)).mean()"
D_STEPS = "optim_D.zero_grad()\n    loss.backward()\n    optim_D.step()"
G_STEPS = "optim_G.zero_grad()\n    loss.backward()\n    optim_G.step()"
CLIPPING = """with torch.no_grad():
        for parameter in D.parameters():
            parameter.clamp_(-clip_value, clip_value)"""
CLAMP = "parameter.clamp_(-clip_value, clip_value)"
D_RETURN, G_RETURN = f"{CLIPPING}\n    return loss.item()", "optim_G.step()\n    return loss.item()"
CRITIC_LOOP = """for _ in range(n_critic):
        losses.append(train_discriminator(real_images, D, G, optim_D, clip_value, batch_size, input_dim, device))
    loss_G = train_generator(D, G, optim_G, batch_size, input_dim, device)"""
STEP_RETURN = "return sum(losses) / len(losses), loss_G"
MADE_G, MADE_D = "G = Generator(input_dim=100).to(device)", "D = Discriminator().to(device)"
RMSPROP_G, RMSPROP_D = "torch.optim.RMSprop(G.parameters(), lr=5e-5)", "torch.optim.RMSprop(D.parameters(), lr=5e-5)"


def lines(*statements: str) -> str:
    """Statements of a function's body, as they stand in the answer's cells."""
    return "\n    ".join(statements)


def both_noises(expression: str) -> tuple[Edit, Edit]:
    """The same expression for the noise in both training functions, `N` standing for the number of noises."""
    return (D_NOISE, expression.replace("N", "real.size(0)")), (G_NOISE, expression.replace("N", "batch_size"))


GENERATOR = [
    wrong(
        "generator_with_gelu",
        "This is what comes out when GELU takes the place of ReLU in the generator's first layer. See section 2.",
        (G_FC1, G_FC1.replace("ReLU", "GELU")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_batch_norm_without_scale_and_shift",
        "This is what comes out when the generator's BatchNorm2d has no scale and no shift of its own "
        "(affine=False). See section 2.",
        (G_CONV1, G_CONV1.replace("BatchNorm2d(64)", "BatchNorm2d(64, affine=False)")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_ends_in_sigmoid",
        "This is what comes out when the generator ends in Sigmoid, as in lab 2: its images lie in [0, 1], this lab's "
        "real ones in [-1, 1]. See sections 1 and 2.",
        (G_CONV2, G_CONV2.replace("Tanh", "Sigmoid")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_tanh",
        "This is what comes out when the generator's last layer has no activation. See section 2.",
        (G_CONV2, "nn.ConvTranspose2d(64, 1, kernel_size=4, stride=2, padding=1)"),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_without_batch_norm",
        "This is what comes out when the generator has no BatchNorm at all. See section 2.",
        (G_FC1, G_FC1.replace("nn.BatchNorm1d(1024), ", "")),
        (G_FC2, G_FC2.replace("nn.BatchNorm1d(128 * 7 * 7), ", "")),
        (G_CONV1, G_CONV1.replace("nn.BatchNorm2d(64), ", "")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_batch_norm_after_relu",
        "This is what comes out when BatchNorm stands after ReLU: it belongs between the layer and its activation. "
        "See section 2.",
        (G_FC1, "nn.Sequential(nn.Linear(input_dim, 1024), nn.ReLU(), nn.BatchNorm1d(1024))"),
        (G_FC2, "nn.Sequential(nn.Linear(1024, 128 * 7 * 7), nn.ReLU(), nn.BatchNorm1d(128 * 7 * 7))"),
        (G_CONV1, G_CONV1.replace("nn.BatchNorm2d(64), nn.ReLU()", "nn.ReLU(), nn.BatchNorm2d(64)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_batch_norm_on_its_output",
        "This is what comes out when the generator's last layer has a BatchNorm too: it forces every batch of images "
        "to one mean and one variance. See section 2.",
        (G_CONV2, G_CONV2.replace("nn.Tanh()", "nn.BatchNorm2d(1), nn.Tanh()")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_with_instance_norm",
        "This is what comes out when InstanceNorm takes the place of BatchNorm2d: it normalises each image apart, not "
        "over the batch. See section 2.",
        (G_CONV1, G_CONV1.replace("BatchNorm2d(64)", "InstanceNorm2d(64, affine=True)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_batch_norm_epsilon_0_8",
        "This is what comes out when 0.8 is given to BatchNorm as its second argument: that is epsilon, not the "
        "momentum. See section 2.",
        (G_FC1, G_FC1.replace("BatchNorm1d(1024)", "BatchNorm1d(1024, 0.8)")),
        (G_FC2, G_FC2.replace("BatchNorm1d(128 * 7 * 7)", "BatchNorm1d(128 * 7 * 7, 0.8)")),
        (G_CONV1, G_CONV1.replace("BatchNorm2d(64)", "BatchNorm2d(64, 0.8)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_with_leaky_relu",
        "This is what comes out when the generator's stages end in LeakyReLU, which is the critic's activation. "
        "See section 2.",
        (G_FC1, G_FC1.replace("ReLU()", "LeakyReLU(0.1)")),
        (G_FC2, G_FC2.replace("ReLU()", "LeakyReLU(0.1)")),
        (G_CONV1, G_CONV1.replace("ReLU()", "LeakyReLU(0.1)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_kernel_3_with_output_padding",
        "This is what comes out when the transposed convolutions have kernel 3 and output padding 1: the same sides, 14 "
        "and 28, from other kernels. See section 2.",
        (G_CONV1, G_CONV1.replace("kernel_size=4, stride=2, padding=1", "3, 2, 1, output_padding=1")),
        (G_CONV2, G_CONV2.replace("kernel_size=4, stride=2, padding=1", "3, 2, 1, output_padding=1")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_padding_0_and_output_cut",
        "This is what comes out when the transposed convolutions have no padding and their results are cut to size at "
        "the right and the bottom. See section 2.",
        (G_CONV1, G_CONV1.replace("padding=1", "padding=0")),
        (G_CONV2, G_CONV2.replace("padding=1", "padding=0")),
        ("h = self.conv1(h)", "h = self.conv1(h)[:, :, :14, :14]"),
        (G_LAST, "return self.conv2(h)[:, :, :28, :28]"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_upsamples_and_convolves",
        "This is what comes out when Upsample and Conv2d take the place of the transposed convolutions. See section 2.",
        (G_CONV1, "nn.Upsample(scale_factor=2), nn.Conv2d(128, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU()"),
        (G_CONV2, "nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(64, 1, 3, padding=1), nn.Tanh())"),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_input_size_written_in",
        "This is what comes out when 100 is written into the generator in place of input_dim. See section 2.",
        (G_FC1, G_FC1.replace("input_dim", "100")),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_conv1_without_bias",
        "This is what comes out when the transposed convolution before BatchNorm has no bias. It would make no "
        "difference to the images, but the layer is asked for with 131,136 parameters. See section 2.",
        (G_CONV1, G_CONV1.replace("padding=1", "padding=1, bias=False")),
        fails=(G_PARAMETERS,),
    ),
]

CRITIC = [
    wrong(
        "critic_convolutions_without_bias",
        "This is what comes out when both convolutions of the critic have no bias. See section 3.",
        (D_CONV1, D_CONV1.replace("kernel_size=5", "kernel_size=5, bias=False")),
        (D_CONV2, D_CONV2.replace("kernel_size=5", "kernel_size=5, bias=False")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "critic_with_elu",
        "This is what comes out when ELU takes the place of LeakyReLU in the critic's fc1. See section 3.",
        (D_FC1, D_FC1.replace("nn.LeakyReLU(0.1)", "nn.ELU(0.1)")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "critic_keeps_sigmoid",
        "This is what comes out when the critic keeps lab 2's Sigmoid: its scores are then probabilities. See section 3.",
        (f"self.fc2 = {D_FC2}", "self.fc2 = nn.Sequential(nn.Linear(1024, 1), nn.Sigmoid())"),
        fails=(D_SCORES, D_COMPUTES),
    ),
    wrong(
        "critic_ends_in_leaky_relu",
        "This is what comes out when the critic's last layer ends in LeakyReLU: scores below 0 shrink. See section 3.",
        (f"self.fc2 = {D_FC2}", "self.fc2 = nn.Sequential(nn.Linear(1024, 1), nn.LeakyReLU(0.1))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "critic_gives_one_number_a_batch",
        "This is what comes out when the critic returns the mean score of the batch: it gives one score an image. "
        "See section 3.",
        (D_LAST, "return self.fc2(h).mean(0)"),
        fails=(D_SCORES, D_COMPUTES),
    ),
    wrong(
        "critic_padding_2",
        "This is what comes out when both convolutions have padding 2 and fc1 takes 64 * 7 * 7 inputs: 3,265,409 "
        "parameters, three times what is asked. Without padding the sides are 12 and 4. See section 3.",
        (D_CONV1, D_CONV1.replace("kernel_size=5", "kernel_size=5, padding=2")),
        (D_CONV2, D_CONV2.replace("kernel_size=5", "kernel_size=5, padding=2")),
        (D_FC1, D_FC1.replace("64 * 4 * 4", "64 * 7 * 7")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "critic_strides_in_place_of_pooling",
        "This is what comes out when convolutions with stride 2 take the place of convolution and pooling: the shapes "
        "are the same, the function is another. See section 3.",
        (D_CONV1, "nn.Sequential(nn.Conv2d(1, 32, kernel_size=5, stride=2), nn.LeakyReLU(0.1))"),
        (D_CONV2, "nn.Sequential(nn.Conv2d(32, 64, kernel_size=5, stride=2), nn.LeakyReLU(0.1))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "critic_average_pooling",
        "This is what comes out when average pooling takes the place of max pooling. See section 3.",
        (D_CONV1, D_CONV1.replace("MaxPool2d", "AvgPool2d")),
        (D_CONV2, D_CONV2.replace("MaxPool2d", "AvgPool2d")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "critic_slope_0_2",
        "This is what comes out when LeakyReLU has slope 0.2, the paper's, not 0.1. See section 3.",
        (D_CONV1, D_CONV1.replace("0.1", "0.2")),
        (D_CONV2, D_CONV2.replace("0.1", "0.2")),
        (D_FC1, D_FC1.replace("0.1", "0.2")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "critic_with_relu",
        "This is what comes out when the critic's stages end in ReLU. See section 3.",
        (D_CONV1, D_CONV1.replace("LeakyReLU(0.1)", "ReLU()")),
        (D_CONV2, D_CONV2.replace("LeakyReLU(0.1)", "ReLU()")),
        (D_FC1, D_FC1.replace("LeakyReLU(0.1)", "ReLU()")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "critic_with_batch_norm",
        "This is what comes out when the critic has BatchNorm, as the paper's has; this lab's has none. See section 3.",
        (D_CONV1, D_CONV1.replace("nn.LeakyReLU", "nn.BatchNorm2d(32), nn.LeakyReLU")),
        (D_CONV2, D_CONV2.replace("nn.LeakyReLU", "nn.BatchNorm2d(64), nn.LeakyReLU")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "critic_with_dropout",
        "This is what comes out when the critic has Dropout: two looks at one image then differ. See section 3.",
        (D_FC1, D_FC1.replace("nn.LeakyReLU(0.1)", "nn.LeakyReLU(0.1), nn.Dropout(0.3)")),
        fails=(D_COMPUTES,),
    ),
]

CLIPPING_SLIPS = [
    wrong(
        "clipping_before_the_step",
        "This is what comes out when the weights are clipped before optim_D.step(): the step leads out of the range "
        "again. See section 4.",
        (f"optim_D.step()\n    {CLIPPING}", f"{CLIPPING}\n    optim_D.step()"),
        fails=(CLIP, CLIP_REST),
    ),
    wrong(
        "gradients_clipped_by_value",
        "This is what comes out when the gradients are clipped and not the weights. See section 4.",
        (D_RETURN, "return loss.item()"),
        (
            D_STEPS,
            D_STEPS.replace("optim_D.step", "nn.utils.clip_grad_value_(D.parameters(), clip_value)\n    optim_D.step"),
        ),
        fails=(CLIP, CLIP_REST),
    ),
    wrong(
        "gradients_clipped_by_norm",
        "This is what comes out when the norm of the gradients is clipped and not the weights. See section 4.",
        (D_RETURN, "return loss.item()"),
        (
            D_STEPS,
            D_STEPS.replace("optim_D.step", "nn.utils.clip_grad_norm_(D.parameters(), clip_value)\n    optim_D.step"),
        ),
        fails=(CLIP, CLIP_REST),
    ),
    wrong(
        "clipping_without_effect",
        "This is what comes out when the critic is not clipped, or its clipped values are not kept: clamp, without an "
        "underscore, makes a copy. See section 4.",
        (CLAMP, "parameter.clamp(-clip_value, clip_value)"),
        fails=(CLIP, CLIP_REST),
    ),
    wrong(
        "clipped_above_alone",
        "This is what comes out when the weights are clipped at clip_value and not at -clip_value. See section 4.",
        (CLAMP, "parameter.clamp_(max=clip_value)"),
        fails=(CLIP, CLIP_REST),
    ),
    wrong(
        "clipped_below_alone",
        "This is what comes out when the weights are clipped at -clip_value and not at clip_value. See section 4.",
        (CLAMP, "parameter.clamp_(min=-clip_value)"),
        fails=(CLIP, CLIP_REST),
        sometimes=(TRAINING,),
    ),
    wrong(
        "clipped_to_positive_range",
        "This is what comes out when the weights are clipped to [0, clip_value]. See section 4.",
        (CLAMP, "parameter.clamp_(0, clip_value)"),
        fails=(CLIP_REST,),
    ),
    wrong(
        "clip_value_written_in",
        "This is what comes out when 0.01 is written into the code: the bound is the argument clip_value. See section 4.",
        (CLAMP, "parameter.clamp_(-0.01, 0.01)"),
        fails=(CLIP, CLIP_REST),
    ),
    wrong(
        "clipping_without_biases",
        "This is what comes out when the weights are clipped and the biases are not. See section 4.",
        (CLIPPING, CLIPPING.replace("in D.parameters()", "in [p for p in D.parameters() if p.dim() > 1]")),
        fails=(CLIP,),
    ),
    wrong(
        "clipping_linear_layers_alone",
        "This is what comes out when the Linear layers are clipped and the convolutions are not. See section 4.",
        (
            CLIPPING,
            CLIPPING.replace(
                "in D.parameters()", "in [p for m in D.modules() if isinstance(m, nn.Linear) for p in m.parameters()]"
            ),
        ),
        fails=(CLIP,),
    ),
    wrong(
        "clipping_convolutions_alone",
        "This is what comes out when the convolutions are clipped and the Linear layers are not. See section 4.",
        (
            CLIPPING,
            CLIPPING.replace(
                "in D.parameters()", "in [p for m in D.modules() if isinstance(m, nn.Conv2d) for p in m.parameters()]"
            ),
        ),
        fails=(CLIP, CLIP_REST),
    ),
    wrong(
        "clipping_scales_the_weights",
        "This is what comes out when every parameter is scaled until its largest entry is clip_value, not cut off at "
        "it. See section 4.",
        (CLAMP, "parameter.mul_(min(1.0, clip_value / (parameter.abs().max().item() + 1e-12)))"),
        fails=(CLIP_REST,),
    ),
    wrong(
        "clipping_squashes_the_weights",
        "This is what comes out when Tanh brings the weights into the range: those within it move, too. See section 4.",
        (CLAMP, "parameter.copy_(clip_value * torch.tanh(parameter / clip_value))"),
        fails=(CLIP_REST, TRAINING),
    ),
    wrong(
        "clipping_the_generator_too",
        "This is what comes out when the generator's parameters are clipped as well. See section 4.",
        (CLIPPING, CLIPPING.replace("in D.parameters()", "in [*D.parameters(), *G.parameters()]")),
        fails=(CLIP_ONLY_D,),
    ),
    wrong(
        "clipping_the_generator_instead",
        "This is what comes out when the generator's parameters are clipped and the critic's are not. See section 4.",
        (CLIPPING, CLIPPING.replace("in D.parameters()", "in G.parameters()")),
        fails=(CLIP, CLIP_REST, CLIP_ONLY_D),
    ),
    wrong(
        "critic_clipped_in_the_generators_update",
        "This is what comes out when train_generator clips the critic: only the critic's own update does. "
        "See section 5.",
        (G_RETURN, G_RETURN.replace("return", "[p.data.clamp_(-0.01, 0.01) for p in D.parameters()]\n    return")),
        fails=(CLIP_ONLY_D,),
    ),
    wrong(
        "new_parameters_in_place_of_clipped_ones",
        "This is what comes out when clipping puts new Parameters into the critic: the optimizer goes on with the old "
        "ones, and the critic stands still from then on. See section 4.",
        (
            CLIPPING,
            lines(
                "for module in D.modules():",
                "    for name, p in list(module._parameters.items()):",
                "        setattr(module, name, nn.Parameter(p.detach().clamp(-clip_value, clip_value)))",
            ),
        ),
        fails=(CLIP_REST, TRAINING),
    ),
    wrong(
        "gradient_penalty_in_place_of_clipping",
        "This is what comes out when a gradient penalty takes the place of clipping: that is another paper's WGAN. "
        "See section 4.",
        (D_RETURN, "return loss.item()"),
        (
            D_TOTAL,
            lines(
                D_TOTAL,
                "mixed = (0.5 * real + 0.5 * generated).requires_grad_()",
                "slope = torch.autograd.grad(D(mixed).sum(), mixed, create_graph=True)[0]",
                "loss = loss + 10 * ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()",
            ),
        ),
        fails=(D_LOSS, CLIP, CLIP_REST),
    ),
]

LOSSES = [
    wrong(
        "critic_loss_with_the_sign_flipped",
        "This is what comes out when the critic's loss is the estimate itself: an optimizer makes it small, and the "
        "critic learns to score real images low. See section 4.",
        (D_TOTAL, "loss = D(real).mean() - D(generated).mean()"),
        fails=(D_LOSS, TRAINING),
    ),
    wrong(
        "generator_loss_with_the_sign_flipped",
        "This is what comes out when the generator's loss is its mean score itself: it then learns to score low. "
        "See section 5.",
        (G_TOTAL, "loss = D(G(z)).mean()"),
        fails=(G_LOSS,),
    ),
    wrong(
        "critic_loss_summed",
        "This is what comes out when the scores are added up over the batch: the loss has means. See section 4.",
        (D_TOTAL, "loss = -(D(real).sum() - D(generated).sum())"),
        fails=(D_LOSS,),
    ),
    wrong(
        "generator_loss_summed",
        "This is what comes out when the scores are added up in the generator's loss: it has a mean. See section 5.",
        (G_TOTAL, "loss = -D(G(z)).sum()"),
        fails=(G_LOSS,),
    ),
    wrong(
        "critic_loss_added",
        "This is what comes out when the two mean scores are added in the critic's loss: it is their difference. "
        "See section 4.",
        (D_TOTAL, "loss = -(D(real).mean() + D(generated).mean())"),
        fails=(D_LOSS, TRAINING),
    ),
    wrong(
        "critic_loss_real_term_only",
        "This is what comes out when the critic's loss leaves out the generated images. See section 4.",
        (D_TOTAL, "loss = -D(real).mean()"),
        fails=(D_LOSS, TRAINING),
    ),
    wrong(
        "critic_loss_generated_term_only",
        "This is what comes out when the critic's loss leaves out the real images. See section 4.",
        (D_TOTAL, "loss = D(generated).mean()"),
        fails=(D_LOSS,),
    ),
    wrong(
        "critic_hinge_loss",
        "This is what comes out when the critic's loss is the hinge loss: scores beyond 1 and -1 then count no more. "
        "See section 4.",
        (D_TOTAL, "loss = torch.relu(1 - D(real)).mean() + torch.relu(1 + D(generated)).mean()"),
        fails=(D_LOSS,),
    ),
    wrong(
        "critic_loss_of_absolute_value",
        "This is what comes out when the critic's loss is minus the size of the difference: the critic may then learn to "
        "score real images low. See section 4.",
        (D_TOTAL, "loss = -(D(real).mean() - D(generated).mean()).abs()"),
        fails=(D_LOSS,),
        sometimes=(TRAINING,),
    ),
    wrong(
        "critic_cross_entropy_on_scores",
        "This is what comes out when lab 2's cross-entropy is kept, on the scores. See section 4.",
        (
            D_TOTAL,
            lines(
                "real_scores, generated_scores, bce = D(real), D(generated), nn.BCEWithLogitsLoss()",
                "loss = bce(real_scores, torch.ones_like(real_scores))",
                "loss = loss + bce(generated_scores, torch.zeros_like(generated_scores))",
            ),
        ),
        fails=(D_LOSS,),
    ),
    wrong(
        "generator_cross_entropy_on_scores",
        "This is what comes out when the generator keeps lab 2's cross-entropy, on the scores. See section 5.",
        (G_TOTAL, "loss = nn.functional.softplus(-D(G(z))).mean()"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_loss_of_the_difference",
        "This is what comes out when the generator's loss brings in the score of images that are not its own. "
        "See section 5.",
        (G_TOTAL, "loss = D(torch.ones(batch_size, 1, 28, 28, device=device)).mean() - D(G(z)).mean()"),
        fails=(G_LOSS,),
    ),
    wrong(
        "sigmoid_on_the_scores_in_the_loss",
        "This is what comes out when the losses put the scores through Sigmoid. See sections 4 and 5.",
        (D_TOTAL, "loss = -(torch.sigmoid(D(real)).mean() - torch.sigmoid(D(generated)).mean())"),
        (G_TOTAL, "loss = -torch.sigmoid(D(G(z))).mean()"),
        fails=(D_LOSS, G_LOSS),
    ),
    wrong(
        "critic_returns_the_estimate",
        "This is what comes out when train_discriminator returns the estimate, not the loss, which is minus that. "
        "See section 4.",
        (D_RETURN, D_RETURN.replace("loss.item()", "-loss.item()")),
        fails=(D_LOSS, D_UPDATE),
    ),
    wrong(
        "critic_returns_a_tensor",
        "This is what comes out when the critic's loss is returned as a tensor, not as a float. See section 4.",
        (D_RETURN, D_RETURN.replace(".item()", ".detach()")),
        fails=(D_LOSS, STEP_LOSSES, TRAINING),
    ),
]

UPDATES = [
    wrong(
        "generated_images_not_detached",
        "This is what comes out when the generated images are not detached: the critic's loss sends gradients into the "
        "generator. See section 4.",
        ("G(z).detach()", "G(z)"),
        fails=(D_LEAVES_G,),
    ),
    wrong(
        "zero_grad_after_backward",
        "This is what comes out when the gradients are cleared after loss.backward(): the step finds none and nothing "
        "is learned. See section 4.",
        (D_STEPS, lines("loss.backward()", "optim_D.zero_grad()", "optim_D.step()")),
        fails=(D_UPDATE, NO_LEAK, STEP, TRAINING),
    ),
    wrong(
        "critic_zero_grad_missing",
        "This is what comes out when the critic's gradients are not cleared: those that the generator's update left in "
        "D are still there. See section 4.",
        (D_STEPS, lines("loss.backward()", "optim_D.step()")),
        fails=(NO_LEAK,),
    ),
    wrong(
        "critic_step_missing",
        "This is what comes out when optim_D takes no step. See section 4.",
        (D_STEPS, lines("optim_D.zero_grad()", "loss.backward()")),
        fails=(D_UPDATE, NO_LEAK, STEP, TRAINING),
    ),
    wrong(
        "optimizer_made_anew_in_every_update",
        "This is what comes out when train_discriminator makes an optimizer of its own in every call, and optim_D never "
        "steps. See section 4.",
        (D_STEPS, lines("optim_D = torch.optim.RMSprop(D.parameters(), lr=5e-5)", D_STEPS)),
        fails=(D_UPDATE,),
    ),
    wrong(
        "generator_images_detached",
        "This is what comes out when the generator's own update detaches its images: no gradient reaches it. "
        "See section 5.",
        (G_TOTAL, "loss = -D(G(z).detach()).mean()"),
        fails=(G_UPDATE, NO_LEAK),
    ),
    wrong(
        "generator_update_steps_the_critic",
        "This is what comes out when the generator's update moves the critic too. See section 5.",
        (G_RETURN, G_RETURN.replace("return", "torch.optim.SGD(D.parameters(), lr=0.01).step()\n    return")),
        fails=(G_LEAVES_D,),
    ),
    wrong(
        "real_images_not_scaled",
        "This is what comes out when the critic sees real images in [0, 1] and generated ones in [-1, 1]. "
        "See sections 1 and 4.",
        (D_REAL, "real = real_images.to(device) / 2 + 0.5"),
        fails=(D_LOSS,),
    ),
    wrong(
        "noise_uniform",
        "This is what comes out when the noise is uniform in [0, 1): it is drawn from N(0, 1). See sections 4 and 5.",
        *both_noises("torch.rand(N, input_dim, device=device)"),
        fails=(NOISE,),
    ),
    wrong(
        "real_images_not_moved",
        "This is what comes out when the real images are not moved to `device`: it works on a CPU only. See section 4.",
        (D_REAL, "real = real_images"),
        fails=(DEVICE,),
    ),
    wrong(
        "noise_left_on_the_cpu",
        "This is what comes out when the noise is not put on `device`: it works on a CPU only. See sections 4 and 5.",
        *both_noises("torch.randn(N, input_dim)"),
        fails=(DEVICE,),
    ),
]

TRAIN_STEP = [
    wrong(
        "one_critic_update_a_step",
        "This is what comes out when train_step updates the critic once, whatever n_critic is. See section 6.",
        (CRITIC_LOOP, CRITIC_LOOP.replace("range(n_critic)", "range(1)")),
        fails=(STEP, STEP_LOSSES),
    ),
    wrong(
        "one_critic_update_too_few",
        "This is what comes out when train_step makes one critic update less than n_critic. See section 6.",
        (CRITIC_LOOP, CRITIC_LOOP.replace("range(n_critic)", "range(1, n_critic)")),
        fails=(
            STEP,
            STEP_LOSSES,
        ),
    ),
    wrong(
        "one_critic_update_too_many",
        "This is what comes out when train_step makes one critic update more than n_critic. See section 6.",
        (CRITIC_LOOP, CRITIC_LOOP.replace("range(n_critic)", "range(n_critic + 1)")),
        fails=(STEP, STEP_LOSSES),
    ),
    wrong(
        "five_critic_updates_written_in",
        "This is what comes out when train_step makes 5 critic updates, whatever n_critic is. See section 6.",
        (CRITIC_LOOP, CRITIC_LOOP.replace("range(n_critic)", "range(5)")),
        fails=(STEP, STEP_LOSSES),
    ),
    wrong(
        "generator_updated_in_the_critics_loop",
        "This is what comes out when the generator is updated after every critic update, inside the loop. "
        "See section 6.",
        (CRITIC_LOOP, CRITIC_LOOP.replace("    loss_G =", "        loss_G =")),
        fails=(STEP, STEP_LOSSES),
    ),
    wrong(
        "generator_updated_first",
        "This is what comes out when train_step updates the generator before the critic. See section 6.",
        (
            CRITIC_LOOP,
            lines(
                "loss_G = train_generator(D, G, optim_G, batch_size, input_dim, device)",
                CRITIC_LOOP.rpartition("\n")[0],
            ),
        ),
        fails=(STEP, STEP_LOSSES),
    ),
    wrong(
        "generator_not_updated",
        "This is what comes out when train_step does not update the generator. See section 6.",
        (CRITIC_LOOP, CRITIC_LOOP.rpartition("\n")[0] + "\n    loss_G = 0.0"),
        fails=(STEP, STEP_LOSSES),
    ),
    wrong(
        "generator_updated_n_critic_times",
        "This is what comes out when the generator is updated n_critic times and the critic once. See section 6.",
        (
            CRITIC_LOOP,
            lines(
                "losses.append(train_discriminator(real_images, D, G, optim_D, clip_value, batch_size, input_dim, device))",
                "for _ in range(n_critic):",
                "    loss_G = train_generator(D, G, optim_G, batch_size, input_dim, device)",
            ),
        ),
        fails=(STEP, STEP_LOSSES),
        sometimes=(TRAINING,),
    ),
    wrong(
        "clip_value_written_into_train_step",
        "This is what comes out when train_step hands on 0.01 and not its clip_value. See section 6.",
        (CRITIC_LOOP, CRITIC_LOOP.replace("clip_value", "0.01")),
        fails=(STEP, STEP_LOSSES),
    ),
    wrong(
        "train_step_returns_the_last_critic_loss",
        "This is what comes out when train_step returns the critic's last loss, not the mean. See section 6.",
        (STEP_RETURN, "return losses[-1], loss_G"),
        fails=(STEP_LOSSES,),
    ),
    wrong(
        "train_step_returns_the_sum_of_critic_losses",
        "This is what comes out when train_step returns the sum of the critic's losses, not the mean. See section 6.",
        (STEP_RETURN, "return sum(losses), loss_G"),
        fails=(STEP_LOSSES,),
    ),
    wrong(
        "train_step_returns_losses_in_the_wrong_order",
        "This is what comes out when train_step returns the generator's loss first. See section 6.",
        (STEP_RETURN, "return loss_G, sum(losses) / len(losses)"),
        fails=(STEP_LOSSES,),
    ),
    wrong(
        "train_step_returns_nothing",
        "This is what comes out when train_step has no return. See section 6.",
        (STEP_RETURN, "pass"),
        fails=(STEP_LOSSES, TRAINING),
    ),
    wrong(
        "train_step_returns_all_critic_losses",
        "This is what comes out when train_step returns the list of the critic's losses. See section 6.",
        (STEP_RETURN, "return losses, loss_G"),
        fails=(STEP_LOSSES, TRAINING),
    ),
]

BUILDING = [
    wrong(
        "optimizers_adam",
        "This is what comes out when the optimizers are Adam, as in labs 1 and 2. See section 7.",
        (RMSPROP_G, RMSPROP_G.replace("RMSprop", "Adam")),
        (RMSPROP_D, RMSPROP_D.replace("RMSprop", "Adam")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "optimizers_sgd",
        "This is what comes out when the optimizers are SGD. See section 7.",
        (RMSPROP_G, RMSPROP_G.replace("RMSprop", "SGD")),
        (RMSPROP_D, RMSPROP_D.replace("RMSprop", "SGD")),
        fails=(OPTIMIZERS, TRAINING),
    ),
    wrong(
        "optimizers_with_momentum",
        "This is what comes out when RMSprop is given momentum, which makes clipped training unsteady. See section 7.",
        (RMSPROP_G, RMSPROP_G.replace("5e-5", "5e-5, momentum=0.9")),
        (RMSPROP_D, RMSPROP_D.replace("5e-5", "5e-5, momentum=0.9")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "learning_rate_left_at_1e_2",
        "This is what comes out when RMSprop keeps its own learning rate, 1e-2. See section 7.",
        (RMSPROP_G, RMSPROP_G.replace(", lr=5e-5", "")),
        (RMSPROP_D, RMSPROP_D.replace(", lr=5e-5", "")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "learning_rate_1e_6",
        "This is what comes out when the learning rate is 1e-6, below what is asked. See section 7.",
        (RMSPROP_G, RMSPROP_G.replace("5e-5", "1e-6")),
        (RMSPROP_D, RMSPROP_D.replace("5e-5", "1e-6")),
        fails=(OPTIMIZERS, TRAINING),
    ),
    wrong(
        "optimizers_returned_in_the_wrong_order",
        "This is what comes out when build_optimizers returns the critic's optimizer first. See section 7.",
        ("return optim_G, optim_D", "return optim_D, optim_G"),
        fails=(OPTIMIZERS, TRAINING),
    ),
    wrong(
        "models_returned_in_the_wrong_order",
        "This is what comes out when build_models returns the critic first. See section 7.",
        (f"{MADE_D}\n    return G, D", f"{MADE_D}\n    return D, G"),
        fails=(MODELS, TRAINING),
    ),
]

RIGHT = [
    right(
        "linear_layer_by_hand",
        "The last Linear layer is two nn.Parameters and a product of matrices.",
        (
            f"self.fc2 = {D_FC2}",
            "self.weight = nn.Parameter(0.03 * torch.randn(1, 1024))\n        self.bias = nn.Parameter(torch.zeros(1))",
        ),
        (D_LAST, "return h @ self.weight.T + self.bias"),
    ),
    right(
        "detach_at_the_call",
        "The generated images are detached where the network scores them.",
        ("generated = G(z).detach()", "generated = G(z)"),
        (D_TOTAL, D_TOTAL.replace("D(generated)", "D(generated.detach())")),
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
        (G_TOTAL, lines("D.train()", "G.train()", G_TOTAL)),
    ),
    right(
        "clipping_through_data",
        "The weights are clipped through .data, without no_grad.",
        (CLIPPING, lines("for p in D.parameters():", "    p.data.clamp_(-clip_value, clip_value)")),
    ),
    right(
        "clipping_by_reassigning_data",
        "The clipped values are put into .data: the parameter stays the same object.",
        (CLIPPING, lines("for p in D.parameters():", "    p.data = p.data.clamp(min=-clip_value, max=clip_value)")),
    ),
    right(
        "clipping_by_copy",
        "copy_ of a clipped tensor; named_parameters; clip_ in place of clamp_.",
        (
            CLIPPING,
            lines(
                "with torch.no_grad():",
                "    for name, p in D.named_parameters():",
                "        p.copy_(torch.clip(p, -clip_value, clip_value))",
            ),
        ),
    ),
    right(
        "clipping_by_minimum_and_maximum",
        "max and min in two calls, over the layers and their parameters.",
        (
            CLIPPING,
            lines(
                "for layer in D.modules():",
                "    for p in layer.parameters(recurse=False):",
                "        p.data = p.data.clamp(max=clip_value)",
                "        p.data = p.data.clamp(min=-clip_value)",
            ),
        ),
    ),
    right(
        "clipping_through_the_optimizer",
        "The weights are clipped where the optimizer keeps them, in its groups.",
        (
            CLIPPING,
            lines(
                "for group in optim_D.param_groups:",
                "    for p in group['params']:",
                "        p.data.clamp_(-clip_value, clip_value)",
            ),
        ),
    ),
    right(
        "clipping_all_weights_as_one_vector",
        "All parameters are clipped as one vector and written back.",
        (
            CLIPPING,
            lines(
                "weights = nn.utils.parameters_to_vector(D.parameters()).detach()",
                "nn.utils.vector_to_parameters(weights.clamp(-clip_value, clip_value), D.parameters())",
            ),
        ),
    ),
    right(
        "clipping_in_a_function",
        "A function of the student's own clips, under a decorator.",
        (
            "def train_discriminator(",
            "@torch.no_grad()\ndef clip_weights(network, c):\n    for p in network.parameters():\n"
            "        p.clamp_(-c, c)\n\n\ndef train_discriminator(",
        ),
        (CLIPPING, "clip_weights(D, clip_value)"),
    ),
    right(
        "loss_in_the_other_order",
        "mean(D(G(z))) - mean(D(x)), and -torch.mean.",
        (D_TOTAL, "loss = torch.mean(D(generated)) - torch.mean(D(real))"),
        (G_TOTAL, "loss = -torch.mean(D(G(z)))"),
    ),
    right(
        "two_backward_calls",
        "The paper's code: backward() on each mean with its sign, one step.",
        (
            D_STEPS,
            lines(
                "optim_D.zero_grad()",
                "(-D(real).mean()).backward()",
                "D(generated).mean().backward()",
                "optim_D.step()",
            ),
        ),
    ),
    right(
        "both_batches_in_one_call",
        "Real and generated images go through the critic together.",
        (
            D_TOTAL,
            lines(
                "scores = D(torch.cat([real, generated]))",
                "loss = scores[real.size(0) :].mean() - scores[: real.size(0)].mean()",
            ),
        ),
    ),
    right(
        "no_grad_in_place_of_detach",
        "The generated images are made under torch.no_grad().",
        ("generated = G(z).detach()", "with torch.no_grad():\n        generated = G(z)"),
    ),
    right(
        "zero_grad_first",
        "Gradients are cleared at the head of each function.",
        (D_REAL, "D.zero_grad()\n    real = real_images.to(device)"),
        (D_STEPS, lines("loss.backward()", "optim_D.step()")),
        (G_STEPS, lines("G.zero_grad(set_to_none=False)", "loss.backward()", "optim_G.step()")),
    ),
    right(
        "critic_frozen_while_the_generator_learns",
        "The critic's gradients are turned off during the generator's update and on again after it, as in the paper's code.",
        (G_TOTAL, lines("for p in D.parameters():", "    p.requires_grad_(False)", G_TOTAL)),
        (
            G_RETURN,
            lines("optim_G.step()", "for p in D.parameters():", "    p.requires_grad_(True)", "return loss.item()"),
        ),
    ),
    right(
        "running_mean_of_losses",
        "train_step adds up the losses and divides; a list is returned.",
        ("losses = []", "losses = [0.0]"),
        (CRITIC_LOOP, CRITIC_LOOP.replace("losses.append(", "losses[0] += (")),
        (STEP_RETURN, "return [losses[0] / n_critic, loss_G]"),
    ),
    right(
        "mean_by_numpy",
        "The mean by NumPy, made a float.",
        ("import os\n", "import os\nimport numpy as np\n"),
        (STEP_RETURN, "return float(np.mean(losses)), loss_G"),
    ),
    right(
        "train_step_with_keywords",
        "train_step calls with keywords, and counts with while.",
        (
            CRITIC_LOOP,
            lines(
                "while len(losses) < n_critic:",
                "    losses.append(train_discriminator(real_images=real_images, D=D, G=G, optim_D=optim_D, "
                "clip_value=clip_value, batch_size=batch_size, input_dim=input_dim, device=device))",
                "loss_G = train_generator(D=D, G=G, optim_G=optim_G, batch_size=batch_size, input_dim=input_dim, device=device)",
            ),
        ),
    ),
    right(
        "learning_rate_1e_5",
        "The smallest learning rate that is accepted.",
        (RMSPROP_G, RMSPROP_G.replace("5e-5", "1e-5")),
        (RMSPROP_D, RMSPROP_D.replace("5e-5", "1e-5")),
    ),
    right(
        "learning_rate_5e_4",
        "The largest learning rate that is accepted.",
        (RMSPROP_G, RMSPROP_G.replace("5e-5", "5e-4")),
        (RMSPROP_D, RMSPROP_D.replace("5e-5", "0.0005")),
    ),
    right(
        "two_learning_rates",
        "Each network has its own learning rate, both within what is accepted.",
        (RMSPROP_G, RMSPROP_G.replace("5e-5", "2e-5, alpha=0.9")),
        (RMSPROP_D, RMSPROP_D.replace("5e-5", "1e-4, alpha=0.9")),
    ),
    right(
        "functional_activations",
        "Activations and pooling from torch and torch.nn.functional in forward.",
        ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
        (D_CONV1, "nn.Conv2d(1, 32, 5)"),
        (D_CONV2, "nn.Conv2d(32, 64, 5)"),
        (D_FIRST, "h = F.max_pool2d(F.leaky_relu(self.conv1(x), 0.1), 2)"),
        ("h = self.conv2(h)  # (N, 64, 4, 4)", "h = F.max_pool2d(F.leaky_relu(self.conv2(h), 0.1), 2)"),
    ),
    right(
        "generator_with_functional_activations",
        "ReLU and Tanh of the generator from torch and torch.nn.functional, after the layers and their BatchNorm.",
        (G_FC1, G_FC1.replace(", nn.ReLU()", "")),
        (G_CONV2, "nn.ConvTranspose2d(64, 1, 4, 2, 1)"),
        ("h = self.fc1(z)", "h = torch.relu(self.fc1(z))"),
        (G_LAST, "return torch.tanh(self.conv2(h))"),
    ),
    right(
        "one_sequential_each",
        "Each network is one nn.Sequential, with Unflatten and Flatten inside.",
        (
            G_FC1,
            "nn.Sequential(nn.Linear(input_dim, 1024), nn.BatchNorm1d(1024), nn.ReLU(), nn.Linear(1024, 6272), "
            f"nn.BatchNorm1d(6272), nn.ReLU(), nn.Unflatten(1, (128, 7, 7)), {G_CONV1}  , "
            "nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh())",
        ),
        (f"nn.Sequential(\n            {G_CONV1}\n        )", "nn.Identity()"),
        (G_FC2, "nn.Identity()"),
        (G_CONV2, "nn.Identity()"),
        (G_VIEW, "h = self.fc2(h)"),
        (D_CONV2, D_CONV2[:-1] + ", nn.Flatten(), nn.Linear(1024, 1024), nn.LeakyReLU(0.1))"),
        (D_FC1, "nn.Identity()"),
        (D_FLAT, "h = self.fc1(h)"),
    ),
]

VARIANTS = [
    *GENERATOR,
    *CRITIC,
    *CLIPPING_SLIPS,
    *LOSSES,
    *UPDATES,
    *TRAIN_STEP,
    *BUILDING,
    *RIGHT,
    *networks.RIGHT,
    *training.right_noises(),
]
