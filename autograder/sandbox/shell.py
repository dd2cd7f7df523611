"""Stands where IPython's shell stands in a notebook, so that magics and shell lines do no harm."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

TIMING = ("prun", "time", "timeit")  # line magics whose line is Python and runs
BODY_MAGICS = ("capture", *TIMING)  # cell magics whose body is Python and runs
OPTION = re.compile(r"\s*-(?:[lsTD]\s*\S+|[nrp]\s*\d+|-?[\w-]+)(?=\s|$)")  # `-n 10`, `-s cumulative`, `-q`


class Absent:
    """What a notebook's shell has and a sandbox has not: whatever is asked of it, it does nothing."""

    def __call__(self, *args: object, **kwargs: object) -> Absent:
        return self

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Absent:
        return self

    def __contains__(self, key: object) -> bool:
        return False

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __bool__(self) -> bool:
        return False


class Shell(Absent):
    """Timing magics run their code, `%%writefile` writes its file, all else does nothing."""

    def __init__(self, execute: Callable[[str], None]) -> None:
        self._execute = execute

    def __bool__(self) -> bool:
        return True

    def run_line_magic(self, name: str, line: str, *rest: object) -> Absent:
        if name in TIMING:
            self._execute(without_options(line))
        return Absent()

    def run_cell_magic(self, name: str, line: str, body: str) -> Absent:
        if name in BODY_MAGICS:
            self._execute(body)
        elif name in ("file", "writefile"):
            _write_file(line, body)
        return Absent()

    def system(self, command: str) -> None:
        """A shell line (`!pip install ...`): nothing runs while grading."""

    def getoutput(self, command: str) -> list[str]:
        return []


def without_options(line: str) -> str:
    """A timing magic's line without its options: `-n 10 f()` is `f()`."""
    while option := OPTION.match(line):
        line = line[option.end() :]
    return line.lstrip()


def _write_file(line: str, body: str) -> None:
    path = Path(without_options(line).strip(" \t'\""))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if re.match(r"\s*-", line) else "w") as file:
        file.write(body)
    importlib.invalidate_caches()  # so that the next line can import it
