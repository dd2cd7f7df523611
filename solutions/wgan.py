# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 3: WGAN
#
# The networks of lab 2, playing another game. `D` no longer says how likely an image is to be real; it gives each image
# a **score**, any real number, and learns to make real images score higher than generated ones on average. It is
# called a **critic** now (its class keeps the name `Discriminator`).
#
# Why: where real and generated images hardly overlap, a discriminator can become sure of every image. The loss
# $\ln(1 - D(G(z)))$ then has no slope left, and the non-saturating one that you used has slopes that are large and erratic
# (Arjovsky and Bottou 2017, arXiv 1701.04862): either way `G` hears little of where to go. Nor do the losses of labs
# 1 and 2 tell how good the samples are. The **Wasserstein distance** between the real and the generated images has
# neither fault: it says how far the one heap of images would have to be moved to become the other. By a theorem
# (Kantorovich and Rubinstein) it is the largest difference of mean scores that any function can make that is not too
# steep:
#
# $$W = \max_{\lVert D \rVert_L \le 1}\; \mathrm{mean}(D(x)) - \mathrm{mean}(D(G(z)))$$
#
# where $\lVert D \rVert_L \le 1$ says that scores differ by no more than the images do. `D` is trained to make the
# difference large, and its weights are clipped to a small range so that it cannot become steep; `G` is trained to make
# the difference small.
#
# | | lab 2, DCGAN | lab 3, WGAN |
# | --- | --- | --- |
# | `D` ends in | Sigmoid: a probability | nothing: a score |
# | pixels | in [0, 1], `G` ends in Sigmoid | in [-1, 1], `G` ends in Tanh |
# | losses | binary cross-entropy | differences of mean scores |
# | after an update of `D` | nothing | its weights are clipped to [-0.01, 0.01] |
# | updates of `D` for one of `G` | 1 | `n_critic = 5` |
# | optimizers | Adam 2e-4 | RMSprop, 5e-5 |
#
# | you write | points |
# | --- | --- |
# | the generator (TODO 1 to 4) | 8 |
# | the critic (TODO 5 to 8) | 9 |
# | `train_discriminator` (TODO 9) and `train_generator` (TODO 10) | 40 |
# | `train_step` (TODO 11) | 5 |
# | `build_models` and `build_optimizers` (TODO 12 and 13) | 5 |
# | a short training run with all of it | 3 |
# | three written questions | 30 |
#
# The letters are the paper's (Arjovsky et al. 2017, arXiv 1701.07875, Algorithm 1), but for `D` and `G`, which are its $f_w$ and $g_\theta$:
# `z` is noise, `x` an image, `G(z)` a generated image, `D(x)` a score, and `N` the number of images in a batch.
#
# **How to work.** As before: write your answer where a line `raise NotImplementedError` stands, delete that line, and
# run the check cells below. What you wrote for lab 2 is a good start; look at what has changed. Names of classes and
# functions and the order of their arguments must stay as they are.

# %%
import os

import torch
from torch import nn

from autograder import checks
from data_utils import DigitLoader, TrainingRun, load_digits, show_report, show_samples

check = checks("wgan")

# %% [markdown]
# ## 1. The data
#
# The pixels are scaled to [-1, 1] again, as in lab 1, because this lab's generator ends in Tanh. (The paper of DCGAN
# does the same. Lab 2 was the exception: [0, 1] and Sigmoid.) A critic would notice a wrong range at once, and `G`
# could do nothing about it.
#
# This cell runs in a few seconds. Expect a grid of white digits on black.

# %%
digits = load_digits(value_range=(-1, 1))
print(len(digits), "images:", digits.source)
show_samples(digits.images[:16], value_range=(-1, 1), title="real images")

