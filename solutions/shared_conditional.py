"""The bank of the conditional labs but for their loss: mistakes and unusual right answers with labels, and all that they
have in common with labs without.

A bank asks for it with `beside(__file__, "shared_conditional")`.
"""

from autograder.variants import Variant, beside, right, wrong

training = beside(__file__, "shared_training")
networks = beside(__file__, "shared_fully_connected")

HEED = "both_networks_heed_their_labels"
GO_TOGETHER = "labels_go_with_their_images"
EVERY_DIGIT = "generator_trains_on_every_digit"
SAMPLES = "samples_show_the_digit_asked_for"
TRAINING = "short_training_lowers_both_losses"

JOINED_G = "torch.cat([z, self.embedding(labels)], dim=1)"
JOINED_D = "torch.cat([x.flatten(1), self.embedding(labels)], dim=1)"
NETWORKS = networks.Networks(noise="input_dim + 10", pixels="32 * 32 + 10", z=JOINED_G, x=JOINED_D)
TABLE_G = "nn.Embedding(10, 10)\n        # END SOLUTION\n        # TODO 2"
TABLE_D = "nn.Embedding(10, 10)\n        # END SOLUTION\n        # TODO 6"
NO_TABLE = "\n        # END SOLUTION\n        # TODO"
MOVED = "labels = labels.to(device)  # (N,)"
DRAWN = "torch.randint(0, 10, (batch_size,), device=device)"
SAMPLED = "labels = torch.full((n,), NAMES.index(name), device=device)"


