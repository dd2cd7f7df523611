# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 1: GAN
#
# Two networks play against each other. The **generator** `G` turns noise `z` into images; the **discriminator** `D`
# says how likely an image is to be real. `D` learns to tell real digits from generated ones, `G` learns to make
# images that `D` takes for real. You build both, write both losses, train them on handwritten digits, and look at
# what they learn.
#
# | you write | points |
# | --- | --- |
# | the generator (TODO 1 to 3) | 13 |
# | the discriminator (TODO 4 to 6) | 13 |
# | the discriminator's loss (TODO 7) and the generator's (TODO 8) | 35 |
# | `build_models` and `build_optimizers` (TODO 9 and 10) | 6 |
# | a short training run with all of it | 3 |
# | three written questions | 30 |
#
# The letters are the paper's (Goodfellow et al. 2014, arXiv 1406.2661): `z` is noise, `x` an image, `G(z)` a
# generated image, `D(x)` a probability, and `N` the number of images in a batch. Shapes are written `(N, ...)`.
#
# **How to work.** Every TODO ends in a line `raise NotImplementedError`: write your answer there and delete that line.
# Below each answer stand check cells. Run them as often as you like: each tells you the rule, what your code did and
# what was expected. (The first one that you run may take some seconds.) Your grade comes from the same checks with
# other random numbers, run again by your instructor. Names of classes and functions and the order of their arguments
# must stay as they are; what is inside is yours.

# %%
import os

import torch
from torch import nn

from autograder import checks
from data_utils import DigitLoader, TrainingRun, load_digits, show_samples

check = checks("gan")

# %% [markdown]
# ## 1. The data
#
# MNIST has 60,000 training images of handwritten digits, 28x28 pixels, one channel. `load_digits` finds them on disk
# or fetches them once (10 MB); where it cannot, it says so and uses smaller digits that come with scikit-learn.
#
# The pixels are scaled to [-1, 1], because the generator will end in Tanh, whose values lie in [-1, 1]. (The course's
# printed sheet feeds images in [0, 1] to this lab. A generator that ends in Tanh can match these only with half of
# its range, so here that is put right.)
#
# This cell runs in a few seconds. Expect a grid of white digits on black.

# %%
digits = load_digits(value_range=(-1, 1))
print(len(digits), "images:", digits.source)
show_samples(digits.images[:16], value_range=(-1, 1), title="real images")

# %% [markdown]
# ## 2. The generator (13 points)
#
# `G` is three fully connected layers. The first two end in ReLU, which keeps what is positive and sets the rest to
# zero; the last ends in Tanh, which puts every pixel into [-1, 1]:
#
# $$G(z) = \tanh(W_3\,\mathrm{ReLU}(W_2\,\mathrm{ReLU}(W_1 z + b_1) + b_2) + b_3)$$
#
# | layer | from | to | ends in | parameters at (100, 256, 784) |
# | --- | --- | --- | --- | --- |
# | `fc1` | `input_dim` | `hidden_dim` | ReLU | 25,856 |
# | `fc2` | `hidden_dim` | `hidden_dim` | ReLU | 65,792 |
# | `fc3` | `hidden_dim` | `output_dim` | Tanh | 201,488 |
#
# **Task.** Write the three layers. `Generator(input_dim, hidden_dim, output_dim)` must work for any sizes and map
# `(N, input_dim)` to `(N, output_dim)`. `nn.Sequential(...)` joins a layer and its activation. The checks run within
# a second.


# %% name="generator"
class Generator(nn.Module):
    """Maps noise (N, input_dim) to flat images (N, output_dim) in [-1, 1]."""

    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        # TODO 1 (fc1): a Linear layer from input_dim to hidden_dim, then ReLU
        # BEGIN SOLUTION
        self.fc1 = nn.Sequential(nn.Linear(input_dim, hidden_dim), nn.ReLU())
        # END SOLUTION
        # TODO 2 (fc2): a Linear layer from hidden_dim to hidden_dim, then ReLU
        # BEGIN SOLUTION
        self.fc2 = nn.Sequential(nn.Linear(hidden_dim, hidden_dim), nn.ReLU())
        # END SOLUTION
        # TODO 3 (fc3): a Linear layer from hidden_dim to output_dim, then Tanh
        # BEGIN SOLUTION
        self.fc3 = nn.Sequential(nn.Linear(hidden_dim, output_dim), nn.Tanh())
        # END SOLUTION

    def forward(self, z):
        h = self.fc1(z)  # (N, hidden_dim)
        h = self.fc2(h)  # (N, hidden_dim)
        return self.fc3(h)  # (N, output_dim)


