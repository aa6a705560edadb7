// Stamm's script for pages: what visitors see and do goes to the shop's own Stamm, once they have agreed to it.
//
//   <script async src="https://stats.shop.example/stamm.js" data-key="the write key"></script>
//
// Until stamm.consent(true) nothing leaves the page and nothing is stored; what happened on it is held in memory.
// Where Do Not Track or Global Privacy Control is set, or a program drives the browser, it does nothing at all.
//
// It is served without its comments, each of which therefore stands on lines of its own.
(() => {
  // The tag is there twice: one is enough.
  if (window.stamm && window.stamm.track) return;
  const tag = document.currentScript;
  const address = new URL("v1/batch", tag.src).href;
  const byHand = tag.dataset.pages === "by-hand";
  const { userAgent, webdriver, doNotTrack, globalPrivacyControl } = navigator;
  const silent = webdriver || doNotTrack === "1" || globalPrivacyControl;

  // What is stored after consent: who this is, and each message until the server has it, at most so many.
  const PERSON = "stamm", MESSAGE = "stamm:", MOST = 1000;
  // Characters of a batch; at three bytes each it stays below the 64 KB that may be sent while a page closes.
  const BATCH = 20000;
  // Milliseconds: a visit ends after such a pause; a page that is left open gives no sign after so long.
  const PAUSE = 1800000, LOOK = 1500000;

  // Whether they agreed: true, false, or not asked yet.
  let agreed;
  let anonymous, user;
  let held = [];
  const waiting = new Map(), away = new Set();
  let timer, busy, backoff = 0;

  // -- storage: it may be forbidden, or full; then memory has to do ----------------------------------------------
  const stored = (act) => { try { return act(localStorage); } catch { return null; } };
  const messages = (all) => Object.keys(all).filter((name) => name.startsWith(MESSAGE));
  const remember = () => stored((all) => all.setItem(PERSON, JSON.stringify({ anonymous, user })));
  const forget = () => stored((all) => [PERSON, ...messages(all)].forEach((name) => all.removeItem(name)));
  const recall = (text) => ({ anonymous, user } = JSON.parse(text));
  const unique = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // -- sending -----------------------------------------------------------------------------------------------------
  const drop = (id) => {
    waiting.delete(id);
    stored((all) => all.removeItem(MESSAGE + id));
  };

  // Kept under its id until it is acknowledged. To send it twice does no harm: the server counts an id once.
  const keep = ([id, text]) => {
    text = `{"anonymousId":"${anonymous}",${text.slice(1)}`;
    waiting.set(id, text);
    stored((all) => all.setItem(MESSAGE + id, text));
    if (waiting.size > MOST) drop(waiting.keys().next().value);
    if (!busy) later(backoff || 200);
  };

  const later = (wait) => {
    timer = timer || setTimeout(send, wait);
  };

  const send = (leaving) => {
    clearTimeout(timer);
    timer = 0;
    if (!agreed || (busy && !leaving)) return;
    const ids = [], texts = [];
    let size = 0;
    for (const [id, text] of waiting) {
      if (away.has(id)) continue;
      if (size && size + text.length > BATCH) break;
      size += text.length;
      ids.push(id);
      texts.push(text);
    }
    if (!size) return;
    const head = JSON.stringify({ writeKey: tag.dataset.key, sentAt: new Date() });
    const body = `${head.slice(0, -1)},"batch":[${texts}]}`;
    if (leaving && !("keepalive" in Request.prototype)) {
      // Nobody hears whether it arrived, so the next page sends it again.
      navigator.sendBeacon(address, body);
      return;
    }
    busy = true;
    ids.forEach((id) => away.add(id));
    // As plain text, since no browser asks beforehand whether another origin takes that.
    fetch(address, { method: "POST", body, keepalive: size <= BATCH, credentials: "omit" })
      .then(({ ok, status }) => ok || status === 400 || status === 413, () => false)
      .then((done) => {
        busy = false;
        ids.forEach((id) => away.delete(id));
        if (done) ids.forEach(drop);
        backoff = done ? 0 : Math.min(2 * backoff || 1000, 60000);
        if (waiting.size) later(backoff * (0.5 + Math.random() / 2));
      });
  };

  // -- what is said ------------------------------------------------------------------------------------------------
  let last = 0;
  let referrer = document.referrer;
  const place = () => location.pathname + location.search;
  // The page that is told of, which may be another already than the browser's: its address, and what it says of it.
  let spot = place();
  // Without what was asked for, which may be anybody's name.
  const describe = () => {
    const { pathname: path, origin, searchParams: asked } = new URL(spot, location.origin), campaign = {};
    for (const [ours, theirs] of [["name", "campaign"], ["medium", "medium"], ["source", "source"]])
      campaign[ours] = asked.get("utm_" + theirs) || undefined;
    return { page: { path, url: origin + path, title: document.title, referrer }, campaign };
  };
  let here = describe();

  const say = (type, more, at = Date.now()) => {
    if (silent || agreed === false) return;
    const context = { ...here, userAgent };
    if (type === "identify") {
      context.locale = navigator.language;
      context.timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    }
    const id = unique();
    const text = JSON.stringify({ type, messageId: id, timestamp: new Date(at), userId: user, ...more, context });
    last = Math.max(last, at);
    if (agreed) keep([id, text]);
    else held = [...held.slice(1 - MOST), [id, text]];
  };

  // -- pages, and how long each is seen ----------------------------------------------------------------------------
  // Since when the page is seen: a moment, 0 while it is hidden, nothing before the first page.
  let since;
  let coming;
  const visible = () => document.visibilityState === "visible";
  const look = (at = Date.now()) => { since = visible() ? at : 0; };
  const seen = (from, until) => {
    say("track", { event: "Page Seen", properties: { seconds: Math.max(0, until - from) / 1000 } }, until);
  };

  // The page is hidden, closed, or gives way to another.
  const leave = () => {
    arrive();
    if (since) seen(since, Math.min(Date.now(), last + LOOK));
    since &&= 0;
  };

  const enter = (name, properties, at) => {
    here = describe();
    referrer = here.page.url;
    say("page", { name, properties }, at);
    look(at);
  };

  // A page has its title a moment after its address; whatever is said meanwhile comes after it.
  const arrive = () => {
    if (!coming) return;
    const { at } = coming;
    clearTimeout(coming.timer);
    coming = 0;
    enter(undefined, undefined, at);
  };

  const turn = (again) => {
    if (spot === place() && !again) return;
    leave();
    spot = place();
    if (!byHand) coming = { at: Date.now(), timer: setTimeout(arrive, 100) };
  };

  // -- what a shop calls -------------------------------------------------------------------------------------------
  const stamm = {
    track(event, properties) {
      arrive();
      say("track", { event, properties });
    },
    page(name, properties) {
      leave();
      enter(name, properties);
    },
    // Without anybody: they have signed out, and whoever comes next is another visitor.
    identify(who, traits) {
      arrive();
      user = who == null ? undefined : String(who);
      if (!user) anonymous = unique();
      if (agreed) remember();
      if (user) say("identify", { traits });
    },
    consent(given) {
      if (silent) return;
      const before = agreed;
      agreed = !!given;
      if (!agreed) {
        forget();
        waiting.clear();
        held = [];
        anonymous = user = undefined;
        arrive();
        since &&= 0;
      } else if (!before) {
        anonymous = anonymous || unique();
        remember();
        held.forEach(keep);
        held = [];
        if (before === false) turn(true);
      }
    },
    push(...calls) {
      calls.forEach(([name, ...more]) => stamm[name](...more));
    },
  };

  // Another page of the shop was told whether they agree, or who they are.
  const heed = (text) => {
    if (text) recall(text);
    stamm.consent(text);
  };

  const begin = () => {
    if (silent) forget();
    else if (stored((all) => recall(all.getItem(PERSON)))) {
      agreed = true;
      // What another page could not send. Where that one still tries, too, the server knows the id.
      stored((all) => messages(all).forEach((name) => waiting.set(name.slice(MESSAGE.length), all.getItem(name))));
      later(200);
    }
    for (const name of ["pushState", "replaceState"]) {
      const real = history[name];
      history[name] = function (...all) {
        real.apply(this, all);
        // A page that replaces what it was asked for, as while somebody types a search, is the same page.
        if (name === "replaceState" && spot.split("?")[0] === location.pathname) spot = place();
        else turn();
      };
    }
    addEventListener("popstate", () => turn());
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      // Shown again as it was left; what they said on other pages meanwhile, it was not told.
      const text = stored((all) => all.getItem(PERSON));
      if (text || agreed) heed(text);
      turn(true);
    });
    addEventListener("online", () => send());
    addEventListener("pagehide", () => { leave(); send(true); });
    addEventListener("storage", ({ key, newValue }) => key === PERSON && heed(newValue));
    document.addEventListener("visibilitychange", () => {
      const now = Date.now(), idle = now - last;
      if (!visible()) {
        leave();
        send(true);
      } else if (since !== undefined) {
        // Back after a short time, after some, or on another visit.
        if (idle > PAUSE) turn(true);
        else if (idle > PAUSE - LOOK) seen(now, now);
        look();
      }
    });
    turn(true);
    const early = window.stamm || [];
    window.stamm = stamm;
    stamm.push(...early);
  };

  if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})();
