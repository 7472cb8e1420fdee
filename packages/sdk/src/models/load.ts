// Reads of entities: each of one block, in a few requests.
import { type Address, BaseError, type Client, parseAbi } from "viem";
import { getBlock, getBlockNumber } from "viem/actions";
import { getFund } from "../actions/account.js";
import { getHedge } from "../actions/hedging/hedged-vault.js";
import { getSpotPath } from "../actions/hedging/spot-path.js";
import { getMarket, getMinPositionValue } from "../actions/market.js";
import { getOracleMakerParameters } from "../actions/oracle-maker.js";
import { exchangeLens, lpVault, quoteVault, vault } from "../client/contracts.js";
import { defineRead, type Read } from "../client/define-read.js";
import type { AccountParameters, MakerParameters, MarketParameters } from "../client/parameters.js";
import { readContract } from "../client/reverts.js";
import type { Deployment } from "../deployment.js";
import { unpack } from "../maths/fees.js";
import type { PoolState } from "../maths/uniswap-v3.js";
import { Account } from "./account.js";
import { HedgedMaker, type HedgeLeg } from "./hedged-maker.js";
import { LpVault } from "./lp-vault.js";
import { Market } from "./market.js";
import { OracleMaker } from "./oracle-maker.js";

/** A hedged maker's path has pools that the entities cannot compute: those of Uniswap v4. */
export class UnsupportedSpotPathError extends BaseError {
  override name = "UnsupportedSpotPathError";
  readonly adapter: Address;
  constructor({ adapter }: { adapter: Address }) {
    super(`The path of adapter ${adapter} is not one of Uniswap v3. Quote this maker with \`quoteTrade\`.`);
    this.adapter = adapter;
  }
}

/** Makes all requests of a read at one block. */
const atOneBlock =
  <parameters extends { deployment: Deployment }, result>(read: Read<parameters, result>): Read<parameters, result> =>
  async (client, options) =>
    read(client, { ...options, blockNumber: options.blockNumber ?? (await getBlockNumber(client, { cacheTime: 0 })) });

const define = <parameters extends { deployment: Deployment }, result>(
  read: (client: Client, parameters: parameters) => Promise<result>,
): Read<parameters, result> => atOneBlock(defineRead(read));

async function readMarket(client: Client, { deployment }: MarketParameters): Promise<Market> {
  const lens = { ...exchangeLens({ deployment }), args: [deployment.marketId] } as const;
  const [block, market, ledger, rates, minPositionValue] = await Promise.all([
    getBlock(client),
    getMarket(client, { deployment }),
    readContract(client, { ...lens, functionName: "marketOf" }),
    readContract(client, { ...lens, functionName: "ratesOf" }),
    getMinPositionValue(client, { deployment }),
  ]);
  return new Market({
    marketId: deployment.marketId,
    blockNumber: block.number,
    time: block.timestamp,
    status: market.status,
    rules: market.rules,
    minPositionValue,
    ramp: {
      initialMarginRatio: ledger.initialMarginRatio,
      maintenanceMarginRatio: ledger.maintenanceMarginRatio,
      rampEnd: BigInt(ledger.rampEnd),
      initialMarginRatioBefore: ledger.initialMarginRatioBefore,
      maintenanceMarginRatioBefore: ledger.maintenanceMarginRatioBefore,
      rampStart: BigInt(ledger.rampStart),
    },
    stored: unpack(ledger.fees),
    rates,
    insurance: ledger.insurance,
    balance: ledger.balance,
    collateralScale: 10n ** BigInt(18 - deployment.collateralDecimals),
    price:
      market.price === undefined
        ? undefined
        : {
            price: market.price,
            confidence: market.confidence,
            publishTime: market.lastPrice?.publishTime ?? block.timestamp,
          },
  });
}

async function readAccount(client: Client, { deployment, account: address }: AccountParameters): Promise<Account> {
  const [market, position, fund] = await Promise.all([
    readMarket(client, { deployment }),
    readContract(client, {
      ...vault({ deployment }),
      functionName: "positionOf",
      args: [deployment.marketId, address],
    }),
    getFund(client, { deployment, account: address }),
  ]);
  return new Account({ address, market, position, fund });
}

const poolAbi = /* @__PURE__ */ parseAbi([
  "function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16, uint16, uint16, uint8, bool)",
  "function liquidity() view returns (uint128)",
  "function tickSpacing() view returns (int24)",
  "function tickBitmap(int16 word) view returns (uint256)",
  "function ticks(int24 tick) view returns (uint128 gross, int128 net, uint256, uint256, int56, uint160, uint32, bool)",
]);

/** Words of the bitmap on either side of the price: each covers 256 spacings of ticks, at a spacing of 10 a price range of 29%. */
const WORDS = 2;
const MAX_WORD = 3_465;

