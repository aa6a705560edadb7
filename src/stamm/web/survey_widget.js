// Stamm's box for a shop's pages: a question in a corner, answered without leaving the page.
//
//   <script defer src="https://stamm.shop.example/survey.js" data-survey="what the survey's page says"></script>
//
//   data-delay="20"         shown after so many seconds; 10 where nothing else is said
//   data-scroll="50"        or once so much of the page was seen, in percent
//   data-by-hand            or only when the page calls stammSurvey.open()
//   data-touchpoint="Basket"  the place that is kept with each answer: one for which the survey has a link
//   data-language="de"      instead of the language that the browser asks for
//
// No cookie is set. Something is stored once a visitor has closed the box or sent an answer: that they did.
// It is served without its comments, each of which therefore stands on lines of its own.
(() => {
  const tag = document.currentScript;
  if (window.stammSurvey || !tag) return;
  const { survey, touchpoint = "", language = "", delay, scroll, byHand } = tag.dataset;
  // A browser that cannot have a sheet beside the page's own is older than 2023.
  if (!survey || !("adoptedStyleSheets" in Document.prototype && "replaceSync" in CSSStyleSheet.prototype)) return;
  const place = (token) => new URL(`ask/${token}/widget`, tag.src);
  const STORED = "stamm-survey", DAY = 86400000, name = survey.split("-")[0];

  // -- who was asked: it may be forbidden to store it, then memory has to do -------------------------------------
  let acted = {};
  const recall = () => { try { acted = { ...JSON.parse(localStorage.getItem(STORED)), ...acted }; } catch {} };
  const remember = () => {
    recall();
    acted[name] = Date.now();
    try { localStorage.setItem(STORED, JSON.stringify(acted)); } catch {}
  };
  // Asked by this survey once; by none within the days of rest after another.
  const rests = (days) => {
    recall();
    return name in acted || Object.values(acted).some((at) => Date.now() - at < days * DAY);
  };

  // -- drawing: by elements alone, so that no text is ever read as code ------------------------------------------
  const make = (kind, about = {}, ...inside) => {
    const made = document.createElement(kind);
    for (const [key, value] of Object.entries(about)) {
      if (value === true) made.setAttribute(key, "");
      else if (value || value === 0) made.setAttribute(key, value);
    }
    made.append(...inside);
    return made;
  };

  const TWO = CSS.supports("color", "light-dark(#fff, #000)");
  const two = (light, dark) => (TWO ? `light-dark(${light}, ${dark})` : light);
  const style = ({ fill, words, light, dark, light_wash, dark_wash }) => `
    :host { all: initial !important; color-scheme: inherit !important; position: fixed !important; z-index: 2147483647 !important;
      inset: auto 16px 16px auto !important; width: min(384px, calc(100vw - 32px)) !important; display: block !important; }
    @media print { :host { display: none !important; } }
    * { box-sizing: border-box; margin: 0; font: inherit; color: inherit; }
    section { font: 400 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; color: ${two("#17191b", "#eceef0")};
      background: ${two("#fff", "#17191c")}; border: 1px solid ${two("#c9cac6", "#434a50")}; border-radius: 10px;
      box-shadow: 0 2px 4px #0000001a, 0 12px 40px #00000033; max-height: calc(100vh - 32px); overflow: auto; padding: 20px; display: grid; gap: 16px; }
    section:focus, p:focus { outline: none; }
    @media (prefers-reduced-motion: no-preference) { section { animation: come .25s ease-out; } }
    @keyframes come { from { opacity: 0; transform: translateY(12px); } }
    header { display: flex; gap: 12px; align-items: start; justify-content: space-between; }
    header p, small { font-size: 13px; color: ${two("#4a5056", "#b9c0c6")}; }
    form, fieldset, .field { display: grid; gap: 12px; border: 0; padding: 0; min-width: 0; }
    form { gap: 16px; }
    legend, .told { padding: 0; font-size: 17px; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; }
    legend { margin-bottom: 12px; }
    .lines { white-space: pre-line; overflow-wrap: anywhere; }
    button { min-height: 44px; padding: 4px 16px; border: 1px solid ${two(light, dark)}; border-radius: 6px; cursor: pointer;
      font-weight: 600; color: ${words}; background: ${fill}; }
    button:hover { text-decoration: underline; text-underline-offset: .18em; }
    button[disabled] { opacity: .6; cursor: default; }
    .close { flex: none; display: grid; place-items: center; width: 44px; margin: -12px -12px -12px 0; padding: 0; border: 0; background: none; }
    .close::before { content: "\\d7"; font-size: 24px; font-weight: 400; line-height: 1; color: ${two("#4a5056", "#b9c0c6")}; }
    .score { display: grid; grid-template-columns: repeat(6, 1fr); gap: 6px; }
    .few { grid-template-columns: repeat(auto-fit, minmax(40px, 1fr)); }
    .score label, .options label { position: relative; display: flex; align-items: center; min-height: 44px; cursor: pointer;
      border: 1px solid ${two("#83888c", "#767e86")}; border-radius: 6px; }
    .score label { justify-content: center; font-weight: 500; }
    .score input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
    .options { display: grid; gap: 6px; }
    .options label { gap: 12px; padding: 6px 12px; overflow-wrap: anywhere; }
    .options input { flex: none; width: 18px; height: 18px; accent-color: ${two(light, dark)}; }
    label:hover, .options label:has(:checked) { border-color: ${two(light, dark)}; background: ${two(light_wash, dark_wash)}; }
    .score label:has(:checked) { color: ${words}; background: ${fill}; border-color: ${two(light, dark)}; }
    :is(button, textarea):focus-visible, label:has(:focus-visible) { outline: 2px solid ${two(light, dark)}; outline-offset: 2px; }
    .ends { display: flex; justify-content: space-between; gap: 16px; }
    .ends :last-child { text-align: end; }
    textarea { width: 100%; padding: 8px 10px; border: 1px solid ${two("#83888c", "#767e86")}; border-radius: 6px; background: none; resize: vertical; }
    .problem:empty { margin-top: -16px; }
    .problem { font-weight: 500; color: ${two("#a23d06", "#f2a273")}; }
    .unseen { position: absolute; left: -200vw; width: 1px; height: 1px; overflow: hidden; }
    [hidden] { display: none; }`;

  const hintOf = (question) => (question.hint ? make("small", { id: `h-${question.key}` }, question.hint) : "");
  const asked = (question) => {
    const { key, told, required, points, options, several, ends } = question;
    const about = { "aria-describedby": question.hint && `h-${key}` };
    if (question.kind === "text") {
      const text = make("textarea", { id: key, name: key, rows: 3, maxlength: 2000, required, ...about });
      return make("div", { class: "field" }, make("label", { class: "told", for: key }, told), hintOf(question), text);
    }
    const input = (value) => make("input", { type: several ? "checkbox" : "radio", name: key, value, required: required && !several });
    const choices = points.length
      ? make("div", { class: points.length < 6 || points.length === 7 ? "score few" : "score" }, ...points.map(([point]) => make("label", {}, input(point), point)))
      : make("div", { class: "options" }, ...options.map(([value, words]) => make("label", {}, input(value), make("span", {}, words))));
    const both = ends[0] || ends[1] ? make("small", { class: "ends" }, make("span", {}, ends[0]), make("span", {}, ends[1])) : "";
    return make("fieldset", about, make("legend", {}, told), hintOf(question), choices, both);
  };

  // -- the box -----------------------------------------------------------------------------------------------------
  let host, before, busy;
  const close = () => {
    if (!host) return;
    const had = document.activeElement === host;
    host.remove();
    host = 0;
    remember();
    if (had && before) before.focus();
  };

  const send = (form, data, page, say) => {
    const button = form.querySelector("button");
    const body = new URLSearchParams(new FormData(form));
    for (const [key, value] of Object.entries(page.hidden)) body.append(key, value);
    button.disabled = true;
    fetch(place(page.token), { method: "POST", body, credentials: "omit", referrerPolicy: "no-referrer" })
      .then((answer) => answer.json())
      .then((next) => {
        if (next.missing) throw 0;
        remember();
        say(next.questions ? pageOf(data, next, say) : make("p", { class: "lines told", tabindex: -1 }, next.told), true);
      })
      .catch((missing) => {
        button.disabled = false;
        const problem = form.querySelector(".problem");
        problem.textContent = missing === 0 ? data.words.missing : data.words.failed;
      });
  };

  const pageOf = (data, page, say) => {
    const [first, ...rest] = page.questions.map(asked);
    const trap = make("input", { name: data.trap, tabindex: -1, autocomplete: "off" });
    const more = make("div", { hidden: true, class: "field" }, ...rest, make("button", {}, page.is_last ? data.words.send : data.words.next));
    const form = make("form", {},
      page.intro ? make("p", { class: "lines" }, page.intro) : "",
      make("div", { class: "unseen", "aria-hidden": "true" }, make("label", {}, data.words.empty, trap)),
      first, more, make("p", { class: "problem", role: "alert" }));
    // What comes after the first question is shown once something is answered; where it need not be, at once.
    const show = () => { more.hidden = false; };
    form.addEventListener("input", show);
    if (!page.questions[0].required || page.questions[0].kind === "text") show();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, data, page, say);
    });
    return form;
  };

  const show = (data, byVisitor) => {
    before = document.activeElement;
    host = make("div");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style(data.colours));
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const shut = make("button", { class: "close", type: "button", "aria-label": data.words.close, title: data.words.close });
    shut.addEventListener("click", close);
    const box = make("section", { lang: data.code, tabindex: -1, "aria-label": data.words.title }, make("header", {}, make("p", {}, data.words.title), shut));
    box.addEventListener("keydown", (event) => event.key === "Escape" && close());
    const heard = make("div", { class: "unseen", role: "status" });
    const say = (what, moves) => {
      box.querySelector("header").after(what);
      while (what.nextSibling) what.nextSibling.remove();
      if (moves) (what.matches("[tabindex]") ? what : box).focus();
    };
    say(pageOf(data, data.page, say), false);
    root.append(box, heard);
    document.body.append(host);
    // Told to whoever listens, without taking the keyboard from them; who has asked for it has the keyboard there.
    if (byVisitor) box.focus();
    else setTimeout(() => { heard.textContent = data.page.questions[0].told; }, 500);
  };

  const open = (byVisitor) => {
    if (host || busy || (!byVisitor && rests(0))) return;
    busy = true;
    const where = place(survey);
    if (touchpoint) where.searchParams.set("touchpoint", touchpoint);
    if (language) where.searchParams.set("lang", language);
    fetch(where, { credentials: "omit", referrerPolicy: "no-referrer" })
      .then((answer) => (answer.status === 200 ? answer.json() : 0))
      .then((data) => { if (data && (byVisitor || !rests(data.rest))) show(data, byVisitor); })
      // Nobody reaches the server: then nobody is asked.
      .catch(() => 0)
      .then(() => { busy = false; });
  };

  window.stammSurvey = { open: (byVisitor) => open(byVisitor === true), close };

  const begin = () => {
    if (byHand !== undefined) return;
    // What is no number counts as not said; a timer knows no more than 2^31 milliseconds.
    const seconds = parseFloat(delay), percent = parseFloat(scroll);
    if (percent >= 0) {
      const look = () => {
        if ((scrollY + innerHeight) / document.documentElement.scrollHeight < percent / 100) return;
        removeEventListener("scroll", look);
        open();
      };
      addEventListener("scroll", look, { passive: true });
      look();
    }
    if (seconds >= 0 || !(percent >= 0)) setTimeout(open, Math.min(1000 * (seconds >= 0 ? seconds : 10), 2147483647));
  };
  if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})();
