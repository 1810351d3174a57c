import { Cell } from "./cell";

export type Language = "en" | "ko";
export type Theme = "light" | "dark";

/** What the reader has chosen lasts as long as the tab; storage may be forbidden. */
function stored(key: string): string | null {
  try {
    return sessionStorage.getItem(`ogive.${key}`);
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    sessionStorage.setItem(`ogive.${key}`, value);
  } catch {
    // then it lasts until the page is loaded again
  }
}

/** The language: chosen before, asked for by `--language`, or the browser's. */
export function languageCell(asked: string): Cell<Language> {
  const wanted = stored("language") ?? (asked || navigator.language);
  const cell = new Cell<Language>(wanted.startsWith("ko") ? "ko" : "en");
  cell.changed((language) => store("language", language));
  return cell;
}

/** The theme: chosen before, or that of the system, which it then follows. */
export function themeCell(): Cell<Theme> {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = stored("theme");
  const cell = new Cell<Theme>(chosen === "light" || chosen === "dark" ? chosen : system.matches ? "dark" : "light");
  system.addEventListener("change", () => {
    if (stored("theme") === null) cell.set(system.matches ? "dark" : "light");
  });
  return cell;
}

/** Choose a theme, whatever the system's. */
export function chooseTheme(cell: Cell<Theme>, theme: Theme): void {
  store("theme", theme);
  cell.set(theme);
}
