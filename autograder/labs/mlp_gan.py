"""Extension lab, MLP GAN: deeper fully connected networks, trained on logits, G first. The numbers are the lab sheet's;
100 points.

Notation: z is noise (N, input_dim), x an image (N, 1, 28, 28), G the generator, D the discriminator, whose score is a
logit: any real number, the Sigmoid of which is a probability. N is the batch size.
Source: Goodfellow et al. 2014 (arXiv 1406.2661); Ioffe and Szegedy 2015 (arXiv 1502.03167) for BatchNorm.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.architecture import Architecture, expect_function, expect_image_range, expect_output, expect_parameters
from autograder.building import built_models, parameters_of
from autograder.evidence import Failure, show
from autograder.game import GENERATOR_ARGUMENTS, NOISE, Game
from autograder.lab import Lab
from autograder.layers import batch_norm, linear
from autograder.losses import add_logits_checks
from autograder.players import Players
from autograder.putting_together import add_building_checks
from autograder.short_training import ShortTraining
from autograder.student import Array, Remote, Student
from autograder.training import STILL, plain_number
from autograder.updates import LAST_BATCH, add_update_checks

MOMENTUM = 0.8

lab = Lab(
    "mlp_gan",
    "MLP GAN: logits, and G first",
    optional=True,
    points={
        "discriminator_loss_is_half_the_sum": 7,
        "generator_loss_is_non_saturating": 7,
        "discriminator_update_follows_its_loss": 5,
        "generator_update_follows_its_loss": 5,
        "generator_update_leaves_discriminator_alone": 3,
        "training_stays_on_the_given_device": 3,
    },
    claims={
        "noise_is_standard_normal": "train_generator feeds G with torch.randn noise of input_dim numbers, new at every "
        "call.",
        "last_batch_of_an_epoch_trains": "The last batch of an epoch holds fewer images than the others, and "
        "train_discriminator trains on it.",
    },
)


def generator(input_dim: int) -> Architecture:
    """Noise to 28x28: four hidden layers, the last three with BatchNorm, then one that makes the pixels."""
    layers = (
        linear(input_dim, 128),
        *(linear(128, 256), batch_norm(256, 1)),
        *(linear(256, 512), batch_norm(512, 1)),
        *(linear(512, 1024), batch_norm(1024, 1)),
        linear(1024, 784),
    )
    stages = ("fc1", (128,)), ("fc2", (256,)), ("fc3", (512,)), ("fc4", (1024,)), ("fc5", (1, 28, 28))
    return Architecture("Generator", (input_dim,), (input_dim,), stages, layers)


def discriminator() -> Architecture:
    """28x28 to one logit: two hidden layers, then one that makes the logit."""
    stages = ("fc1", (512,)), ("fc2", (256,)), ("fc3", (1,))
    layers = linear(784, 512), linear(512, 256), linear(256, 1)
    return Architecture("Discriminator", (), (1, 28, 28), stages, layers)


@lab.check(points=3)
def generator_maps_noise_to_images(student: Student) -> None:
    """Generator(input_dim) maps noise (N, input_dim) to images (N, 1, 28, 28) in [-1, 1]."""
    for input_dim, n in [(100, 2), (7, 3)]:
        images = expect_output(student, generator(input_dim), n)
        expect_image_range(student, f"Generator({input_dim}) of {n} noises", images, -1, 1)


@lab.check(points=4)
def generator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Generator(100) has 1,510,032 parameters: 12,928 in fc1, 33,536 in fc2, 132,608 in fc3, 527,360 in fc4, 803,600 in
    fc5; BatchNorm in fc2, fc3 and fc4."""
    expect_parameters(student, generator(100))


@lab.check(points=8)
def generator_computes_its_layers(student: Student) -> None:
    """With the same weights and noise, in training mode, Generator gives the images of Linear, LeakyReLU(0.2), three
    times Linear, BatchNorm, LeakyReLU(0.2), then Linear, Tanh."""
    expect_function(student, generator(7), n=4)


