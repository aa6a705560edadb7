"""What `stamm import --guess` prints: mappings with reasons, what they make of the first rows, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stamm.app.retelling import retell
from stamm.cli import taking_in
from stamm.cli.rehearsing import facts_table
from stamm.cli.session import Session

if TYPE_CHECKING:
    from stamm.app.guessing import Preview
    from stamm.sources.guessing import Proposal
    from stamm.sources.guessing.sample import Progress
    from stamm.sources.guessing.together import ProgressOf

#: reasons for rows set aside that are shown
REASONS = 5


def propose(files: Sequence[str], say: Session, *, save: bool) -> None:
    """Propose a mapping for each file, show what it makes of the first rows, and add it to stamm.toml if asked."""
    from stamm.app import guessing
    from stamm.sources.guessing import commented, propose_all

    project = say.project
    tables = project.tables()
    with guessing.at_hand(files, tables, project.lake().root) as at_hand, _progress(say) as progress_of:
        proposals = propose_all(at_hand, project.organisation, progress_of)
    proposals = [guessing.told_of(proposal, tables) for proposal in proposals]
    texts = [commented(proposal, say.language) for proposal in proposals]
    for text in texts:
        for line in text.splitlines():
            say.out.plain(line, style="quiet" if line.lstrip().startswith("#") else "")
        say.out.print()
    for proposal, found in guessing.previews(proposals, project.lake().root):
        for preview in found:
            _print_preview(proposal, preview, say)
    if save:
        guessing.save(project, proposals, texts)
    _print_next(proposals, files, say, saved=save)


@contextmanager
def _progress(say: Session) -> Iterator[ProgressOf]:
    """A bar for each file on a screen."""
    with taking_in.progress(say) as told:

        def progress_of(path: Path) -> Progress | None:
            if told is None:
                return None
            return lambda done, whole: told(path.name, 0, done, whole)

        yield progress_of


def _print_preview(proposal: Proposal, preview: Preview, say: Session) -> None:
    number, fact = say.language.number, taking_in.fact_in_words(preview.fact, say)
    if preview.first is None:
        say.heading(say("{file}: none of the first rows is one of {fact}", file=proposal.file, fact=fact))
    else:
        made = number(preview.made)
        say.heading(say("{file}: {count} {fact} out of the first rows", file=proposal.file, count=made, fact=fact))
        say.out.show(facts_table(preview.first, proposal.organisation.zone, say))
    if preview.rejects:
        count = number(len(preview.rejects))
        say.out.print(say("set aside of the first rows: {count}", count=count), style="bad")
        for one in preview.rejects[:REASONS]:
            reason = retell(f"{one.column} {one.reason}".strip(), say.language)
            told = say("{file}, line {line}: {reason}", file=one.file, line=one.line, reason=reason)
            say.out.print(told, style="quiet")


def _print_next(proposals: Sequence[Proposal], files: Sequence[str], say: Session, *, saved: bool) -> None:
    doubts = say.language.number(sum(proposal.doubts for proposal in proposals))
    there = "" if str(say.directory) == "." else f" --project {say.directory}"
    say.out.print()
    if saved:
        names = ", ".join(proposal.name for proposal in proposals)
        text = say(
            "Added to {file}: {names}. Lines with `?` are worth a look ({count}).",
            file="stamm.toml",
            names=names,
            count=doubts,
        )
        say.out.print(text, style="title")
    else:
        text = say("Nothing was written. Lines with `?` are worth a look ({count}).", count=doubts)
        say.out.print(text, style="title")
        if any(proposal.mapping is None for proposal in proposals):
            say.out.print(say("Some lines are missing: fill them in before you go on."), style="bad")
    say.heading(say("Next"))
    words = " ".join(files)
    if not saved:
        say.out.plain(f"stamm{there} import --guess --save {words}")
    say.out.plain(f"stamm{there} import --dry-run {words}")
    say.out.plain(f"stamm{there} import {words}")
