"""`llmcore config`: show and change settings."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import Annotated, Any

import typer

from llmcore_tui import locations
from llmcore_tui.cli import output
from llmcore_tui.cli.options import Json
from llmcore_tui.errors import InputError

app = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A setting, or keys.BINDING.")]


@app.command()
def show(json: Json = False) -> None:
    """Show every setting, its value and where it comes from."""
    from llmcore_tui.config import Config, read, shown

    settings, origins = read(os.environ)
    values = {
        setting.name: _plain(shown(setting.name, getattr(settings, setting.name)))
        for setting in fields(Config)
    }
    if json:
        output.json(
            {
                "file": str(locations.config_file()),
                "settings": {name: {"value": value, "from": origins[name]} for name, value in values.items()},
            }
        )
        return
    width = max(map(len, values))
    for name, value in values.items():
        output.line(
            f"{name:{width}}  {_text(value)}{'' if origins[name] == 'default' else f'   ({origins[name]})'}"
        )


@app.command()
def get(name: Name, json: Json = False) -> None:
    """Print the value of one setting; of a key only its end."""
    from llmcore_tui.config import known, load, shown

    setting, binding = known(name)
    value = _plain(shown(setting, getattr(load(os.environ), setting)))
    value = value.get(binding) if binding else value
    if json:
        output.json({name: value})
    else:
        output.line(_text(value))


@app.command("set")
def set_(
    name: Name,
    value: Annotated[list[str], typer.Argument(metavar="VALUE", help="Its new value; several for a list.")],
    json: Json = False,
) -> None:
    """Change one setting; the rest of the file stays as it is."""
    from llmcore_tui.config import PREFIX, set_value, shown

    held = _plain(shown(name, set_value(name, value)))
    if json:
        output.json({name: held})
        return
    output.line(f"{name} is now {_text(held)}.")
    if (variable := f"{PREFIX}{name.upper()}") in os.environ:
        output.line(f"{variable} is set in this terminal and goes over the file.")


@app.command()
def unset(name: Name, json: Json = False) -> None:
    """Take one setting out of the file: its default holds again."""
    from llmcore_tui.config import unset as take_out

    was_there = take_out(name)
    if json:
        output.json({name: None, "was_set": was_there})
    else:
        output.line(f"{name} is at its default{'' if was_there else ' and was so before'}.")


@app.command()
def path() -> None:
    """Print where the file of settings is, whether it exists or not."""
    output.line(str(locations.config_file()))


@app.command()
def edit() -> None:
    """Open the file of settings in your editor, and check it afterwards."""
    import shlex
    import subprocess

    from llmcore_tui.config import check_file, close_to_others, template

    file = locations.config_file()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(template(), encoding="utf-8")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        ended = subprocess.run([*shlex.split(editor), str(file)], check=False)
    except (FileNotFoundError, PermissionError) as error:
        raise InputError(
            f"The editor {editor!r} cannot be started.", f"Set EDITOR, or open {file} yourself."
        ) from error
    if ended.returncode:
        raise InputError(f"The editor {editor!r} ended with code {ended.returncode}.")
    close_to_others()
    check_file()


def _plain(value: Any) -> Any:
    """The value as JSON and TOML have it."""
    if isinstance(value, tuple):
        return [part if isinstance(part, int | float) else str(part) for part in value]
    return dict(value) if isinstance(value, dict) else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name} = {key}" for name, key in value.items()) or "-"
    return str(value) or "-"
