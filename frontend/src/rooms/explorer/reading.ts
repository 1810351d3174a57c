import { h } from "../../dom";
import { number, short } from "../../format";
import type { Translate } from "../../i18n";
import type { ExplorerReading } from "../../messages";
import { type Form, SIGNS } from "./shown";

const minus = (text: string) => text.replaceAll("-", "−");
const ulps = (error: number) => (error > 0 && Number.isFinite(error) ? "+" : "") + short(error, 3);

/** What is known of the number under the cursor: its bits, the truth in digits, and what everybody gives. */
export function readingTable(reading: ExplorerReading, form: Form, t: Translate): HTMLElement {
  const sign = SIGNS[form].includes("f") ? SIGNS[form].replace("f", "f") + "(x)" : SIGNS[form];
  const bits = (text: string) => h("code", { class: "bits" }, text);
  const rows = reading.results.map((result) =>
    h("tr", {},
      h("th", { scope: "row", title: result.label }, t(`explorer.who.${result.who}`)),
      h("td", {}, h("span", { class: "mono" }, minus(result.text)), bits(result.bits), result.warns ? h("span", { class: "warns" }, `▲ ${result.warns}`) : null),
      h("td", { class: Math.abs(number(result.error)) <= 0.5 ? "mono" : "mono off" }, ulps(number(result.error))),
    ),
  );
  return h("div", {},
    h("dl", { class: "explorer-numbers" },
      h("dt", {}, "x"), h("dd", {}, h("span", { class: "mono" }, minus(reading.text)), bits(reading.bits)),
      h("dt", {}, t("explorer.truth")), h("dd", { class: "mono digits" }, `${minus(reading.digits)}${reading.is_exact ? "" : "…"}`),
    ),
    h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, ""), h("th", { scope: "col" }, sign), h("th", { scope: "col" }, t("explorer.errorUlp")))),
      h("tbody", {}, ...rows),
    ),
  );
}
