// The app's configuration: `config.json` beside the page. A build fits every chain and every venue.
import { type Deployment, InvalidDeploymentError, parseDeployment } from "@counterpoise/sdk";

/** Endpoints and markets of the app. */
export type AppConfig = {
  chainName: string;
  /** Symbol of the chain's native token, 18 decimals. */
  nativeSymbol: string;
  /** JSON-RPC endpoints, at least one. Later ones serve while those before them fail. */
  rpcUrls: readonly string[];
  /** Milliseconds between two looks at the chain. */
  pollingInterval: number;
  /** The most blocks of one request of events; undefined: no limit. */
  maxBlockRange: bigint | undefined;
  /** Blocks of the past that the chart reads. */
  chartBlocks: bigint;
  /** Services with Hermes' interface. Without one, the app uses the prices that the chain has stored. */
  priceUrls: readonly string[];
  /** The address that takes signed orders; undefined: none. */
  ordersUrl: string | undefined;
  /** The history API of an indexer; undefined: none. */
  indexerUrl: string | undefined;
  /** One deployment for each market, all on one chain. */
  markets: readonly [Deployment, ...Deployment[]];
};

/** A field of the configuration is missing or malformed. */
export class InvalidConfigError extends Error {
  override name = "InvalidConfigError";
  readonly field: string;
  readonly value: unknown;
  readonly accepted: string;
  constructor({ field, value, accepted }: { field: string; value: unknown; accepted: string }) {
    super(`config.json: "${field}" is ${JSON.stringify(value) ?? "missing"}; expected ${accepted}.`);
    this.field = field;
    this.value = value;
    this.accepted = accepted;
  }
}

/**
 * Parses `config.json`. Addresses may be relative to the page's.
 *
 * @throws {InvalidConfigError} with the field, its value and the accepted form.
 */
export function parseConfig(json: unknown, base: string): AppConfig {
  if (typeof json !== "object" || json === null)
    throw new InvalidConfigError({ field: "(document)", value: json, accepted: "an object" });
  const fields = json as Record<string, unknown>;
  const text = (field: string, fallback: string): string => {
    const value = fields[field] ?? fallback;
    if (typeof value !== "string" || value === "") throw new InvalidConfigError({ field, value, accepted: "a text" });
    return value;
  };
  const whole = (field: string, fallback: number, [least, most]: [number, number]): number => {
    const value = fields[field] ?? fallback;
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      throw new InvalidConfigError({ field, value, accepted: `a whole number from ${least} to ${most}` });
    return value as number;
  };
  const address = (field: string, value: unknown): string => {
    const invalid = () => new InvalidConfigError({ field, value, accepted: "an address of http or https" });
    if (typeof value !== "string" || !URL.canParse(value, base)) throw invalid();
    const url = new URL(value, base);
    if (url.protocol !== "https:" && url.protocol !== "http:") throw invalid();
    return url.href.replace(/\/$/, "");
  };
  const list = (field: string, value: unknown, least: number): unknown[] => {
    if (!Array.isArray(value) || value.length < least)
      throw new InvalidConfigError({ field, value, accepted: `a list of at least ${least}` });
    return value;
  };
  const markets = list("markets", fields.markets, 1).map((market, i) => {
    try {
      return parseDeployment(market);
    } catch (error) {
      if (!(error instanceof InvalidDeploymentError)) throw error;
      const field = `markets[${i}].${error.field}`;
      throw new InvalidConfigError({ field, value: error.value, accepted: "the value of the deployment's file" });
    }
  }) as [Deployment, ...Deployment[]];
  const other = markets.findIndex(({ chainId }) => chainId !== markets[0].chainId);
  if (other > 0) {
    const value = markets[other]?.chainId;
    throw new InvalidConfigError({ field: `markets[${other}].chainId`, value, accepted: `${markets[0].chainId}` });
  }
  return {
    chainName: text("chainName", `Chain ${markets[0].chainId}`),
    nativeSymbol: text("nativeSymbol", "ETH"),
    rpcUrls: list("rpcUrls", fields.rpcUrls, 1).map((url, i) => address(`rpcUrls[${i}]`, url)),
    pollingInterval: whole("pollingInterval", 4_000, [250, 60_000]),
    maxBlockRange:
      fields.maxBlockRange === undefined ? undefined : BigInt(whole("maxBlockRange", 0, [1, 1_000_000_000])),
    chartBlocks: BigInt(whole("chartBlocks", 5_000, [1, 10_000_000])),
    priceUrls: list("priceUrls", fields.priceUrls ?? [], 0).map((url, i) => address(`priceUrls[${i}]`, url)),
    ordersUrl: fields.ordersUrl === undefined ? undefined : address("ordersUrl", fields.ordersUrl),
    indexerUrl: fields.indexerUrl === undefined ? undefined : address("indexerUrl", fields.indexerUrl),
    markets,
  };
}

/** The symbol of a market, as in "ETH-USDC". */
export const marketName = ({ baseSymbol, collateralSymbol }: Deployment): string =>
  `${baseSymbol.replace(/^W(?=ETH|BTC)/, "")}-${collateralSymbol}`;

/** The name of the base in sizes: that of the token without the prefix of its wrapper. */
export const baseName = ({ baseSymbol }: Deployment): string => baseSymbol.replace(/^W(?=ETH|BTC)/, "");