# %%
check("generator_maps_noise_to_images")

# %%
check("generator_has_the_parameters_of_its_layers")

# %%
check("generator_computes_its_layers")

# %% [markdown]
# ## 3. The discriminator (13 points)
#
# `D` has the same depth. Its hidden layers end in LeakyReLU, which lets a tenth of what is negative through, so that
# a gradient reaches `G` from every unit; its last layer ends in Sigmoid and gives one probability an image:
#
# $$D(x) = \sigma(W_3\,\mathrm{LeakyReLU}(W_2\,\mathrm{LeakyReLU}(W_1 x + b_1) + b_2) + b_3),
# \qquad \mathrm{LeakyReLU}(a) = \max(a, 0.1\,a)$$
#
# | layer | from | to | ends in | parameters at (784, 256) |
# | --- | --- | --- | --- | --- |
# | `fc1` | `input_dim` | `hidden_dim` | LeakyReLU, slope 0.1 | 200,960 |
# | `fc2` | `hidden_dim` | `hidden_dim` | LeakyReLU, slope 0.1 | 65,792 |
# | `fc3` | `hidden_dim` | 1 | Sigmoid | 257 |
#
# **Task.** Write the three layers. `Discriminator(input_dim, hidden_dim)` maps `(N, input_dim)` to `(N, 1)`. PyTorch's
# LeakyReLU has slope 0.01 unless you say otherwise. The checks run within a second.


# %% name="discriminator"
class Discriminator(nn.Module):
    """Maps flat images (N, input_dim) to probabilities (N, 1) of being real."""

    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        # TODO 4 (fc1): a Linear layer from input_dim to hidden_dim, then LeakyReLU with slope 0.1
        # BEGIN SOLUTION
        self.fc1 = nn.Sequential(nn.Linear(input_dim, hidden_dim), nn.LeakyReLU(0.1))
        # END SOLUTION
        # TODO 5 (fc2): a Linear layer from hidden_dim to hidden_dim, then LeakyReLU with slope 0.1
        # BEGIN SOLUTION
        self.fc2 = nn.Sequential(nn.Linear(hidden_dim, hidden_dim), nn.LeakyReLU(0.1))
        # END SOLUTION
        # TODO 6 (fc3): a Linear layer from hidden_dim to 1, then Sigmoid
        # BEGIN SOLUTION
        self.fc3 = nn.Sequential(nn.Linear(hidden_dim, 1), nn.Sigmoid())
        # END SOLUTION

    def forward(self, x):
        h = self.fc1(x)  # (N, hidden_dim)
        h = self.fc2(h)  # (N, hidden_dim)
        return self.fc3(h)  # (N, 1)


# %%
check("discriminator_maps_images_to_probabilities")

# %%
check("discriminator_has_the_parameters_of_its_layers")

# %%
check("discriminator_computes_its_layers")

# %% [markdown]
# ## 4. Training the discriminator (15 points)
#
# `D` should answer 1 for real images and 0 for generated ones. With binary cross-entropy, `loss_func = nn.BCELoss()`,
# its loss is the **sum** of two terms, each a mean over its batch:
#
# $$L_D = \mathrm{BCE}(D(x), 1) + \mathrm{BCE}(D(G(z)), 0) = -\ln D(x) - \ln(1 - D(G(z)))$$
#
# A discriminator that has learned nothing answers 0.5 everywhere: its loss is $2 \ln 2 = 1.3863$. Keep this number in
# mind when you look at the curves.
#
# Three things go wrong here most often. The labels must be as many as the images: 60,000 images in batches of 128 leave
# a last batch of 96, so take their number from the images or from `D`'s output, not from `batch_size`. The generated
# images must be detached (a tensor's `detach()`), or the gradient runs on into `G`. And old gradients must be cleared
# *before* `loss.backward()`, as the given lines do: cleared after it, nothing is learned.
#
# **Task.** Draw noise `z` of shape `(N, input_dim)` from N(0, 1) on `device`, and compute `loss`. `real` holds the
# flattened real images, `(N, 784)`; `loss_func` takes scores and labels, two tensors of the same shape.


