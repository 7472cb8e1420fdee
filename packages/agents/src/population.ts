import type {
  ArbitrageSpec,
  FundingSpec,
  InformedSpec,
  LiquidatorSpec,
  LpSpec,
  ManipulatorSpec,
  MomentumSpec,
  MoverSpec,
  NoiseSpec,
  Population,
  SimulatedPopulation,
  TakerSpec,
  WhaleSpec,
} from "./spec.js";

/** A population cannot be used. The message names the field, its value and the limit. */
export class PopulationError extends Error {
  override readonly name = "PopulationError";
  constructor(
    /** Such as `takers[2].leverage`. */
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}

/** Most accounts of takers. */
export const MAX_TAKERS = 100;

/** Reads a number within limits. */
type Check<value> = (value: unknown, field: string) => value;

const number =
  (min: number, max: number, isWhole = false): Check<number> =>
  (value, field) => {
    const kind = isWhole ? "a whole number" : "a number";
    const isValid = typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isInteger(value));
    if (!isValid) throw new PopulationError(field, `must be ${kind} from ${min} to ${max}, not ${shown(value)}`);
    return value;
  };

const range =
  (min: number, max: number): Check<readonly [number, number]> =>
  (value, field) => {
    if (!Array.isArray(value) || value.length !== 2) {
      throw new PopulationError(field, `must be a list of two numbers, not ${shown(value)}`);
    }
    const bounds = value.map((bound, index) => number(min, max)(bound, `${field}[${index}]`)) as [number, number];
    if (bounds[0] > bounds[1]) throw new PopulationError(field, `must not fall: ${bounds[0]} is above ${bounds[1]}`);
    return bounds;
  };

const text: Check<string> = (value, field) => {
  if (typeof value !== "string" || !/^[a-z][a-z0-9-]{0,19}$/.test(value)) {
    throw new PopulationError(field, `must be 1 to 20 lower-case letters, digits and hyphens, not ${shown(value)}`);
  }
  return value;
};

const oneOf =
  <value extends string>(...values: readonly value[]): Check<value> =>
  (value, field) => {
    if (!values.includes(value as value)) {
      throw new PopulationError(
        field,
        `must be ${values.map((each) => `"${each}"`).join(" or ")}, not ${shown(value)}`,
      );
    }
    return value as value;
  };

type Checks<shape> = { [field in keyof shape]: Check<shape[field]> };

const DAY = 86_400;
const ratio = number(0, 1);
const time = number(1, 30 * DAY);
const money = number(1, 1e9);

const takerTerms = {
  name: text,
  count: number(1, MAX_TAKERS, true),
  collateral: money,
  size: range(1, 1e9),
  leverage: range(1, 100),
  hedgedShare: ratio,
};
const noise: Checks<NoiseSpec> = { type: oneOf("noise"), ...takerTerms, every: time, hold: time, longShare: ratio };
const momentum: Checks<MomentumSpec> = {
  type: oneOf("momentum"),
  ...takerTerms,
  direction: oneOf("with", "against"),
  lookback: time,
  threshold: ratio,
  hold: time,
};
const informed: Checks<InformedSpec> = {
  type: oneOf("informed"),
  ...takerTerms,
  horizon: time,
  coefficient: ratio,
  threshold: ratio,
  every: time,
};
const funding: Checks<FundingSpec> = { type: oneOf("funding"), ...takerTerms, entry: ratio, exit: ratio };
const arbitrage: Checks<ArbitrageSpec> = {
  type: oneOf("arbitrage"),
  ...takerTerms,
  lead: time,
  threshold: ratio,
  hold: time,
};
const moverTerms = {
  name: text,
  count: number(1, MAX_TAKERS, true),
  collateral: money,
  size: range(1, 1e9),
  leverage: range(1, 100),
  every: time,
  lookback: time,
  threshold: ratio,
  push: number(0.0001, 0.9),
  hold: time,
};
const whale: Checks<WhaleSpec> = { type: oneOf("whale"), ...moverTerms };
const manipulator: Checks<ManipulatorSpec> = { type: oneOf("manipulator"), ...moverTerms };
const lp: Checks<LpSpec> = {
  deposit: money,
  entersAt: ratio,
  every: time,
  maxDrawdown: ratio,
  redeemPart: number(0.01, 1),
  reentryReturn: number(-1, 1),
};
const liquidator: Checks<LiquidatorSpec> = { delay: number(0, DAY, true), collateral: money };

