import { expect, test } from "vitest";
import { useWorld } from "./harness.js";

const world = useWorld();

test("default: a keeper executes an order and journals it", async () => {
  const keeper = await world.keeper();
  const order = await world.createOrder();
  await world.ended(order);
  await keeper.waitFor(({ msg, work }) => msg === "done" && String(work).startsWith("order:"));
  const rows = await world.rows("keeper", "SELECT kind, state FROM journal ORDER BY id");
  expect(rows).toContainEqual({ kind: "order", state: "succeeded" });
  expect(await keeper.stop()).toEqual({ code: 0, signal: null });
}, 60_000);
