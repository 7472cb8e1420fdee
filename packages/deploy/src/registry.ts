// The registry: what exists on a chain, in `deployments/<chainId>/<name>.json`. Only `apply` writes it.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Address, getAddress, type Hex, isAddress } from "viem";
import { z } from "zod";
import type { ExchangeConfig, ExistingContract } from "./config.js";
import { ConfigurationError } from "./errors.js";
import { isCreation, type Step } from "./steps.js";
import { percentToPpm } from "./units.js";

const address = z
  .string()
  .refine((text) => isAddress(text))
  .transform((text): Address => getAddress(text));
const hex = z
  .string()
  .regex(/^0x[0-9a-f]*$/)
  .transform((text) => text as Hex);
const token = z.strictObject({ address, symbol: z.string(), decimals: z.int() });
const contract = z.strictObject({ address, artifact: z.string(), arguments: hex });

const makerEntry = z.strictObject({
  kind: z.enum(["oracle", "spotHedgeBase", "spotHedgeQuote"]),
  name: z.string(),
  address,
  requestVault: address,
  /** Hedged makers only. */
  adapter: address.optional(),
  /** Tokens of the path and fees of its pools, ppm. Hedged makers only. */
  path: z.strictObject({ tokens: z.array(address), fees: z.array(z.int()) }).optional(),
});

export const registrySchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  chainId: z.int(),
  /** The latest block when the deployment began. */
  startBlock: z.string().regex(/^\d+$/),
  collateral: token,
  pyth: address,
  /** Undefined until all contracts of the exchange exist. */
  exchange: z
    .strictObject({
      oracle: address,
      vault: address,
      clearingHouse: address,
      backstop: address,
      lens: address,
      orderGateway: address,
      signedOrderGateway: address,
      counterfactualVerifier: address,
      breaker: address.optional(),
      timelock: address.optional(),
    })
    .optional(),
  markets: z.array(
    z.strictObject({
      id: z.int(),
      symbol: z.string(),
      base: token,
      feed: z.strictObject({ pythId: hex, aggregator: address.optional(), collateralPythId: hex.optional() }),
      makers: z.array(makerEntry),
    }),
  ),
  /** Every contract by the id of its step, with the constructor arguments that an explorer's verification needs. */
  contracts: z.record(z.string(), contract),
});

export type Registry = z.output<typeof registrySchema>;

export const registryFile = (folder: string, config: Pick<ExchangeConfig, "chainId" | "name">): string =>
  path.join(folder, `${config.chainId}`, `${config.name}.json`);

/** Reads the registry of a deployment; undefined before its first run. */
export function readRegistry(file: string): Registry | undefined {
  if (!existsSync(file)) return undefined;
  const result = registrySchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (result.success) return result.data;
  throw new ConfigurationError(
    file,
    result.error.issues.map(({ path: keys, message }) => ({ path: keys.join("."), problem: message })),
  );
}

/** Replaces the file at once, so that a crash leaves the old one or the new one. */
export function writeRegistry(file: string, registry: Registry): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(registry, undefined, 2)}\n`);
  renameSync(temporary, file);
}

export const existingOf = (registry: Registry | undefined): ExistingContract[] =>
  Object.entries(registry?.contracts ?? {}).map(([id, { address: existing }]) => ({ id, address: existing }));

/** The registry of the contracts that exist, with the markets of which all makers exist. */
export function registryOf(
  config: ExchangeConfig,
  steps: readonly Step[],
  exists: (step: Step) => boolean,
  previous: Registry | undefined,
  startBlock: bigint,
): Registry {
  const created = new Map(steps.filter((step) => isCreation(step) && exists(step)).map((step) => [step.id, step]));
  const at = (id: string) => created.get(id)?.creates;
  const required = (id: string): Address => at(id) as Address;
  const core = [
    "oracle",
    "vault",
    "clearingHouse",
    "backstop",
    "lens",
    "orderGateway",
    "signedOrderGateway",
    "verifier",
  ];
  const hasCore = core.every((id) => at(id) !== undefined);
  const markets = config.markets.filter(
    ({ symbol, makers }) =>
      hasCore &&
      makers.every(({ name }) => at(`markets.${symbol}.${name}`) && at(`markets.${symbol}.${name}.requestVault`)),
  );
  return {
    version: 1,
    name: config.name,
    chainId: config.chainId,
    startBlock: previous?.startBlock ?? startBlock.toString(),
    collateral: tokenOf(config.collateral),
    pyth: config.pyth.address,
    ...(hasCore && {
      exchange: {
        oracle: required("oracle"),
        vault: required("vault"),
        clearingHouse: required("clearingHouse"),
        backstop: required("backstop"),
        lens: required("lens"),
        orderGateway: required("orderGateway"),
        signedOrderGateway: required("signedOrderGateway"),
        counterfactualVerifier: required("verifier"),
        ...(at("breaker") && { breaker: required("breaker") }),
        ...(at("timelock") && { timelock: required("timelock") }),
      },
    }),
    markets: markets.map((market) => ({
      id: market.id,
      symbol: market.symbol,
      base: tokenOf(market.base),
      feed: {
        pythId: market.feed.pythId,
        ...(market.feed.chainlink && { aggregator: market.feed.chainlink.address }),
        ...(market.feed.collateral && { collateralPythId: market.feed.collateral.pythId }),
      },
      makers: market.makers.map((maker) => {
        const id = `markets.${market.symbol}.${maker.name}`;
        const common = {
          kind: maker.kind,
          name: maker.name,
          address: required(id),
          requestVault: required(`${id}.requestVault`),
        };
        if (maker.kind === "oracle") return common;
        const { tokens, fees } = pathOf(maker, market.base.address, config.collateral.address);
        return { ...common, adapter: required(`${id}.adapter`), path: { tokens, fees } };
      }),
    })),
    contracts: Object.fromEntries(
      [...created].map(([id, step]) => [
        id,
        // The arguments of the creation stay, also when the configuration changes.
        previous?.contracts[id] ?? { address: step.creates, artifact: step.artifact, arguments: step.arguments },
      ]),
    ),
  };
}

const tokenOf = ({ address: token_, symbol, decimals }: ExchangeConfig["collateral"]) => ({
  address: token_,
  symbol,
  decimals,
});

/** Tokens from base to collateral, and fees of the pools between them, ppm. */
export function pathOf(
  maker: Exclude<ExchangeConfig["markets"][number]["makers"][number], { kind: "oracle" }>,
  base: Address,
  collateral: Address,
): { tokens: Address[]; fees: number[] } {
  const pools: readonly { token?: Address | undefined; fee: string }[] = maker.path.pools;
  return {
    tokens: [base, ...pools.map((pool) => pool.token ?? collateral)],
    fees: pools.map(({ fee }) => Number(percentToPpm(fee))),
  };
}
