// What the page looks like from inside, as JSON at the outermost document, where it is read.
{
  for (const details of document.querySelectorAll("details")) details.open = true;
  const size = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return [width, height];
  };
  const table = document.querySelector("table");
  const headings = [...table.tHead.rows[0].cells];
  const column = headings.findIndex((heading) => heading.textContent === "KD");
  const clicked = () => {
    headings[column].querySelector("button").click();
    const cells = [...table.tBodies[0].rows].map((row) => row.cells[column]);
    return cells.map((cell) => (cell.dataset.key === undefined ? null : Number(cell.dataset.key)));
  };
  // What lies in a box that scrolls by itself may be wider.
  const isBoxed = (element) => element.parentElement.closest(".scroll, .drawing") !== null;
  const ends = (element) => element.getBoundingClientRect().right;
  const tooWide = [...document.body.querySelectorAll("*")]
    .filter((element) => !isBoxed(element) && ends(element) > window.innerWidth + 0.5)
    .map((element) => `${element.tagName} ${element.textContent.slice(0, 40)}`);
  const findings = {
    figures: [...document.querySelectorAll("figure svg")].map(size),
    captions: [...document.querySelectorAll("figcaption")].map((caption) => caption.textContent.length),
    ascending: clicked(),
    descending: clicked(),
    width: window.innerWidth,
    scrolled_width: document.documentElement.scrollWidth,
    too_wide: tooWide,
    is_dark: matchMedia("(prefers-color-scheme: dark)").matches,
    background: getComputedStyle(document.body).backgroundColor,
  };
  window.top.document.documentElement.dataset.probe = JSON.stringify(findings);
}
