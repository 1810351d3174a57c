import type { Cell } from "../../cell";
import { h, svg } from "../../dom";
import { number, short } from "../../format";
import type { Translate } from "../../i18n";
import type { TrainFrame, TrainHealth } from "../../messages";
import type { Language, Theme } from "../../page";
import { chart } from "../../parts/chart";
import { panel } from "../../parts/columns";
import type { Unit } from "./diagram";
import type { Curve } from "./run";

interface Options {
  readonly t: Translate;
  readonly language: Language;
  readonly theme: Cell<Theme>;
  readonly ended: AbortSignal;
}

export interface Health {
  readonly elements: readonly HTMLElement[];
  loss(frame: TrainFrame | null, curve: Curve): void;
  /** Show what was measured; before that, the layers by their activations. */
  show(health: TrainHealth | null, activations: readonly string[]): void;
  choose(unit: Unit | null): void;
}

const BETWEEN_CURVES = 100; // milliseconds
const WIDTH = 100; // of a small drawing's own coordinates
const DECADES = 8; // of a gradient's bar

/** Columns of counts. */
function columnsOf(counts: ArrayLike<number>, height: number): SVGSVGElement {
  const most = Math.max(1, ...Array.from(counts));
  const each = WIDTH / counts.length;
  const bars = Array.from(counts, (count, i) => svg("rect", { x: i * each, width: each * 0.9, y: height - (count / most) * height, height: (count / most) * height }));
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, preserveAspectRatio: "none", height, "aria-hidden": "true", class: "train-bars" }, ...bars);
}

const percent = (share: number) => `${Math.round(share * 100)}%`;

/** The details: losses, and layer by layer values, gradients and lamps, with the sentence that says what is wrong. */
export function health({ t, language, theme, ended }: Options): Health {
  const curves = chart({ label: t("train.lossChart"), theme, t, ended });
  const [trainLoss, trainRight, testLoss, testRight] = [h("dd"), h("dd"), h("dd"), h("dd")];
  const key = h("dl", { class: "train-key" }, h("dt", {}, t("train.train")), trainLoss, trainRight, h("dt", { class: "test" }, t("train.test")), testLoss, testRight);
  const rows = h("tbody");
  const table = h(
    "table", { class: "train-health" },
    h("colgroup", {}, ...["28%", "18%", "23%", "31%"].map((width) => h("col", { width }))),
    h("thead", {}, h("tr", {}, ...(["train.layer", "train.values", "train.gradient", "train.lamps"] as const).map((each) => h("th", { scope: "col" }, t(each))))),
    rows,
  );
  const sentence = h("p", { class: "train-vitals" }, t("train.notYet"));
  const detail = h("div", { class: "train-detail", "aria-live": "polite" });
  let last: TrainHealth | null = null;
  let unit: Unit | null = null;
  let drawn = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function row(layer: TrainHealth["layers"][number], isOutput: boolean): HTMLElement {
    const gradient = number(layer.gradient);
    const share = gradient > 0 ? Math.min(1, Math.max(0, (Math.log10(gradient) + DECADES - 1) / DECADES)) : 0;
    const bar = svg("svg", { viewBox: `0 0 ${WIDTH} 8`, preserveAspectRatio: "none", height: 8, "aria-hidden": "true" }, svg("rect", { class: "train-flow", width: share * WIDTH, height: 8 }));
    const [dead, flat] = [number(layer.dead), number(layer.saturated)];
    const lamps = isOutput
      ? h("td", {})
      : h(
          "td", { class: "train-lamps" },
          h("div", { class: dead > 0 ? "lit" : "" }, `${dead > 0 ? "✕" : "○"} ${t("train.nDead", { share: percent(dead) })}`),
          h("div", { class: flat > 0.8 ? "lit" : "" }, `${flat > 0.8 ? "▬" : "○"} ${t("train.nFlat", { share: percent(flat) })}`),
        );
    return h(
      "tr", {},
      h("td", { title: layer.activation }, isOutput ? t("train.out") : h("span", {}, `${layer.layer} `, h("span", { class: "quiet" }, layer.activation))),
      h("td", {}, layer.counts.length > 0 ? columnsOf(layer.counts, 26) : null),
      h("td", {}, bar, short(gradient, 2)),
      lamps,
    );
  }

  function showUnit(): void {
    if (!unit) {
      detail.replaceChildren(h("p", { class: "quiet" }, t("train.chosenNone")));
      return;
    }
    const size = last?.counts.shape[1] ?? 0;
    const counts = last?.counts.data.subarray(unit.index * size, (unit.index + 1) * size);
    const ends = last?.ends.data.subarray(unit.index * 2, unit.index * 2 + 2);
    detail.replaceChildren(
      h("p", {}, t("train.chosen", { unit: unit.unit, layer: unit.layer })),
      ...(counts && counts.length > 0 && ends ? [columnsOf(counts, 56), h("p", { class: "quiet" }, t("train.fromTo", { low: short(ends[0] ?? 0, 3), high: short(ends[1] ?? 0, 3) }))] : []),
    );
  }
  showUnit();
  ended.addEventListener("abort", () => clearTimeout(waiting));

  return {
    elements: [
      panel(t("train.loss"), h("div", { class: "train-loss" }, curves.element), key),
      panel(t("train.vitals"), table, sentence),
      panel(t("train.values"), detail),
    ],
    loss(frame, curve) {
      trainLoss.textContent = frame ? short(number(frame.loss), 3) : "";
      trainRight.textContent = frame ? t("train.right", { share: percent(frame.accuracy) }) : "";
      testLoss.textContent = frame ? (frame.test_loss === null ? t("train.none") : short(number(frame.test_loss), 3)) : "";
      testRight.textContent = frame?.test_accuracy != null ? t("train.right", { share: percent(frame.test_accuracy) }) : "";
      clearTimeout(waiting);
      const draw = () => {
        drawn = performance.now();
        const hasTest = curve.test.some((loss) => !Number.isNaN(loss));
        const most = Math.max(0.1, ...[...curve.train, ...curve.test].filter(Number.isFinite));
        curves.draw({
          x: curve.epochs,
          span: [0, Math.max(20, curve.epochs.at(-1) ?? 0)],
          height: [0, most * 1.05],
          curves: [
            { name: t("train.train"), values: curve.train, colour: "value", width: 2 },
            ...(hasTest ? [{ name: t("train.test"), values: curve.test, colour: "derivative" as const, width: 2, dash: [4, 3] }] : []),
          ],
        });
      };
      const wait = BETWEEN_CURVES - (performance.now() - drawn);
      if (wait <= 0) draw();
      else waiting = setTimeout(draw, wait);
    },
    show(health, activations) {
      last = health;
      const isIll = health !== null && health.finding !== "healthy";
      sentence.className = `train-vitals ${health === null ? "" : isIll ? "ill" : "well"}`;
      sentence.textContent = health === null ? t("train.notYet") : language === "ko" ? health.korean : health.english;
      rows.replaceChildren(
        ...(health
          ? health.layers.map((layer, i, all) => row(layer, i === all.length - 1))
          : [...activations.map((name, i) => `${i + 1} ${name}`), t("train.out")].map((name) => h("tr", {}, h("td", { class: "quiet" }, name), h("td"), h("td", {}, t("train.none")), h("td")))),
      );
      showUnit();
    },
    choose(next) {
      unit = next;
      showUnit();
    },
  };
}
