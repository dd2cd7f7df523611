"""Sentences for the reader of a notebook, each printed once in a process."""

_said: set[str] = set()


def say_once(sentence: str) -> None:
    """Print a sentence to standard output, unless this process has printed it before.

    Standard output and not standard error: nbgrader takes any text on standard error for a failed test.
    """
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)
