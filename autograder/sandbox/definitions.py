"""Tells the statements of a cell that only define from those that may run for long, such as a training loop."""

from __future__ import annotations

import ast
import types
from collections.abc import Mapping
from typing import Any

ALWAYS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
REPEATING = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Await)


def is_definition(node: ast.stmt, namespace: Mapping[str, Any]) -> bool:
    """Whether a statement is an import, a function, a class, or an assignment that calls nothing but what modules
    have, such as `torch.device("cpu")`; or a `try` made of such."""
    if isinstance(node, ast.Try):
        parts = [*node.body, *node.orelse, *node.finalbody, *(part for h in node.handlers for part in h.body)]
        return all(isinstance(part, ast.Pass) or is_definition(part, namespace) for part in parts)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(_may_last(part, namespace) for part in ast.walk(node))
    return isinstance(node, ALWAYS)


def _may_last(part: ast.AST, namespace: Mapping[str, Any]) -> bool:
    if not isinstance(part, ast.Call):
        return isinstance(part, REPEATING)
    called: ast.expr = part.func
    while isinstance(called, ast.Attribute):
        called = called.value
    return not (isinstance(called, ast.Name) and isinstance(namespace.get(called.id), types.ModuleType))
