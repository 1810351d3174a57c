import type { ExplorerDescription, ExplorerMicroscope, ExplorerProbe } from "../../messages";
import type { Colour } from "../../parts/chart";
import type { Look } from "./chips";

export type Form = ExplorerDescription["forms"][number];
export type Dtype = NonNullable<ExplorerProbe["dtype"]>;
export type Who = NonNullable<ExplorerMicroscope["who"]>[number];

export const FORMS: readonly Form[] = ["value", "derivative", "second_derivative", "inverse", "log", "complement"];
export const SIGNS: Readonly<Record<Form, string>> = { value: "f", derivative: "f′", second_derivative: "f″", inverse: "f⁻¹", log: "log f", complement: "1 − f" };
export const DTYPES: readonly Dtype[] = ["float16", "bfloat16", "float32", "float64"];
/** The bits of their significands. */
export const PRECISION: Readonly<Record<Dtype, number>> = { float16: 11, bfloat16: 8, float32: 24, float64: 53 };
export const WHO: readonly Who[] = ["ogive", "naive", "stable", "scipy", "torch", "jax"];
export const LARGEST = Number.MAX_VALUE;

const DASHES: Readonly<Record<Form, readonly number[]>> = { value: [], derivative: [8, 4], second_derivative: [2, 3], inverse: [12, 3, 2, 3], log: [6, 2, 2, 2], complement: [1, 3] };
const ALONE: Readonly<Record<Form, Colour>> = { value: "value", derivative: "derivative", second_derivative: "derivative", inverse: "curve-3", log: "curve-5", complement: "curve-4" };
const DOTS: Readonly<Record<Who, Colour>> = { ogive: "value", naive: "error", stable: "curve-3", scipy: "derivative", torch: "curve-5", jax: "curve-6" };

/** One function has a colour for each form; of several, each has its own, and the dashes tell the forms. */
export function look(form: Form, place: number, count: number): Look {
  return { colour: count === 1 ? ALONE[form] : (`curve-${place + 1}` as Colour), dash: DASHES[form] };
}

export const dotOf = (who: Who): Look => ({ colour: DOTS[who], isDot: true });

/** What the picture shows. */
export interface Shown {
  readonly functions: readonly {
    readonly name: string;
    /** Those that are not at their defaults, and the values of all. */
    readonly parameters: Readonly<Record<string, number>>;
    readonly all: readonly number[];
    readonly has: readonly Form[];
  }[];
  readonly forms: readonly Form[];
  readonly focus: string;
  readonly form: Form;
  readonly dtype: Dtype;
  readonly low: number;
  readonly high: number;
  readonly x: number;
}