def label_mistakes() -> list[Variant]:
    """What goes wrong with labels, in the networks, in training and in sampling."""
    g_counts, g_computes = networks.G_PARAMETERS, networks.G_COMPUTES
    d_counts, d_computes = networks.D_PARAMETERS, networks.D_COMPUTES
    return [
        wrong(
            "generator_ignores_its_label",
            "This is what comes out when the generator gives every label the same row of the table, or zeros: it cannot "
            "know which digit is meant. See section 2.",
            (JOINED_G, JOINED_G.replace("(labels)", "(torch.zeros_like(labels))")),
            fails=(g_computes, HEED),
        ),
        wrong(
            "discriminator_ignores_its_label",
            "This is what comes out when the discriminator gives every label the same row of the table: any digit passes "
            "for any other. See section 3.",
            (JOINED_D, JOINED_D.replace("(labels)", "(torch.zeros_like(labels))")),
            fails=(d_computes, HEED),
        ),
        wrong(
            "discriminator_embedding_multiplied_by_zero",
            "This is what comes out when zeros stand where the label's embedding belongs in the discriminator. "
            "See section 3.",
            (JOINED_D, JOINED_D.replace("self.embedding(labels)", "0 * self.embedding(labels)")),
            fails=(d_computes, HEED),
        ),
        wrong(
            "generator_without_embedding",
            "This is what comes out when the generator has no table and takes the noise alone. See section 2.",
            (TABLE_G, f"None{NO_TABLE} 2"),
            (NETWORKS.g_fc1, NETWORKS.g_fc1.replace("input_dim + 10", "input_dim")),
            (JOINED_G, "z"),
            fails=(g_counts, g_computes, HEED),
        ),
        wrong(
            "discriminator_without_embedding",
            "This is what comes out when the discriminator has no table and takes the image alone. See section 3.",
            (TABLE_D, f"None{NO_TABLE} 6"),
            (NETWORKS.d_fc1, NETWORKS.d_fc1.replace("32 * 32 + 10", "32 * 32")),
            (JOINED_D, "x.flatten(1)"),
            fails=(d_counts, d_computes, HEED),
        ),
        wrong(
            "generator_label_joined_as_a_number",
            "This is what comes out when the label itself is joined to the noise, as one number: 7 is not more than 3. "
            "See section 2.",
            (TABLE_G, f"None{NO_TABLE} 2"),
            (NETWORKS.g_fc1, NETWORKS.g_fc1.replace("input_dim + 10", "input_dim + 1")),
            (JOINED_G, "torch.cat([z, labels.float().unsqueeze(1)], dim=1)"),
            fails=(g_counts, g_computes),
        ),
        wrong(
            "generator_embedding_of_its_own_size",
            "This is what comes out when the generator's table has as many columns as the noise has numbers, not 10. "
            "See section 2.",
            (TABLE_G, f"nn.Embedding(10, input_dim){NO_TABLE} 2"),
            (NETWORKS.g_fc1, NETWORKS.g_fc1.replace("input_dim + 10", "2 * input_dim")),
            fails=(g_counts, g_computes),
        ),
        wrong(
            "generator_embedding_times_noise",
            "This is what comes out when noise and embedding are multiplied: here they are joined. See section 2.",
            (TABLE_G, f"nn.Embedding(10, input_dim){NO_TABLE} 2"),
            (NETWORKS.g_fc1, NETWORKS.g_fc1.replace("input_dim + 10", "input_dim")),
            (JOINED_G, "z * self.embedding(labels)"),
            fails=(g_counts, g_computes),
        ),
        wrong(
            "generator_table_of_nine_digits",
            "This is what comes out when a table has 9 rows: there are ten digits, and label 9 finds none. "
            "See sections 2 and 3.",
            (TABLE_G, f"nn.Embedding(9, 10){NO_TABLE} 2"),
            fails=(g_counts, g_computes, HEED, TRAINING),
        ),
        wrong(
            "discriminator_one_hot_label",
            "This is what comes out when the label is joined as ten zeros and ones, without a table that is learned. "
            "See section 3.",
            (TABLE_D, f"None{NO_TABLE} 6"),
            (JOINED_D, "torch.cat([x.flatten(1), nn.functional.one_hot(labels, 10)], dim=1)"),
            fails=(d_counts, d_computes),
        ),
        wrong(
            "discriminator_table_frozen",
            "This is what comes out when the discriminator's table is not trained. See section 3.",
            (TABLE_D, f"nn.Embedding(10, 10).requires_grad_(False){NO_TABLE} 6"),
            fails=(d_counts,),
        ),
        wrong(
            "generated_images_scored_with_other_labels",
            "This is what comes out when train_discriminator scores generated images with labels drawn anew, not with "
            "those that G made them for. See section 4.",
            ("D(generated, labels)", "D(generated, torch.randint(0, 10, (real.size(0),), device=device))"),
            fails=(GO_TOGETHER,),
        ),
        wrong(
            "real_images_scored_with_drawn_labels",
            "This is what comes out when labels drawn at random take the place of those of the real images. "
            "See section 4.",
            (MOVED, "labels = torch.randint(0, 10, (real.size(0),), device=device)"),
            fails=(GO_TOGETHER,),
        ),
        wrong(
            "labels_of_the_batch_turned_round",
            "This is what comes out when the labels of the generated images are in another order than the images. "
            "See section 4.",
            ("D(generated, labels)", "D(generated, labels.flip(0))"),
            fails=(GO_TOGETHER,),
        ),
        wrong(
            "generator_images_scored_with_other_labels",
            "This is what comes out when train_generator scores its images with labels drawn anew, not with those that G "
            "made them for. See section 5.",
            ("D(G(z, labels), labels)", f"D(G(z, labels), {DRAWN})"),
            fails=(GO_TOGETHER,),
        ),
        wrong(
            "generator_labels_all_zero",
            "This is what comes out when train_generator asks for zeros alone. See section 5.",
            (DRAWN, "torch.zeros(batch_size, dtype=torch.long, device=device)"),
            fails=(EVERY_DIGIT,),
        ),
        wrong(
            "generator_never_asked_for_nines",
            "This is what comes out when the labels are drawn from 0 to 8: the upper end of randint is not among its "
            "numbers. See section 5.",
            (DRAWN, DRAWN.replace("0, 10", "0, 9")),
            fails=(EVERY_DIGIT,),
        ),
        wrong(
            "generator_never_asked_for_zeros",
            "This is what comes out when the labels are drawn from 1 to 9. See section 5.",
            (DRAWN, DRAWN.replace("0, 10", "1, 10")),
            fails=(EVERY_DIGIT,),
        ),
        wrong(
            "one_label_for_the_whole_batch",
            "This is what comes out when one label is drawn for the whole batch. See section 5.",
            (DRAWN, "torch.randint(0, 10, (1,), device=device).expand(batch_size)"),
            fails=(EVERY_DIGIT,),
        ),
        wrong(
            "labels_not_moved",
            "This is what comes out when the labels are not moved to `device`: it works on a CPU only. See section 4.",
            (MOVED, "labels = labels"),
            fails=(training.DEVICE,),
        ),
        wrong(
            "drawn_labels_left_on_the_cpu",
            "This is what comes out when the labels that train_generator draws are not put on `device`. See section 5.",
            (DRAWN, "torch.randint(0, 10, (batch_size,))"),
            fails=(training.DEVICE,),
        ),
        wrong(
            "samples_in_training_mode",
            "This is what comes out when G makes its samples in training mode: BatchNorm then uses the statistics of a "
            "batch of one digit, and fails on a single image. See section 7.",
            ("    G.eval()\n", ""),
            fails=(SAMPLES,),
        ),
        wrong(
            "samples_leave_evaluation_mode_on",
            "This is what comes out when G is left in evaluation mode: the next update is made without the batch's own "
            "statistics. See section 7.",
            ("    G.train()\n", ""),
            fails=(SAMPLES,),
        ),
        wrong(
            "samples_of_random_digits",
            "This is what comes out when the labels of the samples are drawn at random. See section 7.",
            (SAMPLED, "labels = torch.randint(0, 10, (n,), device=device)"),
            fails=(SAMPLES,),
        ),
        wrong(
            "samples_of_the_next_digit",
            "This is what comes out when names are counted from one. See section 7.",
            (SAMPLED, SAMPLED.replace("NAMES.index(name)", "(NAMES.index(name) + 1) % 10")),
            fails=(SAMPLES,),
        ),
        wrong(
            "samples_from_one_noise",
            "This is what comes out when all samples are made from one noise: they are all the same image. See section 7.",
            (
                "z = torch.randn(n, input_dim, device=device)",
                "z = torch.randn(1, input_dim, device=device).repeat(n, 1)",
            ),
            fails=(SAMPLES,),
        ),
    ]


