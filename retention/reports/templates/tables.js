(() => {
  "use strict";
  const nl = document.documentElement.lang === "nl";
  const said = nl ? { find: "Zoek in deze tabel", rows: "rijen" } : { find: "Search this table", rows: "rows" };
  const value = (row, at, number) => {
    const text = row.cells[at] ? row.cells[at].textContent.trim() : "";
    if (!number) return text.toLocaleLowerCase();
    const digits = text.replace(/\D/g, "");
    return digits ? Number(digits) : -1;
  };
  for (const box of document.querySelectorAll(".scroll.sort")) {
    const table = box.querySelector("table"), body = table.tBodies[0], head = table.tHead;
    const rows = [...body.rows].filter((row) => !row.classList.contains("total"));
    const total = body.querySelector(".total");
    if (rows.length < 2) continue;
    [...head.rows[0].cells].forEach((cell, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...cell.childNodes);
      cell.append(button);
      button.addEventListener("click", () => {
        const number = cell.classList.contains("num");
        const was = cell.getAttribute("aria-sort");
        const up = was ? was === "descending" : !number;
        for (const other of head.rows[0].cells) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", up ? "ascending" : "descending");
        rows.sort((a, b) => {
          const [x, y] = [value(a, at, number), value(b, at, number)];
          return (number ? x - y : x.localeCompare(y, document.documentElement.lang)) * (up ? 1 : -1);
        });
        body.append(...rows, ...(total ? [total] : []));
      });
    });
    if (rows.length < 8) continue;
    const line = document.createElement("div"), label = document.createElement("label");
    const field = document.createElement("input"), found = document.createElement("span");
    line.className = "sift";
    field.type = "search";
    found.setAttribute("role", "status");
    label.append(said.find + " ", field);
    line.append(label, found);
    box.before(line);
    field.addEventListener("input", () => {
      const asked = field.value.trim().toLocaleLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLocaleLowerCase().includes(asked);
        shown += row.hidden ? 0 : 1;
      }
      found.textContent = asked ? `${shown} / ${rows.length} ${said.rows}` : "";
    });
  }
})();
