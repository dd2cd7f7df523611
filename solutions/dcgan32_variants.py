"""Known wrong answers to the lab of DCGANs at 32x32 and unusual right ones, as edits of the answer in
`solutions/dcgan32.py`. Its networks' mistakes are its own; it trains as several labs do.
"""

from autograder.variants import beside, right, wrong

training = beside(__file__, "shared_training")

ANSWER = training.Answer(betas=", betas=(0.5, 0.999)", sgd_learns=True)

G_MAPS = "generator_maps_noise_to_images"
G_PARAMETERS = "generator_has_the_parameters_of_its_layers"
G_COMPUTES = "generator_computes_its_layers"
D_MAPS = "discriminator_maps_images_to_probabilities"
D_PARAMETERS = "discriminator_has_the_parameters_of_its_layers"
D_COMPUTES = "discriminator_computes_its_layers"
TRAINING = "short_training_lowers_both_losses"

G_FC = "nn.Sequential(nn.Linear(input_dim, 512 * 4 * 4), nn.BatchNorm1d(512 * 4 * 4), nn.ReLU())"
G_CONV1 = "nn.Sequential(nn.ConvTranspose2d(512, 256, 4, 2, 1), nn.BatchNorm2d(256), nn.ReLU())"
G_CONV2 = "nn.Sequential(nn.ConvTranspose2d(256, 128, 4, 2, 1), nn.BatchNorm2d(128), nn.ReLU())"
G_CONV3 = "nn.Sequential(nn.ConvTranspose2d(128, 1, 4, 2, 1), nn.Tanh())"
G_VIEW, G_LAST = "h = self.fc(z).view(-1, 512, 4, 4)", "return self.conv3(h)  # (N, 1, 32, 32)"
D_CONV1 = "nn.Sequential(nn.Conv2d(1, 128, 3, 2, 1), nn.LeakyReLU(0.2))"
D_CONV2 = "nn.Sequential(nn.Conv2d(128, 256, 3, 2, 1), nn.BatchNorm2d(256), nn.LeakyReLU(0.2))"
D_CONV3 = "nn.Sequential(nn.Conv2d(256, 512, 3, 2, 1), nn.BatchNorm2d(512), nn.LeakyReLU(0.2))"
D_FC = "nn.Sequential(nn.Linear(512 * 4 * 4, 1), nn.Sigmoid())"
D_FIRST, D_LAST = "h = self.conv1(x)", "return self.fc(h.flatten(1))"


def everywhere(old: str, new: str, *places: str) -> list[tuple[str, str]]:
    """The same replacement at each of these places of the answer."""
    return [(place, place.replace(old, new)) for place in places]


