// The structure of the contracts: folders, inheritance, imports and pragmas. Run by `pnpm lint`.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "@counterpoise/toolchain";

/** Most own contracts in the inheritance graph of a deployed contract, itself included, interfaces not counted. */
const MOST_CONTRACTS = 6;
/** @type {Record<string, number>} Contracts with another limit: makers whose accounting two modules share (D186). */
const OWN_LIMITS = {
  BaseVaultModule: 8,
  BaseVaultQuotes: 7,
  QuoteVaultModule: 9,
  QuoteVaultQuotes: 8,
  SpotHedgeQuoteMaker: 7,
};

/**
 * @typedef {object} Source
 * @property {string} text The source with its comments.
 * @property {string} code The source without comments and import clauses.
 * @property {{ from: string, names: string[] }[]} imports Imports of other sources of the same tree.
 */

/**
 * @typedef {object} Declaration
 * @property {"contract" | "abstract contract" | "interface" | "library"} kind
 * @property {string[]} bases
 * @property {string} file
 */

/** @param {string} text */
const withoutComments = (text) =>
  text.replace(/"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (match) => (match.startsWith('"') ? match : ""));

/**
 * @param {string} file Relative to the root of the tree, with `/`.
 * @param {string} text
 * @returns {Source}
 */
export function parseSource(file, text) {
  const bare = withoutComments(text);
  const imports = [];
  for (const [, names = "", from = ""] of bare.matchAll(/\bimport\s*\{([^}]*)\}\s*from\s*"([^"]+)"\s*;/g)) {
    if (!from.startsWith(".")) continue;
    imports.push({
      from: path.posix.join(path.posix.dirname(file), from),
      // `A as B` is used as B.
      names: names
        .split(",")
        .map((name) => name.trim().split(/\s+/).at(-1) ?? "")
        .filter((name) => name !== ""),
    });
  }
  return { text, code: bare.replace(/\bimport\b[^;]*;/g, ""), imports };
}

/**
 * @param {Record<string, Source>} sources
 * @returns {Map<string, Declaration>}
 */
export function declarationsOf(sources) {
  /** @type {Map<string, Declaration>} */
  const declarations = new Map();
  for (const [file, { code }] of Object.entries(sources)) {
    const pattern = /\b(abstract\s+contract|contract|interface|library)\s+(\w+)(?:\s+is\s+([^{]*))?\s*\{/g;
    for (const [, kind = "", name = "", bases = ""] of code.matchAll(pattern)) {
      declarations.set(name, {
        kind: /** @type {Declaration["kind"]} */ (kind.replace(/\s+/g, " ")),
        // Arguments of base constructors are no names of bases.
        bases: bases
          .replace(/\([^)]*\)/g, "")
          .split(",")
          .map((base) => base.trim())
          .filter((base) => base !== ""),
        file,
      });
    }
  }
  return declarations;
}

/**
 * Cycles of folders that import each other, each named once.
 *
 * @param {Record<string, Source>} sources
 * @returns {string[]}
 */
export function folderCycles(sources) {
  /** @type {Map<string, Map<string, string>>} From folder to folder, with an import that makes the edge. */
  const edges = new Map();
  for (const [file, { imports }] of Object.entries(sources)) {
    const folder = path.posix.dirname(file);
    for (const { from } of imports) {
      const target = path.posix.dirname(from);
      if (target === folder) continue;
      const targets = edges.get(folder) ?? new Map();
      if (!targets.has(target)) targets.set(target, `${file} imports ${from}`);
      edges.set(folder, targets);
    }
  }
  /** @type {Map<string, string>} */
  const cycles = new Map();
  /** @param {string[]} trail */
  const visit = (trail) => {
    const last = /** @type {string} */ (trail.at(-1));
    for (const [target] of edges.get(last) ?? []) {
      const start = trail.indexOf(target);
      if (start >= 0) {
        const cycle = trail.slice(start);
        const key = [...cycle].sort().join(" ");
        const imports = cycle.map((folder, index) => edges.get(folder)?.get(cycle[(index + 1) % cycle.length] ?? ""));
        if (!cycles.has(key)) cycles.set(key, `folders import each other: ${imports.join("; ")}`);
      } else {
        visit([...trail, target]);
      }
    }
  };
  for (const folder of edges.keys()) visit([folder]);
  return [...cycles.values()];
}

/**
 * Deployed contracts with too many own contracts in their inheritance graph.
 *
 * @param {Map<string, Declaration>} declarations
 * @returns {string[]}
 */
export function deepInheritance(declarations) {
  /** @param {string} name @param {Set<string>} found */
  const collect = (name, found) => {
    const declaration = declarations.get(name);
    if (declaration === undefined || found.has(name)) return found;
    if (declaration.kind.endsWith("contract")) found.add(name);
    for (const base of declaration.bases) collect(base, found);
    return found;
  };
  const faults = [];
  for (const [name, { kind }] of declarations) {
    if (kind !== "contract") continue;
    const graph = collect(name, new Set());
    const limit = OWN_LIMITS[name] ?? MOST_CONTRACTS;
    if (graph.size > limit)
      faults.push(`${name} inherits ${graph.size} own contracts of at most ${limit}: ${[...graph].join(", ")}`);
  }
  return faults;
}

/**
 * Imports of contracts that are used for nothing but an error's selector. Such errors belong into an interface.
 *
 * @param {Record<string, Source>} sources
 * @param {Map<string, Declaration>} declarations
 * @returns {string[]}
 */
export function selectorImports(sources, declarations) {
  const faults = [];
  for (const [file, { code, imports }] of Object.entries(sources)) {
    for (const name of imports.flatMap(({ names }) => names)) {
      if (!declarations.get(name)?.kind.endsWith("contract")) continue;
      const uses = [...code.matchAll(new RegExp(`(?<![\\w.])${name}\\b`, "g"))];
      const selectors = [
        ...code.matchAll(new RegExp(`(?<![\\w.])${name}\\.[A-Z]\\w*\\.selector\\b|\\brevert\\s+${name}\\.[A-Z]`, "g")),
      ];
      if (uses.length > 0 && uses.length === selectors.length) {
        faults.push(`${file} imports the contract ${name} for its errors only: declare them in an interface`);
      }
    }
  }
  return faults;
}

/**
 * Comments that silence a lint or an analyser in one place.
 *
 * @param {Record<string, Source>} sources
 * @returns {string[]}
 */
export function pragmas(sources) {
  const faults = [];
  for (const [file, { text }] of Object.entries(sources)) {
    for (const [index, line] of text.split("\n").entries()) {
      const pragma = /forge-lint:|slither-disable/.exec(line);
      if (pragma !== null) faults.push(`${file}:${index + 1} has a ${pragma[0].replace(":", "")} pragma`);
    }
  }
  return faults;
}

/**
 * @param {string} folder
 * @returns {Record<string, Source>}
 */
function readSources(folder) {
  const root = path.join(repositoryRoot, folder);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sol"));
  return Object.fromEntries(
    files.sort().map((file) => {
      const name = file.split(path.sep).join("/");
      return [name, parseSource(name, readFileSync(path.join(root, file), "utf8"))];
    }),
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const sources = readSources("packages/contracts/src");
  const declarations = declarationsOf(sources);
  const faults = [
    ...folderCycles(sources),
    ...deepInheritance(declarations),
    ...selectorImports(sources, declarations),
    ...pragmas(sources),
    ...pragmas(readSources("packages/contracts/script")),
  ];
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`${Object.keys(sources).length} sources, no fault`);
}
