"""What cannot be read as a training run is named; a cut file is read as far as it goes."""

import json
import struct
import zlib

import numpy as np
import pytest
import torch
from tensorboard.compat.proto.summary_pb2 import Summary
from torch.utils.tensorboard import SummaryWriter

from data_utils import QualityFigures, UnreadableRunError, read_run, read_runs
from data_utils.run_files import quality_scalars


def log(folder, lab="GAN", steps=3):
    with SummaryWriter(str(folder)) as writer:
        for step in range(1, steps + 1):
            writer.add_scalar(f"{lab}/Loss/Discriminator", 1.5 - step / 10, step)
        writer.add_image("Generated Images", torch.full((3, 4, 4), 0.2), 0)
        writer.add_image("Generated Images", torch.full((3, 4, 4), 1.0), 1)
    return next(folder.glob("events.out.tfevents.*"))


ROWS = (b"IDAT", zlib.compress(bytes(4 * 5)))  # four rows of four pixels


def png(width, height, *others):
    """A PNG file of these sides, and of other chunks in place of its pixels."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    chunks = [
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in (header, *others, (b"IEND", b""))
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def log_picture(folder, encoded):
    """Log a picture of epoch 2 as these bytes."""
    with SummaryWriter(str(folder)) as writer:
        image = Summary.Image(height=4, width=4, colorspace=3, encoded_image_string=encoded)
        writer.file_writer.add_summary(Summary(value=[Summary.Value(tag="Generated Images", image=image)]), 2)


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


@pytest.mark.parametrize("side", [2_001, 10_000, 20_000, 2**31 - 1])
def test_a_picture_of_too_many_pixels_is_named_and_never_unpacked(tmp_path, side):
    log(tmp_path)
    log_picture(tmp_path, png(side, side, (b"IDAT", zlib.compress(b"\x00"))))
    told = refusal_of(tmp_path)
    assert told.startswith(f"{tmp_path}: the picture of epoch 2 cannot be read: ")
    assert f"{side}x{side} pixels" in told or f"({side * side} pixels)" in told


@pytest.mark.parametrize(
    "encoded",
    [b"", b"no PNG", png(4, 4), png(4, 4, ROWS, (b"iCCP", b""))],
    ids=["empty", "text", "no rows", "an empty colour profile"],
)
def test_a_damaged_picture_is_named(tmp_path, encoded):
    log(tmp_path)
    log_picture(tmp_path, encoded)
    assert refusal_of(tmp_path).startswith(f"{tmp_path}: the picture of epoch 2 cannot be read: ")


def test_pictures_of_other_sizes_are_named(tmp_path):
    log(tmp_path)
    with SummaryWriter(str(tmp_path)) as writer:
        writer.add_image("Generated Images", torch.zeros(3, 4, 6), 2)
    assert refusal_of(tmp_path) == f"{tmp_path}: its pictures have 4x4 and 6x4 pixels; a run's are all of one size."


def test_figures_without_a_number_of_samples_are_left_out(tmp_path):
    log(tmp_path)
    with SummaryWriter(str(tmp_path)) as writer:
        for epoch, count in ((0, 2000), (1, float("nan"))):
            for tag, value in quality_scalars(QualityFigures(1.0, 0.5, (0.1,) * 10, count), of_real=False).items():
                writer.add_scalar(f"GAN/{tag}", value, epoch)
    assert {epoch: figures.count for epoch, figures in read_run(tmp_path).quality.items()} == {0: 2000}


def test_settings_are_text_that_can_be_written(tmp_path):
    log(tmp_path)
    (tmp_path / "settings.json").write_text('{"half a letter": "\\ud800"}')
    assert read_run(tmp_path).settings == {"half a letter": "?"}


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
