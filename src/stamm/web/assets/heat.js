/* Arrow keys move between the cells of a heatmap, which then is one stop in the order of tabs. Without this each cell
   is a link like any other. */
(() => {
  "use strict";
  const CELL = ".heat[data-moves] td > a";

  /* the links of each row by column; a row's own name is none of them */
  const rows = table => [...table.querySelectorAll(":is(tbody, tfoot) > tr")]
    .map(row => [...row.cells].map(cell => cell.matches("td") ? cell.querySelector(":scope > a") : null));
  const first = links => links.find(Boolean);
  const last = links => links.findLast(Boolean);

  /* where a key leads from a place among rows of links; empty cells are passed over */
  function target(grid, row, column, key, whole) {
    const across = grid[row];
    const down = grid.map(links => links[column]);
    switch (key) {
      case "ArrowLeft": return last(across.slice(0, column));
      case "ArrowRight": return first(across.slice(column + 1));
      case "ArrowUp": return last(down.slice(0, row));
      case "ArrowDown": return first(down.slice(row + 1));
      case "Home": return whole ? first(grid.flat()) : first(across);
      case "End": return whole ? last(grid.flat()) : last(across);
      case "PageUp": return first(down);
      case "PageDown": return last(down);
    }
    return undefined;
  }

  function stop(table, link) {
    for (const each of table.querySelectorAll("td > a")) each.tabIndex = each === link ? 0 : -1;
  }

  function settle(root) {
    for (const table of root.querySelectorAll(".heat[data-moves]")) {
      const link = table.querySelector("td > a[aria-current]") ?? table.querySelector("td > a");
      if (link) stop(table, link);
    }
  }

  document.addEventListener("keydown", event => {
    const link = event.target.closest?.(CELL);
    if (!link || event.altKey || event.metaKey || event.shiftKey) return;
    const grid = rows(link.closest("table"));
    const row = grid.findIndex(links => links.includes(link));
    const next = target(grid, row, grid[row].indexOf(link), event.key, event.ctrlKey);
    if (!next) return;
    event.preventDefault();
    stop(link.closest("table"), next);
    next.focus();
  });

  document.addEventListener("click", event => {
    const link = event.target.closest?.(CELL);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const table = link.closest("table");
    table.querySelector("td > a[aria-current]")?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    stop(table, link);
  });

  /* a cell's words may lie below what a small screen shows */
  document.addEventListener("htmx:afterSettle", event => {
    if (event.target.id === "cell") event.target.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("htmx:load", event => settle(event.target.parentElement ?? event.target));
  settle(document);
})();
