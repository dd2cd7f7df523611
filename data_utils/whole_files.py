"""Files that are written whole or not at all: a run that is cut leaves the old file, or none, and never a part."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class NotSavedError(Exception):
    """A file could not be written; the message is a full sentence, `reason` the system's own words."""

    def __init__(self, path: Path, reason: str, kept: str = "what stood under this name before is unchanged") -> None:
        super().__init__(
            f"{path} cannot be saved: {reason}. Make room there, or name a folder in which you may write; {kept}."
        )
        self.reason = reason


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for bytes that bears its name only once the block has ended without an error.

    Folders on the way are made. Until then the bytes lie beside it under another name, which goes with an error.
    Errors: NotSavedError, when the folder cannot be written or the disk is full.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # a name must not reach the disk before the bytes that it stands for
        os.replace(part, path)
    except OSError as error:
        raise NotSavedError(path, error.strerror or str(error)) from error
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:  # a folder that cannot be read holds no part of ours either
        return
