"""Known wrong answers to the lab of GANs at 32x32 and unusual right ones, as edits of the answer in `solutions/gan32.py`.

Its networks are those of two more labs, and it trains as several do: most of its bank is what they have in common.
"""

from autograder.variants import beside, right, wrong

training = beside(__file__, "shared_training")
networks = beside(__file__, "shared_fully_connected")

ANSWER = training.Answer(betas=", betas=(0.5, 0.999)")
NETWORKS = networks.Networks()

OWN = [
    wrong(
        "generator_input_size_written_in",
        "This is what comes out when 100 is written into the generator in place of input_dim. See section 2.",
        (NETWORKS.g_fc1, NETWORKS.g_fc1.replace("input_dim", "100")),
        fails=(networks.G_MAPS, networks.G_COMPUTES),
    ),
    wrong(
        "discriminator_fc1_half_as_wide",
        "This is what comes out when the discriminator begins with 512 units: that layer is left out here, or too "
        "narrow. See section 3.",
        (NETWORKS.d_fc1, NETWORKS.d_fc1.replace("1024", "512")),
        (networks.D_FC2, networks.D_FC2.replace("1024", "512")),
        fails=(networks.D_PARAMETERS, networks.D_COMPUTES),
    ),
    right(
        "images_flattened_in_the_training_function",
        "The real images are flattened before the discriminator, which flattens what it is given, too.",
        (training.D_REAL, "real = real_images.flatten(1).to(device)"),
    ),
]

VARIANTS = [
    *networks.generator_mistakes(NETWORKS),
    *networks.discriminator_mistakes(NETWORKS),
    *training.training_mistakes(ANSWER),
    training.minimax_mistake(ANSWER),
    *training.more_mistakes(ANSWER),
    *training.building_mistakes(ANSWER),
    *OWN,
    *networks.right_networks(NETWORKS),
    *training.right_noises(),
    *training.right_updates(ANSWER),
    *training.right_unlabelled_noise(ANSWER),
    *training.right_in_one_call(ANSWER),
    *training.right_cross_entropy(),
]
