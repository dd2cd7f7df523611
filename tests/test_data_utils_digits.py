"""`load_digits` takes the best digits there are, and says what falls short of MNIST."""

import gzip
import hashlib
import os
import struct
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.datasets import KMNIST, MNIST, FashionMNIST

from data_utils import Digits, load_digits, notices, offline_digits
from data_utils.mnist import IMAGE_COUNTS, MnistUnavailableError

OFFLINE = "scikit-learn's 1,797 digits, enlarged to 28x28"


def packed_files(prefix, labels):
    images = np.stack([np.full((28, 28), 51 * label, np.uint8) for label in labels])
    header = struct.pack(">4B3I", 0, 0, 8, 3, len(labels), 28, 28)
    return {
        f"{prefix}-images-idx3-ubyte.gz": gzip.compress(header + images.tobytes(), mtime=0),
        f"{prefix}-labels-idx1-ubyte.gz": gzip.compress(
            struct.pack(">4BI", 0, 0, 8, 1, len(labels)) + bytes(labels), mtime=0
        ),
    }


TRAIN, TEST = packed_files("train", [5, 0, 4]), packed_files("t10k", [5, 0])


def put(folder, files):
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (raw / name).write_bytes(content)
    return raw


@pytest.fixture(autouse=True)
def small_mnist(monkeypatch):
    checksums = {name: hashlib.md5(content).hexdigest() for name, content in (TRAIN | TEST).items()}
    monkeypatch.setattr(MNIST, "resources", list(checksums.items()))
    monkeypatch.setattr(MNIST, "mirrors", [])
    monkeypatch.setitem(IMAGE_COUNTS, "train", 3)
    monkeypatch.setitem(IMAGE_COUNTS, "test", 2)
    monkeypatch.setattr(notices, "_said", set())
    monkeypatch.setenv("no_proxy", "*")
    for variable in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(variable, raising=False)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Keep the test's output quiet."""


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A folder whose files the only mirror offers."""
    folder = tmp_path / "published"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)) as server:
        monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield folder
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("value_range", "values"), [((0.0, 1.0), [1.0, 0.0, 0.8]), ((-1.0, 1.0), [1.0, -1.0, 0.6])])
def test_mnist_is_scaled_to_the_range(tmp_path, capsys, value_range, values):
    put(tmp_path, TRAIN)
    digits = load_digits(value_range, folder=tmp_path, download=False)
    assert isinstance(digits, torch.utils.data.Dataset)
    assert (digits.images.shape, digits.images.dtype) == ((3, 1, 28, 28), torch.float32)
    assert digits.images[:, 0, 0, 0].tolist() == pytest.approx(values)
    assert (digits.labels.tolist(), digits.labels.dtype) == ([5, 0, 4], torch.int64)
    assert (digits.source, digits.value_range) == ("MNIST, 3 training images", value_range)
    assert capsys.readouterr() == ("", "")


def test_an_item_is_an_image_and_a_python_label():
    digits = Digits(torch.zeros(2, 1, 28, 28), torch.tensor([3, 8]), "two", (0.0, 1.0))
    image, label = digits[1]
    assert len(digits) == 2
    assert image.shape == (1, 28, 28)
    assert (label, type(label)) == (8, int)


@pytest.mark.parametrize("load", [load_digits, offline_digits])
def test_other_ranges_are_refused(load):
    with pytest.raises(ValueError, match=r".") as caught:
        load((0, 255))
    assert str(caught.value) == (
        f"{load.__name__}: value_range is (0, 255); allowed are (0.0, 1.0), for a generator that ends in "
        "Sigmoid, and (-1.0, 1.0), for one that ends in Tanh."
    )


def test_other_splits_are_refused():
    with pytest.raises(ValueError, match=r".") as caught:
        load_digits(split="validation")
    assert str(caught.value) == 'load_digits: split is \'validation\'; allowed are "train" and "test".'


def test_a_missing_split_is_fetched_and_then_read_from_the_disk(tmp_path, published, monkeypatch, capsys):
    for name, content in TRAIN.items():
        (published / name).write_bytes(content)
    assert load_digits(folder=tmp_path).source == "MNIST, 3 training images"
    assert capsys.readouterr().out == ""
    assert sorted(file.name for file in (tmp_path / "MNIST" / "raw").iterdir()) == sorted(TRAIN)
    monkeypatch.setattr(MNIST, "mirrors", [])
    assert load_digits(folder=tmp_path).labels.tolist() == [5, 0, 4]


def test_a_damaged_file_is_named_and_fetched_anew(tmp_path, published, capsys):
    raw = put(tmp_path, TRAIN | {"train-labels-idx1-ubyte.gz": b"cut"})
    (published / "train-labels-idx1-ubyte.gz").write_bytes(TRAIN["train-labels-idx1-ubyte.gz"])
    assert load_digits(folder=tmp_path).labels.tolist() == [5, 0, 4]
    good, bad = (hashlib.md5(c).hexdigest() for c in (TRAIN["train-labels-idx1-ubyte.gz"], b"cut"))
    assert capsys.readouterr().out == (
        f"{raw}/train-labels-idx1-ubyte.gz is treated as missing: its MD5 checksum is {bad} instead of {good}.\n"
    )


def test_the_test_images_stand_in_for_the_training_images_and_it_is_said_once(tmp_path, published, capsys):
    raw = put(tmp_path, TEST)
    for _ in range(2):
        assert load_digits(folder=tmp_path).source == "MNIST, 2 test images"
    assert capsys.readouterr().out == (
        "MNIST's 3 training images are not to be had, used instead: MNIST, 2 test images. "
        f"train-images-idx3-ubyte.gz cannot be fetched: {MNIST.mirrors[0]} answers 404 File not found. "
        "To get MNIST, run this again with a network, or put train-images-idx3-ubyte.gz and "
        f"train-labels-idx1-ubyte.gz into {raw}.\n"
    )


@pytest.mark.parametrize(("split", "wanted"), [("train", "3 training"), ("test", "2 test")])
def test_the_offline_digits_come_last_and_it_is_said(tmp_path, capsys, split, wanted):
    digits = load_digits(split=split, folder=tmp_path, download=False)
    assert (digits.source, len(digits)) == (OFFLINE, 1797)
    prefix, raw = {"train": "train", "test": "t10k"}[split], tmp_path / "MNIST" / "raw"
    assert capsys.readouterr().out == (
        f"MNIST's {wanted} images are not to be had, used instead: {OFFLINE}. "
        f"{raw} holds no whole {prefix}-images-idx3-ubyte.gz, and download=False forbids fetching it. "
        f"To get MNIST, run this again with a network, or put {prefix}-images-idx3-ubyte.gz and "
        f"{prefix}-labels-idx1-ubyte.gz into {raw}.\n"
    )
    assert not raw.exists()


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-1.0, 1.0)])
def test_the_offline_digits_fill_the_range(value_range):
    digits = offline_digits(value_range)
    assert (digits.images.shape, digits.images.dtype) == ((1797, 1, 28, 28), torch.float32)
    assert (digits.images.min().item(), digits.images.max().item()) == value_range
    assert (digits.labels.dtype, digits.source) == (torch.int64, OFFLINE)


def test_mnists_own_test_images_are_read(monkeypatch, capsys):
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("GAN_LABS_DATA") or root.parent / "shared" / "data")
    if not list((folder / "MNIST" / "raw").glob("t10k-images-idx3-ubyte*")):
        pytest.skip(f"{folder} holds no MNIST test images; name a folder that does in GAN_LABS_DATA.")
    monkeypatch.undo()  # back to the published checksums and counts
    digits = load_digits((0.0, 1.0), split="test", folder=folder, download=False)
    assert digits.source == "MNIST, 10,000 test images"
    assert digits.labels[:8].tolist() == [7, 2, 1, 0, 4, 1, 4, 9]
    assert digits.images.mean().item() == pytest.approx(0.1325, abs=1e-4)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["Fashion-MNIST", "KMNIST"])
def test_other_data_sets_are_fetched_by_name(tmp_path, published, monkeypatch, name):
    kind = {"Fashion-MNIST": FashionMNIST, "KMNIST": KMNIST}[name]
    monkeypatch.setattr(kind, "resources", MNIST.resources)
    monkeypatch.setattr(kind, "mirrors", MNIST.mirrors)
    for file, content in TRAIN.items():
        (published / file).write_bytes(content)
    clothes = load_digits(folder=tmp_path, name=name)
    assert (clothes.source, clothes.labels.tolist()) == (f"{name}, 3 training images", [5, 0, 4])
    assert len(list((tmp_path / kind.__name__ / "raw").iterdir())) == 2


def test_nothing_stands_in_for_another_data_set(tmp_path):
    with pytest.raises(MnistUnavailableError) as caught:
        load_digits(folder=tmp_path, download=False, name="KMNIST")
    raw = tmp_path / "KMNIST" / "raw"
    assert str(caught.value) == (
        f"{raw} holds no whole train-images-idx3-ubyte.gz, and download=False forbids fetching it. To get KMNIST, run "
        f"this again with a network, or put train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz into {raw}."
    )


@pytest.mark.parametrize("size", [28, 32, 64])
def test_images_come_in_three_sizes(tmp_path, size):
    put(tmp_path, TRAIN)
    images = load_digits((-1.0, 1.0), folder=tmp_path, download=False, size=size).images
    assert images.shape == (3, 1, size, size)
    assert images[1].unique().tolist() == [-1.0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"size": 30}, "load_digits: size is 30; allowed are 28, 32 and 64."),
        (
            {"name": "CIFAR10"},
            'load_digits: name is \'CIFAR10\'; allowed are "MNIST", "Fashion-MNIST" and "KMNIST".',
        ),
    ],
)
def test_other_sizes_and_names_are_refused(given, told):
    with pytest.raises(ValueError, match=r".") as caught:
        load_digits(**given)
    assert str(caught.value) == told
