"""Figures tell noise from digits, one digit from ten, and labs apart; real digits against real digits are the floor."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from data_utils import Digits, QualityFigures, QualityJudge, load_digits, notices, offline_digits, quality_figures
from data_utils.classifier import digit_classifier
from data_utils.quality import spread_over_seeds
from tests.conftest import ROOT

GIVEN = os.environ.get("GAN_LABS_DATA")  # before these tests name a folder of their own
PICTURES = ROOT / "docs" / "results"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Classifiers are kept here, for the tests of this module alone."""
    made = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LABS_DATA", str(made))
        patch.setattr(notices, "_said", set())
        yield made


@pytest.fixture(scope="module")
def digits():
    return offline_digits((0.0, 1.0))


@pytest.fixture(scope="module")
def judge(folder, digits):
    return QualityJudge(digits)


def softened(digits, share):
    """Every second digit mixed with noise, as an imperfect generator's."""
    images = digits.images[::2]
    noise = torch.rand(images.shape, generator=torch.Generator().manual_seed(0))
    return (1 - share) * images + share * noise


def test_the_floor_is_that_of_real_digits(judge):
    assert (judge.count, judge.floor.count, judge.floor.classes_covered) == (899, 899, 10)
    assert sum(judge.floor.shares) == pytest.approx(1)
    assert judge.floor.frechet_distance < 15
    assert judge.floor.confidence > 0.8


def test_noise_is_far_from_digits_and_better_samples_are_nearer(judge, digits):
    figures = [judge(softened(digits, share)).frechet_distance for share in (0.0, 0.2, 0.5, 1.0)]
    assert figures == sorted(figures)
    assert figures[-1] > 30 * judge.floor.frechet_distance


def test_a_collapsed_generator_is_told_from_a_diverse_one(judge, digits):
    zeros = digits.images[digits.labels == 0].repeat(5, 1, 1, 1)
    collapsed, diverse = judge(zeros), judge(digits.images[::2])
    assert (collapsed.classes_covered, diverse.classes_covered) == (1, 10)
    assert collapsed.shares[0] > 0.9
    assert collapsed.confidence > 0.8  # each sample by itself is good
    assert collapsed.frechet_distance > 10 * diverse.frechet_distance


def test_an_untrained_generator_is_told_from_a_trained_one(judge, digits):
    torch.manual_seed(0)
    untrained = torch.nn.Sequential(torch.nn.Linear(100, 784), torch.nn.Sigmoid())
    before = judge(untrained(torch.randn(899, 100)))
    after = judge(softened(digits, 0.1))
    assert after.frechet_distance < before.frechet_distance / 5
    assert after.classes_covered > before.classes_covered


def test_ranges_sizes_and_flat_images_give_the_same_figures(judge, digits):
    chosen = digits.images[:200]
    expected = judge(chosen)
    assert judge(chosen.flatten(1)) == expected
    padded = torch.nn.functional.pad(chosen, [2] * 4)
    assert judge(padded) == expected
    signed = Digits(digits.images * 2 - 1, digits.labels, "the same", (-1.0, 1.0))
    assert quality_figures(chosen * 2 - 1, signed).frechet_distance == pytest.approx(
        expected.frechet_distance, rel=1e-3
    )


def test_figures_read_as_a_line():
    figures = QualityFigures(12.345, 0.98765, (0.991, 0.009, *[0.0] * 8), 2000)
    assert str(figures) == "Frechet distance 12.35, confidence 0.988, 1 of 10 classes, 2,000 samples"


def test_the_spread_over_seeds_is_a_sentence(judge, digits):
    def samples_of(seed):
        return digits.images[torch.randperm(len(digits), generator=torch.Generator().manual_seed(seed))[:300]]

    told = spread_over_seeds(judge, samples_of, seeds=(0, 1, 2))
    assert told.startswith("Frechet distance ")
    assert " ± " in told
    assert told.endswith("10 classes, over 3 seeds")
    with pytest.raises(ValueError, match=r"^spread_over_seeds: 1 seeds have no spread; expected at least 2\.$"):
        spread_over_seeds(judge, samples_of, seeds=(0,))


