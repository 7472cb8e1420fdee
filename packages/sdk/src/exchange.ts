import { type Address, getAddress, type Hex, isAddress, isHex, zeroAddress } from "viem";
import type { Deployment } from "./deployment.js";
import { InvalidDeploymentError } from "./errors.js";

/** A token of an exchange. */
export type ExchangeToken = { address: Address; symbol: string /** At most 18. */; decimals: number };

/** A maker of a market, as it was deployed. */
export type ExchangeMaker = {
  kind: "oracle" | "spotHedgeBase" | "spotHedgeQuote";
  /** Unique in its market. */
  name: string;
  address: Address;
  /** ERC-7540. */
  requestVault: Address;
  /** The adapter that a hedged maker was deployed with. Its owner may have set another one: see `getHedge`. */
  adapter?: Address | undefined;
  /** Tokens from base to collateral, and the fees of the pools between them, ppm. */
  path?: { tokens: readonly Address[]; fees: readonly number[] } | undefined;
};

/** A market of an exchange. */
export type ExchangeMarket = {
  id: bigint;
  symbol: string;
  base: ExchangeToken;
  feed: { pythId: Hex; aggregator?: Address | undefined; collateralPythId?: Hex | undefined };
  makers: readonly ExchangeMaker[];
};

/** An exchange with all its markets, as `deployments/<chainId>/<name>.json` has it. */
export type ExchangeDeployment = {
  name: string;
  chainId: number;
  /** The latest block when the deployment began. */
  startBlock: bigint;
  collateral: ExchangeToken;
  pyth: Address;
  oracle: Address;
  vault: Address;
  clearingHouse: Address;
  backstop: Address;
  lens: Address;
  orderGateway: Address;
  signedOrderGateway: Address;
  counterfactualVerifier: Address;
  /** Undefined without a circuit breaker. */
  breaker?: Address | undefined;
  /** Undefined if an account owns the contracts. */
  timelock?: Address | undefined;
  markets: readonly ExchangeMarket[];
};

const exchangeKeys = [
  "oracle",
  "vault",
  "clearingHouse",
  "backstop",
  "lens",
  "orderGateway",
  "signedOrderGateway",
  "counterfactualVerifier",
] as const;

const kinds = ["oracle", "spotHedgeBase", "spotHedgeQuote"] as const;

/**
 * Parses the registry's file of an exchange.
 *
 * @example
 * const exchange = parseExchangeDeployment(JSON.parse(await readFile("deployments/42161/main.json", "utf8")));
 * const market = await getMarket(client, { deployment: marketDeployment(exchange, "ETH") });
 * @throws {@link InvalidDeploymentError} with the field and its value when it is missing or malformed, and for a deployment whose
 * exchange is not complete. Ids and symbols of markets, and names and addresses of a market's makers, are unique; the path of a hedged
 * maker leads from base to collateral, with a fee for each pool.
 */
export function parseExchangeDeployment(json: unknown): ExchangeDeployment {
  const root = new Fields(json, "");
  root.literal("version", 1);
  const contracts = root.object("exchange");
  const collateral = tokenOf(root.object("collateral"));
  return {
    name: root.text("name"),
    chainId: root.integer("chainId"),
    startBlock: root.bigint("startBlock"),
    collateral,
    pyth: root.address("pyth"),
    ...(Object.fromEntries(exchangeKeys.map((key) => [key, contracts.address(key)])) as Record<
      (typeof exchangeKeys)[number],
      Address
    >),
    ...optional("breaker", contracts.optionalAddress("breaker")),
    ...optional("timelock", contracts.optionalAddress("timelock")),
    markets: marketsOf(root, collateral.address),
  };
}

/**
 * The deployment of one market, for all actions that take `deployment`. The fields of makers have the first maker of each kind;
 * the market's `makers` has all of them. Fields of a kind that the market lacks are the zero address.
 *
 * @param market symbol or id
 * @throws {@link InvalidDeploymentError} for a market that the exchange does not have
 */
export function marketDeployment(exchange: ExchangeDeployment, market: string | bigint): Deployment {
  const found = exchange.markets.find(({ id, symbol }) => id === market || symbol === market);
  if (!found) throw new InvalidDeploymentError({ field: "markets", value: market });
  const first = (kind: ExchangeMaker["kind"]) => found.makers.find((maker) => maker.kind === kind);
  const [oracleMaker, base, quote] = kinds.map(first);
  const { markets: _, collateral, breaker = zeroAddress, timelock = zeroAddress, name: __, ...contracts } = exchange;
  return {
    ...contracts,
    breaker,
    timelock,
    marketId: found.id,
    collateral: collateral.address,
    collateralSymbol: collateral.symbol,
    collateralDecimals: collateral.decimals,
    base: found.base.address,
    baseSymbol: found.base.symbol,
    baseDecimals: found.base.decimals,
    pythId: found.feed.pythId,
    oracleMaker: oracleMaker?.address ?? zeroAddress,
    oracleMakerRequestVault: oracleMaker?.requestVault ?? zeroAddress,
    spotHedgeBaseMaker: base?.address ?? zeroAddress,
    spotHedgeBaseMakerRequestVault: base?.requestVault ?? zeroAddress,
    spotHedgeBaseMakerAdapter: base?.adapter ?? zeroAddress,
    ...(quote && {
      spotHedgeQuoteMaker: quote.address,
      spotHedgeQuoteMakerRequestVault: quote.requestVault,
      ...optional("spotHedgeQuoteMakerAdapter", quote.adapter),
    }),
  };
}

