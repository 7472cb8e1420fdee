// The production build: its size, its policy, and the absence of the wallet of the stack.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildWeb } from "../server/build.js";
import { CHART_LOGO_STYLE, contentSecurityPolicy } from "../server/security.js";
import { LOCAL_WALLET_MARK } from "../src/wallet/local-wallet.js";

const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-bundle-"));
const dirs = { production: path.join(folder, "production"), stack: path.join(folder, "stack") };
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  for (const mode of ["production", "stack"] as const) await buildWeb({ outDir: dirs[mode], mode });
});

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
const contains = (dir: string, text: string): string[] =>
  filesIn(dir).filter((file) => readFileSync(file, "utf8").includes(text));

test("behavior: the production build does not contain the wallet of the stack", () => {
  // The text is in the stack's build: the search finds it where it is.
  expect(contains(dirs.stack, LOCAL_WALLET_MARK)).toHaveLength(1);
  expect(contains(dirs.production, LOCAL_WALLET_MARK)).toEqual([]);
  expect(contains(dirs.production, "localAccounts")).toEqual([]);
});

type Manifest = Record<string, { file: string; css?: string[]; imports?: string[]; isEntry?: boolean }>;

test("behavior: the first load is at most 250 kB in gzip, and the chart behind it at most 60 kB", () => {
  const manifest = JSON.parse(readFileSync(path.join(dirs.production, "manifest.json"), "utf8")) as Manifest;
  const needed = new Set<string>(["index.html"]);
  const visit = (key: string): void => {
    const { file, css = [], imports = [] } = manifest[key] as Manifest[string];
    for (const each of [file, ...css]) needed.add(each);
    imports.forEach(visit);
  };
  const entries = Object.keys(manifest).filter((key) => manifest[key]?.isEntry);
  expect(entries).toEqual(["index.html"]);
  entries.forEach(visit);
  const sizeOf = (file: string) => gzipSync(readFileSync(path.join(dirs.production, file))).length;
  const bytes = () => [...needed].reduce((sum, file) => sum + sizeOf(file), 0);
  const first = bytes();
  expect(first).toBeLessThanOrEqual(250_000);
  // Ticket and positions work before it is there.
  visit("src/trade/chart.tsx");
  expect(bytes() - first).toBeLessThanOrEqual(60_000);
});

test("behavior: the page has the policy, and no script or style of its own", () => {
  const html = readFileSync(path.join(dirs.production, "index.html"), "utf8");
  expect(html).toContain('http-equiv="Content-Security-Policy"');
  expect(html).toContain("default-src &#39;none&#39;");
  expect(html).not.toMatch(/<style|<script(?![^>]*src=)|style=/);
  expect(contentSecurityPolicy()).not.toContain("unsafe");
});

test("behavior: the policy has the hash of the chart library's stylesheet", () => {
  const require = createRequire(import.meta.url);
  const library = readFileSync(
    path.join(
      path.dirname(require.resolve("lightweight-charts/package.json")),
      "dist/lightweight-charts.production.mjs",
    ),
    "utf8",
  );
  expect(library).toContain(JSON.stringify(CHART_LOGO_STYLE));
});
