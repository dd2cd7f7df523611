"""One training run: what it logs, draws and keeps, so that `main` in a notebook holds the training itself.

TensorBoard's tags: `<LAB>/Loss/Discriminator` and `<LAB>/Loss/Generator` a batch; `Generated Images`, `<LAB>/Seconds`
and `<LAB>/Quality/...` an epoch. `read_run` reads them back.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn

from data_utils.animation import save_gif
from data_utils.checkpoints import HasState, load_checkpoint, save_checkpoint
from data_utils.digits import Digits
from data_utils.event_log import EventLog
from data_utils.folders import in_project
from data_utils.loader import Batch, DigitLoader
from data_utils.logged_run import UnreadableRunError, read_run
from data_utils.pictures import sample_grid, show_samples
from data_utils.progress import progress_bar
from data_utils.quality import QualityJudge
from data_utils.run_files import (
    ANIMATION,
    CHECKPOINT,
    SAMPLES_TAG,
    quality_scalars,
    remove_earlier_run,
    snapshot_epochs,
    write_settings,
)
from data_utils.samples import Sampler, fixed_noise, generated, interpolated_noise
from data_utils.whole_files import NotSavedError

PRINT_EVERY = 100  # batches
QUALITY_SEED = 1  # of the noise that figures are worked out from; the pictures have seed 0


class TrainingRun:
    """Logs a run into a folder, in one line around a training loop:

        with TrainingRun("GAN", folder, digits, num_epoch, G, D, optim_G, optim_D, batch_size=128) as run:
            for epoch in run.epochs():
                for real_images, labels in run.batches(loader):
                    ...
                    run.log(loss_D, loss_G)

    It prints the mean losses every 100 batches, shows a bar with the time left where someone watches, draws an 8x8 grid
    before training and after each epoch, always from the same noise; saves a checkpoint after each epoch; and works
    out quality figures at 0, 25, 50, 75 and 100 per cent of the epochs. None of this changes torch's random numbers, so
    that the losses are those of the bare loop. A relative `folder` lies in the project's folder.

    `sample`: noise (N, input_dim) to images, where that is not G itself, for instance G with chosen labels.
    `resume`: go on after the last epoch whose checkpoint is in the folder, exactly as if nothing had come between;
    without it, what an earlier run logged there is void from the start, and its checkpoint and GIF are removed.
    `settings`: numbers and words that the report shows.
    Errors: NotSavedError; CheckpointError, for resume=True and a checkpoint of other networks; ValueError, where the
    images of G have another range or shape than the digits.
    """

    def __init__(
        self,
        lab: str,
        folder: str | os.PathLike[str],
        digits: Digits,
        num_epoch: int,
        G: nn.Module,
        D: nn.Module,
        optim_G: torch.optim.Optimizer,
        optim_D: torch.optim.Optimizer,
        *,
        input_dim: int = 100,
        sample: Sampler | None = None,
        resume: bool = False,
        **settings: str | float,
    ) -> None:
        self.lab, self.folder, self.num_epoch = lab, in_project(folder), num_epoch
        self._digits, self._G, self._input_dim, self._sample = digits, G, input_dim, sample
        self._parts: dict[str, HasState] = {"G": G, "D": D, "optim_G": optim_G, "optim_D": optim_D}
        self._device = next(G.parameters()).device
        self._fixed_z = fixed_noise(64, input_dim, device=self._device)
        self._judge: QualityJudge | None = None
        self._settings = {"num_epoch": num_epoch, "input_dim": input_dim, **settings}
        self._epochs_done, self._step = self._resumed() if resume else (0, 0)
        self._bar: Any = None

    def __enter__(self) -> Self:
        if self._epochs_done == 0:
            remove_earlier_run(self.folder)
        write_settings(self.folder, self.lab, self._digits, self._parts, self._settings)
        # From this step on, what an earlier run logged in the same folder is void
        first = self._step + 1 if self._epochs_done else 0
        self._events = EventLog(self.folder, first)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        if error is None:
            self._events.close()
        else:
            with suppress(NotSavedError):  # the error on its way says more
                self._events.close()

    def epochs(self) -> Iterator[int]:
        """The numbers of the epochs to train, from 1, or from the one after the checkpoint's."""
        if self._epochs_done == 0:
            self._log_samples(0)
        for epoch in range(self._epochs_done + 1, self.num_epoch + 1):
            self._epoch, self._sums, self._batch = epoch, [0.0, 0.0], 0
            started = time.perf_counter()
            yield epoch
            self._scalar("Seconds", time.perf_counter() - started, epoch)
            self._log_samples(epoch)
            save_checkpoint(self.folder / CHECKPOINT, epoch, self._step, **self._parts)
        self._say(f"Logged in {self.folder}.")

    def batches(self, loader: DigitLoader) -> Iterator[Batch]:
        """The batches of one epoch."""
        self._batches = len(loader)
        if self._bar is None:
            self._bar = progress_bar(self.num_epoch * self._batches, self.lab, self._step)
        yield from loader

    def log(self, loss_D: float, loss_G: float) -> None:
        """Log the losses of one batch."""
        self._step, self._batch = self._step + 1, self._batch + 1
        self._sums = [self._sums[0] + loss_D, self._sums[1] + loss_G]
        self._scalar("Loss/Discriminator", loss_D, self._step)
        self._scalar("Loss/Generator", loss_G, self._step)
        mean_D, mean_G = (total / self._batch for total in self._sums)
        self._bar.set_postfix({"D": f"{mean_D:.3f}", "G": f"{mean_G:.3f}"}, refresh=False)
        self._bar.update()
        if self._batch % PRINT_EVERY == 0 or self._batch == self._batches:
            place = f"epoch {self._epoch}/{self.num_epoch}, batch {self._batch}/{self._batches}"
            self._say(f"{place}: loss of D {mean_D:.4f}, of G {mean_G:.4f}")

    def show(self) -> None:
        """Draw, where this is a notebook, the samples, eight on the way between two noises, and the run in one picture;
        save the samples through the epochs as `samples.gif` in the run's folder. Where the log cannot be read, say so.

        Errors: NotSavedError.
        """
        from data_utils.run_pictures import show_runs

        ends, value_range = self._fixed_z[:2], self._digits.value_range
        show_samples(self._generated(self._fixed_z), value_range, title=f"{self.lab} after {self._step:,} batches")
        # One by one, so that a `sample` that chooses labels by place in the batch gives all eight the same
        way = torch.cat([self._generated(z) for z in torch.split(interpolated_noise(*ends), 1)])
        show_samples(way, value_range, title="from one noise to another")
        try:
            logged = read_run(self.folder)
        except UnreadableRunError as unreadable:  # the trained networks are worth more than their curves
            print(unreadable)
            return
        show_runs([logged])
        print(f"The samples through the epochs: {save_gif(logged.grids, self.folder / ANIMATION)}")

    def _generated(self, z: Tensor) -> Tensor:
        return generated(self._G, z, self._sample)

    def _log_samples(self, epoch: int) -> None:
        samples = self._generated(self._fixed_z)
        grid = sample_grid(samples, self._digits.value_range)
        self._events.image(SAMPLES_TAG, grid, epoch)
        if epoch in snapshot_epochs(self.num_epoch):
            self._log_quality(epoch)
        self._events.flush()

    def _log_quality(self, epoch: int) -> None:
        if self._judge is None:
            self._judge = QualityJudge(self._digits)
        z = fixed_noise(self._judge.count, self._input_dim, QUALITY_SEED, self._device)
        figures = self._judge(self._generated(z))
        self._say(f"epoch {epoch}/{self.num_epoch}: {figures}")
        for of_real, each in ((False, figures), (True, self._judge.floor)):
            for tag, value in quality_scalars(each, of_real).items():
                self._scalar(tag, value, epoch)

    def _scalar(self, tag: str, value: float, step: int) -> None:
        self._events.scalar(f"{self.lab}/{tag}", value, step)

    def _say(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        if self._bar is None or self._bar.disable:
            print(line)
        else:
            self._bar.write(line)

    def _resumed(self) -> tuple[int, int]:
        path = self.folder / CHECKPOINT
        if not path.exists():
            print(f"{path} is not there: training begins anew.")
            return 0, 0
        epoch, step = load_checkpoint(path, **self._parts)
        if epoch < self.num_epoch:
            print(f"Training goes on after epoch {epoch} of {path}.")
        else:
            print(f"Training ended after epoch {epoch} of {path}: nothing is left to do. A larger num_epoch goes on.")
        return epoch, step
