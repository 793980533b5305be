// The picture as SVG: boxes, lines and words as on the canvas, in the colours of paper, with a title on each.

import { arrow, filled, lined, printed } from "./explore-look.js";

const FONT = "'DejaVu Sans', Verdana, 'Noto Sans', 'Noto Sans CJK SC', sans-serif";
const THEME = printed(FONT);
const DASH = { stated: "", implied: "6 3", inferred: "1.2 2.6" };

/** @param {cytoscape.Core} cy @param {string} title @param {string} summary */
export function svg(cy, title, summary) {
  const box = cy.elements().boundingBox({});
  const [pad, foot] = [24, 46];
  const [x, y, w, h] = [box.x1 - pad, box.y1 - pad, box.w + 2 * pad, box.h + 2 * pad + foot];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(w)}" height="${n(h)}" viewBox="${n(x)} ${n(y)} ${n(w)} ${n(h)}" font-family="${text(FONT)}">`,
    `<title>${text(title)}</title><desc>${text(summary)}</desc>`,
    `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="#ffffff"/>`,
    ...cy.edges().map(line),
    ...cy.nodes().map(panel),
    ...cy.edges().map(words),
    `<text x="${n(x + pad)}" y="${n(y + h - 28)}" font-size="13" font-weight="bold">${text(title)}</text>`,
    `<text x="${n(x + pad)}" y="${n(y + h - 12)}" font-size="9" fill="${THEME.soft}">${text(summary)}</text>`,
    "</svg>",
  ];
  return parts.join("\n") + "\n";
}

/** @param {cytoscape.EdgeSingular} edge */
function line(edge) {
  const [from, to] = [edge.sourceEndpoint(), edge.targetEndpoint()];
  const bends = edge.controlPoints() ?? [];
  const colour = lined(edge.data("colour"), THEME);
  const width = edge.data("width") + (edge.data("way") ? 2 : 0);
  const last = bends.length ? bends[bends.length - 1] : from;
  const angle = Math.atan2(to.y - last.y, to.x - last.x);
  const back = { x: to.x - Math.cos(angle) * 6, y: to.y - Math.sin(angle) * 6 };
  const path = `M${p(from)} ${bends.length ? `Q${p(bends[0])} ` : "L"}${p(back)}`;
  const dash = DASH[/** @type {keyof typeof DASH} */ (edge.data("how"))];
  const doubt = edge.data("disputed") ? `<path d="${path}" fill="none" stroke="${THEME.doubt}" stroke-opacity="0.25" stroke-width="${n(width + 7)}"/>` : "";
  const names = [edge.source().data("label"), edge.data("words"), edge.target().data("label")];
  const told = `${names[0]} – ${names[1]} → ${names[2]} (${edge.data("how")}; ${edge.data("claims").join(", ")})`;
  return `<g>${doubt}<path d="${path}" fill="none" stroke="${colour}" stroke-width="${n(width)}"${dash ? ` stroke-dasharray="${dash}"` : ""}/>${head(edge.data("head"), to, angle, colour)}<title>${text(told)}</title></g>`;
}

/** @param {string} name @param {{x: number, y: number}} to @param {number} angle @param {string} colour */
function head(name, to, angle, colour) {
  const { shape, fill } = arrow(name);
  const forms = {
    triangle: "M0 0-9-4v8z", diamond: "M0 0-4.5-4-9 0l4.5 4z", square: "M0-3.8h-8v7.6h8z", vee: "M0 0-9-4.2-6 0l-3 4.2z",
    circle: "M0 0a4 4 0 1 0-8 0a4 4 0 1 0 8 0z",
  };
  const form = forms[/** @type {keyof typeof forms} */ (shape)];
  return `<path d="${form}" transform="translate(${n(to.x)} ${n(to.y)}) rotate(${n((angle * 180) / Math.PI)})" fill="${fill === "hollow" ? "#ffffff" : colour}" stroke="${colour}"/>`;
}

/** @param {cytoscape.EdgeSingular} edge */
function words(edge) {
  const [at, from, to] = [edge.midpoint(), edge.sourceEndpoint(), edge.targetEndpoint()];
  let turn = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  if (turn > 90) turn -= 180;
  if (turn < -90) turn += 180;
  return `<text transform="translate(${n(at.x)} ${n(at.y)}) rotate(${n(turn)})" y="3" text-anchor="middle" font-size="8" fill="${THEME.soft}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${text(edge.data("words"))}</text>`;
}

/** @param {cytoscape.NodeSingular} node */
function panel(node) {
  const d = node.data();
  const at = node.position();
  const [x, y] = [at.x - d.width / 2, at.y - d.height / 2];
  const paint = `fill="${filled(d.fill, THEME)}" stroke="${lined(d.outline, THEME)}" stroke-width="${n(d.border)}"${d.dash.length ? ` stroke-dasharray="${d.dash.join(" ")}"` : ""}`;
  const round = d.shape === "pill" ? 12 : d.shape === "round" ? 5 : 0;
  const c = 6;
  const [r, b] = [x + d.width, y + d.height];
  const box =
    d.shape === "cut"
      ? `<path d="M${n(x + c)} ${n(y)}H${n(r - c)}L${n(r)} ${n(y + c)}V${n(b - c)}L${n(r - c)} ${n(b)}H${n(x + c)}L${n(x)} ${n(b - c)}V${n(y + c)}z" ${paint}/>`
      : `<rect x="${n(x)}" y="${n(y)}" width="${n(d.width)}" height="${n(d.height)}" rx="${round}" ${paint}/>`;
  const inner = d.shape === "double" ? `<rect x="${n(x + 2.5)}" y="${n(y + 2.5)}" width="${n(d.width - 5)}" height="${n(d.height - 5)}" fill="none" stroke="${d.outline}" stroke-width="${n(d.border)}"/>` : "";
  const bar = d.shape === "bar" ? `<rect x="${n(x)}" y="${n(y)}" width="4" height="${n(d.height)}" fill="${d.outline}"/>` : "";
  const first = at.y - ((d.lines.length - 1) * 12) / 2 + 3.5;
  const lines = d.lines.map((/** @type {string} */ l, /** @type {number} */ i) => `<text x="${n(at.x)}" y="${n(first + 12 * i)}" text-anchor="middle" font-size="10" fill="${THEME.ink}">${text(l)}</text>`);
  return `<g>${box}${inner}${bar}${lines.join("")}<title>${text(`${d.label} (${d.type})`)}</title></g>`;
}

/** @param {{x: number, y: number}} point */
function p(point) {
  return `${n(point.x)} ${n(point.y)}`;
}

/** @param {number} value */
function n(value) {
  return String(Math.round(value * 10) / 10);
}

/** Escaped for XML; control characters, which it cannot hold, and marks that turn the direction of writing are shown as codes. @param {string} value */
function text(value) {
  return value
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
