import type { Cell } from "../cell";
import { h, unique } from "../dom";
import { exact, short, typed } from "../format";
import type { Translate } from "../i18n";
import { fieldError } from "./field";

interface Options {
  readonly label: string;
  readonly cell: Cell<number>;
  readonly low: number;
  readonly high: number;
  /** The grid of the slider; the number field takes any number in the range. */
  readonly step?: number;
  /** What the number field takes, where that is more than the slider has room for. */
  readonly takes?: readonly [number, number];
  /** A logarithmic slider needs a positive range. */
  readonly isLogarithmic?: boolean;
  readonly t: Translate;
  readonly ended: AbortSignal;
}

const POSITIONS = 1000; // of a slider without a step

/** A number: a slider to drag and a field to type in. */
export function slider({ label, cell, low, high, step, takes = [low, high], isLogarithmic = false, t, ended }: Options): HTMLElement {
  const id = unique("slider");
  const outwards = isLogarithmic ? Math.log : (x: number) => x;
  const inwards = isLogarithmic ? Math.exp : (x: number) => x;
  const [first, last] = [outwards(low), outwards(high)];
  const range = h("input", { type: "range", id, min: first, max: last, step: step && !isLogarithmic ? step : (last - first) / POSITIONS });
  const field = h("input", { type: "text", inputmode: "decimal", class: "number", autocomplete: "off", "aria-label": t("part.number", { label }) });
  const error = fieldError(field);

  range.addEventListener("input", () => cell.set(Math.min(high, Math.max(low, Number(inwards(Number(range.value)).toPrecision(6))))));
  field.addEventListener("change", () => {
    const value = typed(field.value);
    if (value === undefined) error.show(t("part.notANumber", { text: field.value }));
    else if (!(value >= takes[0] && value <= takes[1])) error.show(t("part.range", { low: short(takes[0]), high: short(takes[1]) }));
    else {
      error.show("");
      cell.set(value);
      show(cell.get());
    }
  });
  const show = (value: number) => {
    range.value = String(outwards(value));
    range.setAttribute("aria-valuetext", exact(value));
    field.value = exact(value);
    error.show("");
  };
  cell.watch(show, ended);
  return h("div", { class: "field slider" }, h("label", { for: id }, label), field, range, error.element);
}
