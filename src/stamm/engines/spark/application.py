"""The one Spark application of this process: its virtual machine, its master, and what is said when one is missing."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from stamm.lang.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

T = TypeVar("T")
ADDRESS = re.compile(r"spark://(?P<hosts>[^/\s,:]+:\d+(?:,[^/\s,:]+:\d+)*)")
JAVA_VERSIONS = (17, 21)
JAVA_REMEDY = "Install Java 17 or 21; on Debian 12 and 13: `sudo apt-get install default-jre-headless`."
CONNECT_SECONDS = 5
#: how long the cluster may take to give us a first core
PATIENCE_SECONDS = 120
#: characters of what Spark says that are shown
LONGEST = 400
#: numbers depend on these, so they hold whatever the cluster's defaults say
EXACT = {
    "spark.sql.ansi.enabled": "true",  # overflow is an error, never a wrong number
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # a product keeps all its digits
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # days before 1582 are what the file says
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.variable.substitute": "false",  # a text such as ${env:HOME} is a text
}
#: nothing of ours stays on the disk, nothing is shown, and rows get into no log
QUIET = {
    "spark.app.name": "Stamm",
    "spark.eventLog.enabled": "false",
    "spark.log.level": "OFF",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class Application:
    """The application that this process runs on a master; there is one at a time."""

    running: ClassVar[Application | None] = None
    _starting: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, first: SparkSession, master: str, directory: str) -> None:
        self.first, self.master, self.directory = first, master, directory

    def session(self) -> SparkSession:
        """A session with names of its own; it ends with the application."""
        session, context = self.first.newSession(), self.first.sparkContext
        if not context.getConf().contains("spark.sql.shuffle.partitions"):
            session.conf.set("spark.sql.shuffle.partitions", max(2 * context.defaultParallelism, 4))
        return session

    @classmethod
    def on(cls, master: str) -> Application:
        """The application on that master, started where there is none yet; raises EngineError."""
        if cls.running is not None and cls.running.master == master:
            return cls.running
        if cls.running is not None:
            raise EngineError(
                f"This process works with {cls.running.master} and cannot use {master} beside it.",
                remedy="Ask in a process of its own.",
            )
        check_package()
        check_java()
        local = check_master(master)
        return cls.do(lambda: cls._begun(master, local))

    @classmethod
    def _begun(cls, master: str, local: str) -> Application:
        """The application, also where somebody stopped waiting for it while it started."""
        with cls._starting:
            if cls.running is None:
                cls.running = _start(master, local)
                atexit.register(cls.stop)
            return cls.running

    @classmethod
    def do(cls, work: Callable[[], T]) -> T:
        """What some work with Spark gives. Ctrl-C stops waiting for it, and Spark computing it.

        The work has a thread of its own, and so a line of its own to the virtual machine: a line on which somebody
        was interrupted cannot be used again, and pyspark's own answer to Ctrl-C, which it gives in the main thread
        alone, speaks on it.
        """
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
                done.set_exception(error)

        threading.Thread(target=run, name="stamm-spark", daemon=True).start()
        try:
            return done.result()
        except KeyboardInterrupt:
            if cls.running is not None:
                cls.running.first.sparkContext.cancelAllJobs()
            raise

    @classmethod
    def stop(cls) -> None:
        """End the application. Its virtual machine waits for the next and ends with this process."""
        if cls.running is not None:
            application, cls.running = cls.running, None
            atexit.unregister(cls.stop)
            application.first.stop()
            shutil.rmtree(application.directory, ignore_errors=True)


def check_package() -> None:
    """Raise EngineError where pyspark is not installed."""
    if find_spec("pyspark") is None:
        raise EngineError("Spark is not installed.", remedy="Install it: `pip install 'stamm[spark]'`.")


def check_java() -> int:
    """The version of Java that Spark will use; raises EngineError where there is none it can use."""
    home = os.environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else "java"
    try:
        said = subprocess.run(  # noqa: S603 - the Java that Spark itself would start
            [java, "-version"], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        where = "JAVA_HOME" if home else ""
        raise EngineError("Spark needs Java, and there is none here.", where=where, remedy=JAVA_REMEDY) from error
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    version = int(found[1]) if found else 0
    if version not in JAVA_VERSIONS:
        raise EngineError(f"Spark needs Java 17 or 21; here is Java {version or '?'}.", remedy=JAVA_REMEDY)
    return version


def check_master(master: str) -> str:
    """The address of this machine by which it reaches the master; raises EngineError where nobody answers."""
    found = ADDRESS.fullmatch(master)
    if found is None:
        raise EngineError(f"{master!r} is no address of a Spark master.", remedy="Write spark://HOST:PORT.")
    for place in found["hosts"].split(","):
        host, _, port = place.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), CONNECT_SECONDS) as reached:
                return str(reached.getsockname()[0])
        except (OSError, OverflowError):
            continue
    raise EngineError(
        f"Nobody answers at {master}.", remedy="Start the Spark master, or correct `engine` in stamm.toml."
    )


def _start(master: str, local: str) -> Application:
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - only where Spark was chosen
    from pyspark.logger import PySparkLogger  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    # It would print the query, with whatever text somebody asked for.
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True

    directory = tempfile.mkdtemp(prefix="stamm-spark-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    context = None
    try:
        gateway = _virtual_machine(directory)
        # What the cluster's own defaults (spark-defaults.conf) say of memory, cores and hosts holds.
        conf = SparkConf(_jvm=gateway.jvm).setMaster(master).setAll([*EXACT.items(), *QUIET.items()])
        conf.set("spark.sql.warehouse.dir", f"file://{directory}/warehouse")
        for name in ("spark.driver.host", "spark.driver.bindAddress"):
            conf.setIfMissing(name, local)
        context = SparkContext(conf=conf, gateway=gateway)
        context.setLogLevel("OFF")
        session = SparkSession(context)
        _first_job(session, master)
    except BaseException as error:
        if context is not None:
            context.stop()
        shutil.rmtree(directory, ignore_errors=True)
        if isinstance(error, EngineError) or not isinstance(error, Exception):
            raise
        raise EngineError(
            f"Spark could not start on {master}: {told(error)}",
            remedy="Check that a master and a worker of Spark 4.0 run there, then ask again.",
        ) from error
    return Application(session, master, directory)


def _virtual_machine(directory: str) -> Any:
    """The Java process beside this one, from an earlier application or new; what it prints nobody sees."""
    from pyspark import SparkContext  # noqa: PLC0415
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415

    if SparkContext._gateway is not None:  # noqa: SLF001 - pyspark keeps it there for whoever comes next
        return SparkContext._gateway  # noqa: SLF001
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": directory}
    return launch_gateway(popen_kwargs=silent)  # type: ignore[no-untyped-call]


def _first_job(session: SparkSession, master: str) -> None:
    """Wait until a worker has done something for us; else every question would wait for ever."""
    late = threading.Event()

    def give_up() -> None:
        late.set()
        session.sparkContext.cancelAllJobs()

    timer = threading.Timer(PATIENCE_SECONDS, give_up)
    timer.start()
    try:
        session.range(1).count()
    except Exception as error:
        if not late.is_set():
            raise
        raise EngineError(
            f"No worker at {master} had a core free within {PATIENCE_SECONDS} seconds.",
            remedy="Start a worker, or give each application fewer cores (spark.cores.max).",
        ) from error
    finally:
        timer.cancel()


def told(error: BaseException) -> str:
    """What Spark says of an error, in one line: its first cause, without Java's calls and advice for programmers."""
    text = str(error)
    causes = re.findall(r"^Caused by: (.*\[[A-Z_.]+\].*)$", text, re.MULTILINE)
    lines = [line.strip().removeprefix(": ") for line in (*causes[-1:], *text.splitlines()) if line.strip()]
    lines = [line for line in lines if not line.startswith("An error occurred while calling")]
    first = re.sub(r"^[\w.]+Exception: |(?: Use 'try_| It is possible| SQLSTATE:).*$", "", lines[0]) if lines else ""
    return first[:LONGEST] or type(error).__name__