# %% [markdown]
# ## 2. The generator (8 points)
#
# Lab 2's generator with one change: it ends in Tanh, whose values lie in [-1, 1], where the images do.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `fc1` | Linear from `input_dim` to 1024, BatchNorm, ReLU | `(N, 1024)` | 103,424 + 2,048 |
# | `fc2` | Linear from 1024 to 128 * 7 * 7, BatchNorm, ReLU | `(N, 6272)`, viewed as `(N, 128, 7, 7)` | 6,428,800 + 12,544 |
# | `conv1` | transposed convolution from 128 to 64 maps, BatchNorm, ReLU | `(N, 64, 14, 14)` | 131,136 + 128 |
# | `conv2` | transposed convolution from 64 maps to 1, Tanh | `(N, 1, 28, 28)` | 1,025 |
#
# The parameters are those at `input_dim = 100`; both transposed convolutions have kernel 4, stride 2 and padding 1, so
# that $n' = (n - 1)\,s - 2p + k = 2n$.
#
# **Task.** Write the four stages. `Generator(input_dim)` maps `(N, input_dim)` to `(N, 1, 28, 28)`. The checks run
# within a second.


# %% name="generator"
class Generator(nn.Module):
    """Maps noise (N, input_dim) to images (N, 1, 28, 28) in [-1, 1]."""

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
        # TODO 4 (conv2): a transposed convolution from 64 maps to 1 (kernel 4, stride 2, padding 1), then Tanh
        # BEGIN SOLUTION
        self.conv2 = nn.Sequential(nn.ConvTranspose2d(64, 1, kernel_size=4, stride=2, padding=1), nn.Tanh())
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
# ## 3. The critic (9 points)
#
# Lab 2's discriminator without its Sigmoid. A score is no probability, so nothing squeezes it into a range; this is
# the most common slip of this lab, because nothing crashes if the Sigmoid stays: the mean scores then differ by 1 at
# most, and where the critic is sure the gradient vanishes.
#
# | stage | layer | output | parameters |
# | --- | --- | --- | --- |
# | `conv1` | convolution from 1 to 32 maps, kernel 5, stride 1, no padding; LeakyReLU 0.1; max pooling 2x2 | `(N, 32, 12, 12)` | 832 |
# | `conv2` | convolution from 32 to 64 maps, kernel 5, stride 1, no padding; LeakyReLU 0.1; max pooling 2x2 | `(N, 64, 4, 4)` | 51,264 |
# | `fc1` | Linear from 64 * 4 * 4 to 1024, LeakyReLU 0.1 | `(N, 1024)` | 1,049,600 |
# | `fc2` | Linear from 1024 to 1 | `(N, 1)` | 1,025 |
#
# **Task.** Write the four stages. `Discriminator()` maps `(N, 1, 28, 28)` to `(N, 1)`. There is no BatchNorm in it. The
# checks run within a second.


# %% name="discriminator"
class Discriminator(nn.Module):
    """Maps images (N, 1, 28, 28) to scores (N, 1), any real numbers."""

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
        # TODO 8 (fc2): a Linear layer from 1024 to 1, and nothing after it
        # BEGIN SOLUTION
        self.fc2 = nn.Linear(1024, 1)
        # END SOLUTION

    def forward(self, x):
        h = self.conv1(x)  # (N, 32, 12, 12)
        h = self.conv2(h)  # (N, 64, 4, 4)
        h = self.fc1(h.flatten(1))  # (N, 1024)
        return self.fc2(h)  # (N, 1)


# %%
check("critic_gives_scores_of_any_size")

# %%
check("critic_has_the_parameters_of_its_layers")

# %%
check("critic_computes_its_layers")

# %% [markdown]
# ## 4. Training the critic (21 points)
#
# The critic makes the difference of the mean scores large. An optimizer makes losses small, so the loss is the
# difference with its sign turned:
#
# $$L_D = -\big(\mathrm{mean}(D(x)) - \mathrm{mean}(D(G(z)))\big)$$
#
# There are no labels and no logarithms. $-L_D$ is the critic's **estimate** of the distance, up to a factor that depends
# on how steep the clipping lets it be: curves with another `clip_value` do not compare in height. It is near 0 at first,
# because a critic that has learned nothing scores all images alike.
#
# After the optimizer's step every parameter of the critic, biases too, is **clipped** to [-c, c], `c = clip_value`:
#
# $$w \leftarrow \min(\max(w, -c), c)$$
#
# Four things go wrong here most often. Clipping comes *after* `optim_D.step()`: clipped before it, the step leads out of
# the range again. It is the weights that are clipped, not their gradients. They are changed in place (`clamp_`, not
# `clamp` with its result thrown away), and they stay the same parameters, because the optimizer holds on to those it
# was given. And the bound is the argument, not a number in the code. As in lab 2, old gradients are cleared before
# `backward()`, and the generated images are detached.
#
# **Task.** Write `train_discriminator`: one update of the critic, then the clipping; return the loss as a float. The
# noise is `(N, input_dim)`, from N(0, 1), on `device`. Changing a parameter in place is allowed under
# `torch.no_grad()`. The checks of sections 4 to 6 run within a second each.


