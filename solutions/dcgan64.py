# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Extension lab: DCGAN at 64x64
#
# The layout of the DCGAN paper at its own size, with half its maps in `G` and one colour: nothing but convolutions,
# no Linear layer at either end, weights that start from N(0, 0.02), and, as in most code for it, no bias. Do
# `dcgan32` first: what a stride does and where BatchNorm stands is as there. This lab is optional.
#
# | | `dcgan32` | this lab |
# | --- | --- | --- |
# | from noise to the first maps | Linear layer, viewed as 512 maps of 4x4 | transposed convolution from 1x1 to 4x4 |
# | from the last maps to a score | Linear layer | convolution from 4x4 to 1x1 |
# | biases | in every layer | none in a convolution |
# | weights at the start | PyTorch's own | from N(0, 0.02) |
# | images | 32x32 | 64x64 |
# | parameters of `G` and `D` | 3,468,417 and 1,486,337 | 3,574,656 and 2,763,520 |
# | optimizers, batch | Adam 2e-4, betas (0.5, 0.999), 512 | Adam 2e-4, betas (0.5, 0.99), 128 |
#
# Why it helps: a bias before BatchNorm does nothing, because BatchNorm takes the mean away and adds a shift of its
# own; it is left out, and the layers without BatchNorm, `D`'s first and both last ones, do without as well. Small
# weights matter most in the last layers, behind which no BatchNorm stands: `G`'s first images are greys in the middle
# of Tanh, where it is steep. With PyTorch's own weights half of `dcgan32`'s first pixels are all but black or white,
# where Tanh is flat and hands on little of `D`'s gradient.
#
# | you write | points |
# | --- | --- |
# | the generator (TODO 1 to 3) | 16 |
# | the discriminator (TODO 4 to 6) | 16 |
# | `train_discriminator` (TODO 7) and `train_generator` (TODO 8) | 49 |
# | `build_models` with its weights, and `build_optimizers` (TODO 9 to 11) | 16 |
# | a short training run with all of it | 3 |
#
# The letters are the papers' (Goodfellow et al. 2014, arXiv 1406.2661; Radford et al. 2015, arXiv 1511.06434): `z` is
# noise, `x` an image, `G(z)` a generated image, `D(x)` a probability, and `N` the number of images in a batch.
#
# **How to work.** As in lab 1: write your answer where a line `raise NotImplementedError` stands, delete that line,
# and run the check cells below as often as you like. Names of classes and functions and the order of their arguments
# must stay as they are; what is inside is yours.

# %%
import os

import torch
from torch import nn

from autograder import checks
from data_utils import DigitLoader, TrainingRun, load_digits, show_samples

check = checks("dcgan64")

# %% [markdown]
# ## 1. The data
#
# The digits at 64x64, the 32x32 of `dcgan32` with every side doubled: the paper's size, and the reason for one layer
# more in both networks. The images hold no more detail than before, so what you compare is the networks. The pixels
# lie in [-1, 1], because `G` ends in Tanh. All of MNIST takes about 1 GB of memory at this size.
#
# This cell runs in a few seconds. Expect a grid of white digits on black.

# %%
digits = load_digits(value_range=(-1, 1), size=64)
print(len(digits), "images:", digits.source)
show_samples(digits.images[:16], value_range=(-1, 1), title="real images")

# %% [markdown]
# ## 2. The generator (16 points)
#
# Noise of `input_dim` numbers is an image with `input_dim` maps of 1x1. A transposed convolution with kernel 4,
# stride 1 and no padding makes 4x4 of it, $n' = (1 - 1) \cdot 1 + 4 = 4$, with as many weights as a Linear layer to
# 512 * 4 * 4 has. Four more double the side: 8, 16, 32, 64.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `conv1` | transposed convolution from `input_dim` to 512 maps (stride 1, padding 0), BatchNorm, ReLU | `(N, 512, 4, 4)` | 819,200 + 1,024 |
# | `conv2` | the same with stride 2, padding 1, from 512 to 256 maps | `(N, 256, 8, 8)` | 2,097,152 + 512 |
# | `conv3` | from 256 to 128 maps | `(N, 128, 16, 16)` | 524,288 + 256 |
# | `conv4` | from 128 to 64 maps | `(N, 64, 32, 32)` | 131,072 + 128 |
# | `conv5` | from 64 maps to 1, then Tanh in place of BatchNorm and ReLU | `(N, 1, 64, 64)` | 1,024 |
#
# The parameters are those at `input_dim = 100`. Every kernel is 4, and no convolution has a bias (`bias=False`).
#
# **Task.** Write the stages. `Generator(input_dim)` maps `(N, input_dim)` to `(N, 1, 64, 64)`; the given `forward`
# views the noise as maps. The checks run within a second or two.


