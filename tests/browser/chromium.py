"""Debian's Chromium, spoken to over a pipe in its own protocol: no driver and no socket is needed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
    # navigator.webdriver is what a test says
    "--disable-blink-features=AutomationControlled",
)  # fmt: skip
PATIENCE = 60.0


def found() -> str | None:
    """The browser's path, if it is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """One page in the browser: what it asked for, what it complained of, and what it looks like."""

    def __init__(self, writer: int, reader: int) -> None:
        self._writer, self._reader = writer, reader
        self._number, self._waiting = 0, b""
        self._session, self.target = "", ""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        #: the document that is shown, and the one that was shown before the last visit; each has a name for its loading
        self._document, self._left = "", ""
        self._focused = False

    def open(self, page: Path | str, width: int, height: int = 900, theme: str = "light") -> None:
        """Load a file or an address at that width, in the light or the dark theme of the system, and wait until all of
        it is there."""
        self._attach()
        self.resize(width, height)
        self.dress(theme)
        self.visit(page if isinstance(page, str) else page.as_uri())
        self.wait("!document.querySelector('.counting')")
        self.drawn()

    def visit(self, url: str) -> None:
        """Load an address, and forget what was asked for and complained of before."""
        self._attach()
        self._focus(on=False)
        self._left = self._document
        self.requests.clear()
        self.complaints.clear()
        begun = self.call("Page.navigate", url=url)
        assert "errorText" not in begun, (url, begun)
        loading = begun.get("loaderId")
        while loading is not None:
            heard = self._next()
            if heard.get("method") == "Page.lifecycleEvent" and heard["params"]["loaderId"] == loading:
                loading = None if heard["params"]["name"] == "load" else loading

    @contextmanager
    def others(self) -> Iterator[Callable[[], Callable[[], None]]]:
        """Opens other tabs of the browser: each call one more, and what it gives turns to that one again.

        They are closed at the end. A page that is left open asks on, and its server may take the cookie away that
        another test has set: cookies know no port.
        """
        first, opened = (self._session, self.target), []

        def turn_to(session: str, target: str) -> None:
            self._session, self.target = session, target

        def open_one() -> Callable[[], None]:
            turn_to("", "")
            self._attach()
            opened.append(self.target)
            return partial(turn_to, self._session, self.target)

        try:
            yield open_one
        finally:
            for target in opened:
                self.call("Target.closeTarget", targetId=target)
            turn_to(*first)

    def _attach(self) -> None:
        if not self._session:
            self.target = self.call("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
            for domain in ("Page", "Network", "Log", "Runtime"):
                self.call(f"{domain}.enable")
            self.call("Page.setLifecycleEventsEnabled", enabled=True)

    def _focus(self, *, on: bool) -> None:
        """Whether the page has the keyboard also where the window behind which the tab stands has lost it.

        A page that has it is never hidden, so that it has it from the first key on alone.
        """
        if on != self._focused:
            self.call("Emulation.setFocusEmulationEnabled", enabled=on)
            self._focused = on

    def resize(self, width: int, height: int = 900) -> None:
        """Another width, in CSS pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.drawn()

    def dress(self, theme: str) -> None:
        """The light or the dark theme of the system, on the page as it is."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        self.drawn()

    def drawn(self) -> None:
        """Waits until the page is drawn anew; a busy machine measures something unfinished otherwise."""
        self.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def eval(self, expression: str) -> Any:
        """The value of a script's expression; the page's own policy does not hold for it."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, expression: str) -> Any:
        """The value of an expression as soon as there is one that is true; a page may be on its way meanwhile."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
            if answer["result"].get("value"):
                return answer["result"]["value"]
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}\n{self.told()}")

    def told(self) -> str:
        """Where the tab is and what it says there, for whoever reads of a failure."""
        shown = self.call(
            "Runtime.evaluate", expression="location.href + '\\n' + document.body?.innerText.slice(0, 2000)"
        )
        return "\n".join((shown["result"].get("value", ""), *self.complaints, *self.requests[-10:]))

    def focus(self, element: str) -> None:
        """Gives the keyboard to what the expression means, and waits until it has it."""
        self._focus(on=True)
        self.wait(
            f"(found => found && (found.focus(), document.hasFocus() && document.activeElement === found))({element})"
        )

    def press(self, key: str, code: int) -> None:
        """A key, down and up."""
        self._focus(on=True)
        text = {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def pdf(self) -> bytes:
        """The page as it prints."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])

    # -- the protocol ----------------------------------------------------------------------------------------
    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command, and its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._next()
            if heard.get("id") == self._number:
                assert "error" not in heard, (method, heard)
                result: dict[str, Any] = heard["result"]
                return result

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._waiting:
            ready, _, _ = select.select([self._reader], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            part = os.read(self._reader, 1 << 20)
            assert part, "the browser has closed"
            self._waiting += part
        first, _, self._waiting = self._waiting.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, what: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            # a document that is left may still ask on its way out
            if what["loaderId"] != self._left:
                self.requests.append(what["request"]["url"])
        elif event == "Page.frameNavigated" and "parentId" not in what["frame"]:
            self._document = what["frame"]["loaderId"]
        elif event == "Log.entryAdded":
            self.complaints.append(what["entry"]["text"])
        elif event == "Runtime.consoleAPICalled":
            self.complaints.append(str(what["args"]))
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(str(what["exceptionDetails"]))


@contextmanager
def browser(path: str, profile: Path) -> Iterator[Tab]:
    """A browser with a profile of its own, ended with the test."""
    to_browser, our_writer = os.pipe()
    our_reader, from_browser = os.pipe()
    # out of the way of the two numbers the browser wants: commands on 3, answers on 4
    commands, answers = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 60) for end in (to_browser, from_browser))
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    process = os.posix_spawn(
        path,
        [path, *FLAGS, *sandbox, f"--user-data-dir={profile}", "about:blank"],
        os.environ,
        file_actions=[*nowhere, (os.POSIX_SPAWN_DUP2, commands, 3), (os.POSIX_SPAWN_DUP2, answers, 4)],
    )
    for end in (to_browser, from_browser, commands, answers):
        os.close(end)
    try:
        yield Tab(our_writer, our_reader)
    finally:
        os.close(our_writer)
        os.close(our_reader)
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
