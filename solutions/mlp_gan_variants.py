"""Known wrong answers to the lab of MLP GANs on logits and unusual right ones, as edits of the answer in
`solutions/mlp_gan.py`. What goes wrong in build_models and build_optimizers it shares with other labs.
"""

from dataclasses import replace

from autograder.variants import beside, right, wrong

training = beside(__file__, "shared_training")

ANSWER = training.Answer(betas=", betas=(0.5, 0.999)")

G_MAPS = "generator_maps_noise_to_images"
G_PARAMETERS = "generator_has_the_parameters_of_its_layers"
G_COMPUTES = "generator_computes_its_layers"
MOMENTUM = "batch_norm_has_momentum_0_8"
D_MAPS = "discriminator_gives_logits"
D_PARAMETERS = "discriminator_has_the_parameters_of_its_layers"
D_COMPUTES = "discriminator_computes_its_layers"
D_LOSS = "discriminator_loss_is_half_the_sum"
G_LOSS = "generator_loss_is_non_saturating"
D_UPDATE = "discriminator_update_follows_its_loss"
G_UPDATE = "generator_update_follows_its_loss"
G_LEAVES_D = "generator_update_leaves_discriminator_alone"
NO_LEAK = "old_gradients_do_not_leak"
NOISE = "noise_is_standard_normal"
LAST_BATCH = "last_batch_of_an_epoch_trains"
DEVICE = "training_stays_on_the_given_device"
HANDS_ON = "generator_hands_its_images_on"
STEP = "step_trains_generator_first_on_the_same_images"
MODELS = "models_are_built_for_mnist"
TRAINING = "short_training_lowers_both_losses"
CHECKPOINT = "checkpoint_holds_both_state_dicts"
SUMMARY = "summary_lists_every_layer"

G_FC1 = "nn.Sequential(nn.Linear(input_dim, 128), nn.LeakyReLU(0.2))"
G_FC2 = "nn.Sequential(nn.Linear(128, 256), nn.BatchNorm1d(256, momentum=0.8), nn.LeakyReLU(0.2))"
G_FC3 = "nn.Sequential(nn.Linear(256, 512), nn.BatchNorm1d(512, momentum=0.8), nn.LeakyReLU(0.2))"
G_FC4 = "nn.Sequential(nn.Linear(512, 1024), nn.BatchNorm1d(1024, momentum=0.8), nn.LeakyReLU(0.2))"
G_FC5 = "nn.Sequential(nn.Linear(1024, 784), nn.Tanh())"
NORMED = (G_FC2, G_FC3, G_FC4)
D_FC1 = "nn.Sequential(nn.Linear(784, 512), nn.LeakyReLU(0.2))"
D_FC2 = "nn.Sequential(nn.Linear(512, 256), nn.LeakyReLU(0.2))"
G_LAST, D_LAST = "return self.fc5(h).view(-1, 1, 28, 28)", "return self.fc3(h)  # (N, 1)"
D_TOTAL = "loss = (loss_real + loss_generated) / 2"
G_TOTAL = "loss = loss_func(score, torch.ones_like(score))"
D_STEPS, G_STEPS = training.D_STEPS, training.G_STEPS
G_RETURN = "optim_G.step()\n    return loss.item(), generated.detach()"
D_RETURN = "optim_D.step()\n    return loss.item()"
NOISES = "z = torch.randn(batch_size, input_dim, device=device)"
IN_TURN = (
    "loss_G, generated = train_generator(D, G, loss_func, optim_G, real_images.size(0), input_dim, device)\n"
    "    loss_D = train_discriminator(real_images, generated, D, loss_func, optim_D, device)"
)
SAVED = 'torch.save({"G": G.state_dict(), "D": D.state_dict()}, path)'
INNERMOST = "if not list(layer.children()):"


def everywhere(old: str, new: str, *places: str) -> list[tuple[str, str]]:
    """The same replacement at each of these places of the answer."""
    return [(place, place.replace(old, new)) for place in places]


def lines(*statements: str) -> str:
    """Statements of a function's body, as they stand in the answer's cells."""
    return "\n    ".join(statements)


