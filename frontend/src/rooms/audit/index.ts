import "./audit.css";
import { h, unique } from "../../dom";
import { number, short, typed } from "../../format";
import { familyName } from "../../i18n";
import type { AuditBegin, AuditFinding, AuditNumber, AuditSubject, AuditSubjects, AuditView } from "../../messages";
import { columns, panel } from "../../parts/columns";
import { copyPython, copyText } from "../../parts/copy";
import { fieldError } from "../../parts/field";
import type { Context, Room } from "../../room";
import { Auditor, type Shown } from "./auditor";
import { histogram, ulpPicture } from "./picture";
import { formName, kindName, many, regionName, sentence, ulps } from "./words";

const DTYPES = ["float16", "bfloat16", "float32", "float64"] as const;
const USUAL = { float16: "", bfloat16: "", float32: "17", float64: "14" } as const; // powers of two in a sample
const USUAL_ROWS = "10";
const STORED = "ogive.audit"; // the last report of this tab, so that it survives a reload
const LARGEST_FILE = 1_500_000; // characters; as a message it becomes longer

export const room: Room = {
  name: "audit",
  mount(element, context) {
    const menu = context.kept.get("menu") as AuditSubjects | undefined;
    if (menu) return furnish(element, context, menu);
    context.say(context.t("audit.sentence"));
    columns(element, context.t); // the frame is there at once
    void context.connection.ask("audit.menu", {}).then((answer) => {
      if (!answer) return;
      context.kept.set("menu", answer);
      if (!context.ended.aborted) furnish(element, context, answer);
    });
  },
};

