#!/usr/bin/env node
// The npm build of solc behind the command line that forge expects of a native one. forge asks for two things only:
// the version, and the compilation of a standard JSON document that it writes to standard input.
import { readFileSync, writeSync } from "node:fs";
import solc from "solc";

if (process.argv.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (process.argv.includes("--standard-json")) {
  const output = Buffer.from(solc.compile(readFileSync(0, "utf8")));
  for (let written = 0; written < output.length; ) written += writeSync(1, output, written);
} else {
  console.error(
    `solc.mjs answers --version and --standard-json only, and was called with: ${process.argv.slice(2).join(" ")}`,
  );
  process.exit(2);
}
