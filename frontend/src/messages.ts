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

/** Compute forms of functions on an interval, once for each column of pixels; the function in focus has bands. */
export interface ExplorerCurves {
  readonly functions: readonly ExplorerChosen[];
  readonly forms?: readonly ("value" | "derivative" | "second_derivative" | "inverse" | "log" | "complement")[];
  readonly focus?: string;
  readonly low: number;
  readonly high: number;
  readonly columns?: number;
}

/** A function, and those of its parameters that are not at their defaults. */
export interface ExplorerChosen {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** Measure the errors of some who compute a form, at the numbers of a dtype: all in the interval, or one for each column. */
export interface ExplorerMicroscope {
  readonly function: ExplorerChosen;
  readonly form?: "value" | "derivative" | "second_derivative" | "inverse" | "log" | "complement";
  readonly dtype?: "float16" | "bfloat16" | "float32" | "float64";
  readonly low: number;
  readonly high: number;
  readonly columns?: number;
  readonly who?: readonly ("ogive" | "naive" | "stable" | "scipy" | "torch" | "jax")[];
}

/** Ask for everything that is known of one number. */
export interface ExplorerProbe {
  readonly function: ExplorerChosen;
  readonly form?: "value" | "derivative" | "second_derivative" | "inverse" | "log" | "complement";
  readonly dtype?: "float16" | "bfloat16" | "float32" | "float64";
  readonly x: Extended;
  readonly who?: readonly ("ogive" | "naive" | "stable" | "scipy" | "torch" | "jax")[];
}

/** Ask what a card says. */
export interface ExplorerDescribe {
  readonly name: string;
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

/** Ask what there is to choose from. */
export interface TrainChoices {
}

/** Train a network from the start. The samples are a problem's, points of the reader's own, or a table's. */
export interface TrainBegin {
  readonly data: "and" | "or" | "nand" | "xor" | "moons" | "circles" | "spirals" | "own" | "table";
  readonly noise: number;
  readonly seed: number;
  readonly scale: boolean;
  readonly layers: readonly TrainingLayer[];
  readonly optimiser: "sgd" | "momentum" | "adam";
  readonly initialisation: "auto" | "xavier" | "he" | "lecun";
  readonly settings: TrainingSettings;
  readonly pace: number;
  readonly playing: boolean;
  readonly language: "en" | "ko";
  readonly points?: readonly (readonly [number, number, number])[];
  readonly span?: readonly [number, number, number, number];
  readonly table?: string;
  readonly table_name?: string;
}

/** A hidden layer. */
export interface TrainingLayer {
  readonly units: number;
  readonly activation: string;
}

/** What may be changed while a network learns. */
export interface TrainingSettings {
  readonly learning_rate: number;
  readonly penalty: number;
  readonly dropout: number;
  readonly batch: number;
}

/** Change what may be changed while a network learns. */
export interface TrainAdjust {
  readonly settings: TrainingSettings;
  readonly pace: number;
}

/** Ask for the Python code that trains the same network as far. */
export interface TrainScript {
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
  readonly kind: string;
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

/** Curves over the same x, the heights to show, and where the function in focus is flat. */
export interface ExplorerDrawing {
  readonly id: number;
  readonly kind: "explorer.drawing";
  readonly x: Float64Array;
  readonly curves: readonly ExplorerDrawn[];
  readonly height: readonly [number, number];
  readonly bands: readonly (readonly [number, number])[];
}

/** One form of one function; nan where it is not defined, and at jumps. */
export interface ExplorerDrawn {
  readonly function: string;
  readonly form: "value" | "derivative" | "second_derivative" | "inverse" | "log" | "complement";
  readonly values: Float64Array;
  readonly dots: readonly ExplorerDot[];
  readonly domain: string;
  readonly is_in_view: boolean;
}

/** An end of a curve at a jump. */
export interface ExplorerDot {
  readonly x: number;
  readonly y: number;
  readonly is_open: boolean;
}

/** Signed errors in ulp; where x are all numbers there are, some of them are written out. */
export interface ExplorerErrors {
  readonly id: number;
  readonly kind: "explorer.errors";
  readonly x: Float64Array;
  readonly is_every: boolean;
  readonly labels: readonly string[];
  readonly label_at: Float64Array;
  readonly measured: readonly ExplorerMeasured[];
}

/** The errors of one who computes the form; infinite where nothing finite came. Without errors, why there are none. */
export interface ExplorerMeasured {
  readonly who: "ogive" | "naive" | "stable" | "scipy" | "torch" | "jax";
  readonly label: string;
  readonly absent: "" | "package" | "function" | "parameters" | "dtype";
  readonly errors: Float64Array;
  readonly largest: Extended;
  readonly largest_at: Extended;
  readonly warned: readonly ExplorerWarned[];
}

/** Where NumPy warns: the first and the last number that do. */
export interface ExplorerWarned {
  readonly low: number;
  readonly high: number;
  readonly says: string;
}

/** The number, the truth there, and what came; `place` says what is special about the number. */
export interface ExplorerReading {
  readonly id: number;
  readonly kind: "explorer.reading";
  readonly x: Extended;
  readonly text: string;
  readonly bits: string;
  readonly brief: string;
  readonly digits: string;
  readonly is_exact: boolean;
  readonly rounded: string;
  readonly results: readonly ExplorerResult[];
  readonly place: "" | "outside" | "jump" | "kink" | "saturated";
}

/** What one of them gives at the number, and what NumPy warns of. */
export interface ExplorerResult {
  readonly who: "ogive" | "naive" | "stable" | "scipy" | "torch" | "jax";
  readonly label: string;
  readonly value: Extended;
  readonly text: string;
  readonly bits: string;
  readonly error: Extended;
  readonly warns: string;
}

/** The facts of a card, at the defaults of its parameters. */
export interface ExplorerDescription {
  readonly id: number;
  readonly kind: "explorer.description";
  readonly forms: readonly ("value" | "derivative" | "second_derivative" | "inverse" | "log" | "complement")[];
  readonly view: readonly [number, number];
  readonly domain: string;
  readonly range: string;
  readonly limits: readonly [string, string];
  readonly slopes: readonly [string, string];
  readonly symmetry: "none" | "odd" | "point";
  readonly centre: string;
  readonly is_monotone: boolean;
  readonly is_zero_centred: boolean;
  readonly saturates: "no" | "left" | "right" | "both";
  readonly lipschitz: string;
  readonly bends: readonly ExplorerBend[];
  readonly bound: string;
  readonly inverse: string;
  readonly elsewhere: string;
  readonly naive: string;
  readonly libraries: readonly ("ogive" | "naive" | "stable" | "scipy" | "torch" | "jax")[];
}

/** A kink or a jump: where, and the derivative there, a number or ``left`` or ``right`` or the name of a parameter. */
export interface ExplorerBend {
  readonly x: string;
  readonly derivative: string;
  readonly is_jump: boolean;
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

/** The problems, the activations of hidden layers, and the limits. */
export interface TrainMenu {
  readonly id: number;
  readonly kind: "train.menu";
  readonly problems: readonly TrainThumbnail[];
  readonly activations: readonly string[];
  readonly most_layers: number;
  readonly most_units: number;
  readonly most_points: number;
  readonly most_rows: number;
  readonly longest_table: number;
}

/** A small picture of a problem: places from 0 to 1, to the right and up. */
export interface TrainThumbnail {
  readonly name: string;
  readonly across: Float32Array;
  readonly up: Float32Array;
  readonly labels: Uint8Array;
  readonly noise: number;
}

/** What is learned from: a row a sample, its class, and whether it is held back for the test. The plane is left, right, bottom, top. */
export interface TrainBegun {
  readonly id: number;
  readonly kind: "train.begun";
  readonly samples: Grid<Float32Array>;
  readonly labels: Uint8Array;
  readonly held: Uint8Array;
  readonly span: readonly [number, number, number, number];
  readonly features: readonly [string, string];
  readonly classes: readonly [string, string];
  readonly sizes: readonly number[];
}

/** It is changed from the next epoch on. */
export interface TrainAdjusted {
  readonly id: number;
  readonly kind: "train.adjusted";
}

/** Python code. */
export interface TrainCode {
  readonly id: number;
  readonly kind: "train.code";
  readonly text: string;
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
  readonly inputs: "exhaustive" | "sample" | "given";
  readonly count: number;
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
  readonly versions: readonly AuditVersion[];
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
}

/** A package that the target comes from. */
export interface AuditVersion {
  readonly package: string;
  readonly version: string;
}

/** The page of a report. */
export interface AuditHtml {
  readonly id: number;
  readonly kind: "audit.html";
  readonly text: string;
}

/** The network after an epoch; the pictures are bytes from 0 to 254, with 127 for 0 or for the boundary. */
export interface TrainFrame {
  readonly id: number;
  readonly kind: "train.frame";
  readonly epoch: number;
  readonly loss: Extended;
  readonly accuracy: number;
  readonly test_loss: Extended | null;
  readonly test_accuracy: number | null;
  readonly has_diverged: boolean;
  readonly plane: Grid<Uint8Array>;
  readonly units: Grid<Uint8Array>;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  readonly health: TrainHealth | null;
}

/** The vitals, and each hidden unit: whether it is dead, how often saturated, how its values are spread. */
export interface TrainHealth {
  readonly finding: string;
  readonly english: string;
  readonly korean: string;
  readonly layers: readonly TrainLayerHealth[];
  readonly dead: Uint8Array;
  readonly saturated: Float32Array;
  readonly counts: Grid<Float32Array>;
  readonly ends: Grid<Float32Array>;
}

/** What was measured in a layer; the output has no histogram. */
export interface TrainLayerHealth {
  readonly layer: number;
  readonly activation: string;
  readonly saturated: Extended;
  readonly dead: Extended;
  readonly gradient: Extended;
  readonly ratio: Extended;
  readonly counts: Int32Array;
  readonly low: number;
  readonly high: number;
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
  "explorer.microscope": ExplorerMicroscope;
  "explorer.probe": ExplorerProbe;
  "explorer.describe": ExplorerDescribe;
  "graph.draw": GraphDraw;
  "graph.export": GraphExport;
  "train.choices": TrainChoices;
  "train.begin": TrainBegin;
  "train.adjust": TrainAdjust;
  "train.script": TrainScript;
  "audit.menu": AuditMenu;
  "audit.begin": AuditBegin;
  "audit.open": AuditOpen;
  "audit.page": AuditPage;
}

/** What answers it. */
export interface Answers {
  "hall.hello": HallWelcome;
  "explorer.curves": ExplorerDrawing;
  "explorer.microscope": ExplorerErrors;
  "explorer.probe": ExplorerReading;
  "explorer.describe": ExplorerDescription;
  "graph.draw": GraphDrawing;
  "graph.export": GraphSvg;
  "train.choices": TrainMenu;
  "train.begin": TrainBegun;
  "train.adjust": TrainAdjusted;
  "train.script": TrainCode;
  "audit.menu": AuditSubjects;
  "audit.begin": AuditBegun;
  "audit.open": AuditView;
  "audit.page": AuditHtml;
}

/** What jobs send while they run. */
export interface Frames {
  "train.frame": TrainFrame;
  "audit.progress": AuditProgress;
  "audit.view": AuditView;
}
