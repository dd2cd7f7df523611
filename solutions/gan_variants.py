"""Known wrong answers to the GAN lab and unusual right ones, as edits of the answer in `solutions/gan.py`.

`fails` names every check that does not pass, in the order of the lab. One slip costs the checks about that slip; code
that raises in every call costs every check that has to call it.
"""

from autograder.variants import Edit, right, wrong

# The checks of autograder/labs/gan.py, in their order
G_MAPS = "generator_maps_noise_to_images"
G_PARAMETERS = "generator_has_the_parameters_of_its_layers"
G_COMPUTES = "generator_computes_its_layers"
D_MAPS = "discriminator_maps_images_to_probabilities"
D_PARAMETERS = "discriminator_has_the_parameters_of_its_layers"
D_COMPUTES = "discriminator_computes_its_layers"
D_LOSS = "discriminator_loss_adds_both_terms"
G_LOSS = "generator_loss_is_non_saturating"
D_UPDATE = "discriminator_update_follows_its_loss"
D_LEAVES_G = "discriminator_update_leaves_generator_alone"
G_UPDATE = "generator_update_follows_its_loss"
G_LEAVES_D = "generator_update_leaves_discriminator_alone"
NO_LEAK = "old_gradients_do_not_leak"
NOISE = "noise_is_standard_normal"
LAST_BATCH = "last_batch_of_an_epoch_trains"
DEVICE = "training_stays_on_the_given_device"
MODELS = "models_are_built_for_mnist"
OPTIMIZERS = "optimizers_are_adam_at_2e_4"
TRAINING = "short_training_moves_both_losses"

D_CALLS = (D_LOSS, D_UPDATE, D_LEAVES_G, NO_LEAK, NOISE, LAST_BATCH, TRAINING)  # what calls train_discriminator
G_CALLS = (G_LOSS, G_UPDATE, G_LEAVES_D, NO_LEAK, NOISE, TRAINING)  # what calls train_generator
CALLS = (D_LOSS, G_LOSS, D_UPDATE, D_LEAVES_G, G_UPDATE, G_LEAVES_D, NO_LEAK, NOISE, LAST_BATCH, DEVICE, TRAINING)

# Places of the answer that many variants edit
RELU_1 = "nn.Sequential(nn.Linear(input_dim, hidden_dim), nn.ReLU())"
RELU_2 = "nn.Sequential(nn.Linear(hidden_dim, hidden_dim), nn.ReLU())"
TANH_3 = "nn.Sequential(nn.Linear(hidden_dim, output_dim), nn.Tanh())"
LEAKY_1 = "nn.Sequential(nn.Linear(input_dim, hidden_dim), nn.LeakyReLU(0.1))"
LEAKY_2 = "nn.Sequential(nn.Linear(hidden_dim, hidden_dim), nn.LeakyReLU(0.1))"
SIGMOID_3 = "nn.Sequential(nn.Linear(hidden_dim, 1), nn.Sigmoid())"
G_FIRST, D_FIRST = "h = self.fc1(z)", "h = self.fc1(x)"
G_LAST, D_LAST = "return self.fc3(h)  # (N, output_dim)", "return self.fc3(h)  # (N, 1)"
D_NOISE = "torch.randn(real.size(0), input_dim, device=device)"
G_NOISE = "torch.randn(batch_size, input_dim, device=device)"
ONES, ZEROS = "torch.ones_like(score_real)", "torch.zeros_like(score_generated)"
D_SCORES = "D(real), D(generated)"
D_TOTAL = "loss = loss_real + loss_generated"
G_ONES = "torch.ones_like(score)"
G_TOTAL = "loss = loss_func(score, torch.ones_like(score))"
D_STEPS = "optim_D.zero_grad()\n    loss.backward()\n    optim_D.step()"
G_STEPS = "optim_G.zero_grad()\n    loss.backward()\n    optim_G.step()"
D_RETURN = "optim_D.step()\n    return loss.item()"
G_RETURN = "optim_G.step()\n    return loss.item()"
MADE_G = "Generator(input_dim=100, hidden_dim=256, output_dim=784).to(device)"
MADE_D = "Discriminator(input_dim=784, hidden_dim=256).to(device)"
ADAM_G, ADAM_D = "torch.optim.Adam(G.parameters(), lr=2e-4)", "torch.optim.Adam(D.parameters(), lr=2e-4)"


def lines(*statements: str) -> str:
    """Statements of a function's body, as they stand in the answer's cells."""
    return "\n    ".join(statements)


def both_noises(expression: str) -> tuple[Edit, Edit]:
    """The same expression for the noise in both training functions, `N` standing for the number of noises."""
    return (D_NOISE, expression.replace("N", "real.size(0)")), (G_NOISE, expression.replace("N", "batch_size"))


