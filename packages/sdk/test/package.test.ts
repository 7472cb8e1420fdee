import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
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
import { dirname, join, relative } from "node:path";
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
  // The peers. Only viem is required: the package imports the others in `/wagmi`.
  for (const peer of ["viem", "wagmi", "react", "@tanstack/react-query", "@types/react"]) {
    mkdirSync(dirname(join(consumer, "node_modules", peer)), { recursive: true });
    symlinkSync(realpathSync(join(root, "node_modules", peer)), join(consumer, "node_modules", peer));
  }
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ type: "module" }));
}, 60_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

test("default: ships the build, its sources, the readme and the licence, and no test", () => {
  expect(readdirSync(installed).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json", "src"]);
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  expect(files).toEqual(expect.arrayContaining([join("dist", "index.js"), join("src", "index.ts")]));
  expect(files.filter((file) => /test/.test(file))).toEqual([]);
});

test("default: every source map points at a file of the package, and every module has its maps", () => {
  const dist = join(installed, "dist");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" });
  const modules = files.filter((file) => /\.(js|d\.ts)$/.test(file));
  expect(modules.length).toBeGreaterThan(100);
  expect(modules.filter((file) => !files.includes(`${file}.map`))).toEqual([]);
  const sources = modules.flatMap((file) => {
    const map = JSON.parse(readFileSync(join(dist, `${file}.map`), "utf8"));
    return (map.sources as string[]).map((source) => join(dist, dirname(file), map.sourceRoot ?? "", source));
  });
  expect(sources.filter((source) => !source.startsWith(join(installed, "src")) || !existsSync(source))).toEqual([]);
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
  const files = examples.map(([, code = ""], index) => {
    const file = join(consumer, `example-${index}.ts`);
    writeFileSync(file, code);
    return { file, usesWagmi: code.includes("sdk/wagmi") };
  });
  const options = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext"];
  const compiled = (usesWagmi: boolean, more: string[]) => {
    const group = files.filter((each) => each.usesWagmi === usesWagmi).map(({ file }) => file);
    return output(process.execPath, [typescript, ...options, ...more, ...group]);
  };
  expect(compiled(false, [])).toBe("");
  // wagmi's own declarations do not compile.
  expect(compiled(true, ["--skipLibCheck"])).toBe("");
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

const PEERS = ["viem", "viem/*", "wagmi", "wagmi/*", "react", "@tanstack/react-query"];

describe("size in an application, minified and compressed, without viem", () => {
  /** The bytes that a page loads at once, and those that it loads on demand. */
  const sizes = async (code: string): Promise<{ atOnce: number; onDemand: number }> => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: code, resolveDir: consumer },
      bundle: true,
      minify: true,
      format: "esm",
      splitting: true,
      outdir: join(consumer, "bundle"),
      external: PEERS,
      metafile: true,
      absWorkingDir: consumer,
      write: false,
      logLevel: "silent",
    });
    const fileOf = new Map(outputFiles.map((file) => [relative(consumer, file.path), file.contents]));
    const entry = Object.keys(metafile.outputs).find((file) => metafile.outputs[file]?.entryPoint === "<stdin>");
    if (entry === undefined) throw new Error("esbuild wrote nothing");
    /** The files that a page has loaded once it has made these kinds of import. esbuild also writes files that nothing imports. */
    const reached = (kinds: string[]) => {
      const files = new Set([entry]);
      for (const file of files) {
        for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
          if (kinds.includes(kind) && fileOf.has(path)) files.add(path);
        }
      }
      return files;
    };
    const loaded = reached(["import-statement"]);
    const zipped = (files: string[]) =>
      files.reduce((sum, file) => sum + gzipSync(fileOf.get(file) as Uint8Array).length, 0);
    return {
      atOnce: zipped([...loaded]),
      onDemand: zipped([...reached(["import-statement", "dynamic-import"])].filter((file) => !loaded.has(file))),
    };
  };
  /**
   * The bytes of what a page loads at once, in one file. esbuild moves modules that the code shares with what it loads on demand
   * into files of their own, whole, also when it has removed the code that would load it; Rollup does not.
   */
  const size = async (code: string): Promise<number> => {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: consumer },
      bundle: true,
      minify: true,
      format: "esm",
      external: PEERS,
      plugins: [
        {
          name: "on demand",
          setup: ({ onResolve }) =>
            onResolve({ filter: /./ }, ({ kind, path }) =>
              kind === "dynamic-import" ? { path, external: true } : undefined,
            ),
        },
      ],
      absWorkingDir: consumer,
      write: false,
      logLevel: "silent",
    });
    return gzipSync(outputFiles[0]?.contents ?? "").length;
  };

  test("all of it, without the prices: at once, and with what it loads on demand", async () => {
    const { atOnce, onDemand } = await sizes('export * from "@counterpoise/sdk"');
    expect(atOnce).toBeLessThan(40_000);
    expect(atOnce + onDemand).toBeLessThan(61_440);
  });

  test("an import without a use: nothing", async () => {
    // esbuild leaves an empty file, which gzip makes 20 bytes of.
    expect(await size('import "@counterpoise/sdk"')).toBeLessThan(21);
    expect(await size('import { getMarket, deposit } from "@counterpoise/sdk"')).toBeLessThan(21);
  });

  /** Reads whose results or parameters are so large that their ABI alone is half of it. */
  const largeReads: Record<string, number> = {
    getAccount: 1_550,
    getMaker: 1_800,
    getMarket: 2_000,
    getRates: 1_750,
    getTrader: 1_850,
    getBracket: 1_350,
    getSignedOrder: 2_150,
    getFeed: 1_250,
    getPendingFeed: 1_300,
    getMarketRules: 1_320,
    // Three large reads and the batch.
    getMarkets: 3_800,
    getOrderRules: 1_320,
    getMinKeeperFee: 1_400,
    getOrderStatus: 1_320,
    getPriceState: 1_320,
    getHedge: 1_350,
    getSpotPath: 1_700,
    getPendingLpRequests: 1_700,
  };
  const reads = Object.entries(sdk).flatMap(([name, value]) =>
    name.startsWith("get") && Object.hasOwn(value as object, "call") ? [name] : [],
  );
  test.each(reads)(
    "%s: at most 1.2 KiB, the table of errors on demand",
    async (read) => {
      const code = `export { ${read} } from "@counterpoise/sdk"`;
      expect(await size(code)).toBeLessThan(largeReads[read] ?? 1_229);
      expect((await sizes(code)).onDemand).toBeGreaterThan(3_000);
    },
    60_000,
  );

  /** Writes that decode reasons of failures in events, and so need the table of errors at once. */
  const decodingWrites = ["batchSignedOrders", "executeAnnounced", "executeOrder", "executeOrders", "settleLpRequests"];
  /** Writes that sign, and writes of the largest structs. */
  const largeWrites: Record<string, number> = { createOrderWithDeposit: 2_900 };
  const writes = Object.entries(sdk).flatMap(([name, value]) =>
    Object.hasOwn(value as object, "simulate") ? [name] : [],
  );
  test.each(writes)(
    "%s: at most 2.5 KiB, the table of errors on demand",
    async (write) => {
      for (const name of [write, `${write}Sync`]) {
        expect(await size(`export { ${name} } from "@counterpoise/sdk"`)).toBeLessThan(
          decodingWrites.includes(write) ? 8_000 : (largeWrites[write] ?? 2_560) + (name === write ? 0 : 110),
        );
      }
    },
    60_000,
  );

  test("the client of Hermes, with the decoding of its updates", async () => {
    const { atOnce, onDemand } = await sizes('export { hermesPrices } from "@counterpoise/sdk/prices"');
    expect(atOnce).toBeLessThan(3_072);
    expect(onDemand).toBe(0);
  });

  test("all of the prices", async () => {
    expect(await size('export * from "@counterpoise/sdk/prices"')).toBeLessThan(8_000);
  });

  test("all of the maths, and one module of it", async () => {
    expect(await size('export * from "@counterpoise/sdk/math"')).toBeLessThan(6_500);
    const shares = 'import { shares } from "@counterpoise/sdk/math"; export const { toSharesDown } = shares;';
    expect(await size(shares)).toBeLessThan(1_000);
  });

  test("the entities, without their reads, with one of them, and with all", async () => {
    const values = "Account, HedgedMaker, LpVault, Market, maxSizeOf, OracleMaker, returnsBetween";
    expect(await size(`export { ${values} } from "@counterpoise/sdk/entities"`)).toBeLessThan(11_500);
    expect(await size('export { Account, Market, OracleMaker } from "@counterpoise/sdk/entities"')).toBeLessThan(6_500);
    const lens = await size('export { exchangeLensAbi, clearingHouseAbi, vaultAbi } from "@counterpoise/sdk/abis"');
    expect(await size('export { loadAccount } from "@counterpoise/sdk/entities"')).toBeLessThan(lens + 11_500);
  });

  test("the trader's plans", async () => {
    // Most of it is ABIs: those of the makers, the lens, the Vault and the gateways.
    expect(await size('export * from "@counterpoise/sdk/trade"')).toBeLessThan(29_500);
  });

  test("everything without the prices and the descriptions of errors", async () => {
    const modules = { sdk: "", math: "/math", entities: "/entities", trade: "/trade", units: "/units" };
    const all = Object.entries(modules).map(([name, path]) => `export * as ${name} from "@counterpoise/sdk${path}";`);
    expect(await size(all.join("\n"))).toBeLessThan(60 * 1_024);
  });

  test("histories, reports and hooks", async () => {
    expect(await size('export * from "@counterpoise/sdk/history"')).toBeLessThan(5_000);
    expect(await size('export * from "@counterpoise/sdk/report"')).toBeLessThan(5_500);
    const code = 'export { useRead, useWrite } from "@counterpoise/sdk/wagmi"';
    expect(await size(code)).toBeLessThan(1_300);
  });

  test("the live deployments, with the validation of their files", async () => {
    expect(await size('export * from "@counterpoise/sdk/deployments"')).toBeLessThan(2_000);
  });

  test("a read at unstored prices: on demand", async () => {
    const module = join(installed, "dist", "client", "read-state.js");
    expect(await size(`export { readAtState } from ${JSON.stringify(module)}`)).toBeLessThan(1_800);
  });

  test("the descriptions of errors, which no action loads", async () => {
    // Most of it is texts. The table of errors and its decoder are part of it.
    expect(await size('export { describe } from "@counterpoise/sdk/errors"')).toBeLessThan(22_000);
  });

  test("the table of errors", async () => {
    const module = join(installed, "dist", "generated", "errors.js");
    expect(await size(`export { errorsAbi } from ${JSON.stringify(module)}`)).toBeLessThan(4_097);
  });
});