# %% name="train_discriminator"
def train_discriminator(real_images, D, G, loss_func, optim_D, batch_size, input_dim, device):
    """Update D once on real images (N, 1, 28, 28) in [-1, 1]. Returns the loss as a float."""
    real = real_images.reshape(real_images.size(0), -1).to(device)  # (N, 784)
    # TODO 7: noise, generated images, and loss, the sum of both terms
    # BEGIN SOLUTION
    z = torch.randn(real.size(0), input_dim, device=device)
    generated = G(z).detach()
    score_real, score_generated = D(real), D(generated)
    loss_real = loss_func(score_real, torch.ones_like(score_real))
    loss_generated = loss_func(score_generated, torch.zeros_like(score_generated))
    loss = loss_real + loss_generated
    # END SOLUTION
    optim_D.zero_grad()
    loss.backward()
    optim_D.step()
    return loss.item()


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
# `G` should make images that `D` takes for real. The paper's game (its Eq. 1) has `G` *minimise* the mean of
# $\ln(1 - D(G(z)))$, but early on `D` is sure of itself, $D(G(z))$ is near 0, and through `D`'s Sigmoid that loss has
# hardly any slope there: it *saturates*, and `G` learns next to nothing. So, as the paper advises, `G` uses the
# **non-saturating** loss: it labels its own images as real.
#
# $$L_G = \mathrm{BCE}(D(G(z)), 1) = -\ln D(G(z))$$
#
# While `D` is undecided this is $\ln 2 = 0.6931$. Here the gradient must flow through `D` into `G`, so nothing is
# detached; only `optim_G` takes a step, so `D` stays as it is.
#
# **Task.** Draw `batch_size` noises on `device` and compute `loss`. The checks of sections 4 and 5 run within a second
# each; the last three look at both functions.


# %% name="train_generator"
def train_generator(D, G, loss_func, optim_G, batch_size, input_dim, device):
    """Update G once on batch_size noises. Returns the loss as a float."""
    # TODO 8: noise, generated images, and loss
    # BEGIN SOLUTION
    z = torch.randn(batch_size, input_dim, device=device)
    score = D(G(z))
    loss = loss_func(score, torch.ones_like(score))
    # END SOLUTION
    optim_G.zero_grad()
    loss.backward()
    optim_G.step()
    return loss.item()


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
# **Task.** `build_models(device)` returns `(G, D)`: a generator from 100 noise numbers over 256 hidden units to 784
# pixels, and a discriminator from 784 pixels over 256 hidden units, both on `device`. `build_optimizers(G, D)` returns
# `(optim_G, optim_D)`: two Adam optimizers with learning rate 2e-4 without weight decay (Adam's betas and
# other settings are yours), each for the parameters of its own network. The checks run within a second or two.


# %% name="build_models"
def build_models(device):
    """Returns (G, D), a generator for MNIST and its discriminator, on this device."""
    # TODO 9: make both networks and move them to device
    # BEGIN SOLUTION
    G = Generator(input_dim=100, hidden_dim=256, output_dim=784).to(device)
    D = Discriminator(input_dim=784, hidden_dim=256).to(device)
    return G, D
    # END SOLUTION


# %% name="build_optimizers"
def build_optimizers(G, D):
    """Returns (optim_G, optim_D), each for the parameters of its own network."""
    # TODO 10: two Adam optimizers with learning rate 2e-4
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
check("short_training_moves_both_losses")

# %% [markdown]
# All checks once more, and the points that they add up to. (It takes some seconds.)

# %%
check()