@lab.check(points=4)
def batch_norm_has_momentum_0_8(student: Student) -> None:
    """Every BatchNorm of Generator moves its running mean by 0.8 of the way to the batch's mean at each pass."""
    G = generator(NOISE).made(student)
    z = student.normal(8, NOISE)
    G(z)
    G.fill(student.seed)
    means: list[dict[str, Array]] = []
    start = {name: np.zeros_like(value) for name, value in G.values(buffers=True).items() if name.endswith("mean")}
    G.load(start)
    for _ in range(2):
        G(z)
        means.append({name: value for name, value in G.values(buffers=True).items() if name in start})
    student.evidence.record("running means", str(sorted(value.shape for value in start.values())))
    if not start:
        raise Failure("Generator(100) keeps no running mean: it has no BatchNorm.")
    sizes: list[int] = []
    for name in start:
        # After one pass the mean is m * mu, after two (2 - m) * m * mu, so that their ratio tells the momentum m
        first, second = means[0][name].astype(float), means[1][name].astype(float)
        momentum = 2 - float(np.sum(first * second) / max(np.sum(first * first), 1e-12))
        what = f"The momentum of the BatchNorm over {first.size} units"
        sizes.append(first.size)
        if (times := sizes.count(first.size)) > 1:
            what = f"{what} (number {times})"
        hint = "BatchNorm's second argument is eps; give momentum by its name."
        student.expect_close(what, momentum, MOMENTUM, 1e-3, hint)


@lab.check(points=3)
def discriminator_gives_logits(student: Student) -> None:
    """Discriminator() maps images (N, 1, 28, 28) to logits (N, 1), which may be any real number."""
    logits = expect_output(student, discriminator(), n=3, scale=1000)
    told = (
        f"Discriminator() of images with pixels of size 1000 gives logits from {logits.min():.4g} to "
        f"{logits.max():.4g}; expected some beyond [-1, 1]."
    )
    hint = "BCEWithLogitsLoss has the Sigmoid in it: D ends in its last Linear layer."
    student.expect("logits are of any size", bool(np.abs(logits).max() > 1), told, hint)


