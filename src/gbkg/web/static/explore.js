// The explorer: joins address, server, canvas and panel. Each step is an address; the server says what it shows, so that a
// link, a form, a double-click and the back button all do the same thing.

import { Canvas } from "./explore-canvas.js";
import { chosenIn, read, written } from "./explore-address.js";
import { svg } from "./explore-svg.js";

/** @typedef {import("./explore-types.js").Excerpt} Excerpt */

/** @param {string} id @returns {HTMLElement} */
const by = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const [panel, parts, stage] = [by("panel"), by("parts"), by("stage")];
for (const id of ["canvas", "tip", "panel"]) by(id).hidden = false;
by("explorer").classList.add("live");
const canvas = new Canvas(by("canvas"));
const { cy } = canvas;
const NOTHING = panel.innerHTML;

/** @type {Excerpt | null} */
let shown = null;
let chosen = "";
let step = Number(history.state?.step ?? 0);
let last = Math.max(step, Number(sessionStorage.getItem("gbkg-last") ?? 0));
let asked = 0;

/** Asks the server. @param {string} address @param {boolean} json */
async function fetched(address, json) {
  const answer = await fetch(address, { headers: { Accept: json ? "application/json" : "text/html" } });
  if (!answer.ok) {
    const problem = json ? await answer.json().catch(() => null) : null;
    throw new Error([problem?.detail ?? `The server answered ${answer.status}.`, problem?.hint].filter(Boolean).join(" – "));
  }
  return json ? answer.json() : answer.text();
}

/** @param {HTMLElement} place @param {string} html The server's own, escaped there. */
function fill(place, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...page.body.childNodes);
}

/** Shows the state of an address. @param {string} query What stands after the "?" @param {{fragment?: string, push?: boolean}} how */
async function go(query, { fragment = "", push = true }) {
  const ticket = ++asked;
  stage.setAttribute("aria-busy", "true");
  try {
    const tables = fetched(`/explore/table${query}`, false);
    tables.catch(() => {}); // the answer below says better what is wrong
    const data = await fetched(`/explore/data${query}`, true);
    const html = await tables;
    if (ticket !== asked) return;
    const first = shown === null;
    const elsewhere = beginning(shown?.address ?? "") !== beginning(data.address);
    shown = data;
    if (!first) fill(parts, html);
    const sight = read(fragment, data.nodes.map((/** @type {{id: string}} */ node) => node.id));
    await canvas.show(data, sight, elsewhere);
    by("tools").hidden = false; // there is something to take along now
    if (ticket !== asked) return;
    if (push && !first) {
      history.pushState({ step: ++step }, "", data.address);
      last = step;
    }
    described();
    await choose(chosenIn(fragment) || (first ? "" : chosen), false);
    remember();
  } catch (error) {
    if (ticket === asked) tell(/** @type {Error} */ (error).message);
  } finally {
    if (ticket === asked) stage.removeAttribute("aria-busy");
  }
}

/** Where the view of an address begins. @param {string} address */
function beginning(address) {
  const fields = new URLSearchParams(address.replace(/^[^?]*/, ""));
  return JSON.stringify(["entity", "path", "relation"].map((name) => fields.getAll(name)));
}

/** Keeps in the address what is seen now. */
function remember() {
  if (!shown) return;
  history.replaceState({ step }, "", shown.address + written(canvas.sight(), chosen));
  sessionStorage.setItem("gbkg-last", String(last));
  for (const [name, able] of /** @type {[string, boolean][]} */ ([["undo", step > 0], ["redo", step < last]])) {
    /** @type {HTMLButtonElement} */ (document.querySelector(`[data-do="${name}"]`)).disabled = !able;
  }
}

/** Lets title, description and downloads follow. */
function described() {
  const summary = by("summary");
  const title = summary.dataset.title ?? "";
  document.title = `Network: ${title} · gbkg`;
  by("canvas").setAttribute("aria-label", `${title}. ${summary.textContent} The tables below have the same entities and relations.`);
  const query = shown?.address.replace(/^[^?]*/, "") ?? "";
  by("sheet").setAttribute("href", `/explore/data${query}${query ? "&" : "?"}format=csv`);
  by("json").setAttribute("href", `/explore/data${query}`);
}

