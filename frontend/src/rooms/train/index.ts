import { Cell } from "../../cell";
import { Refused } from "../../connection";
import { h } from "../../dom";
import { short, typed } from "../../format";
import type { Key } from "../../i18n";
import type { TrainBegin, TrainMenu } from "../../messages";
import { segmented, select, toggle } from "../../parts/choices";
import { columns, panel } from "../../parts/columns";
import { copyPython } from "../../parts/copy";
import { fieldError } from "../../parts/field";
import { slider } from "../../parts/slider";
import type { Context, Room } from "../../room";
import { colours as mixed } from "./colours";
import { diagram } from "./diagram";
import { health as details } from "./health";
import { layerList, readLayer } from "./layers";
import { plane as drawnPlane, type Sample, type Span } from "./plane";
import { problems } from "./problems";
import { Run, type Viewer } from "./run";
import "./train.css";

const DATA = ["and", "or", "nand", "xor", "moons", "circles", "spirals", "own", "table"] as const;
const NO_LINE = new Set<string>(["xor", "moons", "circles", "spirals"]);
const LAST_SEED = 2 ** 31 - 1;
const BATCHES = ["1", "4", "10", "32", "100", "1000"] as const;
const DROPOUTS = ["0", "0.1", "0.2", "0.3", "0.5"] as const;
const PENALTIES = ["0", "0.0001", "0.001", "0.01", "0.1", "1"] as const;

