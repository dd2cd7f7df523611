"""The report is one page that stands alone and one picture; what comes from files is shown as text, never run."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

from data_utils import QualityFigures, logged_run, run_pictures, show_report, write_report
from data_utils.report import main
from data_utils.run_files import quality_scalars

HOSTILE = '<script>alert("1")</script>'


def log(folder, lab, num_epoch, **settings):
    with SummaryWriter(str(folder)) as writer:
        for step in range(1, 4 * num_epoch + 1):
            writer.add_scalar(f"{lab}/Loss/Discriminator", 1 / step, step)
            writer.add_scalar(f"{lab}/Loss/Generator", 2 / step, step)
        for epoch in range(num_epoch + 1):
            writer.add_image("Generated Images", torch.full((3, 30, 30), epoch / num_epoch), epoch)
        for of_real, distance in ((False, 123.4), (True, 1.5)):
            figures = QualityFigures(distance, 0.5, (1.0, *[0.0] * 9), 2000)
            for tag, value in quality_scalars(figures, of_real).items():
                writer.add_scalar(f"{lab}/{tag}", value, num_epoch)
    (folder / "settings.json").write_text(json.dumps({"lab": lab, "num_epoch": num_epoch, **settings}))


@pytest.fixture
def logs(tmp_path):
    log(tmp_path / "logs" / "experiment_gan", "GAN", 4, batch_size=128, note=HOSTILE)
    log(tmp_path / "logs" / "experiment_wgan", "WGAN", 2, batch_size=64)
    return tmp_path / "logs"


def test_the_page_stands_alone_and_shows_all_runs(logs):
    written, picture = write_report(logs)
    page = written.read_text()
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;" in page
    assert len(re.findall('src="data:image/png', page)) == 10
    assert len(re.findall('src="data:image/gif', page)) == 2
    assert "100 % (epoch 4), FD 123.4" in page
    assert "25 % (epoch 1)" in page
    assert "<td>123.4</td><td>123.4</td>" in page
    assert "1 of 10" in page
    assert "these runs differ in their number of epochs" in page
    with Image.open(picture) as image:
        assert image.size == (1700, 1200)
    assert sorted(path.name for path in logs.iterdir()) == [
        "experiment_gan",
        "experiment_wgan",
        "report.html",
        "report.png",
    ]


def test_dollars_in_names_and_settings_are_letters(tmp_path):
    log(tmp_path / r"for $\half$ the price", r"$\GAN$", 1, note=r"$\5 and $\6")
    page, picture = write_report(tmp_path)
    assert r"$\GAN$, for $\half$ the price" in page.read_text()
    assert picture.exists()


def test_a_run_without_figures_is_reported_without_a_warning(logs):
    (folder := logs / "short").mkdir()
    with SummaryWriter(str(folder)) as writer:
        writer.add_scalar("$\\D$/Loss/$\\D$", 1.0, 1)
        writer.add_image("Generated Images", torch.zeros(3, 30, 30), 0)
    page, _ = write_report(folder)
    assert "100 % (epoch 0)<" in page.read_text()


def test_a_notebook_shows_the_picture_that_was_written_and_nothing_is_done_twice(logs, monkeypatch):
    import IPython
    from IPython import display

    shown, done = [], []
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=True))
    monkeypatch.setattr(display, "display", lambda image: shown.append(image.data))
    for module, name in ((logged_run, "read_run"), (run_pictures, "comparison")):
        monkeypatch.setattr(module, name, counted(getattr(module, name), done))
    show_report(logs)
    assert shown == [(logs / "report.png").read_bytes()]
    assert done == ["read_run", "read_run", "comparison"]


def counted(function, done):
    """The same function; each call adds its name to `done`."""

    def call(*arguments):
        done.append(function.__name__)
        return function(*arguments)

    return call


def test_elsewhere_nothing_is_shown_and_the_paths_are_told(logs, capsys):
    show_report(logs)
    assert capsys.readouterr().out == f"The page: {logs}/report.html\nThe picture: {logs}/report.png\n"


def test_the_command_prints_where_both_lie(logs, tmp_path):
    words = [sys.executable, "-m", "data_utils.report", str(logs), "--out", str(tmp_path / "mine")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path}/mine/report.html\n{tmp_path}/mine/report.png\n"
    assert (tmp_path / "mine" / "report.png").exists()


def test_a_folder_without_runs_is_a_sentence_and_status_2(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path} holds no event files of TensorBoard. Train a lab first; it logs into logs/.\n"
    )


def test_a_folder_that_cannot_be_written_is_a_sentence_and_status_2(logs, capsys):
    (logs / "file").touch()
    assert main([str(logs), "--out", str(logs / "file")]) == 2
    assert capsys.readouterr().err.startswith(f"{logs}/file/report.html cannot be saved: ")