/** Chooses a node or an edge, and shows what is known of it. @param {string} id @param {boolean} keep Whether the address is to have it */
async function choose(id, keep) {
  const one = id ? cy.getElementById(id) : cy.collection();
  chosen = one.nonempty() ? id : "";
  canvas.choose(chosen);
  mark();
  if (keep) remember();
  if (!chosen) {
    panel.innerHTML = NOTHING;
    return;
  }
  const query = shown?.address.replace(/^[^?]*/, "") ?? "";
  const address = one.isNode() ? `/explore/card${query}${query ? "&" : "?"}card=${encodeURIComponent(id)}` : `/explore/evidence?${id}`;
  await inform(address, id);
}

/** Shows a piece of the server's HTML in the panel. @param {string} address @param {string} id What it is about */
async function inform(address, id) {
  try {
    const html = await fetched(address, false);
    if (chosen === id) fill(panel, html);
  } catch (error) {
    tell(/** @type {Error} */ (error).message);
  }
}

/** Marks the row of what is chosen. */
function mark() {
  for (const row of parts.querySelectorAll("tr[data-node], tr[data-edge]")) {
    const data = /** @type {HTMLElement} */ (row).dataset;
    row.classList.toggle("chosen", chosen !== "" && (data.node ?? data.edge) === chosen);
  }
}

/** Says in the panel what went wrong. @param {string} words */
function tell(words) {
  const note = document.createElement("p");
  note.className = "doubt";
  note.textContent = words;
  panel.replaceChildren(note);
}

/** Hands a file to the browser. @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @type {Record<string, () => unknown>} */
const DO = {
  undo: () => step > 0 && history.back(),
  redo: () => step < last && history.forward(),
  in: () => canvas.zoom(1.3),
  out: () => canvas.zoom(1 / 1.3),
  fit: () => canvas.fit(true),
  arrange: () => canvas.arrange().then(dragged),
  png: async () => save(await canvas.png(), "gbkg-network.png"),
  svg: () => save(new Blob([svg(cy, by("summary").dataset.title ?? "", by("summary").textContent ?? "")], { type: "image/svg+xml" }), "gbkg-network.svg"),
};

/** A step that changes places only. */
function dragged() {
  if (!shown) return;
  history.pushState({ step: ++step }, "", shown.address);
  last = step;
  remember();
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const act = target.closest("[data-do]");
  if (act) DO[/** @type {HTMLElement} */ (act).dataset.do ?? ""]?.();
  const mouse = /** @type {MouseEvent} */ (event);
  if (mouse.ctrlKey || mouse.metaKey || mouse.shiftKey || mouse.button) return;
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest("a[data-step], a[data-evidence]"));
  if (!link) return;
  event.preventDefault();
  if (link.dataset.evidence) {
    choose(link.dataset.evidence, true).then(() => panel.focus({ preventScroll: matchMedia("(min-width: 60rem)").matches }));
  } else {
    go(link.search, {}).then(() => link.isConnected || by("summary").focus());
  }
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form[data-step]")) return;
  event.preventDefault();
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") fields.append(name, String(value));
  go(`?${fields}`, {});
});

document.addEventListener("keydown", (event) => {
  const typing = /** @type {Element} */ (event.target).closest("input, textarea, select");
  if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  DO[event.shiftKey ? "redo" : "undo"]();
});

// A click on a row of the tables chooses the same thing in the picture.
parts.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("a, summary, .sentences, button, input, label")) return;
  const row = /** @type {HTMLElement | null} */ (target.closest("tr[data-node], tr[data-edge]"));
  if (row) choose(row.dataset.node ?? row.dataset.edge ?? "", true);
});

window.addEventListener("popstate", (event) => {
  step = Number(event.state?.step ?? 0);
  chosen = chosenIn(location.hash);
  go(location.search, { fragment: location.hash, push: false });
});

cy.on("tap", (event) => choose(event.target === cy ? "" : event.target.id(), true));
cy.on("dbltap", "node", (event) => {
  const node = event.target.data();
  if (node.more || node.open) go(node.step.replace(/^[^?]*/, ""), {});
});
cy.on("dragfree", "node", dragged);
let resting = 0;
cy.on("viewport", () => {
  clearTimeout(resting);
  resting = setTimeout(() => asked && !stage.hasAttribute("aria-busy") && remember(), 400);
});

go(location.search, { fragment: location.hash, push: false });
