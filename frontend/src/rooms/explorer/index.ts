import { Refused } from "../../connection";
import { h } from "../../dom";
import { short } from "../../format";
import { familyName } from "../../i18n";
import { chart, type Colour } from "../../parts/chart";
import { columns, panel } from "../../parts/columns";
import { copyPython } from "../../parts/copy";
import { formula } from "../../parts/formula";
import { listbox } from "../../parts/listbox";
import { slider } from "../../parts/slider";
import type { Room } from "../../room";

const MOST = 6;

export const room: Room = {
  name: "explorer",
  mount(element, { connection, welcome, state, t, theme, say, ended, isEmbedded }) {
    const cards = welcome.cards.filter((card) => card.elementwise);
    const functions = state.list("functions", ["sigmoid"], (name) => cards.some((card) => card.name === name));
    const x = state.number("x", 1);
    const low = state.number("low", -6);
    const high = state.number("high", 6);

    const { left, centre, right } = columns(element, t);
    const items = cards.map(({ name, aliases, family }) => ({ value: name, label: name, note: aliases.join(", "), group: familyName(family, t), words: aliases }));
    const refusal = h("p", { class: "field-error", role: "alert" });
    left.append(
      panel(t("explorer.functions"), listbox({ label: t("explorer.functions"), cell: functions, items, most: MOST, t, ended })),
      panel("x", slider({ label: "x", cell: x, low: -20, high: 20, step: 0.01, t, ended }), refusal),
    );
    const zoom = ([from, to]: readonly [number, number]) => {
      low.set(from);
      high.set(to);
    };
    const curves = chart({ label: t("explorer.curves"), theme, t, ended, cursor: x, zoom });
    const figure = panel(t("explorer.curves"), curves.element);
    figure.classList.add("explorer-figure");
    centre.append(figure);
    const details = h("div");
    right.append(panel(t("explorer.formula"), details, copyPython(() => `import ogive\n\nogive.${functions.get()[0]}(${x.get()})\n`, t)));

    async function update(): Promise<void> {
      const span = [low.get(), high.get()] as const;
      try {
        const answer = await connection.ask("explorer.curves", { functions: functions.get(), low: span[0], high: span[1], columns: curves.columns() });
        if (!answer || ended.aborted) return;
        refusal.textContent = "";
        curves.draw({ x: answer.x, span, curves: answer.curves.map(({ name, values }, i) => ({ name, values, colour: `curve-${i + 1}` as Colour })) });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        refusal.textContent = error.sentence;
      }
    }
    functions.watch((names) => {
      details.replaceChildren(...cards.filter(({ name }) => names.includes(name)).map(({ tex }) => formula(tex, { isEmbedded })));
    }, ended);
    x.watch((value) => say(`${t("explorer.sentence")} x = ${short(value)}`), ended);
    for (const cell of [functions, low, high]) cell.changed(() => void update(), ended);
    void update();
  },
};