# %% name="train_discriminator"
def train_discriminator(real_images, D, G, optim_D, clip_value, batch_size, input_dim, device):
    """Update the critic D once on real images (N, 1, 28, 28) in [-1, 1], then clip it. Returns the loss as a float."""
    # TODO 9: the whole update: score real and generated images, compute the loss, take one step of optim_D, clip D
    # BEGIN SOLUTION
    real = real_images.to(device)  # (N, 1, 28, 28)
    z = torch.randn(real.size(0), input_dim, device=device)
    generated = G(z).detach()
    loss = -(D(real).mean() - D(generated).mean())
    optim_D.zero_grad()
    loss.backward()
    optim_D.step()
    with torch.no_grad():
        for parameter in D.parameters():
            parameter.clamp_(-clip_value, clip_value)
    return loss.item()
    # END SOLUTION


# %%
check("critic_loss_is_the_negative_estimate")

# %%
check("discriminator_update_follows_its_loss")

# %%
check("clipping_follows_the_step")

# %%
check("clipping_leaves_the_rest_alone")

# %%
check("discriminator_update_leaves_generator_alone")

# %%
check("last_batch_of_an_epoch_trains")

# %% [markdown]
# ## 5. Training the generator (19 points)
#
# `G` makes the difference small. It has no part in the score of the real images, so what is left is
#
# $$L_G = -\mathrm{mean}(D(G(z)))$$
#
# The gradient flows through the critic, which takes no step here and is not clipped.
#
# **Task.** Write `train_generator`: one update of `G` on `batch_size` noises. The last four checks look at both
# functions.


# %% name="train_generator"
def train_generator(D, G, optim_G, batch_size, input_dim, device):
    """Update G once on batch_size noises. Returns the loss as a float."""
    # TODO 10: the whole update: score generated images, compute the loss, take one step of optim_G
    # BEGIN SOLUTION
    z = torch.randn(batch_size, input_dim, device=device)
    loss = -D(G(z)).mean()
    optim_G.zero_grad()
    loss.backward()
    optim_G.step()
    return loss.item()
    # END SOLUTION


# %%
check("generator_loss_is_the_negative_score")

# %%
check("generator_update_follows_its_loss")

# %%
check("generator_update_leaves_discriminator_alone")

# %%
check("only_the_critic_is_clipped")

# %%
check("old_gradients_do_not_leak")

# %%
check("noise_is_standard_normal")

# %%
check("training_stays_on_the_given_device")

# %% [markdown]
# ## 6. One step of both (5 points)
#
# The estimate is worth something only while the critic is near its best for the present `G`. In labs 1 and 2 that
# would have ended the game, because a perfect discriminator teaches `G` little; a clipped critic goes on showing it a
# direction. So it gets `n_critic` updates for each one of `G`.
#
# In one thing this differs from the paper's Algorithm 1, which draws a new batch of real images for each of these
# updates: here all of them see the same real images, each with new noise. So every batch of the loader brings an
# update of `G`, not every fifth one. It does no harm as long as the updates are few and small: at the paper's
# learning rate one moves a weight by about 5e-5 (the very first up to ten times that), in a range that clipping makes
# 0.02 wide, so that the critic does not get far with one batch before the next comes.
#
# **Task.** Write `train_step`: call `train_discriminator` `n_critic` times on these images, then `train_generator` once.
# Return two floats, the mean of the critic's losses and the generator's loss.


