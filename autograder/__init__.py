"""Grades notebooks of the labs. Student code runs in sandboxes; the process that decides a score never runs it."""

from autograder.lab import Lab
from autograder.notebook import checks

__all__ = ["Lab", "checks"]
