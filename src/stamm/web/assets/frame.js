// What every page can do beyond its links and forms: search by the keyboard, charts that lead somewhere, sorted tables.
"use strict";

// -- search: / or Ctrl+K goes there, arrows go through what was found, Escape goes back
const typing = (at) => at?.matches?.("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("find");
  if (!field) return;
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
  const chord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (slash || chord) {
    event.preventDefault();
    field.focus();
    field.select();
    return;
  }
  const form = event.target.closest?.(".find");
  if (!form) return;
  const stops = [field, ...form.querySelectorAll(".found a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    stops[(stops.indexOf(event.target) + step + stops.length) % stops.length].focus();
  } else if (event.key === "Escape") {
    field.value = "";
    document.getElementById("found").replaceChildren();
    document.getElementById("main").focus();
  }
});

// -- whatever the keyboard comes to in something that scrolls sideways is shown whole
document.addEventListener("focusin", ({ target }) => {
  if (target.parentElement?.closest(".scroll") && target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});

// -- a window of a chart leads where its row in the table leads: for a pointer; the keyboard has the table
document.addEventListener("click", (event) => {
  const lead = event.target.closest?.("[data-to]");
  if (lead) location.assign(lead.dataset.to);
});

// -- a table that may be sorted: its heads are buttons; exact values where there are some, else words
const said = document.documentElement.lang;
const valueOf = (row, place) => {
  const cell = row.cells[place];
  const exact = cell?.querySelector("data")?.value;
  return exact === undefined ? (cell?.textContent ?? "").trim() : Number(exact);
};
const compared = (one, other) => {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one === "number" || typeof other === "number") return typeof one === "number" ? -1 : 1;
  return one.localeCompare(other, said, { numeric: true });
};
const sortable = (table) => {
  if (table.dataset.sort === "on") return;
  table.dataset.sort = "on";
  for (const head of table.tHead.rows[0].cells) {
    if (!head.textContent.trim() || head.matches(".ends") || head.colSpan > 1) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const place = head.cellIndex;
      const before = head.getAttribute("aria-sort");
      const up = before ? before !== "ascending" : !head.matches(".n");
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      for (const body of table.tBodies) {
        const rows = [...body.rows].filter((row) => !row.matches(".topic"));
        rows.sort((a, b) => (up ? 1 : -1) * compared(valueOf(a, place), valueOf(b, place)));
        body.append(...rows);
      }
    });
  }
};
const within = (part) => part.querySelectorAll?.("table[data-sort]").forEach(sortable);
document.addEventListener("DOMContentLoaded", () => within(document));
document.addEventListener("htmx:load", (event) => within(event.detail.elt));

// -- a slider and the number it stands for: whichever is moved, the other shows it; the number is what is asked
document.addEventListener("input", (event) => {
  const slide = event.target.closest?.("[data-slides]");
  const number = slide && document.getElementById(slide.dataset.slides);
  if (number) number.value = slide.value;
  const beside = event.target.id && document.querySelector(`[data-slides="${CSS.escape(event.target.id)}"]`);
  if (beside) beside.value = event.target.value;
});

// -- a sentence that other settings change is said: where it is said stays, while the page is swapped
document.addEventListener("htmx:afterSettle", () => {
  const says = document.querySelector("[data-says]")?.textContent.trim();
  const region = document.getElementById("said");
  if (says && region.textContent !== says) region.textContent = says;
});
