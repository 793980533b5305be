// The canvas: shows what the server answers, keeps what is placed at its place, and tells what was clicked.

import { badge, printed, sheet, theme } from "./explore-look.js";
import { arrange, extend } from "./explore-layout.js";
import { relabel } from "./explore-labels.js";

/** @typedef {import("./explore-types.js").Excerpt} Excerpt */
/** @typedef {import("./explore-types.js").Sight} Sight */

const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const SLOW = 380; // milliseconds of a movement

export class Canvas {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.cy = cytoscape({
      container: box, style: sheet(theme()), minZoom: 0.08, maxZoom: 3, boxSelectionEnabled: false,
      selectionType: "single",
    });
    cytoscape.warnings(false);
    let waiting = 0;
    this.cy.on("zoom pan", () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => relabel(this.cy));
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle(theme()));
    new ResizeObserver(() => this.cy.resize()).observe(box);
  }

  /** @param {import("./explore-types.js").Theme} colours */
  restyle(colours) {
    this.cy.style(sheet(colours)).update();
    relabel(this.cy);
  }

  /**
   * Shows an excerpt. With a sight everything goes to its place there; else what is new finds one. Another picture (it begins
   * elsewhere, and little of what is here is in it) is laid out anew.
   * @param {Excerpt} data @param {Sight | null} sight @param {boolean} elsewhere
   */
  async show(data, sight, elsewhere) {
    const { cy } = this;
    const first = cy.nodes().empty();
    const fresh = this.change(data);
    const old = cy.nodes().difference(fresh);
    if (sight) {
      cy.batch(() => fresh.forEach((node) => void node.position(sight.places.get(node.id()) ?? { x: 0, y: 0 })));
      await this.move(old, sight.places, first ? null : sight);
      if (first) this.see(sight);
    } else if (first || old.empty()) {
      arrange(cy);
      this.fit(false);
    } else if (elsewhere && 2 * old.length <= cy.nodes().length) {
      await this.arrange();
    } else if (fresh.nonempty()) {
      extend(cy, fresh);
      const goals = new Map(fresh.map((node) => [node.id(), { ...node.position() }]));
      fresh.forEach((node) => {
        const host = node.neighborhood().nodes().intersection(old);
        if (host.nonempty() && !CALM.matches) node.position({ ...host[0].position() });
      });
      await this.move(fresh, goals, null);
      this.reveal(fresh);
    }
    relabel(cy);
  }

  /** Puts in what is new, takes out what is gone; gives the new nodes. @param {Excerpt} data */
  change(data) {
    const { cy } = this;
    const ids = new Set([...data.nodes, ...data.edges].map((one) => one.id));
    cy.startBatch();
    cy.elements().filter((one) => !ids.has(one.id())).remove();
    let fresh = cy.collection();
    for (const one of data.nodes) {
      const values = { ...one, words: one.lines.join("\n") };
      const known = cy.getElementById(one.id);
      if (known.nonempty()) known.data(values);
      else fresh = fresh.union(cy.add({ group: "nodes", data: values }));
      cy.getElementById(one.id).toggleClass("start", one.open);
    }
    for (const one of data.edges) {
      const values = { ...one, words: one.disputed ? `${one.label} (?)` : one.label };
      const known = cy.getElementById(one.id);
      if (known.nonempty()) known.data(values);
      else cy.add({ group: "edges", data: values });
    }
    cy.endBatch();
    return /** @type {cytoscape.NodeCollection} */ (/** @type {unknown} */ (fresh));
  }

  /** Moves nodes to their places, and the view, calmly or at once. @param {cytoscape.NodeCollection} nodes @param {Map<string, {x: number, y: number}>} places @param {Sight | null} sight */
  async move(nodes, places, sight) {
    const moves = nodes.toArray().filter((node) => places.has(node.id()));
    const near = (/** @type {any} */ a, /** @type {any} */ b) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y) < 1;
    const far = moves.filter((node) => !near(/** @type {cytoscape.NodeSingular} */ (node).position(), places.get(node.id())));
    if (CALM.matches) {
      this.cy.batch(() => far.forEach((node) => /** @type {cytoscape.NodeSingular} */ (node).position(/** @type {any} */ (places.get(node.id())))));
      if (sight) this.see(sight);
      return;
    }
    const done = far.map((node) =>
      /** @type {any} */ (node).animation({ position: places.get(node.id()) }, { duration: SLOW, easing: "ease-out-cubic" }).play().promise(),
    );
    if (sight) done.push(/** @type {any} */ (this.cy).animation({ ...this.port(sight), duration: SLOW, easing: "ease-out-cubic" }).play().promise());
    await Promise.all(done);
  }

  /** Zoom and pan of a sight. @param {Sight} sight */
  port(sight) {
    const { cy } = this;
    const pan = { x: cy.width() / 2 - sight.centre.x * sight.zoom, y: cy.height() / 2 - sight.centre.y * sight.zoom };
    return { zoom: sight.zoom, pan };
  }

  /** @param {Sight} sight */
  see(sight) {
    this.cy.viewport(this.port(sight));
  }

  /** Where everything is now. @returns {Sight} */
  sight() {
    const { cy } = this;
    const [zoom, pan] = [cy.zoom(), cy.pan()];
    const places = new Map(cy.nodes().map((node) => [node.id(), { x: Math.round(node.position("x")), y: Math.round(node.position("y")) }]));
    return { places, zoom, centre: { x: Math.round((cy.width() / 2 - pan.x) / zoom), y: Math.round((cy.height() / 2 - pan.y) / zoom) } };
  }

  /** The whole network in the window. @param {boolean} calmly */
  fit(calmly) {
    const { cy } = this;
    if (cy.nodes().empty()) return;
    const box = cy.nodes().boundingBox({ includeLabels: false, includeOverlays: false });
    const zoom = Math.min((cy.width() - 48) / box.w, (cy.height() - 48) / box.h, 1.35);
    const sight = { places: new Map(), zoom, centre: { x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 } };
    if (calmly && !CALM.matches) cy.animate(this.port(sight), { duration: SLOW });
    else this.see(sight);
  }

  /** Moves the view only if some of these nodes are outside of it. @param {cytoscape.NodeCollection} nodes */
  reveal(nodes) {
    const { cy } = this;
    const [seen, box] = [cy.extent(), nodes.boundingBox({})];
    if (box.x1 < seen.x1 || box.x2 > seen.x2 || box.y1 < seen.y1 || box.y2 > seen.y2) this.fit(true);
  }

  /** Zooms about the middle. @param {number} factor */
  zoom(factor) {
    const { cy } = this;
    const middle = { x: cy.width() / 2, y: cy.height() / 2 };
    cy.zoom({ level: cy.zoom() * factor, renderedPosition: middle });
  }

  /** Lays out everything anew. */
  async arrange() {
    const from = this.sight();
    arrange(this.cy);
    const goals = this.sight().places;
    this.cy.batch(() => this.cy.nodes().forEach((node) => void node.position(/** @type {any} */ (from.places.get(node.id())))));
    if (!CALM.matches) this.fit(false);
    await this.move(this.cy.nodes(), goals, null);
    this.fit(true);
  }

  /** Chooses a node or an edge, and lets what is not beside it fade; "" chooses nothing. @param {string} id */
  choose(id) {
    const { cy } = this;
    const one = id ? cy.getElementById(id) : cy.collection();
    cy.batch(() => {
      cy.elements().unselect().removeClass("faded");
      if (one.empty()) return;
      one.select();
      const kept = cy.nodes().getElementById(id).nonempty() ? one.closedNeighborhood() : one.union(cy.edges().getElementById(id).connectedNodes());
      cy.elements().difference(kept).addClass("faded");
    });
    relabel(cy);
  }

  /** The picture as PNG, in the colours of paper, twice as large as at zoom 1. @returns {Promise<Blob>} */
  async png() {
    const colours = theme();
    this.restyle(printed(colours.font));
    // Badges are pictures, which the canvas has to load before it can paint them.
    await Promise.all(this.cy.nodes("[more > 0]").map((node) => loaded(badge(node.data("more"), printed(colours.font)).address)));
    const faded = this.cy.elements(".faded").removeClass("faded");
    const made = /** @type {any} */ (this.cy).png({ output: "blob", full: true, scale: 2, bg: "#ffffff", maxWidth: 8000, maxHeight: 8000 });
    faded.addClass("faded");
    this.restyle(colours);
    return made;
  }
}

/** @param {string} address */
function loaded(address) {
  const image = new Image();
  image.src = address;
  return image.decode().catch(() => undefined);
}
