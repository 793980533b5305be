/**
 * Suggestions under text fields that have `data-suggest`, the kind of what may be typed: a combobox with a list
 * (WAI-ARIA Authoring Practices, https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). Without this script the fields
 * are plain ones. `data-suggest-from` is the address that is asked, `/suggest` by default; it answers with
 * `{"suggestions": [{"text", "value", "kind", "why", "href", "marks"}]}`, of which all but `text` may be missing:
 * `value` is what is typed for it, if that is not `text`;
 * `marks` are the offsets of the words that matched, in code points.
 */

/** @typedef {{text: string, value?: string, kind?: string, why?: string, href?: string, marks?: [number, number][]}} Suggestion */

const WAIT = 150;
/** Milliseconds without a key before the server is asked. */

let lists = 0;

/**
 * What the server suggests; nothing if it does not answer.
 * @param {string} from
 * @param {string} words
 * @param {string} kind
 * @param {AbortSignal} signal
 * @returns {Promise<Suggestion[]>}
 */
async function suggestions(from, words, kind, signal) {
  const address = new URL(from, location.href);
  address.searchParams.set("q", words);
  if (kind) address.searchParams.set("kind", kind);
  try {
    const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).suggestions || [] : [];
  } catch {
    return [];
  }
}

/**
 * A text with the words that matched marked.
 * @param {string} text
 * @param {[number, number][]} marks
 * @returns {(string | HTMLElement)[]}
 */
function marked(text, marks) {
  const points = [...text];
  const pieces = [];
  let at = 0;
  for (const [start, end] of marks) {
    const word = document.createElement("mark");
    word.textContent = points.slice(start, end).join("");
    pieces.push(points.slice(at, start).join(""), word);
    at = end;
  }
  return [...pieces, points.slice(at).join("")];
}

/**
 * @param {string} id
 * @param {Suggestion} one
 * @returns {HTMLLIElement}
 */
function option(id, one) {
  const item = document.createElement("li");
  item.id = id;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.append(...marked(one.text, one.marks || []));
  const why = [one.kind, one.why].filter(Boolean).join("; ");
  if (why) {
    const small = document.createElement("small");
    small.textContent = why;
    item.append(small);
  }
  return item;
}

/** @param {HTMLInputElement} input */
function combobox(input) {
  const list = document.createElement("ul");
  list.id = `suggestions-${++lists}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  const told = document.createElement("span");
  told.className = "hidden";
  told.setAttribute("role", "status");
  const around = document.createElement("span");
  around.className = "suggesting";
  input.replaceWith(around);
  around.append(input, list, told);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  /** @type {Suggestion[]} */
  let found = [];
  let at = -1;
  let timer = 0;
  let asking = new AbortController();

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} next */
  function mark(next) {
    at = (next + found.length) % found.length;
    for (const [number, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(number === at));
      if (number === at) item.scrollIntoView({ block: "nearest" });
    }
    input.setAttribute("aria-activedescendant", `${list.id}-${at}`);
  }

  /** @param {Suggestion} one */
  function take(one) {
    if (one.href && input.type === "search") {
      location.assign(one.href);
      return;
    }
    input.value = one.value || one.text;
    close();
    input.focus();
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const words = input.value.trim();
    if (!words) {
      close();
      return;
    }
    const given = await suggestions(input.dataset.suggestFrom || "/suggest", words, input.dataset.suggest || "", signal);
    if (signal.aborted || document.activeElement !== input) return;
    found = given;
    at = -1;
    list.replaceChildren(...found.map((one, number) => option(`${list.id}-${number}`, one)));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    told.textContent = found.length === 1 ? "1 suggestion" : `${found.length} suggestions`;
    input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown" && input.value.trim()) ask();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      take(found[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target instanceof Element ? event.target.closest("li") : null;
    if (item) take(found[[...list.children].indexOf(item)]);
  });
}

for (const input of document.querySelectorAll("input[data-suggest]")) {
  if (input instanceof HTMLInputElement) combobox(input);
}
