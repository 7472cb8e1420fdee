// Calls and settings in human units: the names of the contracts' own parameters decide the unit.
import { type AbiParameter, type Address, decodeFunctionData, decodeFunctionResult, formatUnits, type Hex } from "viem";
import { functionOf } from "./artifacts.js";
import type { ExchangeConfig } from "./config.js";
import type { Probe, Step } from "./steps.js";
import { formatDuration, formatPpm, formatRate } from "./units.js";

const PPM = new Set([
  ...["initialMarginRatio", "maintenanceMarginRatio", "initial", "maintenance", "targetInitial", "targetMaintenance"],
  ...["priceBand", "tradingFee", "liquidationPenalty", "liquidatorShare", "maxSpread", "minMarginRatio", "lpFee"],
  ...["confidenceFactor", "maxConfidencePremium", "maxHedgeDeviation", "spread", "maxCarry", "bondRatio"],
  ...["maxConfidence", "maxDeviation", "requestFee", "maxOutflow", "targetMarginRatio", "reserveRatio"],
  ...["rebalanceBand", "deleverageRatio", "maxDeleverageDeviation", "keeperFeeRatio"],
]);
const SECONDS = new Set([
  ...["maxAge", "maxExecutionAge", "maxLiquidationAge", "freshAge", "fallbackAge", "heartbeat", "maxSkew", "delay"],
  ...["priceWindow", "validity", "relayerMaxAge", "sequencerGracePeriod", "deleverageWindow", "settlementDelay"],
  ...["keeperInterval", "window", "newDelay", "rampDuration", "timelockDelay"],
]);
const WAD = new Set([
  ...["minPositionValue", "liquidationBounty", "skewScale", "maxAbsPosition", "minAnswer", "maxAnswer"],
  ...["minKeeperFee", "floatFee"],
]);
const RATES = new Set(["maxRate"]);
const STATUSES = ["none", "active", "reduceOnly", "paused", "settled"];

/** Amounts in the decimals of a token. */
const COLLATERAL = new Set(["maxKeeperFeeXCD", "minRelayFeeXCD"]);
const NO_CAP = 2n ** 128n - 1n;

/** Decides the unit of a number: decimals of tokens, and the contracts at addresses. */
export type Context = {
  collateral: number;
  /** Decimals of the asset of a maker. */
  asset: number;
  artifactAt: (address: Address) => string | undefined;
};

/** The context of a step: a base vault's asset is the base token. */
export function contextOf(config: ExchangeConfig, steps: readonly Step[], id: string): Context {
  const collateral = config.collateral.decimals;
  const artifactAt = (address: Address) => steps.find(({ creates }) => creates === address)?.artifact;
  for (const { symbol, base, makers } of config.markets) {
    const maker = makers.find(({ name }) => id.startsWith(`markets.${symbol}.${name}.`));
    const asset = maker?.kind === "spotHedgeBase" ? base.decimals : collateral;
    if (maker) return { collateral, asset, artifactAt };
  }
  return { collateral, asset: collateral, artifactAt };
}

/** One value with the unit of its parameter. Nested values keep their names. */
export function formatValue(value: unknown, name: string | undefined, tokens?: Context): string {
  if (typeof value === "bigint" || typeof value === "number") {
    const number = BigInt(value);
    if (name === "depositCap") {
      return number === NO_CAP ? "none" : tokens ? formatUnits(number, tokens.asset) : `${number}`;
    }
    if (name && tokens && COLLATERAL.has(name)) return formatUnits(number, tokens.collateral);
    if (name && PPM.has(name)) return formatPpm(number);
    if (name && SECONDS.has(name)) return formatDuration(number);
    if (name && WAD.has(name)) return formatUnits(number, 18);
    if (name && RATES.has(name)) return formatRate(number);
    if (name === "status") return STATUSES[Number(number)] ?? `${number}`;
    return `${number}`;
  }
  return typeof value === "string" || typeof value === "boolean" ? `${value}` : JSON.stringify(value);
}

