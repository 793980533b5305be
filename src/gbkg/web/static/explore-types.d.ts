/** What `/explore/data` answers; `exploring.Shown.document` writes it. Lengths are pixels at zoom 1. */
export interface NodeData {
  id: string;
  label: string;
  lines: string[];
  width: number;
  height: number;
  type: string;
  shape: string;
  fill: string;
  outline: string;
  border: number;
  dash: number[];
  near: number;
  more: number;
  open: boolean;
  step: string;
}

export interface EdgeData {
  id: string;
  source: string;
  target: string;
  relation: string;
  label: string;
  family: string;
  how: "stated" | "implied" | "inferred";
  disputed: boolean;
  doubts: string[];
  since: string;
  claims: string[];
  passages: number;
  way: boolean;
  colour: string;
  head: string;
  width: number;
}

export interface Excerpt {
  address: string;
  total: number;
  summary: string;
  remarks: string[];
  nodes: NodeData[];
  edges: EdgeData[];
}

export interface Point {
  x: number;
  y: number;
}

/** Where the nodes are, and which part of the plane is seen. */
export interface Sight {
  places: Map<string, Point>;
  zoom: number;
  centre: Point;
}

/** The colours of the page that the canvas needs. */
export interface Theme {
  dark: boolean;
  paper: string;
  ink: string;
  soft: string;
  accent: string;
  doubt: string;
  font: string;
}
