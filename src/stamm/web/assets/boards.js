// Dragging widgets to their place, the whole screen, and a wall whose sign-in has ended. All else works without it.
"use strict";
(() => {
  const boardOf = (element) => element?.closest?.(".board.editing");
  let held = null;

  // -- dragging: the same change that the buttons make ---------------------------------------------------
  const over = (x, y) => document.elementFromPoint(x, y)?.closest(".board.editing > .widget");
  const unmark = () => document.querySelectorAll(".widget.before").forEach((widget) => widget.classList.remove("before"));

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".grip");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    held = grip.closest(".widget");
    held.classList.add("held");
    grip.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    unmark();
    const under = over(event.clientX, event.clientY);
    if (under && under !== held) under.classList.add("before");
  });
  const let_go = (event) => {
    if (!held) return;
    const widget = held, under = over(event.clientX, event.clientY);
    held = null;
    widget.classList.remove("held");
    unmark();
    if (event.type === "pointercancel" || !under || under === widget) return;
    // let go over one that stands later, it comes to stand after that one
    const follows = widget.compareDocumentPosition(under) & Node.DOCUMENT_POSITION_FOLLOWING;
    const before = follows ? under.nextElementSibling : under;
    const board = boardOf(widget);
    htmx.ajax("POST", board.dataset.board, {
      source: widget, target: "#page", select: "#page", swap: "outerHTML",
      values: {
        csrfmiddlewaretoken: board.dataset.token, revision: board.dataset.revision, action: "before",
        widget: widget.dataset.widget, before: before?.dataset.widget ?? "0",
      },
    });
  };
  document.addEventListener("pointerup", let_go);
  document.addEventListener("pointercancel", let_go);

  const ready = () => {
    document.querySelectorAll(".board.editing").forEach((board) => board.classList.add("dragging"));
    const full = document.querySelector("[data-full-screen]");
    if (full && document.fullscreenEnabled) full.hidden = false;
  };
  document.addEventListener("htmx:afterSettle", ready);
  ready();

  // -- on a wall -------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-full-screen]")) document.documentElement.requestFullscreen();
  });
  // answered from elsewhere, such as the page for signing in: the whole page goes there, not a piece of it into a widget
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { pathInfo, xhr } = event.detail;
    if (xhr.responseURL && new URL(xhr.responseURL).pathname !== new URL(pathInfo.requestPath, location).pathname) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
})();
