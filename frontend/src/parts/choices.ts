import type { Cell } from "../cell";
import { h, unique } from "../dom";

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface Options<Value extends string> {
  readonly label: string;
  readonly cell: Cell<Value>;
  readonly choices: readonly Choice<Value>[];
  readonly ended: AbortSignal;
}

/** One of many, in a menu. */
export function select<Value extends string>({ label, cell, choices, ended }: Options<Value>): HTMLElement {
  const id = unique("select");
  const menu = h("select", { id }, ...choices.map(({ value, label }) => h("option", { value }, label)));
  menu.addEventListener("change", () => cell.set(menu.value as Value));
  cell.watch((value) => (menu.value = value), ended);
  return h("div", { class: "field select" }, h("label", { for: id }, label), menu);
}

/** One of few, side by side. */
export function segmented<Value extends string>({ label, cell, choices, ended }: Options<Value>): HTMLElement {
  const name = unique("segmented");
  const inputs = choices.map(({ value }) => h("input", { type: "radio", name, value }));
  for (const input of inputs) input.addEventListener("change", () => cell.set(input.value as Value));
  cell.watch((value) => inputs.forEach((input) => (input.checked = input.value === value)), ended);
  const labels = choices.map(({ label }, i) => h("label", {}, inputs[i] as HTMLInputElement, h("span", {}, label)));
  return h("fieldset", { class: "field segmented" }, h("legend", {}, label), h("div", {}, ...labels));
}

/** On or off. */
export function toggle(label: string, cell: Cell<boolean>, ended: AbortSignal): HTMLElement {
  const input = h("input", { type: "checkbox", role: "switch" });
  input.addEventListener("change", () => cell.set(input.checked));
  cell.watch((value) => (input.checked = value), ended);
  return h("label", { class: "field toggle" }, input, h("span", {}, label));
}
