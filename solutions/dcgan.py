# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 2: DCGAN
#
# The game of lab 1 with better players. The losses, the optimizers and the two training functions stay the same; the
# networks become convolutional, and this time you write the training functions whole.
#
# | | lab 1, GAN | lab 2, DCGAN |
# | --- | --- | --- |
# | networks | fully connected | convolutional, with BatchNorm in `G` |
# | images | flat, `(N, 784)` | whole, `(N, 1, 28, 28)` |
# | pixels | in [-1, 1], `G` ends in Tanh | in [0, 1], `G` ends in Sigmoid |
# | parameters of `G` and `D` | 293,136 and 267,009 | 6,679,105 and 1,102,721 |
# | losses, optimizers | BCE, Adam 2e-4 | the same |
#
# Why: a fully connected layer treats a pixel's neighbours like any other pixel, so lab 1's `G` had to learn anew at
# every place of the image what a stroke is, and its samples have specks. A convolution looks at neighbours together
# and uses the same weights everywhere.
#
# | you write | points |
# | --- | --- |
# | the generator (TODO 1 to 4) | 13 |
# | the discriminator (TODO 5 to 8) | 13 |
# | `train_discriminator` (TODO 9) and `train_generator` (TODO 10) | 35 |
# | `build_models` and `build_optimizers` (TODO 11 and 12) | 6 |
# | a short training run with all of it | 3 |
# | three written questions | 30 |
#
# The letters are the papers' (Goodfellow et al. 2014, arXiv 1406.2661; Radford et al. 2015, arXiv 1511.06434): `z` is
# noise, `x` an image, `G(z)` a generated image, `D(x)` a probability, and `N` the number of images in a batch.
#
# **How to work.** As in lab 1: write your answer where a line `raise NotImplementedError` stands, delete that line, and
# run the check cells below as often as you like. Names of classes and functions and the order of their arguments must
# stay as they are; what is inside is yours.

# %%
import os

import torch
from torch import nn

from autograder import checks
from data_utils import DigitLoader, TrainingRun, load_digits, show_samples

check = checks("dcgan")

# %% [markdown]
# ## 1. The data
#
# The same digits, but this time the pixels stay in [0, 1], from paper to ink, because this lab's generator ends in
# Sigmoid, whose values lie in [0, 1]. The rule is the one of lab 1: the range in which `G` ends is the range of the
# data.
#
# (The paper scales its images to [-1, 1] and ends `G` in Tanh. The course's printed introduction says Tanh as well,
# while its skeleton ends in Sigmoid and feeds images in [0, 1]. Here the skeleton counts: Sigmoid. Tanh with these
# images would spend half of its range on values that no real image has, and `D` would need one look to tell.)
#
# This cell runs in a few seconds. Expect a grid of white digits on black.

# %%
digits = load_digits(value_range=(0, 1))
print(len(digits), "images:", digits.source)
show_samples(digits.images[:16], value_range=(0, 1), title="real images")

