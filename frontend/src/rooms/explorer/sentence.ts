import { number, short } from "../../format";
import type { Translate } from "../../i18n";
import type { ExplorerReading } from "../../messages";
import { type Dtype, type Form, SIGNS } from "./shown";

const minus = (text: string) => text.replaceAll("-", "−");

/** Say what is most worth knowing at x: the worst that happens to somebody, or else what is special about the place. */
export function sentence({ text, brief, results, place }: ExplorerReading, name: string, form: Form, dtype: Dtype, t: Translate): string {
  const values = { x: minus(text.replace(/\.0$/, "")), truth: minus(brief), name: form === "value" ? name : `${name} ${SIGNS[form]}`, dtype };
  if (place === "outside") return t("explorer.say.outside", values);
  const naive = results.find(({ who }) => who === "naive");
  if (naive) {
    const result = number(naive.value);
    const given = { ...values, result: short(result), error: short(Math.abs(number(naive.error)), 3), warning: naive.warns };
    const isRight = Math.abs(number(naive.error)) <= 0.5;
    if (naive.warns) return t(isRight ? "explorer.say.luck" : "explorer.say.warned", given);
    if (!Number.isFinite(number(naive.error))) return t("explorer.say.lost", given);
    if (result === 0 && !isRight) return t("explorer.say.zero", given);
    if (!isRight) return t("explorer.say.off", given);
  }
  const worst = results.filter(({ who, error }) => who !== "ogive" && Math.abs(number(error)) > 0.5).sort((a, b) => Math.abs(number(b.error)) - Math.abs(number(a.error)))[0];
  if (worst) return t("explorer.say.other", { ...values, who: t(`explorer.who.${worst.who}`), result: short(number(worst.value)), error: short(Math.abs(number(worst.error)), 3) });
  if (place === "jump" || place === "kink" || place === "saturated") return t(`explorer.say.${place}`, values);
  return t("explorer.say.right", { ...values, error: short(Math.abs(number(results[0]?.error ?? 0)), 2) });
}
