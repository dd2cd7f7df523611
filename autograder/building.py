"""Checks of `build_models` and `build_optimizers`, which every lab asks for with other sizes and optimizers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.evidence import Failure, show
from autograder.game import Game
from autograder.student import Array, Parameter, Remote, Student, StudentRaised
from autograder.training import STANDS_IN, is_device_clash, plain_number
from autograder.wire import Handle

OPTIMIZER = "a torch.optim.Optimizer"


def built_models(student: Student, device: str, quick_weights: bool = True) -> tuple[Remote, Remote]:
    """(G, D) of the student's build_models, on this device. Errors: `Failure` where it returns anything else.

    `quick_weights`: not where a check looks at how they are drawn; see `Respondent.call`.
    """
    built = student.build_models(student.torch("device", device), seed=student.seed, quick_weights=quick_weights)
    student.evidence.record(f"build_models on {device} returned", type(built).__name__)
    pair = _pair("build_models(device)", built, "two networks, (G, D)")
    G = student.expect_network(f"build_models's G on {device}", pair[0])
    D = student.expect_network(f"build_models's D on {device}", pair[1])
    return G, D


def built_optimizers(student: Student, G: Remote, D: Remote) -> tuple[Remote, Remote]:
    """(optim_G, optim_D) of the student's build_optimizers. Errors: `Failure` where it returns anything else."""
    built = student.build_optimizers(G, D)
    student.evidence.record("build_optimizers returned", type(built).__name__)
    pair = _pair("build_optimizers(G, D)", built, "two optimizers, (optim_G, optim_D)")
    optim_G = student.expect_network("build_optimizers's optim_G", pair[0], OPTIMIZER)
    optim_D = student.expect_network("build_optimizers's optim_D", pair[1], OPTIMIZER)
    return optim_G, optim_D


def _pair(call: str, value: object, meaning: str) -> Sequence[object]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise Failure(f"{call} returned {show(value)}; expected {meaning}.")
    return value


def expect_models(
    student: Student, game: Game, count_G: int, count_D: int, own: Sequence[tuple[str, tuple[int, ...]]] = ()
) -> None:
    """Expect build_models to give networks with these numbers of parameters, on the device that it is given.

    `own`: the two classes to build from with their arguments; then a network that is as large as the student's own
    class makes it is right too, so that a wrong layer in a class is not paid for twice.
    """
    for place, network in enumerate(built_models(student, "cpu")):
        name, count = "GD"[place], (count_G, count_D)[place]
        inputs = game.inputs(student, name, 2)
        found = parameter_count(student, network, inputs)
        if found != count and own:
            count = _own_count(student, *own[place], inputs, otherwise=count)
        told = f"build_models's {name} has {found:,} parameters; expected {count:,}."
        student.evidence.record(f"parameters of {name}", str(found))
        student.expect(f"size of {name}", found == count, told)
    _expect_on_meta(student)


def parameter_count(student: Student, network: Remote, inputs: Sequence[Array] = ()) -> int:
    """The number of a network's parameters. `inputs`: what it takes."""
    return sum(math.prod(p.shape) for p in parameters_of(student, network, inputs))


def parameters_of(student: Student, network: Remote, inputs: Sequence[Array] = ()) -> list[Parameter]:
    """A network's parameters, after a first pass where it has layers that only then make theirs."""
    try:
        return network.parameters()
    except StudentRaised as raised:
        if "uninitialized parameter" not in raised.text:
            raise
    student.forget_raised()
    network(*inputs)
    return network.parameters()


def _own_count(student: Student, name: str, arguments: tuple[int, ...], inputs: Sequence[Array], otherwise: int) -> int:
    made = getattr(student, name)(*arguments, quick_weights=True)
    return parameter_count(student, made, inputs) if isinstance(made, Remote) else otherwise


def _expect_on_meta(student: Student) -> None:
    """Expect networks on torch's device without numbers. What cannot be done without numbers is no fault."""
    try:
        elsewhere = [network.parameters() for network in built_models(student, "meta")]
    except StudentRaised as raised:
        if is_device_clash(raised.text):
            raise Failure(f"{raised.message} {STANDS_IN}") from None
        student.forget_raised()
        return
    for name, parameters in zip("GD", elsewhere, strict=True):
        student.evidence.record(f"{name} is on", str(sorted({p.device for p in parameters})))
    places = sorted({p.device for parameters in elsewhere for p in parameters})
    told = (
        f'build_models(torch.device("meta")) left parameters on {", ".join(places)}; expected all on meta. {STANDS_IN}'
    )
    student.expect("models are on the given device", places == ["meta"], told)