GENERATOR = [
    wrong(
        "generator_without_batch_norm",
        "This is what comes out when the generator has no BatchNorm at all. See section 2.",
        (G_FC, G_FC.replace("nn.BatchNorm1d(512 * 4 * 4), ", "")),
        (G_CONV1, G_CONV1.replace("nn.BatchNorm2d(256), ", "")),
        (G_CONV2, G_CONV2.replace("nn.BatchNorm2d(128), ", "")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_without_batch_norm_in_fc",
        "This is what comes out when the generator's Linear layer has no BatchNorm. See section 2.",
        (G_FC, G_FC.replace("nn.BatchNorm1d(512 * 4 * 4), ", "")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_batch_norm_on_maps",
        "This is what comes out when fc is normalised map by map, after the view, with one scale and shift for each of "
        "the 512 maps: fc has one for each of its 8,192 outputs. See section 2.",
        (
            G_FC,
            "nn.Sequential(nn.Linear(input_dim, 512 * 4 * 4), nn.Unflatten(1, (512, 4, 4)), nn.BatchNorm2d(512), "
            "nn.ReLU())",
        ),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_batch_norm_after_relu",
        "This is what comes out when BatchNorm stands after ReLU: it belongs between the layer and its activation. "
        "See section 2.",
        (G_CONV1, G_CONV1.replace("nn.BatchNorm2d(256), nn.ReLU()", "nn.ReLU(), nn.BatchNorm2d(256)")),
        (G_CONV2, G_CONV2.replace("nn.BatchNorm2d(128), nn.ReLU()", "nn.ReLU(), nn.BatchNorm2d(128)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_batch_norm_on_its_output",
        "This is what comes out when the generator's last layer has a BatchNorm too: it forces every batch of images to "
        "one mean and one variance. See section 2.",
        (G_CONV3, G_CONV3.replace("nn.Tanh()", "nn.BatchNorm2d(1), nn.Tanh()")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_batch_norm_epsilon_0_8",
        "This is what comes out when 0.8 is given to BatchNorm as its second argument: that is epsilon, not the "
        "momentum. See section 2.",
        (G_CONV1, G_CONV1.replace("BatchNorm2d(256)", "BatchNorm2d(256, 0.8)")),
        (G_CONV2, G_CONV2.replace("BatchNorm2d(128)", "BatchNorm2d(128, 0.8)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_with_leaky_relu",
        "This is what comes out when the generator's stages end in LeakyReLU, which is the discriminator's activation. "
        "See section 2.",
        *everywhere("ReLU()", "LeakyReLU(0.2)", G_FC, G_CONV1, G_CONV2),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_relu_in_fc",
        "This is what comes out when the generator's Linear layer has no activation. See section 2.",
        (G_FC, G_FC.replace(", nn.ReLU()", "")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_ends_in_sigmoid",
        "This is what comes out when the generator ends in Sigmoid, as in lab 2: its images lie in [0, 1], this lab's "
        "real ones in [-1, 1]. See sections 1 and 2.",
        (G_CONV3, G_CONV3.replace("Tanh", "Sigmoid")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_tanh",
        "This is what comes out when the generator's last layer has no activation. See section 2.",
        (G_CONV3, "nn.ConvTranspose2d(128, 1, 4, 2, 1)"),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_kernel_3_with_output_padding",
        "This is what comes out when the transposed convolutions have kernel 3 and output padding 1: the same sides from "
        "other kernels. See section 2.",
        *everywhere("4, 2, 1)", "3, 2, 1, output_padding=1)", G_CONV1, G_CONV2, G_CONV3),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_upsamples_and_convolves",
        "This is what comes out when Upsample and Conv2d take the place of the transposed convolutions. See section 2.",
        (
            G_CONV1,
            G_CONV1.replace(
                "nn.ConvTranspose2d(512, 256, 4, 2, 1)", "nn.Upsample(None, 2), nn.Conv2d(512, 256, 3, 1, 1)"
            ),
        ),
        (
            G_CONV3,
            G_CONV3.replace("nn.ConvTranspose2d(128, 1, 4, 2, 1)", "nn.Upsample(None, 2), nn.Conv2d(128, 1, 3, 1, 1)"),
        ),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_with_half_the_maps",
        "This is what comes out when the generator has 256 and 128 maps, not 512 and 256. See section 2.",
        (G_FC, G_FC.replace("512 * 4 * 4", "256 * 4 * 4")),
        (G_VIEW, G_VIEW.replace("512", "256")),
        (G_CONV1, "nn.Sequential(nn.ConvTranspose2d(256, 128, 4, 2, 1), nn.BatchNorm2d(128), nn.ReLU())  "),
        (f"self.conv2 = {G_CONV2}", "self.conv2 = nn.Sequential(nn.ConvTranspose2d(128, 128, 4, 2, 1), nn.ReLU())"),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_convolutions_without_bias",
        "This is what comes out when the transposed convolutions have no bias, as in the lab at 64x64. See section 2.",
        *everywhere("4, 2, 1)", "4, 2, 1, bias=False)", G_CONV1, G_CONV2, G_CONV3),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_view_with_maps_last",
        "This is what comes out when the view makes maps of (4, 4, 512) and moves the last axis to the front: the "
        "numbers land in other places. See section 2.",
        (G_VIEW, "h = self.fc(z).view(-1, 4, 4, 512).permute(0, 3, 1, 2)"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_input_size_written_in",
        "This is what comes out when 100 is written into the generator in place of input_dim. See section 2.",
        (G_FC, G_FC.replace("input_dim", "100")),
        fails=(G_MAPS, G_COMPUTES),
    ),
]

DISCRIMINATOR = [
    wrong(
        "discriminator_pools_in_place_of_strides",
        "This is what comes out when max pooling takes the place of the strides, as in lab 2: the shapes are the same, "
        "the function is another. See section 3.",
        *everywhere("3, 2, 1)", "3, 1, 1), nn.MaxPool2d(2)", D_CONV1, D_CONV2, D_CONV3),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_average_pooling",
        "This is what comes out when average pooling takes the place of the strides. See section 3.",
        *everywhere("3, 2, 1)", "3, 1, 1), nn.AvgPool2d(2)", D_CONV1, D_CONV2, D_CONV3),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_pools_in_conv1",
        "This is what comes out when conv1 pools in place of striding. See section 3.",
        (D_CONV1, D_CONV1.replace("3, 2, 1), nn.LeakyReLU(0.2)", "3, 1, 1), nn.LeakyReLU(0.2), nn.MaxPool2d(2)")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_kernel_4",
        "This is what comes out when the discriminator's convolutions have kernel 4, as in the lab at 64x64. "
        "See section 3.",
        *everywhere("3, 2, 1)", "4, 2, 1)", D_CONV1, D_CONV2, D_CONV3),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_kernel_5",
        "This is what comes out when the discriminator's convolutions have kernel 5. See section 3.",
        *everywhere("3, 2, 1)", "5, 2, 2)", D_CONV1, D_CONV2, D_CONV3),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_without_batch_norm",
        "This is what comes out when the discriminator has no BatchNorm. See section 3.",
        (D_CONV2, D_CONV2.replace("nn.BatchNorm2d(256), ", "")),
        (D_CONV3, D_CONV3.replace("nn.BatchNorm2d(512), ", "")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_batch_norm_in_conv1",
        "This is what comes out when the discriminator's first convolution has a BatchNorm as well. See section 3.",
        (D_CONV1, D_CONV1.replace("nn.LeakyReLU", "nn.BatchNorm2d(128), nn.LeakyReLU")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_batch_norm_after_leaky_relu",
        "This is what comes out when BatchNorm stands after LeakyReLU in the discriminator. See section 3.",
        (D_CONV2, D_CONV2.replace("nn.BatchNorm2d(256), nn.LeakyReLU(0.2)", "nn.LeakyReLU(0.2), nn.BatchNorm2d(256)")),
        (D_CONV3, D_CONV3.replace("nn.BatchNorm2d(512), nn.LeakyReLU(0.2)", "nn.LeakyReLU(0.2), nn.BatchNorm2d(512)")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_1",
        "This is what comes out when LeakyReLU has slope 0.1, lab 2's, not 0.2. See section 3.",
        *everywhere("0.2", "0.1", D_CONV1, D_CONV2, D_CONV3),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_01",
        "This is what comes out when LeakyReLU keeps its default slope, 0.01. See section 3.",
        *everywhere("(0.2)", "()", D_CONV1, D_CONV2, D_CONV3),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_with_relu",
        "This is what comes out when the discriminator's stages end in ReLU. See section 3.",
        *everywhere("LeakyReLU(0.2)", "ReLU()", D_CONV1, D_CONV2, D_CONV3),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_hidden_linear_layer",
        "This is what comes out when a hidden Linear layer stands before the last one, as in lab 2. See section 3.",
        (D_FC, "nn.Sequential(nn.Linear(512 * 4 * 4, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1), nn.Sigmoid())"),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_without_sigmoid",
        "This is what comes out when the discriminator has no Sigmoid: it then gives no probabilities, and BCELoss "
        "stops. See section 3.",
        (D_FC, "nn.Linear(512 * 4 * 4, 1)"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_with_sigmoid_twice",
        "This is what comes out when the discriminator's probability goes through Sigmoid twice. See section 3.",
        (D_LAST, "return torch.sigmoid(self.fc(h.flatten(1)))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_squeezes_its_output",
        "This is what comes out when the discriminator's result has shape (N,) in place of (N, 1). See section 3.",
        (D_LAST, "return self.fc(h.flatten(1)).squeeze(1)"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "images_flattened_in_the_training_function",
        "This is what comes out when the real images are flattened, as in lab 1: convolutions need whole ones. "
        "See section 4.",
        (training.D_REAL, "real = real_images.flatten(1).to(device)"),
        fails=(TRAINING,),
    ),
]

RIGHT = [
    right(
        "functional_activations",
        "Activations from torch and torch.nn.functional in forward.",
        ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
        (G_CONV3, "nn.ConvTranspose2d(128, 1, 4, 2, 1)"),
        (G_LAST, "return torch.tanh(self.conv3(h))"),
        (D_CONV1, "nn.Conv2d(1, 128, 3, 2, 1)"),
        (D_FIRST, "h = F.leaky_relu(self.conv1(x), 0.2)"),
    ),
    right(
        "inplace_activations",
        "Activations that overwrite their input.",
        (G_CONV1, G_CONV1.replace("ReLU()", "ReLU(True)")),
        (D_CONV2, D_CONV2.replace("0.2", "0.2, inplace=True")),
    ),
    right(
        "arguments_by_name_and_as_pairs",
        "Kernels, strides and paddings by name and as pairs.",
        (G_CONV2, G_CONV2.replace("4, 2, 1)", "kernel_size=4, stride=2, padding=1)")),
        (D_CONV1, D_CONV1.replace("3, 2, 1)", "(3, 3), stride=(2, 2), padding=(1, 1), bias=True)")),
    ),
    right(
        "unflatten_by_name",
        "unflatten and torch.flatten in place of view.",
        (G_VIEW, "h = self.fc(z).unflatten(1, (512, 4, 4))"),
        (D_LAST, "return self.fc(torch.flatten(h, 1))"),
    ),
    right(
        "odd_attribute_names",
        "The layers have names of the student's own.",
        (f"self.fc = {G_FC}", f"self.weight = {G_FC}"),
        (G_VIEW, G_VIEW.replace("self.fc", "self.weight")),
        (f"self.conv1 = {D_CONV1}", f"self._1 = {D_CONV1}"),
        (D_FIRST, "h = self._1(x)"),
    ),
    right(
        "weights_drawn_from_a_narrow_normal",
        "Weights drawn from N(0, 0.02), as in the paper and the lab at 64x64.",
        (
            "class Generator(",
            "def draw_weights(m):\n    if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):\n"
            "        nn.init.normal_(m.weight, 0.0, 0.02)\n\n\nclass Generator(",
        ),
        (training.MADE_G, f"{training.MADE_G}\n    G.apply(draw_weights)"),
        (training.MADE_D, f"{training.MADE_D}\n    D.apply(draw_weights)"),
    ),
]

VARIANTS = [
    *GENERATOR,
    *DISCRIMINATOR,
    *training.training_mistakes(ANSWER),
    training.minimax_mistake(ANSWER),
    *training.more_mistakes(ANSWER),
    *training.building_mistakes(ANSWER),
    *RIGHT,
    *training.right_noises(),
    *training.right_updates(ANSWER),
    *training.right_unlabelled_noise(ANSWER),
    *training.right_cross_entropy(),
]