function furnish(element: HTMLElement, { connection, welcome, state, kept, language, t, say, ended }: Context, menu: AuditSubjects): void {
  const subjects = new Map(menu.subjects.map((subject) => [subject.name, subject]));
  const subjectOf = (name: string): AuditSubject => subjects.get(name) as AuditSubject;
  const functions = state.choice("function", "sigmoid", [...subjects.keys()]);
  const form = state.text("form", "value");
  const target = state.text("target", "scipy:expit");
  const dtype = state.choice("dtype", "float32", DTYPES);
  const inputs = state.text("inputs", "");
  const allowed = state.number("ulp", 1, 0.5, 2 ** 60);
  const chosen = state.whole("finding", 0, 0);

  const auditor = (kept.get("auditor") as Auditor | undefined) ?? new Auditor(connection, remember);
  kept.set("auditor", auditor);
  element.replaceChildren();
  const { left, centre, right } = columns(element, t);

  // ── what is asked ──

  const forms = () => subjectOf(functions.get()).forms;
  const peers = () => forms().find(({ name }) => name === form.get())?.peers ?? [];
  const isSmall = () => (dtype.get() === "float16" || dtype.get() === "bfloat16") && !subjectOf(functions.get()).rows;
  const sizes = (): readonly string[] => {
    if (isSmall()) return [""];
    const { rows } = subjectOf(functions.get());
    const [low, high] = rows ? [menu.least_rows, menu.most_rows] : [menu.least, menu.most];
    const powers = Array.from({ length: Math.log2(high / low) + 1 }, (_, i) => String(Math.log2(low) + i));
    return rows || dtype.get() === "float64" ? powers : [...powers, "all"];
  };
  /** The size that is chosen, if there is such a size; else the usual one. */
  const size = () => (sizes().includes(inputs.get()) ? inputs.get() : isSmall() ? "" : subjectOf(functions.get()).rows ? USUAL_ROWS : USUAL[dtype.get()]);
  const count = () => (size() === "" || size() === "all" ? null : 2 ** Number(size()));
  const asked = (): AuditBegin => ({ target: target.get().trim(), function: functions.get(), form: form.get(), dtype: dtype.get(), count: count(), max_ulp: allowed.get(), language });
  const key = () => JSON.stringify({ ...asked(), language: "" });

  const python = () => {
    const parts = [JSON.stringify(target.get().trim()), JSON.stringify(functions.get())];
    if (form.get() !== "value") parts.push(`form=${JSON.stringify(form.get())}`);
    parts.push(`dtype="${dtype.get()}"`);
    parts.push(`inputs=${count() ?? '"exhaustive"'}`);
    if (allowed.get() !== 1) parts.push(`max_ulp=${allowed.get()}`);
    return `from ogive.audit import audit\n\nreport = audit(${parts.join(", ")})\nprint(report.text())\n`;
  };
  const command = () => {
    const parts = ["ogive", "audit", quoted(target.get().trim()), functions.get()];
    if (form.get() !== "value") parts.push("--form", form.get());
    parts.push("--dtype", dtype.get(), ...(count() === null ? ["--exhaustive"] : ["--sample", String(count())]));
    if (allowed.get() !== 1) parts.push("--max-ulp", String(allowed.get()));
    return parts.join(" ");
  };

  // ── the controls ──

  const menuOf = (label: string) => {
    const id = unique("menu");
    const element = h("select", { id });
    return { element, field: h("div", { class: "field select" }, h("label", { for: id }, label), element) };
  };
  const fill = (menu: HTMLSelectElement, values: readonly string[], label: (value: string) => string, value: string) => {
    menu.replaceChildren(...values.map((each) => h("option", { value: each }, label(each))));
    menu.value = value;
  };

  const functionMenu = menuOf(t("audit.function"));
  functionMenu.element.append(
    ...welcome.families.map((family) => {
      const own = menu.subjects.filter((subject) => subject.family === family);
      return own.length > 0 && h("optgroup", { label: familyName(family, t) }, ...own.map(({ name }) => h("option", { value: name }, name)));
    }).filter((group) => group !== false),
  );
  functionMenu.element.addEventListener("change", () => change(() => functions.set(functionMenu.element.value)));
  const formMenu = menuOf(t("audit.form"));
  formMenu.element.addEventListener("change", () => change(() => form.set(formMenu.element.value)));
  const dtypeMenu = menuOf(t("audit.dtype"));
  fill(dtypeMenu.element, DTYPES, (name) => name, dtype.get());
  dtypeMenu.element.addEventListener("change", () => dtype.set(dtypeMenu.element.value as (typeof DTYPES)[number]));
  const inputsMenu = menuOf(t("audit.inputs"));
  inputsMenu.element.addEventListener("change", () => inputs.set(inputsMenu.element.value));

  /** Change the question; a target that was known for the old one gives way to one for the new, of the same library if there is one. */
  function change(how: () => void): void {
    const before = peers();
    how();
    if (!forms().some(({ name }) => name === form.get())) form.set("value");
    if (!before.includes(target.get().trim())) return;
    const library = `${target.get().trim().split(":")[0]}:`;
    const now = peers();
    target.set(now.find((peer) => peer.startsWith(library)) ?? now[0] ?? "");
  }

  const targetField = h("input", { type: "text", id: unique("target"), spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
  const targetError = fieldError(targetField);
  targetField.addEventListener("input", () => target.set(targetField.value));
  targetField.addEventListener("keydown", (event) => {
    if (event.key === "Enter") begin();
  });
  const known = h("div", { class: "known", role: "group", "aria-label": t("audit.known") });
  const ulpField = h("input", { type: "text", inputmode: "decimal", id: unique("ulp"), autocomplete: "off" });
  const ulpError = fieldError(ulpField);
  ulpField.addEventListener("change", () => {
    const value = typed(ulpField.value);
    if (value === undefined) ulpError.show(t("part.notANumber", { text: ulpField.value }));
    else if (!(value >= 0.5 && value <= 2 ** 60)) ulpError.show(t("part.range", { low: "0.5", high: "2⁶⁰" }));
    else {
      ulpError.show("");
      allowed.set(value);
    }
  });
  const go = h("button", { type: "button", class: "button primary go" });
  const alert = h("p", { class: "field-error", role: "alert" });
  go.addEventListener("click", () => (auditor.isRunning ? auditor.stop() : begin()));
  const commandHint = h("p", { class: "quiet" }, t("audit.commandHint"));

  function begin(): void {
    if (size() === "all" || auditor.isRunning) return;
    chosen.set(0);
    void auditor.begin(asked());
  }

  const code = panel(t("audit.report"));
  code.classList.add("audit-report");
  left.append(
    panel(
      t("audit.target"),
      h("div", { class: "field" }, targetField, known, h("p", { class: "quiet" }, t("audit.targetHint")), targetError.element),
      h("div", { class: "pair" }, functionMenu.field, formMenu.field, dtypeMenu.field, inputsMenu.field, h("div", { class: "field select ulp-field" }, h("label", { for: ulpField.id }, t("audit.allowed")), ulpField), go, ulpError.element),
      commandHint,
      alert,
    ),
    code,
  );
  targetField.setAttribute("aria-label", t("audit.target"));

  for (const cell of [functions, form, dtype, inputs, target]) cell.watch(() => showControls(), ended);
  allowed.watch((value) => {
    ulpField.value = String(value);
    ulpError.show("");
  }, ended);

  function showControls(): void {
    functionMenu.element.value = functions.get();
    if (!forms().some(({ name }) => name === form.get())) form.set("value");
    fill(formMenu.element, forms().map(({ name }) => name), (name) => formName(name, t), form.get());
    dtypeMenu.element.value = dtype.get();
    const { rows } = subjectOf(functions.get());
    const label = (each: string) =>
      each === "" ? t("audit.all", { n: many(2 ** 16) }) : each === "all" ? t("audit.allOnCommand") : rows ? t("audit.rowsOf", { n: many(2 ** Number(each)) }) : t("audit.sampleOf", { power: raised(each) });
    fill(inputsMenu.element, sizes(), label, size());
    inputsMenu.element.disabled = sizes().length === 1;
    if (targetField.value !== target.get()) targetField.value = target.get();
    known.replaceChildren(
      ...peers().map((peer) => h("button", { type: "button", class: "peer", "aria-pressed": String(peer === target.get().trim()), click: () => { target.set(peer); focusPeer(peer); } }, peer)),
    );
    commandHint.hidden = size() !== "all";
    showGo();
  }

  /** The buttons are made anew when one is pressed; the focus stays on it. */
  function focusPeer(peer: string): void {
    [...known.children].find((button): button is HTMLElement => button.textContent === peer && button instanceof HTMLElement)?.focus();
  }

  function showGo(): void {
    go.textContent = t(auditor.isRunning ? "audit.stop" : "audit.begin");
    go.classList.toggle("primary", !auditor.isRunning);
    go.disabled = size() === "all" && !auditor.isRunning;
  }

  // ── files ──

  const file = h("input", { type: "file", accept: ".json,application/json", "aria-label": t("audit.openLabel"), class: "file", tabindex: -1, hidden: true });
  const openButton = h("button", { type: "button", class: "button", click: () => file.click() }, t("audit.open"));
  file.addEventListener("change", () => {
    const [first] = file.files ?? [];
    if (first) void open(first);
    file.value = "";
  });
  const fileAlert = h("p", { class: "field-error", role: "alert" });
  const which = menuOf(t("audit.which"));
  which.element.addEventListener("change", () => void auditor.open(kept.get("text") as string, language, Number(which.element.value)));
  which.field.hidden = true;

  async function open(from: File): Promise<void> {
    fileAlert.textContent = "";
    if (from.size > LARGEST_FILE) {
      fileAlert.textContent = t("audit.tooLarge", { most: LARGEST_FILE / 1e6, size: short(from.size / 1e6, 3) });
      return;
    }
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await from.arrayBuffer());
    } catch {
      fileAlert.textContent = t("audit.unreadable");
      return;
    }
    kept.set("text", text); // it may hold several reports
    chosen.set(0);
    await auditor.open(text, language);
  }
  element.addEventListener("dragover", (event) => {
    event.preventDefault();
    code.classList.add("over");
  });
  element.addEventListener("dragleave", () => code.classList.remove("over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    code.classList.remove("over");
    const [first] = event.dataTransfer?.files ?? [];
    if (first) void open(first);
  });

  const view = (): AuditView | null => {
    const now = auditor.shown.get();
    return now.state === "report" ? now.view : null;
  };
  const saveJson = h("button", { type: "button", class: "button", click: () => download(view()?.text ?? "", ".json", "application/json") }, t("audit.saveJson"));
  const saveHtml = h("button", { type: "button", class: "button", click: () => void page() }, t("audit.saveHtml"));
  async function page(): Promise<void> {
    const answer = await connection.ask("audit.page", { text: view()?.text ?? "", language });
    if (answer) download(answer.text, ".html", "text/html");
  }
  function download(held: string, suffix: string, type: string): void {
    const now = view();
    if (!now) return;
    const link = h("a", { href: URL.createObjectURL(new Blob([held], { type })), download: `${now.target} ${now.question}`.replace(/[^\p{L}\p{N}._-]+/gu, "-") + suffix });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
  code.append(
    h("div", { class: "buttons" }, saveJson, saveHtml),
    h("div", { class: "open" }, openButton, file, h("span", { class: "quiet" }, t("audit.openHint"))),
    which.field,
    fileAlert,
    h("div", { class: "buttons" }, copyPython(python, t), copyText(t("audit.copyCommand"), command, t)),
  );

  // ── what was found ──

  const picture = ulpPicture(t("audit.picture"), t("audit.pictureHint"), t);
  const rowsHint = h("p", { class: "quiet" }, t("audit.rowsPicture"));
  const bars = h("div", { class: "bars" });
  const progress = h("progress", { "aria-label": t("audit.picture"), max: 1, value: 0 });
  const figure = panel(t("audit.picture"), progress, picture.element, bars, rowsHint);
  figure.classList.add("audit-figure");
  const findings = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("audit.findings") });
  const regions = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("audit.regions") });
  const stretches = panel(t("audit.regions"), regions);
  const below = h("div", { class: "audit-tables" }, panel(t("audit.findings"), findings), stretches);
  centre.append(figure, below);
  const numbers = h("div");
  const detail = h("div", { class: "audit-detail" });
  const detailPanel = panel(t("audit.findings"), detail);
  right.append(panel(t("audit.numbers"), numbers), detailPanel);

  function show(now: Shown): void {
    say(sentence(now, t));
    showGo();
    const report = now.state === "report" ? now.view : null;
    const isRunning = now.state === "running";
    const passed = "asked" in now ? now.progress : null;
    progress.classList.toggle("idle", !isRunning);
    if (passed && passed.total > 0) progress.value = passed.done / passed.total;
    else if (isRunning) progress.removeAttribute("value");
    const axis = report ? report.axis : "asked" in now ? now.axis : null;
    const hasRows = report ? report.axis === null : "asked" in now && now.axis === null && passed !== null;
    picture.element.hidden = hasRows;
    stretches.hidden = hasRows;
    const heading = figure.querySelector("h2");
    if (heading) heading.textContent = t(hasRows ? "audit.histogram" : "audit.picture");
    bars.replaceChildren(...(report && hasRows ? [histogram(report, t)] : []));
    bars.hidden = !hasRows || !report;
    rowsHint.hidden = !hasRows || report !== null;
    for (const button of [saveJson, saveHtml]) button.disabled = report === null;
    which.field.hidden = (report?.names.length ?? 0) < 2;
    if (report && report.names.length > 1) fill(which.element, report.names.map((_, i) => String(i)), (i) => report.names[Number(i)] ?? "", String(report.index));
    alert.textContent = now.state === "failed" ? now.sentence : "";
    picture.draw({ axis, picture: report ? report.picture : (passed?.picture ?? null), allowed: number(report?.allowed ?? ("asked" in now ? (now.asked.max_ulp ?? 1) : 1)), span: report ? (report.findings[chosen.get()]?.span ?? null) : null });
    showFindings(report);
    showRegions(report);
    showNumbers(report);
    showDetail(report);
  }

  function showFindings(report: AuditView | null): void {
    if (!report || report.findings.length === 0) {
      findings.replaceChildren(h("p", { class: "quiet" }, t(report ? "audit.noFindings" : "audit.notYet")));
      return;
    }
    const at = Math.min(chosen.get(), report.findings.length - 1);
    const rows = report.findings.map((finding, i) =>
      h("tr", { class: i === at ? "chosen" : null, click: () => choose(i) },
        h("td", {}, h("button", { type: "button", class: `finding ${finding.grade}`, "aria-pressed": String(i === at) }, h("span", { class: "grade" }, t(`audit.grade.${finding.grade}`)), kindName(finding, t))),
        h("td", { class: "much" }, finding.count === 0 ? "" : many(finding.count)),
        h("td", { class: "much" }, finding.ulp === null ? "" : ulps(Math.abs(number(finding.ulp)), t)),
      ),
    );
    findings.replaceChildren(table([t("audit.kindHead"), t("audit.countHead"), t("audit.errorHead")], rows));
  }

  function choose(i: number): void {
    const hadFocus = findings.contains(document.activeElement);
    chosen.set(i);
    if (hadFocus) findings.querySelectorAll<HTMLElement>(".finding")[i]?.focus();
  }

  function showRegions(report: AuditView | null): void {
    if (!report) {
      regions.replaceChildren(h("p", { class: "quiet" }, t("audit.notYet")));
      return;
    }
    const rows = report.regions.map((region) => {
      const isWrong = number(region.max_ulp) > number(report.allowed);
      return h("tr", { class: isWrong ? "wrong" : null },
        h("th", { scope: "row" }, regionName(region.name, t)),
        h("td", { class: "much" }, region.not_nearest === 0 ? "0" : percent(region.not_nearest, region.count)),
        h("td", { class: "much" }, isWrong ? h("span", { class: "sign", "aria-hidden": "true" }, "▲ ") : null, Number.isFinite(number(region.max_ulp)) ? short(number(region.max_ulp), 3) : "∞"),
        h("td", { class: "much", title: region.worst.bits }, region.worst.text),
      );
    });
    regions.replaceChildren(table([t("audit.regionHead"), t("audit.missedHead"), t("audit.largestHead"), t("audit.worstHead")], rows));
  }

  function showNumbers(report: AuditView | null): void {
    if (!report) {
      numbers.replaceChildren(h("p", { class: "quiet" }, t("audit.notYet")));
      return;
    }
    const results = report.axis ? report.count : report.histogram.reduce((sum, each) => sum + each, 0); // rows have many
    const facts: [string, string][] = [
      [t("audit.tried"), many(report.count)],
      [t("audit.missed"), report.not_nearest === 0 ? "0" : `${many(report.not_nearest)} (${percent(report.not_nearest, results)})`],
      [t("audit.largest"), ulps(number(report.max_ulp), t)],
      ...(number(report.max_ulp_normal) === number(report.max_ulp) ? [] : [[t("audit.largestNormal"), ulps(number(report.max_ulp_normal), t)] as [string, string]]),
      [t("audit.mean"), ulps(number(report.mean_ulp), t)],
      [t("audit.seconds"), t("audit.secondsOf", { n: short(report.seconds, 2) })],
      ...report.versions.map(({ package: name, version }) => [name, version] as [string, string]),
    ];
    const { worst } = report;
    numbers.replaceChildren(
      h("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
      ...(worst ? [
        h("h3", {}, t("audit.worst")),
        table([], [numberRow(t("audit.x"), [worst.x]), numberRow(t("audit.got"), [worst.got]), numberRow(t("audit.expected"), [worst.expected])]),
        ...(worst.confirmed === null ? [] : [h("p", { class: "quiet" }, t(worst.confirmed ? "audit.confirmed" : "audit.unconfirmed"))]),
      ] : []),
    );
  }

  function showDetail(report: AuditView | null): void {
    const finding = report?.findings[Math.min(chosen.get(), report.findings.length - 1)];
    detailPanel.hidden = !finding;
    if (!finding) return detail.replaceChildren();
    const heading = detailPanel.querySelector("h2");
    if (heading) heading.replaceChildren(h("span", { class: `grade ${finding.grade}` }, t(`audit.grade.${finding.grade}`)), ` ${kindName(finding, t)}`);
    const rows = ([["audit.x", finding.x], ["audit.got", finding.got], ["audit.expected", finding.expected], ["audit.between", finding.ends]] as const)
      .filter(([name, held]) => held.length > 0 && !(name === "audit.between" && held[0]?.bits === held[1]?.bits))
      .map(([name, held]) => numberRow(t(name), held));
    detail.replaceChildren(
      h("p", {}, t(`audit.says.${finding.name}` as Parameters<typeof t>[0])),
      table([], rows),
      ...(finding.more > 0 ? [h("p", { class: "quiet" }, t("audit.more", { n: finding.more }))] : []),
      h("p", { class: "quiet says", lang: "en" }, finding.says),
      ...(finding.reproducer ? [h("h3", {}, t("audit.reproducer")), reproducer(finding)] : []),
    );
  }

  function reproducer(finding: AuditFinding): HTMLElement {
    const shown = h("pre", { tabindex: 0, role: "region", "aria-label": t("audit.reproducer") }, h("code", { lang: "en" }, finding.reproducer.trim()));
    return h("div", { class: "reproducer" }, shown, copyText(t("audit.copyCode"), () => finding.reproducer, t));
  }

  auditor.shown.watch(show, ended);
  chosen.changed(() => show(auditor.shown.get()), ended);
  auditor.refusal.watch((refusal) => {
    targetError.show("");
    fileAlert.textContent = alert.textContent = "";
    if (!refusal) return;
    if (refusal.field === "target") targetError.show(refusal.sentence);
    else if (refusal.field === "max_ulp") ulpError.show(refusal.sentence);
    else if (refusal.field === "file" || refusal.field === "text") fileAlert.textContent = refusal.sentence;
    else alert.textContent = refusal.sentence;
  }, ended);

  // ── across a reload ──

  function remember(report: AuditView): void {
    try {
      sessionStorage.setItem(STORED, JSON.stringify({ key: key(), text: report.text }));
    } catch {
      // it is too long, or forbidden: then a reload begins with an empty picture
    }
  }
  if (auditor.shown.get().state === "empty") {
    try {
      const stored = JSON.parse(sessionStorage.getItem(STORED) ?? "null") as { key: string; text: string } | null;
      if (stored?.key === key()) void auditor.open(stored.text, language);
    } catch {
      // as above
    }
  }
}

function table(heads: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const head = heads.length > 0 && h("thead", {}, h("tr", {}, ...heads.map((text, i) => h("th", { scope: "col", class: i > 0 ? "much" : null }, text))));
  return h("table", {}, head, h("tbody", {}, ...rows));
}

/** A row of numbers, each with its bits. */
function numberRow(name: string, held: readonly AuditNumber[]): HTMLElement {
  return h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, ...held.map(({ text, bits }) => h("div", { class: "number-and-bits" }, h("span", {}, text), h("span", { class: "mono" }, bits)))));
}

const raised = (power: string) => [...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");

const percent = (part: number, whole: number) => `${part > 0 && part < whole && part / whole > 0.99 ? "> 99" : short((100 * part) / whole, 2)} %`;

/** Quote a word for a POSIX shell. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
