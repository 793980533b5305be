// Where nodes are placed: the same network at the same places each time, and nothing that is placed already moves.

/** @typedef {import("./explore-types.js").Point} Point */

const REACH = 190; // pixels between a node and those placed around it
const GAP = 60; // pixels between parts that no line joins

/** Lays out everything anew, without animation. @param {cytoscape.Core} cy */
export function arrange(cy) {
  seed(cy);
  run(cy, {});
  pack(cy);
  whole(cy.nodes());
}

/** Places the nodes that are new; all others stay where they are. @param {cytoscape.Core} cy @param {cytoscape.NodeCollection} fresh */
export function extend(cy, fresh) {
  if (fresh.empty()) return;
  const old = cy.nodes().difference(fresh);
  around(cy, fresh, old);
  const fixed = places(old);
  run(cy, { fixedNodeConstraint: fixed, numIter: 600 });
  whole(fresh);
  cy.batch(() => fixed.forEach((one) => cy.getElementById(one.nodeId).position(one.position)));
}

/** Whole pixels, as an address has them. @param {cytoscape.NodeCollection} nodes */
function whole(nodes) {
  nodes.positions((node) => ({ x: Math.round(node.position("x")), y: Math.round(node.position("y")) }));
}

/** @param {cytoscape.NodeCollection} nodes */
function places(nodes) {
  return nodes.map((one) => {
    const node = /** @type {cytoscape.NodeSingular} */ (one);
    return { nodeId: node.id(), position: { ...node.position() } };
  });
}

/** The force-directed layout from where the nodes are. @param {cytoscape.Core} cy @param {object} more */
function run(cy, more) {
  if (cy.nodes().length < 3) return;
  const dense = Math.max(1, cy.edges().length / cy.nodes().length);
  /** @type {any} */
  const options = {
    name: "fcose", quality: "proof", randomize: false, animate: false, fit: false, packComponents: false, tile: false,
    nodeDimensionsIncludeLabels: true, uniformNodeDimensions: false, nodeSeparation: 110, numIter: 2500,
    idealEdgeLength: (/** @type {cytoscape.EdgeSingular} */ edge) =>
      40 + 5 * Math.min(10, shared(edge)) + edge.data("label").length,
    nodeRepulsion: () => 3000 * dense, edgeElasticity: () => 0.45, gravity: 0.3, gravityRange: 3, ...more,
  };
  cy.layout(options).run();
  apart(cy, options.fixedNodeConstraint ? new Set(options.fixedNodeConstraint.map((/** @type {any} */ f) => f.nodeId)) : new Set());
}

/** @param {cytoscape.EdgeSingular} edge */
function shared(edge) {
  return Math.max(edge.source().degree(false), edge.target().degree(false));
}

/** Pushes boxes that overlap apart, the free ones only. @param {cytoscape.Core} cy @param {Set<string>} fixed */
function apart(cy, fixed) {
  const nodes = cy.nodes();
  const boxes = nodes.map((node) => ({ node, x: node.position("x"), y: node.position("y"), w: node.outerWidth() / 2 + 9, h: node.outerHeight() / 2 + 9, fixed: fixed.has(node.id()) }));
  for (let round = 0; round < 120; round++) {
    let moved = false;
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length; j++) {
        const [a, b] = [boxes[i], boxes[j]];
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const [ox, oy] = [a.w + b.w - Math.abs(dx), a.h + b.h - Math.abs(dy)];
        if (ox <= 0 || oy <= 0 || (a.fixed && b.fixed)) continue;
        moved = true;
        const share = a.fixed || b.fixed ? 1 : 0.5;
        if (ox * 0.6 < oy) {
          const step = (dx < 0 ? -1 : 1) * (ox + 1) * share;
          if (!a.fixed) a.x -= step;
          if (!b.fixed) b.x += step;
        } else {
          const step = (dy < 0 ? -1 : 1) * (oy + 1) * share;
          if (!a.fixed) a.y -= step;
          if (!b.fixed) b.y += step;
        }
      }
    }
    if (!moved) break;
  }
  cy.batch(() => boxes.forEach((box) => box.fixed || box.node.position({ x: box.x, y: box.y })));
}