@lab.check(points=4)
def discriminator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Discriminator() has 533,505 parameters: 401,920 in fc1, 131,328 in fc2, 257 in fc3."""
    expect_parameters(student, discriminator())


@lab.check(points=8)
def discriminator_computes_its_layers(student: Student) -> None:
    """With the same weights and images, Discriminator gives the logits of two times Linear, LeakyReLU(0.2), then
    Linear."""
    expect_function(student, discriminator(), n=12)


game = Game(
    discriminator_signature=("real_images", "generated_images", "D", "loss_func", "optim_D", "device"),
    generator_signature=GENERATOR_ARGUMENTS,
    flat=False,
    probability=False,
    others=lambda student: {"loss_func": student.torch("nn.BCEWithLogitsLoss")},
    same_fakes=True,
)
STEP_ARGUMENTS = ("real_images", "D", "G", "loss_func", "optim_D", "optim_G", "input_dim", "device")
add_logits_checks(lab, game)
add_update_checks(lab, game)


@lab.check(points=3)
def generator_hands_its_images_on(student: Student) -> None:
    """train_generator returns (loss, images): the images (batch_size, 1, 28, 28) that it scored."""
    pixel = round(student.uniform(-0.9, -0.1), 2)
    D, G = game.discriminator(student, 0.8, 0.1), game.generator(student, pixel)
    given = {"D": D, "G": G, "optim_G": game.sgd(student, G), "batch_size": LAST_BATCH}
    returned = game.call(student, "train_generator", GENERATOR_ARGUMENTS, given)
    pair = returned if isinstance(returned, tuple | list) else ()
    kinds = ", ".join(type(item).__name__ for item in pair)
    student.evidence.record("train_generator returned", kinds or show(returned))
    if len(pair) != 2:
        raise Failure(f"train_generator returned {show(returned)}; expected (loss, images).")
    images = student.expect_tensor("train_generator's images", pair[1], (LAST_BATCH, 1, 28, 28))
    what = f"The pixels of train_generator's images, where every pixel of G was {pixel} before its step"
    student.expect_close(what, images[:, 0, 14, 14], np.full(LAST_BATCH, pixel), 1e-5)


def _players(student: Student) -> Players:
    return Players(student, game, *game.with_scores(student, *game.scores(student)[1]), rate=0.1)


@lab.check(points=8)
def step_trains_generator_first_on_the_same_images(student: Student) -> None:
    """train_step updates G, then D on the images that G's update made, before its step; it returns (loss of D, loss of
    G), two floats."""
    images = game.images(LAST_BATCH)
    expected = _players(student)  # the student's own two updates, in the order that is asked for
    mine, n = expected, LAST_BATCH
    loss_G = plain_number(game.train_generator(student, mine.D, mine.G, mine.optim_G, batch_size=n))
    # G's pixels were -1 before its step: the usual generated images
    loss_D = plain_number(game.train_discriminator(student, mine.D, mine.G, mine.optim_D, images))
    if not all(abs(distance) > STILL for distance in expected.moved()):
        raise Failure("One of the two updates moves nothing, so that their order in train_step does not show.")
    found = _players(student)
    given: dict[str, Any] = {"real_images": images, **found.given}
    returned = game.call(student, "train_step", STEP_ARGUMENTS, given)
    pair = returned if isinstance(returned, tuple | list) and len(returned) == 2 else (np.nan, np.nan)
    told = f"train_step returned {show(returned)}; expected (loss of D, loss of G), two floats."
    floats = all(isinstance(loss, float) for loss in pair) and pair is returned
    student.expect("train_step returns two floats", floats, told)
    moved_D, moved_G = found.moved()
    hint = "G's update comes first, on new noise; D's follows, on these images, not on new ones."
    for what, value, wanted in (
        ("How far train_step moves D's weights in all", moved_D, expected.moved()[0]),
        ("How far train_step moves G's pixels in all", moved_G, expected.moved()[1]),
        *((("train_step's loss of D", plain_number(pair[0]), loss_D),) if floats else ()),
        *((("train_step's loss of G", plain_number(pair[1]), loss_G),) if floats else ()),
    ):
        student.expect_close(what, value, wanted, 1e-4 * max(1.0, abs(wanted)), hint)
    G = game.recording_generator(student, NOISE)
    D = game.discriminator(student, 1.0, 0.0)
    given |= {"D": D, "G": G, "optim_D": game.sgd(student, D), "optim_G": game.sgd(student, G)}
    game.call(student, "train_step", STEP_ARGUMENTS, given)
    count, calls = game.recorded(student, G, "train_step").count, G.values(buffers=True)["0.num_batches_tracked"]
    told = f"train_step called G {int(calls)} times; expected once."
    student.expect("train_step calls G once", calls == 1, told, hint)
    told = f"train_step drew {count} noises for {LAST_BATCH} real images; expected as many."
    student.expect("train_step draws as many noises as images", count == LAST_BATCH, told)


training = ShortTraining(
    value_range=(-1, 1),
    batch=16,
    discriminator_steps=6,
    generator_steps=3,
    discriminator_fall=0.05,
    generator_fall=0.002,
)
add_building_checks(lab, game, (1_510_032, 533_505), training, needs=discriminator_gives_logits)


@contextmanager
def _folder(student: Student) -> Iterator[str]:
    """A folder beside the student's code, which goes with the check."""
    path = str(student.ask_call("ours.new_folder", "new_folder", ()))
    try:
        yield path
    finally:
        student.ask_call("ours.remove_folder", "remove_folder", (path,))


