# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Extension lab: GAN at 32x32
#
# Lab 1's game with deeper players. The networks stay fully connected, so that you see what depth and BatchNorm do
# without convolutions; the images grow to 32x32. Do lab 1 first: the loss, both updates and what they must not touch
# are the same here. This lab is optional, and its networks are the ones that `cgan` and `lsgan` go on with.
#
# | | lab 1, GAN | this lab |
# | --- | --- | --- |
# | `G` | 100-256-256-784, ReLU | 100-128-256-512-1024-1024, BatchNorm in every hidden layer, LeakyReLU 0.2 |
# | `D` | 784-256-256-1, LeakyReLU 0.1 | 1024-1024-512-256-1, LeakyReLU 0.2 |
# | images | flat, `(N, 784)` | whole, `(N, 1, 32, 32)`; `D` flattens them itself |
# | parameters of `G` and `D` | 293,136 and 267,009 | 1,756,288 and 1,705,985 |
# | optimizers | Adam 2e-4 | Adam 2e-4 with betas (0.5, 0.999) |
# | batch | 128 | 512 |
#
# Why: each hidden layer of lab 1's `G` sees values whose size drifts while the layers before it learn. Two such
# layers put up with that; four do not, and the gradient that reaches the first of them is next to nothing. BatchNorm
# brings every layer's values back to mean 0 and variance 1 over the batch, so that a deep `G` learns as readily as a
# shallow one. The larger batch makes these means and variances steady.
#
# | you write | points |
# | --- | --- |
# | the generator (TODO 1 to 5) | 19 |
# | the discriminator (TODO 6 to 9) | 19 |
# | `train_discriminator` (TODO 10) and `train_generator` (TODO 11) | 49 |
# | `build_models` and `build_optimizers` (TODO 12 and 13) | 9 |
# | a short training run with all of it | 4 |
#
# The letters are the paper's (Goodfellow et al. 2014, arXiv 1406.2661): `z` is noise, `x` an image, `G(z)` a
# generated image, `D(x)` a probability, and `N` the number of images in a batch.
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

check = checks("gan32")

# %% [markdown]
# ## 1. The data
#
# The digits of lab 1 at 32x32, with a margin of two pixels of paper on each side: a power of two, which halves evenly
# down to 4. The convolutional labs at this size need that, and here it makes the labs comparable. The pixels lie in
# [-1, 1], because `G` ends in Tanh.
#
# This cell runs in a few seconds. Expect a grid of white digits on black.

# %%
digits = load_digits(value_range=(-1, 1), size=32)
print(len(digits), "images:", digits.source)
show_samples(digits.images[:16], value_range=(-1, 1), title="real images")

# %% [markdown]
# ## 2. The generator (19 points)
#
# Four hidden layers, each twice as wide as the one before, then one layer that makes the 32 * 32 pixels. A hidden
# layer is Linear, then BatchNorm, then LeakyReLU with slope 0.2. BatchNorm takes, for each unit $a$, the mean $\mu$
# and the variance $\sigma^2$ over the batch, and learns a scale $\gamma$ and a shift $\beta$:
#
# $$\mathrm{BN}(a) = \gamma\,\frac{a - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# It stands before the activation, where values are still spread evenly around their mean. The last layer has none: it
# would force each batch of images to one mean and one variance, pixel by pixel.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `fc1` | Linear from `input_dim` to 128, BatchNorm, LeakyReLU 0.2 | `(N, 128)` | 12,928 + 256 |
# | `fc2` | Linear from 128 to 256, BatchNorm, LeakyReLU 0.2 | `(N, 256)` | 33,024 + 512 |
# | `fc3` | Linear from 256 to 512, BatchNorm, LeakyReLU 0.2 | `(N, 512)` | 131,584 + 1,024 |
# | `fc4` | Linear from 512 to 1024, BatchNorm, LeakyReLU 0.2 | `(N, 1024)` | 525,312 + 2,048 |
# | `fc5` | Linear from 1024 to 32 * 32, Tanh | `(N, 1024)`, viewed as `(N, 1, 32, 32)` | 1,049,600 |
#
# The parameters are those at `input_dim = 100`.
#
# **Task.** Write the five stages. `Generator(input_dim)` maps `(N, input_dim)` to `(N, 1, 32, 32)`. `nn.BatchNorm1d`
# is for `(N, units)`. The checks run within a second.


