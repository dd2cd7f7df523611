"""A checkpoint brings everything back, is written whole, and runs nothing of what it holds."""

import io
import pickle
from contextlib import suppress

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from data_utils import CheckpointError, NotSavedError, load_checkpoint, save_checkpoint
from tests.full_disk import files_of_at_most

# That build strings, tuples, lists and numbers, call, look up and end
PICKLE_CODES = b"(.012FGIJKMNRTUVX]abcdehjlopqrstu}\x80\x81\x82\x85\x86\x87\x88\x8a"


def parts():
    torch.manual_seed(0)
    G = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    return {"G": G, "optim_G": torch.optim.Adam(G.parameters(), lr=0.1)}


def train(G, optim_G, steps):
    losses = []
    for _ in range(steps):
        loss = G(torch.randn(4, 2)).square().mean() + G(torch.randn(4, 2)).mean()
        optim_G.zero_grad()
        loss.backward()
        optim_G.step()
        losses.append(loss.item())
    return losses


def refusal_of(path, **given):
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path, **given)
    return str(caught.value)


def test_training_goes_on_as_if_nothing_had_come_between(tmp_path):
    whole = parts()
    train(**whole, steps=3)
    save_checkpoint(tmp_path / "run.pt", 1, 3, **whole)
    expected = train(**whole, steps=3)
    fresh = parts()
    torch.manual_seed(99)
    assert load_checkpoint(tmp_path / "run.pt", **fresh) == (1, 3)
    assert train(**fresh, steps=3) == expected


def test_a_file_that_would_run_code_is_refused(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").touch, ())

    torch.save({"epoch": 1, "step": 1, "parts": {"G": Hostile()}, "random": {}}, tmp_path / "run.pt")
    told = refusal_of(tmp_path / "run.pt", **parts())
    assert told.startswith(f"{tmp_path}/run.pt is no checkpoint, or damaged: ")
    assert told.endswith("Delete it and train anew.")
    assert not (tmp_path / "ran").exists()


def test_a_missing_file_is_named(tmp_path):
    assert refusal_of(tmp_path / "run.pt") == f"{tmp_path}/run.pt cannot be read: No such file or directory."


@pytest.mark.parametrize("content", [b"", b"cut", b".", b"j", pickle.dumps({"epoch": 1}, protocol=2)])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "run.pt").write_bytes(content)
    assert refusal_of(tmp_path / "run.pt").startswith(f"{tmp_path}/run.pt is no checkpoint")


def test_an_empty_file_is_named_with_a_reason(tmp_path):
    (tmp_path / "run.pt").touch()
    assert refusal_of(tmp_path / "run.pt") == (
        f"{tmp_path}/run.pt is no checkpoint, or damaged: EOFError. Delete it and train anew."
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PICKLE_CODES) | st.integers(0, 255), min_size=1, max_size=30).map(bytes))
def test_a_file_of_any_bytes_is_named(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.pt"
    path.write_bytes(content)
    assert refusal_of(path).startswith(f"{path} is no checkpoint")


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")  # torch's own words on some of these files
def test_a_file_with_one_wrong_byte_is_read_or_named(tmp_path):
    held, path = io.BytesIO(), tmp_path / "run.pt"
    given_parts = parts()
    kept = {"epoch": 1, "step": 1, "parts": {name: part.state_dict() for name, part in given_parts.items()}}
    kept["random"] = {"cpu": torch.zeros(1, dtype=torch.uint8), "cuda": []}
    torch.save(kept, held, _use_new_zipfile_serialization=False)  # the older form has no checksums in its way
    for place in range(0, len(held.getvalue()), 3):
        damaged = bytearray(held.getvalue())
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with suppress(CheckpointError):
            load_checkpoint(path, **parts())


def test_a_cut_file_is_named(tmp_path):
    save_checkpoint(tmp_path / "run.pt", 1, **parts())
    whole = (tmp_path / "run.pt").read_bytes()
    (tmp_path / "run.pt").write_bytes(whole[: len(whole) // 2])
    assert refusal_of(tmp_path / "run.pt", **parts()).startswith(f"{tmp_path}/run.pt is no checkpoint, or damaged: ")


def test_a_checkpoint_of_something_else_is_named(tmp_path):
    torch.save({"weights": torch.ones(1)}, tmp_path / "run.pt")
    assert refusal_of(tmp_path / "run.pt") == (
        f"{tmp_path}/run.pt is no checkpoint of these labs: it lacks one of epoch, step, parts, random."
    )


def test_other_parts_are_named(tmp_path):
    save_checkpoint(tmp_path / "run.pt", 1, **parts())
    assert refusal_of(tmp_path / "run.pt", D=nn.Linear(1, 1)) == (
        f"{tmp_path}/run.pt holds G, optim_G; asked for were D."
    )


def test_a_network_of_another_size_is_named(tmp_path):
    save_checkpoint(tmp_path / "run.pt", 1, G=nn.Linear(2, 3))
    told = refusal_of(tmp_path / "run.pt", G=nn.Linear(2, 4))
    assert told.startswith(f"{tmp_path}/run.pt: the state of G does not fit the G given: ")
    assert "size mismatch for weight" in told


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(tmp_path):
    save_checkpoint(tmp_path / "run.pt", 1, **parts())
    large = nn.Linear(1000, 100)
    with files_of_at_most(100_000), pytest.raises(NotSavedError, match=r"/run.pt cannot be saved: File too large\."):
        save_checkpoint(tmp_path / "run.pt", 2, G=large)
    assert load_checkpoint(tmp_path / "run.pt", **parts()) == (1, 0)
    assert [found.name for found in tmp_path.iterdir()] == ["run.pt"]