# %% name="train_step"
def train_step(real_images, D, G, optim_D, optim_G, clip_value, batch_size, input_dim, device, n_critic=5):
    """Update the critic n_critic times, then G once. Returns (mean critic loss, generator loss)."""
    # TODO 11: n_critic critic updates, one generator update, and the two losses
    # BEGIN SOLUTION
    losses = []
    for _ in range(n_critic):
        losses.append(train_discriminator(real_images, D, G, optim_D, clip_value, batch_size, input_dim, device))
    loss_G = train_generator(D, G, optim_G, batch_size, input_dim, device)
    return sum(losses) / len(losses), loss_G
    # END SOLUTION


# %%
check("train_step_updates_the_critic_n_critic_times")

# %%
check("train_step_returns_both_losses")

# %% [markdown]
# ## 7. Putting it together (5 points, and 3 for a short training run)
#
# **Task.** `build_models(device)` returns `(G, D)`: a generator from 100 noise numbers and a critic, both on `device`.
# `build_optimizers(G, D)` returns `(optim_G, optim_D)`: two RMSprop optimizers without momentum and weight decay,
# each for the parameters of its own network. The paper's learning rate is 5e-5; you may choose any from 1e-5 to 5e-4.
# (Why not Adam? The critic changes all the time, and the authors found that momentum, which Adam has too, makes clipped
# training unsteady.) The checks run within a second or two.


# %% name="build_models"
def build_models(device):
    """Returns (G, D), a generator for MNIST and its critic, on this device."""
    # TODO 12: make both networks and move them to device
    # BEGIN SOLUTION
    G = Generator(input_dim=100).to(device)
    D = Discriminator().to(device)
    return G, D
    # END SOLUTION


# %% name="build_optimizers"
def build_optimizers(G, D):
    """Returns (optim_G, optim_D), each for the parameters of its own network."""
    # TODO 13: two RMSprop optimizers with a learning rate from 1e-5 to 5e-4
    # BEGIN SOLUTION
    optim_G = torch.optim.RMSprop(G.parameters(), lr=5e-5)
    optim_D = torch.optim.RMSprop(D.parameters(), lr=5e-5)
    return optim_G, optim_D
    # END SOLUTION


# %%
check("models_are_built_for_mnist")

# %%
check("optimizers_are_rmsprop")

# %%
check("short_training_raises_the_estimate")

# %% [markdown]
# All checks once more, and the points that they add up to. (It takes some seconds.)

# %%
check()

# %% [markdown]
# ## 8. Training
#
# `main` is given: `train_step` on batch after batch. As before it prints mean losses, logs curves, samples and figures of
# quality for TensorBoard, and goes on with a run that was cut: `main(resume=True)`.
#
# A step has six updates, so it takes longer than in lab 2: on two CPU cores about a second, 8 minutes for an epoch of
# MNIST; there, `main(num_epoch=2)` shows the beginning. On a GPU 30 epochs take a while longer than lab 2's. To watch,
# run `tensorboard --logdir logs` in a terminal, in the folder that holds `data_utils`.
#
# **What to expect.** The figures here were seen with 10,000 of MNIST's digits and 474 steps, about an epoch of all
# 60,000. The critic's loss is the negative estimate. It starts near 0, falls to its lowest within the first hundred
# steps, while the critic learns faster than `G`, and then rises slowly back towards 0 as the samples become better:
# unlike in labs 1 and 2, this curve tells how good they are. The generator's loss has no such meaning: its level is
# where the critic happens to put its scores, and it may drift up or down. The samples change slowly with the paper's
# learning rate of 5e-5: squares and bright bars for 200 steps, strokes after 300, digits, more 4s than others, at 474.
# With a rate of 5e-4 and `n_critic = 1` there were digits of nine classes after 158 steps. If the critic's loss stays
# at 0 throughout, look for a Sigmoid, a missing step, or a `clip_value` that is too small; if it falls without end,
# nothing is clipped.


