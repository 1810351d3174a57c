import { Cell } from "../../cell";
import { Refused } from "../../connection";
import { h, unique } from "../../dom";
import type { Key } from "../../i18n";
import type { Extended, GraphBox, GraphDrawing } from "../../messages";
import { chart } from "../../parts/chart";
import { segmented, toggle } from "../../parts/choices";
import { columns, panel } from "../../parts/columns";
import { copyPython } from "../../parts/copy";
import { fieldError } from "../../parts/field";
import type { Room } from "../../room";
import { EXAMPLES } from "./examples";
import { FLAGS, flagName, icon } from "./flags";
import { input, type Input } from "./inputs";
import { picture } from "./picture";
import "./style.css";

const DTYPES = ["float16", "float32", "float64"] as const;
const FIRST = EXAMPLES[0] as (typeof EXAMPLES)[number];
const PAUSE = 300; // milliseconds after the last key until a formula is drawn
const BEAT = 1100; // milliseconds for a step while it plays

export const room: Room = {
  name: "graph",
  mount(element, { connection, state, t, language, theme, say, ended }) {
    const formula = state.text("formula", FIRST.formula);
    const at = state.text("at", FIRST.at);
    const dtype = state.choice("dtype", "float64", DTYPES);
    const folded = state.flag("folded", false);
    const step = state.whole("step", -1, -1, 1000);
    const selected = state.whole("node", -1, -1, 10_000);
    const zoom = state.number("zoom", 0, 0, 3);
    const seen = new Cell(-1); // the node whose details are shown: the selected one, or the one that lost the bits
    const playing = new Cell(false);
    const cursor = new Cell(0); // the first variable, for the chart of a tail
    let drawing: GraphDrawing | undefined;
    let values = read(at.get());

    const { left, centre, right } = columns(element, t);

    // ── the formula and its variables ──

    const formulaId = unique("formula");
    const field = h("textarea", { id: formulaId, class: "mono", rows: 2, spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
    const error = fieldError(field);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = () => {
      clearTimeout(timer);
      const text = field.value.trim();
      if (text === formula.get()) return;
      playing.set(false);
      step.set(-1);
      selected.set(-1);
      formula.set(text);
    };
    ended.addEventListener("abort", take); // what was typed last is not lost with the language
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(take, PAUSE);
    });
    field.addEventListener("change", take);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      take();
    });
    formula.watch((text) => {
      if (field.value.trim() !== text) field.value = text;
    }, ended);

    const exampleId = unique("example");
    const examples = h("select", { id: exampleId }, h("option", { value: "" }, t("graph.example.own")), ...EXAMPLES.map(({ name, formula }) => h("option", { value: formula }, t(name))));
    examples.addEventListener("change", () => {
      const chosen = EXAMPLES.find((each) => each.formula === examples.value);
      if (!chosen) return;
      open(chosen.formula, chosen.at);
    });
    formula.watch((text) => (examples.value = EXAMPLES.some((each) => each.formula === text) ? text : ""), ended);

    /** Show another formula, from its beginning. */
    function open(text: string, where: string): void {
      playing.set(false);
      folded.set(false);
      step.set(-1);
      selected.set(-1);
      values = read(where);
      at.set(where);
      formula.set(text);
      void update();
    }

    const inputs = h("div", { class: "graph-inputs" });
    const shown = new Map<string, Input>();
    const fold = toggle(t("graph.fold"), folded, ended);
    const foldSwitch = fold.querySelector("input") as HTMLInputElement;
    const foldHint = h("p", { class: "quiet" });
    left.append(
      panel(
        t("graph.formula"),
        h("div", { class: "field" }, h("label", { for: formulaId, class: "graph-hidden" }, t("graph.formula")), field, error.element),
        h("div", { class: "field select" }, h("label", { for: exampleId }, t("graph.examples")), examples),
        h("p", { class: "quiet graph-limits" }, t("graph.limits")),
      ),
      panel(t("graph.inputs"), inputs, segmented({ label: t("graph.dtype"), cell: dtype, choices: DTYPES.map((value) => ({ value, label: value })), ended })),
      panel(t("graph.folding"), fold, foldHint),
    );

    function setValue(name: string, value: number): void {
      values.set(name, value);
      shown.get(name)?.show(value);
      if (drawing?.names[0] === name) cursor.set(value);
      at.set(write(values, drawing?.names ?? [name]));
      void update();
    }

    function showInputs(names: readonly string[]): void {
      if (names.join() !== [...shown.keys()].join()) {
        shown.clear();
        for (const name of names) shown.set(name, input({ name, value: values.get(name) ?? 1, set: (value) => setValue(name, value), t }));
        inputs.replaceChildren(...[...shown.values()].map(({ element }) => element));
      } else for (const [name, one] of shown) if (!one.element.contains(document.activeElement)) one.show(values.get(name) ?? 1);
      cursor.set(values.get(names[0] ?? "") ?? 1);
    }

    // ── the picture ──

    const back = h("button", { type: "button", class: "button", click: () => go(-1) }, t("graph.back"));
    const play = h("button", { type: "button", class: "button primary graph-play", click: () => playing.set(!playing.get()) });
    const next = h("button", { type: "button", class: "button", click: () => go(1) }, t("graph.next"));
    const whole = h("button", { type: "button", class: "button", click: () => jump(-1) }, t("graph.whole"));
    const progress = h("span", { class: "quiet graph-progress" });
    const view = picture({ t, ended, step, seen, pick: (number) => selected.set(number), zoom, key });
    const zoomButton = (label: string, name: string, click: () => void) => h("button", { type: "button", class: "button graph-zoom", "aria-label": name, title: name, click }, label);
    const legend = h(
      "p",
      { class: "quiet graph-legend" },
      h("span", {}, h("b", { class: "is-value" }, t("graph.value")), ` ${t("graph.above")}`),
      h("span", {}, h("b", { class: "is-gradient" }, t("graph.gradient")), ` ${t("graph.below")}`),
      ...FLAGS.slice(0, 3).map((flag) => h("span", {}, icon(flag) as unknown as Node, flagName(flag, t))),
    );
    const figure = panel(
      t("graph.picture"),
      h("div", { class: "graph-bar" }, back, play, next, whole, progress, h("span", { class: "graph-zooms" }, zoomButton("−", t("graph.smaller"), () => view.zoomBy(0.8)), zoomButton("+", t("graph.larger"), () => view.zoomBy(1.25)), zoomButton(t("graph.fitShort"), t("graph.fit"), () => zoom.set(0)))),
      view.element,
      legend,
    );
    figure.classList.add("graph-figure");
    const numbers = h("div", { class: "graph-numbers" });
    const curves = chart({ label: t("graph.tail.curves"), theme, t, ended, cursor });
    const tail = panel(t("graph.tail.title"), numbers, curves.element);
    tail.hidden = !folded.get(); // until the answer comes

    tail.classList.add("graph-tail");
    const details = h("div", { class: "graph-details" });
    const about = panel(t("graph.node"), details);
    about.classList.add("graph-about");
    about.setAttribute("aria-live", "off");
    centre.append(figure, tail, about);

    cursor.changed((value) => {
      const name = drawing?.names[0];
      if (name !== undefined && values.get(name) !== value && !(values.get(name) === undefined && value === 1)) setValue(name, value);
    }, ended);

    // ── steps ──

    const count = () => drawing?.steps.length ?? 0;
    const list = h("ol", { class: "graph-steps" });
    const finding = h("p", { class: "graph-sentence" });
    const repair = h("button", { type: "button", class: "button primary" });
    repair.addEventListener("click", () => {
      const text = drawing?.finding.repaired;
      if (text) open(text, at.get());
      field.focus();
    });
    const steps = panel(t("graph.steps"), list);
    steps.classList.add("graph-steps-panel");
    const saved = h("span", { class: "quiet", role: "status" });
    const save = h("button", { type: "button", class: "button", click: () => void download() }, t("graph.svg"));
    const diagnosis = panel(t("graph.diagnosis"), finding, repair);
    diagnosis.classList.add("graph-diagnosis");
    right.append(diagnosis, steps, panel(t("graph.take"), h("div", { class: "graph-take" }, copyPython(() => drawing?.python ?? "", t), h("div", { class: "copy" }, save, saved))));

    /** Go to a step; 0 is before the first one, −1 the whole graph. */
    function jump(to: number): void {
      playing.set(false);
      visit(to);
    }

    function visit(to: number): void {
      step.set(to);
      selected.set(drawing?.steps[to - 1]?.node ?? -1);
    }

    function go(by: number): void {
      const here = step.get();
      if (by > 0) jump(here < 0 ? 1 : here >= count() ? -1 : here + 1);
      else jump(here < 0 ? count() : Math.max(0, here - 1));
    }

    function key({ key }: KeyboardEvent): boolean {
      if (key === "ArrowRight") go(1);
      else if (key === "ArrowLeft") go(-1);
      else if (key === "Home") jump(0);
      else if (key === "End") jump(-1);
      else if (key === " ") playing.set(!playing.get());
      else return false;
      return true;
    }

    let beat: ReturnType<typeof setInterval> | undefined;
    const rest = () => clearInterval(beat);
    playing.watch((isPlaying) => {
      play.textContent = t(isPlaying ? "graph.pause" : "graph.play");
      rest();
      if (!isPlaying) return;
      if (step.get() < 0 || step.get() >= count()) visit(0);
      beat = setInterval(() => {
        if (step.get() >= count()) playing.set(false);
        else visit(step.get() + 1);
      }, BEAT);
    }, ended);
    ended.addEventListener("abort", rest);
    list.addEventListener("click", (event) => {
      const button = (event.target as Element).closest("button");
      if (button) jump(Number(button.value));
    });
    list.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      go(event.key === "ArrowDown" ? 1 : -1);
      list.querySelector<HTMLElement>('[aria-current="step"]')?.focus();
    });

    function showSteps({ steps }: GraphDrawing): void {
      if (list.childElementCount !== steps.length) {
        list.replaceChildren(...steps.map((_, i) => h("li", {}, h("button", { type: "button", value: i + 1, tabindex: -1 }))));
      }
      steps.forEach(({ phase, label, formula, numbers }, i) => {
        const button = list.children[i]?.firstElementChild as HTMLElement;
        button.className = phase;
        button.replaceChildren(h("b", {}, label), h("span", {}, formula), h("span", { class: "mono" }, numbers));
      });
    }

    function showStep(): void {
      const here = step.get();
      [...list.children].forEach((item, i) => {
        const button = item.firstElementChild as HTMLElement;
        const isCurrent = i + 1 === here;
        if (isCurrent) button.setAttribute("aria-current", "step");
        else button.removeAttribute("aria-current");
        button.tabIndex = isCurrent || (here < 1 && i === 0) ? 0 : -1;
        if (isCurrent) {
          const top = (item as HTMLElement).offsetTop - list.offsetTop;
          if (top < list.scrollTop || top + item.clientHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 3;
        }
      });
      progress.textContent = here < 0 ? t("graph.all", { n: count() }) : t("graph.stepOf", { i: here, n: count() });
      back.disabled = here === 0;
      speak();
    }

    // ── what is said ──

    function speak(): void {
      if (!drawing || error.element.hidden === false) return;
      const { finding, steps, tail, folds } = drawing;
      const current = steps[step.get() - 1];
      const key = (text: string) => `graph.say.${text}` as Key;
      if (step.get() === 0) say(t("graph.say.start"));
      else if (current) say(t(key(current.phase), { i: step.get(), n: steps.length, label: current.label, formula: current.formula, numbers: current.numbers }));
      else if (tail) say(t(key(`tail.${tail.state}`), { x: finding.at, rule: folds?.rule ?? "", output: tail.output, fromOutput: tail.from_output, derivative: tail.derivative, error: tail.error }));
      else {
        const { trouble, outcome, gradient_lost, at, label, result, truth } = finding;
        const ending = trouble === "none" || trouble === "gradient" || trouble === "undecided" ? "" : outcome === "right" && gradient_lost ? ".luck" : `.${outcome}`;
        say(t(key(trouble + ending), { at, label, result, truth }));
      }
    }

    const row = (name: string, value: string, kind = "") => [h("dt", {}, name), h("dd", { class: `mono ${kind}` }, value || "–")];

    function showDetails(): void {
      if (!drawing) return;
      const { boxes, steps, finding } = drawing;
      const wanted = [selected.get(), steps[step.get() - 1]?.node, finding.node];
      const box = wanted.map((one) => boxes.find(({ number }) => number === one)).find((found) => found) ?? boxes.at(-1);
      if (!box) return;
      seen.set(box.number);
      const flags = h("p", { class: "graph-flagline" }, h("b", { class: "mono" }, box.formula), ...box.flags.map((flag) => h("span", {}, icon(flag) as unknown as Node, flagName(flag, t))), ...(box.note ? [h("span", { class: "is-error" }, box.note)] : []));
      details.replaceChildren(
        flags,
        h("dl", {}, ...row(t("graph.value"), box.value, "is-value"), ...row(t("graph.bits"), box.bits), ...row(t("graph.truth"), truthText(box.truth)), ...row(t("graph.error"), box.error, "is-error"), ...row(t("graph.condition"), box.condition)),
        h("dl", {}, ...locals(box), ...row(t("graph.gradient"), box.gradient, "is-gradient"), ...row(t("graph.trueGradient"), truthText(box.true_gradient))),
      );
    }

    const truthText = (text: string) => (text === "?" ? t("graph.noTruth") : text);
    const locals = (box: GraphBox) => box.operands.flatMap(({ formula, derivative }) => row(t("graph.local", { formula: formula.length > 14 ? `${formula.slice(0, 13)}…` : formula }), derivative, "is-gradient"));

    function showTail(now: GraphDrawing): void {
      tail.hidden = now.tail === null;
      const found = now.tail;
      const rule = now.folds?.rule ?? "";
      if (!found) return;
      const card = (name: string, value: string, note: string, kind: string) => h("div", { class: kind }, h("span", {}, name), h("b", { class: "mono" }, value), h("span", { class: "mono quiet" }, note));
      numbers.replaceChildren(
        card(t("graph.tail.fromOutput", { rule }), found.from_output, `${found.from_output_bits}`, found.state === "kept" ? "" : "is-error"),
        card(t("graph.tail.derivative"), found.derivative, found.derivative_bits, "is-gradient"),
        card(t("graph.tail.truth"), truthText(found.truth), t("graph.tail.error", { rule, error: found.error }), ""),
      );
      curves.draw({
        x: found.x,
        span: [found.x[0] ?? -1, found.x.at(-1) ?? 1],
        curves: [
          { name: t("graph.tail.derivative"), values: found.curve_derivative, colour: "derivative", width: 2.5 },
          { name: rule, values: found.curve_from_output, colour: "error", dash: [6, 4] },
          { name: t("graph.tail.zero", { rule }), values: found.curve_zero, colour: "error", width: 3 },
        ],
        levels: [{ y: found.floor, label: t("graph.tail.zero", { rule }) }],
        height: [found.floor - 1.5, 1],
      });
    }

    function show(now: GraphDrawing): void {
      drawing = now;
      error.show("");
      figure.classList.remove("stale");
      showInputs(now.names);
      view.draw(now);
      showSteps(now);
      finding.textContent = now.finding.sentence;
      repair.hidden = now.finding.repaired === "";
      repair.textContent = t("graph.repair", { formula: now.finding.repaired.length > 30 ? now.finding.repair : now.finding.repaired });
      foldSwitch.disabled = now.folds === null;
      foldHint.textContent = now.folds === null ? t("graph.noFold") : t("graph.foldHint", { layer: now.folds.layer, rule: now.folds.rule });
      showTail(now);
      if (step.get() > count()) step.set(-1);
      showStep();
      showDetails();
    }

    const asked = () => ({ formula: formula.get(), at: Object.fromEntries([...values].map(([name, value]) => [name, extended(value)])), dtype: dtype.get(), folded: folded.get(), language });

    async function update(): Promise<void> {
      try {
        const answer = await connection.ask("graph.draw", asked());
        if (answer && !ended.aborted) show(answer);
      } catch (refused) {
        if (!(refused instanceof Refused)) throw refused;
        if (ended.aborted) return;
        error.show(refused.sentence);
        figure.classList.add("stale");
        say(t(drawing ? "graph.say.refused" : "graph.say.refusedFirst"));
      }
    }

    async function download(): Promise<void> {
      try {
        const answer = await connection.ask("graph.export", asked());
        if (!answer) return;
        const address = URL.createObjectURL(new Blob([answer.text], { type: "image/svg+xml" }));
        h("a", { href: address, download: "graph.svg" }).click();
        setTimeout(() => URL.revokeObjectURL(address), 1000);
        saved.textContent = t("graph.saved");
        setTimeout(() => (saved.textContent = ""), 2000);
      } catch (refused) {
        if (!(refused instanceof Refused)) throw refused;
        saved.textContent = refused.sentence;
      }
    }

    for (const cell of [formula, dtype, folded]) cell.changed(() => void update(), ended);
    folded.changed(() => {
      step.set(-1);
      selected.set(-1);
    }, ended);
    step.changed(showStep, ended);
    selected.changed(() => showDetails(), ended);
    void update();
  },
};

/** Values in the address: x:-1000,b:inf. */
function read(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const part of text.split(",")) {
    const [name, value] = part.split(":", 2);
    if (name && value) found.set(name, value === "nan" ? NaN : value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value));
  }
  return found;
}

function write(values: ReadonlyMap<string, number>, names: readonly string[]): string {
  const text = (value: number) => (Object.is(value, -0) ? "-0" : String(extended(value)));
  return names.map((name) => `${name}:${text(values.get(name) ?? 1)}`).join(",");
}

/** A number as it travels. */
function extended(value: number): Extended {
  return Number.isFinite(value) ? value : Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
