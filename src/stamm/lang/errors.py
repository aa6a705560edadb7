"""Errors a person can act on: what was wrong, where, and what to do."""

from __future__ import annotations


class StammError(Exception):
    """A problem told to the person who can mend it.

    `what` is one plain sentence, `where` the place (file, line, column, setting), `remedy` the next step.
    Each subclass has its own `exit_code`, so that scripts can tell the cases apart.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what, self.remedy]
        return " ".join(part for part in parts if part)


class UsageError(StammError):
    """The question itself does not make sense (unknown name, reversed window, bad setting)."""

    exit_code = 2


class InputError(StammError):
    """A file or a row that cannot be taken in as it is."""

    exit_code = 3


class CurrencyError(StammError):
    """Amounts that must not be added: another currency without a rate."""

    exit_code = 4


class BusyError(StammError):
    """Somebody else is writing and did not finish in time."""

    exit_code = 5


class LakeError(StammError):
    """The stored data cannot be read by this version, or is damaged."""

    exit_code = 6


class ProjectError(StammError):
    """The project directory or its stamm.toml is missing or wrong."""

    exit_code = 7


class EngineError(StammError):
    """The engine chosen cannot be reached, or failed."""

    exit_code = 8


class ScaleError(StammError):
    """Scores that must not be averaged: they are on different scales, and none was named."""

    exit_code = 9


class LogError(StammError):
    """The log of what arrives cannot be written or read; nothing of what was tried has happened."""

    exit_code = 10


class TooLittleError(StammError):
    """The data do not reach for what was asked of them, such as a prediction."""

    exit_code = 11


class AddressError(StammError):
    """An address that a server cannot listen on: taken, forbidden, or not of this machine."""

    exit_code = 13


class StoppedError(StammError):
    """A question that took too long, or that nobody waits for any more; nothing was changed."""

    exit_code = 12
