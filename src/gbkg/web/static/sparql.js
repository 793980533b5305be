// The SPARQL page: an editor with the graph's own terms, and answers that change without a new page. What an answer looks
// like the server says, with and without script, so that every IRI leads to its page here and every proof to its sentences.

/** @typedef {import("./sparql-types.js").Editor} Editor */
/** @typedef {import("./sparql-types.js").TermItem} TermItem */

/** @param {string} id @returns {HTMLElement} */
const by = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (by("asking"));
const field = /** @type {HTMLTextAreaElement} */ (by("query"));
const result = by("result");
const { Yasqe } = Yasgui;

/** @type {Map<string, TermItem>} */
const terms = new Map();
const MOST = 40;

Yasqe.registerAutocompleter({
  name: "gbkg", bulk: false, autoShow: true, persistenceId: null,
  isValidCompletionPosition(editor) {
    const { string, type } = editor.getCompleteToken();
    return string.length > 1 && !/^[?$"'<#]/.test(string) && type !== "comment" && !KEYWORDS.test(string) && !terms.has(string);
  },
  get(_, token) {
    const words = (token?.string ?? "").toLowerCase();
    const own = words.replace(/^\w*:/, "");
    const found = [...terms.values()].filter((t) => t.id.toLowerCase().startsWith(words) || (own.length > 1 && `${t.id} ${t.label}`.toLowerCase().includes(own)));
    const rank = (/** @type {TermItem} */ t) => (t.id.toLowerCase().startsWith(words) ? 0 : t.label.toLowerCase().startsWith(own) ? 1 : 2);
    return found.sort((a, b) => rank(a) - rank(b) || b.count - a.count || (a.id < b.id ? -1 : 1)).slice(0, MOST).map((t) => t.id);
  },
  postprocessHints(_, hints) {
    for (const hint of hints) {
      const term = terms.get(hint.text);
      if (term) hint.displayText = `${term.id}  –  ${term.label}, ${term.kind}${term.count ? ` (${term.count})` : ""}`;
    }
    return hints;
  },
});
const KEYWORDS = /^(select|where|filter|optional|union|graph|prefix|order|group|limit|offset|distinct|construct|describe|ask|bind|values|minus|having|not|exists|from|named|service|by|as|in|asc|desc)$/i;

// Options are merged into the defaults one by one, so those that ask other servers have to go there.
Yasqe.defaults.autocompleters = ["variables", "gbkg"];
const box = document.createElement("div");
box.className = "editor";
field.before(box);
/** @type {Editor} */
const editor = new Yasqe(box, {
  value: field.value, persistenceId: null, consumeShareLink: null, createShareableLink: null, showQueryButton: false,
  resizeable: false, editorHeight: "auto", syntaxErrorCheck: false, // the server knows the grammar, and the prefixes that need no declaration
  prefixCcApi: null, viewportMargin: Infinity,
  extraKeys: {
    "Ctrl-Enter": () => void ask(), "Cmd-Enter": () => void ask(), Tab: false, "Shift-Tab": false,
    "Ctrl-Space": (/** @type {any} */ cm) => cm.autocomplete(),
    Esc: () => /** @type {HTMLElement} */ (form.querySelector("button")).focus(),
  },
});
field.hidden = true;
field.required = false; // a field that is not shown cannot say that it is empty
const typed = editor.getInputField();
typed.setAttribute("aria-label", "Query. Ctrl+Space completes, Ctrl+Enter asks, Escape leaves the editor.");
document.querySelector('label[for="query"]')?.addEventListener("click", () => editor.focus());
by("keys").hidden = false;

fetch(form.dataset.terms ?? "", { headers: { Accept: "application/json" } })
  .then((answer) => answer.json())
  .then((found) => found.terms.forEach((/** @type {TermItem} */ term) => terms.set(term.id, term)))
  .catch(() => {}); // without the terms the editor completes variables only

/** Sends the query and shows the answer in place. @param {boolean} push Whether the address is to have the query */
async function ask(push = true) {
  const text = editor.getValue();
  field.value = text;
  if (!text.trim()) return editor.focus();
  const fields = new URLSearchParams({ query: text });
  if (/** @type {HTMLInputElement} */ (by("cite")).checked) fields.set("cite", "1");
  result.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/sparql", { method: "POST", body: fields, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("result");
    if (!found) throw new Error(`The server answered ${answer.status}.`);
    result.replaceChildren(...found.childNodes);
    if (push && fields.toString().length < 12_000) history.pushState(null, "", `/sparql?${fields}`);
    marked();
    /** @type {HTMLElement | null} */ (result.querySelector("h2"))?.focus({ preventScroll: true });
  } catch (error) {
    const note = document.createElement("p");
    note.className = "doubt";
    note.textContent = `No answer came: ${/** @type {Error} */ (error).message}`;
    result.replaceChildren(note);
  } finally {
    result.removeAttribute("aria-busy");
  }
}

/** Marks the line of the query that is wrong. */
function marked() {
  for (let i = 0; i < editor.lineCount(); i++) editor.removeLineClass(i, "background", "wrong");
  const line = Number(/** @type {HTMLElement | null} */ (result.querySelector("[data-line]"))?.dataset.line ?? 0);
  if (line > 0 && line <= editor.lineCount()) editor.addLineClass(line - 1, "background", "wrong");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void ask();
});

// The two tabs of an answer: its table, and the same with proofs. They are links without script.
result.addEventListener("click", (event) => {
  const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("a[data-tab]"));
  if (!link || /** @type {MouseEvent} */ (event).ctrlKey || /** @type {MouseEvent} */ (event).metaKey) return;
  event.preventDefault();
  /** @type {HTMLInputElement} */ (by("cite")).checked = link.dataset.tab === "proof";
  void ask();
});

const saved = /** @type {HTMLSelectElement} */ (by("saved"));
by("examples-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(`/sparql/saved?name=${encodeURIComponent(saved.value)}`);
  if (!answer.ok) return;
  editor.setValue(await answer.text());
  void ask();
});

window.addEventListener("popstate", () => {
  const fields = new URLSearchParams(location.search);
  editor.setValue(fields.get("query") ?? "");
  /** @type {HTMLInputElement} */ (by("cite")).checked = fields.get("cite") === "1";
  if (fields.get("query")) void ask(false);
  else result.replaceChildren();
});

marked();
