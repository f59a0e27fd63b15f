// A click on a heading sorts its table; cells without a number stay last.
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement;
    const body = head.closest("table").tBodies[0];
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const column = head.cellIndex;
    const sign = up ? 1 : -1;
    const rows = [...body.rows].map((row) => {
      const cell = row.cells[column];
      return { row, text: cell.textContent, key: cell.dataset.key === undefined ? null : Number(cell.dataset.key), words: cell.classList.contains("text") };
    });
    rows.sort((a, b) => {
      if (a.words) return sign * a.text.localeCompare(b.text);
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return sign * (a.key - b.key);
    });
    body.append(...rows.map(({ row }) => row));
  });
}
