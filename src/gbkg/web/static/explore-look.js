// Colours, shapes and arrow heads of the canvas. They are those of `gbkg draw`, which the server sends with each node and
// edge; in the dark, fills become dark and lines light, so that words keep their contrast.

/** @typedef {import("./explore-types.js").Theme} Theme */

/** Arrow heads of `gbkg draw` and what they are here. */
const HEADS = { triangle: "triangle", diamond: "diamond", block: "square", barb: "vee", disc: "circle", ring: "circle" };
const SHAPES = { pill: "round-rectangle", round: "round-rectangle", cut: "cut-rectangle" };
const DASHES = { stated: "solid", implied: "dashed", inferred: "dotted" };
const BLACKS = ["#000000", "#1a1a1a"];

/** The colours of a picture for a page of paper. @param {string} font @returns {Theme} */
export function printed(font) {
  return { dark: false, paper: "#ffffff", ink: "#1a1a1a", soft: "#595959", accent: "#0b5a8a", doubt: "#a33a00", font };
}

/** The colours of the page as they are now. @returns {Theme} */
export function theme() {
  const style = getComputedStyle(document.documentElement);
  const get = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    paper: get("--raised"),
    ink: get("--ink"),
    soft: get("--soft"),
    accent: get("--accent"),
    doubt: get("--doubt"),
    font: get("--sans"),
  };
}

/** Two colours (#rrggbb) mixed, with this share of the second. @param {string} one @param {string} other @param {number} share */
export function mixed(one, other, share) {
  const parts = (/** @type {string} */ c) => [1, 3, 5].map((at) => parseInt(c.slice(at, at + 2), 16));
  const [a, b] = [parts(one), parts(other)];
  return "#" + a.map((v, i) => Math.round(v + (b[i] - v) * share).toString(16).padStart(2, "0")).join("");
}

/** The colours of a node or edge in a theme. @param {string} colour @param {Theme} t */
export function lined(colour, t) {
  if (BLACKS.includes(colour)) return t.ink;
  return t.dark ? mixed(colour, "#ffffff", 0.35) : colour;
}

/** @param {string} colour @param {Theme} t */
export function filled(colour, t) {
  return t.dark ? mixed(colour, "#1b1e22", 0.8) : colour;
}

/** The form and the fill of an arrow head. @param {string} head @returns {{shape: string, fill: "filled" | "hollow"}} */
export function arrow(head) {
  const form = head.replace("open ", "");
  const hollow = head.startsWith("open") || form === "ring";
  return { shape: HEADS[/** @type {keyof typeof HEADS} */ (form)] ?? "triangle", fill: hollow ? "hollow" : "filled" };
}

