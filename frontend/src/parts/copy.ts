import { h } from "../dom";
import type { Translate } from "../i18n";

/** A button that copies the Python code for what is shown. */
export function copyPython(code: () => string | Promise<string>, t: Translate): HTMLElement {
  return copyText(t("part.copyPython"), code, t);
}

/** A button that copies a text. */
export function copyText(label: string, code: () => string | Promise<string>, t: Translate): HTMLElement {
  const button = h("button", { type: "button", class: "button" }, label);
  const said = h("span", { class: "quiet", role: "status" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(await code());
      said.textContent = t("part.copied");
    } catch {
      said.textContent = t("part.cannotCopy");
    }
    setTimeout(() => (said.textContent = ""), 2000);
  });
  return h("div", { class: "copy" }, button, said);
}