/** Markets with ids and symbols of their own, each with makers of its own. */
function marketsOf(root: Fields, collateral: Address): ExchangeMarket[] {
  const fields = root.objects("markets");
  const markets = fields.map((each) => marketOf(each, collateral));
  refuseDuplicates(fields, markets, "id");
  refuseDuplicates(fields, markets, "symbol");
  return markets;
}

function refuseDuplicates<item, key extends keyof item & string>(fields: Fields[], items: item[], key: key): void {
  const values = items.map((item) => item[key]);
  for (const [i, value] of values.entries()) if (values.indexOf(value) < i) fields[i]?.refuse(key);
}

function marketOf(fields: Fields, collateral: Address): ExchangeMarket {
  const feed = fields.object("feed");
  const base = tokenOf(fields.object("base"));
  const makerFields = fields.objects("makers");
  const makers = makerFields.map((maker) => makerOf(maker, base.address, collateral));
  refuseDuplicates(makerFields, makers, "name");
  refuseDuplicates(makerFields, makers, "address");
  return {
    id: fields.bigint("id"),
    symbol: fields.text("symbol"),
    base,
    feed: {
      pythId: feed.bytes32("pythId"),
      ...optional("aggregator", feed.optionalAddress("aggregator")),
      ...optional("collateralPythId", feed.has("collateralPythId") ? feed.bytes32("collateralPythId") : undefined),
    },
    makers,
  };
}

function makerOf(fields: Fields, base: Address, collateral: Address): ExchangeMaker {
  const maker = {
    kind: fields.oneOf("kind", kinds),
    name: fields.text("name"),
    address: fields.address("address"),
    requestVault: fields.address("requestVault"),
  };
  if (maker.kind === "oracle") return maker;
  return { ...maker, adapter: fields.address("adapter"), path: pathOf(fields.object("path"), base, collateral) };
}

/** A path from base to collateral, with a fee for each of its pools. */
function pathOf(fields: Fields, base: Address, collateral: Address): { tokens: Address[]; fees: number[] } {
  const [tokens, fees] = [fields.addresses("tokens"), fields.integers("fees")];
  if (tokens[0] !== base || tokens.at(-1) !== collateral) fields.refuse("tokens");
  if (fees.length !== tokens.length - 1) fields.refuse("fees");
  return { tokens, fees };
}

function tokenOf(fields: Fields): ExchangeToken {
  const decimals = fields.integer("decimals");
  if (decimals > 18) fields.refuse("decimals");
  return { address: fields.address("address"), symbol: fields.text("symbol"), decimals };
}

const optional = <key extends string, value>(key: key, value: value | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [name in key]?: value };

/** Fields of an object of the file. Errors have their path. */
class Fields {
  private readonly values: Record<string, unknown>;
  constructor(
    json: unknown,
    private readonly path: string,
  ) {
    if (typeof json !== "object" || json === null) {
      throw new InvalidDeploymentError({ field: path || "(document)", value: json });
    }
    this.values = json as Record<string, unknown>;
  }

  private at(field: string | number): string {
    return this.path === "" ? `${field}` : `${this.path}.${field}`;
  }

  refuse(field: string, value: unknown = this.values[field]): never {
    throw new InvalidDeploymentError({ field: this.at(field), value });
  }

  has(field: string): boolean {
    return this.values[field] !== undefined;
  }

  literal(field: string, expected: unknown): void {
    if (this.values[field] !== expected) this.refuse(field);
  }

  text(field: string): string {
    const value = this.values[field];
    return typeof value === "string" && value !== "" ? value : this.refuse(field);
  }

  oneOf<const option extends string>(field: string, options: readonly option[]): option {
    return options.find((option) => option === this.values[field]) ?? this.refuse(field);
  }

  bigint(field: string): bigint {
    const value = this.values[field];
    return (typeof value === "number" || typeof value === "string") && /^\d+$/.test(`${value}`)
      ? BigInt(value)
      : this.refuse(field);
  }

  integer(field: string): number {
    const value = Number(this.bigint(field));
    return Number.isSafeInteger(value) ? value : this.refuse(field);
  }

  address(field: string): Address {
    const value = this.values[field];
    return typeof value === "string" && isAddress(value) ? getAddress(value) : this.refuse(field);
  }

  optionalAddress(field: string): Address | undefined {
    return this.has(field) ? this.address(field) : undefined;
  }

  bytes32(field: string): Hex {
    const value = this.values[field];
    return isHex(value) && value.length === 66 ? value : this.refuse(field);
  }

  private list(field: string): readonly unknown[] {
    const value = this.values[field];
    return Array.isArray(value) ? value : this.refuse(field);
  }

  object(field: string): Fields {
    return new Fields(this.values[field], this.at(field));
  }

  objects(field: string): Fields[] {
    return this.list(field).map((item, i) => new Fields(item, `${this.at(field)}.${i}`));
  }

  addresses(field: string): Address[] {
    const list = new Fields(this.list(field), this.at(field));
    return this.list(field).map((_, i) => list.address(`${i}`));
  }

  integers(field: string): number[] {
    const list = new Fields(this.list(field), this.at(field));
    return this.list(field).map((_, i) => list.integer(`${i}`));
  }
}