const takers = { noise, momentum, informed, funding, arbitrage };
const movers = { whale, manipulator };

/**
 * Reads a population, for example from JSON. All fields are required, and no others are accepted.
 *
 * @throws {PopulationError}
 */
export function parsePopulation(value: unknown, field = "population"): Population {
  const fields = objectOf(value, field, ["takers", "lp", "liquidator"]);
  return readPopulation(fields, field, 1);
}

/**
 * Reads the population of a simulation: that of {@link parsePopulation} with `movers`, agents that move the price. Both lists may be
 * empty: an agent that is not listed is off.
 *
 * @throws {PopulationError}
 */
export function parseSimulatedPopulation(value: unknown, field = "population"): SimulatedPopulation {
  const fields = objectOf(value, field, ["takers", "movers", "lp", "liquidator"]);
  const population = readPopulation(fields, field, 0);
  const list = listOf(fields.movers, `${field}.movers`);
  const specs = list.map((spec, index) => parseKind<MoverSpec>(spec, `${field}.movers[${index}]`, movers));
  checkNames([...population.takers, ...specs], field);
  checkCount([...population.takers, ...specs], field, 0);
  return { ...population, movers: specs };
}

/** @param least takers in total */
function readPopulation(fields: Record<string, unknown>, field: string, least: number): Population {
  const list = listOf(fields.takers, `${field}.takers`);
  const specs = list.map((spec, index) => parseTaker(spec, `${field}.takers[${index}]`));
  checkNames(specs, `${field}.takers`);
  checkCount(specs, `${field}.takers`, least);
  return {
    takers: specs,
    lp: checked(fields.lp, `${field}.lp`, lp),
    liquidator: checked(fields.liquidator, `${field}.liquidator`, liquidator),
  };
}

function listOf(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new PopulationError(field, `must be a list, not ${shown(value)}`);
  return value;
}

function checkNames(specs: readonly { name: string }[], field: string): void {
  const names = specs.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new PopulationError(field, `has two kinds with the name "${repeated}"`);
}

function checkCount(specs: readonly { count: number }[], field: string, least: number): void {
  const count = specs.reduce((sum, spec) => sum + spec.count, 0);
  if (count < least || count > MAX_TAKERS) {
    throw new PopulationError(field, `must have ${least} to ${MAX_TAKERS} agents in total, not ${count}`);
  }
}

function parseTaker(value: unknown, field: string): TakerSpec {
  const spec = parseKind<TakerSpec>(value, field, takers);
  if (spec.type === "funding" && spec.exit > spec.entry) {
    throw new PopulationError(`${field}.exit`, `${spec.exit} must not be above the entry ${spec.entry}`);
  }
  return spec;
}

/** Reads an agent of one of some types. */
function parseKind<spec extends { type: string }>(
  value: unknown,
  field: string,
  kinds: Record<spec["type"], unknown>,
): spec {
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string" || !Object.hasOwn(kinds, type)) {
    const known = Object.keys(kinds).join(", ");
    throw new PopulationError(`${field}.type`, `must be one of ${known}, not ${shown(type)}`);
  }
  return checked<spec>(value, field, kinds[type as spec["type"]] as Checks<spec>);
}

function checked<shape>(value: unknown, field: string, checks: Checks<shape>): shape {
  const names = Object.keys(checks) as (keyof shape & string)[];
  const fields = objectOf(value, field, names);
  return Object.fromEntries(names.map((name) => [name, checks[name](fields[name], `${field}.${name}`)])) as shape;
}

function objectOf(value: unknown, field: string, names: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PopulationError(field, `must be an object, not ${shown(value)}`);
  }
  for (const name of Object.keys(value)) {
    if (!names.includes(name))
      throw new PopulationError(`${field}.${name}`, `is no field; fields: ${names.join(", ")}`);
  }
  return value as Record<string, unknown>;
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const json = JSON.stringify(value);
  return json.length > 40 ? `${json.slice(0, 37)}...` : json;
}
