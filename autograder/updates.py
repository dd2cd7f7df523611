"""The checks of what one call of each training function does to the networks, whatever the loss is.

They hold in every lab of this family.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count

import numpy as np

from autograder.evidence import Failure
from autograder.game import BATCH, NOISE, PIXEL_BIAS, SGD_RATE, Game, Noise
from autograder.lab import Lab
from autograder.student import Array, Remote, Student, StudentRaised
from autograder.training import (
    CALLS,
    OLD_GRADIENT,
    STANDS_IN,
    Clues,
    Step,
    expect_no_leak,
    expect_normal_noise,
    expect_untouched,
    expect_update_follows_loss,
    is_device_clash,
    largest,
    largest_gradient,
    require_effort,
)

OTHER_NOISE = 32  # a size of the noise that `noise_is_standard_normal` tries beside the usual one
LAST_BATCH = 96  # 60,000 training images leave 96 after 468 batches of 128, and after 117 of 512


def add_update_checks(lab: Lab, game: Game) -> None:  # noqa: C901 - a list of checks, none of them nested in another
    """What one call of each training function does to the networks, whatever the loss is. 23 points."""

    def players(student: Student) -> tuple[Remote, Remote]:
        return game.with_scores(student, *game.scores(student)[1])

    def d_step(
        student: Student,
        D: Remote,
        G: Remote,
        pixel: float = 1.0,
        optimizer: Remote | None = None,
        old: float | None = None,
    ) -> Step:
        """One update of D by plain gradient descent, unless told, against a G that is as it was each time, its
        gradients `old`."""
        optimizer = optimizer or game.sgd(student, D, game.discriminator_rate)
        images, weights = game.images(BATCH, pixel), G.values()

        def step() -> object:
            G.load(weights)
            G.set_gradients(old)
            return game.train_discriminator(student, D, G, optimizer, images)

        return step

    def g_step(
        student: Student, D: Remote, G: Remote, optimizer: Remote | None = None, old: float | None = None
    ) -> Step:
        """One update of G, as `d_step` does one of D."""
        optimizer, weights = optimizer or game.sgd(student, G), D.values()

        def step() -> object:
            D.load(weights)
            D.set_gradients(old)
            return game.train_generator(student, D, G, optimizer)

        return step

    @lab.check(points=4)
    def discriminator_update_follows_its_loss(student: Student) -> None:
        """train_discriminator takes one step of optim_D down the slope of the loss that it returns."""
        D, G = players(student)
        step, idle = d_step(student, D, G, pixel=0.5), d_step(student, D, G, optimizer=_optimizer_of_nothing(student))
        directions = {"1.bias": np.ones(1), "1.weight": np.full((1, game.pixels), 1 / game.pixels)}
        rate, clues = game.discriminator_rate, _clues(D, step, idle, D=D)
        expect_update_follows_loss(student, "train_discriminator", "D", D, step, directions, rate, clues)

    if not game.same_fakes:  # else it has no G to do harm to

        @lab.check(points=2)
        def discriminator_update_leaves_generator_alone(student: Student) -> None:
            """train_discriminator changes no parameter of G, and no gradient reaches G."""
            D, G = players(student)
            expect_untouched(student, "train_discriminator", ("D", D), ("G", G), d_step(student, D, G), gradients=True)

    @lab.check(points=4)
    def generator_update_follows_its_loss(student: Student) -> None:
        """train_generator takes one step of optim_G down the slope of the loss that it returns."""
        D, G = players(student)
        step, idle = g_step(student, D, G), g_step(student, D, G, optimizer=_optimizer_of_nothing(student))
        directions, clues = {PIXEL_BIAS: np.ones(game.units)}, _clues(G, step, idle, D=D, G=G)
        expect_update_follows_loss(student, "train_generator", "G", G, step, directions, SGD_RATE, clues)

    @lab.check(points=2)
    def generator_update_leaves_discriminator_alone(student: Student) -> None:
        """train_generator changes no parameter of D."""
        D, G = players(student)
        expect_untouched(student, "train_generator", ("G", G), ("D", D), g_step(student, D, G), gradients=False)

    @lab.check(points=3)
    def old_gradients_do_not_leak(student: Student) -> None:
        """Gradients left over from an earlier call change neither train_discriminator's update nor the other's."""
        D, G = players(student)
        for call, name, network, step, other in (
            ("train_discriminator", "D", D, d_step(student, D, G, old=OLD_GRADIENT), G),
            ("train_generator", "G", G, g_step(student, D, G, old=OLD_GRADIENT), D),
        ):
            expect_no_leak(student, call, name, network, step)
            cleared = largest_gradient(other) < OLD_GRADIENT - 1  # what is new is below 1; tells slips apart
            student.evidence.record(f"{call} clears the other network's gradients", cleared)

    @lab.check(points=3)
    def noise_is_standard_normal(student: Student) -> None:
        """Both training functions feed G with torch.randn noise of input_dim numbers, new at every call."""
        seeds, images = count(student.seed), game.images(BATCH)

        def discriminator_noise(dimensions: int) -> Noise:
            D = game.discriminator(student, 1.0, 0.0)
            optimizer, options = game.sgd(student, D, game.discriminator_rate), {"input_dim": dimensions}

            def step(G: Remote) -> object:
                return game.train_discriminator(student, D, G, optimizer, images, seed=next(seeds), **options)

            return game.noise_seen(student, dimensions, "train_discriminator", step)

        def generator_noise(dimensions: int, batch_size: int = BATCH) -> Noise:
            D, options = game.discriminator(student, 1.0, 0.0), {"batch_size": batch_size, "input_dim": dimensions}

            def step(G: Remote) -> object:
                return game.train_generator(student, D, G, game.sgd(student, G), seed=next(seeds), **options)

            return game.noise_seen(student, dimensions, "train_generator", step)

        drawing = {"train_discriminator": discriminator_noise} if not game.same_fakes else {}
        for call, noise in {**drawing, "train_generator": generator_noise}.items():
            expect_normal_noise(student, call, lambda noise=noise: _moments(noise(NOISE)))  # type: ignore[misc]
        for noise in drawing.values():
            noise(OTHER_NOISE)
        _expect_count(student, "train_generator", generator_noise(OTHER_NOISE, LAST_BATCH).count)

    @lab.check(points=3)
    def last_batch_of_an_epoch_trains(student: Student) -> None:
        """The last batch of an epoch holds 96 images, fewer than batch_size, and train_discriminator trains on it."""
        D, G = players(student)
        optimizer = game.sgd(student, D, game.discriminator_rate)
        start = D.values()
        game.train_discriminator(student, D, G, optimizer, game.images(BATCH))  # what fails here fails everywhere
        D.load(start)

        def step(batch_size: int = BATCH) -> object:
            return game.train_discriminator(student, D, G, optimizer, game.images(LAST_BATCH), batch_size=batch_size)

        try:
            require_effort("train_discriminator (96 images)", "D", D, step)
        except StudentRaised as raised:
            with suppress(StudentRaised):  # a fact that tells a size written into the code from batch_size
                student.evidence.record("works with batch_size = 96", step(batch_size=LAST_BATCH) is not None)
            not_from, given = (
                ("", "after a batch of 128") if game.same_fakes else (", not from batch_size", "and batch_size = 128")
            )
            hint = f"Take the number of labels from the images or from D's output{not_from}."
            raise Failure(f"With 96 images {given}, {raised.message}", hint) from None
        if game.same_fakes:
            return
        G = game.recording_generator(student, NOISE, repeats=2)
        game.train_discriminator(student, D, G, optimizer, game.images(LAST_BATCH))
        if G.values(buffers=True)["2.num_batches_tracked"] > 0:
            drawn = game.recorded(student, G, "train_discriminator", repeats=2).count
            _expect_count(student, "train_discriminator", drawn)

    @lab.check(points=2)
    def training_stays_on_the_given_device(student: Student) -> None:
        """Both training functions put the real images, noise and labels where the argument `device` says."""
        raised_here = _raised_without_device(student, *players(student))
        meta = student.torch("device", "meta")  # torch's device without numbers: what is left elsewhere clashes with it
        D, G = (
            game.discriminator(student, 1.0, 0.0).call("to", meta),
            game.generator(student, 0.0).call("to", meta),
        )
        images = game.images(BATCH)  # as a loader gives them: not on the networks' device
        optim_D, optim_G = game.sgd(student, D, game.discriminator_rate), game.sgd(student, G)
        generated = student.torch("ones", images.shape, device=meta.handle)  # where G has made them
        given = {"device": meta, "generated_images": generated}
        calls: dict[str, Callable[[], object]] = {
            "train_discriminator": lambda: game.train_discriminator(student, D, G, optim_D, images, **given),
            "train_generator": lambda: game.train_generator(student, D, G, optim_G, device=meta),
        }
        for name, call in calls.items():
            raised = _raised(student, call)
            student.evidence.record(f"{name} raises there", raised.partition("\n")[0][:80])
            clash = raised if is_device_clash(raised) else ""
            told = f"With networks and real images on another device, {name} fails: {clash} {STANDS_IN}"
            student.expect(f"{name} follows its device", not clash, told)
        if len(raised_here) == len(calls):
            raise raised_here[0]

    def _raised_without_device(student: Student, D: Remote, G: Remote) -> list[StudentRaised]:
        """Expect both functions to do something; what they raise. One that raises costs other checks, both this one."""
        raised = []
        for name, network, step in (("D", D, d_step(student, D, G)), ("G", G, g_step(student, D, G))):
            try:
                require_effort(CALLS[name], name, network, step)
            except StudentRaised as error:
                raised.append(error)
            student.forget_raised()
        return raised


def _moments(noise: Noise) -> tuple[Array, Array]:
    return noise.mean, noise.variance


def _expect_count(student: Student, call: str, drawn: int) -> None:
    """Expect as many noises as the batch has images. What repeats one noise has no count; other checks tell it."""
    student.evidence.record(f"{call} draws this many noises", str(drawn))
    told = f"{call} drew {drawn} noises for a batch of {LAST_BATCH}."
    student.expect(f"{call} draws a batch of noises", drawn in (0, LAST_BATCH), told)


def _optimizer_of_nothing(student: Student) -> Remote:
    """An optimizer that holds no parameter of the networks in play, and so clears no gradient of theirs."""
    optimizer: Remote = student.torch("optim.SGD", student.torch("nn.Linear", 1, 1).call("parameters"), lr=0.0)
    return optimizer


def _clues(trained: Remote, step: Step, idle: Step, **networks: Remote) -> Clues:
    """Tells whether networks hold gradients after an update, whether a second one moves the network by what the first
    left, and whether they hold gradients after an update whose optimizer could not clear them."""

    def holding(when: str) -> dict[str, bool]:
        return {f"{name} holds gradients {when}": largest_gradient(network) > 0 for name, network in networks.items()}

    def found() -> dict[str, bool]:
        known, start = holding("after the update"), trained.values()
        step()
        end = trained.values()
        known["the network moves in a second call"] = largest({key: end[key] - start[key] for key in start}) > 0
        for network in networks.values():
            network.set_gradients(None)
        idle()
        return known | holding("that no optimizer could clear")

    return found


def _raised(student: Student, call: Callable[[], object]) -> str:
    """What a call raises, as text, or nothing. There, a loss without numbers has no item()."""
    try:
        call()
    except StudentRaised as raised:
        student.forget_raised()
        return raised.text
    return ""
