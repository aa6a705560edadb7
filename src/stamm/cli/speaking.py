"""Commands whose help is written in the reader's language: purpose, arguments, options, examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from stamm.cli.session import current
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES

Examples = Sequence[tuple[str, str]]
F = Callable[..., Any]
#: what click says of --help
HELP = "Show this message and exit."
#: widest help, so that lines stay readable on a large screen
HELP_WIDTH = 100


class Said(click.Argument):
    """An argument with a sentence in the help."""

    def __init__(self, declarations: Sequence[str], *, sentence: str = "", **more: Any) -> None:
        super().__init__(declarations, **more)
        self.sentence = sentence

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return self.make_metavar(ctx), current()(self.sentence)


class Asked(click.Option):
    """An option whose help is translated when it is shown."""


def record_of(param: click.Parameter, ctx: click.Context) -> tuple[str, str] | None:
    """How a parameter is written, and what it means in the reader's language."""
    record = param.get_help_record(ctx)
    if record is None or isinstance(param, Said):
        return record
    text = param.help if isinstance(param, Asked) and param.help else HELP
    return record[0], current()(text)


class Command(click.Command):
    """A command that teaches itself: one line of purpose, arguments, options, examples."""

    def __init__(self, *arguments: Any, examples: Examples = (), step: int = 0, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.examples = examples
        self.step = step
        self.allow_extra_args = True  # refused by `invoke`, in the reader's language

    def invoke(self, ctx: click.Context) -> Any:
        if ctx.args:
            say = current()
            raise UsageError(
                say("{words}: not expected here.", words=" ".join(ctx.args)),
                remedy=say("`{command} --help` shows what it takes.", command=ctx.command_path),
            )
        return super().invoke(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        return current()(_paragraphs(self.help)[0])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [current()(piece) if piece == "[OPTIONS]" else piece for piece in super().collect_usage_pieces(ctx)]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(
            ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=current()("Usage:") + " "
        )

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        say = current()
        for paragraph in _paragraphs(self.help):
            formatter.write_text(say(paragraph))
            formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        named = [p for p in self.get_params(ctx) if isinstance(p, Said)]
        _write(formatter, say("Arguments"), [record_of(p, ctx) for p in named])
        asked = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        own = [p for p in asked if not _is_shared(p)]
        _write(formatter, say("Options"), [record_of(p, ctx) for p in own])
        shared = [p for p in asked if _is_shared(p)]
        _write(formatter, say("Everywhere"), [record_of(p, ctx) for p in shared])
        write_examples(formatter, self.examples)


def write_examples(formatter: click.HelpFormatter, examples: Examples) -> None:
    """The section of examples: what it does, then the line to type."""
    say = current()
    if examples:
        with formatter.section(say("Examples")):
            for line, purpose in examples:
                formatter.write(f"{' ' * formatter.current_indent}{say(purpose)}:\n")
                formatter.write(f"{' ' * formatter.current_indent}  {line}\n")


def _write(formatter: click.HelpFormatter, title: str, records: Sequence[tuple[str, str] | None]) -> None:
    found = [record for record in records if record is not None]
    if found:
        with formatter.section(title):
            formatter.write_dl(found, col_max=28)


def _paragraphs(text: str | None) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in (text or "").split("\n\n")]


def _is_shared(param: click.Parameter) -> bool:
    return param.opts[0] in SHARED


#: options every command takes; they are read before anything else (session.begin)
SHARED = ("--project", "--language", "--debug", "--help")


def shared_options() -> list[click.Parameter]:
    """--project, --language and --debug."""
    return [
        Asked(
            ["--project"],
            metavar="DIR",
            expose_value=False,
            help="The project's directory; without it, the current one.",
        ),
        Asked(
            ["--language"],
            type=click.Choice(CODES),
            expose_value=False,
            help="Language of what is printed; without it, that of stamm.toml, then the environment's.",
        ),
        Asked(["--debug"], is_flag=True, expose_value=False, help="Show where in the program something failed."),
    ]


def command(name: str, step: int, about: tuple[str, ...], examples: Examples) -> Callable[[F], Command]:
    """Makes a function a command; `about` is its help by paragraphs, the first one the line in the list.

    `step` is its place in the list: the order in which one first needs them.
    """

    def make(function: F) -> Command:
        made = click.command(name, cls=Command, help="\n\n".join(about), step=step, examples=examples)(function)
        made.params.extend(shared_options())
        return made

    return make


def argument(name: str, sentence: str, **more: Any) -> Callable[[F], F]:
    """An argument with a sentence in the help."""
    return click.argument(name, cls=Said, sentence=sentence, **more)


def option(*declarations: str, **more: Any) -> Callable[[F], F]:
    """An option whose help is translated."""
    return click.option(*declarations, cls=Asked, **more)
