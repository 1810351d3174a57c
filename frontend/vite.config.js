// One module, one style sheet, KaTeX's woff2 fonts, and a note of what they were built from.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineConfig } from "vite";

const target = resolve(import.meta.dirname, "../src/ogive/lab/static");
const sources = ["package-lock.json", "package.json", "public", "src", "tsconfig.json", "vite.config.js"];

function files(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

const sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** Every browser that runs the lab reads woff2: leave the other formats out. */
const onlyWoff2 = {
  name: "only-woff2",
  enforce: "pre",
  transform(code, id) {
    return id.includes("katex") && id.includes(".css") ? code.replace(/,\s*url\([^)]*\.(woff|ttf)\)\s*format\([^)]*\)/g, "") : null;
  },
};

/** A test compares build.json with the sources and the built files, so that neither is committed without the other. */
const note = {
  name: "note",
  closeBundle() {
    const root = import.meta.dirname;
    const paths = sources.flatMap((each) => files(join(root, each))).map((path) => path.slice(root.length + 1)).sort();
    const listed = paths.map((path) => `${sha256(readFileSync(join(root, path)))}  ${path}\n`).join("");
    const built = files(target).map((path) => path.slice(target.length + 1)).filter((path) => path !== "build.json").sort();
    const digests = Object.fromEntries(built.map((path) => [path, sha256(readFileSync(join(target, path)))]));
    writeFileSync(join(target, "build.json"), JSON.stringify({ sources: sha256(listed), files: digests }, null, 1) + "\n");
  },
};

export default defineConfig({
  base: "./",
  plugins: [onlyWoff2, note],
  build: {
    outDir: target,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    target: "es2022",
    rolldownOptions: {
      input: resolve(import.meta.dirname, "src/main.ts"),
      preserveEntrySignatures: "strict",
      output: {
        format: "es",
        codeSplitting: false,
        entryFileNames: "lab.js",
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith(".css")) ? "lab.css" : "fonts/[name][extname]"),
      },
    },
  },
});
