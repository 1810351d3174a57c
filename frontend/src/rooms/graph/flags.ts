// What went wrong at a node, as a shape: overflow a filled triangle, underflow a hollow one, cancellation a broken line.
import { svg } from "../../dom";
import type { Key, Translate } from "../../i18n";
import type { GraphBox } from "../../messages";

export type Flag = GraphBox["flags"][number];
export const FLAGS: readonly Flag[] = ["overflow", "underflow", "cancellation", "invalid", "divide"];

const SHAPES: Readonly<Record<Flag, string>> = {
  overflow: "M6 1L11.5 11H.5z",
  underflow: "M6 11L11.5 1.5H.5z",
  cancellation: "M0 6H3.5M5 6H7M8.5 6H12",
  invalid: "M2 2L10 10M10 2L2 10",
  divide: "M6 0V12M2 6H3.5M8.5 6H10",
};

export const flagName = (flag: Flag, t: Translate) => t(`graph.flag.${flag}` as Key);

/** The shape alone, 12 × 12, at a place. */
export function shape(flag: Flag, x = 0, y = 0): SVGElement {
  return svg("path", { class: `flag flag-${flag}`, d: SHAPES[flag], transform: `translate(${x} ${y})` });
}

/** The shape on a line of text. */
export function icon(flag: Flag): SVGElement {
  return svg("svg", { viewBox: "-1 -1 14 14", width: 14, height: 14, "aria-hidden": "true", class: "graph-icon" }, shape(flag));
}
