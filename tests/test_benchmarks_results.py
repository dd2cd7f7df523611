"""The command behind docs/results.md tells of whichever runs are there, of labs with labels too, and of no others."""

import sys

import pytest
import torch
from PIL import Image

from autograder.lab import lab_names
from benchmarks import results
from benchmarks.training import notebook_names
from data_utils import QualityJudge, notices, offline_digits, read_run, save_checkpoint
from data_utils.classifier import classifier_pixels
from data_utils.run_files import CHECKPOINT
from tests.test_data_utils_report import log


@pytest.fixture(autouse=True)
def no_mnist(monkeypatch, tmp_path_factory):
    """The offline digits, and their classifier among those of other tests."""
    monkeypatch.setenv("GAN_LABS_DATA", str(tmp_path_factory.getbasetemp() / "data"))
    monkeypatch.setenv("NBGRADER_EXECUTION", "test")
    monkeypatch.setattr(notices, "_said", set())


def tell(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["results", "--read", *map(str, words)])
    results.main()
    return capsys.readouterr().out


def test_every_lab_has_a_run_of_its_own():
    planned = {**results.LABS, **results.OPTIONAL}
    assert sorted({run.lab for run in planned.values()}) == lab_names()
    assert all(planned[f"experiment_{lab}"].settings == {} for lab in lab_names())


def test_a_single_run_of_a_lab_with_labels_is_told_and_drawn(monkeypatch, capsys, tmp_path):
    folder = tmp_path / "runs" / "experiment_cgan"
    log(folder, "CGAN", 4, batch_size=512)
    names = notebook_names("cgan")
    G, D = names["build_models"](torch.device("cpu"))
    optim_G, optim_D = names["build_optimizers"](G, D)
    save_checkpoint(folder / CHECKPOINT, 4, 16, G=G, D=D, optim_G=optim_G, optim_D=optim_D)
    printed = tell(monkeypatch, capsys, "--out", tmp_path / "runs", "--pictures", tmp_path / "pictures")
    assert "| cgan | 4 | 16 (0 %) | 0.0 | 0 | 0.21 | 0.42 | 123.4 | 0.500 | 1 |\n" in printed
    assert "cgan: Frechet distance " in printed
    assert " % are the digit asked for (of 0 to 9: " in printed
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == ["cgan_samples.png", "optional_labs.png"]
    with Image.open(tmp_path / "pictures" / "cgan_samples.png") as picture:
        assert picture.size == (20 * 34 + 2, 6 * 34 + 2)


def test_no_run_is_an_empty_table_and_no_picture(monkeypatch, capsys, tmp_path):
    assert tell(monkeypatch, capsys, "--out", tmp_path, "--pictures", tmp_path / "none").count("\n") == 3
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("batch_size", "batches"), [(64, 30 * 938), (128, 30 * 469), (512, 30 * 118)])
def test_what_a_notebook_asks_for_is_by_its_batches(tmp_path, batch_size, batches):
    log(tmp_path, "TINY", 1, batch_size=batch_size)
    assert results.asked_batches(read_run(tmp_path)) == batches


class Obedient(torch.nn.Module):
    """Makes the digit of the label that it is given, but for sixes, of which it makes nines."""

    def __init__(self, images):
        super().__init__()
        self.images = images

    def forward(self, z, labels):
        return self.images[torch.where(labels == 6, 9, labels)]


def test_labels_are_heeded_where_the_digit_asked_for_is_made():
    digits = offline_digits((-1.0, 1.0))
    judge = QualityJudge(digits)
    plainest = judge.classifier.probabilities(classifier_pixels(digits.images, digits.value_range)).argmax(dim=0)
    assert digits.labels[plainest].tolist() == list(range(10))
    G = Obedient(digits.images[plainest])
    assert results.labels_heeded(G, judge) == [1, 1, 1, 1, 1, 1, 0, 1, 1, 1]
    in_turn = results.sampler(results.PLAN["experiment_cgan"], G)(torch.zeros(12, 100))
    assert in_turn.equal(G.images[[0, 1, 2, 3, 4, 5, 9, 7, 8, 9, 0, 1]])


def test_the_shares_of_heeded_labels_are_a_sentence():
    told = results.heeded_text([1, 1, 1, 1, 1, 1, 0, 1, 1, 0.25])
    assert told == "82.5 % are the digit asked for (of 0 to 9: 100, 100, 100, 100, 100, 100, 0, 100, 100, 25)"