# %% [markdown]
# ## 7. Training
#
# `main` is given. An epoch goes once through all images: one update of `D`, one of `G`, batch by batch.
# `DigitLoader` hands out the batches; it holds all images as one tensor, so that training does not wait for data.
# `TrainingRun` watches: it prints the mean losses every 100 batches, shows a bar with the time left, and writes both
# curves and a grid of 64 samples an epoch for TensorBoard, always from the same noise, so that you can watch one image
# change. At 0, 25, 50, 75 and 100 per cent of the epochs a small classifier of digits looks at 2,000 samples: the
# **Frechet distance** says how far they are from real digits (less is better), the classes covered how varied they are.
# After each epoch it saves a checkpoint: where a run was cut, `main(resume=True)` goes on as if it had not been.
#
# On two CPU cores a batch takes some hundredths of a second, and an epoch of MNIST has 469: 30 epochs take some minutes,
# on a GPU fewer. To watch, run `tensorboard --logdir logs` in a terminal, in the folder that holds `data_utils`: all
# labs log there.
#
# **What to expect.** The figures here were seen with 10,000 of MNIST's digits and 14,000 batches, as many as 30 epochs
# of all 60,000 have; with all of them it was not tried. `D`'s loss starts near 1.39 and falls to 0.2 within the first
# two hundred batches, while `G`'s rises past 4: telling noise from digits is easy. From about batch 1,000 on `G`
# answers: `D`'s loss swings around 0.7, now and then above 1.39, and `G`'s around 2.5. From batch 7,000 on `D` is ahead
# again: its loss lies near 0.4, `G`'s rises to 4. Neither goes to zero.
#
# The samples go from grey noise to one bright blob in the middle, much the same for every noise (batch 3,500), then to
# single digits beside it (batch 7,000, which is epoch 15 of MNIST), and at the end to digits with specks, mostly 1 and
# 9: seven of the ten classes. So thousands of batches without digits are no sign of a mistake. If `D`'s loss falls to
# zero and stays there, `G` no longer learns.


# %%
def main(num_epoch=30, batch_size=128, input_dim=100, folder="logs/experiment_gan", seed=0, resume=False):
    """Train both networks, print and log their losses, and show samples. resume=True goes on with a run that was cut."""
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DigitLoader(digits, batch_size, shuffle=True, device=device)
    G, D = build_models(device)
    optim_G, optim_D = build_optimizers(G, D)
    loss_func = nn.BCELoss()
    settings = {"batch_size": batch_size, "input_dim": input_dim, "seed": seed}
    networks = (G, D, optim_G, optim_D)
    with TrainingRun("GAN", folder, digits, num_epoch, *networks, resume=resume, **settings) as run:
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

# %% [markdown] question="why_adversarial" points=10
# **Question 1 (10 points).** Why is this training called adversarial, and how does it drive the generator to improve?
# Use your loss curves.
#
# === BEGIN MARK SCHEME ===
#
# - 3: the two networks have opposed aims on the same quantity: `D` maximises, `G` works against, how well real and
#   generated images are told apart (a two-player game; the losses as formulas or in words).
# - 3: the only signal that `G` gets is the gradient that comes through `D`: it says how to change a generated image so
#   that `D` finds it more real. `G` never sees a real image.
# - 2: as `G` improves, `D` has to find finer differences, so that its gradient asks for more; at the end of the ideal
#   game `D` answers 0.5 everywhere.
# - 2: their own curves are used: `D`'s loss falls first, `G`'s rises, then `G` answers and both come back. Full
#   marks too for a run that went wrong, if it is described and explained.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 1 here.*

# %% [markdown] question="relu_and_leaky_relu" points=10
# **Question 2 (10 points).** How do ReLU and LeakyReLU differ, and why does `G` use the first and `D` the second?
#
# === BEGIN MARK SCHEME ===
#
# - 3: both are the identity for positive values; for negative ones ReLU is 0 with gradient 0, LeakyReLU is 0.1 times
#   the value with gradient 0.1.
# - 3: a unit whose input is always negative has no gradient under ReLU and cannot recover ("dead"); LeakyReLU avoids it.
# - 3: `D` must hand a gradient on to `G` from every unit, for real and generated images, hence LeakyReLU; `G`'s ReLU
#   gives sparse activations and works in practice (the paper of DCGAN found so too). An honest "it is an empirical
#   choice" earns these points where the role of `D`'s gradient is named.
# - 1: a formula or a sketch of both.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 2 here.*

# %% [markdown] question="graphs_of_both_networks" points=10
# **Question 3 (10 points).** Draw the graphs of both networks in TensorBoard, put pictures of them here, and describe
# what they show. A `torch.utils.tensorboard.SummaryWriter("logs/graph_G")` writes one with `add_graph(network, input)`
# and `close()`; take a folder of its own for each network, because TensorBoard shows one graph a folder. That path begins
# at this notebook's folder: to see the graphs, run `tensorboard --logdir logs` there.
#
# === BEGIN MARK SCHEME ===
#
# - 4: both graphs are there, made from their own networks, with inputs of the right shape (`(N, 100)` and `(N, 784)`).
# - 4: the description follows the data from input to output, names the layers and activations in order, and gives the
#   shapes between them.
# - 2: it says what the two have in common and where they differ (activations, output size, Tanh or Sigmoid).
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 3 here.*
