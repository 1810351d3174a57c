import { h, unique } from "../dom";

/** The place under a field for what is wrong with it; empty while nothing is. */
export interface FieldError {
  readonly element: HTMLElement;
  show(sentence: string): void;
}

/** Tie a place for an error to a field. */
export function fieldError(field: HTMLElement): FieldError {
  const element = h("p", { class: "field-error", id: unique("error"), "aria-live": "polite", hidden: true });
  return {
    element,
    show(sentence) {
      element.textContent = sentence;
      element.hidden = sentence === "";
      if (sentence === "") {
        field.removeAttribute("aria-invalid");
        field.removeAttribute("aria-describedby");
      } else {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", element.id);
      }
    },
  };
}
