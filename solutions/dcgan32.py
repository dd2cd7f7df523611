# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Extension lab: DCGAN at 32x32
#
# Lab 2's idea at a size that halves evenly: 32, 16, 8, 4. Where lab 2's `D` pools, this one **strides**: the
# convolutions themselves take every second place, and what is kept is learned. Both networks have BatchNorm now. Do
# lab 2 first, and `gan32` if you want to compare: the losses and both updates are the same in all three. This lab is
# optional.
#
# | | lab 2, DCGAN | this lab |
# | --- | --- | --- |
# | `D` shrinks images by | max pooling, after convolutions with kernel 5 | stride 2 in convolutions with kernel 3 |
# | BatchNorm | in `G` | in `G` and in two of `D`'s three convolutions |
# | Linear layers of `G` and `D` | two and two | one and one |
# | pixels | in [0, 1], `G` ends in Sigmoid | in [-1, 1], `G` ends in Tanh |
# | LeakyReLU in `D` | slope 0.1 | slope 0.2, the paper's |
# | parameters of `G` and `D` | 6,679,105 and 1,102,721 | 3,468,417 and 1,486,337 |
# | optimizers, batch | Adam 2e-4, 128 | Adam 2e-4 with betas (0.5, 0.999), 512 |
#
# Why it helps: max pooling hands its gradient to one pixel of four and none to the other three, so that `G` hears
# nothing about these. A convolution with stride 2 hands a gradient to all of them, and learns by itself how to shrink
# an image (Radford et al. 2015 name this as the first of their guidelines). And more of the weights are in
# convolutions, which work everywhere in the image, fewer in Linear layers.
#
# | you write | points |
# | --- | --- |
# | the generator (TODO 1 to 4) | 19 |
# | the discriminator (TODO 5 to 8) | 19 |
# | `train_discriminator` (TODO 9) and `train_generator` (TODO 10) | 49 |
# | `build_models` and `build_optimizers` (TODO 11 and 12) | 9 |
# | a short training run with all of it | 4 |
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

check = checks("dcgan32")

# %% [markdown]
# ## 1. The data
#
# The digits at 32x32, with a margin of two pixels of paper on each side: a power of two, which strides of 2 take down
# to 4x4 without a remainder. The pixels lie in [-1, 1], because `G` ends in Tanh, as the paper's does.
#
# This cell runs in a few seconds. Expect a grid of white digits on black.

# %%
digits = load_digits(value_range=(-1, 1), size=32)
print(len(digits), "images:", digits.source)
show_samples(digits.images[:16], value_range=(-1, 1), title="real images")

# %% [markdown]
# ## 2. The generator (19 points)
#
# `G` turns the noise into 512 small maps of 4x4 with one Linear layer, then doubles their size three times with
# transposed convolutions: 4 to 8 to 16 to 32. With kernel 4, stride 2 and padding 1 a side doubles exactly:
#
# $$n' = (n - 1)\,s - 2p + k = 2(n - 1) - 2 + 4 = 2n$$
#
# A kernel of 4 is a multiple of the stride 2: every pixel of the result is made from equally many, so that no
# checkerboard is built in, as it is with kernel 3.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `fc` | Linear from `input_dim` to 512 * 4 * 4, BatchNorm, ReLU | `(N, 8192)`, viewed as `(N, 512, 4, 4)` | 827,392 + 16,384 |
# | `conv1` | transposed convolution from 512 to 256 maps, BatchNorm, ReLU | `(N, 256, 8, 8)` | 2,097,408 + 512 |
# | `conv2` | transposed convolution from 256 to 128 maps, BatchNorm, ReLU | `(N, 128, 16, 16)` | 524,416 + 256 |
# | `conv3` | transposed convolution from 128 maps to 1, Tanh | `(N, 1, 32, 32)` | 2,049 |
#
# The parameters are those at `input_dim = 100`; all transposed convolutions have kernel 4, stride 2 and padding 1.
#
# **Task.** Write the four stages. `Generator(input_dim)` maps `(N, input_dim)` to `(N, 1, 32, 32)`. `nn.BatchNorm1d`
# is for `(N, units)`, `nn.BatchNorm2d` for `(N, maps, height, width)`. The checks run within a second.


