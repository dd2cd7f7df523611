"""What cannot be read as a training run is named; a cut file is read as far as it goes."""

import json

import numpy as np
import pytest
import torch
from torch.utils.tensorboard import SummaryWriter

from data_utils import UnreadableRunError, read_run, read_runs


def log(folder, lab="GAN", steps=3):
    with SummaryWriter(str(folder)) as writer:
        for step in range(1, steps + 1):
            writer.add_scalar(f"{lab}/Loss/Discriminator", 1.5 - step / 10, step)
        writer.add_image("Generated Images", torch.full((3, 4, 4), 0.2), 0)
        writer.add_image("Generated Images", torch.full((3, 4, 4), 1.0), 1)
    return next(folder.glob("events.out.tfevents.*"))


def refusal_of(folder, read=read_run):
    with pytest.raises(UnreadableRunError) as caught:
        read(folder)
    return str(caught.value)


def test_curves_and_pictures_are_read_without_settings_or_figures(tmp_path):
    log(tmp_path)
    run = read_run(tmp_path)
    assert run.losses["Discriminator"][1].tolist() == pytest.approx([1.4, 1.3, 1.2])
    assert run.pictures[0].unique().tolist() == pytest.approx([0.2])
    assert (run.settings, run.quality, run.floor, run.final_quality, run.seconds) == ({}, {}, None, None, 0)
    assert (run.num_epoch, run.batches, run.lab) == (1, 3, "GAN")


def test_a_cut_event_file_is_read_as_far_as_it_goes(tmp_path):
    path = log(tmp_path, steps=50)
    content = path.read_bytes()
    path.write_bytes(content[:-20])
    run = read_run(tmp_path)
    assert (len(run.losses["Discriminator"][0]), sorted(run.pictures)) == (50, [0])


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"not an event file at all, but some text"])
def test_a_file_that_is_damaged_from_the_start_is_named(tmp_path, content):
    log(tmp_path)
    bad = tmp_path / "events.out.tfevents.1.bad"
    bad.write_bytes(content)
    assert refusal_of(tmp_path) == (
        f"{bad} cannot be read: it is empty or damaged from its first record on. Delete it; what other files in the "
        "folder hold is then read, else train again."
    )


def test_a_file_that_is_a_folder_is_named(tmp_path):
    bad = tmp_path / "events.out.tfevents.1.bad"
    bad.mkdir()
    assert refusal_of(tmp_path) == f"{bad} cannot be read: Is a directory."


def test_a_folder_without_event_files_is_named(tmp_path):
    assert refusal_of(tmp_path) == f"{tmp_path} holds no event files of TensorBoard."
    assert refusal_of(tmp_path, read_runs) == (
        f"{tmp_path} holds no event files of TensorBoard. Train a lab first; it logs into logs/."
    )


def test_event_files_of_something_else_are_named(tmp_path):
    with SummaryWriter(str(tmp_path)) as writer:
        writer.add_scalar("accuracy", 0.5, 1)
    assert refusal_of(tmp_path) == (
        f'{tmp_path} holds no training run: its event files have no losses ("<LAB>/Loss/...") or no pictures '
        '("Generated Images"). Train a lab with it as its log folder.'
    )


@pytest.mark.parametrize("content", ["{cut", "[1, 2]", "[" * 100_000])
def test_damaged_settings_are_named(tmp_path, content):
    log(tmp_path)
    (tmp_path / "settings.json").write_text(content)
    assert refusal_of(tmp_path).startswith(f"{tmp_path}/settings.json cannot be read: ")


def test_a_graph_beside_the_runs_is_left_out_and_it_is_said(tmp_path, capsys):
    log(tmp_path / "experiment_gan")
    with SummaryWriter(str(tmp_path / "graph")) as writer:
        writer.add_scalar("accuracy", 0.5, 1)
    assert [run.lab for run in read_runs(tmp_path)] == ["GAN"]
    assert capsys.readouterr().out.startswith(f"Left out: {tmp_path}/graph holds no training run: ")
    assert refusal_of(tmp_path / "graph", read_runs).startswith(f"{tmp_path}/graph holds no training run: ")


def test_runs_are_found_at_any_depth_in_the_order_of_names(tmp_path):
    for name, lab in (("b/experiment_wgan", "WGAN"), ("a/experiment_gan", "GAN")):
        log(tmp_path / name, lab)
        (tmp_path / name / "settings.json").write_text(json.dumps({"batch_size": 128, "odd": [1]}))
    runs = read_runs(tmp_path)
    assert [run.lab for run in runs] == ["GAN", "WGAN"]
    assert runs[0].settings == {"batch_size": 128, "odd": "[1]"}
    assert np.array_equal(runs[0].losses["Discriminator"][0], [1, 2, 3])
