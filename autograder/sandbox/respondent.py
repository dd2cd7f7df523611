"""Answers the grader's questions about a submission with plain data: the only code that touches student objects.

A question is a dictionary with an `op` and its arguments; so is a reply: `value`, or `raised` (an exception, as
`cells.describe` gives it), or `missing` (a name that the submission does not define). Objects without a plain
form, networks for instance, stay here under a number.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.sandbox import stand_ins
from autograder.sandbox.cells import describe
from autograder.wire import MAX_ARRAYS, Handle

MAX_TEXT = 10_000  # characters of a string that are sent
MAX_ITEMS = 10_000  # items of a list, tuple or dict that are sent
MAX_DEPTH = 8  # levels of lists in lists that are sent
MAX_STAGES = 200  # shapes that are kept of a network's way from its input to its output
BLOCK = 65_521  # numbers drawn for a parameter; larger ones repeat them. A prime, so that no two rows are the same
DRAWING = (torch.ops.aten.normal_.default, torch.ops.aten.uniform_.default)


class Respondent:
    """The student's side of the conversation: `namespace` holds what the submission defines; `run` runs a cell in it.

    Without `run` the namespace is a live notebook's, whose cells have run already, and Ctrl-C goes through to it.
    """

    def __init__(self, namespace: dict[str, Any], device: str = "cpu", run: Callable[..., None] | None = None) -> None:
        self.namespace = namespace
        self.device = device
        self._interrupts: tuple[type[BaseException], ...] = () if run else (KeyboardInterrupt,)
        self._objects: dict[int, Any] = {}
        self._scales: dict[int, bool] = {}  # by `id`: whether a parameter of the student's own multiplies
        self._ops: dict[str, Callable[..., Any]] = {
            "call": self.call,
            "tensors": self.tensors,
            "load": self.load,
            "fill": self.fill,
            "stages": self.stages,
            "constant": self.constant,
            "gradients": self.gradients,
            "optimizer": self.optimizer,
            "forget": self.forget,
        }
        if run:
            self._ops["run"] = run

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The reply to one question; to several at once (`all`) that of the last, or of the first without a value,
        with its place `at` among them. It never raises, whatever the student's code does, short of ending the process.
        """
        if question.get("op") != "all":
            return self._answer_one(question)
        for at, one in enumerate(question["questions"]):
            reply = self._answer_one(one)
            if "value" not in reply:
                return {**reply, "at": at}
        return reply

    def _answer_one(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            arguments = dict(question)
            op, keep_as = self._ops[arguments.pop("op")], arguments.pop("keep_as", None)
            value = op(**arguments)
            if keep_as is not None:
                self._objects[keep_as] = value
                return {"value": None}
            return {"value": self._plain(value, MAX_DEPTH)}
        except self._interrupts:
            raise
        except _Missing as missing:
            return {"missing": str(missing)}
        except BaseException as error:  # student code may raise anything, SystemExit too  # noqa: BLE001
            return {"raised": describe(error)}

    def call(
        self,
        target: Any,
        path: str = "",
        args: Any = (),
        kwargs: Any = None,
        seed: int | None = None,
        quick_weights: bool = False,
    ) -> Any:
        """Call the student's `target` (a name), `torch.<target>`, `ours.<target>`, or an object's method `path`.

        `quick_weights`: large tensors that are filled with random numbers repeat a block of them.
        """
        function = self._resolve(target)
        for name in filter(None, path.split(".")):
            function = getattr(function, name)
        if seed is not None:
            self._seed(seed)
        live = [self._live(value) for value in args]
        with _QuickWeights() if quick_weights else nullcontext():  # type: ignore[no-untyped-call]
            return function(*live, **{key: self._live(value) for key, value in (kwargs or {}).items()})

    def _seed(self, seed: int) -> None:
        """Not torch.manual_seed: where no CUDA has been used it notes the whole call stack, a millisecond each time."""
        random.seed(seed)
        np.random.seed(seed)
        torch.default_generator.manual_seed(seed)
        if self.device == "cuda":
            torch.cuda.manual_seed_all(seed)

    def forget(self) -> None:
        """Let go of all objects."""
        self._objects.clear()
        self._scales.clear()

    def tensors(self, target: Handle, values: bool, gradients: bool, buffers: bool) -> list[dict[str, Any]]:
        """A network's parameters (or buffers) in the order of their definition, with the numbers asked for."""
        module = self._resolve(target)
        named = module.named_buffers() if buffers else module.named_parameters()
        return [
            {
                "name": name,
                "shape": [int(n) for n in tensor.shape],
                "value": tensor if values else None,
                "grad": tensor.grad if gradients else None,
                "requires_grad": bool(tensor.requires_grad),
                "device": str(tensor.device),
            }
            for name, tensor in named
        ]

    def load(self, target: Handle, values: dict[str, Any]) -> None:
        """Write these values into the parameters and buffers of these names, in place; forget their gradients."""
        module = self._resolve(target)
        named = dict(module.named_parameters()) | dict(module.named_buffers())
        with torch.no_grad():
            for name, value in values.items():
                named[name].copy_(self._live(value))
                named[name].grad = None

    def constant(self, target: Handle, value: float) -> None:
        """Set every parameter to this number, in place; forget the gradients."""
        with torch.no_grad():
            for parameter in self._resolve(target).parameters():
                parameter.fill_(value)
                parameter.grad = None

    def fill(self, target: Handle, seed: int, turned: bool = False) -> None:
        """Give every parameter numbers that depend on the seed, its shape and its role alone, never on names or order.

        Two networks with the same layers then hold the same numbers, however each names and orders its layers, and
        none of them travels: a convolutional generator has 27 MB. `turned`: parameters that make a single output have
        the other sign, and so has that output.
        """
        for name, parameter in self._resolve(target).named_parameters():
            shape = tuple(parameter.shape)
            is_scale = len(shape) == 1 and self._multiplies(name, parameter)
            numbers = torch.from_numpy(_role_numbers(shape, is_scale, seed))
            _repeat_into(parameter, -numbers if turned and shape[:1] == (1,) else numbers)
            parameter.grad = None

    def _multiplies(self, name: str, parameter: torch.Tensor) -> bool:
        """Whether a one-dimensional parameter is a scale, as a BatchNorm's weight, and no shift. One that is not named
        as torch names them is a scale where it begins near 1, because at its start neither is to change anything."""
        last = name.rpartition(".")[2]
        if last in ("weight", "bias"):
            return last == "weight"
        return self._scales.setdefault(id(parameter), bool(parameter.detach().mean() > 0.5))

    def stages(self, target: Handle, inputs: Any) -> list[list[int]]:
        """The shapes that a network's torch calls give, in order, on the way of inputs through it, up to an error."""
        module, seen = self._resolve(target), _Shapes()
        try:
            with seen:
                module(*(self._live(value) for value in inputs))
        except Exception:  # student code may raise anything; the plain call tells it  # noqa: BLE001, S110
            pass
        return seen.shapes[:MAX_STAGES]

    def gradients(self, target: Handle, value: float | None) -> None:
        """Set every parameter's gradient to this number, or to none."""
        for parameter in self._resolve(target).parameters():
            parameter.grad = None if value is None else torch.full_like(parameter, value)

    def optimizer(self, target: Handle, networks: list[Any]) -> dict[str, Any]:
        """An optimizer's classes, options, and which network (its place in `networks`) each of its parameters is of."""
        optimizer = self._resolve(target)
        place = {
            id(parameter): (index, name)
            for index, network in enumerate(networks)
            for name, parameter in self._resolve(network).named_parameters()
        }
        return {
            "classes": [kind.__name__ for kind in type(optimizer).__mro__],
            "groups": [
                {
                    "options": {key: value for key, value in group.items() if key != "params"},
                    "parameters": [list(place.get(id(p), (-1, ""))) for p in group["params"]],
                }
                for group in optimizer.param_groups
            ],
        }

    def _resolve(self, target: Any) -> Any:
        if isinstance(target, Handle):
            return self._objects[target.number]
        if target.startswith("ours."):
            return getattr(stand_ins, target.removeprefix("ours."))
        if target.startswith("torch."):
            found: Any = torch
            for name in target.split(".")[1:]:
                found = getattr(found, name)
            return found
        if target not in self.namespace:
            raise _Missing(target)
        return self.namespace[target]

    def _live(self, value: Any) -> Any:
        if isinstance(value, Handle):
            return self._objects[value.number]
        if isinstance(value, np.ndarray):
            return torch.tensor(value)  # a copy: the check keeps its own numbers
        if isinstance(value, list | tuple):
            return type(value)(self._live(item) for item in value)
        return value

    def _plain(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str(value)[:MAX_TEXT]
        if isinstance(value, float | int):
            return float(value) if isinstance(value, float) else int(value)
        if isinstance(value, torch.Tensor) and value.device.type != "meta":
            _require_sendable(value.numel() * value.element_size())
            return value.detach().to("cpu", copy=True).numpy()  # a copy: in a notebook nothing else makes one
        if isinstance(value, np.ndarray):
            _require_sendable(value.nbytes)
            return value.copy()
        if depth and isinstance(value, list | tuple | dict) and len(value) <= MAX_ITEMS:
            return self._plain_container(value, depth - 1)
        number = len(self._objects)  # objects of the grader's have numbers below zero
        self._objects[number] = value
        return Handle(number, type(value).__name__)

    def _plain_container(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {str(key)[:MAX_TEXT]: self._plain(item, depth) for key, item in value.items()}
        items = [self._plain(item, depth) for item in value]
        return items if isinstance(value, list) else tuple(items)


def _require_sendable(size: int) -> None:
    """Errors: `ValueError` for an array of more bytes than a frame takes, before its copies cost seconds."""
    if size > MAX_ARRAYS:
        raise ValueError(f"an array of {size:,} bytes is too large to send; at most {MAX_ARRAYS:,} are sent")


class _Missing(Exception):
    """The submission defines no such name."""


class _Shapes(TorchFunctionMode):
    """While it is in force, notes the shape of every tensor that a torch call returns."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[list[int]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and not torch.nn.parameter.is_lazy(result):
            self.shapes.append([int(n) for n in result.shape])
        return result


class _QuickWeights(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it is in force, a large tensor that is filled with random numbers in place repeats a block of them.

    A network of 27 MB is then made in a fifth of the time, and learns as well.
    """

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func not in DRAWING or args[0].numel() <= 2 * BLOCK or args[0].device.type != "cpu":
            return func(*args, **(kwargs or {}))
        _repeat_into(args[0], func(torch.empty(BLOCK, dtype=args[0].dtype), *args[1:], **(kwargs or {})))
        return args[0]


def _role_numbers(shape: tuple[int, ...], is_scale: bool, seed: int) -> np.ndarray[Any, Any]:
    size = math.prod(shape)
    numbers = np.random.default_rng([seed, is_scale, *shape]).standard_normal(min(size, BLOCK))
    if len(shape) > 1:
        numbers = numbers * 1.6 / np.sqrt(_terms(shape))  # sums stay of order 1
    else:
        numbers = 1 + 0.3 * numbers if is_scale else 0.5 * numbers
    return numbers.astype(np.float32)


def _repeat_into(tensor: torch.Tensor, numbers: torch.Tensor) -> None:
    """Write the numbers into a tensor, in place, over and over again until it is full."""
    size, numbers = len(numbers), numbers.to(tensor.dtype)
    whole = tensor.numel() // size if size else 0
    with torch.no_grad():
        flat = tensor.detach().view(-1) if tensor.is_contiguous() else tensor.new_empty(tensor.numel())
        flat[: whole * size].view(whole, size).copy_(numbers)
        flat[whole * size :].copy_(numbers[: tensor.numel() - whole * size])
        if not tensor.is_contiguous():
            tensor.copy_(flat.view(tensor.shape))


def _terms(shape: tuple[int, ...]) -> float:
    """How many terms an output of such a layer sums: a Linear's inputs. A convolution's kernel times what is between
    its inputs and outputs, because the shape does not tell it from a transposed one, which has these the other way."""
    if len(shape) == 4:
        return math.sqrt(shape[0] * shape[1]) * shape[2] * shape[3]
    return math.prod(shape[1:])