/** First places: each part of the network as a tree around its best connected node, by angle. @param {cytoscape.Core} cy */
function seed(cy) {
  let left = 0;
  for (const part of parts(cy)) {
    const root = part[0];
    /** @type {Map<string, cytoscape.NodeSingular[]>} */
    const below = new Map();
    const order = [root];
    const seen = new Set([root.id()]);
    for (const here of order) {
      const found = sorted(here.neighborhood().nodes().filter((n) => !seen.has(n.id())));
      below.set(here.id(), found);
      found.forEach((n) => seen.add(n.id()));
      order.push(...found);
    }
    const leaves = new Map();
    for (const node of [...order].reverse()) {
      const under = below.get(node.id()) ?? [];
      leaves.set(node.id(), under.length ? under.reduce((sum, n) => sum + leaves.get(n.id()), 0) : 1);
    }
    const reach = Math.max(REACH, (leaves.get(root.id()) * 120) / (2 * Math.PI));
    const centre = { x: left + reach, y: 0 };
    place(root, below, leaves, centre, 0, 2 * Math.PI, 0, reach);
    left += 2 * reach + GAP;
  }
}

/**
 * @param {cytoscape.NodeSingular} node @param {Map<string, cytoscape.NodeSingular[]>} below @param {Map<string, number>} leaves
 * @param {Point} centre @param {number} from @param {number} to @param {number} level @param {number} reach
 */
function place(node, below, leaves, centre, from, to, level, reach) {
  const angle = (from + to) / 2;
  node.position({ x: centre.x + Math.cos(angle) * reach * level, y: centre.y + Math.sin(angle) * reach * level * 0.75 });
  let start = from;
  const all = leaves.get(node.id()) ?? 1;
  for (const child of below.get(node.id()) ?? []) {
    const end = start + ((to - from) * (leaves.get(child.id()) ?? 1)) / all;
    place(child, below, leaves, centre, start, end, level + 1, reach);
    start = end;
  }
}

/** New nodes on an arc around a placed neighbour, on the side that looks away from the others. @param {cytoscape.Core} cy @param {cytoscape.NodeCollection} fresh @param {cytoscape.NodeCollection} old */
function around(cy, fresh, old) {
  const box = old.boundingBox({ includeLabels: false });
  /** @type {Map<string, cytoscape.NodeSingular[]>} */
  const hosts = new Map();
  sorted(fresh).forEach((node) => {
    const host = sorted(node.neighborhood().nodes().intersection(old))[0];
    const key = host ? host.id() : "";
    hosts.set(key, [...(hosts.get(key) ?? []), node]);
  });
  for (const [key, nodes] of hosts) {
    if (!key) {
      nodes.forEach((node, i) => node.position({ x: box.x1 + i * REACH, y: box.y2 + REACH }));
      continue;
    }
    const host = cy.getElementById(key);
    const here = host.position();
    const others = host.neighborhood().nodes().intersection(old);
    const away = others.empty()
      ? -Math.PI / 2
      : Math.atan2(here.y - mean(others, "y"), here.x - mean(others, "x"));
    const width = Math.min(2 * Math.PI * 0.9, 0.45 * nodes.length + 0.3);
    const reach = Math.max(REACH, (nodes.length * 95) / width);
    nodes.forEach((node, i) => {
      const angle = away + (nodes.length === 1 ? 0 : width * (i / (nodes.length - 1) - 0.5));
      node.position({ x: here.x + Math.cos(angle) * reach, y: here.y + Math.sin(angle) * reach });
    });
  }
}

/** Turns each part so that it fits the window, and puts the parts in rows. @param {cytoscape.Core} cy */
function pack(cy) {
  const shape = Math.max(0.5, Math.min(2.2, cy.width() / Math.max(1, cy.height())));
  const all = parts(cy).map((nodes) => nodes.reduce((sum, node) => sum.union(node), /** @type {any} */ (cy.collection())));
  for (const part of all) {
    turn(part, shape);
    shrink(part, shape);
  }
  apart(cy, new Set());
  const boxes = all.map((part) => ({ part, box: part.boundingBox({ includeLabels: false, includeOverlays: false }) }));
  const sizes = boxes.map(({ box }) => ({ w: box.w + GAP, h: box.h + GAP }));
  const rooms = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size.w, 0));
  const tried = [...new Set([...rooms, ...sizes.map((size) => (sizes[0]?.w ?? 0) + size.w)])].map((room) => packed(sizes, room));
  const best = tried.sort((a, b) => Math.max(a.w / shape, a.h) - Math.max(b.w / shape, b.h))[0];
  boxes.forEach(({ part, box }, i) => part.shift({ x: best.places[i].x - box.x1, y: best.places[i].y - box.y1 }));
}

/** Places for boxes in a strip of this width, and the size of what they take. @param {{w: number, h: number}[]} sizes @param {number} room */
function packed(sizes, room) {
  /** @type {{x: number, y: number, w: number, h: number}[]} */
  const taken = [];
  for (const size of sizes) taken.push({ ...hole(taken, size.w, size.h, room), ...size });
  const [w, h] = [Math.max(...taken.map((t) => t.x + t.w)), Math.max(...taken.map((t) => t.y + t.h))];
  return { places: taken, w, h };
}

