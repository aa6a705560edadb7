"""stamm work: takes in what arrives and keeps everything current as long as it runs."""

from __future__ import annotations

import signal
from threading import Timer
from types import FrameType

import click

from stamm.cli.session import current
from stamm.cli.speaking import command, option

#: seconds after which what fell into a destructor is said again
A_MOMENT = 0.02


@command(
    "work",
    step=11,
    about=(
        "Take in what arrives, and keep everything that is derived current, as long as it runs.",
        (
            "Looks every second for messages that the server has received, for files that have come into the folder "
            "named by [watch] in stamm.toml, for new facts and for other settings, and as often as stamm.toml says "
            "into the tables and buckets that it names; messages, files and rows become facts, each once, and then "
            "it does what `stamm refresh` does. Beside that it does the jobs that are due. "
            "One worker a project; Ctrl-C ends it, as SIGTERM does, at any moment "
            "and without harm (exit code 130)."
        ),
    ),
    examples=(
        ("stamm work", "Until Ctrl-C"),
        ("stamm work --once", "Once, for a timer of the system"),
    ),
)
@option("--once", is_flag=True, help="Do what there is to do, and end.")
@option(
    "--every",
    "every_seconds",
    type=click.FloatRange(min=0.1),
    default=1.0,
    metavar="SECONDS",
    help="How long to wait between two looks.",
)
def work(*, once: bool, every_seconds: float) -> None:
    """Project and refresh whenever something has changed."""
    from stamm.app.doing import Stumbled
    from stamm.app.projecting import Projected
    from stamm.app.refreshing import Refreshed, Refreshing
    from stamm.app.rounds import rounds
    from stamm.app.watching import Watched
    from stamm.cli.keeping import (
        print_delayed,
        print_projected,
        print_round,
        print_stumbled,
        print_watched,
        progress,
        waiting,
    )

    say, stop = current(), Stop()
    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, stop)}  # a service is stopped as if by Ctrl-C
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell may have it passed over
        before[signal.SIGINT] = signal.signal(signal.SIGINT, stop)
    try:
        with Refreshing(say.project).alone(on_wait=waiting(say)), progress(say) as told:
            for done in rounds(say.directory, every_seconds, told, once=once, stopping=lambda: stop.asked):
                if isinstance(done, Projected):
                    print_projected(done, say)
                elif isinstance(done, Watched):
                    print_watched(done, say)
                elif isinstance(done, Refreshed):
                    print_round(done, say)
                elif isinstance(done, Stumbled):
                    print_stumbled(done, say)
                else:
                    print_delayed(done, say)
    finally:
        stop.over()
        for sign, handler in before.items():
            signal.signal(sign, handler)


class Stop:
    """Interrupts whatever runs, and remembers it: in a callback or a destructor Python drops what is raised."""

    def __init__(self) -> None:
        self.asked = False
        self._again: list[Timer] = []

    def __call__(self, sign: int, frame: FrameType | None) -> None:
        self.asked = True
        while frame is not None:
            if frame.f_code.co_name == "__del__":  # it would be dropped, told as an error, and the work half done
                self._again.append(Timer(A_MOMENT, signal.raise_signal, (sign,)))
                self._again[-1].start()
                return
            frame = frame.f_back
        signal.default_int_handler(sign, None)

    def over(self) -> None:
        """Nothing is left to be interrupted."""
        for timer in self._again:
            timer.cancel()
