"""Lab 3, WGAN: the convolutional networks as generator and critic, on images in [-1, 1]. The numbers are the lab
sheet's; 70 points.

Notation: z is noise (N, input_dim), x an image (N, 1, 28, 28), G the generator, D the critic, N the batch size.
Source: Arjovsky et al. 2017 (arXiv 1701.07875), Algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.architecture import expect_function, expect_image_range, expect_output, expect_parameters
from autograder.building import built_models, built_optimizers, expect_models, expect_optimizers
from autograder.convolution import digit_discriminator, digit_generator
from autograder.evidence import Failure, show
from autograder.game import PIXEL_BIAS, Game, Images
from autograder.lab import Lab
from autograder.losses import GREY
from autograder.players import Players
from autograder.short_training import digit_batches
from autograder.student import Array, Remote, Student
from autograder.training import CALLS, STILL, finite, plain_number, require_effort
from autograder.updates import add_update_checks

lab = Lab("wgan", "WGAN: a critic with clipped weights")

NO_CLIPPING = 1e6  # a clip_value so large that clipping changes nothing
IN_PLACE = "The optimizer goes on moving the very parameters that it was given: clip these, in place."
SCORE_TOLERANCE = 1e-3  # scores of 40 as a float32 sum of 784 products; measured 1e-4
CLIP_TOLERANCE = 1e-7  # the lab sheet's: float32 resolves 1e-9 at 0.01, a step made after clipping moves more


@lab.check(points=2)
def generator_maps_noise_to_images(student: Student) -> None:
    """Generator(input_dim) maps noise (N, input_dim) to images (N, 1, 28, 28) in [-1, 1]."""
    images = expect_output(student, digit_generator(7), n=3)  # no size written into the code passes for this one
    expect_image_range(student, "Generator(7) of 3 noises", images, -1, 1)


@lab.check(points=2)
def generator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Generator(100) has 6,679,105 parameters: 105,472 in fc1, 6,441,344 in fc2, 131,264 in conv1, 1,025 in conv2."""
    expect_parameters(student, digit_generator(100))


@lab.check(points=4)
def generator_computes_its_layers(student: Student) -> None:
    """With the same weights and noise, in training mode, Generator gives the images of two times Linear, BatchNorm,
    ReLU, then ConvTranspose2d (kernel 4, stride 2, padding 1), BatchNorm, ReLU, then the same convolution, Tanh."""
    expect_function(student, digit_generator(7), n=4)


@lab.check(points=3)
def critic_gives_scores_of_any_size(student: Student) -> None:
    """Discriminator() maps images (N, 1, 28, 28) to scores (N, 1), which may be any real number."""
    scores = expect_output(student, digit_discriminator(), n=3, scale=1000)
    told = (
        f"Discriminator() of images with pixels of size 1000 gives scores from {scores.min():.4g} to "
        f"{scores.max():.4g}; expected some beyond [-1, 1]."
    )
    hint = "A critic's score is no probability: nothing may squeeze it into a range."
    student.expect("scores are of any size", bool(np.abs(scores).max() > 1), told, hint)


@lab.check(points=2)
def critic_has_the_parameters_of_its_layers(student: Student) -> None:
    """Discriminator() has 1,102,721 parameters: 832 in conv1, 51,264 in conv2, 1,049,600 in fc1, 1,025 in fc2."""
    expect_parameters(student, digit_discriminator())


@lab.check(points=4)
def critic_computes_its_layers(student: Student) -> None:
    """With the same weights and images, Discriminator gives the scores of two times Conv2d (kernel 5, stride 1, no
    padding), LeakyReLU(0.1), MaxPool2d(2, 2), then Linear, LeakyReLU(0.1), Linear."""
    expect_function(student, digit_discriminator(), n=12)


