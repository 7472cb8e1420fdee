// Checks the references of the documentation, run by `pnpm lint`: the target of every relative link exists, with its anchor;
// every file that a page names exists; and every decision that the repository cites (D and a number) has an anchor in
// docs/decisions and an entry in its index.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "@counterpoise/toolchain";

/** @typedef {{ file: string, line: number, message: string }} Fault */
/** @typedef {Map<string, string>} Texts By path from the repository's root. */

const DECISIONS = "docs/decisions/";
const INDEX = `${DECISIONS}README.md`;
/** A citation of a decision. */
const CITATION = /(?<![\w#&-])D(\d{1,3})(?![\w-])/g;
/** Files that cite decisions. */
const CITING = /\.(md|sol|ts|mjs|py)$/;
/** Code in backticks that names a file. */
const FILE_NAME = /^[\w./@-]+\.(?:sol|ts|mjs|json|md|yml|yaml|toml|py|svg)$/;
/** The folders that pages leave out of a path. */
const FOLDERS = ["", "packages/contracts/", "packages/contracts/src/", "packages/contracts/test/", "packages/sdk/src/"];

/**
 * The faults of a set of files.
 *
 * @param {Texts} texts of Markdown and code
 * @param {string[]} files all files of the repository
 * @returns {Fault[]}
 */
export function faultsIn(texts, files) {
  const pages = [...texts].filter(([file]) => file.endsWith(".md"));
  const anchors = new Map(pages.map(([file, text]) => [file, anchorsOf(text)]));
  return [
    ...pages.flatMap(([file, text]) => brokenLinks(file, text, files, anchors)),
    ...pages.flatMap(([file, text]) => missingFiles(file, text, files)),
    ...decisionFaults(texts, anchors),
  ];
}

/**
 * The anchors of a page: explicit ones, and those that GitHub makes of headings.
 *
 * @param {string} text
 */
export function anchorsOf(text) {
  const explicit = Array.from(text.matchAll(/<a id="([^"]+)"><\/a>/g), ([, id = ""]) => id);
  const headings = Array.from(withoutFences(text).matchAll(/^#+ +(.+)$/gm), ([, heading = ""]) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
  return [...explicit, ...headings];
}

/**
 * @param {string} file
 * @param {string} text
 * @param {string[]} files
 * @param {Map<string, string[]>} anchors
 * @returns {Fault[]}
 */
function brokenLinks(file, text, files, anchors) {
  const faults = [];
  for (const match of withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)) {
    const [target = "", anchor] = (match[1] ?? "").split("#");
    if (/^[a-z]+:/.test(target)) continue;
    const found = target === "" ? file : path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
    const name = found.replace(/\/$/, "");
    const exists = files.some((other) => other === name || other.startsWith(`${name}/`));
    const line = lineOf(text, match.index);
    if (!exists) faults.push({ file, line, message: `links to ${target}, which does not exist` });
    else if (anchor !== undefined && anchors.has(name) && !anchors.get(name)?.includes(anchor)) {
      faults.push({ file, line, message: `links to #${anchor}, which ${name} does not have` });
    }
  }
  return faults;
}

/**
 * @param {string} file
 * @param {string} text
 * @param {string[]} files
 * @returns {Fault[]}
 */
function missingFiles(file, text, files) {
  const faults = [];
  for (const match of withoutFences(text).matchAll(/`([^`\n]+)`/g)) {
    const name = match[1] ?? "";
    if (!FILE_NAME.test(name)) continue;
    const exists = name.includes("/")
      ? FOLDERS.some((folder) => files.includes(folder + name)) ||
        files.includes(path.posix.join(path.posix.dirname(file), name))
      : files.some((other) => path.posix.basename(other) === name);
    if (!exists) faults.push({ file, line: lineOf(text, match.index), message: `names ${name}, which does not exist` });
  }
  return faults;
}

/**
 * @param {Texts} texts
 * @param {Map<string, string[]>} anchors
 * @returns {Fault[]}
 */
function decisionFaults(texts, anchors) {
  /** @type {Fault[]} */
  const faults = [];
  /** @type {Map<string, string>} By number, the page. */
  const decided = new Map();
  for (const [file, ids] of anchors) {
    if (!file.startsWith(DECISIONS) || file === INDEX) continue;
    for (const id of ids.filter((anchor) => /^d\d+$/.test(anchor))) {
      if (decided.has(id)) faults.push({ file, line: 1, message: `${id} is an anchor of ${decided.get(id)} too` });
      decided.set(id, file);
    }
  }
  const index = texts.get(INDEX) ?? "";
  for (const [id, file] of decided) {
    const link = `[${id.toUpperCase()}](${path.posix.basename(file)}#${id})`;
    if (!index.includes(link)) faults.push({ file: INDEX, line: 1, message: `has no ${link}` });
  }
  for (const [file, text] of texts) {
    if (!CITING.test(file)) continue;
    for (const match of text.matchAll(CITATION)) {
      if (decided.has(`d${match[1]}`)) continue;
      faults.push({
        file,
        line: lineOf(text, match.index),
        message: `cites ${match[0]}, which docs/decisions does not have`,
      });
    }
  }
  return faults;
}

/**
 * The text with blank lines in place of fenced code, which quotes output and commands.
 *
 * @param {string} text
 */
function withoutFences(text) {
  return text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, " "));
}

/**
 * @param {string} text
 * @param {number} offset
 */
function lineOf(text, offset) {
  return text.slice(0, offset).split("\n").length;
}

function main() {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const files = listed.split("\n").filter((file) => file !== "" && existsSync(path.join(repositoryRoot, file)));
  const read = files.filter(
    (file) =>
      CITING.test(file) && !file.startsWith("packages/sdk/src/generated/") && !file.startsWith("tools/references."),
  );
  const texts = new Map(read.map((file) => [file, readFileSync(path.join(repositoryRoot, file), "utf8")]));
  const faults = faultsIn(texts, files);
  for (const { file, line, message } of faults) console.error(`${file}:${line}: ${message}`);
  console.log(`${texts.size} files checked, ${faults.length} broken references`);
  return faults.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
