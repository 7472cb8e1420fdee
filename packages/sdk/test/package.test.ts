import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as sdk from "../src/index.js";

// The package as npm would ship it, seen from a project that installed it.

const root = fileURLToPath(new URL("..", import.meta.url));
const typescript = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const consumer = realpathSync(mkdtempSync(join(tmpdir(), "counterpoise-sdk-")));
const installed = join(consumer, "node_modules", "@counterpoise", "sdk");
let tarball: string;

beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", consumer], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  tarball = join(consumer, JSON.parse(packed)[0].filename);
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
  symlinkSync(realpathSync(join(root, "node_modules", "viem")), join(consumer, "node_modules", "viem"));
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ type: "module" }));
}, 60_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

test("default: ships the build, the readme and the licence, and no test", () => {
  expect(readdirSync(installed).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
  const files = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" });
  expect(files).toContain("index.js");
  expect(files.filter((file) => /test/.test(file))).toEqual([]);
});

test("default: imports as an ES module with all exports of the sources", () => {
  const script = 'console.log(JSON.stringify(Object.keys(await import("@counterpoise/sdk"))))';
  const names = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: consumer,
    encoding: "utf8",
  });
  expect(JSON.parse(names).sort()).toEqual(Object.keys(sdk).sort());
}, 60_000);

test("default: the readme's examples compile", () => {
  const examples = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)];
  expect(examples.length).toBeGreaterThan(2);
  const files = examples.map(([, code], index) => {
    const file = join(consumer, `example-${index}.ts`);
    writeFileSync(file, code ?? "");
    return file;
  });
  const options = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext"];
  expect(output(process.execPath, [typescript, ...options, ...files])).toBe("");
}, 120_000);

/** The output of a program, whether it succeeds or fails. */
function output(program: string, args: string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { cwd: consumer, encoding: "utf8" });
  return stdout + stderr;
}

test("default: publint finds nothing", async () => {
  const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
  expect(messages).toEqual([]);
});

test("default: the types resolve wherever ES modules do", async () => {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  expect(analysis.types).not.toBe(false);
  const problems = "problems" in analysis ? analysis.problems : [];
  // CommonJS is not served, and resolution before Node 16 knows no exports.
  const accepted = (problem: (typeof problems)[number]) =>
    problem.kind === "CJSResolvesToESM" || ("resolutionKind" in problem && problem.resolutionKind === "node10");
  expect(problems.filter((problem) => !accepted(problem))).toEqual([]);
}, 60_000);

describe("size in an application, minified and compressed, without viem", () => {
  const size = async (code: string): Promise<number> => {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: consumer },
      bundle: true,
      minify: true,
      format: "esm",
      external: ["viem", "viem/*"],
      write: false,
      logLevel: "silent",
    });
    const [file] = outputFiles;
    if (file === undefined) throw new Error("esbuild wrote nothing");
    return gzipSync(file.contents).length;
  };

  test("all of it", async () => {
    // Most of it is ABIs; their errors are what makes a revert readable.
    expect(await size('export * from "@counterpoise/sdk"')).toBeLessThan(41_000);
  });

  // Sending, simulating, the call and the outcome of every action are 1.1 kB of it.
  test("one action: its contract's ABI and all errors", async () => {
    const action = await size('export { deposit } from "@counterpoise/sdk"');
    const abis = await size('export { errorsAbi, vaultAbi } from "@counterpoise/sdk/abis"');
    expect(action).toBeLessThan(abis + 1_200);
  });

  test("one action that waits: no other contract's ABI either", async () => {
    const action = await size('export { createOrderSync } from "@counterpoise/sdk"');
    const abis = await size('export { errorsAbi, orderGatewayAbi } from "@counterpoise/sdk/abis"');
    // The simulation of its trade is 2.1 kB of it.
    expect(action).toBeLessThan(abis + 3_600);
  });
});