def expect_optimizers(
    student: Student, kind: str, rates: tuple[float, float], betas: tuple[float, float] | None = None
) -> None:
    """Expect build_optimizers to give two optimizers of this torch class, each with the parameters of its own network
    and no others, a learning rate within `rates` (both ends included), no weight decay, no momentum but Adam's, and the
    step down the slope. What the labs' texts leave open is free: eps and the like.

    `betas`: Adam's, which are free unless given.
    """
    networks = student.torch("nn.Linear", 3, 2), student.torch("nn.Linear", 4, 1)
    for place, optimizer in enumerate(built_optimizers(student, *networks)):
        described = student.optimizer(optimizer, *networks)
        _expect_optimizer(student, "GD"[place], place, described, kind, rates)
        if betas is not None:
            _expect_betas(student, f"optim_{'GD'[place]}", described, betas)


def _expect_optimizer(
    student: Student,
    network: str,
    place: int,
    described: dict[str, Any],
    kind: str,
    rates: tuple[float, float],
) -> None:
    name = f"optim_{network}"
    classes, groups = described.get("classes") or ["nothing"], described.get("groups") or []
    student.evidence.record(f"class of {name}", str(classes[0]))
    student.expect(f"{name} is {kind}", kind in classes, f"{name} is {classes[0]}; expected torch.optim.{kind}.")
    if kind == "Adam" and "AdamW" in classes:  # a class below Adam in newer versions of torch
        student.evidence.failures.append(Failure(f"{name} is AdamW; expected torch.optim.Adam."))
    for number, group in enumerate(groups):
        options = {key: _option(student, value) for key, value in dict(group["options"]).items()}
        _expect_options(student, f"{name} (group {number})", options, rates)
    held = sorted((int(entry[0]), str(entry[1])) for group in groups for entry in group["parameters"])
    student.evidence.record(f"parameters in {name}", str(held))
    own = sorted((place, key) for key in ("weight", "bias"))
    told = f"{name} must hold {network}'s parameters, all of them and no others."
    student.expect(f"{name} holds its own network", held == own, told)


def _expect_betas(student: Student, name: str, described: dict[str, Any], betas: tuple[float, float]) -> None:
    for number, group in enumerate(described.get("groups") or []):
        what, found = f"{name} (group {number})", dict(group["options"]).get("betas")
        student.evidence.record(f"betas of {what} are", str(found)[:60])
        told = f"The betas of {what} are {str(found)[:60]}; expected {betas}."
        numbers = [_option(student, beta) for beta in found] if isinstance(found, tuple | list) else []
        plain = [_to_float(number) for number in numbers]
        alike = len(plain) == len(betas) and np.allclose(plain, betas, rtol=0, atol=1e-6)  # float32 has 3e-8 there
        student.expect(f"betas of {what} are right", alike, told)


def _expect_options(student: Student, what: str, options: dict[str, Any], rates: tuple[float, float]) -> None:
    rate = _to_float(options.get("lr"))
    low, high = rates
    allowed = f"{low:g}" if low == high else f"from {low:g} to {high:g}"
    told = f"The learning rate of {what} is {rate:g}; expected {allowed}."
    student.evidence.record(f"learning rate of {what}", rate, atol=1e-9)
    student.expect(f"learning rate of {what} is right", low - 1e-9 <= rate <= high + 1e-9, told)
    for option in ("weight_decay", "momentum", "maximize"):
        value = options.get(option)
        value = 0.0 if value is None or value is False else value
        is_zero = isinstance(value, float | int) and value == 0
        student.evidence.record(f"{option} of {what} is", show(value))
        student.expect(f"{option} of {what} is 0", is_zero, f"{what} has {option} = {show(value)}; expected 0.")


def _to_float(value: object) -> float:
    """A number as a float, infinite where an integer is too large for one; NaN for anything else."""
    try:
        return float(value) if isinstance(value, float | int) else math.nan
    except OverflowError:
        return math.inf


def _option(student: Student, value: object) -> object:
    """An option of an optimizer: a plain number where it is one number, in a tensor or of NumPy's; else as it is."""
    number = plain_number(Remote(student, value, "an option") if isinstance(value, Handle) else value)
    return value if math.isnan(number) else number
