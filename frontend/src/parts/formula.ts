import katex from "katex";
import { h } from "../dom";

/** Set a formula. Where there are no fonts of ours, in a notebook, the browser sets it. */
export function formula(tex: string, { isEmbedded = false, isDisplay = true } = {}): HTMLElement {
  const element = h(isDisplay ? "div" : "span", { class: "formula" });
  katex.render(tex, element, { displayMode: isDisplay, output: isEmbedded ? "mathml" : "htmlAndMathml", throwOnError: false });
  return element;
}
