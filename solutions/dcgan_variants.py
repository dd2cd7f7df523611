"""Known wrong answers to the DCGAN lab and unusual right ones, as edits of the answer in `solutions/dcgan.py`.

`fails` names every check that does not pass, in the order of the lab. One slip costs the checks about that slip; code
that raises in every call costs every check that has to call it. What can go wrong in the two training functions is
mostly in lab 1's bank; here is what writing them whole adds.
"""

from autograder.variants import beside, right, wrong

shared = beside(__file__, "shared_training")
networks = beside(__file__, "shared_convolution")

# The checks of autograder/labs/dcgan.py, in their order
G_MAPS = "generator_maps_noise_to_images"
G_PARAMETERS = "generator_has_the_parameters_of_its_layers"
G_COMPUTES = "generator_computes_its_layers"
D_MAPS = "discriminator_maps_images_to_probabilities"
D_PARAMETERS = "discriminator_has_the_parameters_of_its_layers"
D_COMPUTES = "discriminator_computes_its_layers"
D_LOSS = "discriminator_loss_adds_both_terms"
TRAINING = "short_training_lowers_both_losses"

# Places of the answer that many variants edit
G_FC1 = "nn.Sequential(nn.Linear(input_dim, 1024), nn.BatchNorm1d(1024), nn.ReLU())"
G_FC2 = "nn.Sequential(nn.Linear(1024, 128 * 7 * 7), nn.BatchNorm1d(128 * 7 * 7), nn.ReLU())"
G_CONV1 = "nn.ConvTranspose2d(128, 64, kernel_size=4, stride=2, padding=1), nn.BatchNorm2d(64), nn.ReLU()"
G_CONV2 = "nn.Sequential(nn.ConvTranspose2d(64, 1, kernel_size=4, stride=2, padding=1), nn.Sigmoid())"
G_VIEW = "h = self.fc2(h).view(-1, 128, 7, 7)"
G_LAST = "return self.conv2(h)"
D_CONV1 = "nn.Sequential(nn.Conv2d(1, 32, kernel_size=5), nn.LeakyReLU(0.1), nn.MaxPool2d(2, 2))"
D_CONV2 = "nn.Sequential(nn.Conv2d(32, 64, kernel_size=5), nn.LeakyReLU(0.1), nn.MaxPool2d(2, 2))"
D_FC1 = "nn.Sequential(nn.Linear(64 * 4 * 4, 1024), nn.LeakyReLU(0.1))"
D_FC2 = "nn.Sequential(nn.Linear(1024, 1), nn.Sigmoid())"
D_FIRST, D_FLAT, D_LAST = "h = self.conv1(x)", "h = self.fc1(h.flatten(1))", "return self.fc2(h)"
D_REAL, D_SCORES = "real = real_images.to(device)", "D(real), D(generated)"
MADE_G, MADE_D = "G = Generator(input_dim=100).to(device)", "D = Discriminator().to(device)"
ADAM_G, ADAM_D = "torch.optim.Adam(G.parameters(), lr=2e-4)", "torch.optim.Adam(D.parameters(), lr=2e-4)"


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
        "generator_without_batch_norm",
        "This is what comes out when the generator has no BatchNorm at all. See section 2.",
        (G_FC1, G_FC1.replace("nn.BatchNorm1d(1024), ", "")),
        (G_FC2, G_FC2.replace("nn.BatchNorm1d(128 * 7 * 7), ", "")),
        (G_CONV1, G_CONV1.replace("nn.BatchNorm2d(64), ", "")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_without_batch_norm_in_conv1",
        "This is what comes out when the generator's first transposed convolution has no BatchNorm. See section 2.",
        (G_CONV1, G_CONV1.replace("nn.BatchNorm2d(64), ", "")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_without_batch_norm_in_fc1",
        "This is what comes out when the generator's first layer has no BatchNorm. See section 2.",
        (G_FC1, G_FC1.replace("nn.BatchNorm1d(1024), ", "")),
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
        "generator_batch_norm_after_relu_in_conv1",
        "This is what comes out when BatchNorm stands after ReLU in the generator's first transposed convolution. "
        "See section 2.",
        (G_CONV1, G_CONV1.replace("nn.BatchNorm2d(64), nn.ReLU()", "nn.ReLU(), nn.BatchNorm2d(64)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_batch_norm_on_its_output",
        "This is what comes out when the generator's last layer has a BatchNorm too: it forces every batch of images "
        "to one mean and one variance. See section 2.",
        (G_CONV2, G_CONV2.replace("nn.Sigmoid()", "nn.BatchNorm2d(1), nn.Sigmoid()")),
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
        "generator_with_layer_norm",
        "This is what comes out when LayerNorm takes the place of BatchNorm1d: it normalises each image apart, not over "
        "the batch. See section 2.",
        (G_FC1, G_FC1.replace("BatchNorm1d(1024)", "LayerNorm(1024)")),
        (G_FC2, G_FC2.replace("BatchNorm1d(128 * 7 * 7)", "LayerNorm(128 * 7 * 7)")),
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
        "generator_batch_norm_on_maps",
        "This is what comes out when fc2 is normalised map by map, after the view, with one scale and shift for each of "
        "the 128 maps: fc2 has one for each of its 6,272 outputs. See section 2.",
        (
            G_FC2,
            "nn.Sequential(nn.Linear(1024, 128 * 7 * 7), nn.Unflatten(1, (128, 7, 7)), nn.BatchNorm2d(128), nn.ReLU())",
        ),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_ends_in_tanh",
        "This is what comes out when the generator ends in Tanh: its images lie in [-1, 1], this lab's real ones in "
        "[0, 1]. See sections 1 and 2.",
        (G_CONV2, G_CONV2.replace("Sigmoid", "Tanh")),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_without_sigmoid",
        "This is what comes out when the generator's last layer has no activation. See section 2.",
        (G_CONV2, "nn.ConvTranspose2d(64, 1, kernel_size=4, stride=2, padding=1)"),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_with_relu_before_sigmoid",
        "This is what comes out when a ReLU stands before the generator's Sigmoid: no pixel is below 0.5. See section 2.",
        (G_CONV2, G_CONV2.replace("nn.Sigmoid()", "nn.ReLU(), nn.Sigmoid()")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_tanh_rescaled",
        "This is what comes out when the generator ends in Tanh, brought into [0, 1] afterwards: that is a Sigmoid twice "
        "as steep. See section 2.",
        (G_CONV2, G_CONV2.replace("Sigmoid", "Tanh")),
        (G_LAST, "return (self.conv2(h) + 1) / 2"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_with_leaky_relu",
        "This is what comes out when the generator's stages end in LeakyReLU, which is the discriminator's activation. "
        "See section 2.",
        (G_FC1, G_FC1.replace("ReLU()", "LeakyReLU(0.1)")),
        (G_FC2, G_FC2.replace("ReLU()", "LeakyReLU(0.1)")),
        (G_CONV1, G_CONV1.replace("ReLU()", "LeakyReLU(0.1)")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_relu_in_conv1",
        "This is what comes out when the generator's first transposed convolution has no activation. See section 2.",
        (G_CONV1, G_CONV1.replace(", nn.ReLU()", "")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_without_relu_in_fc2",
        "This is what comes out when the generator's second Linear layer has no activation. See section 2.",
        (G_FC2, G_FC2.replace(", nn.ReLU()", "")),
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
        "generator_kernel_6_with_padding_2",
        "This is what comes out when the transposed convolutions have kernel 6 and padding 2: the same sides, 14 and 28, "
        "from other kernels. See section 2.",
        (G_CONV1, G_CONV1.replace("kernel_size=4, stride=2, padding=1", "6, 2, 2")),
        (G_CONV2, G_CONV2.replace("kernel_size=4, stride=2, padding=1", "6, 2, 2")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_kernel_5",
        "This is what comes out when the transposed convolutions have kernel 5, padding 2 and output padding 1. "
        "See section 2.",
        (G_CONV1, G_CONV1.replace("kernel_size=4, stride=2, padding=1", "5, 2, 2, output_padding=1")),
        (G_CONV2, G_CONV2.replace("kernel_size=4, stride=2, padding=1", "5, 2, 2, output_padding=1")),
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
        "generator_padding_0",
        "This is what comes out when the transposed convolutions have no padding: 7 becomes 16 and 16 becomes 34. "
        "See section 2.",
        (G_CONV1, G_CONV1.replace("padding=1", "padding=0")),
        (G_CONV2, G_CONV2.replace("padding=1", "padding=0")),
        fails=(G_MAPS, G_COMPUTES, TRAINING),
    ),
    wrong(
        "generator_stride_1_then_4",
        "This is what comes out when the strides are 1 and 4 in place of 2 and 2: the images have 28 pixels a side all "
        "the same. See section 2.",
        (G_CONV1, G_CONV1.replace("stride=2, padding=1", "stride=1, padding=1")),
        (G_CONV2, G_CONV2.replace("stride=2, padding=1", "stride=4, padding=2")),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_upsamples_and_convolves",
        "This is what comes out when Upsample and Conv2d take the place of the transposed convolutions. See section 2.",
        (G_CONV1, "nn.Upsample(scale_factor=2), nn.Conv2d(128, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU()"),
        (G_CONV2, "nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(64, 1, 3, padding=1), nn.Sigmoid())"),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_with_half_the_maps",
        "This is what comes out when the generator has 64 and 32 maps, not 128 and 64. See section 2.",
        (G_FC2, G_FC2.replace("128 * 7 * 7", "64 * 7 * 7")),
        (G_VIEW, G_VIEW.replace("128", "64")),
        (G_CONV1, G_CONV1.replace("128, 64,", "64, 32,").replace("2d(64)", "2d(32)")),
        (G_CONV2, G_CONV2.replace("64, 1,", "32, 1,")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_without_fc1",
        "This is what comes out when the generator goes from the noise to 128 maps in one layer. See section 2.",
        (G_FC1, "nn.Identity()"),
        (G_FC2, G_FC2.replace("1024, ", "input_dim, ")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_input_size_written_in",
        "This is what comes out when 100 is written into the generator in place of input_dim. See section 2.",
        (G_FC1, G_FC1.replace("input_dim", "100")),
        fails=(G_MAPS, G_COMPUTES),
    ),
    wrong(
        "generator_view_with_maps_last",
        "This is what comes out when the view makes maps of (7, 7, 128) and moves the last axis to the front: the "
        "numbers land in other places. See section 2.",
        (G_VIEW, "h = self.fc2(h).view(-1, 7, 7, 128).permute(0, 3, 1, 2)"),
        fails=(G_COMPUTES,),
    ),
    wrong(
        "generator_convolutions_without_bias",
        "This is what comes out when the transposed convolutions have no bias. See section 2.",
        (G_CONV1, G_CONV1.replace("padding=1", "padding=1, bias=False")),
        (G_CONV2, G_CONV2.replace("padding=1", "padding=1, bias=False")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_conv1_without_bias",
        "This is what comes out when the transposed convolution before BatchNorm has no bias. It would make no "
        "difference to the images, but the layer is asked for with 131,136 parameters. See section 2.",
        (G_CONV1, G_CONV1.replace("padding=1", "padding=1, bias=False")),
        fails=(G_PARAMETERS,),
    ),
    wrong(
        "generator_flattens_its_images",
        "This is what comes out when the generator's images are flattened to (N, 784), as in lab 1. See section 2.",
        (G_LAST, "return self.conv2(h).flatten(1)"),
        fails=(G_MAPS, G_COMPUTES, TRAINING),
    ),
    wrong(
        "generator_layers_in_a_plain_list",
        "This is what comes out when a stage is kept in a plain Python list: its parameters are not registered. "
        "See section 2.",
        (f"self.fc2 = {G_FC2}", f"self.stages = [{G_FC2}]"),
        (G_VIEW, G_VIEW.replace("self.fc2", "self.stages[0]")),
        fails=(G_PARAMETERS, G_COMPUTES),
    ),
    wrong(
        "generator_with_dropout",
        "This is what comes out when the generator has Dropout: its images are then not a function of the noise alone. "
        "See section 2.",
        (G_CONV1, G_CONV1 + ", nn.Dropout(0.5)"),
        fails=(G_COMPUTES,),
    ),
]

DISCRIMINATOR = [
    wrong(
        "discriminator_convolutions_without_bias",
        "This is what comes out when both convolutions of the discriminator have no bias. See section 3.",
        (D_CONV1, D_CONV1.replace("kernel_size=5", "kernel_size=5, bias=False")),
        (D_CONV2, D_CONV2.replace("kernel_size=5", "kernel_size=5, bias=False")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_elu",
        "This is what comes out when ELU takes the place of LeakyReLU in the discriminator's fc1. See section 3.",
        (D_FC1, D_FC1.replace("nn.LeakyReLU(0.1)", "nn.ELU(0.1)")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_padding_2",
        "This is what comes out when both convolutions have padding 2 and fc1 takes 64 * 7 * 7 inputs: 3,265,409 "
        "parameters, three times what is asked. Without padding the sides are 12 and 4. See section 3.",
        (D_CONV1, D_CONV1.replace("kernel_size=5", "kernel_size=5, padding=2")),
        (D_CONV2, D_CONV2.replace("kernel_size=5", "kernel_size=5, padding=2")),
        (D_FC1, D_FC1.replace("64 * 4 * 4", "64 * 7 * 7")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_padding_2_alone",
        "This is what comes out when both convolutions have padding 2: 64 maps of 7x7 reach fc1, which takes 64 of 4x4. "
        "See section 3.",
        (D_CONV1, D_CONV1.replace("kernel_size=5", "kernel_size=5, padding=2")),
        (D_CONV2, D_CONV2.replace("kernel_size=5", "kernel_size=5, padding=2")),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_kernel_3",
        "This is what comes out when the convolutions have kernel 3. See section 3.",
        (D_CONV1, D_CONV1.replace("kernel_size=5", "kernel_size=3")),
        (D_CONV2, D_CONV2.replace("kernel_size=5", "kernel_size=3")),
        (D_FC1, D_FC1.replace("64 * 4 * 4", "64 * 5 * 5")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_strides_in_place_of_pooling",
        "This is what comes out when convolutions with stride 2 take the place of convolution and pooling: the shapes "
        "are the same, the function is another. See section 3.",
        (D_CONV1, "nn.Sequential(nn.Conv2d(1, 32, kernel_size=5, stride=2), nn.LeakyReLU(0.1))"),
        (D_CONV2, "nn.Sequential(nn.Conv2d(32, 64, kernel_size=5, stride=2), nn.LeakyReLU(0.1))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_average_pooling",
        "This is what comes out when average pooling takes the place of max pooling. See section 3.",
        (D_CONV1, D_CONV1.replace("MaxPool2d", "AvgPool2d")),
        (D_CONV2, D_CONV2.replace("MaxPool2d", "AvgPool2d")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_pooling_3_with_stride_2",
        "This is what comes out when pooling looks at 3x3 pixels with stride 2 and padding 1: the same sides, other "
        "pixels. See section 3.",
        (D_CONV1, D_CONV1.replace("MaxPool2d(2, 2)", "MaxPool2d(3, 2, padding=1)")),
        (D_CONV2, D_CONV2.replace("MaxPool2d(2, 2)", "MaxPool2d(3, 2, padding=1)")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_without_pooling",
        "This is what comes out when there is no pooling: 64 maps of 20x20 reach fc1. See section 3.",
        (D_CONV1, D_CONV1.replace(", nn.MaxPool2d(2, 2)", "")),
        (D_CONV2, D_CONV2.replace(", nn.MaxPool2d(2, 2)", "")),
        (D_FC1, D_FC1.replace("64 * 4 * 4", "64 * 20 * 20")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_half_the_maps",
        "This is what comes out when the convolutions have 16 and 32 maps, not 32 and 64. See section 3.",
        (D_CONV1, D_CONV1.replace("1, 32", "1, 16")),
        (D_CONV2, D_CONV2.replace("32, 64", "16, 32")),
        (D_FC1, D_FC1.replace("64 * 4 * 4", "32 * 4 * 4")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_slope_0_2",
        "This is what comes out when LeakyReLU has slope 0.2, the paper's, not 0.1. See section 3.",
        (D_CONV1, D_CONV1.replace("0.1", "0.2")),
        (D_CONV2, D_CONV2.replace("0.1", "0.2")),
        (D_FC1, D_FC1.replace("0.1", "0.2")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_01",
        "This is what comes out when LeakyReLU keeps its default slope, 0.01. See section 3.",
        (D_CONV1, D_CONV1.replace("(0.1)", "()")),
        (D_CONV2, D_CONV2.replace("(0.1)", "()")),
        (D_FC1, D_FC1.replace("(0.1)", "()")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_slope_0_01_in_fc1",
        "This is what comes out when the LeakyReLU of fc1 keeps its default slope, 0.01. See section 3.",
        (D_FC1, D_FC1.replace("(0.1)", "()")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_with_relu",
        "This is what comes out when the discriminator's stages end in ReLU. See section 3.",
        (D_CONV1, D_CONV1.replace("LeakyReLU(0.1)", "ReLU()")),
        (D_CONV2, D_CONV2.replace("LeakyReLU(0.1)", "ReLU()")),
        (D_FC1, D_FC1.replace("LeakyReLU(0.1)", "ReLU()")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_without_activation_in_conv2",
        "This is what comes out when the second convolution has no LeakyReLU. See section 3.",
        (D_CONV2, D_CONV2.replace("nn.LeakyReLU(0.1), ", "")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_with_batch_norm",
        "This is what comes out when the discriminator has BatchNorm, as the paper's has; this lab's has none. "
        "See section 3.",
        (D_CONV1, D_CONV1.replace("nn.LeakyReLU", "nn.BatchNorm2d(32), nn.LeakyReLU")),
        (D_CONV2, D_CONV2.replace("nn.LeakyReLU", "nn.BatchNorm2d(64), nn.LeakyReLU")),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_with_dropout",
        "This is what comes out when the discriminator has Dropout: two looks at one image then differ. See section 3.",
        (D_FC1, D_FC1.replace("nn.LeakyReLU(0.1)", "nn.LeakyReLU(0.1), nn.Dropout(0.3)")),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_without_sigmoid",
        "This is what comes out when the discriminator has no Sigmoid: it then gives no probabilities, and BCELoss "
        "stops. See section 3.",
        (D_FC2, "nn.Linear(1024, 1)"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_with_sigmoid_twice",
        "This is what comes out when the discriminator's probability goes through Sigmoid twice. See section 3.",
        (D_LAST, "return torch.sigmoid(self.fc2(h))"),
        fails=(D_COMPUTES,),
    ),
    wrong(
        "discriminator_ends_in_softmax",
        "This is what comes out when the discriminator ends in Softmax over its one output: that is 1 for every image. "
        "See section 3.",
        (D_FC2, D_FC2.replace("Sigmoid()", "Softmax(dim=1)")),
        fails=(D_COMPUTES, TRAINING),
    ),
    wrong(
        "discriminator_without_fc1",
        "This is what comes out when the discriminator has no hidden Linear layer. See section 3.",
        (D_FC1, "nn.Identity()"),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_fully_connected",
        "This is what comes out when lab 1's discriminator stands in place of the convolutional one. See section 3.",
        (D_CONV1, "nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.LeakyReLU(0.1))"),
        (D_CONV2, "nn.Sequential(nn.Linear(256, 1024), nn.LeakyReLU(0.1))"),
        fails=(D_PARAMETERS, D_COMPUTES),
    ),
    wrong(
        "discriminator_squeezes_its_output",
        "This is what comes out when the discriminator's result has shape (N,) in place of (N, 1). See section 3.",
        (D_LAST, "return self.fc2(h).squeeze(1)"),
        fails=(D_MAPS, D_COMPUTES, TRAINING),
    ),
]

TRAINING_FUNCTIONS = [
    wrong(
        "real_images_flattened",
        "This is what comes out when the real images are flattened, as in lab 1: convolutions need whole ones. "
        "See section 4.",
        (D_REAL, "real = real_images.flatten(1).to(device)"),
        fails=(TRAINING,),
    ),
    wrong(
        "generated_images_flattened",
        "This is what comes out when the generated images are flattened, as in lab 1: convolutions need whole ones. "
        "See section 4.",
        ("G(z).detach()", "G(z).detach().flatten(1)"),
        fails=(TRAINING,),
    ),
    wrong(
        "real_images_scaled_to_minus_1",
        "This is what comes out when the real images are brought to [-1, 1]: the generator's lie in [0, 1]. "
        "See sections 1 and 4.",
        (D_REAL, "real = real_images.to(device) * 2 - 1"),
        fails=(D_LOSS,),
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
        (D_LAST, "return torch.sigmoid(h @ self.weight.T + self.bias)"),
    ),
    right(
        "functional_activations",
        "Activations and pooling from torch and torch.nn.functional in forward.",
        ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
        (D_CONV1, "nn.Conv2d(1, 32, 5)"),
        (D_CONV2, "nn.Conv2d(32, 64, 5)"),
        (D_FC2, "nn.Linear(1024, 1)"),
        (D_FIRST, "h = F.max_pool2d(F.leaky_relu(self.conv1(x), 0.1), 2)"),
        ("h = self.conv2(h)  # (N, 64, 4, 4)", "h = F.max_pool2d(F.leaky_relu(self.conv2(h), 0.1), 2)"),
        (D_LAST, "return torch.sigmoid(self.fc2(h))"),
    ),
    right(
        "generator_with_functional_activations",
        "ReLU and Sigmoid of the generator from torch and torch.nn.functional, after the layers and their BatchNorm.",
        (G_FC1, G_FC1.replace(", nn.ReLU()", "")),
        (G_CONV2, "nn.ConvTranspose2d(64, 1, 4, 2, 1)"),
        ("h = self.fc1(z)", "h = torch.relu(self.fc1(z))"),
        (G_LAST, "return torch.sigmoid(self.conv2(h))"),
    ),
    right(
        "adaptive_pooling",
        "Pooling to a side of 12 and of 4: the same windows of 2x2.",
        (D_CONV1, D_CONV1.replace("MaxPool2d(2, 2)", "AdaptiveMaxPool2d(12)")),
        (D_CONV2, D_CONV2.replace("MaxPool2d(2, 2)", "AdaptiveMaxPool2d((4, 4))")),
    ),
    right(
        "one_sequential_each",
        "Each network is one nn.Sequential, with Unflatten and Flatten inside.",
        (
            G_FC1,
            "nn.Sequential(nn.Linear(input_dim, 1024), nn.BatchNorm1d(1024), nn.ReLU(), nn.Linear(1024, 6272), "
            f"nn.BatchNorm1d(6272), nn.ReLU(), nn.Unflatten(1, (128, 7, 7)), {G_CONV1}  , "
            "nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Sigmoid())",
        ),
        (f"nn.Sequential(\n            {G_CONV1}\n        )", "nn.Identity()"),
        (G_FC2, "nn.Identity()"),
        (G_CONV2, "nn.Identity()"),
        (G_VIEW, "h = self.fc2(h)"),
        (D_CONV2, D_CONV2[:-1] + ", nn.Flatten(), nn.Linear(1024, 1024), nn.LeakyReLU(0.1))"),
        (D_FC1, "nn.Identity()"),
        (D_FLAT, "h = self.fc1(h)"),
    ),
    right(
        "layers_made_in_another_order",
        "The generator's last stage is made first.",
        (f"self.fc1 = {G_FC1}", f"self.conv2 = {G_CONV2}".replace("nn.Sigmoid()", "nn.Sigmoid()  ")),
        (f"self.conv2 = {G_CONV2}", f"self.fc1 = {G_FC1}".replace("nn.ReLU()", "nn.ReLU()  ")),
    ),
    right(
        "a_helper_makes_the_stages",
        "A function of the student's own makes a stage.",
        (
            "class Generator(",
            "def up(n_in, n_out, *after):\n"
            "    return nn.Sequential(nn.ConvTranspose2d(n_in, n_out, 4, 2, 1), *after)\n\n\nclass Generator(",
        ),
        (f"nn.Sequential(\n            {G_CONV1}\n        )", "up(128, 64, nn.BatchNorm2d(64), nn.ReLU())"),
        (G_CONV2, "up(64, 1, nn.Sigmoid())"),
    ),
    right(
        "type_hints_and_prints",
        "Type hints, prints and assertions.",
        ("def forward(self, z):", "def forward(self, z: torch.Tensor) -> torch.Tensor:"),
        (D_FIRST, 'assert x.dim() == 4, x.shape\n        print("x", x.shape)\n        h = self.conv1(x)'),
    ),
    right(
        "batch_norm_options",
        "BatchNorm with a momentum of the student's own: training mode does not use it.",
        (G_FC1, G_FC1.replace("BatchNorm1d(1024)", "BatchNorm1d(1024, momentum=0.8)")),
    ),
    right(
        "adam_betas_of_the_paper",
        "Adam with betas (0.5, 0.999), as the paper has it.",
        (ADAM_G, ADAM_G.replace("2e-4", "2e-4, betas=(0.5, 0.999)")),
        (ADAM_D, ADAM_D.replace("2e-4", "2e-4, betas=(0.5, 0.999)")),
    ),
    right(
        "narrow_weights_and_betas_of_the_paper",
        "Weights from N(0, 0.02) and betas (0.5, 0.999) together.",
        (
            MADE_G,
            MADE_G + "\n    for p in [q for q in G.parameters() if q.dim() > 1]:\n        nn.init.normal_(p, 0, 0.02)",
        ),
        (
            MADE_D,
            MADE_D + "\n    for p in [q for q in D.parameters() if q.dim() > 1]:\n        nn.init.normal_(p, 0, 0.02)",
        ),
        (ADAM_G, ADAM_G.replace("2e-4", "0.0002, betas=(0.5, 0.999)")),
        (ADAM_D, ADAM_D.replace("2e-4", "0.0002, betas=(0.5, 0.999)")),
    ),
]

ANSWER = shared.Answer()
VARIANTS = [
    *GENERATOR,
    *DISCRIMINATOR,
    *TRAINING_FUNCTIONS,
    *shared.training_mistakes(ANSWER),
    shared.minimax_mistake(ANSWER),
    *shared.building_mistakes(ANSWER),
    *RIGHT,
    *networks.RIGHT,
    *shared.right_noises(),
    *shared.right_updates(ANSWER),
    *shared.right_unlabelled_noise(ANSWER),
    *shared.right_in_one_call(ANSWER),
    *shared.right_cross_entropy(),
]
