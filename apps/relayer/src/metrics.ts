// The metrics of the relayer and its signer, beside those of every service.
import { createMetrics } from "@counterpoise/service-kit";
import { Counter, Gauge, Histogram } from "prom-client";

/** The metrics of a relayer. */
export type RelayerMetrics = ReturnType<typeof createRelayerMetrics>;

/** Creates the metrics of a relayer. */
export function createRelayerMetrics(name: string) {
  const metrics = createMetrics(name);
  const registers = [metrics.registry];
  return {
    ...metrics,
    requests: new Counter({
      name: "counterpoise_relayer_requests_total",
      help: "Requests of the API by route and status",
      labelNames: ["route", "status"],
      registers,
    }),
    requestTime: new Histogram({
      name: "counterpoise_relayer_request_seconds",
      help: "Duration of a request",
      labelNames: ["route"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    refusals: new Counter({
      name: "counterpoise_relayer_refusals_total",
      help: "Refused requests by the code of their error",
      labelNames: ["code"],
      registers,
    }),
    openOrders: new Gauge({
      name: "counterpoise_relayer_open_orders",
      help: "Orders without an end",
      labelNames: ["market"],
      registers,
    }),
    resting: new Gauge({
      name: "counterpoise_relayer_resting_orders",
      help: "Orders in the book",
      labelNames: ["market"],
      registers,
    }),
    fills: new Counter({
      name: "counterpoise_relayer_fills_total",
      help: "Fills of the relayer's settlements in blocks",
      labelNames: ["market"],
      registers,
    }),
    settlements: new Counter({
      name: "counterpoise_relayer_settlements_total",
      help: "Settlements by end",
      labelNames: ["market", "end"],
      registers,
    }),
    streams: new Gauge({ name: "counterpoise_relayer_streams", help: "Open event streams", registers }),
    signatureChecks: new Gauge({
      name: "counterpoise_relayer_signature_checks",
      help: "Signatures of wallets that wait for their check",
      registers,
    }),
    matcherAge: new Gauge({
      name: "counterpoise_relayer_matcher_age_seconds",
      help: "Time since a matcher has worked on the market",
      labelNames: ["market"],
      registers,
    }),
  };
}

/** Creates the metrics of a signer. */
export function createSignerMetrics(name: string) {
  const metrics = createMetrics(name);
  const registers = [metrics.registry];
  return {
    ...metrics,
    signatures: new Counter({
      name: "counterpoise_signer_requests_total",
      help: "Requests by result",
      labelNames: ["result"],
      registers,
    }),
    budget: new Gauge({
      name: "counterpoise_signer_spent_wei",
      help: "Wei for gas that was signed for in the last hour",
      registers,
    }),
  };
}
