"""Known wrong answers to the lab of DCGANs at 64x64 and unusual right ones, as edits of the answer in
`solutions/dcgan64.py`. Its networks' mistakes are its own; it trains as several labs do.
"""

from autograder.variants import beside, right, wrong

training = beside(__file__, "shared_training")

APPLIED_G, APPLIED_D = "    G.apply(draw_weights)\n", "    D.apply(draw_weights)\n"
ANSWER = training.Answer(betas=", betas=(0.5, 0.99)", after_models=APPLIED_G + APPLIED_D, sgd_learns=True)

G_MAPS = "generator_maps_noise_to_images"
G_PARAMETERS = "generator_has_the_parameters_of_its_layers"
G_COMPUTES = "generator_computes_its_layers"
D_MAPS = "discriminator_maps_images_to_probabilities"
D_PARAMETERS = "discriminator_has_the_parameters_of_its_layers"
D_COMPUTES = "discriminator_computes_its_layers"
WEIGHTS = "weights_are_drawn_from_a_narrow_normal"
OPTIMIZERS = "optimizers_are_adam_at_2e_4"
TRAINING = "short_training_lowers_both_losses"

G_FIRST = "nn.ConvTranspose2d(input_dim, 512, 4, 1, 0, bias=False), nn.BatchNorm2d(512), nn.ReLU()"
G_CONV2 = "nn.Sequential(nn.ConvTranspose2d(512, 256, 4, 2, 1, bias=False), nn.BatchNorm2d(256), nn.ReLU())"
G_CONV3 = "nn.Sequential(nn.ConvTranspose2d(256, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU())"
G_CONV4 = "nn.Sequential(nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU())"
G_CONV5 = "nn.Sequential(nn.ConvTranspose2d(64, 1, 4, 2, 1, bias=False), nn.Tanh())"
G_VIEW, G_LAST = "h = self.conv1(z.view(z.size(0), -1, 1, 1))", "return self.conv5(h)  # (N, 1, 64, 64)"
D_CONV1 = "nn.Sequential(nn.Conv2d(1, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2))"
D_CONV2 = "nn.Sequential(nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2))"
D_CONV3 = "nn.Sequential(nn.Conv2d(128, 256, 4, 2, 1, bias=False), nn.BatchNorm2d(256), nn.LeakyReLU(0.2))"
D_CONV4 = "nn.Sequential(nn.Conv2d(256, 512, 4, 2, 1, bias=False), nn.BatchNorm2d(512), nn.LeakyReLU(0.2))"
D_CONV5 = "nn.Sequential(nn.Conv2d(512, 1, 4, 2, 0, bias=False), nn.Sigmoid())"
D_LAST = "return self.conv5(h).flatten(1)"
KINDS, DRAWN = "(nn.Conv2d, nn.ConvTranspose2d)", "nn.init.normal_(layer.weight, 0.0, 0.02)"
DRAW = f"if isinstance(layer, {KINDS}):\n        {DRAWN}"


def everywhere(old: str, new: str, *places: str) -> list[tuple[str, str]]:
    """The same replacement at each of these places of the answer."""
    return [(place, place.replace(old, new)) for place in places]


