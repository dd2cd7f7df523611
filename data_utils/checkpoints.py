"""Checkpoints: the state of a training run, from which it goes on exactly as if it had never stopped.

A file holds state dicts, whole numbers and the states of torch's random numbers, and is read with `weights_only=True`:
a file from someone else runs no code.
"""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch

from data_utils.whole_files import whole_file

# What load_state_dict raises for the states of another part, and for damaged ones
MISFITS = (RuntimeError, ValueError, LookupError, TypeError, AttributeError)


class HasState(Protocol):
    """A network, an optimizer, a scheduler: anything whose state torch can save."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any: ...


class CheckpointError(Exception):
    """A checkpoint cannot be read, or is not one of these parts; the message is a full sentence."""


def save_checkpoint(path: str | os.PathLike[str], epoch: int, step: int = 0, **parts: HasState) -> None:
    """Save the parts' states, and torch's random numbers', whole: `save_checkpoint("run.pt", 3, G=G, optim_G=optim_G)`.

    Errors: NotSavedError, when the file cannot be written; what stood there before is then unchanged.
    """
    states = {name: part.state_dict() for name, part in parts.items()}
    kept = {"epoch": epoch, "step": step, "parts": states, "random": _random_states()}
    write_states(Path(path), kept)


def load_checkpoint(path: str | os.PathLike[str], **parts: HasState) -> tuple[int, int]:
    """Put the saved states into the parts, and torch's random numbers back; return (epoch, step).

    The parts may lie on another device than those that were saved.
    Errors: CheckpointError, for a file that is missing, damaged, or of other parts. Build the parts anew after one:
    those before the part that does not fit have been changed.
    """
    path = Path(path)
    kept = _checkpoint(path)
    _require_same_names(path, kept["parts"], parts)
    for name, part in parts.items():
        try:
            part.load_state_dict(kept["parts"][name])
        except MISFITS as error:
            raise CheckpointError(
                f"{path}: the state of {name} does not fit the {name} given: {_first_lines(error)} "
                "Build the parts as they were when the checkpoint was saved, or train anew."
            ) from error
    _restore_random_states(path, kept["random"])
    return int(kept["epoch"]), int(kept["step"])


def write_states(path: Path, states: Mapping[str, Any]) -> None:
    """Save what `read_states` reads. Errors: NotSavedError."""
    held = io.BytesIO()  # into a file, torch.save hides a full disk behind an error of its own archive
    torch.save(states, held)
    with whole_file(path) as file:
        file.write(held.getbuffer())


def read_states(path: Path) -> Any:
    """What is saved in a file, its tensors on the CPU. Errors: CheckpointError, for one that is missing or damaged."""
    try:
        content = io.BytesIO(path.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        return torch.load(content, map_location="cpu", weights_only=True)
    # Bytes that are not torch's lead its reader anywhere: IndexError, struct.error and AssertionError were seen
    except Exception as error:
        raise CheckpointError(
            f"{path} is no checkpoint, or damaged: {_first_lines(error)} Delete it and train anew."
        ) from error


def _random_states() -> dict[str, Any]:
    on_devices = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"cpu": torch.get_rng_state(), "cuda": on_devices}


def _restore_random_states(path: Path, states: Mapping[str, Any]) -> None:
    try:
        torch.set_rng_state(states["cpu"])
        if len(states["cuda"]) == torch.cuda.device_count():  # else another machine: its own numbers then
            torch.cuda.set_rng_state_all(states["cuda"])
    except (RuntimeError, TypeError, KeyError) as error:
        raise CheckpointError(f"{path}: the states of torch's random numbers in it are damaged: {error}") from error


def _checkpoint(path: Path) -> dict[str, Any]:
    kept = read_states(path)
    wanted = {"epoch": int, "step": int, "parts": dict, "random": dict}
    if not isinstance(kept, dict) or any(not isinstance(kept.get(key), kind) for key, kind in wanted.items()):
        raise CheckpointError(f"{path} is no checkpoint of these labs: it lacks one of {', '.join(wanted)}.")
    return kept


def _require_same_names(path: Path, saved: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    if saved.keys() != given.keys():
        raise CheckpointError(
            f"{path} holds {', '.join(map(str, saved)) or 'nothing'}; asked for were {', '.join(given) or 'none'}."
        )


def _first_lines(error: BaseException) -> str:
    """The beginning of torch's words, which may be pages long; the error's name where there are none."""
    return (" ".join(str(error).split())[:300].rstrip(".") or type(error).__name__) + "."
