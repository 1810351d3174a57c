import "./style.css";
import { Cell } from "../../cell";
import { Refused } from "../../connection";
import { h } from "../../dom";
import { number, short } from "../../format";
import { familyName } from "../../i18n";
import type { ExplorerChosen, ExplorerDescription, ExplorerErrors, ExplorerReading, HallCard } from "../../messages";
import { segmented } from "../../parts/choices";
import { chart, type Colour } from "../../parts/chart";
import { columns, panel } from "../../parts/columns";
import { copyPython } from "../../parts/copy";
import { formula } from "../../parts/formula";
import { listbox } from "../../parts/listbox";
import { slider } from "../../parts/slider";
import type { Room } from "../../room";
import { oneOf, someOf } from "./chips";
import { facts } from "./facts";
import { numberField } from "./numberField";
import { python } from "./python";
import { readingTable } from "./reading";
import { sentence } from "./sentence";
import { type Dtype, DTYPES, dotOf, type Form, FORMS, LARGEST, look, PRECISION, type Shown, SIGNS, type Who, WHO } from "./shown";

const MOST = 6;
const AXIS = 64; // the width of the vertical axes, which lie one below the other
// Milliseconds without a change after which errors are measured: more while a parameter is dragged, whose curve comes first.
const PAUSE = 40;
const DRAGGING = 150;
const ZOOM = 2;
const COLUMNS = 600;

