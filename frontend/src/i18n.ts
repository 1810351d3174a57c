// Words by key. The shell's are in locales/, a room's in its folder: rooms/train/en.json and ko.json, with keys that begin with the
// room's name. English defines the keys; a test and the compiler see to it that Korean has the same.
import shellEn from "./locales/en.json";
import shellKo from "./locales/ko.json";
import type { Language } from "./page";
import auditEn from "./rooms/audit/en.json";
import auditKo from "./rooms/audit/ko.json";
import explorerEn from "./rooms/explorer/en.json";
import explorerKo from "./rooms/explorer/ko.json";
import graphEn from "./rooms/graph/en.json";
import graphKo from "./rooms/graph/ko.json";
import trainEn from "./rooms/train/en.json";
import trainKo from "./rooms/train/ko.json";

const en = { ...shellEn, ...explorerEn, ...graphEn, ...trainEn, ...auditEn };
export type Key = keyof typeof en;
const ko: Readonly<Record<Key, string>> = { ...shellKo, ...explorerKo, ...graphKo, ...trainKo, ...auditKo };
const CATALOGUES: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en, ko };

/** Say something: `t("train.epoch", { n: 12 })` fills `{n}`. */
export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

export function translator(language: Language): Translate {
  const words = CATALOGUES[language];
  return (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Name a family of the catalogue. */
export function familyName(family: string, t: Translate): string {
  const key = `family.${family}`;
  return key in en ? t(key as Key) : family;
}