/** A small round sign with the number of neighbours that are not shown, as the address of a picture. @param {number} count @param {Theme} t */
export function badge(count, t) {
  const words = count > 99 ? "99+" : `+${count}`;
  const width = 9 + 6.2 * words.length;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="15" viewBox="0 0 ${width} 15">` +
    `<rect x="0.5" y="0.5" width="${width - 1}" height="14" rx="7" fill="${t.accent}" stroke="${t.paper}"/>` +
    `<text x="${width / 2}" y="11" text-anchor="middle" font-family="sans-serif" font-weight="700" font-size="9.5" fill="${t.paper}">${words}</text></svg>`;
  return { address: `data:image/svg+xml,${encodeURIComponent(svg)}`, width };
}

/** The style sheet of the canvas. @param {Theme} t @returns {any[]} */
export function sheet(t) {
  const node = (/** @type {cytoscape.NodeSingular} */ n) => n.data();
  return [
    {
      selector: "node",
      style: {
        shape: (/** @type {any} */ n) => SHAPES[/** @type {keyof typeof SHAPES} */ (node(n).shape)] ?? "rectangle",
        "corner-radius": (/** @type {any} */ n) => (node(n).shape === "pill" ? "14" : "6"),
        width: "data(width)",
        height: "data(height)",
        "background-color": (/** @type {any} */ n) => filled(node(n).fill, t),
        "border-color": (/** @type {any} */ n) => lined(node(n).outline, t),
        "border-width": (/** @type {any} */ n) => (node(n).shape === "double" ? 4 : node(n).border * 1.2),
        "border-style": (/** @type {any} */ n) =>
          node(n).shape === "double" ? "double" : node(n).dash.length ? "dashed" : "solid",
        label: "data(words)",
        color: t.ink,
        "font-family": t.font,
        "font-size": 10,
        "line-height": 1.2,
        "text-wrap": "wrap",
        "text-max-width": "2000px",
        "text-valign": "center",
        "text-halign": "center",
        "min-zoomed-font-size": 5,
        "overlay-opacity": 0,
      },
    },
    {
      selector: "node[shape = 'bar']",
      style: {
        "background-fill": "linear-gradient",
        "background-gradient-direction": "to-right",
        "background-gradient-stop-colors": (/** @type {any} */ n) => {
          const [bar, fill] = [lined(node(n).outline, t), filled(node(n).fill, t)];
          return `${bar} ${bar} ${fill} ${fill}`;
        },
        "background-gradient-stop-positions": "0% 5% 5% 100%",
      },
    },
    {
      selector: "node[more > 0]",
      style: {
        "background-image": (/** @type {any} */ n) => badge(node(n).more, t).address,
        "background-width": (/** @type {any} */ n) => badge(node(n).more, t).width,
        "background-height": 15,
        "background-position-x": "100%",
        "background-position-y": "0%",
        "background-offset-x": 9,
        "background-offset-y": -8,
        "background-clip": "none",
        "background-image-containment": "over",
        "bounds-expansion": 12,
      },
    },
    {
      selector: "edge",
      style: {
        "curve-style": "bezier",
        "control-point-step-size": 34,
        width: (/** @type {any} */ e) => e.data("width") * 1.1,
        "line-color": (/** @type {any} */ e) => lined(e.data("colour"), t),
        "line-style": (/** @type {any} */ e) => DASHES[/** @type {keyof typeof DASHES} */ (e.data("how"))],
        "line-dash-pattern": [6, 3],
        "target-arrow-shape": (/** @type {any} */ e) => arrow(e.data("head")).shape,
        "target-arrow-fill": (/** @type {any} */ e) => arrow(e.data("head")).fill,
        "target-arrow-color": (/** @type {any} */ e) => lined(e.data("colour"), t),
        "arrow-scale": 1.05,
        label: "data(words)",
        color: t.soft,
        "font-family": t.font,
        "font-size": 8.5,
        "text-rotation": "autorotate",
        "text-background-color": t.paper,
        "text-background-opacity": 0.88,
        "text-background-padding": "1.5px",
        "min-zoomed-font-size": 6.5,
        "overlay-opacity": 0,
      },
    },
    {
      selector: "edge[?disputed]",
      style: { "underlay-color": t.doubt, "underlay-opacity": 0.28, "underlay-padding": 3.5 },
    },
    { selector: "edge[?way]", style: { width: (/** @type {any} */ e) => e.data("width") + 2.4, color: t.ink } },
    { selector: ".faded", style: { opacity: 0.22 } },
    { selector: "edge.faded", style: { "text-opacity": 0, "underlay-opacity": 0 } },
    {
      selector: "node:selected, node.start",
      style: { "underlay-color": t.accent, "underlay-opacity": 0.22, "underlay-padding": 6, "underlay-shape": "round-rectangle" },
    },
    { selector: "node:selected", style: { "underlay-opacity": 0.45 } },
    {
      selector: "edge:selected",
      style: {
        "underlay-color": t.accent, "underlay-opacity": 0.4, "underlay-padding": 4, color: t.ink, "min-zoomed-font-size": 0, "z-index": 9,
      },
    },
    { selector: "node.far", style: { "text-opacity": 0 } },
    {
      selector: "node.large",
      style: { "min-zoomed-font-size": 0, "text-outline-color": t.paper, "text-outline-opacity": 0.92, "font-weight": 600, "z-index": 8 },
    },
  ];
}
