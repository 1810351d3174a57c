// Search as you type, in the dialog and on the search page. The index is pagefind's, and lies beside the pages.

// What Korean hangs on a noun: the index matches beginnings of words, so a noun finds all its forms, and a form only itself.
const PARTICLE = /(?<=[가-힣]{2})(은|는|이|가|을|를|의|에|에서|에게|로|으로|와|과|도|만|까지|부터|보다|처럼|란|이란|라는|이라는)$/;
const PAUSE = 150; // milliseconds of silence before a search
const SHOWN = 12;

const stems = (query) => query.split(/\s+/).map((word) => word.replace(PARTICLE, "")).join(" ");

async function find(pagefind, query) {
  const { results } = await pagefind.search(stems(query));
  return results.length || stems(query) === query ? results : (await pagefind.search(query)).results;
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function entry({ url, meta, excerpt, sub_results }) {
  const parts = sub_results.filter((part) => part.url !== url).slice(0, 3);
  const item = element("li", {}, element("a", { href: url, textContent: meta.title }), element("p", { innerHTML: excerpt }));
  if (parts.length) {
    item.append(element("ul", {}, ...parts.map((part) => element("li", {}, element("a", { href: part.url, textContent: part.title })))));
  }
  return item;
}

function connect(box) {
  const form = box.previousElementSibling;
  const input = form.querySelector("input[name=q]");
  let pagefind, timer;
  let asked = 0;

  async function show() {
    const query = input.value.trim();
    const mine = ++asked;
    if (!query) return box.replaceChildren();
    if (location.protocol === "file:") return box.replaceChildren(element("p", { textContent: box.dataset.served }));
    pagefind ??= await import(new URL(box.dataset.pagefind, location.href));
    const results = await find(pagefind, query);
    const found = await Promise.all(results.slice(0, SHOWN).map((result) => result.data()));
    if (mine !== asked) return; // somebody went on typing
    const count = element("p", { className: "count", textContent: results.length ? box.dataset.some.replace("#", results.length) : box.dataset.none });
    box.replaceChildren(count, element("ol", {}, ...found.map(entry)));
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  };
  input.addEventListener("input", later);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  return { input, show };
}

const boxes = [...document.querySelectorAll(".found")].map(connect);
const wanted = new URLSearchParams(location.search).get("q");
if (wanted && document.querySelector("article .found")) {
  const { input, show } = boxes[0];
  input.value = wanted;
  show();
}
