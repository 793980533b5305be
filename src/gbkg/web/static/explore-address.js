// The part of the address after "#": where the nodes are, and what is seen of them. The part before it says what is shown.

/** @typedef {import("./explore-types.js").Point} Point */
/** @typedef {import("./explore-types.js").Sight} Sight */

/** The sight as a fragment; places in the order of the ids, whole pixels, base 36. @param {Sight} sight @param {string} chosen */
export function written(sight, chosen) {
  const ids = [...sight.places.keys()].sort();
  const numbers = ids.flatMap((id) => {
    const at = /** @type {Point} */ (sight.places.get(id));
    return [at.x, at.y];
  });
  const view = [sight.zoom * 1000, sight.centre.x, sight.centre.y];
  const fields = new URLSearchParams({ v: packed(view), p: packed(numbers) });
  if (chosen) fields.set("s", chosen);
  return "#" + fields.toString();
}

/** The sight of a fragment, if it has the places of exactly these nodes. @param {string} fragment @param {string[]} ids @returns {Sight | null} */
export function read(fragment, ids) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const view = unpacked(fields.get("v"));
  const numbers = unpacked(fields.get("p"));
  if (view.length !== 3 || !(view[0] > 0) || numbers.length !== 2 * ids.length || numbers.some(Number.isNaN)) return null;
  const places = new Map([...ids].sort().map((id, i) => [id, { x: numbers[2 * i], y: numbers[2 * i + 1] }]));
  return { places, zoom: view[0] / 1000, centre: { x: view[1], y: view[2] } };
}

/** What is chosen in a fragment, or "". @param {string} fragment */
export function chosenIn(fragment) {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("s") ?? "";
}

/** @param {number[]} numbers */
function packed(numbers) {
  return numbers.map((n) => Math.round(n).toString(36)).join(".");
}

/** @param {string | null} text */
function unpacked(text) {
  return text ? text.split(".").map((word) => (/^-?[0-9a-z]{1,8}$/.test(word) ? parseInt(word, 36) : NaN)) : [];
}
