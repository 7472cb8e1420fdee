// Checks that every attack of docs/security.md has a test that exists and whose name has the attack's number, and that every
// number in a test's name has a row: run by `pnpm lint`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@counterpoise/toolchain";

const page = "docs/security.md";
/** The files of tests, with the pattern of a test's name in them. */
const kinds = [
  { extension: ".sol", pattern: /\bfunction (test\w*)\(/g },
  { extension: ".test.ts", pattern: /\b(?:test|it)\(\s*["'`](.+?)["'`]\s*,/g },
];

/** @type {string[]} */
const faults = [];
const tests = readTests();
const rows = readRows();

/** @type {Map<string, string[]>} By id, the tests whose names have it. */
const carriers = new Map();
for (const [file, names] of tests) {
  for (const name of names) {
    // `_` joins the words of a Solidity name, and is a letter to `\b`.
    for (const id of name.match(/(?<![A-Za-z0-9])T\d+(?![A-Za-z0-9])/g) ?? []) {
      if (!rows.has(id)) faults.push(`${file}: ${name} has ${id}, and ${page} has no row for it`);
      carriers.set(id, [...(carriers.get(id) ?? []), `${name} in ${file}`]);
    }
  }
}

for (const [id, row] of rows) {
  const carrying = carriers.get(id) ?? [];
  if (carrying.length === 0) faults.push(`no test's name has ${id}`);
  if (row.length === 0) faults.push(`${page}: the row of ${id} names no test`);
  for (const { file, name } of row) {
    const names = tests.get(file);
    if (names === undefined) faults.push(`${page}: ${id} names ${file}, which does not exist`);
    else if (!names.includes(name)) faults.push(`${page}: ${id} names ${name}, which is not in ${file}`);
  }
  if (!row.some(({ name }) => new RegExp(`(?<![A-Za-z0-9])${id}(?![A-Za-z0-9])`).test(name))) {
    faults.push(`${page}: no test in the row of ${id} has ${id} in its name`);
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`${rows.size} attacks have their tests`);

/**
 * The folders of every package and app that may have tests.
 *
 * @returns {string[]}
 */
function testFolders() {
  return ["packages", "apps"]
    .flatMap((parent) => readdirSync(path.join(repositoryRoot, parent)).map((name) => `${parent}/${name}`))
    .flatMap((folder) => [`${folder}/src`, `${folder}/test`])
    .filter((folder) => existsSync(path.join(repositoryRoot, folder)));
}

/** @returns {Map<string, string[]>} The names of the tests in each file, by its path from the repository's root. */
function readTests() {
  const found = new Map();
  for (const folder of testFolders()) {
    for (const entry of readdirSync(path.join(repositoryRoot, folder), { recursive: true, encoding: "utf8" })) {
      const kind = kinds.find(({ extension }) => entry.endsWith(extension));
      if (kind === undefined) continue;
      const text = readFileSync(path.join(repositoryRoot, folder, entry), "utf8");
      found.set(
        path.posix.join(folder, entry.split(path.sep).join("/")),
        Array.from(text.matchAll(kind.pattern), ([, name]) => name),
      );
    }
  }
  return found;
}

/**
 * The tests that each row of the table names: files in backticks, each followed by names in backticks.
 *
 * @returns {Map<string, { file: string, name: string }[]>}
 */
function readRows() {
  const found = new Map();
  for (const line of readFileSync(path.join(repositoryRoot, page), "utf8").split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const id = cells[1] ?? "";
    if (!/^T\d+$/.test(id)) continue;
    if (found.has(id)) faults.push(`${page} has two rows for ${id}`);
    const named = [];
    let file = "";
    for (const [, token = ""] of (cells[4] ?? "").matchAll(/`([^`]+)`/g)) {
      if (/\.(sol|ts)$/.test(token))
        file = token.includes("/") && /^(packages|apps)\//.test(token) ? token : `packages/contracts/test/${token}`;
      else named.push({ file, name: token });
    }
    found.set(id, named);
  }
  return found;
}
