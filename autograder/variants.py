"""Known wrong answers and unusual right ones, written as edits of the reference answer.

They test the checks, give every failure a name, and fill the made-up class. A lab's bank is
`solutions/<lab>_variants.py`, a list `VARIANTS`.
"""

from __future__ import annotations

import runpy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from autograder.errors import AutograderError
from autograder.submission import Cell

Edit = tuple[str, str]  # the text to find, which must stand exactly once in the answer's code, and its replacement


class BadEdit(AutograderError):
    """A variant's edit does not fit the answer."""


@dataclass(frozen=True)
class Variant:
    """One way to write the answer. `fails`: all the checks that do not pass on it; none for a right one. `sometimes`:
    those that pass with some seeds and not with others, as the short training of a mistake that slows learning."""

    name: str
    sentence: str
    edits: tuple[Edit, ...]
    fails: tuple[str, ...]
    sometimes: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        return not self.fails

    def cells(self, answer: Sequence[Cell]) -> list[Cell]:
        """The answer's cells with the edits made, one after another. Errors: `BadEdit`."""
        cells = list(answer)
        for old, new in self.edits:
            holders = [index for index, cell in enumerate(cells) for _ in range(cell.source.count(old))]
            if len(holders) != 1:
                raise BadEdit(f"variant {self.name}: {old!r} stands {len(holders)} times in the answer; expected once")
            cell = cells[holders[0]]
            cells[holders[0]] = replace(cell, source=cell.source.replace(old, new))
        return cells


def wrong(name: str, sentence: str, *edits: Edit, fails: Sequence[str], sometimes: Sequence[str] = ()) -> Variant:
    """A known mistake. `sentence` completes "This is what comes out when ..." and ends with a full stop."""
    return Variant(name, sentence, edits, tuple(fails), tuple(sometimes))


def right(name: str, sentence: str, *edits: Edit) -> Variant:
    """An unusual answer that must lose nothing. `sentence` says what is unusual."""
    return Variant(name, sentence, edits, ())


def beside(bank: str, name: str) -> SimpleNamespace:
    """What the file `name`.py in the folder of a bank defines: variants that several labs share. `bank` is the bank's
    own `__file__`."""
    return SimpleNamespace(**runpy.run_path(str(Path(bank).with_name(f"{name}.py"))))


def load_variants(lab: str, solutions: Path) -> list[Variant]:
    """A lab's bank, or nothing where it has none."""
    path = solutions / f"{lab}_variants.py"
    variants: list[Variant] = runpy.run_path(str(path))["VARIANTS"] if path.exists() else []
    return variants
