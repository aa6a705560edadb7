"""Pictures of journeys: what is drawn adds up to what was counted."""

from __future__ import annotations

import re

from stamm.analyses.paths import Paths
from stamm.answers import Answers
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.reports.journeys.funnel import duration
from stamm.reports.journeys.paths import paths_of
from tests.analyses.test_paths import seen
from tests.answers.small import world

#: six visits: / > /tea > /cart twice, / > /tea, /, / > /help, and /help alone
VISITS = (("/", "/tea", "/cart"), ("/", "/tea", "/cart"), ("/", "/tea"), ("/",), ("/", "/help"), ("/help",))


def test_boxes_of_ways_stand_beside_where_they_come_from_and_add_up() -> None:
    events = [
        seen(10 * number + step, f"c{number}", f"1{number}:0{step}", page)
        for number, pages in enumerate(VISITS)
        for step, page in enumerate(pages)
    ]
    facts = world({"events": events})
    answer = Answers(facts).analyse(Paths, Window.parse("2024-02"), settings={"branches": 1, "length": 3})
    found = paths_of(answer, Language("en"))
    assert found is not None
    assert found.sentence == "6 visits. Most begin on / (83.3%), most end on /cart (33.3%)."
    assert [(node.depth, node.place, node.visits, node.ended) for node in found.nodes] == [
        (1, "/", "5", "1"),
        (2, "/tea", "3", "1"),
        (3, "/cart", "2", ""),
    ]
    drawn = re.findall(
        r'<rect class="c-way( others)?" x="([\d.]+)" y="([\d.]+)" [^>]*height="([\d.]+)"', found.charts[0]
    )
    tall = 460 - 22
    # of / five of six; of the others one; then /tea three, /help one, and nothing for whom it was the last; /cart two
    assert sorted((float(x), bool(other), round((float(y) - 22) / tall * 6), round((float(h) + 1) / tall * 6))
                  for other, x, y, h in drawn) == [
        (0.0, False, 0, 5), (0.0, True, 5, 1), (373.3, False, 0, 3), (373.3, True, 3, 1), (746.7, False, 0, 2)
    ]  # fmt: skip


def test_a_time_is_told_in_the_unit_that_people_would_name() -> None:
    say = Language("en")
    told = [duration(minutes, say).replace("\u00a0", " ") for minutes in (0.5, 5, 200, 4000)]
    assert told == ["30 seconds", "5 minutes", "3.3 hours", "2.8 days"]