async function readPool(client: Client, { address, fee }: { address: Address; fee: number }): Promise<PoolState> {
  const pool = { address, abi: poolAbi } as const;
  const [[sqrtPriceX96, tick], liquidity, tickSpacing] = await Promise.all([
    readContract(client, { ...pool, functionName: "slot0" }),
    readContract(client, { ...pool, functionName: "liquidity" }),
    readContract(client, { ...pool, functionName: "tickSpacing" }),
  ]);
  const middle = Math.floor(tick / tickSpacing / 256);
  const words = Array.from({ length: 2 * WORDS + 1 }, (_, i) => middle - WORDS + i).filter(
    (word) => Math.abs(word) <= MAX_WORD,
  );
  const ticks = await Promise.all(
    words.map(async (word) => {
      const bitmap = await readContract(client, { ...pool, functionName: "tickBitmap", args: [word] });
      const bits = Array.from({ length: 256 }, (_, bit) => bit).filter((bit) => bitmap & (1n << BigInt(bit)));
      return Promise.all(
        bits.map(async (bit) => {
          const at = (word * 256 + bit) * tickSpacing;
          const [, net] = await readContract(client, { ...pool, functionName: "ticks", args: [at] });
          return { tick: at, liquidityNet: net };
        }),
      );
    }),
  );
  const known = {
    from: (middle - WORDS) * 256 * tickSpacing,
    to: ((middle + WORDS) * 256 + 255) * tickSpacing,
  };
  return { sqrtPriceX96, tick, liquidity, fee, tickSpacing, ticks: ticks.flat(), known };
}

async function readLegs(client: Client, adapter: Address): Promise<HedgeLeg[]> {
  const path = await getSpotPath(client, { adapter });
  if (path.exchange !== "uniswapV3") throw new UnsupportedSpotPathError({ adapter });
  return Promise.all(
    path.pools.map(async (pool, i) => {
      const [from, to] = [path.tokens[i] as Address, path.tokens[i + 1] as Address];
      return { pool: await readPool(client, pool), sellsToken0: BigInt(from) < BigInt(to) };
    }),
  );
}

async function readHedgedMaker(client: Client, { deployment, maker }: MakerParameters): Promise<HedgedMaker> {
  const [account, hedge, asset] = await Promise.all([
    readAccount(client, { deployment, account: maker }),
    getHedge(client, { deployment, maker }),
    readContract(client, { ...lpVault({ maker }), functionName: "asset" }),
  ]);
  const isQuoteVault = asset.toLowerCase() === deployment.collateral.toLowerCase();
  const { assetBalance, assetLiability, parameters } = hedge;
  const [legs, quoteRules, baseBalance] = await Promise.all([
    readLegs(client, parameters.adapter),
    isQuoteVault ? readContract(client, { ...quoteVault({ maker }), functionName: "quoteRules" }) : undefined,
    isQuoteVault ? readContract(client, { ...quoteVault({ maker }), functionName: "baseBalance" }) : 0n,
  ]);
  return new HedgedMaker({
    account,
    kind: isQuoteVault ? "quote" : "base",
    parameters,
    assetBalance,
    assetLiability,
    baseBalance,
    quoteRules,
    legs,
    baseScale: 10n ** BigInt(18 - deployment.baseDecimals),
  });
}

async function readOracleMaker(client: Client, { deployment }: MarketParameters): Promise<OracleMaker> {
  const [account, parameters] = await Promise.all([
    readAccount(client, { deployment, account: deployment.oracleMaker }),
    getOracleMakerParameters(client, { deployment }),
  ]);
  return new OracleMaker({ account, parameters });
}

/**
 * Reads a market as an entity. All of its state is of one block.
 *
 * @example
 * const market = await loadMarket(client, { deployment });
 */
export const loadMarket = /* @__PURE__ */ define(readMarket);

/**
 * Reads one account as an entity, with its market. All of its state is of one block.
 *
 * @example
 * const account = await loadAccount(client, { deployment, account: "0x..." });
 */
export const loadAccount = /* @__PURE__ */ define(readAccount);

/**
 * Reads the deployment's OracleMaker as an entity, with its market. All of its state is of one block.
 *
 * @example
 * const maker = await loadOracleMaker(client, { deployment });
 */
export const loadOracleMaker = /* @__PURE__ */ define(readOracleMaker);

/** Parameters of {@link loadHedgedMaker}. */
export type LoadHedgedMakerParameters = {
  deployment: Deployment;
  /** Default: the deployment's base vault. */
  maker?: Address | undefined;
};

/**
 * Reads a hedged maker as an entity, with its market and the pools of its path near their prices. All of its state is of one block.
 *
 * @example
 * const maker = await loadHedgedMaker(client, { deployment });
 * @throws {@link UnsupportedSpotPathError} for a path of Uniswap v4.
 */
export const loadHedgedMaker = /* @__PURE__ */ define(
  (client, { deployment, maker = deployment.spotHedgeBaseMaker }: LoadHedgedMakerParameters) =>
    readHedgedMaker(client, { deployment, maker }),
);

/**
 * Reads an LP vault as an entity, with its maker. All of its state is of one block.
 *
 * @example
 * const vault = await loadLpVault(client, { deployment, maker: deployment.oracleMaker });
 * @throws {@link UnsupportedSpotPathError} for a hedged maker whose path is one of Uniswap v4.
 */
export const loadLpVault = /* @__PURE__ */ define(
  async (client, { deployment, maker }: MakerParameters): Promise<LpVault> => {
    const isHedged = maker.toLowerCase() !== deployment.oracleMaker.toLowerCase();
    const [entity, totalShares, rules] = await Promise.all([
      isHedged ? readHedgedMaker(client, { deployment, maker }) : readOracleMaker(client, { deployment }),
      readContract(client, { ...lpVault({ maker }), functionName: "totalSupply" }),
      readContract(client, { ...lpVault({ maker }), functionName: "lpRules" }),
    ]);
    return new LpVault({
      maker: entity,
      totalShares,
      depositCap: rules.depositCap,
      requestFee: rules.requestFee,
    });
  },
);
