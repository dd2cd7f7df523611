"""MNIST's files are used whole or not at all. Three made-up images stand for MNIST here."""

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets import MNIST

from data_utils import notices
from data_utils.mnist import IMAGE_COUNTS, MnistUnavailableError, data_folder, mnist_arrays

IMAGES = np.arange(3 * 28 * 28, dtype=np.uint8).reshape(3, 28, 28)
PLAIN = {
    "train-images-idx3-ubyte": struct.pack(">4B3I", 0, 0, 8, 3, 3, 28, 28) + IMAGES.tobytes(),
    "train-labels-idx1-ubyte": struct.pack(">4BI", 0, 0, 8, 1, 3) + bytes([7, 2, 1]),
}
PACKED = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in PLAIN.items()}
MD5S = {name: hashlib.md5(content).hexdigest() for name, content in PACKED.items()}


@pytest.fixture(autouse=True)
def three_images(monkeypatch):
    monkeypatch.setattr(MNIST, "resources", list(MD5S.items()))
    monkeypatch.setitem(IMAGE_COUNTS, "train", 3)
    monkeypatch.setattr(notices, "_said", set())
    for variable in ("GAN_LABS_DATA", "NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    return folder


def put(raw, files):
    for name, content in files.items():
        (raw / name).write_bytes(content)


@pytest.mark.parametrize("files", [PACKED, PLAIN], ids=["packed", "plain"])
def test_whole_files_are_read(raw, tmp_path, files, capsys):
    put(raw, files)
    images, labels = mnist_arrays("train", tmp_path, fetch=False)
    assert images.dtype == labels.dtype == np.uint8
    assert (images == IMAGES).all()
    assert labels.tolist() == [7, 2, 1]
    assert capsys.readouterr() == ("", "")


def test_a_packed_file_with_another_checksum_is_named_and_the_plain_one_used(raw, tmp_path, capsys):
    put(raw, PLAIN | PACKED | {"train-images-idx3-ubyte.gz": b"cut"})
    images, _ = mnist_arrays("train", tmp_path, fetch=False)
    assert (images == IMAGES).all()
    assert capsys.readouterr().out == (
        f"{raw}/train-images-idx3-ubyte.gz is treated as missing: its MD5 checksum is "
        f"{hashlib.md5(b'cut').hexdigest()} instead of {MD5S['train-images-idx3-ubyte.gz']}.\n"
    )


@pytest.mark.parametrize(
    ("content", "damage"),
    [
        (b"", "its first 16 bytes are missing instead of 00000803000000030000001c0000001c"),
        (
            PLAIN["train-labels-idx1-ubyte"],
            "its first 16 bytes are 0000080100000003070201 instead of 00000803000000030000001c0000001c",
        ),
        (PLAIN["train-images-idx3-ubyte"][:-1], "it has 2,367 bytes instead of 2,368"),
        (PLAIN["train-images-idx3-ubyte"] + b"x", "it has 2,369 bytes instead of 2,368"),
    ],
    ids=["empty", "labels", "short", "long"],
)
def test_a_plain_file_with_another_header_or_size_is_named_and_missing(raw, tmp_path, capsys, content, damage):
    put(raw, PLAIN | {"train-images-idx3-ubyte": content})
    with pytest.raises(MnistUnavailableError) as caught:
        mnist_arrays("train", tmp_path, fetch=False)
    assert capsys.readouterr().out == f"{raw}/train-images-idx3-ubyte is treated as missing: {damage}.\n"
    assert str(caught.value) == (
        f"{raw} holds no whole train-images-idx3-ubyte.gz, and download=False forbids fetching it."
    )


def test_a_file_that_cannot_be_read_is_named(raw, tmp_path, capsys):
    put(raw, PLAIN)
    (raw / "train-labels-idx1-ubyte.gz").mkdir()
    mnist_arrays("train", tmp_path, fetch=False)
    assert capsys.readouterr().out == (
        f"{raw}/train-labels-idx1-ubyte.gz is treated as missing: it cannot be read (Is a directory).\n"
    )


@pytest.mark.parametrize("variable", ["NBGRADER_EXECUTION", "NBGRADER_VALIDATING"])
def test_grading_never_touches_the_network(raw, tmp_path, monkeypatch, variable):
    touched = []
    monkeypatch.setattr("data_utils.download.urlopen", lambda *args, **kwargs: touched.append(args))
    monkeypatch.setenv(variable, "1")
    with pytest.raises(MnistUnavailableError) as caught:
        mnist_arrays("train", tmp_path, fetch=True)
    assert touched == []
    assert str(caught.value) == (
        f"{raw} holds no whole train-images-idx3-ubyte.gz, "
        "and nothing is fetched while a notebook is graded or validated."
    )


def test_the_folder_is_the_argument_then_the_variable_then_the_projects_data(tmp_path, monkeypatch):
    notebook_folder = tmp_path / "assignments" / "gan"
    notebook_folder.mkdir(parents=True)
    monkeypatch.chdir(notebook_folder)
    assert data_folder() == notebook_folder / "data"
    (tmp_path / "data_utils").mkdir()
    (tmp_path / "data_utils" / "mnist.py").touch()
    assert data_folder() == tmp_path / "data"
    monkeypatch.setenv("GAN_LABS_DATA", str(tmp_path / "named"))
    assert data_folder() == tmp_path / "named"
    assert data_folder("given") == Path("given")
