"""A run logs what the report reads, goes on exactly where it was cut, and stays out of the way."""

import json
import os
import threading

import pytest
import torch
from torch import nn

from data_utils import (
    CheckpointError,
    DigitLoader,
    Digits,
    NotSavedError,
    TrainingRun,
    offline_digits,
    read_run,
)
from tests.full_disk import files_of_at_most

FEW = 260  # digits: two batches of 128 and one of 4 an epoch


class Flat(nn.Module):
    """A generator of flat images with BatchNorm, whose buffers a checkpoint must hold too."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(100, 8), nn.BatchNorm1d(8), nn.Linear(8, 784), nn.Sigmoid())

    def forward(self, z):
        return self.layers(z)


@pytest.fixture(scope="module")
def digits():
    whole = offline_digits((0.0, 1.0))
    return Digits(whole.images[:FEW], whole.labels[:FEW], "a few digits", (0.0, 1.0))


@pytest.fixture(autouse=True)
def classifiers_of_their_own(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("GAN_LABS_DATA", str(tmp_path_factory.getbasetemp() / "data"))


def networks():
    torch.manual_seed(0)
    G, D = Flat(), nn.Sequential(nn.Linear(784, 1), nn.Sigmoid())
    return G, D, torch.optim.Adam(G.parameters(), lr=2e-4), torch.optim.RMSprop(D.parameters(), lr=1e-3)


def update(loss, optimizer):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def train(folder, digits, num_epoch, stop_after=None, show=False, **options):
    """A small GAN training; it is cut in the middle of the epoch after `stop_after`."""
    G, D, optim_G, optim_D = networks()
    losses, score = [], nn.BCELoss()
    loader = DigitLoader(digits, 128, shuffle=True)
    with TrainingRun("TINY", folder, digits, num_epoch, G, D, optim_G, optim_D, batch_size=128, **options) as run:
        for epoch in run.epochs():
            for images, _ in run.batches(loader):
                real, made = D(images.flatten(1)), D(G(torch.randn(len(images), 100)).detach())
                loss_D = update(score(real, torch.ones_like(real)) + score(made, torch.zeros_like(made)), optim_D)
                tried = D(G(torch.randn(len(images), 100)))
                losses.append((loss_D, update(score(tried, torch.ones_like(tried)), optim_G)))
                run.log(*losses[-1])
                if stop_after is not None and epoch > stop_after:
                    raise KeyboardInterrupt
        if show:
            run.show()
    return losses


@pytest.fixture(scope="module")
def logged(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LABS_DATA", str(tmp_path_factory.getbasetemp() / "data"))
        return folder, train(folder, digits, 4)


def test_what_is_logged_is_read_back(logged):
    folder, losses = logged
    run = read_run(folder)
    assert (run.lab, run.num_epoch, run.batches) == ("TINY", 4, 12)
    assert run.losses["Discriminator"][0].tolist() == list(range(1, 13))
    assert run.losses["Discriminator"][1].tolist() == pytest.approx([loss for loss, _ in losses])
    assert run.losses["Generator"][1].tolist() == pytest.approx([loss for _, loss in losses])
    assert sorted(run.pictures) == sorted(run.quality) == [0, 1, 2, 3, 4]
    assert run.snapshots == {0: 0, 25: 1, 50: 2, 75: 3, 100: 4}
    assert [tuple(grid.shape) for grid in run.grids] == [(3, 242, 242)] * 5
    assert (run.floor.count, run.final_quality.count) == (130, 130)
    assert run.seconds > 0


def test_the_settings_lie_beside_the_event_files(logged):
    read = json.loads((logged[0] / "settings.json").read_text())
    assert read["data"] == "a few digits"
    assert (read["num_epoch"], read["batch_size"], read["pixels"]) == (4, 128, "28x28 in [0, 1]")
    assert (read["optimizer of D"], read["parameters of D"]) == ("RMSprop, learning rate 0.001", 785)


def test_a_cut_run_goes_on_with_the_losses_of_an_uninterrupted_one(logged, digits, tmp_path, capsys):
    expected = logged[1]
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, digits, 4, stop_after=2)
    assert train(tmp_path, digits, 4, resume=True) == expected[6:]
    assert f"Training goes on after epoch 2 of {tmp_path}/checkpoint.pt." in capsys.readouterr().out
    run = read_run(tmp_path)
    assert run.losses["Generator"][0].tolist() == list(range(1, 13))
    assert run.losses["Generator"][1].tolist() == pytest.approx([loss for _, loss in expected])


def test_logging_changes_no_loss(logged, digits):
    G, D, optim_G, optim_D = networks()
    losses, score = [], nn.BCELoss()
    for _ in range(4):
        for images, _ in DigitLoader(digits, 128, shuffle=True):
            real, made = D(images.flatten(1)), D(G(torch.randn(len(images), 100)).detach())
            loss_D = update(score(real, torch.ones_like(real)) + score(made, torch.zeros_like(made)), optim_D)
            tried = D(G(torch.randn(len(images), 100)))
            losses.append((loss_D, update(score(tried, torch.ones_like(tried)), optim_G)))
    assert losses == logged[1]


def test_a_new_run_in_the_same_folder_replaces_the_old_one(digits, tmp_path):
    train(tmp_path, digits, 2)
    train(tmp_path, digits, 1)
    run = read_run(tmp_path)
    assert (run.batches, sorted(run.pictures), sorted(run.quality)) == (3, [0, 1], [0, 1])


def test_a_cut_new_run_never_goes_on_with_the_old_one(logged, digits, tmp_path, capsys):
    train(tmp_path, digits, 4)
    for left in ("samples.gif", "checkpoint.pt.0a1b2c3d.part", "networks.pt"):
        (tmp_path / left).write_bytes(b"an earlier run's")
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, digits, 4, stop_after=0)
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith("events.")}
    assert left == {"settings.json", "networks.pt"}  # the last is no file of TrainingRun's
    assert train(tmp_path, digits, 4, resume=True) == logged[1]
    assert f"{tmp_path}/checkpoint.pt is not there: training begins anew." in capsys.readouterr().out


def test_an_old_run_that_may_not_be_removed_stays_whole(digits, tmp_path, monkeypatch):
    train(tmp_path, digits, 1)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def refuse(path, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(NotSavedError) as caught:
        train(tmp_path, digits, 2)
    assert str(caught.value) == (
        f"{tmp_path}/checkpoint.pt cannot be saved: an earlier run's cannot be removed (Permission denied). Make room "
        "there, or name a folder in which you may write; what stood under this name before is unchanged."
    )
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_means_are_printed_and_no_bar_where_nobody_watches(digits, tmp_path, capsys):
    losses = train(tmp_path, digits, 1)
    means = [sum(each) / 3 for each in zip(*losses, strict=True)]
    shown = capsys.readouterr()
    assert f"epoch 1/1, batch 3/3: loss of D {means[0]:.4f}, of G {means[1]:.4f}\n" in shown.out
    assert f"Logged in {tmp_path}.\n" in shown.out
    assert shown.err == ""


def test_a_checkpoint_of_other_networks_is_refused(logged, digits):
    G, optim_G = nn.Linear(100, 784), torch.optim.Adam(nn.Linear(1, 1).parameters())
    with pytest.raises(CheckpointError, match="the state of G does not fit the G given"):
        TrainingRun("TINY", logged[0], digits, 4, G, nn.Linear(784, 1), optim_G, optim_G, resume=True)


def test_without_a_checkpoint_training_begins_anew(digits, tmp_path, capsys):
    assert len(train(tmp_path, digits, 1, resume=True)) == 3
    assert f"{tmp_path}/checkpoint.pt is not there: training begins anew." in capsys.readouterr().out


def test_a_generator_of_another_range_is_told_before_it_trains(digits, tmp_path):
    G = nn.Linear(100, 784)
    optimizer = torch.optim.Adam(G.parameters())
    with (
        pytest.raises(ValueError, match=r"sample_grid: images hold values from -.* expected 0 to 1"),
        TrainingRun("TINY", tmp_path, digits, 4, G, G, optimizer, optimizer) as run,
    ):
        next(run.epochs())


def test_a_folder_that_cannot_be_written_is_named(digits, tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(NotSavedError, match=r"file/run/settings.json cannot be saved: Not a directory\."),
        TrainingRun("TINY", tmp_path / "file" / "run", digits, 1, *networks()),
    ):
        pass


NOT_LOGGED = (
    "events.out.tfevents.* cannot be saved: File too large. Make room there, or name a folder in which you may write; "
    "what was logged before can be read."
)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # TensorBoard's own thread ends
def test_a_full_disk_is_named_and_with_room_the_run_goes_on(logged, digits, tmp_path):
    with files_of_at_most(10_000), pytest.raises(NotSavedError) as caught:
        train(tmp_path, digits, 4)
    assert str(caught.value) == f"{tmp_path}/{NOT_LOGGED}"
    assert train(tmp_path, digits, 4, resume=True) == logged[1]
    assert read_run(tmp_path).batches == 12


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_disk_that_fills_up_between_two_epochs_is_named(digits, tmp_path):
    def fill_up():
        with TrainingRun("TINY", tmp_path, digits, 4, *networks()) as run:
            next(run.epochs())
            next(run.batches(DigitLoader(digits)))
            with files_of_at_most(60_000):
                for _ in range(1000):  # each twice 60 bytes, which a thread writes by and by
                    run.log(0.5, 0.5)

    before = set(threading.enumerate())
    with pytest.raises(NotSavedError) as caught:
        fill_up()
    assert str(caught.value) == f"{tmp_path}/{NOT_LOGGED}"
    for thread in set(threading.enumerate()) - before:
        thread.join(10)  # TensorBoard's, which tells of the full disk in its own way too


def test_a_log_that_cannot_be_read_back_is_told_and_the_networks_are_kept(digits, tmp_path, capsys):
    (tmp_path / "events.out.tfevents.1.bad").touch()
    assert len(train(tmp_path, digits, 1, show=True)) == 3
    assert f"{tmp_path}/events.out.tfevents.1.bad cannot be read: it is empty or damaged" in capsys.readouterr().out


@pytest.mark.parametrize("num_epoch", [1, 2])
def test_a_finished_run_says_that_nothing_is_left_to_train(digits, tmp_path, capsys, num_epoch):
    train(tmp_path, digits, 2)
    capsys.readouterr()
    assert train(tmp_path, digits, num_epoch, resume=True) == []
    told = capsys.readouterr().out
    assert f"Training ended after epoch 2 of {tmp_path}/checkpoint.pt: nothing is left to do. A larger" in told


def test_labels_may_be_part_of_sampling(digits, tmp_path):
    asked = []

    def sample(z):
        asked.append(len(z))
        return torch.zeros(len(z), 1, 28, 28)

    train(tmp_path, digits, 1, sample=sample)
    assert sorted(set(asked)) == [64, 130]


def test_on_the_way_from_one_noise_to_another_the_label_stays(digits, tmp_path, monkeypatch):
    shown = {}

    def grey_by_label(z):
        labels = torch.arange(len(z)) % 10
        return (labels / 10)[:, None, None, None].expand(-1, 1, 28, 28)

    monkeypatch.setattr(
        "data_utils.training_run.show_samples", lambda images, value_range, title: shown.update({title: images})
    )
    train(tmp_path, digits, 1, show=True, sample=grey_by_label)
    assert shown["TINY after 3 batches"].unique().tolist() == pytest.approx([label / 10 for label in range(10)])
    assert shown["from one noise to another"].shape == (8, 1, 28, 28)
    assert shown["from one noise to another"].unique().tolist() == [0.0]