game = Game(
    discriminator_signature=(
        "real_images",
        "D",
        "G",
        "optim_D",
        "clip_value",
        "batch_size",
        "input_dim",
        "device",
    ),
    generator_signature=("D", "G", "optim_G", "batch_size", "input_dim", "device"),
    flat=False,
    probability=False,
    others=lambda student: {"clip_value": NO_CLIPPING},
    discriminator_rate=1e-3,  # with small weights, so that a clip value written into the code costs its own checks only
)
TRAIN_STEP = (
    *("real_images", "D", "G", "optim_D", "optim_G"),
    *("clip_value", "batch_size", "input_dim", "device", "n_critic"),
)


@lab.check(points=6)
def critic_loss_is_the_negative_estimate(student: Student) -> None:
    """train_discriminator returns -(mean(D(x)) - mean(D(G(z)))) as a float: 0 where D scores both alike."""
    for real, generated in game.scores(student):
        D, G = game.with_scores(student, real, generated)
        value = game.train_discriminator(student, D, G, game.sgd(student, D), game.images(4))
        what = f"train_discriminator's loss with D(x) = {real} and D(G(z)) = {generated}"
        student.expect_close(what, student.expect_float(what, value), generated - real, SCORE_TOLERANCE)
    white, generated = game.scores(student)[1]
    D, G = game.with_scores(student, white, generated)
    value = plain_number(game.train_discriminator(student, D, G, game.sgd(student, D), game.images(4, 0.5)))
    student.evidence.record(
        "a weight of D after it", float(D.values()["1.weight"][0, 0]), atol=1e-4
    )  # which way it went
    grey = 0.75 * white + 0.25 * generated  # D is linear: 1 gives white, -1 gives generated
    what = f"train_discriminator's loss with D(x) = {grey:.4f} for x all 0.5, and D(G(z)) = {generated}"
    student.expect_close(what, value, generated - grey, SCORE_TOLERANCE, GREY)


@lab.check(points=4)
def generator_loss_is_the_negative_score(student: Student) -> None:
    """train_generator returns -mean(D(G(z))) as a float."""
    for real, generated in game.scores(student):
        D, G = game.with_scores(student, real, generated)
        value = game.train_generator(student, D, G, game.sgd(student, G))
        what = f"train_generator's loss with D(G(z)) = {generated} (and D = {real} on a white image)"
        student.expect_close(what, student.expect_float(what, value), -generated, SCORE_TOLERANCE)


add_update_checks(lab, game)


def _critic_of_two_kinds(student: Student, size: float) -> Remote:
    """A small critic with a convolution and a Linear layer: weights of order `size`, every bias `size`."""
    layers = student.torch("nn.Conv2d", 1, 2, 28), student.torch("nn.Flatten"), student.torch("nn.Linear", 2, 1)
    D: Remote = student.torch("nn.Sequential", *layers)
    shapes = {"0.weight": (2, 1, 28, 28), "2.weight": (1, 2)}
    weights = {name: np.float32(size) * student.normal(*shape) for name, shape in shapes.items()}
    biases = {"0.bias": np.full(2, size, np.float32), "2.bias": np.full(1, size, np.float32)}
    D.load({**weights, **biases})
    return D


@lab.check(points=4)
def clipping_follows_the_step(student: Student) -> None:
    """After each critic update every critic parameter lies within [-clip_value, clip_value]."""
    for clip_value in (0.01, 0.004, round(student.uniform(0.1, 0.5), 3)):
        D, G = _critic_of_two_kinds(student, 3 * clip_value), game.generator(student, -1.0)
        optimizer = game.sgd(student, D)
        game.train_discriminator(student, D, G, optimizer, game.images(4), clip_value=clip_value)
        G_size = float(np.abs(G.values()[PIXEL_BIAS]).max())
        student.evidence.record(f"largest |bias| of G, clip_value {clip_value}", G_size, atol=1e-6)
        for name, values in D.values().items():
            low, high = float(values.min()), float(values.max())
            what = f"{name[2:]} of D's {'convolution' if name.startswith('0') else 'Linear layer'}"
            student.evidence.record(f"lowest {what}, clip_value {clip_value}", low, atol=1e-6)
            student.evidence.record(f"highest {what}, clip_value {clip_value}", high, atol=1e-6)
            told = (
                f"After train_discriminator(..., clip_value={clip_value}) the {what} goes from {low:.6g} to "
                f"{high:.6g}; allowed: from {-clip_value} to {clip_value} (within 1e-7)."
            )
            within = -clip_value - CLIP_TOLERANCE <= low and high <= clip_value + CLIP_TOLERANCE
            student.expect(f"{what} is within {clip_value}", within, told)


