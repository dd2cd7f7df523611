"""What the notebooks import: handwritten digits, training runs with their pictures, figures of quality, reports.

Each name is looked up in its module when it is first asked for, so that importing `data_utils` costs next to
nothing and `offline_digit_arrays` needs no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data_utils.animation import save_gif
    from data_utils.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
    from data_utils.digits import Digits, load_digits, offline_digits
    from data_utils.loader import DigitLoader
    from data_utils.logged_run import LoggedRun, UnreadableRunError, read_run, read_runs
    from data_utils.mnist import MnistUnavailableError
    from data_utils.offline import offline_digit_arrays
    from data_utils.pictures import sample_grid, show_samples
    from data_utils.quality import QualityFigures, QualityJudge, quality_figures
    from data_utils.report import show_report, write_report
    from data_utils.samples import fixed_noise, generated, interpolated_noise
    from data_utils.training_run import TrainingRun
    from data_utils.whole_files import NotSavedError

__all__ = [
    "CheckpointError",
    "DigitLoader",
    "Digits",
    "LoggedRun",
    "MnistUnavailableError",
    "NotSavedError",
    "QualityFigures",
    "QualityJudge",
    "TrainingRun",
    "UnreadableRunError",
    "fixed_noise",
    "generated",
    "interpolated_noise",
    "load_checkpoint",
    "load_digits",
    "offline_digit_arrays",
    "offline_digits",
    "quality_figures",
    "read_run",
    "read_runs",
    "sample_grid",
    "save_checkpoint",
    "save_gif",
    "show_report",
    "show_samples",
    "write_report",
]

_MODULE_OF = {
    "CheckpointError": "data_utils.checkpoints",
    "DigitLoader": "data_utils.loader",
    "Digits": "data_utils.digits",
    "LoggedRun": "data_utils.logged_run",
    "MnistUnavailableError": "data_utils.mnist",
    "NotSavedError": "data_utils.whole_files",
    "QualityFigures": "data_utils.quality",
    "QualityJudge": "data_utils.quality",
    "TrainingRun": "data_utils.training_run",
    "UnreadableRunError": "data_utils.logged_run",
    "fixed_noise": "data_utils.samples",
    "generated": "data_utils.samples",
    "interpolated_noise": "data_utils.samples",
    "load_checkpoint": "data_utils.checkpoints",
    "load_digits": "data_utils.digits",
    "offline_digit_arrays": "data_utils.offline",
    "offline_digits": "data_utils.digits",
    "quality_figures": "data_utils.quality",
    "read_run": "data_utils.logged_run",
    "read_runs": "data_utils.logged_run",
    "sample_grid": "data_utils.pictures",
    "save_checkpoint": "data_utils.checkpoints",
    "save_gif": "data_utils.animation",
    "show_report": "data_utils.report",
    "show_samples": "data_utils.pictures",
    "write_report": "data_utils.report",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'data_utils' has no attribute {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
