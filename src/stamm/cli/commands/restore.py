"""stamm restore: a project back from its backup."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option


@command(
    "restore",
    step=15,
    about=(
        "Bring a project back from a backup, into an empty folder.",
        (
            "Every file is held against its digest first; a backup that is damaged or not complete is refused, with "
            "the reason, and nothing is changed. Whoever was erased since the backup was made is taken out again, as "
            "far as the list of them is at hand: `lake/erased.json` of the project, which may lie in the folder "
            "already. What was restored sends nothing until `stamm release`."
        ),
    ),
    examples=(
        ("stamm restore /backups/shop.stamm --project shop", "Into the folder shop, which is made where there is none"),
        ("stamm restore shop.stamm --project copy --erased shop/lake/erased.json", "With those who were erased since"),
    ),
)
@argument("file", "The backup.", metavar="FILE")
@option("--erased", metavar="FILE", help="A list of those who were erased since: a project's lake/erased.json.")
def restore(file: str, *, erased: str | None) -> None:
    """Restore and say what came back."""
    from stamm.app.leaving.restoring import restore as bring_back
    from stamm.cli.leaving import print_restored, progress

    say = current()
    with progress(say) as told:
        done = bring_back(
            say.directory,
            Path(file).absolute(),
            now=datetime.now(UTC),
            erased=Path(erased) if erased else None,
            progress=told,
        )
    print_restored(done, say)
