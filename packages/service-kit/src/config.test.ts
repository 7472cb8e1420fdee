import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError, configSections, configTypes, loadConfig } from "./index.js";

const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.strictObject({
  rpc: configSections.rpc,
  server: configSections.server,
  gas: z.strictObject({ maxFee: configTypes.amount }),
});
const fileOf = (value: unknown): string => {
  const file = path.join(folder, "config.json");
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  return file;
};
const problemsOf = (load: () => unknown) => {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test("default: a file, and variables that replace its values", () => {
  const file = fileOf({ rpc: [{ url: "http://one" }], gas: { maxFee: "1" } });
  const env = {
    TEST_GAS__MAX_FEE: "340282366920938463463374607431768211456",
    TEST_RPC__0__URL: "https://two",
    OTHER: "1",
  };
  const config = loadConfig({ schema, file, env, prefix: "TEST" });
  expect(config.gas.maxFee).toBe(2n ** 128n);
  expect(config.rpc[0]).toEqual({ url: "https://two", concurrency: 32 });
  expect(config.server).toEqual({ host: "127.0.0.1", port: 0 });
});

test("behavior: the environment alone", () => {
  const env = { TEST_RPC: '[{"url":"http://one"}]', TEST_GAS__MAX_FEE: "7" };
  expect(loadConfig({ schema, env, prefix: "TEST" })).toMatchObject({ gas: { maxFee: 7n } });
});

test("error: ConfigError with each key and its variable", () => {
  const file = fileOf({ rpc: [{ url: "ftp://one" }], gas: { maxfee: 1 } });
  const problems = problemsOf(() => loadConfig({ schema, file, env: {}, prefix: "TEST" }));
  expect(problems.map(({ key, variable }) => [key, variable])).toEqual([
    ["rpc.0.url", "TEST_RPC__0__URL"],
    ["gas.maxFee", "TEST_GAS__MAX_FEE"],
    ["gas.maxfee", "TEST_GAS__MAXFEE"],
  ]);
});

test("error: a file that is missing or no JSON object", () => {
  const load = (file: string) => () => loadConfig({ schema, file, env: {}, prefix: "TEST" });
  for (const file of ["/does/not/exist.json", fileOf("{"), fileOf("[]")]) {
    expect(problemsOf(load(file))[0]).toMatchObject({ key: "(file)", variable: "TEST_CONFIG" });
  }
});