# %% [markdown]
# ## 2. The generator (13 points)
#
# `G` first turns the noise into 128 small maps of 7x7 with two fully connected layers, then doubles their size twice
# with transposed convolutions: 7 to 14 to 28.
#
# A convolution with kernel $k$, stride $s$ and padding $p$ takes a side of $n$ pixels to
# $\lfloor (n + 2p - k) / s \rfloor + 1$. A **transposed** convolution has the same connections the other way round, so
# its side grows:
#
# $$n' = (n - 1)\,s - 2p + k \qquad\text{so with } k = 4, s = 2, p = 1\text{: } n' = 2n$$
#
# **BatchNorm** follows every layer but the last, before the activation. For each unit or map $a$ it takes the mean
# $\mu$ and the variance $\sigma^2$ over the batch (in training mode), and learns a scale $\gamma$ and a shift $\beta$:
#
# $$\mathrm{BN}(a) = \gamma\,\frac{a - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# It keeps every layer's values of order 1 while the layers before it change, so that the gradient that comes from `D`
# reaches all of them. The last layer has none: it would force each batch of images to one mean and one variance.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `fc1` | Linear from `input_dim` to 1024, BatchNorm, ReLU | `(N, 1024)` | 103,424 + 2,048 |
# | `fc2` | Linear from 1024 to 128 * 7 * 7, BatchNorm, ReLU | `(N, 6272)`, viewed as `(N, 128, 7, 7)` | 6,428,800 + 12,544 |
# | `conv1` | transposed convolution from 128 to 64 maps, BatchNorm, ReLU | `(N, 64, 14, 14)` | 131,136 + 128 |
# | `conv2` | transposed convolution from 64 maps to 1, Sigmoid | `(N, 1, 28, 28)` | 1,025 |
#
# The parameters are those at `input_dim = 100`; both transposed convolutions have kernel 4, stride 2 and padding 1.
#
# **Task.** Write the four stages. `Generator(input_dim)` maps `(N, input_dim)` to `(N, 1, 28, 28)`. `nn.BatchNorm1d` is
# for `(N, units)`, `nn.BatchNorm2d` for `(N, maps, height, width)`. The checks run within a second.


# %% name="generator"
class Generator(nn.Module):
    """Maps noise (N, input_dim) to images (N, 1, 28, 28) in [0, 1]."""

    def __init__(self, input_dim):
        super().__init__()
        # TODO 1 (fc1): a Linear layer from input_dim to 1024, then BatchNorm, then ReLU
        # BEGIN SOLUTION
        self.fc1 = nn.Sequential(nn.Linear(input_dim, 1024), nn.BatchNorm1d(1024), nn.ReLU())
        # END SOLUTION
        # TODO 2 (fc2): a Linear layer from 1024 to 128 * 7 * 7, then BatchNorm, then ReLU
        # BEGIN SOLUTION
        self.fc2 = nn.Sequential(nn.Linear(1024, 128 * 7 * 7), nn.BatchNorm1d(128 * 7 * 7), nn.ReLU())
        # END SOLUTION
        # TODO 3 (conv1): a transposed convolution from 128 to 64 maps (kernel 4, stride 2, padding 1),
        # then BatchNorm, then ReLU
        # BEGIN SOLUTION
        self.conv1 = nn.Sequential(
            nn.ConvTranspose2d(128, 64, kernel_size=4, stride=2, padding=1), nn.BatchNorm2d(64), nn.ReLU()
        )
        # END SOLUTION
        # TODO 4 (conv2): a transposed convolution from 64 maps to 1 (kernel 4, stride 2, padding 1), then Sigmoid
        # BEGIN SOLUTION
        self.conv2 = nn.Sequential(nn.ConvTranspose2d(64, 1, kernel_size=4, stride=2, padding=1), nn.Sigmoid())
        # END SOLUTION

    def forward(self, z):
        h = self.fc1(z)  # (N, 1024)
        h = self.fc2(h).view(-1, 128, 7, 7)  # (N, 128, 7, 7)
        h = self.conv1(h)  # (N, 64, 14, 14)
        return self.conv2(h)  # (N, 1, 28, 28)


# %%
check("generator_maps_noise_to_images")

# %%
check("generator_has_the_parameters_of_its_layers")

# %%
check("generator_computes_its_layers")