/** A point in the address: `a0.25_-0.5`. */
const POINT = /^([ab])(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)_(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** The plane of points of the reader's own: left, right, bottom, top. */
const PLANE = ["-1", "1", "-1", "1"] as const;
const hasExtent = ([left, right, bottom, top, ...more]: readonly number[]) => (left as number) < (right as number) && (bottom as number) < (top as number) && more.length === 0;

interface Table {
  readonly name: string;
  readonly text: string;
}

export const room: Room = {
  name: "train",
  mount(element, context) {
    const { connection, kept, say, t, ended } = context;
    say(t("train.sentence"));
    const menu = kept.get("menu") as TrainMenu | undefined;
    if (menu) furnish(element, context, menu);
    else {
      columns(element, t);
      void connection.ask("train.choices", {}).then((answer) => {
        if (!answer) return;
        kept.set("menu", answer);
        if (ended.aborted) return;
        element.replaceChildren();
        furnish(element, context, answer);
      });
    }
  },
};

function furnish(element: HTMLElement, context: Context, menu: TrainMenu): void {
  const { connection, welcome, state, kept, language, t, theme, say, ended } = context;
  const run = (kept.get("run") as Run | undefined) ?? new Run(connection);
  kept.set("run", run);

  // ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────
  const data = state.choice("data", "xor", DATA);
  const noise = state.number("noise", 0, 0, 1);
  const seed = state.whole("seed", 0, 0, LAST_SEED);
  const scale = state.flag("scale", true);
  const layers = state.list("layers", ["4-tanh"], (item) => menu.activations.includes(readLayer(item)?.activation ?? ""));
  if (layers.get().length > menu.most_layers) layers.set(layers.get().slice(0, menu.most_layers));
  const optimiser = state.choice("optimiser", "adam", ["sgd", "momentum", "adam"] as const);
  const initialisation = state.choice("init", "auto", ["auto", "xavier", "he", "lecun"] as const);
  const rate = state.number("rate", 0.03, 1e-5, 100);
  const dropout = state.choice("dropout", "0", DROPOUTS);
  const penalty = state.choice("l2", "0", PENALTIES);
  const batch = state.choice("batch", "32", BATCHES);
  const pace = state.number("pace", 60, 5, 1000);
  const points = state.list("points", [], (item) => POINT.test(item));
  const span = state.list("plane", PLANE, (item) => item !== "" && Number.isFinite(Number(item)));
  if (!hasExtent(span.get().map(Number))) span.set(PLANE);
  const adds = new Cell<"a" | "b">("a");

  const settings = () => ({ learning_rate: rate.get(), penalty: Number(penalty.get()), dropout: Number(dropout.get()), batch: Number(batch.get()) });
  const shownSpan = () => span.get().map(Number) as unknown as Span;
  const own = (): Sample[] => points.get().map((item) => {
    const [, label, x, y] = POINT.exec(item) as unknown as [string, string, string, string];
    return { x: Number(x), y: Number(y), label: label === "b" ? 1 : 0, isHeld: false };
  });
  const fields = (): TrainBegin => {
    const table = kept.get("table") as Table | undefined;
    return {
      data: data.get(), noise: noise.get(), seed: seed.get(), scale: scale.get(), layers: layers.get().map((each) => readLayer(each) as { units: number; activation: string }),
      optimiser: optimiser.get(), initialisation: initialisation.get(), settings: settings(), pace: pace.get(), playing: run.isPlaying.get(), language,
      ...(data.get() === "own" ? { points: own().map(({ x, y, label }) => [x, y, label] as const), span: shownSpan() } : {}),
      ...(data.get() === "table" && table ? { table: table.text, table_name: table.name } : {}),
    };
  };

  // ── the columns ─────────────────────────────────────────────────────────────────────────────────────────────────────
  const { left, centre, right } = columns(element, t);
  const colours = mixed(element, theme, ended);
  const seen = details({ t, language, theme, ended });
  const net = diagram({ colours, t, ended, chosen: (unit) => seen.choose(unit) });
  const hint = h("p", { class: "quiet train-hint", "aria-live": "polite" }, t("train.hint"));
  const plane = drawnPlane({ colours, t, label: () => (adds.get() === "b" ? 1 : 0), edited, pointed: (text) => (hint.textContent = text) });

  // left: samples and layers
  const file = h("input", { type: "file", accept: ".csv,text/csv", "aria-label": t("train.chooseFile"), title: t("train.chooseFile") });
  const fileError = fieldError(file);
  const fileRow = h("div", { class: "field" }, file);
  file.addEventListener("click", () => (file.value = "")); // or the same file, mended, would be no change
  file.addEventListener("change", () => void take(file.files?.[0]));
  data.watch((name) => (fileRow.hidden = name !== "table"), ended);
  const noiseSlider = slider({ label: t("train.noise"), cell: noise, low: 0, high: 1, step: 0.01, t, ended });
  data.watch((name) => (noiseSlider.hidden = name === "own" || name === "table"), ended);
  left.append(
    panel(t("train.samples"), problems({ cell: data as Cell<string>, menu, t, ended, choose }), fileRow, fileError.element, noiseSlider, h("div", { class: "field" }, seedField()), toggle(t("train.scale"), scale, ended)),
    panel(t("train.network"), layerList({ cell: layers, menu, welcome, t, ended })),
    copyPython(() => run.script(), t),
  );

  // centre: what to do, the network and the plane, and how it learns
  const play = h("button", { type: "button", class: "button primary" }, t("train.play"));
  const step = h("button", { type: "button", class: "button" }, t("train.step"));
  const reset = h("button", { type: "button", class: "button" }, t("train.reset"));
  const epoch = h("strong", {}, "0");
  const bar = h("div", { class: "train-bar" }, play, step, reset, slider({ label: t("train.pace"), cell: pace, low: 5, high: 1000, isLogarithmic: true, t, ended }), h("p", { class: "train-count" }, t("train.epoch"), epoch));
  const classes = [h("span", {}, "A"), h("span", {}, "B")] as const;
  const legend = h("span", { class: "train-scale" }, classes[0], h("i", { "aria-hidden": "true" }), classes[1]);
  const classChoice = segmented({ label: t("train.adds"), cell: adds, choices: [{ value: "a", label: t("train.classA") }, { value: "b", label: t("train.classB") }], ended });
  const planeBox = h("div", { class: "train-plane-box" }, plane.element, h("div", { class: "train-under" }, classChoice, legend), hint);
  const main = h("section", { class: "panel train-main", "aria-label": t("train.figure") }, bar, h("div", { class: "train-picture" }, net.element, planeBox));
  const choices = <Value extends string>(values: readonly Value[], name: (value: Value) => string) => values.map((value) => ({ value, label: name(value) }));
  const rateSlider = slider({ label: t("train.rate"), cell: rate, low: 1e-5, high: 100, isLogarithmic: true, t, ended });
  const optimiserChoice = segmented({ label: t("train.optimiser"), cell: optimiser, choices: choices(["sgd", "momentum", "adam"] as const, (value) => t(`train.${value}`)), ended });
  for (const each of [optimiserChoice, rateSlider]) each.classList.add("wide");
  const how = h(
    "section", { class: "panel train-settings", "aria-label": t("train.training") },
    optimiserChoice,
    rateSlider,
    select({ label: t("train.initialisation"), cell: initialisation, choices: choices(["auto", "xavier", "he", "lecun"] as const, (value) => t(`train.${value}`)), ended }),
    select({ label: t("train.batch"), cell: batch, choices: choices(BATCHES, String), ended }),
    select({ label: t("train.dropout"), cell: dropout, choices: choices(DROPOUTS, String), ended }),
    select({ label: t("train.penalty"), cell: penalty, choices: choices(PENALTIES, String), ended }),
  );
  centre.append(main, how);

  // right: how it goes
  right.append(...seen.elements);
  right.tabIndex = 0; // a deep network's details are scrolled, also by keyboard

  // ── the samples ─────────────────────────────────────────────────────────────────────────────────────────────────────
  function seedField(): HTMLElement {
    const field = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", class: "number" });
    const error = fieldError(field);
    seed.watch((value) => {
      field.value = String(value);
      error.show("");
    }, ended);
    field.addEventListener("change", () => {
      const value = typed(field.value);
      if (value === undefined || !Number.isInteger(value) || value < 0 || value > LAST_SEED) error.show(t("train.whole"));
      else {
        error.show("");
        seed.set(value);
      }
    });
    const another = h("button", { type: "button", class: "button" }, t("train.newSeed"));
    another.addEventListener("click", () => seed.set(seed.get() >= LAST_SEED ? 0 : seed.get() + 1));
    return h("div", {}, h("div", { class: "train-row" }, h("label", { class: "train-row" }, t("train.seed"), field), another), error.element);
  }

  function choose(name: string): void {
    const problem = menu.problems.find((each) => each.name === name);
    if (problem) noise.set(problem.noise);
    data.set(name as (typeof DATA)[number]);
  }

  function edited(samples: readonly Sample[]): void {
    if (samples.length > menu.most_points) {
      hint.textContent = t("train.fullPlane", { n: menu.most_points });
      showSamples();
      return;
    }
    if (data.get() !== "own" && run.begun) span.set(run.begun.span.map(String));
    points.set(samples.map(({ x, y, label }) => `${label ? "b" : "a"}${x}_${y}`));
    data.set("own");
    showSamples();
  }

  function showSamples(): void {
    const begun = run.begun;
    if (data.get() === "own") plane.show(own(), shownSpan());
    else if (begun) plane.show(Array.from(begun.labels, (label, i) => ({ x: begun.samples.data[2 * i] as number, y: begun.samples.data[2 * i + 1] as number, label, isHeld: begun.held[i] === 1 })), begun.span);
    else plane.show([], [-1, 1, -1, 1]);
    classes[0].textContent = data.get() === "own" ? "A" : (begun?.classes[0] ?? "A");
    classes[1].textContent = data.get() === "own" ? "B" : (begun?.classes[1] ?? "B");
  }

  async function take(chosen: File | undefined): Promise<void> {
    if (!chosen) return;
    if (chosen.size > menu.longest_table) {
      fileError.show(t("train.tooLong", { name: chosen.name, size: chosen.size, most: menu.longest_table }));
      return;
    }
    kept.set("table", { name: chosen.name, text: await chosen.text() } satisfies Table);
    if (data.get() === "table") anew();
    else data.set("table");
  }
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    void take(event.dataTransfer?.files[0]);
  });

  // ── the run ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  let isDue = false;

  /** Begin anew, once all that belongs to one gesture has been set. */
  function begin(): void {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      if (!ended.aborted) void run.begin(fields());
    });
  }

  const name = () => (data.get() === "own" ? t("train.ownName") : data.get() === "table" ? ((kept.get("table") as Table | undefined)?.name ?? "CSV") : t(`train.${data.get()}` as Key));

  function tell(): void {
    const values = { data: name(), shape: run.begun?.sizes.join("–") ?? "" };
    const last = run.last;
    if (last?.has_diverged) say(t("train.diverged", { n: last.epoch, rate: short(rate.get()) }));
    else if (layers.get().length === 0 && NO_LINE.has(data.get())) say(t("train.line", values));
    else if (run.solved !== null && (last?.epoch ?? 0) > 0) say(t("train.solved", { ...values, n: run.solved }));
    else if (run.isPlaying.get()) say(t("train.learning", values));
    else if (last && last.epoch > 0) say(t("train.paused"));
    else if (run.begun) say(t("train.ready", values));
  }

  const activations = () => layers.get().map((each) => readLayer(each)?.activation ?? "");
  const viewer: Viewer = {
    begun(begun) {
      net.build(begun.sizes, begun.features, activations());
      seen.choose(null);
      showSamples();
      tell();
    },
    frame(frame) {
      plane.draw(frame);
      net.draw(frame);
      seen.loss(frame, run.curve);
      epoch.textContent = frame.epoch.toLocaleString(language);
      tell();
    },
    health(health) {
      net.light(health);
      seen.show(health, activations());
    },
    refused(refusal) {
      const isTable = refusal?.field === "table";
      fileError.show(isTable ? (kept.has("table") ? refusal.sentence : t("train.noTable")) : "");
      hint.textContent = refusal && !isTable ? refusal.sentence : t("train.hint");
      if (!refusal) return;
      showSamples();
      plane.draw(null);
      seen.loss(null, run.curve);
      epoch.textContent = "0";
      say(fileError.element.textContent || refusal.sentence);
    },
    lost() {
      say(t("train.lost"));
      const again = new AbortController();
      ended.addEventListener("abort", () => again.abort());
      connection.isOpen.changed((isOpen) => {
        if (!isOpen) return;
        again.abort();
        begin();
      }, again.signal);
    },
  };
  run.show(viewer, ended);
  run.isPlaying.watch((isPlaying) => {
    play.textContent = t(isPlaying ? "train.pause" : "train.play");
    tell();
  }, ended);
  play.addEventListener("click", () => {
    if (run.isPlaying.get()) run.pause();
    else if (!run.play()) begin();
  });
  step.addEventListener("click", () => {
    if (!run.step()) begin();
  });
  reset.addEventListener("click", () => {
    run.pause();
    begin();
  });

  const key = () => JSON.stringify({ ...fields(), settings: null, pace: null, playing: null, language: null });
  const anew = () => {
    kept.set("key", key());
    begin();
  };
  for (const cell of [data, noise, seed, scale, layers, optimiser, initialisation, points] as Cell<unknown>[]) cell.changed(anew, ended);
  for (const cell of [rate, dropout, penalty, batch, pace] as Cell<unknown>[]) cell.changed(() => void run.adjust({ settings: settings(), pace: pace.get() }).catch(refused), ended);
  if (kept.get("key") !== key()) anew(); // the first time, or another address
  else showSamples();

  function refused(error: unknown): void {
    if (!(error instanceof Refused)) throw error;
    say(error.sentence);
  }
}
