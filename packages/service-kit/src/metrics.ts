// Metrics in the format of Prometheus.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** The metrics of a service. Names are those of docs/operations.md. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Creates a registry with the metrics of the process and those of every service. Stop the service's process to end it. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    alarms: new Gauge({
      name: "counterpoise_alarm",
      help: "1 while an alarm is raised",
      labelNames: ["alarm"],
      registers,
    }),
    head: new Gauge({
      name: "counterpoise_head_block",
      help: "Latest block of an endpoint",
      labelNames: ["endpoint"],
      registers,
    }),
    headAge: new Gauge({
      name: "counterpoise_head_age_seconds",
      help: "Age of the block that the last round read",
      registers,
    }),
    rpcErrors: new Counter({
      name: "counterpoise_rpc_errors_total",
      help: "Failed requests of an endpoint",
      labelNames: ["endpoint", "reason"],
      registers,
    }),
    rpcLatency: new Gauge({
      name: "counterpoise_rpc_latency_seconds",
      help: "Moving average of an endpoint's latency",
      labelNames: ["endpoint"],
      registers,
    }),
    transactions: new Counter({
      name: "counterpoise_transactions_total",
      help: "Transactions by kind and end",
      labelNames: ["kind", "end"],
      registers,
    }),
    inFlight: new Gauge({
      name: "counterpoise_transactions_in_flight",
      help: "Transactions without an end",
      registers,
    }),
    confirmation: new Histogram({
      name: "counterpoise_confirmation_seconds",
      help: "From the journal's entry to the block",
      buckets: [0.5, 1, 2, 4, 8, 16, 32, 64],
      registers,
    }),
    replacements: new Counter({
      name: "counterpoise_replacements_total",
      help: "Transactions sent again with higher fees",
      registers,
    }),
    balance: new Gauge({ name: "counterpoise_gas_balance_wei", help: "Balance of the gas wallet", registers }),
    gasSpent: new Counter({ name: "counterpoise_gas_spent_wei_total", help: "Wei spent for gas", registers }),
    priceAge: new Gauge({
      name: "counterpoise_price_age_seconds",
      help: "Chain time less publish time of the price source's latest price",
      labelNames: ["market"],
      registers,
    }),
    rounds: new Counter({
      name: "counterpoise_rounds_total",
      help: "Rounds by result",
      labelNames: ["result"],
      registers,
    }),
    roundTime: new Histogram({
      name: "counterpoise_round_seconds",
      help: "Duration of a round",
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
      registers,
    }),
    work: new Counter({
      name: "counterpoise_work_total",
      help: "Due work by kind and outcome",
      labelNames: ["kind", "outcome"],
      registers,
    }),
  };
}
