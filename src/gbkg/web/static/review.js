/**
 * Keys of the pages of a review. `data-key` names the key that presses a button or goes to a field; `e` goes to the
 * first field of what is proposed, Escape leaves a field. Without this script the buttons do the same.
 */

/** @param {EventTarget | null} target */
function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

/** @param {string} key */
function named(key) {
  return [...document.querySelectorAll("[data-key]")].find((one) => one instanceof HTMLElement && one.dataset.key === key);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  const found = event.key === "e" ? document.querySelector(".decide .cells :is(input, textarea, select)") : named(event.key);
  if (!(found instanceof HTMLElement) || event.repeat) return;
  event.preventDefault();
  if (found instanceof HTMLButtonElement) {
    found.click();
  } else {
    found.focus();
    if (found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement) found.select();
  }
});

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form instanceof HTMLFormElement && form.dataset.sent) event.preventDefault();
    else if (form instanceof HTMLFormElement) form.dataset.sent = "yes";
  });
}
for (const one of document.querySelectorAll(".edit")) if (one instanceof HTMLElement) one.hidden = false;

const quoted = document.querySelector(".paper mark.quoted");
const paper = document.querySelector(".paper .text");
if (quoted instanceof HTMLElement && paper instanceof HTMLElement) {
  const gap = quoted.getBoundingClientRect().top - paper.getBoundingClientRect().top;
  paper.scrollTop = gap - paper.clientHeight / 3;
}
