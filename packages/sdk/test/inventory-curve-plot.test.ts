import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plotInventoryCurve } from "../tools/plot-inventory-curve.js";

test("default: docs/inventory-curve.svg is what `pnpm plot` draws", () => {
  const file = new URL("../../../docs/inventory-curve.svg", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(plotInventoryCurve());
});
