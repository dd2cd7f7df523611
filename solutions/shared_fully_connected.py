"""Mistakes and unusual right answers in the fully connected networks at 32x32, which labs with and without labels share.

A bank asks for them with `beside(__file__, "shared_fully_connected")`. `Networks` names what differs.
"""

from dataclasses import dataclass

from autograder.variants import Variant, right, wrong

G_MAPS = "generator_maps_noise_to_images"
G_PARAMETERS = "generator_has_the_parameters_of_its_layers"
G_COMPUTES = "generator_computes_its_layers"
D_MAPS = "discriminator_maps_images_to_probabilities"
D_PARAMETERS = "discriminator_has_the_parameters_of_its_layers"
D_COMPUTES = "discriminator_computes_its_layers"
TRAINING = "short_training_lowers_both_losses"

G_FC2 = "nn.Sequential(nn.Linear(128, 256), nn.BatchNorm1d(256), nn.LeakyReLU(0.2))"
G_FC3 = "nn.Sequential(nn.Linear(256, 512), nn.BatchNorm1d(512), nn.LeakyReLU(0.2))"
G_FC4 = "nn.Sequential(nn.Linear(512, 1024), nn.BatchNorm1d(1024), nn.LeakyReLU(0.2))"
G_FC5 = "nn.Sequential(nn.Linear(1024, 32 * 32), nn.Tanh())"
D_FC2 = "nn.Sequential(nn.Linear(1024, 512), nn.LeakyReLU(0.2))"
D_FC3 = "nn.Sequential(nn.Linear(512, 256), nn.LeakyReLU(0.2))"
D_FC4 = "nn.Sequential(nn.Linear(256, 1), nn.Sigmoid())"
G_THIRD, G_FOURTH = "h = self.fc3(h)  # (N, 512)\n        h = self.fc4", "h = self.fc4(h)"
G_LAST, D_LAST = "return self.fc5(h).view(-1, 1, 32, 32)", "return self.fc4(h)  # (N, 1)"


@dataclass(frozen=True)
class Networks:
    """What the first layers take: `noise` and `pixels` as the answer writes their sizes, `z` and `x` their inputs."""

    noise: str = "input_dim"
    pixels: str = "32 * 32"
    z: str = "z"
    x: str = "x.flatten(1)"

    @property
    def g_fc1(self) -> str:
        return f"nn.Sequential(nn.Linear({self.noise}, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.2))"

    @property
    def d_fc1(self) -> str:
        return f"nn.Sequential(nn.Linear({self.pixels}, 1024), nn.LeakyReLU(0.2))"


def everywhere(old: str, new: str, *places: str) -> list[tuple[str, str]]:
    """The same replacement at each of these places of the answer."""
    return [(place, place.replace(old, new)) for place in places]


