import { h } from "../../dom";
import { columns } from "../../parts/columns";
import type { Room } from "../../room";

export const room: Room = {
  name: "audit",
  mount(element, { t, say }) {
    const { centre } = columns(element, t);
    centre.append(h("h1", {}, t("audit.title")));
    say(t("audit.sentence"));
  },
};
