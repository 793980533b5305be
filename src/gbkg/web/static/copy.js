// Copies what a link with the attribute data-copy leads to, instead of going there. Without a script, or where the
// browser has no clipboard, the link opens the text, which can be selected.

/**
 * Tells a reader, also one who hears the page, what became of it.
 * @param {HTMLElement} link
 * @param {string} words
 */
function tell(link, words) {
  const said = document.createElement("span");
  said.className = "copied";
  said.setAttribute("role", "status");
  link.after(" ", said);
  said.textContent = words;
  setTimeout(() => said.remove(), 4000);
}

/**
 * @param {HTMLAnchorElement} link
 */
async function copy(link) {
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/plain" } });
    if (!answer.ok) throw new Error(String(answer.status));
    await navigator.clipboard.writeText(await answer.text());
    tell(link, "copied");
  } catch {
    location.assign(link.href);
  }
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a[data-copy]") : null;
  if (!(link instanceof HTMLAnchorElement) || !navigator.clipboard) return;
  event.preventDefault();
  copy(link);
});
