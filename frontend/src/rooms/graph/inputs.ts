import { h, unique } from "../../dom";
import { exact, typed } from "../../format";
import type { Translate } from "../../i18n";
import { fieldError } from "../../parts/field";

interface Options {
  readonly name: string;
  readonly value: number;
  readonly set: (value: number) => void;
  readonly t: Translate;
}

export interface Input {
  readonly element: HTMLElement;
  readonly field: HTMLElement;
  show(value: number): void;
}

const NARROW = 50; // the slider goes from −50 to 50, or as far as the value needs

/** A variable: any number at all in the field, the usual ones on the slider. */
export function input({ name, value, set, t }: Options): Input {
  const id = unique("input");
  const field = h("input", { type: "text", class: "number", autocomplete: "off", spellcheck: "false", "aria-label": t("part.number", { label: name }) });
  const range = h("input", { type: "range", id });
  const error = fieldError(field);
  const show = (now: number) => {
    field.value = exact(now);
    error.show("");
    const size = Math.abs(now);
    if (Number.isFinite(now) && (size > Number(range.max) || range.max === "")) span(now);
    range.value = String(now);
    range.setAttribute("aria-valuetext", exact(now));
  };
  const span = (now: number) => {
    const reach = Math.abs(now) <= NARROW ? NARROW : Math.min(10 ** Math.ceil(Math.log10(Math.abs(now))), 1e308);
    range.min = String(-reach);
    range.max = String(reach);
    range.step = String(reach / 200);
  };
  range.addEventListener("input", () => set(Number(range.value)));
  field.addEventListener("change", () => {
    const text = field.value.trim().toLowerCase();
    const now = text === "nan" ? NaN : typed(text);
    if (now === undefined) error.show(t("part.notANumber", { text: field.value }));
    else {
      span(Number.isFinite(now) ? now : 0);
      set(now);
      show(now);
    }
  });
  span(Number.isFinite(value) ? value : 0);
  show(value);
  return { element: h("div", { class: "field slider" }, h("label", { for: id }, name), field, range, error.element), field, show };
}
