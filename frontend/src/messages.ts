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

/** What the reader asks, by kind. */
export interface Requests {
  "hall.hello": HallHello;
  "explorer.curves": ExplorerCurves;
}

/** What answers it. */
export interface Answers {
  "hall.hello": HallWelcome;
  "explorer.curves": ExplorerDrawing;
}

/** What jobs send while they run. */
export interface Frames {
}