@lab.check(points=5)
def checkpoint_holds_both_state_dicts(student: Student) -> None:
    """save_networks(path, G, D) writes {"G": state dict, "D": state dict}, which torch.load reads with
    weights_only=True; load_networks(path, device) returns (G, D), new networks with that state."""
    device = student.torch("device", "cpu")
    G, D = built_models(student, "cpu")
    for name, network in (("G", G), ("D", D)):
        parameters_of(student, network, game.inputs(student, name, 2))  # a lazy layer has its own after a first pass
        network.fill(student.seed)
        statistics = {name: value for name, value in network.values(buffers=True).items() if "running" in name}
        network.load({name: np.full_like(value, 0.5) for name, value in statistics.items()})
    saved = {"G": _state(G), "D": _state(D)}
    with _folder(student) as folder:
        path = f"{folder}/networks.pt"
        student.save_networks(path, G, D)
        _expect_state_dicts(
            student, student.ask_call("torch.load", "torch.load", (path,), kwargs={"weights_only": True}), saved
        )
        G.fill(student.seed + 1)  # what is loaded must come from the file
        D.fill(student.seed + 1)
        loaded = student.load_networks(path, device)
    pair = loaded if isinstance(loaded, tuple | list) and len(loaded) == 2 else ()
    if len(pair) != 2 or not all(isinstance(network, Remote) for network in pair):
        raise Failure(f"load_networks returned {show(loaded)}; expected two networks, (G, D).")
    for (name, state), network in zip(saved.items(), pair, strict=True):
        _expect_same_state(student, f"load_networks's {name}", _state(network), state)


def _state(network: Remote) -> dict[str, Array]:
    return network.values() | network.values(buffers=True)


def _expect_state_dicts(student: Student, kept: object, saved: dict[str, dict[str, Array]]) -> None:
    names = sorted(kept) if isinstance(kept, dict) else []
    student.evidence.record("names in the file", ", ".join(map(str, names))[:100])
    told = f"The file holds {', '.join(map(str, names))[:100] or show(kept)}; expected G and D."
    student.expect("the file holds G and D", names == ["D", "G"], told)
    if names == ["D", "G"]:
        for name, state in saved.items():
            _expect_same_state(student, f"the file's {name}", kept[name], state)  # type: ignore[index]


def _expect_same_state(student: Student, what: str, found: object, state: dict[str, Array]) -> None:
    """Expect the same arrays by name: parameters and BatchNorm's statistics."""
    arrays = found if isinstance(found, dict) else {}
    off = [name for name, value in state.items() if not np.array_equal(np.asarray(arrays.get(name)), value)]
    told = f"{what} lacks or differs in {', '.join(off[:4])}{' and more' if len(off) > 4 else ''}."
    student.expect(f"{what} has the state that was saved", not off, told)


@lab.check(points=3)
def summary_lists_every_layer(student: Student) -> None:
    """summary(network) returns a row (name, kind, number of parameters) for every layer that holds no other, in order,
    then ("total", "", number of all parameters)."""
    inner = student.torch("nn.Sequential", student.torch("nn.Linear", 3, 2), student.torch("nn.BatchNorm1d", 2))
    last = student.torch("nn.Linear", 2, 1, bias=False)
    rows = student.summary(student.torch("nn.Sequential", inner, student.torch("nn.Tanh"), last))
    found = [tuple(map(_plain, row)) for row in rows] if _are_rows(rows) else show(rows)
    layers = [("0.0", "Linear", 3 * 2 + 2), ("0.1", "BatchNorm1d", 2 + 2), ("1", "Tanh", 0), ("2", "Linear", 2)]
    expected = [*layers, ("total", "", 14)]
    student.evidence.record("rows", str(found)[:300])
    network = "Sequential(Sequential(Linear(3, 2), BatchNorm1d(2)), Tanh(), Linear(2, 1, bias=False))"
    told = f"summary of {network} is {found}; expected {expected}."
    student.expect("the rows are right", found == expected, told)


def _plain(item: object) -> object:
    return item if isinstance(item, str | int | float) else show(item)


def _are_rows(rows: object) -> bool:
    return isinstance(rows, tuple | list) and all(isinstance(row, tuple | list) for row in rows)