# %% name="generator"
class Generator(nn.Module):
    """Maps noise (N, input_dim) to images (N, 1, 32, 32) in [-1, 1]."""

    def __init__(self, input_dim):
        super().__init__()
        # TODO 1 (fc): a Linear layer from input_dim to 512 * 4 * 4, then BatchNorm, then ReLU
        # BEGIN SOLUTION
        self.fc = nn.Sequential(nn.Linear(input_dim, 512 * 4 * 4), nn.BatchNorm1d(512 * 4 * 4), nn.ReLU())
        # END SOLUTION
        # TODO 2 (conv1): a transposed convolution from 512 to 256 maps (kernel 4, stride 2, padding 1),
        # then BatchNorm, then ReLU
        # BEGIN SOLUTION
        self.conv1 = nn.Sequential(nn.ConvTranspose2d(512, 256, 4, 2, 1), nn.BatchNorm2d(256), nn.ReLU())
        # END SOLUTION
        # TODO 3 (conv2): the same from 256 to 128 maps
        # BEGIN SOLUTION
        self.conv2 = nn.Sequential(nn.ConvTranspose2d(256, 128, 4, 2, 1), nn.BatchNorm2d(128), nn.ReLU())
        # END SOLUTION
        # TODO 4 (conv3): a transposed convolution from 128 maps to 1 (kernel 4, stride 2, padding 1), then Tanh
        # BEGIN SOLUTION
        self.conv3 = nn.Sequential(nn.ConvTranspose2d(128, 1, 4, 2, 1), nn.Tanh())
        # END SOLUTION

    def forward(self, z):
        h = self.fc(z).view(-1, 512, 4, 4)  # (N, 512, 4, 4)
        h = self.conv1(h)  # (N, 256, 8, 8)
        h = self.conv2(h)  # (N, 128, 16, 16)
        return self.conv3(h)  # (N, 1, 32, 32)


# %%
check("generator_maps_noise_to_images")

# %%
check("generator_has_the_parameters_of_its_layers")

# %%
check("generator_computes_its_layers")

# %% [markdown]
# ## 3. The discriminator (19 points)
#
# `D` goes the other way without pooling. A convolution with kernel 3, stride 2 and padding 1 halves an even side:
#
# $$\lfloor (n + 2p - k) / s \rfloor + 1 = \lfloor (n - 1) / 2 \rfloor + 1 = n / 2$$
#
# BatchNorm follows the second and the third convolution, before LeakyReLU. The first one has none (the paper again):
# the pixels' own mean and scale are what tells many a generated image from a real one, and BatchNorm would take them
# away before anybody has looked. Because real and generated images come in batches of their own, each is normalised
# by itself; score them in two calls of `D`.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `conv1` | convolution from 1 to 128 maps, LeakyReLU 0.2 | `(N, 128, 16, 16)` | 1,280 |
# | `conv2` | convolution from 128 to 256 maps, BatchNorm, LeakyReLU 0.2 | `(N, 256, 8, 8)` | 295,168 + 512 |
# | `conv3` | convolution from 256 to 512 maps, BatchNorm, LeakyReLU 0.2 | `(N, 512, 4, 4)` | 1,180,160 + 1,024 |
# | `fc` | Linear from 512 * 4 * 4 to 1, Sigmoid | `(N, 1)` | 8,193 |
#
# All convolutions have kernel 3, stride 2 and padding 1.
#
# **Task.** Write the four stages. `Discriminator()` maps `(N, 1, 32, 32)` to `(N, 1)`. The checks run within a
# second.