# %% name="generator"
class Generator(nn.Module):
    """Maps noise (N, input_dim) to images (N, 1, 64, 64) in [-1, 1]."""

    def __init__(self, input_dim):
        super().__init__()
        # TODO 1 (conv1): a transposed convolution from input_dim to 512 maps (kernel 4, stride 1, no padding, no bias),
        # then BatchNorm, then ReLU
        # BEGIN SOLUTION
        self.conv1 = nn.Sequential(
            nn.ConvTranspose2d(input_dim, 512, 4, 1, 0, bias=False), nn.BatchNorm2d(512), nn.ReLU()
        )
        # END SOLUTION
        # TODO 2 (conv2 to conv4): the same with stride 2 and padding 1, from 512 to 256, to 128, to 64 maps
        # BEGIN SOLUTION
        self.conv2 = nn.Sequential(nn.ConvTranspose2d(512, 256, 4, 2, 1, bias=False), nn.BatchNorm2d(256), nn.ReLU())
        self.conv3 = nn.Sequential(nn.ConvTranspose2d(256, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU())
        self.conv4 = nn.Sequential(nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU())
        # END SOLUTION
        # TODO 3 (conv5): a transposed convolution from 64 maps to 1 (kernel 4, stride 2, padding 1, no bias), then Tanh
        # BEGIN SOLUTION
        self.conv5 = nn.Sequential(nn.ConvTranspose2d(64, 1, 4, 2, 1, bias=False), nn.Tanh())
        # END SOLUTION

    def forward(self, z):
        h = self.conv1(z.view(z.size(0), -1, 1, 1))  # (N, 512, 4, 4)
        h = self.conv2(h)  # (N, 256, 8, 8)
        h = self.conv3(h)  # (N, 128, 16, 16)
        h = self.conv4(h)  # (N, 64, 32, 32)
        return self.conv5(h)  # (N, 1, 64, 64)


# %%
check("generator_maps_noise_to_images")

# %%
check("generator_has_the_parameters_of_its_layers")

# %%
check("generator_computes_its_layers")

# %% [markdown]
# ## 3. The discriminator (16 points)
#
# `D` is `G` turned round: four convolutions halve the side from 64 to 4, and a fifth one, with kernel 4 and no
# padding, sees all of the 4x4 at once and makes one number of it. BatchNorm stands in the middle three, before
# LeakyReLU; not in the first, which looks at the pixels as they are, nor in the last, which gives the score.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `conv1` | convolution from 1 to 64 maps, LeakyReLU 0.2 | `(N, 64, 32, 32)` | 1,024 |
# | `conv2` | convolution from 64 to 128 maps, BatchNorm, LeakyReLU 0.2 | `(N, 128, 16, 16)` | 131,072 + 256 |
# | `conv3` | from 128 to 256 maps, the same | `(N, 256, 8, 8)` | 524,288 + 512 |
# | `conv4` | from 256 to 512 maps, the same | `(N, 512, 4, 4)` | 2,097,152 + 1,024 |
# | `conv5` | convolution from 512 maps to 1 (stride 2, padding 0), Sigmoid | `(N, 1, 1, 1)`, flattened to `(N, 1)` | 8,192 |
#
# Every kernel is 4, every stride 2, every padding 1 but the last, and no convolution has a bias.
#
# **Task.** Write the stages. `Discriminator()` maps `(N, 1, 64, 64)` to `(N, 1)`. The checks run within a second or
# two.


# %% name="discriminator"
class Discriminator(nn.Module):
    """Maps images (N, 1, 64, 64) to probabilities (N, 1) of being real."""

    def __init__(self):
        super().__init__()
        # TODO 4 (conv1): a convolution from 1 to 64 maps (kernel 4, stride 2, padding 1, no bias), then LeakyReLU 0.2
        # BEGIN SOLUTION
        self.conv1 = nn.Sequential(nn.Conv2d(1, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 5 (conv2 to conv4): the same with BatchNorm before LeakyReLU, from 64 to 128, to 256, to 512 maps
        # BEGIN SOLUTION
        self.conv2 = nn.Sequential(nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2))
        self.conv3 = nn.Sequential(nn.Conv2d(128, 256, 4, 2, 1, bias=False), nn.BatchNorm2d(256), nn.LeakyReLU(0.2))
        self.conv4 = nn.Sequential(nn.Conv2d(256, 512, 4, 2, 1, bias=False), nn.BatchNorm2d(512), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 6 (conv5): a convolution from 512 maps to 1 (kernel 4, stride 2, no padding, no bias), then Sigmoid
        # BEGIN SOLUTION
        self.conv5 = nn.Sequential(nn.Conv2d(512, 1, 4, 2, 0, bias=False), nn.Sigmoid())
        # END SOLUTION

    def forward(self, x):
        h = self.conv1(x)  # (N, 64, 32, 32)
        h = self.conv2(h)  # (N, 128, 16, 16)
        h = self.conv3(h)  # (N, 256, 8, 8)
        h = self.conv4(h)  # (N, 512, 4, 4)
        return self.conv5(h).flatten(1)  # (N, 1)


# %%
check("discriminator_maps_images_to_probabilities")

# %%
check("discriminator_has_the_parameters_of_its_layers")

# %%
check("discriminator_computes_its_layers")

# %% [markdown]
# ## 4. Training the discriminator (21 points)
#
# The loss is lab 1's, a sum of two means, with `loss_func = nn.BCELoss()`; a `D` that has learned nothing answers 0.5
# everywhere, and its loss is $2 \ln 2 = 1.3863$:
#
# $$L_D = \mathrm{BCE}(D(x), 1) + \mathrm{BCE}(D(G(z)), 0)$$
#
# The function is lab 2's: move the real images to `device`; draw noise there; score real and generated images, the
# generated ones detached; compute the loss; clear the old gradients, go backward, take one step; return the loss as a
# float. Two things to mind: old gradients are cleared *before* `loss.backward()`, and the number of labels comes from
# the images or from `D`'s output, because an epoch's last batch of 128 holds 96 images.
#
# **Task.** Write `train_discriminator`: one update of `D`. The noise is `(N, input_dim)`, from N(0, 1). The checks of
# sections 4 and 5 run within a second each.


# %% name="train_discriminator"
def train_discriminator(real_images, D, G, loss_func, optim_D, batch_size, input_dim, device):
    """Update D once on real images (N, 1, 64, 64) in [-1, 1]. Returns the loss as a float."""
    # TODO 7: the whole update: score real and generated images, compute the loss, take one step of optim_D
    # BEGIN SOLUTION
    real = real_images.to(device)  # (N, 1, 64, 64)
    z = torch.randn(real.size(0), input_dim, device=device)
    generated = G(z).detach()
    score_real, score_generated = D(real), D(generated)
    loss_real = loss_func(score_real, torch.ones_like(score_real))
    loss_generated = loss_func(score_generated, torch.zeros_like(score_generated))
    loss = loss_real + loss_generated
    optim_D.zero_grad()
    loss.backward()
    optim_D.step()
    return loss.item()
    # END SOLUTION


# %%
check("discriminator_loss_adds_both_terms")

# %%
check("discriminator_update_follows_its_loss")

# %%
check("discriminator_update_leaves_generator_alone")

# %%
check("last_batch_of_an_epoch_trains")

# %% [markdown]
# ## 5. Training the generator (28 points)
#
# Again lab 1's non-saturating loss: `G` labels its own images as real.
#
# $$L_G = \mathrm{BCE}(D(G(z)), 1)$$
#
# While `D` is undecided this is $\ln 2 = 0.6931$. The gradient flows through `D` into `G`, so nothing is detached
# here, and only `optim_G` takes a step.
#
# **Task.** Write `train_generator`: one update of `G` on `batch_size` noises.


# %% name="train_generator"
def train_generator(D, G, loss_func, optim_G, batch_size, input_dim, device):
    """Update G once on batch_size noises. Returns the loss as a float."""
    # TODO 8: the whole update: score generated images, compute the loss, take one step of optim_G
    # BEGIN SOLUTION
    z = torch.randn(batch_size, input_dim, device=device)
    score = D(G(z))
    loss = loss_func(score, torch.ones_like(score))
    optim_G.zero_grad()
    loss.backward()
    optim_G.step()
    return loss.item()
    # END SOLUTION


# %%
check("generator_loss_is_non_saturating")

# %%
check("generator_update_follows_its_loss")

# %%
check("generator_update_leaves_discriminator_alone")

# %%
check("old_gradients_do_not_leak")

# %%
check("noise_is_standard_normal")

# %%
check("training_stays_on_the_given_device")

# %% [markdown]
# ## 6. Putting it together (16 points, and 3 for a short training run)
#
# `build_models(device)` returns `(G, D)`: a generator from 100 noise numbers and a discriminator, both on `device`,
# with their weights drawn anew. The paper says: "All weights were initialized from a zero-centered Normal
# distribution with standard deviation 0.02." It says nothing of BatchNorm's scales, and two readings are common: to
# leave them at 1, or to draw them from N(1, 0.02). Both are right here; a scale drawn around *zero* is not, for it
# would multiply every map by next to nothing. BatchNorm's shifts stay 0.
#
# `network.apply(f)` calls `f(layer)` for every layer within `network`; `nn.init.normal_(tensor, mean, deviation)`
# draws a tensor anew, in place.
#
# `build_optimizers(G, D)` returns `(optim_G, optim_D)`: two Adam optimizers with learning rate 2e-4 and betas (0.5,
# 0.99), each for the parameters of its own network. The second beta is 0.99 in this lab alone, and no slip for the
# 0.999 of the others: the paper names only the first one, 0.5, and this lab's setting lets Adam forget the size of old
# gradients within about a hundred steps, not a thousand. Whether it trains better with it was not measured.
#
# **Task.** Write `draw_weights` and both functions. The checks run within a second or two.


# %% name="draw_weights"
def draw_weights(layer):
    """Draws the weights of a convolution from N(0, 0.02), in place; other layers stay as they are."""
    # TODO 9: the weights of this layer, if it is a convolution of either kind
    # BEGIN SOLUTION
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    # END SOLUTION


# %% name="build_models"
def build_models(device):
    """Returns (G, D), a generator for MNIST at 64x64 and its discriminator, on this device."""
    # TODO 10: make both networks, draw their weights, and move them to device
    # BEGIN SOLUTION
    G = Generator(input_dim=100).to(device)
    D = Discriminator().to(device)
    G.apply(draw_weights)
    D.apply(draw_weights)
    return G, D
    # END SOLUTION


# %% name="build_optimizers"
def build_optimizers(G, D):
    """Returns (optim_G, optim_D), each for the parameters of its own network."""
    # TODO 11: two Adam optimizers with learning rate 2e-4 and betas (0.5, 0.99)
    # BEGIN SOLUTION
    optim_G = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.99))
    optim_D = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.99))
    return optim_G, optim_D
    # END SOLUTION


