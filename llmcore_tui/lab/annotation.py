"""The flags of a demo, read from the signature of its `run` without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from llmcore_tui.content.bilingual import Bilingual
from llmcore_tui.errors import DemoError
from llmcore_tui.lab.declaration import Flag, FlagValue
from llmcore_tui.lab.flag import FlagSpec, FlagType
from llmcore_tui.lab.literal import assignments, evaluate

_SEED = Flag("Seed of the random numbers", "随机数种子", low=0)
_TYPES: dict[str, FlagType] = {
    "float": "float",
    "int": "int",
    "bool": "bool",
    "str": "str",
    "tuple[float, ...]": "floats",
}


def read_flags(tree: ast.Module, file: Path) -> Iterator[FlagSpec]:
    """One flag for each parameter of `run`, in its order."""
    runs = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "run"]
    if not runs:
        raise DemoError(
            f"{file}:1: there is no function `run`.", "demos/README.md says what a demo declares."
        )
    arguments = runs[-1].args
    if arguments.vararg or arguments.kwarg:
        raise DemoError(f"{file}:{runs[-1].lineno}: run takes named flags only, no `*`.")
    parameters = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(parameters) - len(arguments.defaults))
    aliases = assignments(tree)
    for parameter, default in zip(
        [*parameters, *arguments.kwonlyargs],
        [*defaults, *arguments.defaults, *arguments.kw_defaults],
        strict=True,
    ):
        yield _Parameter(parameter, default, file, aliases).flag()


class _Parameter:
    def __init__(
        self, node: ast.arg, default: ast.expr | None, file: Path, aliases: Mapping[str, ast.expr]
    ) -> None:
        self.node = node
        self.default = default
        self.file = file
        self.aliases = aliases
        """What the file assigns to names, `Method = Literal["lora", "full"]` among it."""

    def flag(self) -> FlagSpec:
        if self.default is None:
            raise self._error("has no default")
        if self.node.annotation is None:
            raise self._error("has no type; write Annotated[float, Flag(…)]")
        type_node, flag = self._annotated(self.node.annotation)
        kind, choices = self._type(type_node)
        default = evaluate(self.default, self.file, {})
        if not isinstance(default, bool | int | float | str | tuple):
            raise self._error("has a default that no flag can have")
        return FlagSpec(
            name=self.node.arg,
            type=kind,
            default=default,
            help=Bilingual(flag.en, flag.zh),
            choices=choices,
            low=flag.low,
            high=flag.high,
            live=self._live(flag),
            line=self.node.lineno,
        )

    def _annotated(self, annotation: ast.expr) -> tuple[ast.expr, Flag]:
        match annotation:
            case ast.Subscript(value=ast.Name("Annotated"), slice=ast.Tuple(elts=[type_node, flag_node])):
                flag = evaluate(flag_node, self.file, {"Flag": Flag})
            case _ if self.node.arg == "seed":
                type_node, flag = annotation, _SEED
            case _:
                raise self._error("is not Annotated[type, Flag(…)]")
        if not isinstance(flag, Flag):
            raise self._error("is not Annotated[type, Flag(…)]")
        if not (isinstance(flag.en, str) and isinstance(flag.zh, str) and flag.en and flag.zh):
            raise self._error("is not explained in both languages")
        if not all(limit is None or type(limit) in (int, float) for limit in (flag.low, flag.high)):
            raise self._error("has a limit that is no number")
        return type_node, flag

    def _type(self, node: ast.expr) -> tuple[FlagType, tuple[FlagValue, ...]]:
        if (name := ast.unparse(node)) in _TYPES:
            return _TYPES[name], ()
        match self._named(node):
            case ast.Subscript(value=ast.Name("Literal")) as words:
                return "choice", self._words(words)
            case ast.BinOp(left=ast.Name("int" | "float" as number), op=ast.BitOr(), right=right):
                match self._named(right):
                    case ast.Subscript(value=ast.Name("Literal")) as words:
                        return _TYPES[number], self._words(words)
        raise self._error(
            f"is of type {name}; it may be {', '.join(_TYPES)}, Literal[…] or a number | Literal[…]"
        )

    def _named(self, node: ast.expr) -> ast.expr:
        """What a name stands for, where the file gives it one."""
        return self.aliases.get(node.id, node) if isinstance(node, ast.Name) else node

    def _words(self, node: ast.Subscript) -> tuple[FlagValue, ...]:
        value = evaluate(node.slice, self.file, {})
        words: list[FlagValue] = []
        for word in value if isinstance(value, tuple) else (value,):
            if not isinstance(word, bool | int | float | str):
                raise self._error("has a choice that is neither text nor number")
            words.append(word)
        return tuple(words)

    def _live(self, flag: Flag) -> dict[str, tuple[FlagValue, ...]]:
        if not isinstance(flag.live, Mapping):
            raise self._error("has a `live` that is no dictionary")
        live: dict[str, tuple[FlagValue, ...]] = {}
        for name, values in flag.live.items():
            if not isinstance(name, str) or not isinstance(values, tuple | list) or not values:
                raise self._error("has a `live` that is not {flag: (value, …)}")
            live[name] = tuple(values)
        return live

    def _error(self, why: str) -> DemoError:
        return DemoError(f"{self.file}:{self.node.lineno}: the parameter {self.node.arg} of run {why}.")