/** The leaves of a decoded value, with their names joined by dots. */
export function leavesOf(
  value: unknown,
  parameter: AbiParameter,
  tokens?: Context,
  prefix = "",
): [name: string, text: string][] {
  const components = (parameter as { components?: readonly AbiParameter[] }).components;
  const name = [prefix, parameter.name].filter(Boolean).join(".");
  if (components && !parameter.type.endsWith("]")) {
    const fields = Array.isArray(value)
      ? value
      : components.map(({ name: key }) => (value as Record<string, unknown>)[key ?? ""]);
    return components.flatMap((component, i) => leavesOf(fields[i], component, tokens, name));
  }
  if (Array.isArray(value) && !components) return [[name || "value", value.map((item) => `${item}`).join(", ")]];
  return [[name || "value", formatValue(value, parameter.name, tokens)]];
}

/** A call as "setFunding(marketId: 1, maxRate: 5% a day)". */
export function describeCall(to: Address, data: Hex, tokens: Context): string {
  const abi = functionOf(data, tokens.artifactAt(to));
  if (!abi) return data === "0x" ? "transfer" : `call of ${data.slice(0, 10)}`;
  const { args = [] } = decodeFunctionData({ abi: [abi], data });
  const values = abi.inputs.flatMap((input, i) => leavesOf((args as readonly unknown[])[i], input, tokens));
  return `${abi.name}(${values.map(([name, text]) => `${name.replace(/^[a-z_A-Z]+\./, "")}: ${text}`).join(", ")})`;
}

/** A setting that differs: its name, the value on the chain, and the configured one. */
export type Difference = { setting: string; actual: string; expected: string };

/** The leaves of a probe that differ from the chain. */
export function differencesOf(probe: Probe, actual: Hex | undefined, tokens: Context): Difference[] {
  const abi = functionOf(probe.data, tokens.artifactAt(probe.to));
  const whole = (value: string): Difference[] => [
    { setting: probe.name, actual: value, expected: probe.comparison === 1 ? "approved" : "as configured" },
  ];
  if (probe.comparison === 3) {
    const ether = (value: Hex) => `${formatUnits(BigInt(value), 18)} ether`;
    return [{ setting: probe.name, actual: ether(actual ?? "0x0"), expected: `at least ${ether(probe.expected)}` }];
  }
  if (probe.comparison === 1) return whole("not approved");
  if (!abi || actual === undefined || actual === "0x") return whole("not readable");
  if (probe.comparison === 2) {
    return [{ setting: probe.name, actual: `${BigInt(actual)}`, expected: `at least ${BigInt(probe.expected)}` }];
  }
  const leaves = (data: Hex) => {
    const decoded = decodeFunctionResult({ abi: [abi], data });
    const values = abi.outputs.length === 1 ? [decoded] : (decoded as readonly unknown[]);
    // A result without a name has the unit of the setting.
    const outputs = abi.outputs.map((output) => (output.name ? output : { ...output, name: probe.name }));
    return outputs.flatMap((output, i) => leavesOf(values[i], output, tokens));
  };
  try {
    // Bits outside of the mask are those of the chain, so that they are no difference.
    const [now, then] = [leaves(actual), leaves(merged(actual, probe.expected, probe.mask))];
    const result = now.flatMap(([name, text], i) => {
      const expected = then[i]?.[1] ?? "";
      const field = name.includes(".") ? name.slice(name.indexOf(".") + 1) : name;
      const setting = field === probe.name ? probe.name : `${probe.name}.${field}`;
      return text === expected ? [] : [{ setting, actual: text, expected }];
    });
    return result.length > 0 ? result : whole("another value");
  } catch {
    return whole("another value");
  }
}

function merged(actual: Hex, expected: Hex, mask: Hex): Hex {
  if (mask === "0x") return expected;
  const [a, e, m] = [BigInt(actual), BigInt(expected), BigInt(mask)];
  return `0x${((e & m) | (a & ~m)).toString(16).padStart(actual.length - 2, "0")}`;
}

/** A step in words, for `plan`. */
export function describeStep(step: Step, context: Context): string {
  if (step.artifact) return `create ${step.artifact} at ${step.creates}`;
  if (step.data === "0x") return `send ${formatUnits(step.value, 18)} ether to ${step.to}`;
  return describeCall(step.to, step.data, context);
}