# %%
check("models_are_built_for_mnist")

# %%
check("weights_are_drawn_from_a_narrow_normal")

# %%
check("optimizers_are_adam_at_2e_4")

# %%
check("short_training_lowers_both_losses")

# %% [markdown]
# All checks once more, and the points that they add up to. (It takes some seconds.)

# %%
check()

# %% [markdown]
# ## 7. Training
#
# `main` is given: one update of `D`, one of `G`, batch by batch. As in lab 1 it prints mean losses, logs curves,
# samples and figures of quality for TensorBoard, and goes on with a run that was cut: `main(resume=True)`.
#
# These are the largest networks of the course: they want a GPU. On two CPU cores a batch of 128 takes some seconds
# and an epoch of MNIST the better part of an hour; there, `main(num_epoch=1, batch_size=32)` shows how it begins. To
# watch, run `tensorboard --logdir logs` in a terminal, in the folder that holds `data_utils`.
#
# **What to expect.** Before training the samples are an even grey: in evaluation mode, in which they are made, weights
# of size 0.02 make `G` say next to nothing. `D`'s loss starts above its undecided 1.39, between 2 and 3, and then falls
# fast, as in `dcgan32`: it is below 0.4 after four batches and, after some peaks, near 0 after fifty; `G`'s climbs to
# 36. The samples turn into a dark grainy pattern, brighter in the middle. That is as far as it was watched for this
# text, 158 batches on 10,000 of MNIST's digits: no digits yet, and a whole run of 14,070 was not tried. So curves like
# these are no sign of a mistake in your code, of which the checks above tell. Digits would have no more detail than at
# 32x32, because there is none in the data. If the samples are still an even grey after an epoch, look at how the
# weights were drawn: scales of BatchNorm around zero multiply every map by next to nothing.


# %%
def main(num_epoch=30, batch_size=128, input_dim=100, folder="logs/experiment_dcgan64", seed=0, resume=False):
    """Train both networks, print and log their losses, and show samples. resume=True goes on with a run that was cut."""
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DigitLoader(digits, batch_size, shuffle=True, device=device)
    G, D = build_models(device)
    optim_G, optim_D = build_optimizers(G, D)
    loss_func = nn.BCELoss()
    settings = {"batch_size": batch_size, "input_dim": input_dim, "seed": seed}
    networks = (G, D, optim_G, optim_D)
    with TrainingRun("DCGAN64", folder, digits, num_epoch, *networks, resume=resume, **settings) as run:
        for _epoch in run.epochs():
            for real_images, _ in run.batches(loader):
                loss_D = train_discriminator(real_images, D, G, loss_func, optim_D, batch_size, input_dim, device)
                loss_G = train_generator(D, G, loss_func, optim_G, batch_size, input_dim, device)
                run.log(loss_D, loss_G)
        run.show()
    return G, D


# %%
if "NBGRADER_EXECUTION" not in os.environ:  # a submission is graded without this training run
    try:
        main()
    except NotImplementedError:
        print("Nothing to train yet: a TODO above is still open.")
