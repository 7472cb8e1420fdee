import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const sources = fileURLToPath(new URL("../src", import.meta.url));

/** The modules that each module of the SDK imports or re-exports, types included. */
function importsBySource(): Map<string, string[]> {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  const modules = files.filter((file) => file.endsWith(".ts") && !/\.test(-d)?\.ts$/.test(file));
  return new Map(
    modules.map((file) => {
      const text = readFileSync(join(sources, file), "utf8");
      const specifiers = [...text.matchAll(/^(?:import|export|\})[^;]*? from "(\.[^"]+)";$/gms)];
      const imported = specifiers.map(([, specifier]) => join(dirname(file), specifier as string));
      return [file, imported.map((path) => relative(".", path).replace(/\.js$/, ".ts"))];
    }),
  );
}

/** The first cycle of a graph, from a module back to itself; undefined without one. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (module: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(module)) return [...path.slice(path.indexOf(module)), module];
    if (finished.has(module)) return undefined;
    for (const next of graph.get(module) ?? []) {
      const cycle = visit(next, [...path, module]);
      if (cycle) return cycle;
    }
    finished.add(module);
    return undefined;
  };
  for (const module of graph.keys()) {
    const cycle = visit(module, []);
    if (cycle) return cycle;
  }
  return undefined;
}

test("default: no module imports itself through others", () => {
  const graph = importsBySource();
  expect(graph.get("index.ts")).toContain("decorators.ts");
  expect(graph.get("client/define-write.ts")).toEqual(
    expect.arrayContaining(["client/transaction.ts", "client/write.ts"]),
  );
  const missing = [...graph.values()].flat().filter((module) => !graph.has(module));
  expect(missing, "imports of modules that do not exist").toEqual([]);
  expect(cycleIn(graph)).toBeUndefined();
});

test("behavior: finds a cycle of two and of three modules", () => {
  expect(
    cycleIn(
      new Map([
        ["a", ["b"]],
        ["b", ["a"]],
      ]),
    ),
  ).toEqual(["a", "b", "a"]);
  expect(
    cycleIn(
      new Map([
        ["a", ["b", "c"]],
        ["b", []],
        ["c", ["d"]],
        ["d", ["b", "c"]],
      ]),
    ),
  ).toEqual(["c", "d", "c"]);
});