def _spread_critic(student: Student) -> Remote:
    """D(x) = w x + 0.05 whose 784 weights lie evenly between -0.3 and 0.3."""
    D = game.discriminator(student, 0.0, 0.05)
    D.load({"1.weight": np.linspace(-0.3, 0.3, game.pixels, dtype=np.float32).reshape(1, game.pixels)})
    return D


@lab.check(points=2)
def clipping_leaves_the_rest_alone(student: Student) -> None:
    """Parameters within the bound stay as optim_D's step made them, and the next call moves them again."""
    D, G, clip_value = _spread_critic(student), game.generator(student, -1.0), 0.2
    optimizer, shifts = game.sgd(student, D, rate=1e-4), []  # a step of 0.0002: the scores stay below 1
    before = D.values()["1.weight"]
    for ordinal in ("first", "second"):
        game.train_discriminator(student, D, G, optimizer, game.images(4), clip_value=clip_value)
        after = D.values()["1.weight"]
        shift = np.median((after - before)[np.abs(before) < clip_value / 2])  # a step moves all of them alike
        expected = np.clip(before + shift, -clip_value, clip_value)
        what = f"Every 28th weight of D after the {ordinal} call of train_discriminator, clip_value={clip_value}"
        student.expect_close(what, after[0, ::28], expected[0, ::28], 1e-6)
        shifts.append(abs(shift) > STILL)
        before = after
    told = "The first call of train_discriminator moves D, the second does not."
    student.expect("the second call moves D as well", shifts[1] or not shifts[0], told, IN_PLACE)


@lab.check(points=1)
def only_the_critic_is_clipped(student: Student) -> None:
    """train_discriminator clips no parameter of G, and train_generator clips none at all."""
    _require_effort(student)
    D, G = _spread_critic(student), game.generator(student, -1.0)
    game.train_discriminator(student, D, G, game.sgd(student, D), game.images(4), clip_value=0.01)
    _expect_unclipped(student, "train_discriminator(..., clip_value=0.01)", "G's bias", G.values()[PIXEL_BIAS])
    clipped = float(np.abs(D.values()["1.weight"]).max())
    student.evidence.record("the largest |D's weight| after it", clipped, atol=1e-3)  # tells which mistake it is
    D, G = _spread_critic(student), game.generator(student, -1.0)
    game.train_generator(student, D, G, game.sgd(student, G, rate=0.01))
    _expect_unclipped(student, "train_generator", "D's weight", D.values()["1.weight"])
    _expect_unclipped(student, "train_generator", "G's bias", G.values()[PIXEL_BIAS])


def _expect_unclipped(student: Student, call: str, name: str, values: Array) -> None:
    size = float(np.abs(values).max())
    told = (
        f"After {call} the largest |{name}| is {size:.4g}, as if clipped; it was 0.3 or more, and is not to be clipped."
    )
    student.expect(f"{name} is as large after {call}", size > 0.25, told)


def _moved_by_own_steps(student: Student, n_critic: int, **options: Any) -> tuple[float, float, float, float]:
    """How far this many of the student's own critic updates and one generator update move D's weights and G's pixels,
    summed; and (mean critic loss, generator loss). So a wrong loss is not paid for in train_step as well."""
    players = _players(student)
    images = game.images(4)
    losses = [
        game.train_discriminator(student, players.D, players.G, players.optim_D, images, **options)
        for _ in range(n_critic)
    ]
    loss_G = game.train_generator(student, players.D, players.G, players.optim_G, batch_size=len(images))
    mean_D = float(np.mean([finite("train_discriminator", step, loss) for step, loss in enumerate(losses)]))
    return *players.moved(), mean_D, finite("train_generator", 0, loss_G)