# %% name="generator"
class Generator(nn.Module):
    """Maps noise (N, input_dim) to images (N, 1, 32, 32) in [-1, 1]."""

    def __init__(self, input_dim):
        super().__init__()
        # TODO 1 (fc1): a Linear layer from input_dim to 128, then BatchNorm, then LeakyReLU with slope 0.2
        # BEGIN SOLUTION
        self.fc1 = nn.Sequential(nn.Linear(input_dim, 128), nn.BatchNorm1d(128), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 2 (fc2): the same from 128 to 256
        # BEGIN SOLUTION
        self.fc2 = nn.Sequential(nn.Linear(128, 256), nn.BatchNorm1d(256), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 3 (fc3): the same from 256 to 512
        # BEGIN SOLUTION
        self.fc3 = nn.Sequential(nn.Linear(256, 512), nn.BatchNorm1d(512), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 4 (fc4): the same from 512 to 1024
        # BEGIN SOLUTION
        self.fc4 = nn.Sequential(nn.Linear(512, 1024), nn.BatchNorm1d(1024), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 5 (fc5): a Linear layer from 1024 to 32 * 32, then Tanh
        # BEGIN SOLUTION
        self.fc5 = nn.Sequential(nn.Linear(1024, 32 * 32), nn.Tanh())
        # END SOLUTION

    def forward(self, z):
        h = self.fc1(z)  # (N, 128)
        h = self.fc2(h)  # (N, 256)
        h = self.fc3(h)  # (N, 512)
        h = self.fc4(h)  # (N, 1024)
        return self.fc5(h).view(-1, 1, 32, 32)  # (N, 1, 32, 32)


# %%
check("generator_maps_noise_to_images")

# %%
check("generator_has_the_parameters_of_its_layers")

# %%
check("generator_computes_its_layers")

# %% [markdown]
# ## 3. The discriminator (19 points)
#
# `D` narrows in four layers to one probability. It has no BatchNorm: `D` is shown real and generated images in batches
# of their own, and normalising each batch by itself would take away a part of the difference that `D` is to find, the
# batches' own means and sizes.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `fc1` | Linear from 32 * 32 to 1024, LeakyReLU 0.2 | `(N, 1024)` | 1,049,600 |
# | `fc2` | Linear from 1024 to 512, LeakyReLU 0.2 | `(N, 512)` | 524,800 |
# | `fc3` | Linear from 512 to 256, LeakyReLU 0.2 | `(N, 256)` | 131,328 |
# | `fc4` | Linear from 256 to 1, Sigmoid | `(N, 1)` | 257 |
#
# **Task.** Write the four stages. `Discriminator()` maps `(N, 1, 32, 32)` to `(N, 1)`; the given `forward` flattens
# the images first. The checks run within a second.


# %% name="discriminator"
class Discriminator(nn.Module):
    """Maps images (N, 1, 32, 32) to probabilities (N, 1) of being real."""

    def __init__(self):
        super().__init__()
        # TODO 6 (fc1): a Linear layer from 32 * 32 to 1024, then LeakyReLU with slope 0.2
        # BEGIN SOLUTION
        self.fc1 = nn.Sequential(nn.Linear(32 * 32, 1024), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 7 (fc2): a Linear layer from 1024 to 512, then LeakyReLU with slope 0.2
        # BEGIN SOLUTION
        self.fc2 = nn.Sequential(nn.Linear(1024, 512), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 8 (fc3): a Linear layer from 512 to 256, then LeakyReLU with slope 0.2
        # BEGIN SOLUTION
        self.fc3 = nn.Sequential(nn.Linear(512, 256), nn.LeakyReLU(0.2))
        # END SOLUTION
        # TODO 9 (fc4): a Linear layer from 256 to 1, then Sigmoid
        # BEGIN SOLUTION
        self.fc4 = nn.Sequential(nn.Linear(256, 1), nn.Sigmoid())
        # END SOLUTION

    def forward(self, x):
        h = self.fc1(x.flatten(1))  # (N, 1024)
        h = self.fc2(h)  # (N, 512)
        h = self.fc3(h)  # (N, 256)
        return self.fc4(h)  # (N, 1)


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
# What is new: you write the whole function. An update always has the same parts: move the real images to `device`;
# draw noise there; score real and generated images, the generated ones detached; compute the loss; clear the old
# gradients, go backward, take one step; return the loss as a float. Old gradients are cleared anywhere *before*
# `loss.backward()`. Take the number of labels from the images or from `D`'s output: an epoch's last batch of 512
# holds 96 images.
#
# **Task.** Write `train_discriminator`: one update of `D`. The noise is `(N, input_dim)`, from N(0, 1). The checks of
# sections 4 and 5 run within a second each.


# %% name="train_discriminator"
def train_discriminator(real_images, D, G, loss_func, optim_D, batch_size, input_dim, device):
    """Update D once on real images (N, 1, 32, 32) in [-1, 1]. Returns the loss as a float."""
    # TODO 10: the whole update: score real and generated images, compute the loss, take one step of optim_D
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
    # TODO 11: the whole update: score generated images, compute the loss, take one step of optim_G
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
    # TODO 12: make both networks and move them to device
    # BEGIN SOLUTION
    G = Generator(input_dim=100).to(device)
    D = Discriminator().to(device)
    return G, D
    # END SOLUTION


# %% name="build_optimizers"
def build_optimizers(G, D):
    """Returns (optim_G, optim_D), each for the parameters of its own network."""
    # TODO 13: two Adam optimizers with learning rate 2e-4 and betas (0.5, 0.999)
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
# On two CPU cores a batch of 512 takes some tenths of a second, so an epoch of MNIST, 118 batches, the better part of
# a minute; there, `main(num_epoch=10)` shows most of it. On a GPU 30 epochs take minutes. To watch, run `tensorboard
# --logdir logs` in a terminal, in the folder that holds `data_utils`.
#
# **What to expect.** The figures here were seen with 10,000 of MNIST's digits and 1,000 batches, a quarter of what 30
# epochs of all 60,000 have. It is a closer game than lab 1's: BatchNorm lets `G` answer from the start. `D`'s loss
# begins at its undecided 1.4, dips to 1.05 after five batches, is back at 1.4 within the first hundred, and then sinks
# slowly, to 1.3 after 400 and a little over 1.2 at the end; `G`'s dips to 0.55 and rises as slowly, from 0.8 to 0.95.
# Neither falls to zero. The samples are grey at first; noisy blobs stand in the middle after 240 batches, blurred
# digits after 400, most classes with specks after 700, all ten at the end. The specks stayed: a fully connected layer
# has no idea that neighbouring pixels belong together. If `D`'s loss falls below 0.3 and stays there, look for a
# BatchNorm that is missing in `G` or stands in `D`.


# %%
def main(num_epoch=30, batch_size=512, input_dim=100, folder="logs/experiment_gan32", seed=0, resume=False):
    """Train both networks, print and log their losses, and show samples. resume=True goes on with a run that was cut."""
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DigitLoader(digits, batch_size, shuffle=True, device=device)
    G, D = build_models(device)
    optim_G, optim_D = build_optimizers(G, D)
    loss_func = nn.BCELoss()
    settings = {"batch_size": batch_size, "input_dim": input_dim, "seed": seed}
    networks = (G, D, optim_G, optim_D)
    with TrainingRun("GAN32", folder, digits, num_epoch, *networks, resume=resume, **settings) as run:
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
