"""Failures told to the person: what was wrong, where, what to do; and the exit code of each."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import click
from click.exceptions import NoSuchOption

from stamm.app.retelling import of_disk, retell
from stamm.lang.errors import StammError, UsageError

if TYPE_CHECKING:
    from stamm.cli.session import Session

#: a fault of the program itself; a file or disk that does not do what it should; stopped by the person
FAULT, DISK, STOPPED = 70, 74, 130
#: what DuckDB makes of Ctrl-C while a query runs
INTERRUPTED = "Query interrupted"


def report_failure(error: BaseException, session: Session) -> int:
    """Print one block on the error stream and give the exit code."""
    if is_stop(error):
        _block(session, session("Stopped. Nothing was left half done."), "", "")
        return STOPPED
    if isinstance(error, click.ClickException):
        error = _as_usage(error, session)
    if session.debug:
        session.err.plain("".join(traceback.format_exception(error)).rstrip(), style="quiet")
    if isinstance(error, StammError):
        _block(session, *(retell(text, session.language) for text in (error.what, error.where, error.remedy)))
        return error.exit_code
    if isinstance(error, OSError):
        _block(session, *of_disk(error, session.language))
        return DISK
    _block(
        session,
        session("This is a fault in Stamm, not yours: {error}", error=f"{type(error).__name__}: {error}"),
        "",
        session("Run it again with --debug and report what it shows. Your data is as it was."),
    )
    return FAULT


def is_stop(error: BaseException) -> bool:
    """Whether it is no failure, but somebody's wish that it ends."""
    return isinstance(error, (KeyboardInterrupt, click.Abort)) or str(error) == INTERRUPTED


def _block(session: Session, what: str, where: str, remedy: str) -> None:
    lines = ((session("Error"), what, "error"), (session("Where"), where, ""), (session("What to do"), remedy, ""))
    for word, text, style in lines:
        if text:
            session.err.plain(f"{word}: {text}", style=style)


def _as_usage(error: click.ClickException, session: Session) -> StammError:
    """What click found wrong with the line, in the reader's language."""
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "stamm"
    hint = session("`{command} --help` shows what it takes.", command=path)
    if isinstance(error, NoSuchOption):
        near = error.possibilities
        if near:
            hint = session("Did you mean {name}?", name=near[0])
        return UsageError(session("There is no option {name}.", name=error.option_name), remedy=hint)
    name = _name_of(error)
    if isinstance(error, click.MissingParameter):
        return UsageError(session("{name} is missing.", name=name), remedy=hint)
    if isinstance(error, click.BadParameter):
        kind = error.param.type if error.param else None
        if isinstance(kind, click.Choice):
            choices = ", ".join(str(choice) for choice in kind.choices)
            text = session("{name} cannot be that.", name=name)
            return UsageError(text, remedy=session("Choose one of {choices}.", choices=choices))
        return UsageError(f"{name}: {error.message}", remedy=hint)
    if isinstance(error, click.exceptions.BadOptionUsage):
        return UsageError(session("{name} needs a value.", name=error.option_name), remedy=hint)
    return UsageError(session(error.message), remedy=hint)


def _name_of(error: click.ClickException) -> str:
    param = error.param if isinstance(error, click.BadParameter) else None
    if param is None:
        return ""
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
