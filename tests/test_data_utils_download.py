"""A download is whole or it is not there; every failure is one sentence."""

import errno
import hashlib
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data_utils import download as module
from data_utils.download import DownloadError, download

BODY = bytes(range(200)) * 5  # 1,000 bytes
MD5 = hashlib.md5(BODY).hexdigest()


class Mirror(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/whole/a.gz" and self.path != "/cut/a.gz":
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY if self.path == "/whole/a.gz" else BODY[:300])

    def log_message(self, *args):
        """Keep the test's output quiet."""


@pytest.fixture
def mirror(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def failure_of(mirrors, folder, md5=MD5):
    with pytest.raises(DownloadError) as caught:
        download("a.gz", md5, mirrors, folder)
    return str(caught.value)


def test_a_whole_file_lies_there_alone_under_its_name(mirror, tmp_path, capsys):
    download("a.gz", MD5, [f"{mirror}whole/"], tmp_path / "MNIST" / "raw")
    assert [file.name for file in (tmp_path / "MNIST" / "raw").iterdir()] == ["a.gz"]
    assert (tmp_path / "MNIST" / "raw" / "a.gz").read_bytes() == BODY
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "a.gz: 100%" in shown.err


def test_the_next_mirror_helps_out(mirror, tmp_path):
    download("a.gz", MD5, [f"{mirror}gone/", f"{mirror}cut/", f"{mirror}whole/"], tmp_path)
    assert (tmp_path / "a.gz").read_bytes() == BODY


def test_a_cut_download_leaves_nothing_and_is_named(mirror, tmp_path):
    assert failure_of([f"{mirror}cut/"], tmp_path) == (
        f"a.gz cannot be fetched: {mirror}cut/ closed the connection after 300 of 1,000 bytes."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_checksum_keeps_the_old_file_and_is_named(mirror, tmp_path):
    (tmp_path / "a.gz").write_bytes(b"old")
    assert failure_of([f"{mirror}whole/"], tmp_path, md5="0" * 32) == (
        f"a.gz cannot be fetched: {mirror}whole/ sent a file with the MD5 checksum {MD5} "
        "instead of 00000000000000000000000000000000."
    )
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_each_mirror_that_fails_is_named_and_no_folder_is_made(mirror, tmp_path):
    assert failure_of([f"{mirror}x/", f"{mirror}y/"], tmp_path / "MNIST") == (
        f"a.gz cannot be fetched: {mirror}x/ answers 404 Not Found; {mirror}y/ answers 404 Not Found."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_refused_connection_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        address = f"http://127.0.0.1:{closed_soon.getsockname()[1]}/"
    assert failure_of([address], tmp_path) == (
        f"a.gz cannot be fetched: {address} does not deliver ({os.strerror(errno.ECONNREFUSED)})."
    )


def test_a_silent_mirror_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(module, "CONNECTION_TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert failure_of([address], tmp_path) == (f"a.gz cannot be fetched: {address} does not deliver (timed out).")


def test_a_folder_that_cannot_be_made_is_named_and_no_other_mirror_is_asked(mirror, tmp_path):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "raw"
    assert failure_of([f"{mirror}whole/", f"{mirror}x/"], folder) == (
        f"a.gz cannot be saved in {folder}: Not a directory. Make room there, or name "
        "a folder that can be written in the environment variable GAN_LABS_DATA."
    )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_full_or_forbidden_disk_is_named_and_leaves_nothing(mirror, tmp_path, monkeypatch, number):
    def refuse(source, target):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    assert failure_of([f"{mirror}whole/"], tmp_path) == (
        f"a.gz cannot be saved in {tmp_path}: {os.strerror(number)}. Make room there, or name "
        "a folder that can be written in the environment variable GAN_LABS_DATA."
    )
    assert list(tmp_path.iterdir()) == []
