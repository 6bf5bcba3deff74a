"use strict";
// Tables that can be sorted and filtered, for whoever has scripts; without, the page says all the same.
(() => {
  const words = document.body.dataset, lang = document.documentElement.lang;
  const collator = new Intl.Collator(lang, { numeric: true });
  const month = new Intl.DateTimeFormat(lang, { month: "long" });
  const months = Array.from({ length: 12 }, (_, at) => month.format(new Date(2000, at, 2)));
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);
  const say = (text, values) => {
    status.textContent = text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
  const FEW = 3, MANY = 12; // rows from which a table is worth sorting, and filtering

  // What a cell is sorted by: a day, a number, or its text; null when it is not known.
  const key = (cell, numeric) => {
    const text = cell.textContent.trim();
    const [, day, name, year, time] = text.match(/^(\d{1,2}) (\p{L}+) (\d{4})(?: (\d\d:\d\d))?/u) || [];
    if (months.includes(name)) {
      return `${year}-${100 + months.indexOf(name)}-${100 + Number(day)} ${time || ""}`;
    }
    if (!numeric) return text && text !== "\u2013" ? text : null;
    const digits = text.replace(/\D/g, "");
    return digits ? Number(digits) : null;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b));

  const sort = (table, rows, totals, column) => {
    const heads = [...table.tHead.rows[0].cells], head = heads[column];
    const down = head.getAttribute("aria-sort") === "ascending", sign = down ? -1 : 1;
    const keyed = rows.map((row) => [key(row.cells[column], head.classList.contains("num")), row]);
    keyed.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b)));
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.tBodies[0].append(...keyed.map(([, row]) => row), ...totals);
    say(down ? words.descending : words.ascending, { column: head.textContent.trim() });
  };

  const filter = (rows, totals, typed) => {
    const asked = typed.trim().toLocaleLowerCase(lang);
    for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase(lang).includes(asked);
    for (const row of totals) row.hidden = asked !== ""; // it adds up all rows, not those that are left
    say(words.shown, { shown: rows.filter((row) => !row.hidden).length, all: rows.length });
  };

  for (const table of document.querySelectorAll(".scroll > table")) {
    const all = [...table.tBodies[0].rows];
    const totals = all.filter((row) => row.classList.contains("total")), rows = all.filter((row) => !totals.includes(row));
    if (rows.length < FEW || !table.tHead || table.tHead.rows.length !== 1 || table.tBodies.length !== 1) continue;
    if (table.querySelector("[rowspan], [colspan]")) continue; // rows that hang together stay together
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, rows, totals, column));
    });
    if (rows.length < MANY) continue;
    const label = document.createElement("label"), field = document.createElement("input");
    label.className = "filter";
    field.type = "search";
    field.addEventListener("input", () => filter(rows, totals, field.value));
    label.append(`${words.filter} `, field);
    table.parentElement.before(label);
  }
})();
