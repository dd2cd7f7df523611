"""TensorBoard's writer, which tells of a full disk in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torch import Tensor

from data_utils.whole_files import NotSavedError


class EventLog:
    """Logs into a folder; what an earlier run logged there from step `first` on is void.

    Errors: NotSavedError from each method, also for what an earlier call logged: a thread writes it by and by.
    """

    def __init__(self, folder: Path, first: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._path = folder / "events.out.tfevents.*"
        with self._named():
            self._writer = SummaryWriter(str(folder), purge_step=first)

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Log a number."""
        with self._named():
            self._writer.add_scalar(tag, value, step)

    def image(self, tag: str, grid: Tensor, step: int) -> None:
        """Log a picture (3, H, W) in [0, 1]."""
        with self._named():
            self._writer.add_image(tag, grid, step)

    def flush(self) -> None:
        """Write everything that was logged so far."""
        with self._named():
            self._writer.flush()

    def close(self) -> None:
        """Write everything and end."""
        with self._named():
            self._writer.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise NotSavedError(self._path, reason, "what was logged before can be read") from error
