import { readFile } from "node:fs/promises";
import { type Population, PopulationError, parsePopulation } from "@counterpoise/agents";
import defaults from "../default-config.json" with { type: "json" };

/**
 * Parameters of a run. Ratios are parts per million, times seconds, amounts dollars; `population` has units of its own. The
 * file default-config.json has the fields and their default values.
 */
export type DemoConfig = Omit<typeof defaults, "population"> & { population: Population };

/** A configuration cannot be used. The message names the file, the field and the problem. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(
    readonly file: string,
    readonly problem: string,
  ) {
    super(`${file}: ${problem}`);
  }
}

/** The configuration without a file. */
export const defaultConfig: DemoConfig = {
  ...defaults,
  population: parsePopulation(defaults.population),
};

/** Reads a file that replaces some of the parameters. @throws {ConfigError} */
export async function readConfig(file: string): Promise<DemoConfig> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(file, code === "ENOENT" ? "no such file" : `cannot be read (${code ?? message})`);
  }
  return parseConfig(text, file);
}

/** Reads the text of a configuration. A `population` replaces the default one as a whole. @throws {ConfigError} */
export function parseConfig(text: string, file: string): DemoConfig {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(file, `is not JSON: ${(error as SyntaxError).message.split("\n")[0]}`);
  }
  const { population: _, ...sections } = defaults;
  const { population, ...rest } = objectOf(given, "the configuration", file);
  const config = merge(sections, rest, "", file) as Omit<DemoConfig, "population">;
  checkRelations(config, file);
  try {
    return { ...config, population: population === undefined ? defaultConfig.population : parsePopulation(population) };
  } catch (error) {
    if (error instanceof PopulationError) throw new ConfigError(file, error.message);
    throw error;
  }
}

/** The default values, replaced by given ones of the same name and type. */
function merge(base: object, given: object, path: string, file: string): object {
  const fields = base as Record<string, unknown>;
  const result = { ...fields };
  for (const [name, value] of Object.entries(given)) {
    const field = path === "" ? name : `${path}.${name}`;
    if (!Object.hasOwn(fields, name)) {
      throw new ConfigError(file, `${field} is no parameter; parameters: ${Object.keys(fields).join(", ")}`);
    }
    const usual = fields[name];
    if (typeof usual === "object") result[name] = merge(usual as object, objectOf(value, field, file), field, file);
    else if (typeof usual === "boolean") result[name] = booleanOf(value, field, file);
    else result[name] = wholeOf(value, field, file);
  }
  return result;
}

function objectOf(value: unknown, field: string, file: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ConfigError(file, `${field} must be an object, not ${JSON.stringify(value)}`);
}

function booleanOf(value: unknown, field: string, file: string): boolean {
  if (typeof value === "boolean") return value;
  throw new ConfigError(file, `${field} must be true or false, not ${JSON.stringify(value)}`);
}

const MAX = 1_000_000_000_000;

function wholeOf(value: unknown, field: string, file: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX) return value;
  throw new ConfigError(file, `${field} must be a whole number from 0 to ${MAX}, not ${JSON.stringify(value)}`);
}

/** Relations on which the demo depends. The contracts check all others at the deployment. */
function checkRelations({ market, orders, money, oracleMaker }: Omit<DemoConfig, "population">, file: string): void {
  const { initialMarginRatio, maintenanceMarginRatio } = market;
  if (maintenanceMarginRatio >= initialMarginRatio) {
    throw new ConfigError(
      file,
      `market.maintenanceMarginRatio ${maintenanceMarginRatio} must be below market.initialMarginRatio ${initialMarginRatio}`,
    );
  }
  for (const [field, value] of Object.entries({
    "orders.delay": orders.delay,
    "orders.priceWindow": orders.priceWindow,
    "orders.validity": orders.validity,
    "money.spotDepth": money.spotDepth,
    "money.firstLp": money.firstLp,
    "oracleMaker.cap": oracleMaker.cap,
  })) {
    if (value === 0) throw new ConfigError(file, `${field} must be above 0`);
  }
}
