"""A lab's rules: a list of checks, each a decorated function whose name is its identifier and a true claim."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.errors import AutograderError
from autograder.student import Student

CheckFunction = Callable[[Student], None]


class UnknownLab(AutograderError, LookupError):
    """No lab has this name."""


@dataclass(frozen=True)
class Check:
    """One claim about a submission. `claim` is the sentence that the student reads; `needs` are identifiers."""

    id: str
    claim: str
    points: int
    needs: tuple[str, ...]
    run: CheckFunction


@dataclass
class Lab:
    """One lab: its name is the stem of its files; `training_functions` are given ones that never run while grading.

    `optional`: students may leave it out. `points` and `claims`: by identifier, what checks that labs share are worth
    in this one and what the student reads, where that is not what the shared part says.
    """

    name: str
    title: str
    training_functions: tuple[str, ...] = ("main",)
    optional: bool = False
    points: Mapping[str, int] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def check(self, points: int, needs: Sequence[CheckFunction] = ()) -> Callable[[CheckFunction], CheckFunction]:
        """Register a check worth `points`. It is not run where one that it `needs` has not passed."""

        def register(function: CheckFunction) -> CheckFunction:
            claim = inspect.cleandoc(function.__doc__ or "").split("\n\n")[0].replace("\n", " ")
            names = tuple(needed.__name__ for needed in needs)
            name = function.__name__
            told, worth = self.claims.get(name, claim), self.points.get(name, points)
            self.checks.append(Check(name, told, worth, names, function))
            return function

        return register

    @property
    def max_score(self) -> float:
        return float(sum(check.points for check in self.checks))

    def __getitem__(self, check_id: str) -> Check:
        """The check of this identifier. Errors: `KeyError`, with the identifiers that there are."""
        for check in self.checks:
            if check.id == check_id:
                return check
        names = ", ".join(check.id for check in self.checks)
        raise KeyError(f"lab {self.name} has no check {check_id!r}; its checks are: {names}")


def lab_names() -> list[str]:
    """The labs that there are, by the modules in `autograder/labs`."""
    from autograder import labs

    return sorted(module.name for module in pkgutil.iter_modules(labs.__path__))


def load_lab(name: str) -> Lab:
    """The rules of one lab. Errors: `UnknownLab`, with the names that there are."""
    if name not in lab_names():
        raise UnknownLab(f"there is no lab {name!r}; the labs are: {', '.join(lab_names())}")
    module = importlib.import_module(f"autograder.labs.{name}")
    lab: Lab = module.lab
    return lab
