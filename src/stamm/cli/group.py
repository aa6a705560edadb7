"""The group of all commands: finds them, knows the reader, and ends with a sentence and an exit code."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import click

from stamm.cli import commands
from stamm.cli.failing import report_failure
from stamm.cli.session import begin, current
from stamm.cli.speaking import HELP_WIDTH, Asked, Command, record_of, shared_options, write_examples
from stamm.lang.errors import UsageError
from stamm.lang.version import __version__

PURPOSE = "Measures customer retention and engagement, and shows how each number came about."
EXAMPLES = (
    ("stamm init shop && cd shop && stamm import orders.csv", "Start with your own orders"),
    ("stamm metric customer_retention_rate --grain month", "The retention rate, month by month"),
    ("stamm explain customer_retention_rate --given start=1000 --given kept=600", "How a number is calculated"),
)


class Stamm(click.Group):
    """`stamm`, with a command for each file in `stamm.cli.commands`."""

    def __init__(self) -> None:
        version = Asked(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_version)
        version.help = "Show the version."
        super().__init__("stamm", params=[*shared_options(), version], invoke_without_command=True)
        self._found: dict[str, Command] = {}

    # -- commands --------------------------------------------------------------------
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.found())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self.found().get(cmd_name)

    def found(self) -> dict[str, Command]:
        """All commands by name, in the order in which one first needs them."""
        if not self._found:
            names = [module.name for module in pkgutil.iter_modules(commands.__path__, commands.__name__ + ".")]
            values = [value for name in names for value in vars(importlib.import_module(name)).values()]
            all_commands = [value for value in values if isinstance(value, Command)]
            self._found = {str(made.name): made for made in sorted(all_commands, key=lambda made: made.step)}
        return self._found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.found() and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.found(), n=1)
            say = current()
            hint = say("Did you mean {name}?", name=near[0]) if near else say("`stamm --help` lists the commands.")
            raise UsageError(say("There is no command {name}.", name=repr(args[0])), remedy=hint)
        return super().resolve_command(ctx, args)

    # -- running ---------------------------------------------------------------------
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        extra.setdefault("obj", begin(args))
        extra.setdefault("max_content_width", HELP_WIDTH)
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        if ctx.invoked_subcommand is None and not ctx._protected_args:  # noqa: SLF001
            click.echo(ctx.get_help())
            return None
        return super().invoke(ctx)

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run, and leave with the exit code; every failure is told in a block on the error stream."""
        words = list(sys.argv[1:] if args is None else args)
        session = begin(words)
        extra.pop("standalone_mode", None)
        try:
            code = super().main(words, prog_name or "stamm", standalone_mode=False, obj=session, **extra)
            sys.stdout.flush()
        except BrokenPipeError:
            # Nobody reads any more. What is still buffered goes nowhere instead of failing at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(141)
        except Exception as error:  # noqa: BLE001
            sys.exit(report_failure(error, session))
        sys.exit(code if isinstance(code, int) else 0)

    # -- help ------------------------------------------------------------------------
    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        say = current()
        formatter.write_text(say(PURPOSE))
        formatter.write_paragraph()
        formatter.write_usage(ctx.command_path, say("COMMAND [OPTIONS]"), prefix=say("Usage:") + " ")
        with formatter.section(say("Commands")):
            formatter.write_dl([(name, made.get_short_help_str()) for name, made in self.found().items()])
        asked = [record_of(p, ctx) for p in self.get_params(ctx)]
        with formatter.section(say("Everywhere")):
            formatter.write_dl([record for record in asked if record is not None], col_max=28)
        write_examples(formatter, EXAMPLES)
        formatter.write_paragraph()
        formatter.write_text(say("`stamm COMMAND --help` tells more about each."))


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"stamm {__version__}")
        ctx.exit()
