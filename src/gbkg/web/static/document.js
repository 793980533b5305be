/**
 * The page of a document: shows the span that the address names, and gives an address for the words that are selected.
 * Offsets count code points from 0, as everywhere; the end is not part of a span.
 */

const page = /** @type {HTMLElement} */ (document.querySelector(".document"));
const text = /** @type {HTMLElement} */ (page.querySelector(".text"));
const segments = /** @type {HTMLElement[]} */ ([...text.querySelectorAll(".seg")]);
const starts = segments.map((one) => Number(one.dataset.start));

/** @typedef {{ start: number, end: number }} Span */

/**
 * @param {string} written such as "4711-4790"
 * @returns {Span | null}
 */
function span(written) {
  const found = /^(\d{1,9})-(\d{1,9})$/.exec(written);
  return found && Number(found[1]) < Number(found[2]) ? { start: Number(found[1]), end: Number(found[2]) } : null;
}

/**
 * How many UTF-16 units the first code points of a text take.
 * @param {string} words
 * @param {number} points
 */
function units(words, points) {
  return [...words].slice(0, points).join("").length;
}

/**
 * The segment that has a code point, or the next one after it.
 * @param {number} offset
 */
function at(offset) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(segments[middle].dataset.end) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a segment shows each of its characters as one: control characters are shown as escapes.
 * @param {HTMLElement} segment */
function exact(segment) {
  return [...(segment.textContent ?? "")].length === Number(segment.dataset.end) - Number(segment.dataset.start);
}

/**
 * The parts of the page that show a span, one for each segment.
 * @param {Span} wanted
 * @returns {Range[]}
 */
function ranges({ start, end }) {
  const found = [];
  for (let n = at(start); n < segments.length && starts[n] < end; n++) {
    const node = segments[n].firstChild;
    if (!node) continue;
    const range = new Range();
    const words = node.textContent ?? "";
    const whole = !exact(segments[n]);
    range.setStart(node, whole ? 0 : units(words, Math.max(0, start - starts[n])));
    range.setEnd(node, whole ? words.length : units(words, Math.min(end, Number(segments[n].dataset.end)) - starts[n]));
    found.push(range);
  }
  return found;
}

/**
 * Colours spans by a name of the style sheet; where the browser cannot, nothing is coloured.
 * @param {string} name
 * @param {Span[]} spans
 */
function highlight(name, spans) {
  if (!("highlights" in CSS)) return;
  if (spans.length) CSS.highlights.set(name, new Highlight(...spans.flatMap(ranges)));
  else CSS.highlights.delete(name);
}

/** Shows the span that the address names behind "#". */
function show() {
  const wanted = span(decodeURIComponent(location.hash.slice(1)));
  highlight("span", wanted ? [wanted] : []);
  if (!wanted || document.getElementById(`${wanted.start}-${wanted.end}`)) return;
  const segment = segments[Math.min(at(wanted.start), segments.length - 1)];
  segment?.scrollIntoView({ block: "center" });
}

/**
 * The offset of a place in the page; null outside of the text.
 * @param {Node} node
 * @param {number} offset in UTF-16 units of a text, or children of an element
 */
function offset(node, offset) {
  const inside = node instanceof Text ? node.parentElement?.closest(".seg") : null;
  if (inside instanceof HTMLElement && text.contains(inside)) {
    const start = Number(inside.dataset.start);
    return exact(inside) ? start + [...(node.textContent ?? "").slice(0, offset)].length : start;
  }
  if (!text.contains(node)) return null;
  const next = segments.find((one) => node.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  return next ? Number(next.dataset.start) : Number(page.dataset.length);
}

/** The span that the reader has selected, without white space at its ends.
 * @returns {(Span & { words: string }) | null} */
function selected() {
  const chosen = document.getSelection();
  if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return null;
  const range = chosen.getRangeAt(0);
  let start = offset(range.startContainer, range.startOffset);
  let end = offset(range.endContainer, range.endOffset);
  if (start === null || end === null || start >= end) return null;
  const words = ranges({ start, end }).map(String).join("");
  start += [...words].length - [...words.trimStart()].length;
  end -= [...words].length - [...words.trimEnd()].length;
  return start < end ? { start, end, words: words.trim() } : null;
}

const bar = /** @type {HTMLElement} */ (page.querySelector(".picked"));
const where = /** @type {HTMLElement} */ (bar.querySelector(".where"));
const here = /** @type {HTMLAnchorElement} */ (bar.querySelector(".here"));
const copy = /** @type {HTMLButtonElement} */ (bar.querySelector(".copy"));
const said = /** @type {HTMLElement} */ (bar.querySelector("[role=status]"));
let citation = "";

function pick() {
  const found = selected();
  if (!found) {
    if (!bar.contains(document.activeElement)) bar.hidden = true;
    return;
  }
  const { start, end, words } = found;
  where.textContent = `Characters ${start}–${end}`;
  here.href = `/source/${page.dataset.source}?span=${start}-${end}#${start}-${end}`;
  citation = `${page.dataset.cited}: “${words.replace(/\s+/g, " ")}”, characters ${start}–${end}.`;
  said.textContent = "";
  bar.hidden = false;
}

copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(citation);
    said.textContent = "Copied.";
  } catch {
    said.textContent = citation;
  }
});

text.addEventListener("pointerover", (event) => near(event.target));
text.addEventListener("focusin", (event) => near(event.target));

/** Colours the words that the claim under the pointer quotes.
 * @param {EventTarget | null} target */
function near(target) {
  const claim = target instanceof Element ? target.closest("[data-spans]") : null;
  const spans = claim instanceof HTMLElement ? (claim.dataset.spans ?? "").split(" ").map(span) : [];
  highlight("claim", /** @type {Span[]} */ (spans.filter(Boolean)));
}

let waiting = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(waiting);
  waiting = setTimeout(pick, 150);
});
addEventListener("hashchange", show);
show();
