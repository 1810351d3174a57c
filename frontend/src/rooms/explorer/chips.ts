import type { Cell } from "../../cell";
import { h, svg } from "../../dom";
import type { Colour } from "../../parts/chart";

/** How a thing looks in the picture. */
export interface Look {
  readonly colour: Colour;
  readonly dash?: readonly number[];
  readonly isDot?: boolean;
}

export interface Chip<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly look: Look;
  readonly title?: string;
}

/** A piece of the line, or a dot, as it is drawn. */
function swatch({ colour, dash, isDot }: Look): SVGElement {
  const picture = svg("svg", { class: isDot ? "swatch dot" : "swatch", viewBox: isDot ? "6 0 8 10" : "0 0 20 10", "aria-hidden": "true" },
    isDot ? svg("circle", { cx: 10, cy: 5, r: 3, fill: "currentColor" }) : svg("path", { d: "M0 5H20", stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": (dash ?? []).join(" ") }));
  picture.style.color = `var(--${colour})`; // an attribute would be refused by the page's policy
  return picture;
}

function fieldset(label: string, chips: readonly HTMLElement[]): HTMLElement {
  return h("fieldset", { class: "chips" }, h("legend", {}, label), ...chips);
}

/** Some of a few: legend and switches in one. */
export function someOf<Value extends string>(label: string, cell: Cell<readonly Value[]>, chips: readonly Chip<Value>[]): HTMLElement {
  const order = chips.map(({ value }) => value);
  return fieldset(label, chips.map(({ value, label, look, title }) => {
    const input = h("input", { type: "checkbox", "data-value": value });
    input.checked = cell.get().includes(value);
    input.addEventListener("change", () => cell.set(order.filter((each) => (each === value ? input.checked : cell.get().includes(each)))));
    return h("label", { class: "chip", title: title ?? null }, input, swatch(look), h("span", {}, label));
  }));
}

/** One of a few, with how it looks. */
export function oneOf<Value extends string>(label: string, chosen: Value, chips: readonly Chip<Value>[], choose: (value: Value) => void, name: string): HTMLElement {
  return fieldset(label, chips.map(({ value, label, look }) => {
    const input = h("input", { type: "radio", name, "data-value": value });
    input.checked = value === chosen;
    input.addEventListener("change", () => choose(value));
    return h("label", { class: "chip" }, input, swatch(look), h("span", {}, label));
  }));
}
