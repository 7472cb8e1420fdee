import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { keeperSchema } from "./config.js";
import { workKinds } from "./work.js";

const runbook = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");

test("default: the configuration of docs/operations.md is valid", () => {
  const [example] = runbook.match(/^ {4}\{\n[\s\S]*?^ {4}\}$/m) ?? [];
  const config = keeperSchema.parse(JSON.parse(example ?? ""));
  expect(config.gas).toMatchObject({ maxFeePerGas: 200n * 10n ** 9n, priorityFee: 10n ** 8n, floor: 2n * 10n ** 16n });
  expect(config.prices).toMatchObject({ deviation: 1_000n, heartbeat: 20n, staleAfter: 30 });
  expect(config.work).toEqual(workKinds);
  expect(config.settlesDeadFeeds).toBe(false);
});

test("behavior: the runbook lists all kinds of work", () => {
  for (const kind of workKinds) expect(runbook).toContain(`\`${kind}\``);
});