export const room: Room = {
  name: "explorer",
  mount(element, { connection, welcome, state, t, theme, say, ended, isEmbedded, kept }) {
    const cards = new Map(welcome.cards.filter((card) => card.kind === "elementwise").map((card) => [card.name, card]));
    const is = <Item extends string>(items: readonly Item[]) => (item: string) => (items as readonly string[]).includes(item);
    const functions = state.list("functions", ["sigmoid"], (name) => cards.has(name));
    const possible = [...new Set(functions.get())].slice(0, MOST);
    if (possible.length < functions.get().length || possible.length === 0) functions.set(possible.length > 0 ? possible : ["sigmoid"]);
    const forms = state.list("forms", ["value", "derivative"], is(FORMS)) as Cell<readonly Form[]>;
    const who = state.list("who", ["ogive", "naive", "stable", "scipy"], is(WHO)) as Cell<readonly Who[]>;
    const focus = state.text("focus", "");
    const form = state.choice<Form>("form", "value", FORMS);
    const dtype = state.choice<Dtype>("dtype", "float64", DTYPES);
    const x = state.number("x", 1);
    const low = state.number("low", -6);
    const high = state.number("high", 6);
    const descriptions = (kept.get("descriptions") ?? new Map()) as Map<string, ExplorerDescription>;
    kept.set("descriptions", descriptions);
    const parameters = new Map<string, Cell<number>>();
    let errors: ExplorerErrors | undefined; // what the microscope shows

    const focused = () => (functions.get().includes(focus.get()) ? focus.get() : (functions.get()[0] ?? "sigmoid"));
    const card = (name: string) => cards.get(name) as HallCard;

    /** The cells of the parameters of a function, made when they are first needed. */
    function cellsOf(name: string): readonly { readonly name: string; readonly initial: number; readonly cell: Cell<number> }[] {
      return card(name).parameters.map((parameter) => {
        const key = `${name}.${parameter.name}`;
        let cell = parameters.get(key);
        if (!cell) {
          cell = state.number(key, number(parameter.default), number(parameter.low), number(parameter.high));
          parameters.set(key, cell);
          cell.changed(() => update(DRAGGING), ended);
        }
        return { name: parameter.name, initial: number(parameter.default), cell };
      });
    }
    const given = (name: string) => Object.fromEntries(cellsOf(name).filter(({ cell, initial }) => cell.get() !== initial).map(({ name, cell }) => [name, cell.get()]));
    const chosen = (name: string): ExplorerChosen => ({ name, parameters: given(name) });
    const has = (name: string): readonly Form[] => descriptions.get(name)?.forms ?? ["value"];
    const measuredForm = (): Form => (has(focused()).includes(form.get()) ? form.get() : "value");
    const shown = (): Shown => ({
      functions: functions.get().map((name) => ({ name, parameters: given(name), all: cellsOf(name).map(({ cell }) => cell.get()), has: has(name) })),
      forms: forms.get(), focus: focused(), form: measuredForm(), dtype: dtype.get(), low: low.get(), high: high.get(), x: x.get(),
    });

    // ── controls ──
    const { left, centre, right } = columns(element, t);
    const items = [...cards.values()].map(({ name, aliases, family }) => ({ value: name, label: name, note: aliases.join(", "), group: familyName(family, t), words: aliases }));
    const refusal = h("p", { class: "field-error", role: "alert" });
    const list = panel(t("explorer.functions"), listbox({ label: t("explorer.functions"), cell: functions, items, most: MOST, full: () => refuse(t("explorer.most", { n: MOST })), t, ended }), refusal);
    list.classList.add("explorer-functions");
    const sliders = panel(t("explorer.parameters"));
    const order = (from: number, to: number) => (Number.isFinite(from) && Number.isFinite(to) ? (from < to ? "" : t("explorer.order")) : t("explorer.finite"));
    const from = numberField({ label: t("explorer.from"), cell: low, wrong: (value) => order(value, high.get()), t, ended });
    const to = numberField({ label: t("explorer.to"), cell: high, wrong: (value) => order(low.get(), value), t, ended });
    const fit = h("button", { type: "button", class: "button" }, t("explorer.fit"));
    fit.addEventListener("click", () => span(...(descriptions.get(focused())?.view ?? [-6, 6])));
    const interval = panel(t("explorer.interval"), h("div", { class: "explorer-interval" }, from.element, to.element, fit));
    left.append(list, sliders, interval);
    requestAnimationFrame(() => {
      const [box, first] = [list.querySelector<HTMLElement>(".list"), list.querySelector<HTMLElement>('[aria-selected="true"]')];
      if (box && first) box.scrollTop += first.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    });

    function refuse(text: string): void {
      refusal.textContent = text;
    }

    function setSliders(): void {
      const name = focused();
      const controls = card(name).parameters.map((parameter, i) => {
        const initial = number(parameter.default);
        const [least, most] = [number(parameter.low), number(parameter.high)];
        const isLogarithmic = least === 0 && most === Infinity && initial > 0;
        const size = Math.max(1, 2 * Math.abs(initial));
        return slider({
          label: parameter.name, cell: (cellsOf(name)[i] as { cell: Cell<number> }).cell,
          low: isLogarithmic ? initial / 100 : Math.max(least, -size), high: isLogarithmic ? initial * 100 : Math.min(most, size),
          takes: [least, most], isLogarithmic, t, ended,
        });
      });
      sliders.hidden = controls.length === 0;
      sliders.replaceChildren(h("h2", {}, functions.get().length > 1 ? t("explorer.parametersOf", { name }) : t("explorer.parameters")), ...controls);
    }

    // ── pictures ──
    const describe = (at: number) => (reading && number(reading.x) === at ? `x = ${reading.text}, ${reading.results[0]?.text ?? ""}` : short(at, 6));
    const zoomTo = (wanted: readonly [number, number]) => span(...wanted);
    const curves = chart({ label: t("explorer.curves"), cursorLabel: "x", axisWidth: AXIS, theme, t, ended, cursor: x, describe, zoom: zoomTo });
    const scope = chart({ label: t("explorer.microscope"), cursorLabel: t("explorer.cursorBelow"), axisWidth: AXIS, theme, t, ended, cursor: x, describe, zoom: zoomTo, symlog: 0.5 });
    for (const { element } of [curves, scope]) element.addEventListener("keydown", stepFloats, true);

    /** Show another span, neither wider than floats reach nor so narrow that there are none in it. */
    function span(wantedLow: number, wantedHigh: number): void {
      let [a, b] = [Math.max(-LARGEST, wantedLow), Math.min(LARGEST, wantedHigh)];
      const middle = a / 2 + b / 2;
      const least = neighbourhood(middle, 4);
      if (!(b - a >= least)) [a, b] = [middle - least / 2, middle + least / 2];
      if (!(a < b)) return;
      if (a >= high.get()) [high, low].forEach((cell, i) => cell.set(i ? a : b));
      else [low, high].forEach((cell, i) => cell.set(i ? b : a));
    }
    /** The width of so many steps from float to float at x. */
    function neighbourhood(at: number, count: number): number {
      const size = Math.max(Math.abs(at), 2 ** -14);
      return count * 2 ** (Math.floor(Math.log2(Math.min(size, 2 ** 1023))) + 1 - PRECISION[dtype.get()]);
    }
    /** Where each float is a dot, arrow keys go from dot to dot. */
    function stepFloats(event: KeyboardEvent): void {
      const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!direction || !errors?.is_every || event.shiftKey) return;
      const next = nearest(errors.x, x.get()) + direction;
      const value = errors.x[next];
      if (value !== undefined) x.set(value);
      event.preventDefault();
      event.stopPropagation();
    }

    const formChips = h("div");
    const focusChips = h("div");
    const whoChips = h("div");
    const button = (label: string, text: string, click: () => void) => h("button", { type: "button", class: "button", "aria-label": label, title: label, click }, text);
    const zoomBy = (factor: number) => {
      const at = Math.min(high.get(), Math.max(low.get(), x.get()));
      span(at - (at - low.get()) * factor, at + (high.get() - at) * factor);
    };
    const buttons = h("div", { class: "explorer-zoom", role: "group", "aria-label": t("explorer.zoom") },
      button(t("explorer.zoomOut"), "−", () => zoomBy(ZOOM)),
      button(t("explorer.zoomIn"), "+", () => zoomBy(1 / ZOOM)),
      h("button", { type: "button", class: "button", click: () => { const width = neighbourhood(x.get(), 24); span(x.get() - width / 2, x.get() + width / 2); } }, t("explorer.neighbours")),
    );
    const figure = panel(t("explorer.curves"), h("div", { class: "explorer-bar" }, focusChips, formChips, buttons), curves.element);
    const formChoice = h("div");
    const lens = panel(t("explorer.microscope"),
      h("div", { class: "explorer-bar" }, formChoice, segmented({ label: t("explorer.dtype"), cell: dtype, choices: DTYPES.map((value) => ({ value, label: value })), ended })),
      whoChips, scope.element);
    for (const each of [figure, lens]) each.classList.add("explorer-figure");
    centre.append(figure, lens);

    function setChips(): void {
      const names = functions.get();
      const available = FORMS.filter((each) => names.some((name) => has(name).includes(each)));
      const place = names.indexOf(focused());
      formChips.replaceChildren(someOf(t("explorer.forms"), forms, available.map((value) => ({ value, label: SIGNS[value], look: look(value, place, names.length), title: t(`explorer.form.${value}`) }))));
      focusChips.replaceChildren(...(names.length < 2 ? [] : [oneOf(t("explorer.focus"), focused(), names.map((name, i) => ({ value: name, label: name, look: look("value", i, names.length) })), (name) => focus.set(name), "explorer-focus")]));
      const measured = new Cell(measuredForm());
      measured.changed((value) => form.set(value));
      formChoice.replaceChildren(segmented({ label: t("explorer.measured"), cell: measured, choices: has(focused()).map((value) => ({ value, label: SIGNS[value] })), ended }));
      const libraries = descriptions.get(focused())?.libraries ?? [];
      whoChips.replaceChildren(someOf(t("explorer.who"), who, WHO.filter((each) => !(["scipy", "torch", "jax"] as Who[]).includes(each) || libraries.includes(each)).map((value) => ({ value, label: t(`explorer.who.${value}`), look: dotOf(value), title: t(`explorer.whoHint.${value}`) }))));
    }

    // ── what is read ──
    let reading: ExplorerReading | undefined;
    const table = h("div", { class: "explorer-reading" });
    const at = numberField({ label: "x", cell: x, wrong: () => "", t, ended });
    const about = h("div");
    right.append(panel(t("explorer.reading"), at.element, table), panel(t("explorer.card"), about));
    left.append(copyPython(() => python(shown()), t));

    function setCard(): void {
      const name = focused();
      const said = descriptions.get(name);
      about.replaceChildren(h("h3", {}, name), formula(card(name).tex, { isEmbedded }), ...(said ? [facts(said, card(name), t)] : []));
    }

    // ── asking ──
    let timer: ReturnType<typeof setTimeout> | undefined;
    ended.addEventListener("abort", () => clearTimeout(timer));

    async function answered<T>(asking: Promise<T | undefined>): Promise<T | undefined> {
      try {
        const answer = await asking;
        return ended.aborted ? undefined : answer;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (!ended.aborted) ({ low: from.error, high: to.error, x: at.error }[error.field] ?? { show: refuse }).show(error.sentence);
        return undefined;
      }
    }

    function update(pause = PAUSE): void {
      const wrong = order(low.get(), high.get());
      from.error.show(wrong);
      if (wrong) return;
      void drawCurves();
      clearTimeout(timer);
      timer = setTimeout(() => void measure(), pause);
    }

    async function drawCurves(): Promise<void> {
      const span = [low.get(), high.get()] as const;
      const names = functions.get();
      const answer = await answered(connection.ask("explorer.curves", { functions: names.map(chosen), forms: forms.get(), focus: focused(), low: span[0], high: span[1], columns: curves.columns() }));
      if (!answer) return;
      const away = answer.curves.filter((curve) => !curve.is_in_view);
      refuse(away.map((curve) => t("explorer.away", { name: `${curve.function} ${SIGNS[curve.form]}`, domain: curve.domain })).join(" "));
      const drawn = answer.curves.map((curve) => ({ ...curve, look: look(curve.form, names.indexOf(curve.function), names.length) }));
      const margin = (answer.height[1] / 2 - answer.height[0] / 2) * 0.12;
      curves.draw({
        x: answer.x, span, bands: answer.bands,
        height: [Math.max(-LARGEST, answer.height[0] - margin), Math.min(LARGEST, answer.height[1] + margin)],
        curves: drawn.map(({ function: name, form, values, look }) => ({ name: `${name} ${form}`, values, colour: look.colour, ...(look.dash?.length ? { dash: look.dash } : {}) })),
        dots: drawn.flatMap(({ dots, look }) => dots.map(({ x, y, is_open }) => ({ x, y, isOpen: is_open, colour: look.colour }))),
        ...(errors?.is_every ? { ticks: ticksOf(errors) } : {}),
      });
      requestAnimationFrame(() => performance.mark("explorer.curves")); // for who wants to know how long it took
    }

    const ticksOf = (answer: ExplorerErrors) => answer.labels.map((label, i) => ({ x: answer.label_at[i] as number, label }));
    const asked = () => WHO.filter((each) => who.get().includes(each));

    async function measure(): Promise<void> {
      void probe();
      const span = [low.get(), high.get()] as const;
      const answer = await answered(connection.ask("explorer.microscope", { function: chosen(focused()), form: measuredForm(), dtype: dtype.get(), low: span[0], high: span[1], columns: COLUMNS, who: asked() }));
      if (!answer || low.get() !== span[0] || high.get() !== span[1]) return;
      const hadTicks = errors?.is_every === true || answer.is_every;
      errors = answer;
      for (const each of answer.measured) {
        const chip = whoChips.querySelector(`[data-value="${each.who}"]`)?.closest("label");
        if (each.absent) chip?.setAttribute("data-absent", each.absent);
        else chip?.removeAttribute("data-absent");
        const words = chip?.querySelector("span");
        if (words) words.textContent = `${t(`explorer.who.${each.who}`)} ${each.absent ? `(${t(`explorer.absent.${each.absent}`)})` : answer.x.length > 0 ? `≤ ${short(number(each.largest), 2)}` : ""}`;
      }
      const there = answer.measured.filter(({ absent }) => !absent);
      const most = Math.max(1, ...there.flatMap(({ errors }) => Array.from(errors, Math.abs).filter(Number.isFinite)));
      const infinite = there.flatMap((each) => stretches(answer.x, each.errors).map(([low, high]) => ({ low, high, label: t("explorer.infinite", { who: t(`explorer.who.${each.who}`) }), colour: dotOf(each.who).colour as Colour })));
      const warned = there.flatMap((each) => each.warned.map(({ low, high, says }) => ({ low, high, label: `${t(`explorer.who.${each.who}`)}: ${says}`, colour: dotOf(each.who).colour as Colour })));
      scope.draw({
        x: answer.x, span, height: [-most * 1.5, most * 1.5],
        curves: [...there].reverse().map((each) => ({ name: each.who, values: each.errors, colour: dotOf(each.who).colour, isDotted: true, size: answer.is_every && answer.x.length <= 64 ? 8 : 3 })),
        levels: [{ y: 0.5, label: t("explorer.correct") }, { y: -0.5, label: "" }],
        flags: [...warned, ...infinite].slice(0, 4),
        ...(answer.is_every ? { ticks: ticksOf(answer) } : {}),
      });
      performance.mark("explorer.microscope");
      if (hadTicks) void drawCurves();
      snap();
    }

    /** Where each float is a dot, x is one of them. */
    function snap(): void {
      if (!errors?.is_every || !errors.x.length || x.get() < low.get() || x.get() > high.get()) return;
      x.set(errors.x[nearest(errors.x, x.get())] as number);
    }

    async function probe(): Promise<void> {
      const answer = await answered(connection.ask("explorer.probe", { function: chosen(focused()), form: measuredForm(), dtype: dtype.get(), x: extended(x.get()), who: asked() }));
      if (!answer) return;
      reading = answer;
      table.replaceChildren(readingTable(answer, measuredForm(), t));
      say(sentence(answer, focused(), measuredForm(), dtype.get(), t));
    }

    async function learn(): Promise<void> {
      for (const name of functions.get().filter((each) => !descriptions.has(each))) {
        try {
          const said = await connection.ask("explorer.describe", { name });
          if (said) descriptions.set(name, said);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
        }
      }
      if (ended.aborted) return;
      setChips();
      setCard();
    }

    const changed = () => {
      refuse("");
      setSliders();
      setChips();
      setCard();
      void learn().then(() => { if (!ended.aborted) update(); });
    };
    say(t("explorer.sentence"));
    changed();
    functions.changed(changed, ended);
    focus.changed(changed, ended);
    form.changed(() => { clearTimeout(timer); void measure(); }, ended);
    forms.changed(() => void drawCurves(), ended);
    for (const cell of [dtype, who]) (cell as Cell<unknown>).changed(() => { clearTimeout(timer); void measure(); }, ended);
    for (const cell of [low, high]) cell.changed(() => queue(), ended);
    x.changed(() => { snap(); void probe(); }, ended);

    let queued = false;
    /** Both ends change together: ask once. */
    function queue(): void {
      if (queued) return;
      queued = true;
      queueMicrotask(() => {
        queued = false;
        errors = errors?.is_every ? { ...errors, is_every: false } : errors;
        if (!ended.aborted) update();
      });
    }
  },
};

const extended = (value: number) => (Number.isNaN(value) ? "nan" : Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf") as number;

/** The place of the number next to x in increasing numbers. */
function nearest(numbers: Float64Array, x: number): number {
  let [first, last] = [0, numbers.length - 1];
  while (last - first > 1) {
    const middle = (first + last) >> 1;
    if ((numbers[middle] as number) <= x) first = middle;
    else last = middle;
  }
  return Math.abs((numbers[last] as number) - x) < Math.abs((numbers[first] as number) - x) ? last : first;
}

/** Where errors are infinite: the ends of each stretch. */
function stretches(x: Float64Array, errors: Float64Array): [number, number][] {
  const found: [number, number][] = [];
  let start = -1;
  for (let i = 0; i <= errors.length; i++) {
    const isInfinite = i < errors.length && !Number.isFinite(errors[i] as number);
    if (isInfinite && start < 0) start = i;
    if (!isInfinite && start >= 0) {
      found.push([x[start] as number, x[i - 1] as number]);
      start = -1;
    }
  }
  return found;
}