def generator_mistakes(n: Networks) -> list[Variant]:
    """What goes wrong in the generator."""
    hidden = (n.g_fc1, G_FC2, G_FC3, G_FC4)
    return [
        wrong(
            "generator_without_batch_norm",
            "This is what comes out when the generator has no BatchNorm at all. See section 2.",
            *((place, _without_batch_norm(place)) for place in hidden),
            fails=(G_PARAMETERS, G_COMPUTES),
        ),
        wrong(
            "generator_without_batch_norm_in_fc1",
            "This is what comes out when the generator's first layer has no BatchNorm, as in the lab with logits; here "
            "every hidden layer has one. See section 2.",
            (n.g_fc1, _without_batch_norm(n.g_fc1)),
            fails=(G_PARAMETERS, G_COMPUTES),
        ),
        wrong(
            "generator_batch_norm_after_activation",
            "This is what comes out when BatchNorm stands after LeakyReLU: it belongs between the layer and its "
            "activation. See section 2.",
            *((place, _activation_first(place)) for place in hidden),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_batch_norm_after_activation_in_fc4",
            "This is what comes out when BatchNorm stands after LeakyReLU in the generator's fc4. See section 2.",
            (G_FC4, _activation_first(G_FC4)),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_batch_norm_on_its_output",
            "This is what comes out when the generator's last layer has a BatchNorm too: it forces every batch of images "
            "to one mean and one variance. See section 2.",
            (G_FC5, G_FC5.replace("nn.Tanh()", "nn.BatchNorm1d(32 * 32), nn.Tanh()")),
            fails=(G_PARAMETERS, G_COMPUTES),
        ),
        wrong(
            "generator_batch_norm_epsilon_0_8",
            "This is what comes out when 0.8 is given to BatchNorm as its second argument: that is epsilon, not the "
            "momentum. See section 2.",
            *everywhere("), nn.LeakyReLU", ", 0.8), nn.LeakyReLU", *hidden),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_with_layer_norm",
            "This is what comes out when LayerNorm takes the place of BatchNorm: it normalises each image apart, not over "
            "the batch. See section 2.",
            *everywhere("BatchNorm1d", "LayerNorm", *hidden),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_with_relu",
            "This is what comes out when the generator's hidden layers end in ReLU, as in lab 1. See section 2.",
            *everywhere("LeakyReLU(0.2)", "ReLU()", *hidden),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_slope_0_01",
            "This is what comes out when the generator's LeakyReLU keeps its default slope, 0.01. See section 2.",
            *everywhere("(0.2)", "()", *hidden),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_slope_0_1",
            "This is what comes out when the generator's LeakyReLU has slope 0.1, lab 1's, not 0.2. See section 2.",
            *everywhere("0.2", "0.1", *hidden),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_without_activation_in_fc3",
            "This is what comes out when the generator's fc3 has no activation. See section 2.",
            (G_FC3, G_FC3.replace(", nn.LeakyReLU(0.2)", "")),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_without_fc4",
            "This is what comes out when the generator has three hidden layers, not four. See section 2.",
            (G_FC4, "nn.Identity()"),
            (G_FC5, G_FC5.replace("1024, ", "512, ")),
            fails=(G_PARAMETERS, G_COMPUTES),
        ),
        wrong(
            "generator_ends_in_sigmoid",
            "This is what comes out when the generator ends in Sigmoid: its images lie in [0, 1], the real ones in "
            "[-1, 1]. See section 2.",
            (G_FC5, G_FC5.replace("Tanh", "Sigmoid")),
            fails=(G_COMPUTES,),
        ),
        wrong(
            "generator_without_tanh",
            "This is what comes out when the generator's last layer has no activation. See section 2.",
            (G_FC5, "nn.Linear(1024, 32 * 32)"),
            fails=(G_MAPS, G_COMPUTES),
        ),
        wrong(
            "generator_gives_flat_images",
            "This is what comes out when the generator's images stay flat, (N, 1024): here they are whole. See section 2.",
            (G_LAST, "return self.fc5(h)"),
            fails=(G_MAPS, G_COMPUTES),
        ),
        wrong(
            "generator_makes_28x28",
            "This is what comes out when the generator makes images of 28x28, as in lab 1: here they have 32x32. "
            "See section 2.",
            (G_FC5, G_FC5.replace("32 * 32", "28 * 28")),
            (G_LAST, G_LAST.replace("32, 32", "28, 28")),
            fails=(G_MAPS, G_PARAMETERS, G_COMPUTES, TRAINING),
        ),
    ]


def discriminator_mistakes(n: Networks) -> list[Variant]:
    """What goes wrong in the discriminator."""
    hidden = (n.d_fc1, D_FC2, D_FC3)
    return [
        wrong(
            "discriminator_with_batch_norm",
            "This is what comes out when the discriminator has BatchNorm: real and generated images come in batches of "
            "their own, and normalising each takes away what tells them apart. See section 3.",
            *(
                (place, place.replace("nn.LeakyReLU", f"nn.BatchNorm1d({_outputs(place)}), nn.LeakyReLU"))
                for place in hidden
            ),
            fails=(D_PARAMETERS, D_COMPUTES),
        ),
        wrong(
            "discriminator_with_dropout",
            "This is what comes out when the discriminator has Dropout: two looks at one image then differ. See section 3.",
            (D_FC3, D_FC3[:-1] + ", nn.Dropout(0.4))"),
            fails=(D_COMPUTES,),
        ),
        wrong(
            "discriminator_slope_0_01",
            "This is what comes out when the discriminator's LeakyReLU keeps its default slope, 0.01. See section 3.",
            *everywhere("(0.2)", "()", *hidden),
            fails=(D_COMPUTES,),
        ),
        wrong(
            "discriminator_slope_0_1",
            "This is what comes out when the discriminator's LeakyReLU has slope 0.1, lab 1's, not 0.2. See section 3.",
            *everywhere("0.2", "0.1", *hidden),
            fails=(D_COMPUTES,),
        ),
        wrong(
            "discriminator_with_relu",
            "This is what comes out when the discriminator's hidden layers end in ReLU. See section 3.",
            *everywhere("LeakyReLU(0.2)", "ReLU()", *hidden),
            fails=(D_COMPUTES,),
        ),
        wrong(
            "discriminator_without_activation_in_fc2",
            "This is what comes out when the discriminator's fc2 has no activation. See section 3.",
            (D_FC2, "nn.Linear(1024, 512)"),
            fails=(D_COMPUTES,),
        ),
        wrong(
            "discriminator_without_fc3",
            "This is what comes out when the discriminator has two hidden layers, not three. See section 3.",
            (D_FC3, "nn.Identity()"),
            (D_FC4, D_FC4.replace("256, 1", "512, 1")),
            fails=(D_PARAMETERS, D_COMPUTES),
        ),
        wrong(
            "discriminator_without_sigmoid",
            "This is what comes out when the discriminator does not end in Sigmoid. See section 3.",
            (D_FC4, "nn.Linear(256, 1)"),
            fails=(D_MAPS, D_COMPUTES, TRAINING),
        ),
        wrong(
            "discriminator_with_sigmoid_twice",
            "This is what comes out when the discriminator's probability goes through Sigmoid twice. See section 3.",
            (D_LAST, "return torch.sigmoid(self.fc4(h))"),
            fails=(D_COMPUTES,),
        ),
        wrong(
            "discriminator_squeezes_its_output",
            "This is what comes out when the discriminator's result has shape (N,) in place of (N, 1). See section 3.",
            (D_LAST, "return self.fc4(h).squeeze(1)"),
            fails=(D_MAPS, D_COMPUTES, TRAINING),
        ),
    ]


