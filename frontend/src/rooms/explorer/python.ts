import type { Form, Shown } from "./shown";

const literal = (value: number) => (Number.isNaN(value) ? 'float("nan")' : Object.is(value, -0) ? "-0.0" : Number.isFinite(value) ? String(value) : `float("${value > 0 ? "" : "-"}inf")`);
const call = (name: string, form: Form) => `ogive.${name}${form === "value" ? "" : `.${form}`}`;

/** Write Python that computes what is shown: the curves, their errors, and what is at x. */
export function python({ functions, forms, focus, form, dtype, low, high, x }: Shown): string {
  const type = dtype === "bfloat16" ? "ml_dtypes.bfloat16" : `np.${dtype}`;
  const given = (parameters: Readonly<Record<string, number>>) => Object.entries(parameters).map(([name, value]) => `, ${name}=${literal(value)}`).join("");
  const lines = functions.flatMap(({ name, parameters, has }) =>
    forms.filter((each) => has.includes(each)).map((each) => `    "${name}${each === "value" ? "" : `.${each}`}": ${call(name, each)}(x${given(parameters)}),`),
  );
  const shown = functions.find(({ name }) => name === focus);
  const own = shown?.parameters ?? {};
  const all = Object.keys(own).length ? (shown?.all ?? []) : [];
  return [
    "import numpy as np",
    ...(dtype === "bfloat16" ? ["import ml_dtypes"] : []),
    "import ogive",
    "from ogive.truth.exact import Truth",
    "from ogive.truth.reference import evaluate",
    "",
    `with np.errstate(all="ignore"):  # a part of the interval may lie outside a domain, or of the dtype`,
    `    x = (2 * np.linspace(${literal(low / 2)}, ${literal(high / 2)}, 601)).astype(${type})`,
    "    curves = {",
    ...lines.map((line) => `    ${line}`),
    "    }",
    `    result = ${call(focus, form)}(x${given(own)})`,
    `    at = ${type}(${literal(x)})`,
    `    print("x =", at, " result:", ${call(focus, form)}(at${given(own)}))`,
    `error = Truth(ogive.${focus}, "${form}", x, [${all.map(literal).join(", ")}]).errors(result)  # signed, in ulp of ${dtype}`,
    `print("truth:", evaluate("${focus}", at, "${form}", [${all.map(literal).join(", ")}]).str(30, radius=False))`,
    `print("largest error:", np.max(np.abs(error)), "ulp")`,
    "",
  ].join("\n");
}
