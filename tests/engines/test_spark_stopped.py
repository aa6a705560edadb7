"""Ctrl-C while Spark computes: it stops at once, and the next question is answered."""

from __future__ import annotations

import os
import signal
import threading
import time

import ibis
import pyarrow as pa
import pytest

from stamm.engines.spark.application import Application
from stamm.lang.errors import EngineError
from tests.engines.conftest import Place

_ = ibis._


def _hours_of_work() -> ibis.Table:
    numbers = ibis.memtable(pa.table({"number": range(2_000)}))
    one, two, three = (numbers.select(**{name: _.number}) for name in "abc")
    return one.cross_join(two).cross_join(three).aggregate(found=(_.a * _.b + _.c).max())


@pytest.mark.long
def test_ctrl_c(spark: Place, capfd: pytest.CaptureFixture[str]) -> None:
    engine = spark.over_tables({})
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs it in the background has it ignored
    threading.Timer(3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        engine.run(_hours_of_work())
    begun = time.monotonic()
    few = engine.run(ibis.memtable(pa.table({"number": [1, 2, 3]})).aggregate(found=_.number.sum()))
    assert few.to_pylist() == [{"found": 6}]
    assert time.monotonic() - begun < 30
    assert capfd.readouterr() == ("", "")


@pytest.mark.long
def test_work_that_is_stopped_from_elsewhere_is_told(spark: Place) -> None:
    engine = spark.over_tables({})
    assert Application.running is not None
    threading.Timer(3, Application.running.first.sparkContext.cancelAllJobs).start()
    with pytest.raises(EngineError, match=r"^Spark failed: .*cancel"):
        engine.run(_hours_of_work())
