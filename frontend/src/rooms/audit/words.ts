import { number, short, typed } from "../../format";
import type { Key, Translate } from "../../i18n";
import type { AuditFinding, AuditNumber, AuditView } from "../../messages";
import type { Shown } from "./auditor";

const MOST_KINDS = 3; // in a sentence

/** A count, with separators. */
export const many = (count: number) => count.toLocaleString("en");

/** An error, with the digits that matter. */
export const ulps = (error: number, t: Translate) => (Number.isFinite(error) ? t("audit.ulp", { n: short(error, 3) }) : t("audit.infinite"));

/** A number with six digits; the panels show all. */
const brief = ({ text }: AuditNumber) => {
  const value = typed(text);
  return value === undefined ? text : short(value, 6);
};

/** The name of a kind of finding. */
export const kindName = (finding: AuditFinding, t: Translate) => t(`audit.kind.${finding.name}` as Key);

/** Name a form: the value, the derivative, or a derivative by a parameter. */
export function formName(form: string, t: Translate): string {
  const by = /^derivative_(\w+)$/.exec(form);
  return by ? t("audit.form.by", { name: by[1] ?? "" }) : t(`audit.form.${form}` as Key);
}

/** Name a stretch of the line, which the auditor names in English. */
export function regionName(name: string, t: Translate): string {
  return name.replace("normal, ", t("audit.region.normal")).replace("subnormal or 0", t("audit.region.subnormal")).replace("infinite or nan", t("audit.region.infinite"));
}

function inputs(view: AuditView, t: Translate): string {
  return t(`audit.inputs.${view.inputs}`, { n: many(view.count) });
}

/** The verdict in a sentence. */
function verdict(view: AuditView, t: Translate): string {
  const target = { target: view.target, question: view.question, inputs: inputs(view, t) };
  if (view.verdict === "void") return t("audit.verdict.void", { ...target, why: view.void });
  const largest = ulps(number(view.max_ulp), t);
  if (view.verdict === "ok") {
    return view.not_nearest === 0 ? t("audit.verdict.perfect", target) : t("audit.verdict.ok", { ...target, ulp: largest, n: many(view.not_nearest) });
  }
  const faults = view.findings.filter(({ grade }) => grade === "fault");
  const kinds = (faults.length > 0 ? faults : view.findings.filter(({ grade }) => grade === "flush")).map((finding) => kindName(finding, t));
  const wrong = { ...target, kinds: [...kinds.slice(0, MOST_KINDS), ...(kinds.length > MOST_KINDS ? ["…"] : [])].join(", "), ulp: largest };
  if (!view.worst || number(view.max_ulp) <= number(view.allowed)) return t("audit.verdict.manners", wrong);
  return t("audit.verdict.wrong", { ...wrong, x: brief(view.worst.x), got: brief(view.worst.got), expected: brief(view.worst.expected) });
}

/** The sentence of the room. */
export function sentence(shown: Shown, t: Translate): string {
  if (shown.state === "empty") return t("audit.sentence");
  if (shown.state === "report") return verdict(shown.view, t);
  const { asked, progress } = shown;
  const values = { target: asked.target, function: asked.function, done: many(progress?.done ?? 0), total: many(progress?.total ?? 0), wrong: many(progress?.not_nearest ?? 0), sentence: shown.sentence };
  if (shown.state === "running") return t(progress === null ? "audit.running.start" : progress.done < progress.total ? "audit.running.measure" : "audit.running.check", values);
  return t(shown.state === "stopped" && progress !== null ? "audit.stoppedAt" : `audit.${shown.state}`, values);
}