# %%
def main(
    num_epoch=30,
    batch_size=128,
    input_dim=100,
    clip_value=0.01,
    n_critic=5,
    folder="logs/experiment_wgan",
    seed=0,
    resume=False,
):
    """Train both networks, print and log their losses, and show samples. resume=True goes on with a run that was cut.

    Clip value and n_critic are the paper's.
    """
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DigitLoader(digits, batch_size, shuffle=True, device=device)
    G, D = build_models(device)
    optim_G, optim_D = build_optimizers(G, D)
    settings = {"batch_size": batch_size, "input_dim": input_dim, "seed": seed}
    settings |= {"clip_value": clip_value, "n_critic": n_critic}
    networks = (G, D, optim_G, optim_D)
    with TrainingRun("WGAN", folder, digits, num_epoch, *networks, resume=resume, **settings) as run:
        for _epoch in run.epochs():
            for real_images, _ in run.batches(loader):
                loss_D, loss_G = train_step(
                    real_images, D, G, optim_D, optim_G, clip_value, batch_size, input_dim, device, n_critic
                )
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
# ## 9. The labs side by side
#
# This cell puts all runs under `logs` into one picture: curves, samples at 0, 25, 50, 75 and 100 per cent, the share of
# each digit, settings. It also writes `logs/report.html`, a page that stands alone, for your report. Runs with other
# settings belong in folders of their own, or they replace each other: `main(clip_value=0.1, folder="logs/clip_0_1")`.
# Learning rates are set in `build_optimizers`: where you try others in labs 1 and 2, put 2e-4 back before you hand in.
# The cell takes some seconds a run.

# %%
if "NBGRADER_EXECUTION" not in os.environ:
    show_report()

# %% [markdown]
# ## 10. Questions (30 points)
#
# Answer in the cell below each question; add cells for figures and code as you need them. Your instructor reads these.

# %% [markdown] question="wgan_and_gan" points=10
# **Question 1 (10 points).** How does WGAN differ from GAN, and why does that steady the training?
#
# === BEGIN MARK SCHEME ===
#
# - 3: what differs: a critic without Sigmoid in place of a discriminator, mean scores in place of cross-entropy, clipped
#   weights, several critic updates for each one of `G`, RMSprop in place of Adam.
# - 3: why: a sure discriminator's gradient vanishes (the Jensen-Shannon divergence is constant where the two kinds of
#   images do not overlap); the Wasserstein distance goes on falling as generated images come nearer, so `G` always has
#   a direction, and the critic may be trained as far as one likes.
# - 2: what clipping is for: the distance is a maximum over functions of bounded slope, and bounded weights bound the
#   slope. Its price may be named: too small a bound slows learning, too large a one makes it unsteady.
# - 2: their own critic curve is used: it follows the quality of the samples, which the curves of labs 1 and 2 do not.
#   Full marks too for a run that went wrong, if it is described and explained.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 1 here.*

# %% [markdown] question="curves_and_samples_of_all_labs" points=10
# **Question 2 (10 points).** For all three labs show the loss curves and the samples at 0, 25, 50, 75 and 100 per cent of
# the epochs, and describe both trends.
#
# === BEGIN MARK SCHEME ===
#
# - 3: the curves of all three labs are there, with axes that can be read, one picture or two a lab.
# - 3: the samples of all three labs at the five moments are there (0 per cent: before training or after the first epoch).
# - 2: the curves' trends are described: GAN and DCGAN, `D`'s loss falls and `G`'s rises, then `G` answers, and both stay
#   rough; WGAN, the critic's loss falls to its lowest early and rises slowly back towards 0.
# - 2: the samples' trends are described and set beside the curves: specks to strokes to digits in GAN, early and smooth
#   digits in DCGAN, slow and steady ones in WGAN; only WGAN's critic loss follows the quality.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 2 here.*

# %% [markdown] question="hyperparameters" points=10
# **Question 3 (10 points).** Tune hyperparameters (learning rates, batch size, `clip_value`, `n_critic`, and so on), compare
# the three models' samples, and explain the differences.
#
# === BEGIN MARK SCHEME ===
#
# - 3: at least two hyperparameters are varied, one at a time, with the values given and all else kept.
# - 2: samples or curves stand for each setting, from the same number of epochs.
# - 3: the differences are explained, not only named: a `clip_value` ten times larger makes a steeper, less steady critic,
#   `n_critic = 1` a critic that lags behind `G`, a learning rate ten times larger unsteady curves, and so on.
# - 2: the three models are compared at their best settings, in quality, variety and time.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Write your answer to question 3 here.*