# %% [markdown]
# ## 3. The discriminator (13 points)
#
# `D` goes the other way: two convolutions, each followed by pooling, down to 64 maps of 4x4, then two fully connected
# layers to one probability. Max pooling keeps the largest of every 2x2 pixels and so halves the side.
#
# By the formula above, a kernel of 5 with stride 1 and no padding takes 28 to 24, pooling takes it to 12; the second
# one takes 12 to 8, pooling to 4. With padding 2 the sides would be 28, 14 and 7 instead, `fc1` would need
# 64 * 7 * 7 inputs, and `D` three times the parameters: a common slip, so check your shapes. As in lab 1, the hidden
# layers end in LeakyReLU with slope 0.1. There is no BatchNorm in this `D`.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `conv1` | convolution from 1 to 32 maps, kernel 5, stride 1, no padding; LeakyReLU 0.1; max pooling 2x2 | `(N, 32, 12, 12)` | 832 |
# | `conv2` | convolution from 32 to 64 maps, kernel 5, stride 1, no padding; LeakyReLU 0.1; max pooling 2x2 | `(N, 64, 4, 4)` | 51,264 |
# | `fc1` | Linear from 64 * 4 * 4 to 1024, LeakyReLU 0.1 | `(N, 1024)` | 1,049,600 |
# | `fc2` | Linear from 1024 to 1, Sigmoid | `(N, 1)` | 1,025 |
#
# **Task.** Write the four stages. `Discriminator()` maps `(N, 1, 28, 28)` to `(N, 1)`. The checks run within a second.


# %% name="discriminator"
class Discriminator(nn.Module):
    """Maps images (N, 1, 28, 28) to probabilities (N, 1) of being real."""

    def __init__(self):
        super().__init__()
        # TODO 5 (conv1): a convolution from 1 to 32 maps (kernel 5, stride 1, no padding), then LeakyReLU with
        # slope 0.1, then max pooling 2x2
        # BEGIN SOLUTION
        self.conv1 = nn.Sequential(nn.Conv2d(1, 32, kernel_size=5), nn.LeakyReLU(0.1), nn.MaxPool2d(2, 2))
        # END SOLUTION
        # TODO 6 (conv2): a convolution from 32 to 64 maps (kernel 5, stride 1, no padding), then LeakyReLU with
        # slope 0.1, then max pooling 2x2
        # BEGIN SOLUTION
        self.conv2 = nn.Sequential(nn.Conv2d(32, 64, kernel_size=5), nn.LeakyReLU(0.1), nn.MaxPool2d(2, 2))
        # END SOLUTION
        # TODO 7 (fc1): a Linear layer from 64 * 4 * 4 to 1024, then LeakyReLU with slope 0.1
        # BEGIN SOLUTION
        self.fc1 = nn.Sequential(nn.Linear(64 * 4 * 4, 1024), nn.LeakyReLU(0.1))
        # END SOLUTION
        # TODO 8 (fc2): a Linear layer from 1024 to 1, then Sigmoid
        # BEGIN SOLUTION
        self.fc2 = nn.Sequential(nn.Linear(1024, 1), nn.Sigmoid())
        # END SOLUTION

    def forward(self, x):
        h = self.conv1(x)  # (N, 32, 12, 12)
        h = self.conv2(h)  # (N, 64, 4, 4)
        h = self.fc1(h.flatten(1))  # (N, 1024)
        return self.fc2(h)  # (N, 1)


# %%
check("discriminator_maps_images_to_probabilities")

# %%
check("discriminator_has_the_parameters_of_its_layers")

# %%
check("discriminator_computes_its_layers")

# %% [markdown]
# ## 4. Training the discriminator (15 points)
#
# The loss is lab 1's, a sum of two means, with `loss_func = nn.BCELoss()`; a `D` that has learned nothing answers 0.5
# everywhere, and its loss is $2 \ln 2 = 1.3863$:
#
# $$L_D = \mathrm{BCE}(D(x), 1) + \mathrm{BCE}(D(G(z)), 0)$$
#
# What is new: the images stay whole, `(N, 1, 28, 28)`, because a convolution needs to know which pixels are neighbours.
# And you write the whole function. An update always has the same parts: move the real images to `device`; draw noise
# there; score real and generated images, the generated ones detached; compute the loss; clear the old gradients, go
# backward, take one step; return the loss as a float.
#
# Mind the order of `optim_D.zero_grad()`: it stands anywhere *before* `loss.backward()`. (The course's printed tip
# sheet clears the gradients after `backward()` and before `step()`. Then every step is taken with gradients of zero,
# the losses stay where they were, and nothing is learned.) And take the number of labels from the images or from
# `D`'s output: the last batch of an epoch holds 96 images, not 128.
#
# **Task.** Write `train_discriminator`: one update of `D`. The noise is `(N, input_dim)`, from N(0, 1). The checks of
# sections 4 and 5 run within a second each.


