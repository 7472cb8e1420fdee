import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type RunOptions, run } from "@counterpoise/toolchain";
import { inContracts, type Workspace } from "../workspace.js";
import type { Mutant } from "./faults.js";
import { matches, solidityFilesIn } from "./files.js";

/** Tests of gas only: a fault that makes a trade cheaper or dearer is not noticed by that. */
const EXCLUDED = ["bench/*.t.sol", "circuit-breaker/CircuitBreakerGas.t.sol"];

/** For each fuzz test and invariant: fewer than `pnpm test` has, so that a fault that survives costs less time. */
const RUNS = { FOUNDRY_FUZZ_RUNS: "64", FOUNDRY_INVARIANT_RUNS: "8" };

/** The parts of the repository that tests of the contracts need. */
const PARTS = ["foundry.toml", "docs", ...["tools", "package.json"].map(inContracts)];
const SOURCES = ["src", "test", "script"].map(inContracts);
/** The output of forge with the profile `quick`. */
const ARTIFACTS = ["out-quick", "cache-quick"].map(inContracts);

/**
 * The contracts with their tests in a folder of their own, and their artifacts without a fault.
 *
 * Tests are linked dynamically there: they deploy contracts by their artifacts. A fault in the body of a contract recompiles
 * its file and the files that inherit from it, and no test. A fault in a library also recompiles the tests that call it.
 */
export class Copy {
  readonly tree: string;
  readonly #pristine: string;
  readonly #workspace: Workspace;

  /** @param name of the copy, in `.turbo/mutate`; runs at the same time need different names */
  constructor(workspace: Workspace, name: string) {
    const folder = path.join(workspace.root, ".turbo/mutate", name);
    this.tree = path.join(folder, "tree");
    this.#pristine = path.join(folder, "pristine");
    this.#workspace = workspace;
  }

  /** Copies the sources. Artifacts of an earlier run are reused, and forge compiles the files that changed since. */
  create(): void {
    const isKept = ARTIFACTS.every((part) => existsSync(path.join(this.#pristine, part)));
    if (isKept) copyParts(this.#pristine, this.tree, ARTIFACTS);
    copyParts(this.#workspace.root, this.tree, [...PARTS, ...SOURCES]);
    for (const modules of ["node_modules", inContracts("node_modules")]) {
      const link = path.join(this.tree, modules);
      rmSync(link, { force: true });
      symlinkSync(path.join(this.#workspace.root, modules), link, "dir");
    }
    this.#clean();
  }

  /** Keeps the artifacts as those without a fault. */
  keep(): void {
    copyParts(this.tree, this.#pristine, ARTIFACTS);
  }

  /** Removes the last fault, its artifacts, and the failures that forge would replay. */
  restore(): void {
    copyParts(this.#pristine, this.tree, ARTIFACTS);
    copyParts(this.#workspace.root, this.tree, SOURCES);
    this.#clean();
  }

  /**
   * Removes all tests but those that are expected to notice a fault, with their imports. forge then runs everything that it
   * finds: for a filter it would parse the whole tree first. All sources stay when the tests deploy the exchange, which they
   * do by artifact.
   */
  narrow({ file, tests }: { file?: string; tests: string }): void {
    const contracts = path.join(this.tree, inContracts(""));
    const all = solidityFilesIn(contracts, ["src", "test", "script"]);
    const isTest = (name: string) => name.endsWith(".t.sol");
    const wanted = new Set(all.filter((name) => isTest(name) && matches(name, [`test/${tests}`])));
    if (file !== undefined) wanted.add(`src/${file}`);
    // The set grows during the loop.
    for (const name of wanted) {
      const imports = readFileSync(path.join(contracts, name), "utf8").matchAll(/from "(\.[^"]+\.sol)"/g);
      for (const [, imported = ""] of imports) wanted.add(path.posix.join(path.posix.dirname(name), imported));
    }
    const deploys = [...wanted].some((name) => name.startsWith("script/"));
    for (const name of all) {
      if (!wanted.has(name) && (isTest(name) || !deploys)) rmSync(path.join(contracts, name));
    }
  }

  /** Puts a fault into its file. */
  apply({ file, original, replacement }: Mutant): void {
    const source = path.join(this.tree, inContracts("src"), file);
    // A function, because `$` has a meaning in a replacement string.
    writeFileSync(
      source,
      readFileSync(source, "utf8").replace(original, () => replacement),
    );
  }

  build() {
    return this.#forge(["build"]);
  }

  test() {
    return this.#forge(["test", "--fail-fast"]);
  }

  async #forge(args: string[]) {
    let output = "";
    const exitCode = await this.run(args, {
      env: RUNS,
      onOutput: (chunk) => {
        output += chunk;
      },
    });
    return { exitCode, output };
  }

  /** Runs forge in the copy. */
  run(args: string[], { env, ...options }: Pick<RunOptions, "env" | "onOutput" | "signal">): Promise<number> {
    return run(this.#workspace.forge, [...args, "--dynamic-test-linking"], {
      ...options,
      cwd: this.tree,
      env: { FOUNDRY_PROFILE: "quick", NO_COLOR: "1", ...env },
    });
  }

  #clean(): void {
    const folder = path.join(this.tree, inContracts("test"));
    for (const name of solidityFilesIn(folder)) if (matches(name, EXCLUDED)) rmSync(path.join(folder, name));
    rmSync(path.join(this.tree, "cache"), { recursive: true, force: true });
  }
}

function copyParts(from: string, to: string, parts: string[]): void {
  for (const part of parts) {
    const target = path.join(to, part);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(path.join(from, part), target, { recursive: true });
  }
}
