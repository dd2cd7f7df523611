"""What a command cannot do, told in a sentence."""

from typing import ClassVar

WRONG_USAGE, UNGRADABLE = 2, 3  # exit statuses: what was asked for cannot be done; it could, and something here failed


class AutograderError(Exception):
    """The message is a sentence for whoever gave the command, which then ends with `status`."""

    status: ClassVar[int] = WRONG_USAGE