@pytest.mark.parametrize(
    ("images", "told"),
    [
        (torch.zeros(64, 784), "quality figures need more than 64 samples; given were 64."),
        (
            torch.full((70, 784), 255.0),
            "quality figures: images hold values from 255 to 255; expected 0 to 1, the value_range given. "
            "Sigmoid ends in (0.0, 1.0), Tanh in (-1.0, 1.0).",
        ),
        (
            torch.zeros(70, 3, 28, 28),
            "quality figures: images have the shape (70, 3, 28, 28); expected (N, 1, S, S) or flat (N, S * S) with "
            "S = 28, 32 or 64, and at least one image.",
        ),
    ],
)
def test_other_samples_are_refused(judge, images, told):
    with pytest.raises(ValueError, match=r".") as caught:
        judge(images)
    assert str(caught.value) == told


def test_the_classifier_is_trained_once_told_and_kept(tmp_path, digits, monkeypatch, capsys):
    monkeypatch.setenv("GAN_LABS_DATA", str(tmp_path))
    few = Digits(digits.images[:200], digits.labels[:200], "200 digits", (0.0, 1.0))
    first = digit_classifier(few)
    told = (
        f"A small classifier was trained on 200 digits: it names {first.accuracy:.1%} of 40 held-out images rightly. "
        "The quality figures are as good as its eye.\n"
    )
    assert capsys.readouterr().out == told
    again = digit_classifier(few)
    assert (again.accuracy, again.held_out, capsys.readouterr().out) == (first.accuracy, 40, "")
    [kept] = (tmp_path / "classifiers").iterdir()
    kept.write_bytes(b".")
    assert digit_classifier(few).accuracy == first.accuracy
    assert capsys.readouterr().out == (
        f"{kept} is treated as missing: it holds no classifier that can be read.\n{told}"
    )


def test_its_accuracy_on_held_out_offline_digits_is_honest(judge):
    assert judge.classifier.held_out == 359
    assert 0.9 < judge.classifier.accuracy < 1


def test_a_folder_that_cannot_be_written_is_said_and_the_figures_stand(tmp_path, digits, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GAN_LABS_DATA", str(tmp_path / "file"))
    few = Digits(digits.images[:200], digits.labels[:200], "few", (0.0, 1.0))
    assert digit_classifier(few).held_out == 40
    assert "The classifier will be trained anew each time." in capsys.readouterr().out


def mnist_test_digits(value_range):
    places = [Path(GIVEN)] if GIVEN else [ROOT.parent / "shared" / "data", ROOT / "data"]
    for place in places:
        if list((place / "MNIST" / "raw").glob("t10k-images-idx3-ubyte*")):
            return load_digits(value_range, split="test", folder=place, download=False)
    pytest.skip("MNIST's test images are not there; name a folder that holds them in GAN_LABS_DATA.")


@pytest.mark.slow
def test_held_out_mnist_digits_are_named_rightly(monkeypatch, tmp_path):
    digits = mnist_test_digits((0.0, 1.0))
    monkeypatch.setenv("GAN_LABS_DATA", str(tmp_path))
    classifier = digit_classifier(digits)
    assert classifier.held_out == 2000
    assert classifier.accuracy >= 0.97


def samples_in(picture):
    """The images of a grid with two grey pixels around each, (N, 1, 28, 28) in [0, 1]."""
    grid = np.asarray(Image.open(picture).convert("L"), np.float32)[2:, 2:] / 255
    rows, columns = grid.shape[0] // 30, grid.shape[1] // 30
    tiles = grid.reshape(rows, 30, columns, 30).transpose(0, 2, 1, 3)[:, :, :28, :28]
    return torch.tensor(tiles.reshape(-1, 1, 28, 28))


def shown_samples(lab):
    return samples_in(PICTURES / f"{lab}_samples.png")


def expect_order_of_the_labs(judge):
    """DCGAN samples are nearer to digits than those of WGAN and of GAN, in this order, and noise is the farthest."""
    figures = {lab: judge(shown_samples(lab)) for lab in ("dcgan", "wgan", "gan")}
    distances = [figures[lab].frechet_distance for lab in ("dcgan", "wgan", "gan")]
    noise = judge(torch.rand(256, 784, generator=torch.Generator().manual_seed(0))).frechet_distance
    assert distances == sorted(distances)
    assert distances[-1] < noise
    assert figures["dcgan"].classes_covered == 10


@pytest.mark.slow
def test_the_three_labs_are_ordered_by_mnist(monkeypatch, tmp_path):
    digits = mnist_test_digits((0.0, 1.0))
    monkeypatch.setenv("GAN_LABS_DATA", str(tmp_path))
    expect_order_of_the_labs(QualityJudge(digits))


def test_the_three_labs_are_ordered_by_the_offline_digits_too(judge):
    expect_order_of_the_labs(judge)