def _require_effort(student: Student) -> None:
    """Errors: `Failure` where one of the two training functions does nothing."""
    players, images = _players(student), game.images(4)
    D, G = players.D, players.G
    for name, network, step in (
        ("D", D, lambda: game.train_discriminator(student, D, G, players.optim_D, images)),
        ("G", G, lambda: game.train_generator(student, D, G, players.optim_G, batch_size=len(images))),
    ):
        require_effort(CALLS[name], name, network, step)


def _players(student: Student) -> Players:
    """A critic that scores linearly and a generator of one image: a critic update then moves D equally far each time,
    and the generator update moves G by D's weights, so that the order of updates shows."""
    D, G = game.discriminator(student, 0.5, 0.05), game.generator(student, -0.5)
    return Players(student, game, D, G, rate=game.discriminator_rate)


def _train_step(student: Student, images: Images, given: Mapping[str, Any]) -> object:
    """Call the student's train_step once; without `n_critic` the argument is left out."""
    signature = TRAIN_STEP if "n_critic" in given else TRAIN_STEP[:-1]
    return game.call(student, "train_step", signature, {"real_images": images, "batch_size": len(images), **given})


@lab.check(points=3)
def train_step_updates_the_critic_n_critic_times(student: Student) -> None:
    """train_step makes n_critic critic updates, 5 unless told, each with clip_value, then one generator update."""
    one = _moved_by_own_steps(student, 1)[0]
    if abs(one) <= CLIP_TOLERANCE:
        raise Failure("train_discriminator moves no weight of D, so that its calls in train_step do not show.")
    for n_critic in (1, 3, 4 + student.seed % 5, None):
        told, n = ("n_critic left out", 5) if n_critic is None else (f"n_critic={n_critic}", n_critic)
        expected_D, expected_G, *_ = _moved_by_own_steps(student, n)
        players = _players(student)
        _train_step(student, game.images(4), players.given | ({} if n_critic is None else {"n_critic": n_critic}))
        moved_D, moved_G = players.moved()
        what = f"How many updates of train_discriminator move D as far as train_step with {told}"
        student.expect_close(what, moved_D / one, expected_D / one, 0.01)
        what = f"How far train_step with {told} moves G's pixels in all, in one update after those of D"
        student.expect_close(what, moved_G, expected_G, 0.01)
    _expect_clip_value_handed_on(student, n_critic=3)


def _expect_clip_value_handed_on(student: Student, n_critic: int) -> None:
    clip_value = round(student.uniform(0.0025, 0.003), 5)  # two critic updates reach it: 0.00064 + 2 * 0.0015
    expected, *_ = _moved_by_own_steps(student, n_critic, clip_value=clip_value)
    players = _players(student)
    given = players.given | {"n_critic": n_critic, "clip_value": clip_value}
    _train_step(student, game.images(4), given)
    what = f"How far train_step with clip_value={clip_value} moves D's weights in all"
    student.expect_close(what, players.moved()[0], expected, 0.01)


@lab.check(points=2)
def train_step_returns_both_losses(student: Student) -> None:
    """train_step returns (mean critic loss, generator loss), two floats; the mean is over its n_critic updates."""
    _require_effort(student)
    for n_critic in (1, 3):
        *_, expected_D, expected_G = _moved_by_own_steps(student, n_critic)
        returned = _train_step(student, game.images(4), {**_players(student).given, "n_critic": n_critic})
        loss_D, loss_G = _two_floats(student, returned, f"n_critic={n_critic}")
        student.expect_close(f"train_step's critic loss with n_critic={n_critic}", loss_D, expected_D, 1e-3)
        student.expect_close(f"train_step's generator loss with n_critic={n_critic}", loss_G, expected_G, 1e-3)


