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

/** Ask what can be audited. */
export interface AuditMenu {
}

/** Run an audit; `count` is null for all numbers of a 16-bit dtype. */
export interface AuditBegin {
  readonly target: string;
  readonly function: string;
  readonly form?: string;
  readonly dtype?: "float16" | "bfloat16" | "float32" | "float64";
  readonly count?: number | null;
  readonly max_ulp?: number;
  readonly language?: "en" | "ko";
}

/** Show a saved report: the text of a file, and which one of those that it holds. */
export interface AuditOpen {
  readonly text: string;
  readonly index?: number;
  readonly language?: "en" | "ko";
}

/** Make the HTML page of a report. */
export interface AuditPage {
  readonly text: string;
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

/** All of them, and the limits of this room. */
export interface AuditSubjects {
  readonly id: number;
  readonly kind: "audit.subjects";
  readonly subjects: readonly AuditSubject[];
  readonly least: number;
  readonly most: number;
  readonly least_rows: number;
  readonly most_rows: number;
}

/** A function that targets can be held against. */
export interface AuditSubject {
  readonly name: string;
  readonly family: string;
  readonly rows: boolean;
  readonly forms: readonly AuditForm[];
}

/** A form of a function, and the installed targets that are known for it. */
export interface AuditForm {
  readonly name: string;
  readonly peers: readonly string[];
}

/** The audit has begun; a function of rows has no axis. */
export interface AuditBegun {
  readonly id: number;
  readonly kind: "audit.begun";
  readonly axis: AuditAxis | null;
  readonly allowed: number;
}

/** The line of floating-point numbers, in columns of equally many: the first and the last number of each. */
export interface AuditAxis {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly ticks: readonly AuditTick[];
}

/** A number on the axis; `at` is between 0 and 1, and a narrow picture shows only those with `wide` false. */
export interface AuditTick {
  readonly at: number;
  readonly label: string;
  readonly wide: boolean;
}

/** A report. */
export interface AuditView {
  readonly id: number;
  readonly kind: "audit.view";
  readonly target: string;
  readonly question: string;
  readonly dtype: string;
  readonly inputs: "exhaustive" | "sample" | "given";
  readonly count: number;
  readonly seed: number;
  readonly allowed: Extended;
  readonly verdict: "ok" | "findings" | "void";
  readonly void: string;
  readonly not_nearest: number;
  readonly max_ulp: Extended;
  readonly max_ulp_normal: Extended;
  readonly mean_ulp: Extended;
  readonly worst: AuditWorst | null;
  readonly regions: readonly AuditRegion[];
  readonly findings: readonly AuditFinding[];
  readonly axis: AuditAxis | null;
  readonly picture: AuditPicture | null;
  readonly edges: readonly Extended[];
  readonly histogram: readonly number[];
  readonly truth: readonly AuditFact[];
  readonly versions: readonly AuditFact[];
  readonly seconds: number;
  readonly text: string;
  readonly names: readonly string[];
  readonly index: number;
}

/** The largest error of all; `confirmed` by the second reference, or null where that cannot tell. */
export interface AuditWorst {
  readonly x: AuditNumber;
  readonly got: AuditNumber;
  readonly expected: AuditNumber;
  readonly ulp: Extended;
  readonly confirmed: boolean | null;
}

/** A number of the dtype: decimal, and its bits. */
export interface AuditNumber {
  readonly text: string;
  readonly bits: string;
}

/** A stretch of the line. */
export interface AuditRegion {
  readonly name: string;
  readonly count: number;
  readonly not_nearest: number;
  readonly max_ulp: Extended;
  readonly mean_ulp: Extended;
  readonly worst: AuditNumber;
}

/** Something wrong; `span` is where, on the axis from 0 to 1, and `more` how many entries of a row are left out. */
export interface AuditFinding {
  readonly name: string;
  readonly grade: "fault" | "flush" | "remark";
  readonly says: string;
  readonly count: number;
  readonly x: readonly AuditNumber[];
  readonly got: readonly AuditNumber[];
  readonly expected: readonly AuditNumber[];
  readonly more: number;
  readonly ends: readonly AuditNumber[];
  readonly ulp: Extended | null;
  readonly span: readonly [number, number] | null;
  readonly reproducer: string;
}

/** The errors in each column, in ulp; nan where nothing has been tried. */
export interface AuditPicture {
  readonly count: Float64Array;
  readonly not_nearest: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly mean: Float64Array;
}

/** A count or a version, by its key. */
export interface AuditFact {
  readonly key: string;
  readonly value: string;
}

/** The page of a report. */
export interface AuditHtml {
  readonly id: number;
  readonly kind: "audit.html";
  readonly text: string;
}

/** How far it is. */
export interface AuditProgress {
  readonly id: number;
  readonly kind: "audit.progress";
  readonly done: number;
  readonly total: number;
  readonly not_nearest: number;
  readonly max_ulp: Extended;
  readonly picture: AuditPicture | null;
}

/** What the reader asks, by kind. */
export interface Requests {
  "hall.hello": HallHello;
  "explorer.curves": ExplorerCurves;
  "audit.menu": AuditMenu;
  "audit.begin": AuditBegin;
  "audit.open": AuditOpen;
  "audit.page": AuditPage;
}

/** What answers it. */
export interface Answers {
  "hall.hello": HallWelcome;
  "explorer.curves": ExplorerDrawing;
  "audit.menu": AuditSubjects;
  "audit.begin": AuditBegun;
  "audit.open": AuditView;
  "audit.page": AuditHtml;
}

/** What jobs send while they run. */
export interface Frames {
  "audit.progress": AuditProgress;
  "audit.view": AuditView;
}
