import { h } from "../../dom";
import type { Translate } from "../../i18n";
import type { ExplorerDescription, HallCard } from "../../messages";

/** What a card says, as a list. */
export function facts(said: ExplorerDescription, card: HallCard, t: Translate): HTMLElement {
  const yes = (is: boolean) => t(is ? "explorer.yes" : "explorer.no");
  const bends = said.bends.map(({ x, derivative, is_jump }) => {
    const slope = derivative === "left" || derivative === "right" ? t(`explorer.slope.${derivative}`) : t("explorer.slope", { slope: derivative });
    return `${t(is_jump ? "explorer.jumpAt" : "explorer.kinkAt", { x })}, ${slope}`;
  });
  const rows: [string, string][] = [
    [t("explorer.fact.domain"), said.domain],
    [t("explorer.fact.range"), said.range],
    [t("explorer.fact.limits"), t("explorer.fact.leftRight", { left: said.limits[0], right: said.limits[1] })],
    [t("explorer.fact.slopes"), t("explorer.fact.leftRight", { left: said.slopes[0], right: said.slopes[1] })],
    [t("explorer.fact.symmetry"), said.symmetry === "point" ? t("explorer.symmetry.point", { centre: said.centre }) : t(`explorer.symmetry.${said.symmetry}`)],
    [t("explorer.fact.monotone"), yes(said.is_monotone)],
    [t("explorer.fact.lipschitz"), said.lipschitz],
    [t("explorer.fact.centred"), yes(said.is_zero_centred)],
    [t("explorer.fact.saturates"), t(`explorer.saturates.${said.saturates}`)],
    [t("explorer.fact.bends"), bends.join("; ") || t("explorer.none")],
    [t("explorer.fact.inverse"), said.inverse || t("explorer.none")],
    [t("explorer.fact.bound"), t("explorer.fact.boundIs", { bound: said.bound })],
    [t("explorer.fact.names"), card.aliases.join(", ") || t("explorer.none")],
  ];
  const list = h("dl", { class: "explorer-facts" }, ...rows.flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
  if (said.elsewhere) list.append(h("dt", {}, t("explorer.fact.elsewhere")), h("dd", { lang: "en" }, said.elsewhere));
  return list;
}