# %% name="train_discriminator"
def train_discriminator(real_images, D, G, loss_func, optim_D, batch_size, input_dim, device):
    """Update D once on real images (N, 1, 28, 28) in [0, 1]. Returns the loss as a float."""
    # TODO 9: the whole update: score real and generated images, compute the loss, take one step of optim_D
    # BEGIN SOLUTION
    real = real_images.to(device)  # (N, 1, 28, 28)
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
# ## 5. Training the generator (20 points)
#
# Again lab 1's non-saturating loss: `G` labels its own images as real.
#
# $$L_G = \mathrm{BCE}(D(G(z)), 1)$$
#
# While `D` is undecided this is $\ln 2 = 0.6931$. The gradient flows through `D` into `G`, so nothing is detached here,
# and only `optim_G` takes a step. `loss.backward()` leaves gradients in `D`, too: that is no harm as long as
# `train_discriminator` clears them.
#
# **Task.** Write `train_generator`: one update of `G` on `batch_size` noises. The last three checks look at both
# functions.


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
# ## 6. Putting it together (6 points, and 3 for a short training run)
#
# **Task.** `build_models(device)` returns `(G, D)`: a generator from 100 noise numbers and a discriminator, both on
# `device`. `build_optimizers(G, D)` returns `(optim_G, optim_D)`: two Adam optimizers with learning rate 2e-4 without
# weight decay (Adam's betas and other settings are yours), each for the parameters of its own network. The checks run
# within a second or two.


# %% name="build_models"
def build_models(device):
    """Returns (G, D), a generator for MNIST and its discriminator, on this device."""
    # TODO 11: make both networks and move them to device
    # BEGIN SOLUTION
    G = Generator(input_dim=100).to(device)
    D = Discriminator().to(device)
    return G, D
    # END SOLUTION


# %% name="build_optimizers"
def build_optimizers(G, D):
    """Returns (optim_G, optim_D), each for the parameters of its own network."""
    # TODO 12: two Adam optimizers with learning rate 2e-4
    # BEGIN SOLUTION
    optim_G = torch.optim.Adam(G.parameters(), lr=2e-4)
    optim_D = torch.optim.Adam(D.parameters(), lr=2e-4)
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
# `main` is given: one update of `D`, one of `G`, batch by batch. As in lab 1 it prints mean losses, logs curves, samples
# and figures of quality for TensorBoard, and goes on with a run that was cut: `main(resume=True)`.
#
# On two CPU cores a batch takes about a third of a second, so an epoch of MNIST some 2 or 3 minutes and 30 epochs more
# than an hour; there, `main(num_epoch=3)` shows most of it. On a GPU 30 epochs take minutes. To watch, run
# `tensorboard --logdir logs` in a terminal, in the folder that holds `data_utils`: it shows lab 1's curves as well.
#
# **What to expect.** The figures here were seen with 10,000 of MNIST's digits and 632 batches; all 60,000 have 469 an
# epoch. There are strokes after 158 batches and digits after 316, where lab 1 had one blob after 3,500 and single
# digits after 7,000; at the end they are of all ten classes, most of them closed, and without specks. `D`'s loss starts
# near 1.39 and falls almost to 0 within the first hundred batches, while `G`'s rises to 6: telling noise from digits is
# easy. Then `G` answers: its loss comes back to 3 and goes slowly to 2, `D`'s rises to about 0.7, and both are rough.
# The curves hardly move then, while the samples go on improving.
#
# Longer runs were not watched for this text. Should `D`'s loss fall again in yours and `G`'s rise, look at the samples:
# a loss of `G` that rises is no failure by itself, because `D` has become harder to please. It is one where `D`'s loss
# stays at zero and the samples stop changing.


