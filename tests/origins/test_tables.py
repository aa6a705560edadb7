"""Tables of real databases become facts, each row once, whatever is written between two readings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stamm.app.following import Following
from stamm.app.project import Project
from stamm.lang.errors import InputError
from tests.origins.shops import Shop, counts, facts, importing, project_of

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
SETTINGS = """
[database.shop]
address = "$SHOP"
table = "purchases"
mapping = "shop"
by = "changed"

[mapping.shop.orders]
order_id = "id"
customer_id = "buyer"
ordered_at = "bought"
amount = "total"
channel = "way"
"""
TABLE = """
create table purchases (
    id integer primary key, buyer varchar(40), bought timestamp null, total numeric(12, 2), way varchar(20),
    changed timestamp null
)
"""


@pytest.fixture
def project(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("SHOP", shop.address)
    shop.run(TABLE)
    return project_of(tmp_path / "project", SETTINGS)


def buy(shop: Shop, number: int, changed: str, total: str = "12.30", buyer: str = "anna") -> None:
    shop.run(
        f"insert into purchases values "
        f"({number}, '{buyer}', '2024-02-10 14:30:00', {total}, 'web', '2024-03-01 {changed}')"
    )


def take(project: Project) -> dict[str, tuple[int, int, int, int]]:
    return counts(importing(project).take(["shop"], now=NOW))


def test_what_is_new_or_changed_comes_in_and_nothing_twice(shop: Shop, project: Project) -> None:
    buy(shop, 1, "10:00:00")
    buy(shop, 2, "10:00:05", "0.10", "ben")
    assert take(project) == {"orders": (2, 0, 0, 0)}
    number = project.lake().snapshot().number
    report = importing(project).take(["shop"], now=NOW)
    assert (report.rows, [known.file for known in report.known]) == ([], ["shop"])
    assert project.lake().snapshot().number == number

    buy(shop, 3, "12:00:00")
    shop.run("update purchases set total = 5, changed = '2024-03-01 12:00:00' where id = 1")
    assert take(project) == {"orders": (1, 1, 1, 0)}  # number 2 lies within the overlap of the last mark
    assert facts(project, "orders", "order_id", "customer_id", "amount_minor", "currency", "channel") == [
        ("1", "anna", 500, "EUR", "web"),
        ("2", "ben", 10, "EUR", "web"),
        ("3", "anna", 1230, "EUR", "web"),
    ]
    assert project.lake().snapshot().manifest.marks.keys() == {"shop"}


def test_a_row_of_the_same_moment_and_one_that_was_written_late_are_not_lost(shop: Shop, project: Project) -> None:
    buy(shop, 1, "10:00:00")
    take(project)
    buy(shop, 2, "10:00:00")
    assert take(project) == {"orders": (1, 0, 1, 0)}
    buy(shop, 3, "09:46:00")  # its transaction began earlier and ended later
    assert take(project) == {"orders": (1, 0, 2, 0)}
    shop.run("update purchases set total = 7, changed = '2024-03-01 09:59:00' where id = 3")  # as did this change
    assert take(project) == {"orders": (0, 1, 2, 0)}
    buy(shop, 4, "09:44:00")  # beyond the overlap
    assert take(project) == {}
    shop.run("insert into purchases values (5, 'ben', '2024-02-10 14:30:00', 1, 'web', null)")
    assert take(project) == {"orders": (1, 0, 3, 0)}


def test_a_number_that_grows_is_as_good_as_a_moment(shop: Shop, project: Project) -> None:
    settings = SETTINGS.replace('by = "changed"', 'by = "id"\noverlap = 2')
    project = project_of(project.directory, settings)
    for number in (1, 2, 5):
        buy(shop, number, "10:00:00")
    assert take(project) == {"orders": (3, 0, 0, 0)}
    assert take(project) == {}
    buy(shop, 4, "10:00:00")
    buy(shop, 6, "10:00:00")
    assert take(project) == {"orders": (2, 0, 1, 0)}


def test_another_mapping_or_table_is_read_from_the_beginning(shop: Shop, project: Project) -> None:
    buy(shop, 1, "10:00:00")
    buy(shop, 2, "13:00:00")
    take(project)
    changed = project_of(project.directory, SETTINGS.replace('channel = "way"', 'channel = { constant = "shop" }'))
    assert take(changed) == {"orders": (0, 2, 0, 0)}
    shop.run("delete from purchases where id = 2", "update purchases set total = 7 where id = 1")
    assert take(changed) == {"orders": (0, 1, 0, 0)}  # somebody has set the table back


def test_rows_that_belong_together_are_read_together(shop: Shop, project: Project) -> None:
    """The new line of an order brings its old ones along: an order is never too small."""
    settings = SETTINGS.replace("[mapping.shop.orders]", '[mapping.shop.orders]\neach = "way"')
    settings = settings.replace('order_id = "id"', 'order_id = "way"')
    settings = settings.replace('amount = "total"\nchannel = "way"', 'amount = { column = "total", take = "sum" }')
    project = project_of(project.directory, settings)
    shop.run("insert into purchases values (1, 'anna', '2024-02-10 14:30:00', 10, 'A', '2024-03-01 08:00:00')")
    shop.run("insert into purchases values (2, 'ben', '2024-02-10 14:30:00', 20, 'B', '2024-03-01 10:00:00')")
    assert take(project) == {"orders": (2, 0, 0, 0)}
    shop.run("insert into purchases values (3, 'anna', '2024-02-10 14:30:00', 2.5, 'A', '2024-03-01 12:00:00')")
    assert take(project) == {"orders": (0, 1, 1, 0)}
    assert facts(project, "orders", "order_id", "amount_minor") == [("A", 1250), ("B", 2000)]


def test_without_a_column_that_grows_all_is_read_each_time(shop: Shop, project: Project) -> None:
    project = project_of(project.directory, SETTINGS.replace('by = "changed"', ""))
    buy(shop, 1, "10:00:00")
    assert take(project) == {"orders": (1, 0, 0, 0)}
    number = project.lake().snapshot().number
    assert take(project) == {"orders": (0, 0, 1, 0)}
    assert project.lake().snapshot().number == number
    assert project.settings.tables[0].every_minutes == 1_440


def test_a_row_that_is_not_sound_is_set_aside(shop: Shop, project: Project) -> None:
    buy(shop, 1, "10:00:00")
    shop.run("insert into purchases values (2, 'anna', null, 5, 'web', '2024-03-01 10:00:00')")
    report = importing(project).take(["shop"], now=NOW)
    assert counts(report) == {"orders": (1, 0, 0, 1)}
    assert [(one.file, one.column, one.reason) for one in report.first_rejects] == [
        ("shop", "bought", "is missing; the column must be filled in every row")
    ]


def test_a_view_named_after_a_fact_needs_no_mapping(shop: Shop, project: Project) -> None:
    buy(shop, 1, "10:00:00")
    shop.run(
        "create view orders as select id as order_id, buyer as customer_id, bought as ordered_at, total as amount, "
        "'USD' as currency, changed from purchases"
    )
    settings = SETTINGS.partition("[mapping")[0].replace('"purchases"', '"orders"').replace('mapping = "shop"', "")
    assert take(project_of(project.directory, settings)) == {"orders": (1, 0, 0, 0)}
    assert facts(project, "orders", "order_id", "amount_minor", "currency") == [("1", 1230, "USD")]


def test_a_try_leaves_everything_as_it_is(shop: Shop, project: Project) -> None:
    buy(shop, 1, "10:00:00")
    number = project.lake().snapshot().number
    assert counts(importing(project).rehearse(["shop"], now=NOW)) == {"orders": (1, 0, 0, 0)}
    assert project.lake().snapshot().number == number
    assert take(project) == {"orders": (1, 0, 0, 0)}


def test_what_numbers_rows_or_looks_into_other_files_is_refused(shop: Shop, project: Project) -> None:
    buy(shop, 1, "10:00:00")
    project = project_of(project.directory, SETTINGS.replace('order_id = "id"', "order_id = { row = true }"))
    with pytest.raises(InputError, match=r"says `row` for order_id, but rows of a table have no order"):
        take(project)


def test_a_worker_reads_when_the_time_has_come_and_tells_an_error_once(
    shop: Shop, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = Following()

    def told(minutes: int) -> list[str]:
        found = following.run(project, NOW + timedelta(minutes=minutes))
        return [str(one.error) if one.error else "taken in" for one in found]

    buy(shop, 1, "10:00:00")
    assert told(0) == ["taken in"]
    buy(shop, 2, "10:00:00")
    assert told(14) == []
    assert told(15) == ["taken in"]
    assert told(30) == []  # nothing new
    monkeypatch.delenv("SHOP")
    (error,) = told(45)
    assert "The environment variable SHOP is not set." in error
    assert told(60) == []
    monkeypatch.setenv("SHOP", shop.address)
    buy(shop, 3, "10:00:00")
    assert told(75) == ["taken in"]
