"""The engines beside DuckDB, each started once. A new one: its name in ENGINES and a fixture of that name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stamm.engines.kind import Engine
from stamm.engines.postgres.address import Address
from stamm.engines.postgres.engine import Postgres
from stamm.engines.spark.application import Application, check_java
from stamm.engines.spark.engine import Spark
from stamm.lang.errors import EngineError
from tests.engines.cluster import cluster
from tests.engines.postgres.server import Server

#: Spark is long in starting and in planning: all tests that ask it are long
ENGINES = ("postgres", pytest.param("spark", marks=pytest.mark.long))


@dataclass(frozen=True)
class Place:
    """An engine that runs somewhere: how to make one over tables in memory, and over Parquet files if it reads any."""

    name: str
    over_tables: Callable[[Mapping[str, pa.Table]], Engine]
    over_files: Callable[[Mapping[str, list[str]], Path], Engine] | None = None
    folder: Path = Path()
    #: how it says that there is no answer
    fails: str = r"failed: \["

    def over_stored(self, tables: Mapping[str, pa.Table]) -> Engine:
        """An engine over these tables as they are stored: where that is in files, a file a kind."""
        if self.over_files is None:
            return self.over_tables(tables)
        lake = self.folder / f"lake {len(list(self.folder.iterdir()))}"
        lake.mkdir()
        for kind, rows in tables.items():
            pq.write_table(rows, lake / f"{kind}.parquet")
        return self.over_files({kind: [str(lake / f"{kind}.parquet")] for kind in tables}, lake)


@pytest.fixture(scope="session", params=ENGINES)
def place(request: pytest.FixtureRequest) -> Place:
    """Each engine in turn."""
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def postgres(server: Server) -> Place:
    """PostgreSQL; tables in memory become temporary ones of its."""
    made = partial(Postgres.over_tables, address=Address.parse(server.address()))
    return Place("PostgreSQL", made, fails=r"(failed: \w|found a number that is too large: )")


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Spark on a standalone master and worker of its own, one application for all tests."""
    try:
        check_java()
    except EngineError as error:
        pytest.skip(f"{error.what} `make system` installs it")
    folder = tmp_path_factory.mktemp("spark")
    with cluster(folder) as master, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder / "conf"))
        patch.delenv("SPARK_HOME", raising=False)
        lakes = tmp_path_factory.mktemp("lakes")
        yield Place("Spark", partial(Spark.over_tables, master=master), partial(Spark.over_files, master=master), lakes)
        Application.stop()