def right_networks(n: Networks) -> list[Variant]:
    """Other ways to write the same two networks."""
    return [
        right(
            "functional_activations",
            "Activations from torch and torch.nn.functional in forward.",
            ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
            (G_FC4, G_FC4.replace(", nn.LeakyReLU(0.2)", "")),
            (G_FOURTH, "h = F.leaky_relu(self.fc4(h), 0.2)"),
            (D_FC4, "nn.Linear(256, 1)"),
            (D_LAST, "return torch.sigmoid(self.fc4(h))"),
        ),
        right(
            "inplace_activations",
            "Activations that overwrite their input.",
            *everywhere("0.2", "0.2, inplace=True", n.g_fc1, G_FC2, n.d_fc1),
        ),
        right(
            "leaky_relu_by_where",
            "LeakyReLU written out with torch.where.",
            (D_FC2, "nn.Linear(1024, 512)"),
            ("h = self.fc2(h)  # (N, 512)", "h = self.fc2(h)\n        h = torch.where(h > 0, h, 0.2 * h)"),
        ),
        right(
            "odd_attribute_names",
            "The layers have names of the student's own.",
            (f"self.fc1 = {n.g_fc1}", f"self.weight = {n.g_fc1}"),
            (f"h = self.fc1({n.z})", f"h = self.weight({n.z})"),
            (f"self.fc1 = {n.d_fc1}", f"self._1 = {n.d_fc1}"),
            (f"h = self.fc1({n.x})", f"h = self._1({n.x})"),
        ),
        right(
            "layers_made_in_another_order",
            "The generator's last layer is made before the others.",
            (f"self.fc1 = {n.g_fc1}", f"self.fc5 = {G_FC5.replace('nn.Tanh()', 'nn.Tanh( )')}"),
            (f"self.fc5 = {G_FC5}", f"self.fc1 = {n.g_fc1}"),
        ),
        right(
            "batch_norm_options",
            "BatchNorm with a momentum of the student's own: training mode does not use it.",
            *everywhere("), nn.LeakyReLU", ", momentum=0.8), nn.LeakyReLU", n.g_fc1, G_FC2, G_FC3, G_FC4),
        ),
        right(
            "pixels_unflattened_by_name",
            "unflatten in place of view.",
            (G_LAST, "return self.fc5(h).unflatten(1, (1, 32, 32))"),
        ),
        right(
            "lazy_layers",
            "Layers find their input size at the first pass.",
            (G_FC3, G_FC3.replace("nn.Linear(256, 512)", "nn.LazyLinear(512)")),
            (D_FC3, D_FC3.replace("nn.Linear(512, 256)", "nn.LazyLinear(256)")),
            ("G = Generator(input_dim=100).to(device)", _run_once("G", "Generator(input_dim=100)", n)),
            ("D = Discriminator().to(device)", _run_once("D", "Discriminator()", n)),
        ),
        right(
            "weights_drawn_from_a_narrow_normal",
            "The weights are drawn from N(0, 0.02), as in the DCGAN paper.",
            (G_FC5, f"{G_FC5}\n        self.apply(draw_weights)"),
            (D_FC4, f"{D_FC4}\n        self.apply(draw_weights)"),
            (
                "class Generator(",
                "def draw_weights(m):\n    if isinstance(m, nn.Linear):\n        nn.init.normal_(m.weight, 0.0, 0.02)\n\n\n"
                "class Generator(",
            ),
        ),
    ]


def _without_batch_norm(layer: str) -> str:
    head, _, tail = layer.partition("nn.BatchNorm1d(")
    return head + tail.partition("), ")[2]


def _activation_first(layer: str) -> str:
    return f"{_without_batch_norm(layer)[:-1]}, nn.BatchNorm1d({_outputs(layer)}))"


def _outputs(layer: str) -> str:
    return layer.partition("), ")[0].rpartition(", ")[2]


def _run_once(name: str, made: str, n: Networks) -> str:
    x = "torch.zeros(2, 100, device=device)" if name == "G" else "torch.zeros(2, 1, 32, 32, device=device)"
    labels = "" if n.z == "z" else ", torch.zeros(2, dtype=torch.long, device=device)"
    return f"{name} = {made}.to(device)\n    {name}({x}{labels})"
