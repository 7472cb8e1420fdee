// The dashboards ask for metrics and labels that the services export, and each of the services' own metrics is on a dashboard.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createMetrics } from "@counterpoise/service-kit";
import type { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createRelayerMetrics, createSignerMetrics } from "../src/metrics.js";

type Dashboard = { panels: { id: number; title: string; targets: { expr: string }[] }[] };
const read = (app: string) =>
  JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../${app}/dashboards/${app}.json`, import.meta.url)), "utf8"),
  ) as Dashboard;

/** The names in a registry's text, as a collector reads it, with the labels of each. */
async function exported(registry: Registry): Promise<Map<string, readonly string[]>> {
  const names = [...(await registry.metrics()).matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name as string);
  return new Map(
    names.map((name) => {
      const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: readonly string[] };
      return [name, [...labelNames, "service", "le"]];
    }),
  );
}

test("behavior: dashboards ask for metrics and labels that exist, and leave out none of a service's own", async () => {
  const services = {
    keeper: [createMetrics("keeper")],
    relayer: [createRelayerMetrics("relayer"), createSignerMetrics("signer")],
  };
  for (const [app, sources] of Object.entries(services)) {
    const metrics = new Map(
      (await Promise.all(sources.map(({ registry }) => exported(registry)))).flatMap((each) => [...each]),
    );
    const { panels } = read(app);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const shown = new Set<string>();
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        const names = (expr.match(/counterpoise_\w+/g) ?? []).map((name) => name.replace(/_bucket$/, ""));
        expect(names, title).toHaveLength(1);
        const [name] = names as [string];
        expect([...metrics.keys()], title).toContain(name);
        const labels = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(", ") ?? [];
        expect(metrics.get(name), title).toEqual(expect.arrayContaining(labels));
        shown.add(name);
      }
    }
    // Requests are shown by their time, which has a count of its own.
    const own = [...metrics.keys()].filter(
      (name) => /_(relayer|signer)_/.test(name) && !name.endsWith("relayer_requests_total"),
    );
    expect([...shown]).toEqual(expect.arrayContaining(own));
  }
});