# %%
def main(num_epoch=30, batch_size=128, input_dim=100, folder="logs/experiment_dcgan", seed=0, resume=False):
    """Train both networks, print and log their losses, and show samples. resume=True goes on with a run that was cut."""
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DigitLoader(digits, batch_size, shuffle=True, device=device)
    G, D = build_models(device)
    optim_G, optim_D = build_optimizers(G, D)
    loss_func = nn.BCELoss()
    settings = {"batch_size": batch_size, "input_dim": input_dim, "seed": seed}
    networks = (G, D, optim_G, optim_D)
    with TrainingRun("DCGAN", folder, digits, num_epoch, *networks, resume=resume, **settings) as run:
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

# %% [markdown]
# ## 8. Questions (30 points)
#
# Answer in the cell below each question; add cells for figures and code as you need them. Your instructor reads these.

# %% [markdown] question="dcgan_and_gan" points=10
# **Question 1 (10 points).** How does DCGAN differ from the fully connected GAN of lab 1, and why does that suit images?
# Use samples of both.
#
# === BEGIN MARK SCHEME ===
#
# - 3: the differences: (transposed) convolutions in place of Linear layers between image and features, images kept whole
#   instead of flattened, BatchNorm in `G`, pooling in `D`, Sigmoid and [0, 1] here. Losses and optimizers are the same.
# - 3: locality: a convolution's output depends on a small neighbourhood, and neighbouring pixels are what strokes and
#   edges are made of; layers upon layers see larger parts.
# - 2: shared weights: one kernel works at every place, so what is learned at one place holds at all, with few
#   parameters (832 and 51,264 in `D`'s convolutions; most of both networks' parameters are in their Linear layers).
# - 2: samples of both labs are shown and compared: specks and broken strokes against smooth, closed ones, and after how
#   many epochs. Full marks too for a run that went wrong, if it is described and explained.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 1 here.*

# %% [markdown] question="building_blocks" points=10
# **Question 2 (10 points).** Which building blocks do `G` and `D` use, and what does each do to the result? Name the
# shapes as they change.
#
# === BEGIN MARK SCHEME ===
#
# - 3: `G`: Linear layers make features of the noise, the view makes 128 maps of 7x7, each transposed convolution doubles
#   the side (7, 14, 28), Sigmoid brings pixels into [0, 1].
# - 3: `D`: convolutions find local patterns (28 to 24, 12 to 8), max pooling halves the side (24 to 12, 8 to 4) and makes
#   the result less dependent on the exact place, Linear layers judge the whole, Sigmoid gives a probability.
# - 2: the activations: ReLU in `G`, LeakyReLU in `D`, and that without them stacked layers would be one linear map.
# - 2: what each does to the *result* is said, from trying it out or from reasoning: without BatchNorm training is slow or
#   fails, with Tanh the range is not the data's, and so on.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 2 here.*

# %% [markdown] question="batch_norm" points=10
# **Question 3 (10 points).** Why BatchNorm, and what does it do to the training? Try `G` without it if you can.
#
# === BEGIN MARK SCHEME ===
#
# - 3: what it computes: mean and variance over the batch (a map at a time in BatchNorm2d), normalisation, then a learned
#   scale and shift; running statistics take their place in evaluation mode.
# - 3: why: the values in each layer keep their scale while the layers before it change, so gradients neither vanish nor
#   explode, and larger steps are possible.
# - 2: what it does to GANs: it steadies `G`'s start and helps against all samples being alike; it couples the images of a
#   batch, which is why it is not on `G`'s output.
# - 2: curves or samples with and without it, or a stated expectation with its reason.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 3 here.*
