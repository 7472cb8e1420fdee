import { seededRandom } from "@counterpoise/agents";
import { crashPoints } from "@counterpoise/service-kit";
import { expect, test } from "vitest";
import { type Due, type DueKind, makeDue } from "./due-work.js";
import { useWorld } from "./harness.js";

const world = useWorld();

const kinds: readonly DueKind[] = ["order", "price", "lp-request", "announcement", "announced-order"];
/** A price is published every second, so that there always is one to publish. */
const change = { prices: { endpoints: [{ url: "" }], budget: { requests: 1_000, per: 1_000 }, heartbeat: "1" } };
const withPrices = () => ({ prices: { ...change.prices, endpoints: [{ url: world.venue.prices.url }] } });

test("behavior: SIGKILL on each side of every durable step loses nothing and sends nothing twice", async () => {
  const [keeper] = world.venue.keepers;
  const before = await world.sentBy(keeper.address);
  const dues: Due[] = [];
  for (const [i, point] of crashPoints.entries()) {
    const kind = kinds[i % kinds.length] as DueKind;
    dues.push(await makeDue(world, kind));
    const running = await world.keeper({ name: "crashing", crashAt: `${point}:${kind}`, change: withPrices() });
    const timeout = new Promise<never>((_, reject) =>
      setTimeout(
        () => reject(new Error(`${point}:${kind} was not reached:\n${running.lines.slice(-20).join("\n")}`)),
        25_000,
      ).unref(),
    );
    expect(await Promise.race([running.exited, timeout]), `${point}:${kind}`).toEqual({
      code: null,
      signal: "SIGKILL",
    });
  }
  const last = await world.keeper({ name: "crashing" });
  await Promise.all(dues.map(({ done }) => done()));
  await last.waitFor(({ msg }) => msg === "done");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await last.stop();
  const entries = await world.checkJournal("crashing", 0, before);
  for (const kind of kinds) {
    expect(
      entries.some((entry) => entry.kind === kind && entry.state === "succeeded"),
      kind,
    ).toBe(true);
  }
}, 240_000);

test("behavior: random kills while orders wait", async () => {
  const [keeper] = world.venue.keepers;
  const before = await world.sentBy(keeper.address);
  const random = seededRandom(22);
  const dues = await Promise.all(Array.from({ length: 5 }, () => makeDue(world, "order")));
  for (let kill = 0; kill < 5; kill++) {
    const running = await world.keeper({ name: "random", change: withPrices() });
    await running.waitFor(({ msg }) => msg === "started");
    await new Promise((resolve) => setTimeout(resolve, random() * 1_500));
    running.kill("SIGKILL");
    await running.exited;
  }
  const last = await world.keeper({ name: "random" });
  await Promise.all(dues.map(({ done }) => done()));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await last.stop();
  await world.checkJournal("random", 0, before);
}, 120_000);