# %% name="discriminator"
class Discriminator(nn.Module):
    """Maps images (N, 1, 32, 32) to probabilities (N, 1) of being real."""

    def __init__(self):
        super().__init__()
        # TODO 5 (conv1): a convolution from 1 to 128 maps (kernel 3, stride 2, padding 1), then LeakyReLU 0.2
        # BEGIN SOLUTION
        self.conv1 = nn.Sequential(nn.Conv2d(1, 128, 3, 2, 1), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 6 (conv2): a convolution from 128 to 256 maps (the same), then BatchNorm, then LeakyReLU with slope 0.2
        # BEGIN SOLUTION
        self.conv2 = nn.Sequential(nn.Conv2d(128, 256, 3, 2, 1), nn.BatchNorm2d(256), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 7 (conv3): a convolution from 256 to 512 maps (the same), then BatchNorm, then LeakyReLU with slope 0.2
        # BEGIN SOLUTION
        self.conv3 = nn.Sequential(nn.Conv2d(256, 512, 3, 2, 1), nn.BatchNorm2d(512), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 8 (fc): a Linear layer from 512 * 4 * 4 to 1, then Sigmoid
        # BEGIN SOLUTION
        self.fc = nn.Sequential(nn.Linear(512 * 4 * 4, 1), nn.Sigmoid())
        # END SOLUTION

    def forward(self, x):
        h = self.conv1(x)  # (N, 128, 16, 16)
        h = self.conv2(h)  # (N, 256, 8, 8)
        h = self.conv3(h)  # (N, 512, 4, 4)
        return self.fc(h.flatten(1))  # (N, 1)


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
# the images or from `D`'s output, because an epoch's last batch of 512 holds 96 images.
#
# **Task.** Write `train_discriminator`: one update of `D`. The noise is `(N, input_dim)`, from N(0, 1). The checks of
# sections 4 and 5 run within a second each.


# %% name="train_discriminator"
def train_discriminator(real_images, D, G, loss_func, optim_D, batch_size, input_dim, device):
    """Update D once on real images (N, 1, 32, 32) in [-1, 1]. Returns the loss as a float."""
    # TODO 9: the whole update: score real and generated images, compute the loss, take one step of optim_D
    # BEGIN SOLUTION
    real = real_images.to(device)  # (N, 1, 32, 32)
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
    # TODO 10: the whole update: score generated images, compute the loss, take one step of optim_G
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
# ## 6. Putting it together (9 points, and 4 for a short training run)
#
# `build_models(device)` returns `(G, D)`: a generator from 100 noise numbers and a discriminator, both on `device`.
# `build_optimizers(G, D)` returns `(optim_G, optim_D)`: two Adam optimizers with learning rate 2e-4 and betas
# (0.5, 0.999), each for the parameters of its own network. Adam's first beta says how long it goes on in an old
# direction, 0.9 unless told otherwise. In this game the slope turns with every answer of the other player, and 0.5
# forgets the old one sooner (Radford et al. 2015, arXiv 1511.06434, found training steadier with it).
#
# **Task.** Write both functions. The checks run within a second or two.


# %% name="build_models"
def build_models(device):
    """Returns (G, D), a generator for MNIST at 32x32 and its discriminator, on this device."""
    # TODO 11: make both networks and move them to device
    # BEGIN SOLUTION
    G = Generator(input_dim=100).to(device)
    D = Discriminator().to(device)
    return G, D
    # END SOLUTION


# %% name="build_optimizers"
def build_optimizers(G, D):
    """Returns (optim_G, optim_D), each for the parameters of its own network."""
    # TODO 12: two Adam optimizers with learning rate 2e-4 and betas (0.5, 0.999)
    # BEGIN SOLUTION
    optim_G = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optim_D = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
    return optim_G, optim_D
    # END SOLUTION


# %%
check("models_are_built_for_mnist")

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
# Convolutions of this size want a GPU, where 30 epochs take minutes. On two CPU cores a batch of 512 takes some
# seconds, an epoch of MNIST ten minutes or more; there, `main(num_epoch=1, batch_size=64)` shows how it begins. To
# watch, run `tensorboard --logdir logs` in a terminal, in the folder that holds `data_utils`.
#
# **What to expect.** `D` is the stronger player here, and for long: it tells the first images apart after three or four
# batches, its loss is below 0.1 after ten and near 0.001 after a hundred and twenty, while `G`'s rises past 5 and on to
# 8. The samples turn from grey into a woven pattern of black and white, much the same in every image, that changes from
# epoch to epoch. That is as far as it was watched for this text, 160 batches of 512 and 628 of 64, on 10,000 of MNIST's
# digits: no digits yet. So curves like these are no sign of a mistake in your code, of which the checks above tell. A
# whole run of 3,540 batches was not tried. If `D`'s loss stays at 0 to its end, the game is over: start anew with
# another seed.


# %%
def main(num_epoch=30, batch_size=512, input_dim=100, folder="logs/experiment_dcgan32", seed=0, resume=False):
    """Train both networks, print and log their losses, and show samples. resume=True goes on with a run that was cut."""
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DigitLoader(digits, batch_size, shuffle=True, device=device)
    G, D = build_models(device)
    optim_G, optim_D = build_optimizers(G, D)
    loss_func = nn.BCELoss()
    settings = {"batch_size": batch_size, "input_dim": input_dim, "seed": seed}
    networks = (G, D, optim_G, optim_D)
    with TrainingRun("DCGAN32", folder, digits, num_epoch, *networks, resume=resume, **settings) as run:
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
