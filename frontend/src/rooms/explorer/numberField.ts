import type { Cell } from "../../cell";
import { h, unique } from "../../dom";
import { exact, typed } from "../../format";
import type { Translate } from "../../i18n";
import { type FieldError, fieldError } from "../../parts/field";

interface Options {
  readonly label: string;
  readonly cell: Cell<number>;
  /** What is wrong with a number, if something is. */
  readonly wrong: (value: number) => string;
  readonly t: Translate;
  readonly ended: AbortSignal;
}

/** A number to type. */
export function numberField({ label, cell, wrong, t, ended }: Options): { readonly element: HTMLElement; readonly error: FieldError } {
  const id = unique("number");
  const field = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "number", id });
  const error = fieldError(field);
  field.addEventListener("change", () => {
    const value = typed(field.value);
    const sentence = value === undefined ? t("part.notANumber", { text: field.value }) : wrong(value);
    error.show(sentence);
    if (sentence || value === undefined) return;
    cell.set(value);
    field.value = exact(cell.get());
  });
  cell.watch((value) => {
    field.value = exact(value);
    error.show("");
  }, ended);
  return { element: h("div", { class: "field number-field" }, h("label", { for: id }, label), field, error.element), error };
}
