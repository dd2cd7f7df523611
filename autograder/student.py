"""The stand-in for a submission that checks talk to: it sends questions, gets plain data, and holds no live object.

    G = student.Generator(100, 256, 784)      # the student's class, made where the student's code lives
    images = G(noise)                         # a NumPy array
    D = student.torch("nn.Linear", 784, 1)    # torch's own class, made there too

The same checks run against a sandbox (grading) and against a notebook's kernel (a student's check cells).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.evidence import Evidence, Failure, shape_text, show
from autograder.wire import Handle

Array = np.ndarray[Any, Any]
Respond = Callable[[dict[str, Any]], dict[str, Any]]


class StudentRaised(Failure):
    """The student's code raised an exception: told with the call that led there."""

    def __init__(self, call: str, raised: Mapping[str, Any]) -> None:
        self.type_name = str(raised.get("type", "an exception"))
        self.text = str(raised.get("message", ""))
        super().__init__(
            f"{call} raised {self.type_name}{': ' if self.text else ''}{self.text.removesuffix('.')}{where(raised)}."
        )


class NotAttempted(Exception):
    """A TODO of the skeleton still stands where the check needs an answer."""


class NotDefined(Exception):
    """The submission defines no such name. `args[0]` is the name."""


def _innermost_frame(raised: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """File name, line number and text of the last line of the student's that ran; None where the reply names none."""
    frames = raised.get("frames")
    frame = frames[-1] if isinstance(frames, list) and frames else None
    if not isinstance(frame, list) or len(frame) != 3:
        return None
    return str(frame[0]), str(frame[1]), str(frame[2])[:200]


def where(raised: Mapping[str, Any], text: bool = True) -> str:
    """The place of an exception in the student's code, in brackets, or nothing where it is not known."""
    frame = _innermost_frame(raised)
    if frame is None:
        return ""
    filename, line, line_text = frame
    cell = filename.strip("<>") if filename.startswith("<cell") else "your cell"
    return f" ({cell}, line {line}{f': `{line_text}`' if text else ''})"


def _is_open_todo(raised: Mapping[str, Any]) -> bool:
    frame = _innermost_frame(raised)
    at_a_raise = frame is not None and frame[2].startswith("raise NotImplementedError")
    return raised.get("type") == "NotImplementedError" and bool(raised.get("innermost")) and at_a_raise


@dataclass(frozen=True)
class Parameter:
    """A network's parameter or buffer: `shape` as torch gives it."""

    name: str
    shape: tuple[int, ...]
    device: str
    requires_grad: bool
    value: Array | None
    grad: Array | None

    @classmethod
    def of(cls, entry: Any) -> Parameter:
        """The parameter that a reply describes. Errors: `Failure` where the reply is no such description."""
        try:
            name, device = (str(entry[key]) for key in ("name", "device"))
            value, grad = (entry[key] if isinstance(entry[key], np.ndarray) else None for key in ("value", "grad"))
            shape = tuple(int(n) for n in entry["shape"])
            return cls(name, shape, device, bool(entry["requires_grad"]), value, grad)
        except (KeyError, TypeError, ValueError):
            raise Failure("The submission's process described a parameter in a form that cannot be read.") from None


class Numbers(dict[str, Array]):
    """A network's numbers by name. Asking for a name that the network has not is the submission's failure, not ours."""

    def __init__(self, network: str, values: Mapping[str, Array]) -> None:
        super().__init__(values)
        self._network = network

    def __missing__(self, name: str) -> Array:
        raise Failure(f"{self._network} has {name} at one time and not at another. {LAYERS_STAY}")


LAYERS_STAY = "The submission may change the numbers of a network that it is given, not its layers."


class Remote:
    """An object that stays where the student's code runs: a network, an optimizer, a device, a tensor of ours."""

    def __init__(self, student: Student, handle: Handle, made_by: str) -> None:
        self._student = student
        self.handle = handle
        self.made_by = made_by
        self._shapes: dict[str, tuple[int, ...]] = {}  # of the numbers that were written into it or read from it

    @property
    def type_name(self) -> str:
        return self.handle.type_name

    def __call__(self, *args: Any, seed: int | None = None) -> Any:
        """Call it, seeded as a `Function` is: a Dropout that should not be there then drops the same every time."""
        return self._student.ask_call(self.handle, self.made_by, args, seed=seed)

    def call(self, method: str, *args: Any) -> Remote:
        """What a method of an object of ours returns, which stays there too."""
        return self._student.made_there(self.handle, f"{self.made_by}.{method}", args, path=method)

    def told(self, method: str, *args: Any) -> Any:
        """What a method returns, as plain data."""
        return self._student.ask_call(self.handle, f"{self.made_by}.{method}", args, path=method)

    def parameters(self, values: bool = False, gradients: bool = False, buffers: bool = False) -> list[Parameter]:
        """The parameters (or the buffers) in the order of their definition, with the numbers that are asked for."""
        asked = {"values": values, "gradients": gradients, "buffers": buffers}
        question = {"op": "tensors", "target": self.handle, **asked}
        listed = self._student.ask(f"{self.made_by}.named_parameters()", question)
        if not isinstance(listed, list):
            raise Failure(f"{self.made_by} is {show(listed)}; a torch.nn.Module was expected.")
        return [Parameter.of(entry) for entry in listed]

    def values(self, buffers: bool = False) -> dict[str, Array]:
        """The parameters' (or buffers') numbers, by name. Errors: `Failure` where some have another shape than before,
        and where a name is asked of them that the network has not."""
        named = self.parameters(values=True, buffers=buffers)
        found = {parameter.name: parameter.value for parameter in named if parameter.value is not None}
        for name, value in found.items():
            if self._shapes.setdefault(name, value.shape) != value.shape:
                was, now = shape_text(self._shapes[name]), shape_text(value.shape)
                raise Failure(f"{self._told} had {name} of shape {was}, and now it has shape {now}. {LAYERS_STAY}")
        return Numbers(self._told, found)

    @property
    def _told(self) -> str:
        ours = self.handle.number < 0
        return f"A network that the check made ({self.handle.type_name})" if ours else self.made_by

    def gradients(self) -> dict[str, Array]:
        """The parameters' gradients, by name, of those that have one."""
        named = self.parameters(gradients=True)
        return {parameter.name: parameter.grad for parameter in named if parameter.grad is not None}

    def load(self, values: Mapping[str, Array]) -> None:
        """Write these numbers into the parameters of these names, in place; forget their gradients."""
        self._shapes |= {name: value.shape for name, value in values.items()}
        call = f"Putting numbers back into {self._told[:1].lower()}{self._told[1:]}"
        self._student.tell(call, {"op": "load", "target": self.handle, "values": dict(values)})

    def fill(self, seed: int, turned: bool = False) -> None:
        """Give every parameter numbers that depend on the seed, its shape and its role alone, never on names or order.

        Two networks with the same layers then hold the same numbers, however each names and orders its layers.
        `turned`: the last layer of a network with a single output has the other sign.
        """
        self._student.tell("fill", {"op": "fill", "target": self.handle, "seed": seed, "turned": turned})

    def stages(self, *inputs: Array) -> list[tuple[int, ...]]:
        """The shapes that the network's torch calls give on the way of inputs through it; up to an error, if any."""
        listed = self._student.ask(self.made_by, {"op": "stages", "target": self.handle, "inputs": inputs})
        try:
            return [tuple(int(n) for n in shape) for shape in listed]
        except (TypeError, ValueError):
            raise Failure("The submission's process described stages in a form that cannot be read.") from None

    def set_parameters(self, value: float) -> None:
        """Set every parameter to one number; forget the gradients."""
        self._student.tell("constant", {"op": "constant", "target": self.handle, "value": value})

    def set_gradients(self, value: float | None) -> None:
        """Set every parameter's gradient to one number, or to none."""
        self._student.tell("gradients", {"op": "gradients", "target": self.handle, "value": value})


class Function:
    """A function or class of the student's, by name."""

    def __init__(self, student: Student, name: str) -> None:
        self._student = student
        self.name = name

    def __call__(self, *args: Any, seed: int | None = None, quick_weights: bool = False) -> Any:
        """Call it, with torch's, NumPy's and Python's generators seeded where a seed is given.

        `quick_weights`: for networks whose random weights nobody looks at; see `Respondent.call`.
        """
        return self._student.ask_call(self.name, self.name, args, seed=seed, quick_weights=quick_weights)


class Student:
    """A submission, as a check sees it. `student.<Name>` is the student's function or class of that name."""

    def __init__(self, respond: Respond, seed: int, device: str = "cpu") -> None:
        self._respond = respond
        self.seed = seed
        self.device = device
        self.evidence = Evidence()
        self._told: list[tuple[str, dict[str, Any]]] = []  # calls whose questions wait for the next one with an answer
        self._made = 0  # objects of ours; their numbers are below zero, those of the student's are not

    def begin(self, evidence: Evidence) -> None:
        """Begin a check: a new record, and all objects of the last one let go."""
        self.evidence, self._told = evidence, []
        self.tell("forget", {"op": "forget"})

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self, name)

    def tell(self, call: str, question: dict[str, Any]) -> None:
        """Put a question that needs no answer before the next one that does: they travel together."""
        self._told.append((call, question))

    def ask(self, call: str, question: dict[str, Any]) -> Any:
        """The plain value of a reply. Errors: `StudentRaised`, `NotAttempted`, `NotDefined`, also of what was told."""
        told, self._told = [*self._told, (call, question)], []
        if len(told) > 1:
            question = {"op": "all", "target": question.get("target"), "questions": [one for _, one in told]}
        reply = self._respond(question)
        asked = question
        if "raised" in reply and type(at := reply.get("at")) is int and 0 <= at < len(told):
            call, asked = told[at]
        if "raised" in reply and asked["op"] == "load":
            raise Failure(f"{call} is impossible: it has other layers now. {LAYERS_STAY}")
        if "missing" in reply:
            self.evidence.facts["missing"] = str(reply["missing"])  # no known mistake is about a name left out
            raise NotDefined(str(reply["missing"]))
        if "raised" in reply:
            raised = reply["raised"] if isinstance(reply["raised"], dict) else {}
            if _is_open_todo(raised):
                raise NotAttempted(
                    f"{str(raised.get('todo') or 'A TODO')[:200]} is still open{where(raised, text=False)}."
                )
            error = StudentRaised(call, raised)
            # both: a mistake that raises is told from others that raise by what is said
            self.evidence.facts["raised"] = error.type_name
            self.evidence.facts["message"] = error.text.partition("\n")[0][:100]
            raise error
        return reply.get("value")

    def forget_raised(self) -> None:
        """Leave no fact of an exception that is no fault."""
        for fact in ("raised", "message"):
            self.evidence.facts.pop(fact, None)

    def ask_call(self, target: Any, name: str, args: tuple[Any, ...], **options: Any) -> Any:
        call, question = _as_question(target, name, args, options)
        return self._wrapped(self.ask(call, question), call)

    def made_there(self, target: Any, name: str, args: tuple[Any, ...], **options: Any) -> Remote:
        """What a call of ours returns, kept where the student's code runs. It is made before the next answer."""
        self._made += 1
        handle = Handle(-self._made, name.rpartition(".")[2])
        call, question = _as_question(target, name, args, {"keep_as": handle.number, **options})
        self.tell(call, question)
        return Remote(self, handle, call if len(call) < 60 else handle.type_name)

    def _wrapped(self, value: Any, call: str) -> Any:
        if isinstance(value, Handle):
            return Remote(self, value, call if len(call) < 60 else value.type_name)
        if isinstance(value, tuple | list):
            return type(value)(self._wrapped(item, f"{call}[{index}]") for index, item in enumerate(value))
        return value

    def torch(self, name: str, *args: Any, **kwargs: Any) -> Remote:
        """An object of torch's own, made beside the student's: `student.torch("nn.Linear", 784, 1)`."""
        return self.made_there(f"torch.{name}", name, args, kwargs=kwargs)

    def full(self, shape: tuple[int, ...], value: float) -> Remote:
        """A tensor of this shape whose every number is `value`, made beside the student's code."""
        return _told_by_shape(self.torch("full", shape, value), shape)

    def own_device(self) -> Remote:
        """The `torch.device` that submissions run on where that matters: in the short training. All else is judged on
        the CPU."""
        return self.torch("device", self.device)

    def on_device(self, array: Array) -> Remote:
        """A tensor of these numbers there."""
        return _told_by_shape(self.torch("clone", array).call("to", self.own_device()), array.shape)

    def ours(self, name: str, *args: Any, **kwargs: Any) -> Remote:
        """A network of ours that torch has none like, made beside the student's: see `autograder.sandbox.stand_ins`."""
        return self.made_there(f"ours.{name}", name, args, kwargs=kwargs)

    def torch_is_intact(self) -> bool:
        """Whether a layer of ours computes, where the student's code runs, what it must: 2 * 3 + 4 * 5 + 1 = 27."""
        self.begin(self.evidence)
        layer = self.torch("nn.Linear", 2, 1)
        layer.load({"weight": np.array([[2, 4]], np.float32), "bias": np.ones(1, np.float32)})
        return bool(np.array_equal(layer(np.array([[3, 5]], np.float32)), [[27]]))

    def optimizer(self, optimizer: Remote, *networks: Remote) -> dict[str, Any]:
        """An optimizer's classes, options and parameters; see `Respondent.optimizer`."""
        handles = [network.handle for network in networks]
        question = {"op": "optimizer", "target": optimizer.handle, "networks": handles}
        described = self.ask("the optimizer's param_groups", question)
        return described if isinstance(described, dict) else {"classes": [], "groups": []}

    def normal(self, *shape: int, part: int = 0) -> Array:
        """Numbers from N(0, 1), float32, that depend on the class's seed, the shape and `part` alone."""
        numbers = np.random.default_rng([self.seed, part, *shape]).standard_normal(shape)
        return numbers.astype(np.float32)

    def uniform(self, low: float, high: float, part: int = 0) -> float:
        """One number between `low` and `high` that depends on the class's seed and `part` alone."""
        return float(np.random.default_rng([self.seed, part]).uniform(low, high))

    def expect(self, what: str, holds: bool, otherwise: str, hint: str = "") -> None:
        """Note that a condition holds, or fail with the sentence `otherwise`; the check goes on."""
        self.evidence.expect(what, holds, otherwise, hint)

    def expect_close(self, what: str, found: Any, expected: Any, atol: float, hint: str = "", shown: str = "") -> None:
        """Compare a number or an array with what it must be, within `atol`; the check goes on. See
        `Evidence.expect_close`."""
        self.evidence.expect_close(what, found, expected, atol, hint, shown)

    def expect_as_answer(
        self, what: str, found: Array, atol: float, hint: str = "", otherwise: Callable[[], Array | None] | None = None
    ) -> None:
        """Compare an array with the reference answer's; the check goes on. See `Evidence.expect_as_answer`."""
        self.evidence.expect_as_answer(what, found, atol, hint, otherwise)

    def expect_tensor(self, what: str, value: Any, shape: tuple[int, ...], hint: str = "") -> Array:
        """The array that a call returned. Errors: `Failure` where it is no tensor or has another shape."""
        found = shape_text(value.shape) if isinstance(value, np.ndarray) else type(value).__name__
        self.evidence.record(f"shape of {what}", found)
        if not isinstance(value, np.ndarray):
            raise Failure(f"{what} is {show(value)}; expected a tensor of shape {shape_text(shape)}.", hint)
        if value.shape != shape:
            raise Failure(f"{what} has shape {found}; expected {shape_text(shape)}.", hint)
        return value

    def expect_float(self, what: str, value: Any, shown: str = "") -> float:
        """The loss that a call returned. Errors: `Failure` where it is no finite Python float."""
        self.evidence.record(f"type of {what}", type(value).__name__)
        what = shown or what
        if not isinstance(value, float):
            hint = "loss.item() turns a tensor of one number into a float." if isinstance(value, np.ndarray) else ""
            raise Failure(f"{what} is {show(value)}; expected a Python float.", hint)
        if not np.isfinite(value):
            raise Failure(f"{what} is {value}; expected a finite number.")
        return value

    def expect_network(self, what: str, value: Any, expected: str = "a torch.nn.Module") -> Remote:
        """The network, or what `expected` calls it, that a call returned. Errors: `Failure` where it is no object."""
        self.evidence.record(f"kind of {what}", "object" if isinstance(value, Remote) else type(value).__name__)
        if not isinstance(value, Remote):
            raise Failure(f"{what} is {show(value)}; expected {expected}.")
        return value


def _told_by_shape(made: Remote, shape: tuple[int, ...]) -> Remote:
    """A tensor of ours, which calls that it is handed to are told with by its shape."""
    made.handle = Handle(made.handle.number, f"tensor of shape {shape_text(shape)}")
    return made


def _as_question(
    target: Any, name: str, args: tuple[Any, ...], options: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """A call as feedback tells it, and the question that makes it."""
    plain = [argument.handle if isinstance(argument, Remote) else argument for argument in args]
    call = f"{name}({', '.join(_argument(argument) for argument in args)})"
    return call, {"op": "call", "target": target, "args": plain, **options}


def _argument(value: Any) -> str:
    if isinstance(value, Remote):
        return value.handle.type_name
    if isinstance(value, np.ndarray):
        return f"tensor of shape {shape_text(value.shape)}"
    return repr(value)
