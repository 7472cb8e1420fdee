// Addresses of public networks that a published source confirms: `deployments/networks/<chainId>.json`.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@counterpoise/toolchain";
import { type Address, getAddress, isAddress, isAddressEqual } from "viem";
import { z } from "zod";
import type { ExchangeConfig } from "./config.js";

const FOLDER = path.join(repositoryRoot, "deployments/networks");

const confirmed = {
  address: z
    .string()
    .refine((text) => isAddress(text))
    .transform((text): Address => getAddress(text)),
  /** Package and version, or address of a page. */
  source: z.string().min(1),
  readOn: z.iso.date(),
};
const contract = z.strictObject(confirmed);

export const networkSchema = z.strictObject({
  name: z.string(),
  chainId: z.int().positive(),
  tokens: z.array(z.strictObject({ ...confirmed, symbol: z.string(), decimals: z.int().min(0).max(18) })),
  pyth: contract.optional(),
  uniswapV3Factory: contract.optional(),
  uniswapV4PoolManager: contract.optional(),
  /** Addresses that no source confirms yet. */
  missing: z.array(z.string()),
});

export type Network = z.output<typeof networkSchema>;

/** The confirmed addresses of a chain; undefined for a chain without a file. */
export function networkOf(chainId: number, folder = FOLDER): Network | undefined {
  const file = path.join(folder, `${chainId}.json`);
  return existsSync(file) ? networkSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

/** Addresses of a configuration that differ from the confirmed ones. Addresses without a confirmation are no difference. */
export function networkProblems(config: ExchangeConfig, network = networkOf(config.chainId)): string[] {
  if (!network) return [];
  const problems: string[] = [];
  const compare = (name: string, address: Address, known: { address: Address; source: string } | undefined) => {
    if (!known || isAddressEqual(address, known.address)) return;
    problems.push(`${name}: ${address} is not ${known.address}, which ${known.source} has for ${network.name}`);
  };
  const token = (name: string, { symbol, address }: ExchangeConfig["collateral"]) =>
    compare(
      name,
      address,
      network.tokens.find((known) => known.symbol === symbol),
    );
  token("collateral", config.collateral);
  compare("pyth", config.pyth.address, network.pyth);
  for (const market of config.markets) {
    const key = `markets.${market.symbol}`;
    token(`${key}.base`, market.base);
    for (const maker of market.makers) {
      if (maker.kind === "oracle") continue;
      const at = `${key}.${maker.name}.path`;
      if ("uniswapV3Factory" in maker.path) compare(at, maker.path.uniswapV3Factory, network.uniswapV3Factory);
      else compare(at, maker.path.uniswapV4PoolManager, network.uniswapV4PoolManager);
    }
  }
  return problems;
}
