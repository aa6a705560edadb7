"""Text that a spreadsheet would run."""

import pytest

from stamm.lang.inert import inert


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x.example","y")',
        "=1+1",
        "+1+cmd|'/C calc'!A0",
        "-1+cmd|'/C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "＝1",  # noqa: RUF001
        "-",
        "-5 €",
        "=",
    ],
)
def test_what_would_run_is_made_text(cell: str) -> None:
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["", "a=1", "anna", "-5", "+3.50", "-1.234,50", "-1e5", "5-3", "'=1", 5, -5, None, 1.5]
)
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert inert(cell) == cell
