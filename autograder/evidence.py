"""What a check has found: facts by name, and the sentences that say where they are not what they must be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Value = float | str | bool | list[Any]  # a fact as it is kept in a table; a list holds an array's numbers, flat
Answers = Mapping[str, Mapping[str, Value]]  # the reference answer's facts, by check and by name


class Failure(Exception):
    """A check has failed and cannot go on. `hint` is at most one sentence that says where to look."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def show(value: Any) -> str:
    """A value as feedback shows it: small ones in full, arrays by shape, dtype and range."""
    if isinstance(value, np.ndarray):
        if value.size <= 4:
            return f"tensor({np.array2string(value, precision=4, separator=', ')})"
        low, high = (float(value.min()), float(value.max())) if value.size else (math.nan, math.nan)
        return f"a tensor of shape {tuple(value.shape)}, {value.dtype}, with values from {low:.4g} to {high:.4g}"
    if isinstance(value, float):
        return f"{value:.5g}"
    if value is None or isinstance(value, bool | int | str):
        return repr(value)[:200]
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return f"an object of type {getattr(value, 'type_name', type(value).__name__)}"


def _kept(found: Any) -> Value:
    if isinstance(found, np.ndarray):
        return [float(f"{number:.6g}") for number in found.ravel().astype(float)]
    if isinstance(found, float):
        return float(f"{found:.6g}")
    return found if isinstance(found, bool | str) else str(found)


def agree(one: Value, other: Value, atol: float) -> bool:
    """Whether two kept values are the same within `atol`, number by number; two NaNs are the same."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and bool(np.allclose(one, other, rtol=0, atol=atol, equal_nan=True))
    if type(one) is float and type(other) is float:
        return bool(np.isclose(one, other, rtol=0, atol=atol, equal_nan=True))
    return type(one) is type(other) and one == other


@dataclass
class Evidence:
    """The record of one check on one submission. `answers`: the reference answer's facts, None while these are made."""

    answers: Mapping[str, Value] | None = None
    facts: dict[str, Value] = field(default_factory=dict)
    tolerances: dict[str, float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    of_answer: list[str] = field(default_factory=list)  # the facts that are compared with the reference answer's

    def record(self, what: str, found: Any, atol: float = 0.0) -> None:
        if what in self.facts:
            raise ValueError(f"two facts of one check are named {what!r}; every fact needs a name of its own")
        self.facts[what] = _kept(found)
        self.tolerances[what] = atol

    def expect(self, what: str, holds: bool, otherwise: str, hint: str = "") -> None:
        """Note that a condition holds, or fail with the sentence `otherwise`."""
        self.record(what, bool(holds))
        if not holds:
            self.failures.append(Failure(otherwise, hint))

    def expect_close(self, what: str, found: Any, expected: Any, atol: float, hint: str = "", shown: str = "") -> None:
        """Compare a number or an array with what it must be, within `atol`. `shown`: what to call it in the sentence,
        where that is not `what`, the name under which it is recorded."""
        self.record(what, found, atol)
        self._compare(shown or what, found, expected, atol, hint)

    def expect_as_answer(
        self,
        what: str,
        found: np.ndarray[Any, Any],
        atol: float,
        hint: str = "",
        otherwise: Callable[[], np.ndarray[Any, Any] | None] | None = None,
    ) -> None:
        """Compare an array with the reference answer's, which comes from the table of facts.

        `otherwise`: gives what is found in another arrangement that is right too; asked for where `found` is off, and
        counts where it is nearer to the answer's.
        """
        if self.answers is not None and what in self.answers and otherwise is not None:
            given = np.asarray(self.answers[what], dtype=float)
            if _distance(found, given) > atol and (other := otherwise()) is not None:
                found = min(found, other, key=lambda one: _distance(one, given))
        self.record(what, found, atol)
        self.of_answer.append(what)
        if self.answers is not None:
            if what not in self.answers:
                raise KeyError(f"the table of facts has no {what!r}: run `python -m autograder build`")
            expected = np.asarray(self.answers[what], dtype=float).reshape(found.shape)
            self._compare(what, found, expected, atol, hint)

    def _compare(self, what: str, found: Any, expected: Any, atol: float, hint: str) -> None:
        difference = np.abs(np.asarray(found, dtype=float) - np.asarray(expected, dtype=float))
        if not (np.all(difference <= atol) and np.all(np.isfinite(difference))):  # a NaN fails, and inf <= inf too
            self.failures.append(Failure(_difference(what, found, expected, difference, atol), hint))


def _distance(one: np.ndarray[Any, Any], given: np.ndarray[Any, Any]) -> float:
    """The largest difference; infinite where a number is none, or where the sizes differ."""
    if one.size != given.size or not np.all(np.isfinite(one)):
        return math.inf
    return float(np.abs(one.ravel() - given).max())


def _difference(what: str, found: Any, expected: Any, difference: Any, atol: float) -> str:
    if np.ndim(found) == 0:
        return f"{what}: {float(found):.6g}; expected {float(expected):.6g} (within {atol:.2g})."
    worst = np.unravel_index(int(np.argmax(np.where(np.isnan(difference), np.inf, difference))), difference.shape)
    wrong, place = int(np.sum(~(difference <= atol))), ", ".join(str(int(n)) for n in worst)
    return (
        f"{what}: {wrong} of {difference.size} values are off, most of all [{place}]: "
        f"{float(found[worst]):.6g}, expected {float(expected[worst]):.6g} (within {atol:.2g})."
    )


def shape_text(shape: Sequence[int]) -> str:
    return f"({', '.join(str(n) for n in shape)}{',' if len(shape) == 1 else ''})"
