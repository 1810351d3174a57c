// The one module of the front end: it starts the page of `ogive lab`, and is the widget of `ogive.lab.Explorer`.
import "katex/dist/katex.min.css";
import "./style.css";
import { Connection, type Model, ModelTransport, SocketTransport } from "./connection";
import { languageCell, themeCell } from "./page";
import { shell } from "./shell";
import { addressPlace, type Place } from "./state";

const page = document.getElementById("ogive-lab");
if (page) {
  // the token has done its work: the cookie is set, and the address may be shared
  if (location.search) history.replaceState(null, "", location.pathname + location.hash);
  shell({
    root: page,
    connection: new Connection(new SocketTransport(`ws://${location.host}/ws`)),
    place: addressPlace,
    language: languageCell(document.documentElement.dataset.language ?? ""),
    theme: themeCell(),
    isEmbedded: false,
  });
}

/** What anywidget calls. */
export default {
  render({ model, el }: { model: Model; el: HTMLElement }): () => void {
    let known = String(model.get("view")); // what was read or written last
    const place: Place = {
      read: () => `${String(model.get("room"))}?${String(model.get("view"))}`,
      write: (text) => {
        known = text.split("?", 2)[1] ?? "";
        model.set("view", known);
        model.save_changes();
      },
      changed: (callback) =>
        model.on("change:view", () => {
          if (model.get("view") === known) return; // it comes from here
          known = String(model.get("view"));
          callback();
        }),
    };
    return shell({ root: el, connection: new Connection(new ModelTransport(model)), place, language: languageCell(String(model.get("language"))), theme: themeCell(), isEmbedded: true });
  },
};
