"""A page walked by its tabulator alone: what was reached, in which order, how it looked, and what was not."""

from __future__ import annotations

from typing import Any

from tests.browser.chromium import Tab

TAB, ENTER, ESCAPE, SPACE = ("Tab", 9), ("Enter", 13), ("Escape", 27), (" ", 32)
#: more stops than any page has; who comes here goes round in a trap
MOST = 600
#: how often a page is walked that comes anew while it is
AGAIN = 3

#: from now on the page notes each stop when the key is let go, by which time it has scrolled there
LISTEN = """(() => {
  const shown = e => e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: false})
    && e.getClientRects().length && !e.closest('.sr:not(:focus)');
  const kinds = 'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex],'
    + ' [contenteditable], iframe, audio[controls], video[controls]';
  window.stops = [];
  // one stop for each group of radio buttons, as browsers have it
  const group = e => e.type === 'radio' && e.name && [...document.getElementsByName(e.name)]
    .filter(other => other.form === e.form);
  const stop = e => {
    const all = group(e);
    return !all || e === (all.find(one => one.checked) ?? all[0]);
  };
  window.wanted = () => [...document.querySelectorAll(kinds)].filter(e => e.tabIndex >= 0 && !e.disabled
    && !e.closest('[inert]') && shown(e) && stop(e));
  const named = e => e.outerHTML.replace(/\\s+/g, ' ').slice(0, 110);
  const look = e => { const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor].join(' '); };
  document.activeElement.blur();
  window.plain = new Map(wanted().map(e => [e, look(e)]));
  document.querySelector('.skip').focus();
  const ringed = e => { const s = getComputedStyle(e), ring = e.closest('label') ?? e, r = getComputedStyle(ring);
    return [s, r].some(x => x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) >= 1)
      && look(e) !== plain.get(e) || e.parentElement.matches('label') && r.outlineStyle !== 'none'; };
  // who sees the ring: not cut off on more than one side, not below what sticks to the window
  const seen = e => {
    const box = e.getBoundingClientRect(), top = document.querySelector('.shell > .top');
    const bar = top && getComputedStyle(top).position === 'sticky' && !top.contains(e) && !e.closest('.side, .skip')
      ? top.getBoundingClientRect().bottom : 0;
    const kept = parseFloat(getComputedStyle(document.documentElement).scrollPaddingBottom) || 0;
    const tall = box.height > innerHeight - Math.max(bar, kept);
    if (box.top < bar - 1 && !tall || box.bottom <= bar) return 'behind the top';
    if (box.bottom > innerHeight + 1 && !tall || box.left < -1 || box.right > innerWidth + 1 && box.width < innerWidth)
      return 'outside of the window ' + [box.left, box.top, box.right, box.bottom].map(Math.round);
    const at = e.closest('label') ?? e, parts = at.getClientRects();
    const hit = [...parts].some(part => [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].some(([x, y]) => {
      const found = document.elementFromPoint(part.left + part.width * x, part.top + part.height * y);
      return found && (at.contains(found) || found.contains(at) && found !== document.documentElement); }));
    return hit ? '' : 'covered';
  };
  document.onkeyup = event => {
    const e = document.activeElement;
    if (event.key === 'Tab') stops.push({e, name: named(e), ring: ringed(e), seen: seen(e)});
  };
  const box = e => e.getBoundingClientRect(), part = e => e.closest('.side, .top, main, footer');
  window.heard = () => ({
    missed: wanted().filter(e => !stops.some(one => one.e === e)).map(named),
    unseen: stops.filter(one => one.e !== document.body && one.seen).map(one => one.seen + ': ' + one.name),
    ringless: stops.filter(one => one.e !== document.body && !one.ring).map(one => one.name),
    // back up and not to the right, or with a place of its own: against the order of reading
    order: stops.slice(1).map((one, i) => [stops[i].e, one.e]).filter(([e, next]) => next !== document.body
      && part(e) === part(next) && box(next).bottom <= box(e).top && box(next).left <= box(e).left
      && box(next).right <= box(e).right).map(([, next]) => named(next))
      .concat(wanted().filter(e => e.tabIndex > 0).map(named)),
    // what shows a hand and is neither reached nor part of what is, nor leads where a link leads, is for a mouse alone
    mouse: [...document.querySelectorAll('body *')].filter(e => shown(e) && getComputedStyle(e).cursor === 'pointer'
      && !e.closest('a[href], button, summary, label, select, input, textarea')
      && ![...document.querySelectorAll('a[href]')].some(a => a.getAttribute('href') === e.dataset.to))
      .map(named),
  });
})()"""


def walked(tab: Tab) -> dict[str, Any]:
    """What is wrong with the page for whoever has no mouse, by kind, with all that folds unfolded; from top to end.

    A page that came anew meanwhile, as when a newer snapshot is there, is walked once more.
    """
    for _ in range(AGAIN):
        found = _walked(tab)
        if tab.eval("stops.every(one => one.e.isConnected)"):
            break
    return found


def _walked(tab: Tab) -> dict[str, Any]:
    tab.eval("document.querySelectorAll('details').forEach(one => one.open = true); scrollTo(0, 0)")
    tab.eval(LISTEN)
    for pressed in range(MOST):
        tab.press(*TAB)
        if pressed % 10 == 9 and tab.eval("stops.some(one => one.e.matches('.skip'))"):
            break
    else:
        raise AssertionError(("a trap", tab.eval("stops.slice(-6).map(one => one.name)")))
    found: dict[str, Any] = tab.eval("heard()")
    return {kind: each for kind, each in found.items() if each}


def reach(tab: Tab, what: str) -> None:
    """Goes on by the tabulator until the element of that selector is in focus."""
    for _ in range(MOST):
        tab.press(*TAB)
        if tab.eval(f"document.activeElement.matches({what!r})"):
            return
    raise AssertionError(f"the keyboard does not come to {what} on {tab.eval('location.href')}")


def typed(tab: Tab, words: str) -> None:
    """Writes into what is in focus."""
    tab.call("Input.insertText", text=words)


def folded(tab: Tab) -> list[str]:
    """What does not open by a key, does not close by Escape where it floats, or loses the place of who opened it."""
    wrong = []
    many = tab.eval(
        "(window.openers = [...document.querySelectorAll('summary, [popovertarget]')]"
        ".filter(e => e.checkVisibility() && e.getClientRects().length)).length"
    )
    opened = (
        "(e => e.matches('summary') ? e.parentElement.open"
        " : document.getElementById(e.getAttribute('popovertarget')).matches(':popover-open'))(openers[{}])"
    )
    for number in range(many):
        tab.focus(f"openers[{number}]")
        before, floats = tab.eval(opened.format(number)), tab.eval(f"!openers[{number}].matches('summary')")
        tab.press(*(SPACE if number % 2 else ENTER))
        during = tab.eval(opened.format(number))
        tab.press(*(ESCAPE if floats else ENTER))
        after = tab.eval(opened.format(number))
        stays = tab.eval(f"document.activeElement === openers[{number}]")
        if during == before or after != before or not stays:
            wrong.append(tab.eval(f"openers[{number}].outerHTML.slice(0, 120)"))
    return wrong
