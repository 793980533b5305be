// Which words are written when the picture is small: those of the best connected entities, as large as they can be read,
// and none over another.

const SIZE = 10; // pixels of a label at zoom 1
const LEAST = 5.4; // pixels below which nobody reads
const SHOWN = 11.5; // pixels of the labels that stay

/** Chooses the labels for the zoom as it is now. @param {cytoscape.Core} cy */
export function relabel(cy) {
  const zoom = cy.zoom();
  cy.batch(() => {
    if (SIZE * zoom >= LEAST) {
      const nodes = cy.nodes(".far, .large");
      nodes.removeClass("far large").removeStyle("font-size text-outline-width");
      return;
    }
    /** @type {{x: number, y: number, w: number, h: number}[]} */
    const taken = [];
    const order = cy.nodes().toArray().sort((a, b) => rank(b) - rank(a) || (a.id() < b.id() ? -1 : 1));
    for (const one of order) {
      const node = /** @type {cytoscape.NodeSingular} */ (one);
      const lines = /** @type {string[]} */ (node.data("lines"));
      const at = node.renderedPosition();
      const box = { x: at.x, y: at.y, w: Math.max(...lines.map((l) => l.length)) * SHOWN * 0.35, h: lines.length * SHOWN * 0.66 };
      if (taken.some((t) => Math.abs(t.x - box.x) < t.w + box.w + 4 && Math.abs(t.y - box.y) < t.h + box.h + 3)) {
        node.removeClass("large").addClass("far").removeStyle("font-size text-outline-width");
      } else {
        taken.push(box);
        node.removeClass("far").addClass("large").style({ "font-size": SHOWN / zoom, "text-outline-width": 2.2 / zoom });
      }
    }
  });
}

/** @param {unknown} node */
function rank(node) {
  const one = /** @type {cytoscape.NodeSingular} */ (node);
  return (one.selected() ? 1e6 : 0) + (one.hasClass("start") ? 1e5 : 0) + one.degree(false);
}