describe("types in an application, in instantiations of the compiler", () => {
  const instantiations = (name: string, code: string): number => {
    const file = join(consumer, `${name}.ts`);
    const head = [
      'import { createPublicClient, createWalletClient, http, publicActions } from "viem";',
      'import { privateKeyToAccount } from "viem/accounts";',
      'import { readContract, writeContract } from "viem/actions";',
      'import { anvil } from "viem/chains";',
      'import type { Deployment } from "@counterpoise/sdk";',
      "declare const deployment: Deployment;",
      "const transport = http();",
      "const reader = createPublicClient({ chain: anvil, transport });",
      'const trader = createWalletClient({ account: privateKeyToAccount("0x"), chain: anvil, transport });',
    ];
    writeFileSync(file, [...head, code].join("\n"));
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2022,dom"];
    const report = output(process.execPath, [
      typescript,
      ...options,
      ...["--module", "nodenext", "--extendedDiagnostics", file],
    ]);
    expect(report).not.toContain("error TS");
    return Number(/Instantiations:\s+(\d+)/.exec(report)?.[1]);
  };
  const abis = 'import { orderGatewayAbi, vaultAbi } from "@counterpoise/sdk/abis";';
  const position = '{ address: "0x", abi: vaultAbi, functionName: "positionOf", args: [1n, "0x"] }';
  const withdrawal = '{ address: "0x", abi: orderGatewayAbi, functionName: "withdrawCredit", args: ["0x"] }';

  test("one action: at most 1.05 times the same call through viem", () => {
    const own = instantiations(
      "action",
      'import { getPosition } from "@counterpoise/sdk";\nexport const p = getPosition(reader, { deployment, account: "0x" });',
    );
    const viems = instantiations("call", `${abis}\nexport const p = readContract(reader, ${position});`);
    expect(own / viems).toBeLessThan(1.05);
  }, 120_000);

  test("a decorated client of a trader: at most 1.15 times the same calls through viem's methods", () => {
    const own = instantiations(
      "decorated",
      [
        'import { counterpoiseReads, counterpoiseWrites } from "@counterpoise/sdk";',
        "const client = trader.extend(counterpoiseReads(deployment)).extend(counterpoiseWrites(deployment));",
        'export const p = client.getPosition({ account: "0x" });',
        "export const q = client.withdrawOrderCredit();",
      ].join("\n"),
    );
    const viems = instantiations(
      "methods",
      [
        abis,
        "const client = trader.extend(publicActions);",
        `export const p = client.readContract(${position});`,
        `export const q = client.writeContract(${withdrawal});`,
      ].join("\n"),
    );
    expect(own / viems).toBeLessThan(1.15);
  }, 120_000);
});
