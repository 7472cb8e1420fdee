import type {
  FundingSpec,
  InformedSpec,
  LiquidatorSpec,
  LpSpec,
  MomentumSpec,
  NoiseSpec,
  Population,
  TakerSpec,
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
const lp: Checks<LpSpec> = {
  deposit: money,
  entersAt: ratio,
  every: time,
  maxDrawdown: ratio,
  redeemPart: number(0.01, 1),
  reentryReturn: number(-1, 1),
};
const liquidator: Checks<LiquidatorSpec> = { delay: number(0, DAY, true), collateral: money };

const takers = { noise, momentum, informed, funding };

/**
 * Reads a population, for example from JSON. All fields are required, and no others are accepted.
 *
 * @throws {PopulationError}
 */
export function parsePopulation(value: unknown, field = "population"): Population {
  const fields = objectOf(value, field, ["takers", "lp", "liquidator"]);
  const { takers: list } = fields;
  if (!Array.isArray(list)) throw new PopulationError(`${field}.takers`, `must be a list, not ${shown(list)}`);
  const specs = list.map((spec, index) => parseTaker(spec, `${field}.takers[${index}]`));
  const names = specs.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new PopulationError(`${field}.takers`, `has two kinds with the name "${repeated}"`);
  const count = specs.reduce((sum, spec) => sum + spec.count, 0);
  if (count < 1 || count > MAX_TAKERS) {
    throw new PopulationError(`${field}.takers`, `must have 1 to ${MAX_TAKERS} agents in total, not ${count}`);
  }
  return {
    takers: specs,
    lp: checked(fields.lp, `${field}.lp`, lp),
    liquidator: checked(fields.liquidator, `${field}.liquidator`, liquidator),
  };
}

function parseTaker(value: unknown, field: string): TakerSpec {
  const type = (typeof value === "object" && value !== null && "type" in value ? value.type : undefined) as string;
  if (!Object.hasOwn(takers, type)) {
    throw new PopulationError(`${field}.type`, `must be one of ${Object.keys(takers).join(", ")}, not ${shown(type)}`);
  }
  const spec = checked<TakerSpec>(value, field, takers[type as TakerSpec["type"]] as Checks<TakerSpec>);
  if (spec.type === "funding" && spec.exit > spec.entry) {
    throw new PopulationError(`${field}.exit`, `${spec.exit} must not be above the entry ${spec.entry}`);
  }
  return spec;
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
