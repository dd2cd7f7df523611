"""Unusual right answers that the two labs of 28x28 convolutional networks have in common.

A bank asks for them with `beside(__file__, "shared_convolution")`.
"""

from autograder.variants import right

G_FC1 = "nn.Sequential(nn.Linear(input_dim, 1024), nn.BatchNorm1d(1024), nn.ReLU())"
G_CONV1 = "nn.ConvTranspose2d(128, 64, kernel_size=4, stride=2, padding=1), nn.BatchNorm2d(64), nn.ReLU()"
G_VIEW = "h = self.fc2(h).view(-1, 128, 7, 7)"
D_CONV1 = "nn.Sequential(nn.Conv2d(1, 32, kernel_size=5), nn.LeakyReLU(0.1), nn.MaxPool2d(2, 2))"
D_CONV2 = "nn.Sequential(nn.Conv2d(32, 64, kernel_size=5), nn.LeakyReLU(0.1), nn.MaxPool2d(2, 2))"
D_FC1 = "nn.Sequential(nn.Linear(64 * 4 * 4, 1024), nn.LeakyReLU(0.1))"
D_FIRST, D_FLAT, D_LAST = "h = self.conv1(x)", "h = self.fc1(h.flatten(1))", "return self.fc2(h)"
MADE_G, MADE_D = "G = Generator(input_dim=100).to(device)", "D = Discriminator().to(device)"

RIGHT = [
    right(
        "leaky_relu_by_where",
        "LeakyReLU written out with torch.where.",
        (D_CONV1, "nn.Sequential(nn.Conv2d(1, 32, 5), nn.MaxPool2d(2))"),
        (D_FIRST, "h = self.conv1(x)\n        h = torch.where(h > 0, h, 0.1 * h)"),
    ),
    right(
        "flatten_and_unflatten_by_name",
        "torch.flatten and unflatten in place of view.",
        (G_VIEW, "h = self.fc2(h).unflatten(1, (128, 7, 7))"),
        (D_FLAT, "h = self.fc1(torch.flatten(h, start_dim=1))"),
    ),
    right(
        "stages_in_a_module_dict",
        "The stages stand in an nn.ModuleDict.",
        (f"self.conv1 = {D_CONV1}", f"self.stages = nn.ModuleDict({{'first': {D_CONV1}}})"),
        (D_FIRST, "h = self.stages['first'](x)"),
    ),
    right(
        "inplace_activations",
        "Activations that overwrite their input.",
        (G_FC1, G_FC1.replace("ReLU()", "ReLU(inplace=True)")),
        (G_CONV1, G_CONV1.replace("ReLU()", "ReLU(True)")),
        (D_CONV1, D_CONV1.replace("0.1", "0.1, inplace=True")),
    ),
    right(
        "pooling_before_activation",
        "Max pooling before LeakyReLU: the same function, because LeakyReLU never turns an order round.",
        (D_CONV1, "nn.Sequential(nn.Conv2d(1, 32, 5), nn.MaxPool2d(2), nn.LeakyReLU(0.1))"),
        (D_CONV2, "nn.Sequential(nn.Conv2d(32, 64, 5), nn.MaxPool2d(2), nn.LeakyReLU(0.1))"),
    ),
    right(
        "arguments_as_pairs",
        "Kernels, strides and paddings as pairs, and defaults written out.",
        (G_CONV1, G_CONV1.replace("kernel_size=4, stride=2, padding=1", "(4, 4), stride=(2, 2), padding=(1, 1)")),
        (D_CONV1, D_CONV1.replace("kernel_size=5", "(5, 5), stride=(1, 1), padding=0, bias=True")),
        (D_CONV2, D_CONV2.replace("MaxPool2d(2, 2)", "MaxPool2d(kernel_size=(2, 2), stride=2, padding=0)")),
    ),
    right(
        "reshaped_by_size",
        "The batch's size is taken from the noise and from the images.",
        (G_VIEW, "h = self.fc2(h).reshape(z.size(0), 128, 7, 7)"),
        (D_FLAT, "h = self.fc1(h.view(h.size()[0], -1))"),
    ),
    right(
        "odd_attribute_names",
        "The layers have names of the student's own.",
        (f"self.fc1 = {G_FC1}", f"self.weight = {G_FC1}"),
        ("h = self.fc1(z)", "h = self.weight(z)"),
        (f"self.conv1 = {D_CONV1}", f"self._1 = {D_CONV1}"),
        (D_FIRST, "h = self._1(x)"),
    ),
    right(
        "lazy_layers",
        "Layers find their input size at the first pass.",
        (G_FC1, G_FC1.replace("nn.Linear(input_dim, 1024)", "nn.LazyLinear(1024)")),
        (D_FC1, D_FC1.replace("nn.Linear(64 * 4 * 4, 1024)", "nn.LazyLinear(1024)")),
        (MADE_G, MADE_G + "\n    G(torch.zeros(2, 100, device=device))"),
        (MADE_D, MADE_D + "\n    D(torch.zeros(2, 1, 28, 28, device=device))"),
    ),
    right(
        "convolution_weights_by_hand",
        "A convolution's weight and bias are nn.Parameters of the student's own.",
        ("import torch\n", "import torch\nimport torch.nn.functional as F\n"),
        (
            f"self.conv1 = {D_CONV1}",
            "self.kernels = nn.Parameter(0.1 * torch.randn(32, 1, 5, 5))\n"
            "        self.shift = nn.Parameter(torch.zeros(32))",
        ),
        (D_FIRST, "h = F.max_pool2d(F.leaky_relu(F.conv2d(x, self.kernels, self.shift), 0.1), 2, 2)"),
    ),
    right(
        "weights_drawn_from_a_narrow_normal",
        "The weights are drawn from N(0, 0.02), as in the paper.",
        (
            "class Generator(",
            "def draw_weights(m):\n"
            "    if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):\n"
            "        nn.init.normal_(m.weight, 0.0, 0.02)\n"
            "    elif isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):\n"
            "        nn.init.normal_(m.weight, 1.0, 0.02)\n"
            "        nn.init.zeros_(m.bias)\n\n\nclass Generator(",
        ),
        (MADE_G, MADE_G + "\n    G.apply(draw_weights)"),
        (MADE_D, MADE_D + "\n    D.apply(draw_weights)"),
    ),
]