/** Draws a part together until for most entities the nearest line leaves room for its words and no more; a wide window widens it. @param {cytoscape.NodeCollection} part @param {number} shape */
function shrink(part, shape) {
  const nodes = part.map((node) => /** @type {cytoscape.NodeSingular} */ (node));
  const needed = nodes.map((node) => Math.min(...node.connectedEdges().map(needs), 1));
  const lines = part.connectedEdges().map(needs);
  // Of a tree every line matters; where all are joined with all, lines cross boxes anyway.
  const tree = lines.length < 1.5 * nodes.length ? at(lines, 0.5) : 0;
  const share = Math.min(1, Math.max(0.3, tree, at(needed, 0.6)));
  const box = part.boundingBox({ includeLabels: false });
  const wide = Math.min(1.5, Math.max(1, Math.sqrt((shape * box.h) / Math.max(1, box.w))));
  const places = nodes.map((node) => ({ ...node.position() }));
  nodes.forEach((node, i) => void node.position({ x: places[i].x * share * wide, y: places[i].y * share }));
}

/** The value below which this share of the values is. @param {number[]} values @param {number} share */
function at(values, share) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 1;
}

/** The share of its length that a line needs for its words. @param {cytoscape.EdgeSingular} edge */
function needs(edge) {
  const [one, other] = [edge.source(), edge.target()];
  const [dx, dy] = [Math.abs(one.position("x") - other.position("x")), Math.abs(one.position("y") - other.position("y"))];
  const [w, h] = [(one.outerWidth() + other.outerWidth()) / 2, (one.outerHeight() + other.outerHeight()) / 2];
  const length = Math.hypot(dx, dy) || 1;
  const within = Math.min((w * length) / (dx || 1e-6), (h * length) / (dy || 1e-6));
  return (within + 20 + 3.6 * edge.data("label").length) / length;
}

/** The topmost, then leftmost place for a box among those that are taken. @param {{x: number, y: number, w: number, h: number}[]} taken @param {number} w @param {number} h @param {number} room */
function hole(taken, w, h, room) {
  const corners = [{ x: 0, y: 0 }, ...taken.flatMap((t) => [{ x: t.x + t.w, y: t.y }, { x: t.x, y: t.y + t.h }, { x: 0, y: t.y + t.h }])];
  const free = corners.filter((c) => (c.x === 0 || c.x + w <= room + 1) && taken.every((t) => c.x + w <= t.x || t.x + t.w <= c.x || c.y + h <= t.y || t.y + t.h <= c.y));
  return free.sort((a, b) => a.y - b.y || a.x - b.x)[0];
}

/** Turns a part about its middle by the angle that makes it fit a window of this shape best. @param {cytoscape.NodeCollection} part @param {number} shape Width by height */
function turn(part, shape) {
  const points = part.map((node) => ({ ...(/** @type {cytoscape.NodeSingular} */ (node).position()) }));
  const size = (/** @type {number} */ angle) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const xs = points.map((p) => p.x * c - p.y * s);
    const ys = points.map((p) => p.x * s + p.y * c);
    return Math.max((Math.max(...xs) - Math.min(...xs) + 130) / shape, Math.max(...ys) - Math.min(...ys) + 40);
  };
  const angles = Array.from({ length: 24 }, (_, i) => (i * Math.PI) / 24);
  const best = angles.reduce((a, b) => (size(b) < size(a) - 1 ? b : a));
  const [c, s] = [Math.cos(best), Math.sin(best)];
  part.forEach((node, i) => void (/** @type {cytoscape.NodeSingular} */ (node).position({ x: points[i].x * c - points[i].y * s, y: points[i].x * s + points[i].y * c })));
}

/** The connected parts, the largest first, each beginning with its best connected node. @param {cytoscape.Core} cy @returns {cytoscape.NodeSingular[][]} */
function parts(cy) {
  const found = cy.elements().components().map((part) => sorted(part.nodes()));
  return found.sort((a, b) => b.length - a.length || compare(a[0].id(), b[0].id()));
}

/** Nodes by number of neighbours, then by name. @param {cytoscape.CollectionReturnValue | cytoscape.NodeCollection} nodes @returns {cytoscape.NodeSingular[]} */
function sorted(nodes) {
  const list = nodes.nodes().toArray();
  return /** @type {cytoscape.NodeSingular[]} */ (list).sort((a, b) => b.degree(false) - a.degree(false) || compare(a.id(), b.id()));
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param {cytoscape.NodeCollection} nodes @param {"x" | "y"} axis */
function mean(nodes, axis) {
  return nodes.reduce((/** @type {number} */ sum, node) => sum + node.position(axis), 0) / nodes.length;
}