GENERATOR = [
    wrong(
        "generator_hidden_layer_twice_as_wide",
        "This is what comes out when the generator's second layer is wider than hidden_dim. See section 2.",
        (RELU_2, "nn.Sequential(nn.Linear(hidden_dim, 2 * hidden_dim), nn.ReLU())"),
        (TANH_3, "nn.Sequential(nn.Linear(2 * hidden_dim, output_dim), nn.Tanh())"),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_with_a_layer_less",
        "This is what comes out when the generator has no layer from hidden_dim to hidden_dim. See section 2.",
        (RELU_2, "nn.Identity()"),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_with_a_layer_more",
        "This is what comes out when the generator has two layers from hidden_dim to hidden_dim. See section 2.",
        (RELU_2, RELU_2[:-1] + ", nn.Linear(hidden_dim, hidden_dim), nn.ReLU())"),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_without_tanh",
        "This is what comes out when the generator's last layer has no activation. See section 2.",
        (TANH_3, "nn.Linear(hidden_dim, output_dim)"),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_ends_in_sigmoid",
        "This is what comes out when the generator ends in Sigmoid: its images lie in [0, 1], the real ones in "
        "[-1, 1]. See section 2.",
        (TANH_3, TANH_3.replace("Tanh", "Sigmoid")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_ends_in_hardtanh",
        "This is what comes out when the generator's pixels are cut off at -1 and 1 in place of a Tanh. See section 2.",
        (TANH_3, TANH_3.replace("Tanh", "Hardtanh")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_with_tanh_twice",
        "This is what comes out when the generator's images go through Tanh twice. See section 2.",
        (G_LAST, "return torch.tanh(self.fc3(h))"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_with_leaky_relu",
        "This is what comes out when the generator's hidden layers end in LeakyReLU, which is the discriminator's "
        "activation. See section 2.",
        (RELU_1, LEAKY_1),
        (RELU_2, LEAKY_2),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_with_tanh_in_hidden_layers",
        "This is what comes out when the generator's hidden layers end in Tanh. See section 2.",
        (RELU_1, RELU_1.replace("ReLU", "Tanh")),
        (RELU_2, RELU_2.replace("ReLU", "Tanh")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_first_relu",
        "This is what comes out when the generator's first layer has no activation. See section 2.",
        (RELU_1, "nn.Linear(input_dim, hidden_dim)"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_second_relu",
        "This is what comes out when the generator's second layer has no activation. See section 2.",
        (RELU_2, "nn.Linear(hidden_dim, hidden_dim)"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_any_relu",
        "This is what comes out when no hidden layer of the generator has an activation. See section 2.",
        (RELU_1, "nn.Linear(input_dim, hidden_dim)"),
        (RELU_2, "nn.Linear(hidden_dim, hidden_dim)"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_biases",
        "This is what comes out when the generator's Linear layers have no biases. See section 2.",
        (RELU_1, RELU_1.replace("hidden_dim)", "hidden_dim, bias=False)")),
        (RELU_2, "nn.Sequential(nn.Linear(hidden_dim, hidden_dim, bias=False), nn.ReLU())"),
        (TANH_3, TANH_3.replace("output_dim)", "output_dim, bias=False)")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_with_batchnorm",
        "This is what comes out when the generator has BatchNorm layers, which this lab does not ask for. See section 2.",
        (RELU_1, RELU_1.replace("nn.ReLU", "nn.BatchNorm1d(hidden_dim), nn.ReLU")),
        (RELU_2, RELU_2.replace("nn.ReLU", "nn.BatchNorm1d(hidden_dim), nn.ReLU")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_with_dropout",
        "This is what comes out when the generator has a Dropout layer, which this lab does not ask for. See section 2.",
        (RELU_2, RELU_2[:-1] + ", nn.Dropout(0.3))"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_layers_in_a_list",
        "This is what comes out when the generator's layers are kept where nn.Module does not see them, in a "
        "plain Python list for one: they are never trained. See section 2.",
        (RELU_1, f"[{RELU_1}]"),
        (RELU_2, f"[{RELU_2}]"),
        (TANH_3, f"[{TANH_3}]"),
        (
            lines(f"{G_FIRST}  # (N, hidden_dim)", "    h = self.fc2(h)  # (N, hidden_dim)", f"    {G_LAST}"),
            "return self.fc3[0](self.fc2[0](self.fc1[0](z)))",
        ),
        fails=(G_PARAMETERS, G_COMPUTES, TRAINING),
    ),
    wrong(
        "generator_parameters_frozen",
        "This is what comes out when the generator's parameters do not require gradients: nothing can train them. "
        "See section 2.",
        (TANH_3, TANH_3 + "\n        self.requires_grad_(False)"),
        fails=(G_PARAMETERS, TRAINING),
    ),
    wrong(
        "generator_detaches_its_images",
        "This is what comes out when the generator's forward cuts its images off from the gradient. See section 2.",
        (G_LAST, "return self.fc3(h).detach()"),
        fails=(TRAINING,),
    ),
    wrong(
        "generator_returns_a_tuple",
        "This is what comes out when the generator's forward returns more than the images. See section 2.",
        (G_LAST, "return self.fc3(h), h"),
        fails=(G_MAPS, G_COMPUTES, TRAINING),
    ),
    wrong(
        "generator_returns_whole_images",
        "This is what comes out when the generator gives images in rows and columns: this lab's images are flat, "
        "(N, output_dim). See section 2.",
        (G_LAST, "return self.fc3(h).unsqueeze(1)"),
        fails=(G_MAPS,),
    ),
    wrong(
        "generator_skips_its_last_layer",
        "This is what comes out when the generator's forward returns the hidden layer. See section 2.",
        (G_LAST, "return h"),
        fails=(G_MAPS, G_COMPUTES, TRAINING),
    ),
    wrong(
        "generator_skips_its_second_layer",
        "This is what comes out when the generator's forward leaves out its second layer. See section 2.",
        (
            lines(f"{G_FIRST}  # (N, hidden_dim)", "    h = self.fc2(h)  # (N, hidden_dim)", f"    {G_LAST}"),
            "return self.fc3(self.fc1(z))",
        ),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_hidden_size_written_in",
        "This is what comes out when the generator's hidden layers have 256 units whatever hidden_dim is. "
        "See section 2.",
        (RELU_1, "nn.Sequential(nn.Linear(input_dim, 256), nn.ReLU())"),
        (RELU_2, "nn.Sequential(nn.Linear(256, 256), nn.ReLU())"),
        (TANH_3, "nn.Sequential(nn.Linear(256, output_dim), nn.Tanh())"),
        fails=(G_PARAMETERS,),
    ),
    wrong(
        "generator_input_size_written_in",
        "This is what comes out when the generator takes 100 noise numbers whatever input_dim is. See section 2.",
        (RELU_1, "nn.Sequential(nn.Linear(100, hidden_dim), nn.ReLU())"),
        fails=(G_MAPS, G_PARAMETERS),
    ),
    wrong(
        "generator_output_size_written_in",
        "This is what comes out when the generator makes 784 pixels whatever output_dim is. See section 2.",
        (TANH_3, "nn.Sequential(nn.Linear(hidden_dim, 784), nn.Tanh())"),
        fails=(G_MAPS, G_PARAMETERS),
    ),
]

DISCRIMINATOR = [
    wrong(
        "discriminator_hidden_layer_half_as_wide",
        "This is what comes out when the discriminator's second layer is narrower than hidden_dim. See section 3.",
        (LEAKY_2, "nn.Sequential(nn.Linear(hidden_dim, hidden_dim // 2), nn.LeakyReLU(0.1))"),
        (SIGMOID_3, "nn.Sequential(nn.Linear(hidden_dim // 2, 1), nn.Sigmoid())"),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_a_layer_less",
        "This is what comes out when the discriminator has no layer from hidden_dim to hidden_dim. See section 3.",
        (LEAKY_2, "nn.Identity()"),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_a_layer_more",
        "This is what comes out when the discriminator has two layers from hidden_dim to hidden_dim. See section 3.",
        (LEAKY_2, LEAKY_2[:-1] + ", nn.Linear(hidden_dim, hidden_dim), nn.LeakyReLU(0.1))"),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_without_sigmoid",
        "This is what comes out when the discriminator does not end in Sigmoid: binary cross-entropy needs "
        "probabilities. See section 3.",
        (SIGMOID_3, "nn.Linear(hidden_dim, 1)"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_with_sigmoid_twice",
        "This is what comes out when the discriminator's score goes through Sigmoid twice: it is then between 0.5 and "
        "0.73. See section 3.",
        (D_LAST, "return torch.sigmoid(self.fc3(h))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_ends_in_softmax",
        "This is what comes out when the discriminator ends in Softmax over its one output: that is 1 for every image. "
        "See section 3.",
        (SIGMOID_3, SIGMOID_3.replace("Sigmoid()", "Softmax(dim=1)")),
        fails=(D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_with_two_outputs",
        "This is what comes out when the discriminator has two outputs an image, one for each class. See section 3.",
        (SIGMOID_3, "nn.Sequential(nn.Linear(hidden_dim, 2), nn.Softmax(dim=1))"),
        fails=(D_MAPS, D_PARAMETERS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_with_relu",
        "This is what comes out when the discriminator's hidden layers end in ReLU, which lets nothing negative "
        "through. See section 3.",
        (LEAKY_1, RELU_1),
        (LEAKY_2, RELU_2),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_01",
        "This is what comes out when LeakyReLU keeps PyTorch's own slope, 0.01. See section 3.",
        (LEAKY_1, LEAKY_1.replace("0.1", "")),
        (LEAKY_2, LEAKY_2.replace("0.1", "")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_2",
        "This is what comes out when LeakyReLU has slope 0.2, as many published GANs have it. See section 3.",
        (LEAKY_1, LEAKY_1.replace("0.1", "0.2")),
        (LEAKY_2, LEAKY_2.replace("0.1", "0.2")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_01_in_second_layer",
        "This is what comes out when only the first LeakyReLU has slope 0.1. See section 3.",
        (LEAKY_2, LEAKY_2.replace("0.1", "")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_without_first_activation",
        "This is what comes out when the discriminator's first layer has no activation. See section 3.",
        (LEAKY_1, "nn.Linear(input_dim, hidden_dim)"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_without_second_activation",
        "This is what comes out when the discriminator's second layer has no activation. See section 3.",
        (LEAKY_2, "nn.Linear(hidden_dim, hidden_dim)"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_without_biases",
        "This is what comes out when the discriminator's Linear layers have no biases. See section 3.",
        (LEAKY_1, LEAKY_1.replace("hidden_dim)", "hidden_dim, bias=False)")),
        (LEAKY_2, "nn.Sequential(nn.Linear(hidden_dim, hidden_dim, bias=False), nn.LeakyReLU(0.1))"),
        (SIGMOID_3, SIGMOID_3.replace("1)", "1, bias=False)")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_batchnorm",
        "This is what comes out when the discriminator has a BatchNorm layer: an image's score then depends on the other "
        "images. See section 3.",
        (LEAKY_2, LEAKY_2.replace("nn.LeakyReLU", "nn.BatchNorm1d(hidden_dim), nn.LeakyReLU")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_dropout",
        "This is what comes out when the discriminator has Dropout layers, which this lab does not ask for. "
        "See section 3.",
        (LEAKY_1, LEAKY_1[:-1] + ", nn.Dropout(0.3))"),
        (LEAKY_2, LEAKY_2[:-1] + ", nn.Dropout(0.3))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_layers_in_a_list",
        "This is what comes out when the discriminator's layers are kept where nn.Module does not see them, in a "
        "plain Python list for one: they are never trained. See section 3.",
        (LEAKY_1, f"[{LEAKY_1}]"),
        (LEAKY_2, f"[{LEAKY_2}]"),
        (SIGMOID_3, f"[{SIGMOID_3}]"),
        (
            lines(f"{D_FIRST}  # (N, hidden_dim)", "    h = self.fc2(h)  # (N, hidden_dim)", f"    {D_LAST}"),
            "return self.fc3[0](self.fc2[0](self.fc1[0](x)))",
        ),
        fails=(D_PARAMETERS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_first_layer_frozen",
        "This is what comes out when the discriminator's first layer does not require gradients. See section 3.",
        (LEAKY_1, LEAKY_1 + ".requires_grad_(False)"),
        fails=(D_PARAMETERS,),
    ),
    wrong(
        "discriminator_scores_without_gradient",
        "This is what comes out when the discriminator's forward runs without gradients. See section 3.",
        ("def forward(self, x):", "@torch.no_grad()\n    def forward(self, x):"),
        fails=(TRAINING,),
    ),
    wrong(
        "discriminator_drops_its_last_dimension",
        "This is what comes out when the discriminator's scores have shape (N,), not (N, 1). See section 3.",
        (D_LAST, "return self.fc3(h).squeeze(1)"),
        fails=(D_MAPS,),
    ),
    wrong(
        "discriminator_hidden_size_written_in",
        "This is what comes out when the discriminator's hidden layers have 256 units whatever hidden_dim is. "
        "See section 3.",
        (LEAKY_1, "nn.Sequential(nn.Linear(input_dim, 256), nn.LeakyReLU(0.1))"),
        (LEAKY_2, "nn.Sequential(nn.Linear(256, 256), nn.LeakyReLU(0.1))"),
        (SIGMOID_3, "nn.Sequential(nn.Linear(256, 1), nn.Sigmoid())"),
        fails=(D_PARAMETERS,),
    ),
    wrong(
        "discriminator_input_size_written_in",
        "This is what comes out when the discriminator takes 784 pixels whatever input_dim is. See section 3.",
        (LEAKY_1, "nn.Sequential(nn.Linear(784, hidden_dim), nn.LeakyReLU(0.1))"),
        fails=(D_MAPS, D_PARAMETERS),
    ),
]

DISCRIMINATOR_LOSS = [
    wrong(
        "labels_swapped",
        "This is what comes out when the labels of real and generated images are swapped. See section 4.",
        (ONES, "torch.zeros_like(score_real)"),
        (ZEROS, "torch.ones_like(score_generated)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "labels_all_one",
        "This is what comes out when the generated images are labelled as real too. See section 4.",
        (ZEROS, "torch.ones_like(score_generated)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "labels_all_zero",
        "This is what comes out when the real images are labelled as generated too. See section 4.",
        (ONES, "torch.zeros_like(score_real)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "labels_smoothed",
        "This is what comes out when the real images are labelled 0.9, not 1 (one-sided label smoothing). See section 4.",
        (ONES, "torch.full_like(score_real, 0.9)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "labels_smoothed_on_both_sides",
        "This is what comes out when the labels are 0.9 and 0.1, not 1 and 0. See section 4.",
        (ONES, "torch.full_like(score_real, 0.9)"),
        (ZEROS, "torch.full_like(score_generated, 0.1)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "labels_plus_and_minus_one",
        "This is what comes out when the generated images are labelled -1, not 0. See section 4.",
        (ZEROS, "-torch.ones_like(score_generated)"),
        fails=D_CALLS,
    ),
    wrong(
        "discriminator_loss_real_term_only",
        "This is what comes out when the discriminator's loss has the term of the real images alone. See section 4.",
        (D_TOTAL, "loss = loss_real"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_loss_generated_term_only",
        "This is what comes out when the discriminator's loss has the term of the generated images alone. "
        "See section 4.",
        (D_TOTAL, "loss = loss_generated"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_loss_difference",
        "This is what comes out when the two terms of the discriminator's loss are subtracted. See section 4.",
        (D_TOTAL, "loss = loss_real - loss_generated"),
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
        "discriminator_loss_negated",
        "This is what comes out when the discriminator's loss has the wrong sign: it is minimised, and binary "
        "cross-entropy has its minus sign already. See section 4.",
        (D_TOTAL, "loss = -(loss_real + loss_generated)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_loss_summed_over_the_batch",
        "This is what comes out when the discriminator's loss is added up over the batch: each term is a mean. "
        "See section 4.",
        (D_TOTAL, "loss = (loss_real + loss_generated) * real.size(0)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_loss_real_term_twice",
        "This is what comes out when the discriminator's loss counts the real images twice. See section 4.",
        (D_TOTAL, "loss = loss_real + loss_real"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_mse_loss",
        "This is what comes out when the discriminator's loss is the squared error in place of loss_func. See section 4.",
        (D_TOTAL, "loss = ((score_real - 1) ** 2).mean() + (score_generated**2).mean()"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_bce_with_logits",
        "This is what comes out when a loss for logits is given probabilities: the Sigmoid is then taken twice. "
        "See section 4.",
        (f"loss_func(score_real, {ONES})", f"nn.BCEWithLogitsLoss()(score_real, {ONES})"),
        (f"loss_func(score_generated, {ZEROS})", f"nn.BCEWithLogitsLoss()(score_generated, {ZEROS})"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_wasserstein_loss",
        "This is what comes out when the discriminator's loss is the difference of the mean scores, which is lab 3's. "
        "See section 4.",
        (D_TOTAL, "loss = score_generated.mean() - score_real.mean()"),
        fails=(D_LOSS,),
    ),
    wrong(
        "real_batch_scored_as_generated",
        "This is what comes out when the real images are scored in place of the generated ones. See section 4.",
        ("G(z).detach()", "real"),
        fails=(D_LOSS, NOISE, TRAINING),
    ),
    wrong(
        "generated_batch_scored_as_real",
        "This is what comes out when the generated images are scored in place of the real ones. See section 4.",
        (D_SCORES, "D(generated), D(generated)"),
        fails=(D_LOSS, TRAINING),
    ),
    wrong(
        "noise_images_in_place_of_generated",
        "This is what comes out when the discriminator is shown random pixels in place of the generator's images. "
        "See section 4.",
        ("G(z).detach()", "torch.randn_like(real)"),
        fails=(D_LOSS, NOISE),
    ),
    wrong(
        "real_images_rescaled",
        "This is what comes out when the real images are scaled again: they lie in [-1, 1] already. See section 4.",
        ("real_images.reshape(real_images.size(0), -1)", "(real_images.reshape(real_images.size(0), -1) * 2 - 1)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "real_images_rescaled_to_0_1",
        "This is what comes out when the real images are brought to [0, 1]: the generator's lie in [-1, 1]. "
        "See section 4.",
        ("real_images.reshape(real_images.size(0), -1)", "((real_images.reshape(real_images.size(0), -1) + 1) / 2)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "label_tensor_of_batch_size_rows",
        "This is what comes out when there are batch_size labels: an epoch's last batch has fewer images. See section 4.",
        (ONES, "torch.ones(batch_size, 1, device=device)"),
        (ZEROS, "torch.zeros(batch_size, 1, device=device)"),
        fails=(LAST_BATCH,),
    ),
    wrong(
        "label_tensor_of_128_rows",
        "This is what comes out when there are 128 labels whatever the batch. See section 4.",
        (ONES, "torch.ones(128, 1, device=device)"),
        (ZEROS, "torch.zeros(128, 1, device=device)"),
        fails=(LAST_BATCH,),
    ),
    wrong(
        "labels_without_second_dimension",
        "This is what comes out when the labels have shape (N,) and the scores (N, 1): loss_func needs the same shape. "
        "See section 4.",
        (ONES, "torch.ones(real.size(0), device=device)"),
        (ZEROS, "torch.zeros(real.size(0), device=device)"),
        fails=D_CALLS,
    ),
    wrong(
        "integer_labels",
        "This is what comes out when the labels are whole numbers: loss_func needs floats. See section 4.",
        (ONES, "torch.ones_like(score_real, dtype=torch.long)"),
        (ZEROS, "torch.zeros_like(score_generated, dtype=torch.long)"),
        fails=D_CALLS,
    ),
    wrong(
        "real_images_not_flattened",
        "This is what comes out when the images are given to the discriminator in rows and columns, not as (N, 784). "
        "See section 4.",
        ("real_images.reshape(real_images.size(0), -1)", "real_images"),
        fails=(TRAINING,),
    ),
]

DISCRIMINATOR_UPDATE = [
    wrong(
        "generated_images_not_detached",
        "This is what comes out when the generated images are not detached: the discriminator's loss sends gradients "
        "into the generator. See section 4.",
        ("G(z).detach()", "G(z)"),
        fails=(D_LEAVES_G,),
    ),
    wrong(
        "generated_score_detached",
        "This is what comes out when the score of the generated images is detached: the discriminator then learns from "
        "the real images alone. It is the images that are detached. See section 4.",
        (D_SCORES, "D(real), D(generated).detach()"),
        fails=(D_UPDATE,),
    ),
    wrong(
        "discriminator_loss_detached",
        "This is what comes out when the discriminator's loss is cut off from its gradient. See section 4.",
        (D_TOTAL, D_TOTAL + "\n    loss = loss.detach()"),
        fails=D_CALLS,
    ),
    wrong(
        "zero_grad_after_backward",
        "This is what comes out when the gradients are cleared after loss.backward(): the step finds none and nothing "
        "is learned. See section 4.",
        (D_STEPS, lines("loss.backward()", "optim_D.zero_grad()", "optim_D.step()")),
        fails=(D_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "zero_grad_after_step",
        "This is what comes out when the gradients are cleared only after the step: those that the generator's update "
        "left in D are still there. See section 4.",
        (D_STEPS, lines("loss.backward()", "optim_D.step()", "optim_D.zero_grad()")),
        fails=(NO_LEAK,),
    ),
    wrong(
        "zero_grad_missing",
        "This is what comes out when the discriminator's gradients are never cleared: each call adds to the last. "
        "See section 4.",
        (D_STEPS, lines("loss.backward()", "optim_D.step()")),
        fails=(NO_LEAK,),
    ),
    wrong(
        "zero_grad_of_the_generator",
        "This is what comes out when the discriminator's update clears the generator's gradients and not its own. "
        "See section 4.",
        ("optim_D.zero_grad()", "G.zero_grad()"),
        fails=(NO_LEAK,),
    ),
    wrong(
        "discriminator_step_missing",
        "This is what comes out when the discriminator's optimizer takes no step, or takes it before there are gradients. "
        "See section 4.",
        (D_RETURN, "return loss.item()"),
        fails=(D_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "step_before_backward",
        "This is what comes out when the discriminator's optimizer steps before loss.backward(): it uses the gradients "
        "of an earlier call. See section 4.",
        (D_STEPS, lines("optim_D.step()", "optim_D.zero_grad()", "loss.backward()")),
        fails=(D_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "backward_missing",
        "This is what comes out when no gradients are there for the step: loss.backward() is not called, or the "
        "network's gradients are cleared after it. See section 4.",
        (D_STEPS, lines("optim_D.zero_grad()", "optim_D.step()")),
        fails=(D_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "two_steps_on_one_gradient",
        "This is what comes out when the discriminator's optimizer steps twice a call. See section 4.",
        (D_RETURN, lines("optim_D.step()", D_RETURN)),
        fails=(D_UPDATE,),
    ),
    wrong(
        "one_step_per_term",
        "This is what comes out when the discriminator takes a step for the real images and another for the generated "
        "ones: one step follows the sum. See section 4.",
        (
            D_STEPS,
            lines(
                "for term in (loss_real, None):",
                "    optim_D.zero_grad()",
                "    term = loss_func(D(generated), torch.zeros_like(score_generated)) if term is None else term",
                "    term.backward()",
                "    optim_D.step()",
            ),
        ),
        fails=(D_UPDATE,),
    ),
    wrong(
        "discriminator_gradients_clipped",
        "This is what comes out when the discriminator's gradients are clipped before the step, which this lab does not "
        "ask for. See section 4.",
        (D_RETURN, lines("nn.utils.clip_grad_norm_(D.parameters(), 0.1)", D_RETURN)),
        fails=(D_UPDATE,),
    ),
    wrong(
        "discriminator_weights_clipped",
        "This is what comes out when the discriminator's weights are clipped after the step, which belongs to lab 3. "
        "See section 4.",
        (D_RETURN, D_RETURN.replace("return", "[p.data.clamp_(-0.01, 0.01) for p in D.parameters()]\n    return")),
        fails=(D_UPDATE,),
        sometimes=(TRAINING,),
    ),
    wrong(
        "discriminator_update_also_steps_generator",
        "This is what comes out when the discriminator's update moves the generator too. See section 4.",
        ("G(z).detach()", "G(z)"),
        (D_RETURN, D_RETURN.replace("return", "torch.optim.SGD(G.parameters(), lr=0.01).step()\n    return")),
        fails=(D_LEAVES_G,),
    ),
    wrong(
        "discriminator_returns_a_tensor",
        "This is what comes out when the discriminator's loss is returned as a tensor, not as a float. See section 4.",
        (D_RETURN, D_RETURN.replace(".item()", "")),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_returns_nothing",
        "This is what comes out when train_discriminator has no return. See section 4.",
        (D_RETURN, "optim_D.step()"),
        fails=(D_LOSS, D_UPDATE, TRAINING),
    ),
    wrong(
        "discriminator_returns_both_terms",
        "This is what comes out when train_discriminator returns more than one number. See section 4.",
        (D_RETURN, D_RETURN.replace("loss.item()", "loss_real.item(), loss_generated.item()")),
        fails=(D_LOSS, D_UPDATE, TRAINING),
    ),
    wrong(
        "discriminator_returns_real_term",
        "This is what comes out when the term of the real images is returned in place of the whole loss. See section 4.",
        (D_RETURN, D_RETURN.replace("loss.item()", "loss_real.item()")),
        fails=(D_LOSS, D_UPDATE),
    ),
]

GENERATOR_LOSS = [
    wrong(
        "generator_target_zero",
        "This is what comes out when the generator labels its images as generated: it then learns to be caught. "
        "See section 5.",
        (G_ONES, "torch.zeros_like(score)"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_minimax_loss",
        "This is what comes out when the generator minimises the mean of ln(1 - D(G(z))), the saturating form of the "
        "paper's Eq. 1. See section 5.",
        (G_TOTAL, "loss = -loss_func(score, torch.zeros_like(score))"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_loss_negated",
        "This is what comes out when the generator's loss has the wrong sign. See section 5.",
        (G_TOTAL, f"loss = -loss_func(score, {G_ONES})"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_loss_halved",
        "This is what comes out when the generator's loss is halved. See section 5.",
        (G_TOTAL, f"loss = loss_func(score, {G_ONES}) / 2"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_loss_summed_over_the_batch",
        "This is what comes out when the generator's loss is added up over the batch: it is a mean. See section 5.",
        (G_TOTAL, f"loss = loss_func(score, {G_ONES}) * batch_size"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_labels_smoothed",
        "This is what comes out when the generator's target is 0.9, not 1. See section 5.",
        (G_ONES, "torch.full_like(score, 0.9)"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_mse_loss",
        "This is what comes out when the generator's loss is the squared error in place of loss_func. See section 5.",
        (G_TOTAL, "loss = ((score - 1) ** 2).mean()"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_wasserstein_loss",
        "This is what comes out when the generator's loss is minus the mean score, which is lab 3's. See section 5.",
        (G_TOTAL, "loss = -score.mean()"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_bce_with_logits",
        "This is what comes out when the generator's loss is one for logits: the Sigmoid is then taken twice. "
        "See section 5.",
        (G_TOTAL, f"loss = nn.BCEWithLogitsLoss()(score, {G_ONES})"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_loss_has_both_labels",
        "This is what comes out when the generator's loss adds a term with label 0. See section 5.",
        (G_TOTAL, f"loss = loss_func(score, {G_ONES}) + loss_func(score, torch.zeros_like(score))"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_loss_adds_a_real_term",
        "This is what comes out when the generator's loss has a term for images that are not its own: the generator "
        "never sees a real image. See section 5.",
        (G_TOTAL, f"{G_TOTAL} + loss_func(D(torch.ones(batch_size, 784, device=device)), {G_ONES})"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_labels_without_second_dimension",
        "This is what comes out when the generator's labels have shape (N,) and the scores (N, 1). See section 5.",
        (G_ONES, "torch.ones(batch_size, device=device)"),
        fails=G_CALLS,
    ),
    wrong(
        "noise_scored_as_image",
        "This is what comes out when the noise itself is given to the discriminator. See section 5.",
        ("D(G(z))", "D(z)"),
        fails=G_CALLS,
    ),
]

GENERATOR_UPDATE = [
    wrong(
        "generator_images_detached",
        "This is what comes out when no gradient reaches the generator in its own update: its images are "
        "detached, or its gradients cleared too late. See section 5.",
        ("D(G(z))", "D(G(z).detach())"),
        fails=(G_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "generator_score_detached",
        "This is what comes out when the score or the loss is cut off from its gradient in the generator's "
        "update: there is nothing to call backward() on. See section 5.",
        ("D(G(z))", "D(G(z)).detach()"),
        fails=G_CALLS,
    ),
    wrong(
        "generator_zero_grad_after_backward",
        "This is what comes out when the generator's gradients are cleared after loss.backward(): the step finds none. "
        "See section 5.",
        (G_STEPS, lines("loss.backward()", "optim_G.zero_grad()", "optim_G.step()")),
        fails=(G_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "generator_zero_grad_after_step",
        "This is what comes out when the generator's gradients are cleared only after the step: gradients from "
        "elsewhere join its own. See section 5.",
        (G_STEPS, lines("loss.backward()", "optim_G.step()", "optim_G.zero_grad()")),
        fails=(NO_LEAK,),
    ),
    wrong(
        "generator_zero_grad_missing",
        "This is what comes out when the generator's gradients are never cleared. See section 5.",
        (G_STEPS, lines("loss.backward()", "optim_G.step()")),
        fails=(NO_LEAK,),
    ),
    wrong(
        "generator_clears_discriminator_instead",
        "This is what comes out when the generator's update clears the discriminator's gradients and not its own. "
        "See section 5.",
        ("optim_G.zero_grad()", "D.zero_grad()"),
        fails=(NO_LEAK,),
    ),
    wrong(
        "generator_step_missing",
        "This is what comes out when the generator's optimizer takes no step, or takes it before there are gradients. "
        "See section 5.",
        (G_RETURN, "return loss.item()"),
        fails=(G_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "generator_step_before_backward",
        "This is what comes out when the generator's optimizer steps before loss.backward(). See section 5.",
        (G_STEPS, lines("optim_G.step()", "optim_G.zero_grad()", "loss.backward()")),
        fails=(G_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "generator_backward_missing",
        "This is what comes out when train_generator does not call loss.backward(): there are no gradients to "
        "follow. See section 5.",
        (G_STEPS, lines("optim_G.zero_grad()", "optim_G.step()")),
        fails=(G_UPDATE, NO_LEAK, TRAINING),
    ),
    wrong(
        "generator_two_steps_on_one_gradient",
        "This is what comes out when the generator's optimizer steps twice a call. See section 5.",
        (G_RETURN, lines("optim_G.step()", G_RETURN)),
        fails=(G_UPDATE,),
    ),
    wrong(
        "generator_gradients_clipped",
        "This is what comes out when the generator's gradients are clipped before the step. See section 5.",
        (G_RETURN, lines("nn.utils.clip_grad_norm_(G.parameters(), 1e-3)", G_RETURN)),
        fails=(G_UPDATE,),
    ),
    wrong(
        "generator_update_steps_discriminator",
        "This is what comes out when the generator's update moves the discriminator too. See section 5.",
        (G_RETURN, G_RETURN.replace("return", "torch.optim.SGD(D.parameters(), lr=0.01).step()\n    return")),
        fails=(G_LEAVES_D,),
    ),
    wrong(
        "generator_update_freezes_discriminator",
        "This is what comes out when the generator's update turns off the discriminator's gradients and leaves them off: "
        "the discriminator cannot learn any more. See section 5.",
        ("score = D(G(z))", "D.requires_grad_(False)\n    score = D(G(z))"),
        fails=(TRAINING,),
    ),
    wrong(
        "generator_returns_a_tensor",
        "This is what comes out when the generator's loss is returned as a tensor, not as a float. See section 5.",
        (G_RETURN, G_RETURN.replace(".item()", "")),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_returns_nothing",
        "This is what comes out when train_generator has no return. See section 5.",
        (G_RETURN, "optim_G.step()"),
        fails=(G_LOSS, G_UPDATE, TRAINING),
    ),
]

NOISE_AND_DEVICE = [
    wrong(
        "noise_uniform",
        "This is what comes out when the noise is uniform in [0, 1): it is drawn from N(0, 1). See sections 4 and 5.",
        *both_noises("torch.rand(N, input_dim, device=device)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_uniform_in_discriminator_update",
        "This is what comes out when the discriminator's update draws uniform noise. See section 4.",
        (D_NOISE, D_NOISE.replace("randn", "rand")),
        fails=(NOISE,),
    ),
    wrong(
        "noise_uniform_in_generator_update",
        "This is what comes out when the generator's update draws uniform noise. See section 5.",
        (G_NOISE, G_NOISE.replace("randn", "rand")),
        fails=(NOISE,),
    ),
    wrong(
        "noise_uniform_from_minus_1_to_1",
        "This is what comes out when the noise is uniform in [-1, 1]: it is drawn from N(0, 1). See sections 4 and 5.",
        *both_noises("torch.rand(N, input_dim, device=device) * 2 - 1"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_all_zeros",
        "This is what comes out when the noise is zero. See sections 4 and 5.",
        *both_noises("torch.zeros(N, input_dim, device=device)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_all_ones",
        "This is what comes out when the noise is a tensor of ones. See sections 4 and 5.",
        *both_noises("torch.ones(N, input_dim, device=device)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_too_narrow",
        "This is what comes out when the noise is scaled down: it is drawn from N(0, 1). See sections 4 and 5.",
        *both_noises("0.1 * torch.randn(N, input_dim, device=device)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_seeded_in_every_call",
        "This is what comes out when every call draws the same noise, as when the random numbers are seeded "
        "inside the training functions. See sections 4 and 5.",
        (f"z = {D_NOISE}", lines("torch.manual_seed(42)", f"z = {D_NOISE}")),
        (f"z = {G_NOISE}", lines("torch.manual_seed(42)", f"z = {G_NOISE}")),
        fails=(NOISE,),
    ),
    wrong(
        "noise_from_its_own_seeded_generator",
        "This is what comes out when every call of train_generator draws the same noise, as from a random "
        "generator that is made with the same seed each time. See section 5.",
        (G_NOISE, G_NOISE.replace("device=device", "generator=torch.Generator().manual_seed(1)") + ".to(device)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_drawn_once",
        "This is what comes out when the noise is drawn once and used in every call. See sections 4 and 5.",
        ("def train_discriminator(", "FIXED = torch.randn(1024, 100)\n\n\ndef train_discriminator("),
        *both_noises("FIXED[:N].to(device)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_same_for_the_whole_batch",
        "This is what comes out when one noise is repeated for the whole batch. See sections 4 and 5.",
        *both_noises("torch.randn(1, input_dim, device=device).expand(N, -1)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_same_in_every_dimension",
        "This is what comes out when one random number is repeated along the noise. See sections 4 and 5.",
        *both_noises("torch.randn(N, 1, device=device).expand(-1, input_dim)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_size_written_in",
        "This is what comes out when the noise has 100 numbers whatever input_dim is. See sections 4 and 5.",
        *both_noises("torch.randn(N, 100, device=device)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_count_written_in",
        "This is what comes out when train_generator draws 128 noises whatever batch_size is. See section 5.",
        (G_NOISE, "torch.randn(128, input_dim, device=device)"),
        fails=(NOISE,),
    ),
    wrong(
        "noise_count_written_in_discriminator_update",
        "This is what comes out when train_discriminator draws 128 noises whatever the batch. See section 4.",
        (D_NOISE, "torch.randn(128, input_dim, device=device)"),
        fails=(LAST_BATCH,),
    ),
    wrong(
        "one_noise_in_place_of_a_batch",
        "This is what comes out when train_generator draws a single noise. See section 5.",
        (G_NOISE, "torch.randn(1, input_dim, device=device)"),
        fails=(NOISE,),
    ),
    wrong(
        "new_tensors_left_on_the_cpu",
        "This is what comes out when tensors that the training functions make, noise or labels, are not put on "
        "`device`: that works on a CPU only. See sections 4 and 5.",
        *both_noises("torch.randn(N, input_dim)"),
        fails=(DEVICE,),
    ),
    wrong(
        "discriminator_update_leaves_tensors_on_the_cpu",
        "This is what comes out when a tensor that train_discriminator makes, labels or noise, is not put on "
        "`device`. See section 4.",
        (ONES, "torch.ones(real.size(0), 1)"),
        (ZEROS, "torch.zeros(real.size(0), 1)"),
        fails=(DEVICE,),
    ),
    wrong(
        "cpu_written_in",
        "This is what comes out when the device 'cpu' is written into the training functions. See sections 4 and 5.",
        (
            "real_images.reshape(real_images.size(0), -1).to(device)",
            "real_images.reshape(real_images.size(0), -1).cpu()",
        ),
        *both_noises('torch.randn(N, input_dim, device="cpu")'),
        fails=(DEVICE,),
    ),
    wrong(
        "cuda_written_in",
        "This is what comes out when .cuda() is written into the code: it asks for a GPU, whatever `device` is. "
        "See sections 4 and 5.",
        (
            "real_images.reshape(real_images.size(0), -1).to(device)",
            "real_images.reshape(real_images.size(0), -1).cuda()",
        ),
        *both_noises("torch.randn(N, input_dim).cuda()"),
        fails=CALLS,
    ),
    wrong(
        "generator_update_leaves_tensors_on_the_cpu",
        "This is what comes out when a tensor that train_generator makes, noise or labels, is not put on "
        "`device`. See section 5.",
        (G_NOISE, "torch.randn(batch_size, input_dim)"),
        fails=(DEVICE,),
    ),
]

BUILDING = [
    wrong(
        "models_returned_in_the_wrong_order",
        "This is what comes out when build_models returns the discriminator first. See section 6.",
        (f"{MADE_D}\n    return G, D", f"{MADE_D}\n    return D, G"),
        fails=(MODELS, TRAINING),
    ),
    wrong(
        "models_not_returned",
        "This is what comes out when build_models has no return. See section 6.",
        (f"{MADE_D}\n    return G, D", MADE_D),
        fails=(MODELS, TRAINING),
    ),
    wrong(
        "models_hidden_size_128",
        "This is what comes out when build_models makes networks of 128 hidden units, not 256. See section 6.",
        (MADE_G, MADE_G.replace("256", "128")),
        (MADE_D, MADE_D.replace("256", "128")),
        fails=(MODELS,),
    ),
    wrong(
        "discriminator_built_with_512_hidden_units",
        "This is what comes out when build_models makes a discriminator of 512 hidden units, not 256. See section 6.",
        (MADE_D, MADE_D.replace("256", "512")),
        fails=(MODELS,),
    ),
    wrong(
        "generator_built_for_64_noise_numbers",
        "This is what comes out when build_models makes a generator that takes 64 noise numbers, not 100. See section 6.",
        (MADE_G, MADE_G.replace("100", "64")),
        fails=(MODELS, TRAINING),
    ),
    wrong(
        "generator_sizes_in_the_wrong_order",
        "This is what comes out when build_models mixes up the generator's sizes. See section 6.",
        (MADE_G, "Generator(784, 256, 100).to(device)"),
        fails=(MODELS, TRAINING),
    ),
    wrong(
        "models_left_on_the_cpu",
        "This is what comes out when build_models does not move the networks to `device`. See section 6.",
        (MADE_G, MADE_G.replace(".to(device)", "")),
        (MADE_D, MADE_D.replace(".to(device)", "")),
        fails=(MODELS,),
    ),
    wrong(
        "discriminator_left_on_the_cpu",
        "This is what comes out when build_models does not move the discriminator to `device`. See section 6.",
        (MADE_D, MADE_D.replace(".to(device)", "")),
        fails=(MODELS,),
    ),
    wrong(
        "optimizers_returned_in_the_wrong_order",
        "This is what comes out when build_optimizers returns the discriminator's optimizer first. See section 6.",
        ("return optim_G, optim_D", "return optim_D, optim_G"),
        fails=(OPTIMIZERS, TRAINING),
    ),
    wrong(
        "optimizers_not_returned",
        "This is what comes out when build_optimizers has no return. See section 6.",
        ("return optim_G, optim_D", "pass"),
        fails=(OPTIMIZERS, TRAINING),
    ),
    wrong(
        "one_optimizer_for_both_networks",
        "This is what comes out when one optimizer holds the parameters of both networks. See section 6.",
        (ADAM_G, "torch.optim.Adam([*G.parameters(), *D.parameters()], lr=2e-4)"),
        (ADAM_D, "optim_G"),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "optimizers_both_for_the_generator",
        "This is what comes out when both optimizers hold the generator's parameters. See section 6.",
        (ADAM_D, ADAM_G),
        fails=(OPTIMIZERS, TRAINING),
    ),
    wrong(
        "optimizers_both_for_the_discriminator",
        "This is what comes out when both optimizers hold the discriminator's parameters. See section 6.",
        (ADAM_G, ADAM_D),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "optimizer_of_the_weights_alone",
        "This is what comes out when an optimizer is given the weights and not the biases. See section 6.",
        (ADAM_G, "torch.optim.Adam([p for p in G.parameters() if p.dim() > 1], lr=2e-4)"),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "optimizer_sgd",
        "This is what comes out when the optimizers are SGD. See section 6.",
        (ADAM_G, ADAM_G.replace("Adam", "SGD")),
        (ADAM_D, ADAM_D.replace("Adam", "SGD")),
        fails=(OPTIMIZERS, TRAINING),
    ),
    wrong(
        "optimizer_rmsprop",
        "This is what comes out when the optimizers are RMSprop, as in lab 3. See section 6.",
        (ADAM_G, ADAM_G.replace("Adam", "RMSprop")),
        (ADAM_D, ADAM_D.replace("Adam", "RMSprop")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "optimizer_adamw",
        "This is what comes out when the optimizers are AdamW, which adds a weight decay. See section 6.",
        (ADAM_G, ADAM_G.replace("Adam", "AdamW")),
        (ADAM_D, ADAM_D.replace("Adam", "AdamW")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "learning_rate_2e_3",
        "This is what comes out when the learning rate is 2e-3, ten times what is asked. See section 6.",
        (ADAM_G, ADAM_G.replace("2e-4", "2e-3")),
        (ADAM_D, ADAM_D.replace("2e-4", "2e-3")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "learning_rate_2e_5",
        "This is what comes out when the learning rate is 2e-5, a tenth of what is asked. See section 6.",
        (ADAM_G, ADAM_G.replace("2e-4", "2e-5")),
        (ADAM_D, ADAM_D.replace("2e-4", "2e-5")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "learning_rate_left_at_1e_3",
        "This is what comes out when Adam keeps its own learning rate, 1e-3. See section 6.",
        (ADAM_G, ADAM_G.replace(", lr=2e-4", "")),
        (ADAM_D, ADAM_D.replace(", lr=2e-4", "")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "learning_rate_of_discriminator_doubled",
        "This is what comes out when the discriminator's learning rate is twice the generator's. See section 6.",
        (ADAM_D, ADAM_D.replace("2e-4", "4e-4")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "optimizer_weight_decay",
        "This is what comes out when the optimizers have weight decay. See section 6.",
        (ADAM_G, ADAM_G.replace("2e-4", "2e-4, weight_decay=1e-4")),
        (ADAM_D, ADAM_D.replace("2e-4", "2e-4, weight_decay=1e-4")),
        fails=(OPTIMIZERS,),
    ),
    wrong(
        "optimizer_maximizes",
        "This is what comes out when the discriminator's optimizer goes up the slope of the loss, not down. "
        "See section 6.",
        (ADAM_D, ADAM_D.replace("2e-4", "2e-4, maximize=True")),
        fails=(OPTIMIZERS, TRAINING),
    ),
]

RIGHT_NETWORKS = [
    right(
        "functional_activations",
        "Activations from torch and torch.nn.functional in forward.",
        ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
        (RELU_1, "nn.Linear(input_dim, hidden_dim)"),
        (RELU_2, "nn.Linear(hidden_dim, hidden_dim)"),
        (TANH_3, "nn.Linear(hidden_dim, output_dim)"),
        (
            lines(f"{G_FIRST}  # (N, hidden_dim)", "    h = self.fc2(h)  # (N, hidden_dim)", f"    {G_LAST}"),
            "return torch.tanh(self.fc3(torch.relu(self.fc2(F.relu(self.fc1(z))))))",
        ),
        (LEAKY_1, "nn.Linear(input_dim, hidden_dim)"),
        (LEAKY_2, "nn.Linear(hidden_dim, hidden_dim)"),
        (SIGMOID_3, "nn.Linear(hidden_dim, 1)"),
        (
            lines(f"{D_FIRST}  # (N, hidden_dim)", "    h = self.fc2(h)  # (N, hidden_dim)", f"    {D_LAST}"),
            "h = F.leaky_relu(self.fc1(x), 0.1)\n"
            "        return torch.sigmoid(self.fc3(F.leaky_relu(self.fc2(h), negative_slope=0.1)))",
        ),
    ),
    right(
        "activations_by_hand",
        "ReLU as a clamp, LeakyReLU as a maximum, Sigmoid by its formula.",
        (RELU_1, "nn.Linear(input_dim, hidden_dim)"),
        (G_FIRST, "h = self.fc1(z).clamp(min=0)"),
        (LEAKY_1, "nn.Linear(input_dim, hidden_dim)"),
        (D_FIRST, "h = self.fc1(x)\n        h = torch.maximum(h, 0.1 * h)"),
        (SIGMOID_3, "nn.Linear(hidden_dim, 1)"),
        (D_LAST, "return 1 / (1 + torch.exp(-self.fc3(h)))"),
    ),
    right(
        "inplace_activations",
        "Activations that overwrite their input.",
        (RELU_1, RELU_1.replace("ReLU()", "ReLU(inplace=True)")),
        (RELU_2, RELU_2.replace("ReLU()", "ReLU(True)")),
        (LEAKY_1, LEAKY_1.replace("0.1", "0.1, inplace=True")),
        (LEAKY_2, LEAKY_2.replace("0.1", "0.1, True")),
    ),
    right(
        "one_sequential",
        "Each network is one nn.Sequential.",
        (RELU_1, "nn.Identity()"),
        (RELU_2, "nn.Identity()"),
        (
            TANH_3,
            "nn.Sequential(nn.Linear(input_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, hidden_dim), nn.ReLU(), "
            "nn.Linear(hidden_dim, output_dim), nn.Tanh())",
        ),
        (LEAKY_1, "nn.Identity()"),
        (LEAKY_2, "nn.Identity()"),
        (
            SIGMOID_3,
            "nn.Sequential(nn.Flatten(), nn.Linear(input_dim, hidden_dim), nn.LeakyReLU(0.1), "
            "nn.Linear(hidden_dim, hidden_dim), nn.LeakyReLU(0.1), nn.Linear(hidden_dim, 1), nn.Sigmoid())",
        ),
    ),
    right(
        "networks_are_sequentials",
        "The networks inherit from nn.Sequential and have no forward of their own.",
        ("class Generator(nn.Module):", "class Generator(nn.Sequential):"),
        ("class Discriminator(nn.Module):", "class Discriminator(nn.Sequential):"),
        ("def forward(self, z):", "def unused(self, z):"),
        ("def forward(self, x):", "def unused(self, x):"),
    ),
    right(
        "flatten_in_the_discriminator",
        "The discriminator flattens what it is given, and the training function hands it whole images.",
        (D_FIRST, "h = self.fc1(x.flatten(1))"),
        ("real_images.reshape(real_images.size(0), -1).to(device)", "real_images.to(device).flatten(start_dim=1)"),
    ),
    right(
        "odd_attribute_names",
        "The layers have names of the student's own, and names with digits and underscores.",
        (f"self.fc1 = {RELU_1}", f"self._weight_1 = {RELU_1}"),
        (G_FIRST, "h = self._weight_1(z)"),
        (f"self.fc3 = {SIGMOID_3}", f"self.weight = {SIGMOID_3}"),
        (D_LAST, "return self.weight(h)"),
    ),
    right(
        "layers_made_in_another_order",
        "The last layer is made first.",
        (f"self.fc1 = {RELU_1}", f"self.fc3 = {TANH_3}".replace("nn.Tanh()", "nn.Tanh()  ")),
        (f"self.fc3 = {TANH_3}", f"self.fc1 = {RELU_1}".replace("nn.ReLU()", "nn.ReLU()  ")),
        (f"self.fc1 = {LEAKY_1}", f"self.fc3 = {SIGMOID_3}".replace("nn.Sigmoid()", "nn.Sigmoid()  ")),
        (f"self.fc3 = {SIGMOID_3}", f"self.fc1 = {LEAKY_1}".replace("(0.1)", "(0.1)  ")),
    ),
    right(
        "lazy_layers",
        "Layers find their input size at the first pass.",
        (RELU_1, "nn.Sequential(nn.LazyLinear(hidden_dim), nn.ReLU())"),
        (LEAKY_1, "nn.Sequential(nn.LazyLinear(hidden_dim), nn.LeakyReLU(0.1))"),
        (f"G = {MADE_G}", f"G = {MADE_G}\n    G(torch.zeros(2, 100, device=device))"),
        (f"D = {MADE_D}", f"D = {MADE_D}\n    D(torch.zeros(2, 784, device=device))"),
    ),
    right(
        "weights_by_hand",
        "The first layer's weight and bias are nn.Parameters of the student's own.",
        ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
        (
            f"self.fc1 = {RELU_1}",
            "self.w1 = nn.Parameter(0.1 * torch.randn(hidden_dim, input_dim))\n"
            "        self.b1 = nn.Parameter(torch.zeros(hidden_dim))",
        ),
        (G_FIRST, "h = F.relu(F.linear(z, self.w1, self.b1))"),
    ),
    right(
        "layers_in_a_module_list",
        "The layers are kept in an nn.ModuleList and run in a loop.",
        (f"self.fc1 = {RELU_1}", f"self.layers = nn.ModuleList([{RELU_1}])"),
        (f"self.fc2 = {RELU_2}", f"self.layers.append({RELU_2})"),
        (f"self.fc3 = {TANH_3}", f"self.layers.append({TANH_3})"),
        (
            lines(f"{G_FIRST}  # (N, hidden_dim)", "    h = self.fc2(h)  # (N, hidden_dim)", f"    {G_LAST}"),
            "for layer in self.layers:\n            z = layer(z)\n        return z",
        ),
    ),
    right(
        "a_helper_makes_the_layers",
        "A function of the student's own makes a layer and its activation.",
        (
            "class Generator(",
            "def block(n_in, n_out, activation):\n    return nn.Sequential(nn.Linear(n_in, n_out), activation)\n\n\n"
            "class Generator(",
        ),
        (RELU_1, "block(input_dim, hidden_dim, nn.ReLU())"),
        (RELU_2, "block(hidden_dim, hidden_dim, nn.ReLU())"),
        (LEAKY_1, "block(input_dim, hidden_dim, nn.LeakyReLU(negative_slope=0.1))"),
    ),
    right(
        "weights_drawn_from_a_narrow_normal",
        "The weights are drawn from N(0, 0.02), as in the DCGAN paper.",
        (
            "class Generator(",
            "def draw_weights(m):\n    if isinstance(m, nn.Linear):\n        nn.init.normal_(m.weight, 0.0, 0.02)\n"
            "        nn.init.zeros_(m.bias)\n\n\nclass Generator(",
        ),
        (TANH_3, TANH_3 + "\n        self.apply(draw_weights)"),
        (SIGMOID_3, SIGMOID_3 + "\n        self.apply(draw_weights)"),
    ),
    right(
        "weights_drawn_by_xavier_and_kaiming",
        "Weight initialisation by nn.init.",
        (TANH_3, TANH_3 + "\n        nn.init.xavier_uniform_(self.fc3[0].weight)"),
        (SIGMOID_3, SIGMOID_3 + "\n        nn.init.kaiming_normal_(self.fc1[0].weight, a=0.1)"),
    ),
    right(
        "sizes_have_defaults",
        "The constructors give their arguments default values and keep them as attributes.",
        ("input_dim, hidden_dim, output_dim):", "input_dim=100, hidden_dim=256, output_dim=784):"),
        (RELU_1, RELU_1 + "\n        self.input_dim, self.hidden_dim = input_dim, hidden_dim"),
    ),
    right(
        "type_hints",
        "Type hints, and super() with arguments.",
        (
            "input_dim, hidden_dim, output_dim):\n        super().__init__()",
            "input_dim: int, hidden_dim: int, output_dim: int) -> None:\n        super(Generator, self).__init__()",
        ),
        ("def forward(self, z):", "def forward(self, z: torch.Tensor) -> torch.Tensor:"),
        ("def train_generator(D,", "def train_generator(D: nn.Module,"),
    ),
    right(
        "shapes_asserted_in_forward",
        "Assertions and prints in forward.",
        (G_FIRST, 'assert z.dim() == 2, z.shape\n        print("z", z.shape)\n        h = self.fc1(z)'),
    ),
]

RIGHT_TRAINING = [
    right(
        "labels_by_ones",
        "Labels made by torch.ones and torch.zeros, as many as the batch has images.",
        (ONES, "torch.ones(real.size(0), 1).to(device)"),
        (ZEROS, "torch.zeros(generated.shape[0], 1, device=device)"),
        (G_ONES, "torch.ones(batch_size, 1, device=device)"),
    ),
    right(
        "labels_by_full_and_new_ones",
        "Labels made by full, new_ones and fill_.",
        (ONES, "torch.full((real.size(0), 1), 1.0, device=device)"),
        (ZEROS, "score_generated.new_zeros(score_generated.shape)"),
        (G_ONES, "torch.empty_like(score).fill_(1)"),
    ),
    right(
        "labels_require_gradients",
        "Labels wrapped in Variable, as old code has them.",
        (ONES, "torch.autograd.Variable(torch.ones_like(score_real), requires_grad=False)"),
        (G_ONES, "torch.autograd.Variable(torch.ones_like(score))"),
    ),
    right(
        "functional_binary_cross_entropy",
        "F.binary_cross_entropy in place of loss_func.",
        ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
        (f"loss_func(score_real, {ONES})", f"F.binary_cross_entropy(score_real, {ONES})"),
        (f"loss_func(score_generated, {ZEROS})", f"F.binary_cross_entropy(score_generated, {ZEROS})"),
        (G_TOTAL, f"loss = F.binary_cross_entropy(score, {G_ONES})"),
    ),
    right(
        "cross_entropy_by_its_formula",
        "The losses written out with logarithms.",
        (D_TOTAL, "loss = -(torch.log(score_real) + torch.log(1 - score_generated)).mean()"),
        (G_TOTAL, "loss = -torch.log(score + 1e-8).mean()"),
    ),
    right(
        "no_grad_in_place_of_detach",
        "The generated images are made without gradients.",
        ("generated = G(z).detach()", "with torch.no_grad():\n        generated = G(z)"),
    ),
    right(
        "data_in_place_of_detach",
        "The generated images are taken out by .data and cloned.",
        ("G(z).detach()", "G(z).data.clone()"),
    ),
    right(
        "detach_at_the_call",
        "The generated images are detached where the discriminator is called.",
        ("G(z).detach()", "G(z)"),
        (D_SCORES, "D(real), D(generated.detach())"),
    ),
    right(
        "zero_grad_first",
        "The gradients are cleared at the head of the functions, by the networks.",
        ("real = real_images.reshape", "D.zero_grad()\n    G.zero_grad()\n    real = real_images.reshape"),
        ("optim_D.zero_grad()\n", "\n"),
        (f"z = {G_NOISE}", f"G.zero_grad(set_to_none=False)\n    z = {G_NOISE}"),
        ("optim_G.zero_grad()\n", "\n"),
    ),
    right(
        "zero_grad_set_to_none_either_way",
        "The gradients are set to zero in one function and to None in the other.",
        ("optim_D.zero_grad()", "optim_D.zero_grad(set_to_none=False)"),
        ("optim_G.zero_grad()", "optim_G.zero_grad(set_to_none=True)"),
    ),
    right(
        "zero_grad_twice",
        "The gradients are cleared before the update and once more after the step.",
        (D_RETURN, D_RETURN.replace("return", "optim_D.zero_grad()\n    return")),
        (G_RETURN, G_RETURN.replace("return", "optim_G.zero_grad()\n    D.zero_grad()\n    return")),
    ),
    right(
        "two_backward_calls_and_one_step",
        "Each term has a backward() of its own; one step follows.",
        (D_STEPS, D_STEPS.replace("loss.backward()", "loss_real.backward()\n    loss_generated.backward()")),
    ),
    right(
        "gradients_by_autograd_grad",
        "The gradients are computed by torch.autograd.grad and put in place.",
        (
            D_STEPS,
            lines(
                "for p, grad in zip(D.parameters(), torch.autograd.grad(loss, list(D.parameters()))):",
                "    p.grad = grad",
                "optim_D.step()",
            ),
        ),
    ),
    right(
        "both_batches_in_one_call",
        "Real and generated images go through D together; the terms are averaged apart.",
        (
            f"score_real, score_generated = {D_SCORES}",
            "score_real, score_generated = D(torch.cat([real, generated])).split([real.size(0), generated.size(0)])",
        ),
    ),
    right(
        "noise_of_batch_size_rows",
        "The discriminator's update draws batch_size noises, also for the last batch.",
        (D_NOISE, "torch.randn(batch_size, input_dim).to(device)"),
        (G_NOISE, "torch.randn((batch_size, input_dim)).to(device)"),
    ),
    right(
        "noise_by_other_functions",
        "Noise by torch.normal and by normal_.",
        (D_NOISE, "torch.normal(0.0, 1.0, (real.size(0), input_dim)).to(device)"),
        (G_NOISE, "torch.empty(batch_size, input_dim, device=device).normal_()"),
    ),
    right(
        "noise_by_numpy",
        "Noise by NumPy and by torch.distributions.",
        ("import torch\n", "import numpy as np\nimport torch\n"),
        (D_NOISE, "torch.from_numpy(np.random.randn(len(real), input_dim)).float().to(device)"),
        (G_NOISE, "torch.distributions.Normal(0.0, 1.0).sample((batch_size, input_dim)).to(device)"),
    ),
    right(
        "networks_put_in_training_mode",
        "G.train() and D.train() in the training functions.",
        ("real = real_images.reshape", "D.train()\n    G.train()\n    real = real_images.reshape"),
        (f"z = {G_NOISE}", f"G.train()\n    z = {G_NOISE}"),
    ),
    right(
        "generator_in_evaluation_mode",
        "G.eval() while the discriminator is trained, which changes nothing in a network without BatchNorm.",
        (f"z = {D_NOISE}", f"G.eval()\n    z = {D_NOISE}"),
        (f"z = {G_NOISE}", f"G.train()\n    z = {G_NOISE}"),
    ),
    right(
        "discriminator_frozen_and_released",
        "The generator's update turns off the discriminator's gradients and turns them on again.",
        ("score = D(G(z))", "D.requires_grad_(False)\n    score = D(G(z))"),
        (G_RETURN, G_RETURN.replace("return", "D.requires_grad_(True)\n    return")),
    ),
    right(
        "loss_returned_by_float",
        "The losses are returned by float() and from NumPy.",
        (D_RETURN, D_RETURN.replace("loss.item()", "float(loss)")),
        (G_RETURN, G_RETURN.replace("loss.item()", "loss.detach().cpu().numpy().item()")),
    ),
    right(
        "loss_item_before_the_step",
        "The loss is read before backward().",
        ("optim_D.zero_grad()\n", "value = loss.detach().cpu().item()\n    optim_D.zero_grad()\n"),
        (D_RETURN, D_RETURN.replace("loss.item()", "value")),
    ),
    right(
        "sum_of_losses_over_the_batch_size",
        "The generator's loss is a sum over the batch, divided by its size.",
        (G_TOTAL, f'loss = nn.BCELoss(reduction="sum")(score, {G_ONES}) / score.size(0)'),
    ),
    right(
        "helpers_and_a_class_around_the_update",
        "Helper functions do the noise and the update.",
        (
            "def train_discriminator(",
            "def draw(n, dim, device):\n    return torch.randn(n, dim, device=device)\n\n\n"
            "def descend(loss, optimizer):\n    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"
            "    return loss.item()\n\n\ndef train_discriminator(",
        ),
        (D_NOISE, "draw(real.size(0), input_dim, device)"),
        (lines(D_STEPS, "return loss.item()"), "return descend(loss, optim_D)"),
        (lines(G_STEPS, "return loss.item()"), "return descend(loss, optim_G)"),
    ),
    right(
        "prints_and_progress_bars",
        "Prints on stdout, a warning and a progress bar on stderr.",
        ("import os\n", "import os\nimport sys\nimport warnings\n\nfrom tqdm.auto import tqdm\n"),
        (D_TOTAL, D_TOTAL + '\n    print("loss of D", loss, file=sys.stderr)\n    warnings.warn("a test")'),
        (G_TOTAL, f'for _ in tqdm(range(3), desc="G"):\n        pass\n    {G_TOTAL}\n    print("loss of G", loss)'),
    ),
    right(
        "comments_in_chinese",
        "Comments, texts and names in Chinese.",
        (D_TOTAL, "损失 = loss_real + loss_generated  # 判别器的损失：真实图像与生成图像两项之和\n    loss = 损失"),
        (f"z = {G_NOISE}", f'"""生成器训练一步"""\n    z = {G_NOISE}  # 噪声'),
    ),
    right(
        "magics_and_shell_lines",
        "Notebook magics, a shell line, and a cell that is timed.",
        ("import os\n", "%matplotlib inline\n%load_ext tensorboard\n!pip install -q tqdm\nimport os\n"),
        ("def train_generator(", "%%time\ndef train_generator("),
    ),
    right(
        "extra_imports_and_arguments",
        "Imports that nothing uses, and arguments more with default values.",
        ("import os\n", "import os\nimport math, random\nimport numpy as np\nimport matplotlib.pyplot as plt\n"),
        (
            'batch_size, input_dim, device):\n    """Update D',
            'batch_size, input_dim, device, k=1, *rest):\n    """Update D',
        ),
    ),
]

RIGHT_BUILDING = [
    right(
        "adam_betas_0_5",
        "Adam with betas (0.5, 0.999), as in the DCGAN paper.",
        (ADAM_G, ADAM_G.replace("2e-4", "2e-4, betas=(0.5, 0.999)")),
        (ADAM_D, ADAM_D.replace("2e-4", "0.0002, betas=(0.5, 0.999)")),
    ),
    right(
        "adam_from_a_short_name",
        "Adam through an import of its own, with the parameters as a list and in a group.",
        ("import torch\n", "import torch\nfrom torch import optim\n"),
        (ADAM_G, "optim.Adam(list(G.parameters()), 2e-4, amsgrad=False)"),
        (ADAM_D, 'optim.Adam([{"params": D.parameters(), "lr": 2e-4}])'),
    ),
    right(
        "adam_foreach_and_fused",
        "Adam with eps and foreach given.",
        (ADAM_G, ADAM_G.replace("2e-4", "2e-4, eps=1e-7, foreach=False")),
        (ADAM_D, "torch.optim.Adam(filter(lambda p: p.requires_grad, D.parameters()), lr=2 * 10**-4)"),
    ),
    right(
        "models_returned_in_a_list",
        "build_models returns a list, its networks made with positional arguments and moved later.",
        (f"G = {MADE_G}", "G = Generator(100, 256, 28 * 28)"),
        (
            f"D = {MADE_D}\n    return G, D",
            "D = Discriminator(28 * 28, 256)\n    return [net.to(device) for net in (G, D)]",
        ),
    ),
    right(
        "models_made_on_the_device",
        "build_models makes its networks under the device, and prints them.",
        (f"G = {MADE_G}", f"with torch.device(device):\n        G = {MADE_G}\n    print(G)"),
    ),
]

VARIANTS = [
    *GENERATOR,
    *DISCRIMINATOR,
    *DISCRIMINATOR_LOSS,
    *DISCRIMINATOR_UPDATE,
    *GENERATOR_LOSS,
    *GENERATOR_UPDATE,
    *NOISE_AND_DEVICE,
    *BUILDING,
    *RIGHT_NETWORKS,
    *RIGHT_TRAINING,
    *RIGHT_BUILDING,
]
