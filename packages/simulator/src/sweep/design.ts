import { readFileSync } from "node:fs";
import { parseScenario, type Scenario, withParameter } from "../world/scenario.js";

/** A value for each swept parameter. */
export type Cell = Record<string, number>;

/** A sweep: scenarios, seeds and price files. */
export type Design = {
  /** Fields that replace those of the default scenario. */
  scenario: Record<string, unknown>;
  /** `grid`: every combination of `values`. `sobol`: `cells` points between the least and the greatest value of each parameter. */
  method: "grid" | "sobol";
  cells?: number | undefined;
  /** Values by the path of a parameter, such as `oracleMaker.lpFee`. */
  parameters: Record<string, readonly number[]>;
  /** The same seeds for every cell: common random numbers. */
  seeds: { from: number; count: number };
  /** Path of a price file. Default: generated prices. */
  prices?: string | undefined;
};

/** A design cannot be used. */
export class DesignError extends Error {
  override readonly name = "DesignError";
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}

const MAX_CELLS = 10_000;

/** Reads a design from a JSON file. @throws {DesignError} */
export function readDesign(file: string): Design {
  let given: Partial<Design>;
  try {
    given = JSON.parse(readFileSync(file, "utf8")) as Partial<Design>;
  } catch (error) {
    throw new DesignError(file, `cannot be read: ${(error as Error).message}`);
  }
  return checkDesign(given);
}

/** @throws {DesignError} */
export function checkDesign(given: Partial<Design>): Design {
  const { scenario = {}, method = "grid", parameters = {}, seeds, cells, prices } = given;
  if (method !== "grid" && method !== "sobol") throw new DesignError("method", `must be grid or sobol, not ${method}`);
  for (const [field, values] of Object.entries(parameters)) {
    if (!Array.isArray(values) || values.length === 0 || !values.every(Number.isFinite)) {
      throw new DesignError(`parameters.${field}`, `must be a list of numbers, not ${JSON.stringify(values)}`);
    }
  }
  const { from, count } = seeds ?? { from: 1, count: 10 };
  if (!Number.isInteger(count) || count < 1) throw new DesignError("seeds.count", `must be 1 or more, not ${count}`);
  if (method === "sobol" && (cells === undefined || cells < 1 || cells > MAX_CELLS)) {
    throw new DesignError("cells", `must be from 1 to ${MAX_CELLS}, not ${cells}`);
  }
  return { scenario, method, parameters, seeds: { from, count }, cells, prices };
}

/** The cells of a design, in their order. @throws {DesignError} */
export function cellsOf({ method, parameters, cells = 0 }: Design): Cell[] {
  const fields = Object.entries(parameters);
  if (method === "sobol") return sobolCells(fields, cells);
  const count = fields.reduce((product, [, values]) => product * values.length, 1);
  if (count > MAX_CELLS) throw new DesignError("parameters", `make ${count} cells, more than ${MAX_CELLS}`);
  return fields.reduce<Cell[]>(
    (made, [field, values]) => made.flatMap((cell) => values.map((value) => ({ ...cell, [field]: value }))),
    [{}],
  );
}

/** The scenario of a cell. @throws {ScenarioError} */
export const scenarioOf = ({ scenario }: Design, cell: Cell): Scenario =>
  Object.entries(cell).reduce((made, [field, value]) => withParameter(made, field, value), parseScenario(scenario));

/** Primitive polynomials and first directions of Sobol's sequence, for the dimensions after the first (Joe and Kuo). */
const DIRECTIONS = [
  { degree: 1, coefficients: 0, first: [1] },
  { degree: 2, coefficients: 1, first: [1, 3] },
  { degree: 3, coefficients: 1, first: [1, 3, 1] },
  { degree: 3, coefficients: 2, first: [1, 1, 1] },
  { degree: 4, coefficients: 1, first: [1, 1, 3, 3] },
  { degree: 4, coefficients: 4, first: [1, 3, 5, 13] },
  { degree: 5, coefficients: 2, first: [1, 1, 5, 5, 17] },
] as const;
const BITS = 31;

function sobolCells(fields: readonly [string, readonly number[]][], count: number): Cell[] {
  if (fields.length > DIRECTIONS.length + 1) {
    throw new DesignError("parameters", `has ${fields.length} fields, more than ${DIRECTIONS.length + 1} for sobol`);
  }
  const directions = fields.map((_, dimension) => directionsOf(dimension));
  const state = fields.map(() => 0);
  return Array.from({ length: count }, (_, index) => {
    // The first point is the middle of each range, and not its least value.
    if (index > 0) {
      const bit = trailingOnes(index - 1);
      for (const [dimension, each] of directions.entries()) {
        state[dimension] = ((state[dimension] as number) ^ (each[bit] as number)) >>> 0;
      }
    }
    return Object.fromEntries(
      fields.map(([field, values], dimension) => {
        const part = index === 0 ? 0.5 : (state[dimension] as number) / 2 ** BITS;
        const [least, most] = [Math.min(...values), Math.max(...values)];
        const value = least + (most - least) * part;
        return [field, values.every(Number.isInteger) ? Math.round(value) : value];
      }),
    );
  });
}

function directionsOf(dimension: number): number[] {
  const made = Array.from({ length: BITS }, () => 0);
  const polynomial = DIRECTIONS[dimension - 1];
  for (let bit = 0; bit < BITS; bit++) {
    if (!polynomial) {
      made[bit] = 2 ** (BITS - 1 - bit);
      continue;
    }
    const { degree, coefficients, first } = polynomial;
    if (bit < degree) {
      made[bit] = ((first[bit] as number) * 2 ** (BITS - 1 - bit)) >>> 0;
      continue;
    }
    let value = ((made[bit - degree] as number) ^ ((made[bit - degree] as number) >>> degree)) >>> 0;
    for (let term = 1; term < degree; term++) {
      if ((coefficients >> (degree - 1 - term)) & 1) value = (value ^ (made[bit - term] as number)) >>> 0;
    }
    made[bit] = value;
  }
  return made;
}

const trailingOnes = (n: number): number => {
  let count = 0;
  for (let left = n; left & 1; left >>>= 1) count++;
  return count;
};