NETWORKS = [
    wrong(
        "batch_norm_epsilon_0_8",
        "This is what comes out when 0.8 is given to BatchNorm as its second argument: that is eps, and the momentum "
        "stays 0.1. See section 2.",
        *everywhere("momentum=0.8", "0.8", *NORMED),
        fails=(G_COMPUTES, MOMENTUM),
    ),
    wrong(
        "batch_norm_momentum_left_at_0_1",
        "This is what comes out when BatchNorm keeps its own momentum, 0.1. See section 2.",
        *everywhere(", momentum=0.8", "", *NORMED),
        fails=(MOMENTUM,),
    ),
    wrong(
        "batch_norm_momentum_0_2",
        "This is what comes out when the momentum is 0.2: other libraries call the share that is *kept* momentum, and "
        "their 0.8 is PyTorch's 0.2. Here PyTorch's is 0.8. See section 2.",
        *everywhere("momentum=0.8", "momentum=0.2", *NORMED),
        fails=(MOMENTUM,),
    ),
    wrong(
        "batch_norm_momentum_in_fc2_alone",
        "This is what comes out when fc3 and fc4 keep BatchNorm's own momentum, 0.1. See section 2.",
        *everywhere(", momentum=0.8", "", G_FC3, G_FC4),
        fails=(MOMENTUM,),
    ),
    wrong(
        "generator_batch_norm_in_fc1",
        "This is what comes out when the generator's first layer has a BatchNorm as well: the noise needs none. "
        "See section 2.",
        (G_FC1, G_FC1.replace("nn.LeakyReLU", "nn.BatchNorm1d(128, momentum=0.8), nn.LeakyReLU")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_without_batch_norm",
        "This is what comes out when the generator has no BatchNorm at all. See section 2.",
        (G_FC2, G_FC2.replace("nn.BatchNorm1d(256, momentum=0.8), ", "")),
        (G_FC3, G_FC3.replace("nn.BatchNorm1d(512, momentum=0.8), ", "")),
        (G_FC4, G_FC4.replace("nn.BatchNorm1d(1024, momentum=0.8), ", "")),
        fails=(G_PARAMETERS, G_COMPUTES, MOMENTUM),
    ),
    wrong(
        "generator_batch_norm_after_activation",
        "This is what comes out when BatchNorm stands after LeakyReLU. See section 2.",
        (G_FC3, "nn.Sequential(nn.Linear(256, 512), nn.LeakyReLU(0.2), nn.BatchNorm1d(512, momentum=0.8))"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_with_relu",
        "This is what comes out when the generator's hidden layers end in ReLU, as in lab 1. See section 2.",
        *everywhere("LeakyReLU(0.2)", "ReLU()", G_FC1, *NORMED),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_slope_0_01",
        "This is what comes out when the generator's LeakyReLU keeps its default slope, 0.01. See section 2.",
        *everywhere("(0.2)", "()", G_FC1, *NORMED),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_tanh",
        "This is what comes out when the generator's last layer has no activation. See section 2.",
        (G_FC5, "nn.Linear(1024, 784)"),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_ends_in_sigmoid",
        "This is what comes out when the generator ends in Sigmoid: its images lie in [0, 1], the real ones in [-1, 1]. "
        "See section 2.",
        (G_FC5, G_FC5.replace("Tanh", "Sigmoid")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_gives_flat_images",
        "This is what comes out when the generator's images stay flat, (N, 784): here they are whole. See section 2.",
        (G_LAST, "return self.fc5(h)"),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_without_fc4",
        "This is what comes out when the generator has three hidden layers, not four. See section 2.",
        (G_FC4, "nn.Identity()"),
        (G_FC5, G_FC5.replace("1024", "512")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "discriminator_ends_in_sigmoid",
        "This is what comes out when a Sigmoid is left at the end of the discriminator: BCEWithLogitsLoss takes it once "
        "more. See section 3.",
        ("self.fc3 = nn.Linear(256, 1)", "self.fc3 = nn.Sequential(nn.Linear(256, 1), nn.Sigmoid())"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_ends_in_tanh",
        "This is what comes out when the discriminator ends in Tanh: a logit may be any number. See section 3.",
        (D_LAST, "return torch.tanh(self.fc3(h))"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_with_relu",
        "This is what comes out when the discriminator's hidden layers end in ReLU. See section 3.",
        *everywhere("LeakyReLU(0.2)", "ReLU()", D_FC1, D_FC2),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_1",
        "This is what comes out when the discriminator's LeakyReLU has slope 0.1, lab 1's. See section 3.",
        *everywhere("0.2", "0.1", D_FC1, D_FC2),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_with_half_the_units",
        "This is what comes out when the discriminator has 256 and 128 units, not 512 and 256. See section 3.",
        (D_FC1, D_FC1.replace("512", "256")),
        (D_FC2, D_FC2.replace("512, 256", "256, 128")),
        ("self.fc3 = nn.Linear(256, 1)", "self.fc3 = nn.Linear(128, 1)"),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_dropout",
        "This is what comes out when the discriminator has Dropout: two looks at one image then differ. See section 3.",
        (D_FC2, D_FC2[:-1] + ", nn.Dropout(0.4))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_squeezes_its_output",
        "This is what comes out when the discriminator's result has shape (N,) in place of (N, 1). See section 3.",
        (D_LAST, "return self.fc3(h).squeeze(1)"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
]

UPDATES = [
    wrong(
        "discriminator_loss_not_halved",
        "This is what comes out when the discriminator's loss is the whole sum, as in lab 1: here it is half. "
        "See section 5.",
        (D_TOTAL, "loss = loss_real + loss_generated"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_loss_real_term_only",
        "This is what comes out when the discriminator's loss has the term of the real images alone. See section 5.",
        (D_TOTAL, "loss = loss_real"),
        fails=(D_LOSS,),
    ),
    wrong(
        "labels_swapped",
        "This is what comes out when the labels of real and generated images are swapped. See section 5.",
        ("torch.ones_like(score_real)", "torch.zeros_like(score_real)"),
        ("torch.zeros_like(score_generated)", "torch.ones_like(score_generated)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "labels_smoothed",
        "This is what comes out when the real images are labelled 0.9, not 1. See section 5.",
        ("torch.ones_like(score_real)", "torch.full_like(score_real, 0.9)"),
        fails=(D_LOSS,),
    ),
    wrong(
        "discriminator_squared_error",
        "This is what comes out when the discriminator's loss is the squared error of the logits. See section 5.",
        (D_TOTAL, "loss = ((score_real - 1) ** 2).mean() / 2 + (score_generated**2).mean() / 2"),
        fails=(D_LOSS,),
    ),
    wrong(
        "sigmoid_taken_before_the_loss",
        "This is what comes out when the Sigmoid is taken of the logits before loss_func, which takes it as well. "
        "See section 5.",
        (
            "score_real, score_generated = D(real), D(generated)",
            "score_real, score_generated = D(real).sigmoid(), D(generated).sigmoid()",
        ),
        fails=(D_LOSS,),
    ),
    wrong(
        "generator_sigmoid_taken_before_the_loss",
        "This is what comes out when the Sigmoid is taken of the generator's logits before loss_func, which takes it as "
        "well. See section 4.",
        ("score = D(generated)", "score = D(generated).sigmoid()"),
        fails=(G_LOSS,),
    ),
    wrong(
        "label_count_written_in",
        "This is what comes out when the number of labels is written into the code, whatever the batch. See section 5.",
        ("torch.ones_like(score_real)", "torch.ones(128, 1, device=device)"),
        fails=(LAST_BATCH, STEP, TRAINING),
    ),
    wrong(
        "generator_target_zero",
        "This is what comes out when the generator labels its images as generated. See section 4.",
        (G_TOTAL, "loss = loss_func(score, torch.zeros_like(score))"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_minimax_loss",
        "This is what comes out when the generator minimises the mean of ln(1 - D(G(z))), the saturating form of the "
        "paper's Eq. 1. See section 4.",
        (G_TOTAL, "loss = -loss_func(score, torch.zeros_like(score))"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_loss_halved",
        "This is what comes out when the generator's loss is halved too: that is the discriminator's. See section 4.",
        (G_TOTAL, f"{G_TOTAL} / 2"),
        fails=(G_LOSS,),
    ),
    wrong(
        "generator_images_detached",
        "This is what comes out when the generator's own update detaches its images: no gradient reaches it. "
        "See section 4.",
        ("score = D(generated)", "score = D(generated.detach())"),
        fails=(G_UPDATE, NO_LEAK, STEP, TRAINING),
    ),
    wrong(
        "zero_grad_after_backward",
        "This is what comes out when the gradients are cleared after loss.backward(): the step finds none and nothing "
        "is learned. See sections 4 and 5.",
        (D_STEPS, lines("loss.backward()", "optim_D.zero_grad()", "optim_D.step()")),
        (G_STEPS, lines("loss.backward()", "optim_G.zero_grad()", "optim_G.step()")),
        fails=(D_UPDATE, G_UPDATE, NO_LEAK, STEP, TRAINING),
    ),
    wrong(
        "discriminator_zero_grad_missing",
        "This is what comes out when the discriminator's gradients are not cleared: those that the generator's update "
        "left in D are still there. See section 5.",
        (D_STEPS, lines("loss.backward()", "optim_D.step()")),
        fails=(NO_LEAK,),
    ),
    wrong(
        "generator_zero_grad_missing",
        "This is what comes out when the generator's gradients are never cleared. See section 4.",
        (G_STEPS, lines("loss.backward()", "optim_G.step()")),
        fails=(NO_LEAK,),
    ),
    wrong(
        "discriminator_step_missing",
        "This is what comes out when the discriminator's optimizer takes no step. See section 5.",
        (D_RETURN, "return loss.item()"),
        fails=(D_UPDATE, NO_LEAK, STEP, TRAINING),
    ),
    wrong(
        "generator_update_steps_discriminator",
        "This is what comes out when the generator's update moves the discriminator too. See section 4.",
        (G_RETURN, G_RETURN.replace("return", "torch.optim.SGD(D.parameters(), lr=0.01).step()\n    return")),
        fails=(G_LEAVES_D,),
    ),
    wrong(
        "noise_uniform",
        "This is what comes out when the noise is uniform in [0, 1): it is drawn from N(0, 1). See section 4.",
        (NOISES, NOISES.replace("randn", "rand")),
        fails=(NOISE,),
    ),
    wrong(
        "noise_size_written_in",
        "This is what comes out when the noise has 100 numbers whatever input_dim is. See section 4.",
        (NOISES, NOISES.replace("input_dim", "100")),
        fails=(NOISE,),
    ),
    wrong(
        "noise_count_written_in",
        "This is what comes out when 64 noises are drawn whatever batch_size is. See section 4.",
        (NOISES, NOISES.replace("batch_size", "64")),
        fails=(NOISE, HANDS_ON, STEP),
    ),
    wrong(
        "noise_left_on_the_cpu",
        "This is what comes out when the noise is not put on `device`: it works on a CPU only. See section 4.",
        (NOISES, NOISES.replace(", device=device", "")),
        fails=(DEVICE,),
    ),
    wrong(
        "real_images_not_moved",
        "This is what comes out when the real images are not moved to `device`: it works on a CPU only. See section 5.",
        (training.D_REAL, "real = real_images"),
        fails=(DEVICE,),
    ),
    wrong(
        "images_not_handed_on",
        "This is what comes out when train_generator returns its loss alone. See section 4.",
        (G_RETURN, "optim_G.step()\n    return loss.item()"),
        fails=(HANDS_ON, STEP),
    ),
    wrong(
        "images_made_once_more",
        "This is what comes out when train_generator returns images that it makes anew after its step: D is to see those "
        "that were scored. See section 4.",
        (G_RETURN, G_RETURN.replace("generated.detach()", "G(z).detach()")),
        fails=(HANDS_ON, STEP),
    ),
    wrong(
        "images_handed_on_first",
        "This is what comes out when train_generator returns the images first and the loss second. See section 4.",
        (G_RETURN, G_RETURN.replace("loss.item(), generated.detach()", "generated.detach(), loss.item()")),
        fails=(G_LOSS, G_UPDATE, HANDS_ON, STEP, TRAINING),
    ),
]

STEPS = [
    wrong(
        "discriminator_goes_first",
        "This is what comes out when the discriminator is updated before the generator. See section 6.",
        (
            IN_TURN,
            "z = torch.randn(real_images.size(0), input_dim, device=device)\n"
            "    loss_D = train_discriminator(real_images, G(z).detach(), D, loss_func, optim_D, device)\n"
            "    loss_G, _ = train_generator(D, G, loss_func, optim_G, real_images.size(0), input_dim, device)",
        ),
        fails=(STEP,),
    ),
    wrong(
        "discriminator_sees_new_images",
        "This is what comes out when the discriminator is shown images that G makes anew, after its step. See section 6.",
        (
            IN_TURN,
            f"{IN_TURN}".replace(
                "    loss_D = train_discriminator(real_images, generated,",
                "    z = torch.randn(real_images.size(0), input_dim, device=device)\n"
                "    loss_D = train_discriminator(real_images, G(z),",
            ),
        ),
        fails=(STEP,),
    ),
    wrong(
        "step_returns_losses_in_the_wrong_order",
        "This is what comes out when train_step returns the generator's loss first. See section 6.",
        ("return loss_D, loss_G", "return loss_G, loss_D"),
        fails=(STEP,),
    ),
    wrong(
        "step_draws_64_noises",
        "This is what comes out when train_step asks for 64 noises whatever the batch. See section 6.",
        (IN_TURN, IN_TURN.replace("real_images.size(0)", "64")),
        fails=(STEP,),
    ),
    wrong(
        "step_returns_nothing",
        "This is what comes out when train_step has no return. See section 6.",
        ("    return loss_D, loss_G\n", "\n"),
        fails=(STEP,),
    ),
]

KEEPING = [
    wrong(
        "networks_saved_whole",
        "This is what comes out when whole networks are saved: weights_only=True refuses to run the code in such a file. "
        "See section 8.",
        (SAVED, 'torch.save({"G": G, "D": D}, path)'),
        fails=(CHECKPOINT,),
    ),
    wrong(
        "generator_saved_alone",
        "This is what comes out when the generator alone is saved. See section 8.",
        (SAVED, "torch.save(G.state_dict(), path)"),
        fails=(CHECKPOINT,),
    ),
    wrong(
        "parameters_saved_without_statistics",
        "This is what comes out when the parameters are saved and BatchNorm's running statistics are not. See section 8.",
        (SAVED, 'torch.save({"G": dict(G.named_parameters()), "D": dict(D.named_parameters())}, path)'),
        fails=(CHECKPOINT,),
    ),
    wrong(
        "networks_saved_crosswise",
        "This is what comes out when each state dict is saved under the other network's name. See section 8.",
        (SAVED, 'torch.save({"D": G.state_dict(), "G": D.state_dict()}, path)'),
        fails=(CHECKPOINT,),
    ),
    wrong(
        "networks_loaded_without_their_state",
        "This is what comes out when load_networks returns new networks and does not put the file's numbers in. "
        "See section 8.",
        ('    G.load_state_dict(states["G"])\n', ""),
        fails=(CHECKPOINT,),
    ),
    wrong(
        "summary_lists_containers",
        "This is what comes out when layers that hold others have rows too: their parameters are then counted twice. "
        "See section 8.",
        (INNERMOST, "if name:"),
        fails=(SUMMARY,),
    ),
    wrong(
        "summary_of_children_alone",
        "This is what comes out when the summary looks at a network's own children and not inside them. See section 8.",
        ("network.named_modules()", "network.named_children()"),
        fails=(SUMMARY,),
    ),
    wrong(
        "summary_without_total",
        "This is what comes out when the last row, the total, is missing. See section 8.",
        ('    rows.append(("total", "", sum(p.numel() for p in network.parameters())))\n', ""),
        fails=(SUMMARY,),
    ),
    wrong(
        "summary_counts_tensors",
        "This is what comes out when the parameters' tensors are counted, not their numbers. See section 8.",
        ("sum(p.numel() for p in layer.parameters())))", "len(list(layer.parameters()))))"),
        fails=(SUMMARY,),
    ),
]

RIGHT = [
    right(
        "functional_loss",
        "binary_cross_entropy_with_logits and softplus in place of loss_func.",
        (G_TOTAL, "loss = nn.functional.binary_cross_entropy_with_logits(score, torch.ones_like(score))"),
        (D_TOTAL, "loss = (nn.functional.softplus(-score_real) + nn.functional.softplus(score_generated)).mean() / 2"),
    ),
    right(
        "each_term_halved",
        "Each term is halved, and backward() is called on each.",
        (
            D_TOTAL,
            "loss_real, loss_generated = 0.5 * loss_real, 0.5 * loss_generated\n    loss = loss_real + loss_generated",
        ),
        (
            D_STEPS,
            lines("optim_D.zero_grad()", "loss_real.backward()", "loss_generated.backward()", "optim_D.step()"),
        ),
    ),
    right(
        "both_batches_in_one_call",
        "Real and generated images go through the discriminator together.",
        (
            "score_real, score_generated = D(real), D(generated)",
            "score_real, score_generated = D(torch.cat([real, generated])).split([real.size(0), generated.size(0)])",
        ),
    ),
    right(
        "step_written_out",
        "train_step does both updates itself, without the two functions.",
        (
            IN_TURN,
            lines(
                "n = real_images.size(0)",
                "generated = G(torch.randn(n, input_dim, device=device))",
                "score = D(generated)",
                "loss = loss_func(score, torch.ones_like(score))",
                "optim_G.zero_grad()",
                "loss.backward()",
                "optim_G.step()",
                "loss_G = loss.item()",
                "loss_D = train_discriminator(real_images, generated.detach(), D, loss_func, optim_D, device)",
            ),
        ),
    ),
    right(
        "images_handed_on_undetached",
        "train_generator returns its images with their graph; train_discriminator detaches them.",
        ("generated.detach()\n    # END", "generated\n    # END"),
    ),
    right(
        "detached_by_data",
        "The generated images are taken out by .data.",
        ("generated = generated_images.detach()", "generated = generated_images.to(device).data"),
    ),
    right(
        "leaky_relu_by_where",
        "LeakyReLU written out with torch.where.",
        (D_FC2, "nn.Linear(512, 256)"),
        (
            "h = self.fc2(h)  # (N, 256)\n        return self.fc3",
            "h = self.fc2(h)\n        h = torch.where(h > 0, h, 0.2 * h)\n        return self.fc3",
        ),
    ),
    right(
        "momentum_set_afterwards",
        "BatchNorm's momentum is set after the layers are made.",
        *everywhere(", momentum=0.8", "", *NORMED),
        (
            f"self.fc5 = {G_FC5}",
            f"self.fc5 = {G_FC5}\n        for layer in self.modules():\n            if isinstance(layer, nn.BatchNorm1d):\n"
            "                layer.momentum = 0.8",
        ),
    ),
    right(
        "batch_norm_arguments_by_position",
        "BatchNorm's eps and momentum by position.",
        *everywhere("momentum=0.8", "1e-5, 0.8", *NORMED),
    ),
    right(
        "noise_by_normal",
        "Noise by torch.normal.",
        (NOISES, "z = torch.normal(0.0, 1.0, (batch_size, input_dim), device=device)"),
    ),
    right(
        "zero_grad_first",
        "Gradients are cleared at the head of each function, by the network.",
        (training.D_REAL, "D.zero_grad()\n    real = real_images.to(device)"),
        (D_STEPS, lines("loss.backward()", "optim_D.step()")),
        (NOISES, f"G.zero_grad()\n    {NOISES}"),
        (G_STEPS, lines("loss.backward()", "optim_G.step()")),
    ),
    right(
        "states_moved_to_the_cpu",
        "The state dicts are saved from the CPU, through an open file.",
        (
            SAVED,
            'states = {name: {k: v.cpu() for k, v in net.state_dict().items()} for name, net in (("G", G), ("D", D))}\n'
            '    with open(path, "wb") as file:\n        torch.save(states, file)',
        ),
    ),
    right(
        "networks_loaded_by_class",
        "load_networks makes the networks by their classes and moves them afterwards.",
        ("G, D = build_models(device)\n    states", "G, D = Generator(100), Discriminator()\n    states"),
        (
            'D.load_state_dict(states["D"])\n    return G, D',
            'D.load_state_dict(states["D"], strict=True)\n    return G.to(device), D.to(device)',
        ),
    ),
    right(
        "summary_by_comprehension",
        "The summary as one list of lists.",
        (
            'rows.append(("total", "", sum(p.numel() for p in network.parameters())))',
            'rows = [list(row) for row in rows] + [["total", "", sum(row[2] for row in rows)]]',
        ),
    ),
    right(
        "summary_prints_as_well",
        "The summary prints its rows, and counts with numel of the state.",
        ("    return rows\n", "    for row in rows:\n        print(*row)\n    return tuple(rows)\n"),
    ),
    right(
        "weights_drawn_from_a_narrow_normal",
        "The weights are drawn from N(0, 0.02), as in the DCGAN paper.",
        (
            "class Generator(",
            "def draw_weights(m):\n    if isinstance(m, nn.Linear):\n        nn.init.normal_(m.weight, 0.0, 0.02)\n\n\n"
            "class Generator(",
        ),
        (training.MADE_G, f"{training.MADE_G}\n    G.apply(draw_weights)"),
        (training.MADE_D, f"{training.MADE_D}\n    D.apply(draw_weights)"),
    ),
    right(
        "adam_with_other_settings",
        "Adam with an epsilon and an implementation of the student's own choice.",
        (ANSWER.adam_g, ANSWER.adam_g.replace("2e-4", "2e-4, eps=1e-7, foreach=False")),
    ),
]

BUILDING = [
    replace(variant, sentence=variant.sentence.replace("section 6", "section 7"))
    for variant in (
        *training.building_mistakes(ANSWER),
        *(v for v in training.more_mistakes(ANSWER) if v.name.startswith("adam_betas")),
    )
]

VARIANTS = [*NETWORKS, *UPDATES, *STEPS, *BUILDING, *KEEPING, *RIGHT]
