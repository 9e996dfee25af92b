"""Literals of a Python file, read from its syntax tree: nothing is imported, nothing is executed."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from llmcore_tui.errors import DemoError

LARGEST_FILE_BYTES = 1_000_000
_one_at_a_time = threading.Lock()
# Before 3.13 two threads that parse spoil each other's count of the depth: SystemError (CPython issue 106905).
Constructors = Mapping[str, Callable[..., object]]


def parse(file: Path) -> ast.Module:
    """The syntax tree of a Python file; DemoError where it cannot be read or is not Python."""
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise DemoError(f"{file}: longer than {LARGEST_FILE_BYTES:,} bytes; that is no demo.")
        source = file.read_bytes()
        with _one_at_a_time:
            return ast.parse(source, filename=str(file))
    except OSError as error:
        raise DemoError(f"{file}: {error.strerror or error}.") from None
    except SyntaxError as error:
        raise DemoError(f"{file}:{error.lineno or 1}: not Python: {error.msg}.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise DemoError(f"{file}: cannot be parsed: {error or 'nested too deeply'}.") from None


def assignments(tree: ast.Module) -> dict[str, ast.expr]:
    """What the file assigns to plain names at its top level; the last assignment holds."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def evaluate(node: ast.expr, file: Path, constructors: Constructors) -> object:
    """The value of a literal, or of a call of one of `constructors` with literals; DemoError at any other thing."""

    def value(inner: ast.expr) -> object:
        return evaluate(inner, file, constructors)

    match node:
        case ast.Constant():
            return node.value
        case ast.Tuple():
            return tuple(value(item) for item in node.elts)
        case ast.List():
            return [value(item) for item in node.elts]
        case ast.Dict():
            if not all(isinstance(key, ast.Constant) for key in node.keys):
                raise not_literal(node, file, "a key of the dictionary")
            return {value(key): value(item) for key, item in zip(node.keys, node.values, strict=True) if key}
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=int() | float() as number)):
            return -number if isinstance(node.op, ast.USub) else number
        case ast.Call() if (name := ast.unparse(node.func)) in constructors:
            return _construct(name, node, file, constructors)
    raise not_literal(node, file, f"`{_shortened(ast.unparse(node))}`")


def not_literal(node: ast.AST, file: Path, what: str) -> DemoError:
    """The error for something that would have to be executed to be known."""
    line = getattr(node, "lineno", 1)
    return DemoError(
        f"{file}:{line}: {what} is not a literal.", "What a demo declares is read without running it."
    )


def _construct(name: str, node: ast.Call, file: Path, constructors: Constructors) -> object:
    if any(isinstance(item, ast.Starred) for item in node.args) or any(
        not word.arg for word in node.keywords
    ):
        raise not_literal(node, file, "`*` in a call")
    positional = [evaluate(item, file, constructors) for item in node.args]
    named = {str(word.arg): evaluate(word.value, file, constructors) for word in node.keywords}
    try:
        return constructors[name](*positional, **named)
    except TypeError as error:
        reason = str(error).partition("() ")[2] or str(error)
        raise DemoError(f"{file}:{node.lineno}: {name}: {reason}.") from None


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
