// Written by tools/messages.py from the rooms of ogive.lab: do not edit.

/** The longest message that the lab reads, in characters. */
export const LONGEST = 2000000;

/** A number that may be nan or infinite; see `number` in format.ts. */
export type Extended = number | "nan" | "inf" | "-inf";

/** An array with more than one axis, in C order. */
export interface Grid<Numbers> {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** The request was refused, or failed. */
export interface Error {
  readonly id: number;
  readonly kind: "error";
  readonly sentence: string;
  readonly field: string;
}

/** A newer request has taken the place of this one. */
export interface Superseded {
  readonly id: number;
  readonly kind: "superseded";
}

/** The job that the request with this id started is over. */
export interface Ended {
  readonly id: number;
  readonly kind: "ended";
  readonly outcome: "finished" | "stopped" | "failed";
  readonly sentence: string;
}

/** The reader has seen the last frame of the job with this id; another may come. */
export interface Drawn {
}

/** Pause, resume, step or stop the job with this id. */
export interface Control {
  readonly action: "pause" | "resume" | "step" | "stop";
  readonly steps?: number;
}

/** Ask what there is; the page has opened. */
export interface HallHello {
}

/** Compute functions on an interval, once for each column of pixels. */
export interface ExplorerCurves {
  readonly functions: readonly string[];
  readonly low: number;
  readonly high: number;
  readonly columns?: number;
}

/** Compute the graph of a formula at values of its variables; a variable without a value is 1. */
export interface GraphDraw {
  readonly formula: string;
  readonly at: Readonly<Record<string, Extended>>;
  readonly dtype?: "float16" | "float32" | "float64";
  readonly folded?: boolean;
  readonly language?: "en" | "ko";
}

/** Draw the same as a picture of its own, in SVG. */
export interface GraphExport {
  readonly formula: string;
  readonly at: Readonly<Record<string, Extended>>;
  readonly dtype?: "float16" | "float32" | "float64";
  readonly folded?: boolean;
  readonly language?: "en" | "ko";
}

/** The version and the catalogue, in the order of its families. */
export interface HallWelcome {
  readonly id: number;
  readonly kind: "hall.welcome";
  readonly version: string;
  readonly level: string;
  readonly families: readonly string[];
  readonly cards: readonly HallCard[];
}

/** What a list of activations shows of each. */
export interface HallCard {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly family: string;
  readonly tex: string;
  readonly summary: string;
  readonly elementwise: boolean;
  readonly parameters: readonly HallParameter[];
}

/** A parameter of an activation; the ends of its domain may be open. */
export interface HallParameter {
  readonly name: string;
  readonly default: Extended;
  readonly low: Extended;
  readonly high: Extended;
  readonly meaning: string;
}

/** Curves over the same x. */
export interface ExplorerDrawing {
  readonly id: number;
  readonly kind: "explorer.drawing";
  readonly x: Float64Array;
  readonly curves: readonly ExplorerCurve[];
}

/** The values of one function. */
export interface ExplorerCurve {
  readonly name: string;
  readonly values: Float64Array;
}

/** A graph: boxes and arrows, the steps through it, the diagnosis, and the Python that computes it. */
export interface GraphDrawing {
  readonly id: number;
  readonly kind: "graph.drawing";
  readonly formula: string;
  readonly names: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly GraphBox[];
  readonly arrows: readonly GraphArrow[];
  readonly steps: readonly GraphStep[];
  readonly finding: GraphFinding;
  readonly folds: GraphFold | null;
  readonly tail: GraphTail | null;
  readonly python: string;
}

/** A node: where it stands, and all that is known of it. */
export interface GraphBox {
  readonly number: number;
  readonly sort: "input" | "constant" | "operation";
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly flags: readonly ("overflow" | "underflow" | "invalid" | "divide" | "cancellation")[];
  readonly severity: "" | "some" | "lost";
  readonly note: string;
  readonly formula: string;
  readonly value: string;
  readonly bits: string;
  readonly truth: string;
  readonly error: string;
  readonly condition: string;
  readonly operands: readonly GraphOperand[];
  readonly gradient: string;
  readonly true_gradient: string;
}

/** What a node knows of one of its operands: the derivative with respect to it. */
export interface GraphOperand {
  readonly formula: string;
  readonly derivative: string;
}

/** An arrow to a node, or out of the last one: its path, the numbers on it, and how the gradient on it came about. */
export interface GraphArrow {
  readonly source: number;
  readonly target: number;
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly value: string;
  readonly gradient: string;
  readonly product: string;
  readonly rule: string;
}

/** One node at work: forwards it computes its value, backwards it hands its gradient to its operands. */
export interface GraphStep {
  readonly phase: "forward" | "backward";
  readonly node: number;
  readonly label: string;
  readonly formula: string;
  readonly numbers: string;
}

/** The diagnosis: a sentence, the words of a shorter one, and the formula with the repair. */
export interface GraphFinding {
  readonly trouble: "none" | "undecided" | "gradient" | "overflow" | "divide" | "invalid" | "cancellation" | "rounding";
  readonly node: number;
  readonly outcome: "right" | "wrong" | "undefined";
  readonly gradient_lost: boolean;
  readonly sentence: string;
  readonly at: string;
  readonly label: string;
  readonly result: string;
  readonly truth: string;
  readonly repair: string;
  readonly repaired: string;
}

/** The layer that a formula is, and how textbooks differentiate it from its output. */
export interface GraphFold {
  readonly layer: string;
  readonly rule: string;
}

/** The derivative of a folded graph, from the output and from the input, here and along x as logarithms to base 10. */
export interface GraphTail {
  readonly output: string;
  readonly from_output: string;
  readonly from_output_bits: string;
  readonly derivative: string;
  readonly derivative_bits: string;
  readonly truth: string;
  readonly error: string;
  readonly state: "kept" | "rough" | "lost";
  readonly x: Float64Array;
  readonly curve_from_output: Float64Array;
  readonly curve_derivative: Float64Array;
  readonly floor: number;
  readonly curve_zero: Float64Array;
}

/** A picture that stands alone. */
export interface GraphSvg {
  readonly id: number;
  readonly kind: "graph.svg";
  readonly text: string;
}

/** What the reader asks, by kind. */
export interface Requests {
  "hall.hello": HallHello;
  "explorer.curves": ExplorerCurves;
  "graph.draw": GraphDraw;
  "graph.export": GraphExport;
}

/** What answers it. */
export interface Answers {
  "hall.hello": HallWelcome;
  "explorer.curves": ExplorerDrawing;
  "graph.draw": GraphDrawing;
  "graph.export": GraphSvg;
}

/** What jobs send while they run. */
export interface Frames {
}
