// Configuration from a JSON file and the environment, with zod. A variable of the environment replaces the file's value.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigError, type ConfigProblem } from "./errors.js";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Parameters of {@link loadConfig}. */
export type LoadConfigParameters<schema extends z.ZodType> = {
  schema: schema;
  /** Path of a JSON file. Default: the environment only. */
  file?: string | undefined;
  /** Default: that of the process. */
  env?: Record<string, string | undefined> | undefined;
  /** Of the variables: with `KEEPER`, `KEEPER_GAS__MAX_FEE=5` sets `gas.maxFee`. */
  prefix: string;
};

/**
 * Loads and validates a configuration. Unknown keys are errors.
 *
 * @throws {@link ConfigError} with each key that is missing, unknown or malformed, and the variable that would set it.
 */
export function loadConfig<schema extends z.ZodType>({
  schema,
  file,
  env = process.env,
  prefix,
}: LoadConfigParameters<schema>): z.output<schema> {
  const values = file === undefined ? {} : readJson(file, prefix);
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(`${prefix}_`) || text === undefined) continue;
    set(
      values,
      name
        .slice(prefix.length + 1)
        .split("__")
        .map(toKey),
      parseValue(text),
    );
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.flatMap((issue) => {
      const { path } = issue;
      const keys = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
      const problem = issue.code === "unrecognized_keys" ? "unknown key" : issue.message;
      return keys.map((each): ConfigProblem => problemOf(each, problem, prefix));
    }),
  );
}

function readJson(file: string, prefix: string): Record<string, Json> {
  const fail = (problem: string) => new ConfigError([{ key: "(file)", variable: `${prefix}_CONFIG`, problem }]);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw fail(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    throw fail(`${file} is not JSON`);
  }
  if (typeof values !== "object" || values === null || Array.isArray(values)) throw fail(`${file} is not an object`);
  return values as Record<string, Json>;
}

const problemOf = (path: readonly PropertyKey[], problem: string, prefix: string): ConfigProblem => ({
  key: path.map(String).join(".") || "(document)",
  variable: `${prefix}_${path.map((each) => toVariable(String(each))).join("__")}`,
  problem,
});

/** `MAX_FEE` to `maxFee`. */
const toKey = (segment: string): string =>
  segment.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `maxFee` to `MAX_FEE`. */
const toVariable = (key: string): string => key.replace(/([A-Z])/g, "_$1").toUpperCase();

/** A number, boolean, list or object in JSON; any other text as it is. Amounts are strings: JSON numbers lose digits. */
function parseValue(text: string): Json {
  if (!/^(true|false|null|-?\d{1,15}|[[{].*)$/s.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function set(target: Record<string, Json>, [key = "", ...rest]: string[], value: Json): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next = typeof inner === "object" && inner !== null ? inner : /^\d+$/.test(rest[0] ?? "") ? [] : {};
  target[key] = next;
  set(next as Record<string, Json>, rest, value);
}

const integerText = z
  .union([z.string().regex(/^\d+$/, "expected a whole number"), z.number().int().nonnegative()])
  .transform((value) => BigInt(value));

/** Types of values that several services share. */
export const configTypes = {
  /** Wei, or another amount that may exceed a JSON number: a string of digits. */
  amount: integerText,
  /** An http or https address. */
  url: z.string().regex(/^https?:\/\/\S+$/, "expected an http or https address"),
  address: z
    .string()
    .regex(/^0x[\da-fA-F]{40}$/, "expected an address")
    .transform((value) => value as `0x${string}`),
  hash: z
    .string()
    .regex(/^0x[\da-fA-F]{64}$/, "expected 32 bytes in hex")
    .transform((value) => value as `0x${string}`),
  milliseconds: z.number().int().positive(),
  seconds: z.number().int().positive(),
  port: z.number().int().min(0).max(65_535),
} as const;

const rpcSchema = z
  .array(
    z.strictObject({
      url: configTypes.url,
      /** The most requests at once. */
      concurrency: z.number().int().positive().default(32),
    }),
  )
  .min(1);

const signerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("keystore"), file: z.string(), passwordFile: z.string() }),
  z.strictObject({
    type: z.literal("remote"),
    url: configTypes.url,
    address: configTypes.address,
    tokenFile: z.string().optional(),
    timeout: configTypes.milliseconds.default(5_000),
  }),
  z.strictObject({ type: z.literal("unlocked"), address: configTypes.address }),
  z.strictObject({ type: z.literal("plain"), key: configTypes.hash }),
]);

const serverSchema = z
  .strictObject({
    host: z.string().default("127.0.0.1"),
    port: configTypes.port.default(0),
    /** File with the token of mutating admin calls. Default: no such calls. */
    tokenFile: z.string().optional(),
  })
  .prefault({});

const databaseSchema = z
  .strictObject({
    /** Default: `DATABASE_URL`, else the embedded Postgres. */
    url: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/, "expected a postgres address")
      .optional(),
    /** Folder of the embedded Postgres. */
    folder: z.string().default(".counterpoise/postgres"),
    /** `none`: no database; one transaction in flight, without a memory of what was sent. */
    mode: z.enum(["required", "none"]).default("required"),
  })
  .prefault({});

/** Sections of the configuration that several services share. */
export const configSections = {
  rpc: rpcSchema,
  signer: signerSchema,
  server: serverSchema,
  database: databaseSchema,
} as const;

const gwei = 10n ** 9n;
const ether = 10n ** 18n;

/** Fees, and the balance of the wallet that pays them. */
export const gasSection = z
  .strictObject({
    /** Wei per gas. */
    maxFeePerGas: integerText.prefault(String(200n * gwei)),
    /** Wei per gas. */
    priorityFee: integerText.prefault(String(gwei / 10n)),
    /** Wei; the service sends nothing below. */
    floor: integerText.prefault(String(ether / 50n)),
    /** Wei; more in a hot wallet raises an alarm. */
    ceiling: integerText.prefault(String(10n * ether)),
  })
  .prefault({});

export type RpcConfig = z.output<typeof rpcSchema>;
export type SignerConfig = z.output<typeof signerSchema>;
export type ServerConfig = z.output<typeof serverSchema>;
export type DatabaseConfig = z.output<typeof databaseSchema>;