def _two_floats(student: Student, value: object, told: str) -> Sequence[float]:
    """(critic loss, generator loss). Errors: `Failure` where train_step returned anything else."""
    pair = value if isinstance(value, tuple | list) else ()
    if len(pair) != 2 or not all(isinstance(loss, float) and np.isfinite(loss) for loss in pair):
        inside = f" holding {', '.join(show(item) for item in pair[:4])}" if pair else ""
        expected = "(mean critic loss, generator loss), two finite Python floats"
        student.evidence.record(f"what train_step with {told} returned", f"{show(value)}{inside}")
        raise Failure(f"train_step with {told} returned {show(value)}{inside}; expected {expected}.")
    return pair


@lab.check(points=2)
def models_are_built_for_mnist(student: Student) -> None:
    """build_models(device) returns (G, D) on that device: Generator(100) and Discriminator()."""
    own = ("Generator", (100,)), ("Discriminator", ())
    expect_models(student, game, count_G=6_679_105, count_D=1_102_721, own=own)


@lab.check(points=3)
def optimizers_are_rmsprop(student: Student) -> None:
    """build_optimizers(G, D) returns (optim_G, optim_D): RMSprop without momentum, learning rate from 1e-5 to 5e-4,
    each with its own network."""
    expect_optimizers(student, "RMSprop", rates=(1e-5, 5e-4))


BATCH = 8
TURNS = (2, 6)  # n_critic of the two calls of train_step after which the estimate is taken
CLIP_VALUE = 0.01  # Arjovsky et al. 2017, Algorithm 1
RISE = 0.0002  # by which the estimate rises; measured 0.0008 or more at 1e-5, 0.005 at 5e-5, 3 at 5e-4


def largest_estimate(clip_value: float) -> float:
    """What mean(D(x)) - mean(D(G(z))) can be at most for pixels in [-1, 1]: a layer whose weights and biases lie within
    the clip value takes values of size h to clip_value * (terms * h + 1) at most. LeakyReLU and pooling add nothing."""
    size = 1.0
    for terms in (5 * 5, 32 * 5 * 5, 64 * 4 * 4, 1024):
        size = clip_value * (terms * size + 1)
    return 2 * size


def _mean(scores: object) -> float:
    if not isinstance(scores, np.ndarray) or not scores.size:
        raise Failure(f"build_models's D gives {show(scores)} for a batch of images; expected scores.")
    return float(np.mean(scores))


@lab.check(points=3)
def short_training_raises_the_estimate(student: Student) -> None:
    """In a short training run on digits with train_step the losses stay finite, and the critic's estimate
    mean(D(x)) - mean(D(G(z))) rises from zero and stays within what clipping allows."""
    G, D = built_models(student, student.device)
    optim_G, optim_D = built_optimizers(student, G, D)
    sizes = {"clip_value": CLIP_VALUE, "input_dim": 100, "device": student.own_device()}
    *batches, held_out, more = digit_batches(student.seed, len(TURNS) + 2, BATCH, (-1, 1))
    x, z = student.on_device(np.concatenate([held_out, more])), student.on_device(student.normal(2 * BATCH, 100))
    estimates = []
    for images, n_critic in zip(batches, TURNS, strict=True):
        given = {"D": D, "G": G, "optim_D": optim_D, "optim_G": optim_G, **sizes}
        value = _train_step(student, images, {**given, "n_critic": n_critic, "seed": student.seed + n_critic})
        _two_floats(student, value, f"n_critic={n_critic} on digits")
        estimates.append(_mean(D(x)) - _mean(D(G(z))))
    first, last = estimates
    told = (
        f"After {TURNS[0]} critic updates the estimate on {2 * BATCH} other digits is {first:.5f}, after {sum(TURNS)} "
        f"it is {last:.5f}; expected a rise of at least {RISE:g}."
    )
    student.expect("the estimate rises", last - first >= RISE, told)
    bound = largest_estimate(CLIP_VALUE)
    told = f"The estimate is {last:.1f}; with every parameter within {CLIP_VALUE} it is at most {bound:.0f}."
    student.expect("the estimate stays within its bound", abs(last) <= bound, told)
