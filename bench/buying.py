"""Models of buying against lifetimes, on the same customers: `python -m bench.buying`.

Both begin with one row a customer. Stamm puts equal customers together first, and that is counted. lifetimes lives in
the environment of the peers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from rich.console import Console
from rich.table import Table

from bench.made_buyers import buyers
from bench.measuring import Cost, apart, measured, report
from bench.peers import PYTHON, ROOT, SILENT
from stamm.predictions.buying.bg_nbd import BgNbd
from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.pareto_nbd import ParetoNbd

KINDS = {"bg_nbd": BgNbd, "pareto_nbd": ParetoNbd}
#: model, customers, whether lifetimes is asked
WORK = (("bg_nbd", 1_000_000, True), ("pareto_nbd", 100_000, True), ("pareto_nbd", 1_000_000, False))
LEAST, MOST_GB = 8.0, 1.5


class Differs(Exception):  # noqa: N818 - what it says is the error
    """Somebody found a better fit than ours."""


def foretelling(console: Console) -> Table:
    """What a fit costs, and how many times as much lifetimes needs for the same."""
    title = f"Models of buying; at least {LEAST:.0f} times as fast as lifetimes, {MOST_GB} GB at most"
    table = Table("model", "customers", "Stamm", "lifetimes", "times", "GB", title=title)
    for model, count, beside in WORK:
        console.print(f"{model}, {count:,} customers ...")
        point, ours = apart("bench.buying", model, count)
        told = ("", "")
        if beside:
            other, theirs = _lifetimes(model, count)
            _as_good(model, count, point, other)
            told = (f"{theirs.cpu:.1f}", f"{theirs.cpu / ours.cpu:.0f}")
        table.add_row(model, f"{count:,}", f"{ours.cpu:.2f}", *told, f"{ours.peak:.2f}")
    return table


def _lifetimes(model: str, count: int) -> tuple[list[float], Cost]:
    """The parameters that lifetimes ends at, and what it cost."""
    line = [str(PYTHON), "-m", "bench.buying_peers", model, str(count)]
    done = subprocess.run(line, stdout=subprocess.PIPE, env=os.environ | SILENT, cwd=ROOT, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return told["answer"], Cost(**told["cost"])


def _as_good(model: str, count: int, ours: list[float], theirs: list[float]) -> None:
    """Raises Differs where lifetimes found parameters that are likelier than ours."""
    known = Histories.collapsed(*buyers(count))[0]
    one, other = (KINDS[model](*point).score(known)[0] for point in (ours, theirs))
    if other > one + 0.01:
        raise Differs(f"{model}: {other:.2f} at {theirs}, ours {one:.2f} at {ours}")


def _fit(model: str, count: int) -> None:
    columns = buyers(count)
    fit, cost = measured(lambda: KINDS[model].fit(Histories.collapsed(*columns)[0]))
    report(list(fit.model.parameters.values()), cost)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _fit(sys.argv[1], int(sys.argv[2]))
    else:
        console = Console()
        console.print(foretelling(console))
