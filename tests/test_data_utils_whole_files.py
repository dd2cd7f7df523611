"""A file bears its name whole or not at all, and a sentence says why it does not."""

import errno
import os

import pytest

from data_utils import NotSavedError
from data_utils.whole_files import whole_file


def test_a_file_appears_only_when_the_block_has_ended(tmp_path):
    path = tmp_path / "logs" / "a.gif"
    with whole_file(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert [(found.name, found.read_bytes()) for found in path.parent.iterdir()] == [("a.gif", b"new")]


def test_an_error_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "a.gif"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), whole_file(path) as file:
        file.writelines([b"half", None])
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("a.gif", b"old")]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_full_or_forbidden_disk_is_named_and_leaves_the_old_file(tmp_path, monkeypatch, number):
    def refuse(source, target):
        raise OSError(number, os.strerror(number))

    path = tmp_path / "a.gif"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(NotSavedError) as caught, whole_file(path) as file:
        file.write(b"new")
    assert str(caught.value) == (
        f"{path} cannot be saved: {os.strerror(number)}. Make room there, or name a folder in which you may write; "
        "what stood under this name before is unchanged."
    )
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("a.gif", b"old")]


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "logs").touch()
    told = r"/logs/a.gif cannot be saved: (File exists|Not a directory)\. Make room"
    with pytest.raises(NotSavedError, match=told), whole_file(tmp_path / "logs" / "a.gif"):
        pass
