"""What came from where, and what still waits at the door."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stamm.app.arriving import Waiting, arrived, waiting
from stamm.app.project import Project
from stamm.app.projecting import Projecting
from stamm.lang.organisation import Organisation
from stamm.store.log import Entry

NOON = datetime(2024, 2, 10, 12, tzinfo=UTC)


def test_what_waits_is_what_the_lake_has_not(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation())
    assert waiting(project) == Waiting()
    hours = [NOON + timedelta(hours=number) for number in range(3)]
    sent = [
        Entry(source, f"m{number}", b'{"type": "track", "event": "Viewed", "userId": "c1"}', hours[number])
        for number, source in enumerate(("site", "app", "site"))
    ]
    with closing(project.log()) as log:
        log.append(sent)
        assert (waiting(project).messages, waiting(project).since) == (3, hours[0])
        Projecting(project, log, most=2).run()
        left = waiting(project)
        assert (left.messages, left.since) == (1, hours[2])
        assert left.counters["site"].accepted == 2
        Projecting(project, log).run()
        assert (waiting(project).messages, waiting(project).since) == (0, None)
    world = project.world()
    site, app = arrived(world, project.lake().snapshot())
    assert (site.source, site.rows["events"], site.last_at) == ("site", 2, hours[2])
    assert (app.source, app.rows["events"], app.last_at) == ("app", 1, hours[1])
    assert site.days == (NOON.date(), NOON.date())
    world.engine.close()
