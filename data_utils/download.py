"""Fetching one file so that a part of it is never taken for the whole.

torchvision's own download writes under the final name and unpacks there, and its next run takes whatever
bears that name: a cut file stays. Here a file bears its name only once its MD5 checksum is right.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from data_utils.whole_files import NotSavedError, whole_file

CONNECTION_TIMEOUT_S = 10.0  # long enough for a slow mirror, short enough to sit out without a network
CHUNK_BYTES = 64 * 1024


class DownloadError(Exception):
    """A file could not be fetched; the message is a full sentence that says why."""


class _MirrorError(Exception):
    """One mirror did not deliver; the next may."""


def download(name: str, md5: str, mirrors: Sequence[str], folder: Path) -> None:
    """Fetch `name` into `folder` from the first mirror that delivers it whole.

    `mirrors` are addresses that end in a slash. A progress bar runs on standard error.
    Errors: DownloadError, when no mirror delivers the file or the folder cannot be written.
    """
    failures = []
    for mirror in mirrors:
        try:
            return _download_from(mirror + name, md5, folder / name)
        except _MirrorError as failure:
            failures.append(f"{mirror} {failure}")
        except NotSavedError as failure:
            raise DownloadError(
                f"{name} cannot be saved in {folder}: {failure.reason}. Make room there, or name "
                "a folder that can be written in the environment variable GAN_LABS_DATA."
            ) from failure
    raise DownloadError(f"{name} cannot be fetched: {'; '.join(failures)}.")


def _download_from(url: str, md5: str, target: Path) -> None:
    with _naming_network_errors():
        response: HTTPResponse = urlopen(url, timeout=CONNECTION_TIMEOUT_S)  # noqa: S310  # fixed addresses
    with response, whole_file(target) as file:
        found = _save(response, file, target.name)
        if found != md5:
            raise _MirrorError(f"sent a file with the MD5 checksum {found} instead of {md5}")


def _save(response: HTTPResponse, file: BinaryIO, title: str) -> str:
    """Write the response's body to the file and return its MD5 checksum."""
    from tqdm import tqdm

    checksum = hashlib.md5(usedforsecurity=False)
    with tqdm(total=response.length, desc=title, unit="B", unit_scale=True) as bar:
        for chunk in _chunks(response):
            file.write(chunk)
            checksum.update(chunk)
            bar.update(len(chunk))
    return checksum.hexdigest()


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    announced, received = response.length, 0
    while chunk := _next_chunk(response):
        received += len(chunk)
        yield chunk
    if announced is not None and received < announced:  # http.client does not report this for sized reads
        raise _MirrorError(f"closed the connection after {received:,} of {announced:,} bytes")


def _next_chunk(response: HTTPResponse) -> bytes:
    with _naming_network_errors():
        return response.read(CHUNK_BYTES)


@contextmanager
def _naming_network_errors() -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        error.close()
        raise _MirrorError(f"answers {error.code} {error.reason}") from error
    except (OSError, HTTPException) as error:
        cause = error.reason if isinstance(error, URLError) else error
        raise _MirrorError(f"does not deliver ({getattr(cause, 'strerror', None) or cause})") from error
