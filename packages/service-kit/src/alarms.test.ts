import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { alarmNames } from "./index.js";

test("default: the runbook says what to do at each alarm, and at no other", () => {
  const runbook = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const section = runbook.slice(runbook.indexOf("## Alarms"), runbook.indexOf("## Keys"));
  const rows = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(rows.toSorted()).toEqual([...alarmNames].toSorted());
});
