import { createRandom } from "@counterpoise/agents";
import { type CrashPoint, crashPoints } from "@counterpoise/service-kit";
import { expect, test } from "vitest";
import { type Due, type DueKind, dueKinds, makeDue } from "./due-work.js";
import { useWorld } from "./harness.js";

const world = useWorld();

/** `NIGHTLY=1`: each point for each kind, and ten times the random kills. */
const isNightly = process.env.NIGHTLY === "1";

/** Each point once. Work that needs preparation comes when it is due: an announced order after its announcement. */
const daily: readonly DueKind[] = [
  ...(["price", "price", "announcement", "announcement", "order", "order", "order"] as const),
  ...(["lp-request", "order", "announced-order", "announced-order", "price", "order", "order"] as const),
];
const cases: readonly { point: CrashPoint; kind: DueKind }[] = isNightly
  ? dueKinds.flatMap((kind) => crashPoints.map((point) => ({ point, kind })))
  : crashPoints.map((point, i) => ({ point, kind: daily[i] as DueKind }));

/** One piece of work for each process: others would leave none for the next. */
const oneOf = (kind: DueKind) => ({
  work: [kind],
  sending: { confirmations: "0", replaceAfter: 4_000, grace: 1_500, leaseTime: 10_000, maxInFlight: 1 },
  // A price every second, so that there always is one to publish.
  prices: {
    endpoints: [{ url: world.venue.prices.url }],
    budget: { requests: 1_000, per: 1_000 },
    heartbeat: kind === "price" ? "1" : "20",
  },
});

test("behavior: SIGKILL on each side of every durable step loses nothing and sends nothing twice", async () => {
  const [keeper] = world.venue.keepers;
  const before = await world.sentBy(keeper.address);
  const dues: Due[] = [];
  const due = async (kind: DueKind) => dues.push(await makeDue(world, kind));
  // A little ahead, so that it is due when its process starts. A liquidation moves the price: one at a time.
  let prepared = 0;
  const prepare = async (index: number) => {
    for (; prepared < cases.length && prepared <= index + 2; prepared++) {
      const { kind } = cases[prepared] as { kind: DueKind };
      if (kind === "liquidation" && prepared > index) return;
      // The daily list has announcements before the announced orders.
      if (kind !== "announced-order") await due(kind);
      else if (isNightly) await due("announcement");
    }
  };
  for (const [index, { point, kind }] of cases.entries()) {
    await prepare(index);
    const work =
      kind === "announced-order" ? ["announcement", kind] : kind === "liquidation" ? ["price", kind] : [kind];
    const running = await world.keeper({
      name: "crashing",
      crashAt: `${point}:${kind}`,
      change: { ...oneOf(kind), work },
    });
    const late = new Promise<string>((resolve) =>
      setTimeout(() => resolve(running.lines.slice(-20).join("\n")), 100_000).unref(),
    );
    const exit = await Promise.race([running.exited, late]);
    expect(exit, `${point}:${kind}`).toEqual({ code: null, signal: "SIGKILL" });
  }
  const last = await world.keeper({ name: "crashing" });
  await Promise.all(dues.map(({ done }) => done()));
  await last.stop();
  const entries = await world.checkJournal("crashing", 0, before);
  for (const kind of new Set(cases.map((each) => each.kind))) {
    expect(
      entries.filter((entry) => entry.kind === kind && entry.state === "succeeded"),
      kind,
    ).not.toHaveLength(0);
  }
}, 3_000_000);

test("behavior: random kills while orders wait", async () => {
  const [keeper] = world.venue.keepers;
  const before = await world.sentBy(keeper.address);
  const random = createRandom(22).unit;
  const dues: Due[] = [];
  for (let order = 0; order < (isNightly ? 50 : 5); order++) dues.push(await makeDue(world, "order"));
  for (let kill = 0; kill < (isNightly ? 50 : 5); kill++) {
    const running = await world.keeper({ name: "random" });
    await running.waitFor(({ msg }) => msg === "started");
    await new Promise((resolve) => setTimeout(resolve, random() * 1_200));
    running.kill("SIGKILL");
    await running.exited;
  }
  const last = await world.keeper({ name: "random" });
  await Promise.all(dues.map(({ done }) => done()));
  await last.stop();
  await world.checkJournal("random", 0, before);
}, 600_000);
