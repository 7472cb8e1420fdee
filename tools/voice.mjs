// Checks the wording of comments, messages and documentation: `pnpm lint`, or `node tools/voice.mjs [PATH ...]`.
//
// Reports indefinite pronouns, whose actor the reader has to guess, and terms of our own for things that have a standard
// name. The glossary of docs/specification.md has the terms to use.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { repositoryRoot } from "@counterpoise/toolchain";

const HELP = `node tools/voice.mjs [options] [PATH ...]

Prints each forbidden word in comments, strings, names and Markdown, with the term to use, and fails if there are any.
PATH limits the check to files whose path begins with it.

  --summary   print the number of findings in each file only
  --report    print the total only, and do not fail`;

/**
 * @typedef {object} Rule
 * @property {RegExp} pattern Spaces in it also match a line break inside a comment.
 * @property {string} use The suggestion.
 */
/** @typedef {{ line: number, word: string, use: string }} Finding */
/** @typedef {{ kind: "comment" | "string" | "code", offset: number, text: string }} Segment */

/** @type {Rule[]} */
const PROSE = [
  rule(
    "(?:who(?:so|m)?ever|everybody|anybody|somebody|nobody)(?:'s)?",
    "name the actor: account, caller, keeper, LP, owner; any account, no account",
  ),
  rule("whatever", 'name the thing, or "any"'),
  rule("(?:remote )?desks?", "LP module, module proxy"),
  rule("forgone", "underfunded"),
  rule("(?:stands?|standing|stood)(?! for\\b)", "pending, open, stays open; applies, is in force"),
  rule("forgets?|forgot(?:ten)?", "writes off, deletes"),
  rule("(?:tells?|telling|told) apart", "distinguishes"),
  rule("(?:is|are|was|were|be|been) told", "receives, is called with"),
  rule("answers? for", "is checked for, pays for, is responsible for"),
  rule("(?:comes? and goe?s?|goe?s? and comes?)", "enters and leaves, deposits and withdraws"),
  rule("by (?:it|them|him|her)sel(?:f|ves)", "alone, automatically; name the trigger"),
  rule("books", "ledger, market settings, records"),
  rule(
    "(?:dropped|forgotten) gaps?|gaps? (?:is|are|was) dropped|drops? (?:a|the|its) (?:hedge )?gap",
    "write off the gap",
  ),
  rule("standing orders?|orders? left", "open order, skipped order"),
  rule("npx pnpm@10", "npx -y pnpm@10, which asks no question without a terminal"),
  rule("OrderLeft", "OrderSkipped"),
  rule("OrderCleared", "OrderExpired"),
  rule("MarginKept", "MarginReturnFailed"),
  rule("HedgeForgone", "HedgeUnderfunded"),
  rule("HedgeGapDropped", "HedgeGapWrittenOff"),
  rule("DeleverageDropped", "DeleverageCancelled"),
  rule("AnnouncementCleared", "AnnouncementExpired"),
  rule("IOfMarket", "IMarketBound"),
  rule("MarketBooks", "MarketSettings"),
  rule("LpRequests(?!\\()", "LpRequestVault"),
  {
    // Case matters: the Vault is the exchange's. A qualified vault (LP, base, quote, hedged, request) is no finding.
    pattern:
      /\b(?:[Tt]he|[Aa]n?|[Tt]his|[Ii]ts|[Ee]ach|[Ee]very|[Aa]nother|[Oo]ther|[Ww]hole|[Ff]lat)\s+(?:(?:\/\/\/?|\*|#)\s*)?vaults?\b(?!\/)/g,
    use: "the maker, the LP vault, the base vault, the quote vault; the Vault for the exchange's",
  },
];

/** Case matters to this one: it finds the first word of a sentence. Questions are exempt. */
const OPENERS = { pattern: /\b(?:What|Who)\b(?![^.!?]*\?)/g, use: "begin the sentence with its subject" };

/** Words inside identifiers: `test_NobodyCanDraw`, `lpDesk`. */
const NAMES = {
  pattern:
    /(?:Whoever|Whatever|Everybody|Anybody|Somebody|Nobody|Desk|Forgone)(?![a-z])|\b_?(?:nobody|anybody|somebody|everybody|whoever|desk|forgone)(?![a-z])/g,
  use: "name the actor or the standard term",
};

/** Files that list the forbidden words, generated files, and texts of others. */
const EXCLUDED = [
  /^tools\/voice(\.test)?\.mjs$/,
  /^pnpm-lock\.yaml$/,
  /(^|\/)LICENSE$/,
  /^packages\/sdk\/src\/generated\//,
  /^packages\/contracts\/mutations\/results\.json$/,
];
const SCANNED = /(\.(sol|ts|tsx|mjs|md|yml|yaml|toml|json|py)|^\.ci\/run)$/;

/**
 * @param {string} words
 * @param {string} use
 * @returns {Rule}
 */
function rule(words, use) {
  return { pattern: new RegExp(`\\b(?:${words.replaceAll(" ", "\\s+(?:(?:///?|\\*|#)\\s*)?")})\\b`, "gi"), use };
}

/**
 * Divides Solidity or TypeScript into comments, contents of strings, and code.
 *
 * @param {string} source
 * @returns {Segment[]}
 */
export function segmentsOf(source) {
  /** @type {Segment[]} */
  const segments = [];
  /** Of each open `${`, the number of braces that are open inside it. @type {number[]} */
  const templates = [];
  let start = 0;
  let at = 0;
  const cut = (/** @type {Segment["kind"]} */ kind, /** @type {number} */ end) => {
    if (end > start) segments.push({ kind, offset: start, text: source.slice(start, end) });
    start = end;
    at = end;
  };
  const find = (/** @type {string} */ text, /** @type {number} */ from) => {
    const found = source.indexOf(text, from);
    return found < 0 ? source.length : found;
  };
  const template = () => {
    while (at < source.length && source[at] !== "`" && !source.startsWith("${", at)) at += source[at] === "\\" ? 2 : 1;
    cut("string", Math.min(at, source.length));
    if (source[at] === "`") at++;
    else if (at < source.length) {
      templates.push(0);
      at += 2;
    }
  };

  while (at < source.length) {
    const character = source[at];
    if (source.startsWith("//", at)) {
      cut("code", at);
      // Lines of comment that follow each other are one comment: terms and sentences go on in the next line.
      const [lines = ""] = /^[^\n]*(?:\n[ \t]*\/\/[^\n]*)*/.exec(source.slice(at)) ?? [];
      cut("comment", at + lines.length);
    } else if (source.startsWith("/*", at)) {
      cut("code", at);
      cut("comment", Math.min(find("*/", at + 2) + 2, source.length));
    } else if (character === '"' || character === "'") {
      cut("code", at + 1);
      while (at < source.length && source[at] !== character && source[at] !== "\n") at += source[at] === "\\" ? 2 : 1;
      cut("string", Math.min(at, source.length));
      at++;
    } else if (character === "`") {
      cut("code", at + 1);
      template();
    } else if (
      character === "/" &&
      /(?:^|[(=,:[!&|?{};\n]|\breturn)\s*$/.test(source.slice(Math.max(0, at - 40), at))
    ) {
      // A regular expression, whose quotes begin no string.
      let inClass = false;
      for (at++; at < source.length && source[at] !== "\n" && (inClass || source[at] !== "/"); at++) {
        if (source[at] === "\\") at++;
        else if (source[at] === "[") inClass = true;
        else if (source[at] === "]") inClass = false;
      }
      at++;
    } else if (templates.length > 0 && (character === "{" || character === "}")) {
      const depth = templates.length - 1;
      if (character === "}" && templates[depth] === 0) {
        templates.pop();
        cut("code", at + 1);
        template();
      } else {
        templates[depth] = (templates[depth] ?? 0) + (character === "{" ? 1 : -1);
        at++;
      }
    } else at++;
  }
  cut("code", source.length);
  return segments;
}

/**
 * @param {string} file Its name decides what is prose in it.
 * @param {string} text
 * @returns {Finding[]}
 */
export function findingsIn(file, text) {
  const isCode = /\.(sol|ts|tsx|mjs)$/.test(file);
  /** @type {Segment[]} */
  const segments = isCode ? segmentsOf(text) : [{ kind: "comment", offset: 0, text }];
  /** @type {(Finding & { offset: number })[]} */
  const found = [];
  for (const segment of segments) {
    const rules = segment.kind === "code" ? [NAMES] : segment.kind === "comment" ? [...PROSE, OPENERS] : PROSE;
    for (const { pattern, use } of rules) {
      for (const match of segment.text.matchAll(pattern)) {
        const offset = segment.offset + match.index;
        found.push({
          offset,
          line: text.slice(0, offset).split("\n").length,
          word: match[0].replace(/\s+(?:\/\/\/?|\*|#)?\s*/g, " "),
          use,
        });
      }
    }
  }
  return found.sort((a, b) => a.offset - b.offset).map(({ line, word, use }) => ({ line, word, use }));
}

/**
 * The files of the repository that the check reads.
 *
 * @param {string[]} prefixes Paths from the root of the repository; none for all files.
 */
export function filesToCheck(prefixes) {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return listed
    .split("\n")
    .filter((file) => SCANNED.test(file) && !EXCLUDED.some((pattern) => pattern.test(file)))
    .filter((file) => prefixes.length === 0 || prefixes.some((prefix) => file.startsWith(prefix)))
    .filter((file) => existsSync(path.join(repositoryRoot, file)));
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      summary: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  let total = 0;
  const files = filesToCheck(positionals);
  for (const file of files) {
    const findings = findingsIn(file, readFileSync(path.join(repositoryRoot, file), "utf8"));
    total += findings.length;
    if (values.report || findings.length === 0) continue;
    if (values.summary) console.log(`${String(findings.length).padStart(5)}  ${file}`);
    else for (const { line, word, use } of findings) console.error(`${file}:${line}: "${word}": ${use}`);
  }
  console.log(`${files.length} files checked, ${total} forbidden words`);
  return total > 0 && !values.report ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