GENERATOR = [
    wrong(
        "generator_with_biases",
        "This is what comes out when the generator's convolutions have their biases. See section 2.",
        *everywhere(", bias=False", "", G_FIRST, G_CONV2, G_CONV3, G_CONV4, G_CONV5),
        fails=(G_PARAMETERS, G_COMPUTES, WEIGHTS),
    ),
    wrong(
        "generator_bias_in_its_last_layer",
        "This is what comes out when the generator's last convolution has a bias. See section 2.",
        *everywhere(", bias=False", "", G_CONV5),
        fails=(G_PARAMETERS, G_COMPUTES, WEIGHTS),
    ),
    wrong(
        "generator_begins_with_a_linear_layer",
        "This is what comes out when a Linear layer makes the first maps, as in the lab at 32x32. See section 2.",
        (
            G_FIRST,
            "nn.Linear(input_dim, 512 * 4 * 4, bias=False), nn.Unflatten(1, (512, 4, 4)), nn.BatchNorm2d(512), nn.ReLU()",
        ),
        (G_VIEW, "h = self.conv1(z)"),
        fails=(G_PARAMETERS, G_COMPUTES, WEIGHTS),
    ),
    wrong(
        "generator_without_batch_norm_in_conv1",
        "This is what comes out when the generator's first convolution has no BatchNorm. See section 2.",
        (G_FIRST, G_FIRST.replace("nn.BatchNorm2d(512), ", "")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_without_batch_norm",
        "This is what comes out when the generator has no BatchNorm at all. See section 2.",
        (G_FIRST, G_FIRST.replace("nn.BatchNorm2d(512), ", "")),
        (G_CONV2, G_CONV2.replace("nn.BatchNorm2d(256), ", "")),
        (G_CONV3, G_CONV3.replace("nn.BatchNorm2d(128), ", "")),
        (G_CONV4, G_CONV4.replace("nn.BatchNorm2d(64), ", "")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_batch_norm_on_its_output",
        "This is what comes out when the generator's last layer has a BatchNorm too: it forces every batch of images to "
        "one mean and one variance. See section 2.",
        (G_CONV5, G_CONV5.replace("nn.Tanh()", "nn.BatchNorm2d(1), nn.Tanh()")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_batch_norm_after_relu",
        "This is what comes out when BatchNorm stands after ReLU: it belongs between the layer and its activation. "
        "See section 2.",
        (G_CONV2, G_CONV2.replace("nn.BatchNorm2d(256), nn.ReLU()", "nn.ReLU(), nn.BatchNorm2d(256)")),
        (G_CONV3, G_CONV3.replace("nn.BatchNorm2d(128), nn.ReLU()", "nn.ReLU(), nn.BatchNorm2d(128)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_with_leaky_relu",
        "This is what comes out when the generator's stages end in LeakyReLU, which is the discriminator's activation. "
        "See section 2.",
        *everywhere("nn.ReLU()", "nn.LeakyReLU(0.2)", G_FIRST, G_CONV2, G_CONV3, G_CONV4),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_relu_in_conv4",
        "This is what comes out when the generator's conv4 has no activation. See section 2.",
        (G_CONV4, G_CONV4.replace(", nn.ReLU()", "")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_ends_in_sigmoid",
        "This is what comes out when the generator ends in Sigmoid: its images lie in [0, 1], this lab's real ones in "
        "[-1, 1]. See sections 1 and 2.",
        (G_CONV5, G_CONV5.replace("Tanh", "Sigmoid")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_tanh",
        "This is what comes out when the generator's last layer has no activation. See section 2.",
        (G_CONV5, "nn.ConvTranspose2d(64, 1, 4, 2, 1, bias=False)"),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_with_half_the_maps",
        "This is what comes out when the generator has 256 maps of 4x4 where 512 are asked for. See section 2.",
        (G_FIRST, G_FIRST.replace("512", "256")),
        (G_CONV2, G_CONV2.replace("512, 256", "256, 256")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_makes_32x32",
        "This is what comes out when a stage is missing: the images have 32x32 pixels, not 64x64. See section 2.",
        (G_CONV4, "nn.Identity()"),
        (G_CONV5, G_CONV5.replace("64, 1", "128, 1")),
        fails=(G_MAPS, G_PARAMETERS, G_COMPUTES, TRAINING),
    ),
    wrong(
        "generator_input_size_written_in",
        "This is what comes out when 100 is written into the generator in place of input_dim. See section 2.",
        (G_FIRST, G_FIRST.replace("input_dim", "100")),
        fails=(G_MAPS, G_COMPUTES),
    ),
]

DISCRIMINATOR = [
    wrong(
        "discriminator_with_biases",
        "This is what comes out when the discriminator's convolutions have their biases. See section 3.",
        *everywhere(", bias=False", "", D_CONV1, D_CONV2, D_CONV3, D_CONV4, D_CONV5),
        fails=(D_PARAMETERS, D_COMPUTES, WEIGHTS),
    ),
    wrong(
        "discriminator_ends_in_a_linear_layer",
        "This is what comes out when a Linear layer makes the score, as in the lab at 32x32. See section 3.",
        (D_CONV5, "nn.Sequential(nn.Flatten(), nn.Linear(512 * 4 * 4, 1, bias=False), nn.Sigmoid())"),
        fails=(D_PARAMETERS, D_COMPUTES, WEIGHTS),
    ),
    wrong(
        "discriminator_batch_norm_in_conv1",
        "This is what comes out when the discriminator's first convolution has a BatchNorm as well. See section 3.",
        (D_CONV1, D_CONV1.replace("nn.LeakyReLU", "nn.BatchNorm2d(64), nn.LeakyReLU")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_without_batch_norm",
        "This is what comes out when the discriminator has no BatchNorm. See section 3.",
        (D_CONV2, D_CONV2.replace("nn.BatchNorm2d(128), ", "")),
        (D_CONV3, D_CONV3.replace("nn.BatchNorm2d(256), ", "")),
        (D_CONV4, D_CONV4.replace("nn.BatchNorm2d(512), ", "")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_instance_norm",
        "This is what comes out when InstanceNorm takes the place of BatchNorm: it normalises each image apart, not over "
        "the batch. See section 3.",
        (D_CONV3, D_CONV3.replace("BatchNorm2d(256)", "InstanceNorm2d(256, affine=True)")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_1",
        "This is what comes out when LeakyReLU has slope 0.1, lab 2's, not 0.2. See section 3.",
        *everywhere("0.2", "0.1", D_CONV1, D_CONV2, D_CONV3, D_CONV4),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_01",
        "This is what comes out when LeakyReLU keeps its default slope, 0.01. See section 3.",
        *everywhere("(0.2)", "()", D_CONV1, D_CONV2, D_CONV3, D_CONV4),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_with_relu",
        "This is what comes out when the discriminator's stages end in ReLU. See section 3.",
        *everywhere("LeakyReLU(0.2)", "ReLU()", D_CONV1, D_CONV2, D_CONV3, D_CONV4),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_pools_in_conv1",
        "This is what comes out when conv1 pools in place of striding. See section 3.",
        (D_CONV1, "nn.Sequential(nn.Conv2d(1, 64, 4, 1, 2, bias=False), nn.LeakyReLU(0.2), nn.MaxPool2d(2))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_without_sigmoid",
        "This is what comes out when the discriminator has no Sigmoid: it then gives no probabilities, and BCELoss "
        "stops. See section 3.",
        (D_CONV5, "nn.Conv2d(512, 1, 4, 2, 0, bias=False)"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_with_sigmoid_twice",
        "This is what comes out when the discriminator's probability goes through Sigmoid twice. See section 3.",
        (D_LAST, "return torch.sigmoid(self.conv5(h)).flatten(1)"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_keeps_its_maps",
        "This is what comes out when the discriminator's result has shape (N, 1, 1, 1), not (N, 1). See section 3.",
        (D_LAST, "return self.conv5(h)"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_squeezes_its_output",
        "This is what comes out when the discriminator's result has shape (N,) in place of (N, 1). See section 3.",
        (D_LAST, "return self.conv5(h).flatten()"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
]

WEIGHTS_MISTAKES = [
    wrong(
        "weights_left_as_they_were",
        "This is what comes out when the weights are never drawn anew: PyTorch's own are drawn from a uniform "
        "distribution whose width depends on the layer. See section 6.",
        (APPLIED_G, ""),
        (APPLIED_D, ""),
        fails=(WEIGHTS,),
    ),
    wrong(
        "weights_of_the_discriminator_left",
        "This is what comes out when the discriminator's weights are not drawn anew. See section 6.",
        (APPLIED_D, ""),
        fails=(WEIGHTS,),
    ),
    wrong(
        "weights_of_the_generator_left",
        "This is what comes out when no transposed convolution is drawn anew. See section 6.",
        (KINDS, "nn.Conv2d"),
        fails=(WEIGHTS,),
    ),
    wrong(
        "weights_ten_times_as_wide",
        "This is what comes out when the weights are drawn from N(0, 0.2). See section 6.",
        (DRAWN, DRAWN.replace("0.02", "0.2")),
        fails=(WEIGHTS,),
        sometimes=(TRAINING,),
    ),
    wrong(
        "weights_with_variance_0_02",
        "This is what comes out when 0.02 is taken for the variance: the deviation is then its square root, 0.14. "
        "See section 6.",
        (DRAWN, DRAWN.replace("0.02", "0.02**0.5")),
        fails=(WEIGHTS,),
        sometimes=(TRAINING,),
    ),
    wrong(
        "weights_uniform",
        "This is what comes out when the weights are uniform with a deviation of 0.02, not normal. See section 6.",
        (DRAWN, "nn.init.uniform_(layer.weight, -0.02 * 3**0.5, 0.02 * 3**0.5)"),
        fails=(WEIGHTS,),
    ),
    wrong(
        "weights_without_effect",
        "This is what comes out when new weights are computed and thrown away: normal_ works in place, torch.normal does "
        "not. See section 6.",
        (DRAWN, "torch.normal(0.0, 0.02, layer.weight.shape)"),
        fails=(WEIGHTS,),
    ),
    wrong(
        "batch_norm_scales_drawn_around_zero",
        "This is what comes out when BatchNorm's scales are drawn from N(0, 0.02): they multiply every map by next to "
        "nothing. They are 1, or drawn from N(1, 0.02). See section 6.",
        (DRAW, "if hasattr(layer, 'weight'):\n        nn.init.normal_(layer.weight, 0.0, 0.02)"),
        fails=(WEIGHTS,),
    ),
    wrong(
        "batch_norm_shifts_drawn",
        "This is what comes out when BatchNorm's shifts are drawn as well: they start at 0. See section 6.",
        (
            DRAW,
            f"{DRAW}\n    if isinstance(layer, nn.BatchNorm2d):\n        nn.init.normal_(layer.bias, 0.0, 0.02)",
        ),
        fails=(WEIGHTS,),
    ),
    wrong(
        "adam_second_beta_0_999",
        "This is what comes out when Adam's betas are (0.5, 0.999), those of the lab at 32x32. See section 6.",
        *everywhere("0.99)", "0.999)", ANSWER.adam_g, ANSWER.adam_d),
        fails=(OPTIMIZERS,),
    ),
]

RIGHT = [
    right(
        "batch_norm_scales_drawn_around_one",
        "BatchNorm's scales are drawn from N(1, 0.02): the other common reading of the paper.",
        (
            DRAW,
            f"{DRAW}\n    elif isinstance(layer, nn.BatchNorm2d):\n        nn.init.normal_(layer.weight, 1.0, 0.02)\n"
            "        nn.init.zeros_(layer.bias)",
        ),
    ),
    right(
        "weights_drawn_by_class_name",
        "Layers are told by their class's name, as old code has it, and drawn through .data.",
        (DRAW, 'if layer.__class__.__name__.find("Conv") != -1:\n        layer.weight.data.normal_(0.0, 0.02)'),
    ),
    right(
        "weights_drawn_in_the_constructor",
        "The networks draw their weights themselves.",
        (APPLIED_G, ""),
        (APPLIED_D, ""),
        (f"self.conv5 = {G_CONV5}", f"self.conv5 = {G_CONV5}\n        self.apply(draw_weights)"),
        (f"self.conv5 = {D_CONV5}", f"self.conv5 = {D_CONV5}\n        self.apply(draw_weights)"),
    ),
    right(
        "weights_by_no_grad",
        "The weights are overwritten under torch.no_grad().",
        (DRAWN, "with torch.no_grad():\n            layer.weight.copy_(0.02 * torch.randn(layer.weight.shape))"),
    ),
    right(
        "noise_viewed_by_indexing",
        "The noise becomes maps by indexing with None.",
        (G_VIEW, "h = self.conv1(z[:, :, None, None])"),
    ),
    right(
        "last_stride_1",
        "The last convolution has stride 1: it has one place to stand all the same.",
        (D_CONV5, D_CONV5.replace("4, 2, 0", "4, 1, 0")),
    ),
    right(
        "functional_activations",
        "Tanh and Sigmoid in forward.",
        (G_CONV5, G_CONV5.replace(", nn.Tanh()", "")),
        (G_LAST, "return torch.tanh(self.conv5(h))"),
        (D_CONV5, D_CONV5.replace(", nn.Sigmoid()", "")),
        (D_LAST, "return torch.sigmoid(self.conv5(h)).view(-1, 1)"),
    ),
    right(
        "inplace_activations",
        "Activations that overwrite their input.",
        (G_CONV3, G_CONV3.replace("ReLU()", "ReLU(True)")),
        (D_CONV3, D_CONV3.replace("0.2", "0.2, inplace=True")),
    ),
]

VARIANTS = [
    *GENERATOR,
    *DISCRIMINATOR,
    *training.training_mistakes(ANSWER),
    training.minimax_mistake(ANSWER),
    *training.more_mistakes(ANSWER),
    *WEIGHTS_MISTAKES,
    *training.building_mistakes(ANSWER),
    *RIGHT,
    *training.right_noises(),
    *training.right_updates(ANSWER),
    *training.right_unlabelled_noise(ANSWER),
    *training.right_cross_entropy(),
]