def right_labels() -> list[Variant]:
    """Other ways to do the same with labels."""
    return [
        right(
            "label_joined_first",
            "The label's embedding stands before the noise and before the image.",
            (JOINED_G, "torch.cat([self.embedding(labels), z], dim=1)"),
            (JOINED_D, "torch.cat((self.embedding(labels), x.view(x.size(0), -1)), -1)"),
        ),
        right(
            "generated_images_get_labels_of_their_own",
            "The generated images of train_discriminator get labels drawn at random, the same for G and D.",
            (MOVED, f"{MOVED}\n    drawn = torch.randint(0, 10, (real.size(0),), device=device)"),
            ("generated = G(z, labels).detach()", "generated = G(z, drawn).detach()"),
            ("D(generated, labels)", "D(generated, drawn)"),
        ),
        right(
            "labels_by_rand",
            "Labels from torch.rand and floor, and by turns.",
            (DRAWN, "(10 * torch.rand(batch_size, device=device)).long()"),
        ),
        right(
            "labels_by_turns",
            "train_generator asks for the digits one after another.",
            (DRAWN, "torch.arange(batch_size, device=device) % 10"),
        ),
        right(
            "samples_without_gradients_by_detach",
            "The samples are detached, and the mode is put back by train(True).",
            ("    with torch.no_grad():\n        images = G(z, labels)\n", "    images = G(z, labels).detach()\n"),
            ("    G.train()\n", "    G.train(True)\n"),
        ),
        right(
            "sample_labels_in_a_list",
            "The labels of the samples are made from a list.",
            (SAMPLED, "labels = torch.tensor([NAMES.index(name)] * n, device=device)"),
        ),
    ]


def variants(a: object) -> list[Variant]:
    """All of it, with what the labs have in common with those without labels."""
    return [
        *networks.generator_mistakes(NETWORKS),
        *networks.discriminator_mistakes(NETWORKS),
        *label_mistakes(),
        *training.training_mistakes(a),
        *training.more_mistakes(a),
        *training.building_mistakes(a),
        *networks.right_networks(NETWORKS),
        *training.right_noises(),
        *training.right_updates(a),
        *training.right_in_one_call(a),
        *right_labels(),
    ]
