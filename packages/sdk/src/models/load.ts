// Reads of entities: each of one block, in a few requests.
import { type Address, BaseError, parseAbi } from "viem";
import { getBlockNumber } from "viem/actions";
import { getFund } from "../actions/account.js";
import { getHedge } from "../actions/hedging/hedged-vault.js";
import { getSpotPath } from "../actions/hedging/spot-path.js";
import { getMarket, getMinPositionValue } from "../actions/market.js";
import { getOracleMakerParameters } from "../actions/oracle-maker.js";
import { type ClientRead, defineRead } from "../client/define-read.js";
import type { AccountParameters, MakerParameters, MarketParameters } from "../client/parameters.js";
import { all, block, type Steps, view } from "../client/steps.js";
import type { Deployment } from "../deployment.js";
import * as lens from "../generated/contracts/exchange-lens.js";
import * as lpVault from "../generated/contracts/oracle-maker.js";
import * as quoteVault from "../generated/contracts/spot-hedge-quote-maker.js";
import * as vault from "../generated/contracts/vault.js";
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

/** Defines a read that makes all of its requests at one block. */
const define =
  <parameters extends { deployment: Deployment }, result>(
    steps: (parameters: parameters) => Steps<result>,
  ): ClientRead<parameters, result> =>
  async (client, options) => {
    const blockNumber = options.blockNumber ?? (await getBlockNumber(client, { cacheTime: 0 }));
    return defineRead(steps)(client, { ...options, blockNumber });
  };

function* readMarket({ deployment }: MarketParameters): Steps<Market> {
  const { lens: address, marketId } = deployment;
  const [latest, market, ledger, rates, minPositionValue] = yield* all([
    block(),
    getMarket.call({ deployment }),
    view(address, lens.marketOf, [marketId]),
    view(address, lens.ratesOf, [marketId]),
    getMinPositionValue.call({ deployment }),
  ]);
  return new Market({
    marketId: deployment.marketId,
    blockNumber: latest.number,
    time: latest.timestamp,
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
            publishTime: market.lastPrice?.publishTime ?? latest.timestamp,
          },
  });
}

function* readAccount({ deployment, account: address }: AccountParameters): Steps<Account> {
  const [market, position, fund] = yield* all([
    readMarket({ deployment }),
    view(deployment.vault, vault.positionOf, [deployment.marketId, address]),
    getFund.call({ deployment, account: address }),
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

function* readPool({ address, fee }: { address: Address; fee: number }): Steps<PoolState> {
  const [slot0, liquidityOf, spacingOf, bitmapOf, tickOf] = poolAbi;
  const [[sqrtPriceX96, tick], liquidity, tickSpacing] = yield* all([
    view(address, slot0, []),
    view(address, liquidityOf, []),
    view(address, spacingOf, []),
  ]);
  const middle = Math.floor(tick / tickSpacing / 256);
  const words = Array.from({ length: 2 * WORDS + 1 }, (_, i) => middle - WORDS + i).filter(
    (word) => Math.abs(word) <= MAX_WORD,
  );
  const bitmaps = yield* all(words.map((word) => view(address, bitmapOf, [word])));
  const initialized = words.flatMap((word, i) =>
    Array.from({ length: 256 }, (_, bit) => bit)
      .filter((bit) => (bitmaps[i] ?? 0n) & (1n << BigInt(bit)))
      .map((bit) => (word * 256 + bit) * tickSpacing),
  );
  const states = yield* all(initialized.map((at) => view(address, tickOf, [at])));
  const ticks = initialized.map((at, i) => ({ tick: at, liquidityNet: states[i]?.[1] ?? 0n }));
  const known = {
    from: (middle - WORDS) * 256 * tickSpacing,
    to: ((middle + WORDS) * 256 + 255) * tickSpacing,
  };
  return { sqrtPriceX96, tick, liquidity, fee, tickSpacing, ticks, known };
}

function* readLegs(adapter: Address): Steps<HedgeLeg[]> {
  const path = yield* getSpotPath.call({ adapter });
  if (path.exchange !== "uniswapV3") throw new UnsupportedSpotPathError({ adapter });
  const pools = yield* all(path.pools.map(readPool));
  return pools.map((pool, i) => {
    const [from, to] = [path.tokens[i] as Address, path.tokens[i + 1] as Address];
    return { pool, sellsToken0: BigInt(from) < BigInt(to) };
  });
}

function* readHedgedMaker({ deployment, maker }: MakerParameters): Steps<HedgedMaker> {
  const [account, hedge, asset] = yield* all([
    readAccount({ deployment, account: maker }),
    getHedge.call({ deployment, maker }),
    view(maker, lpVault.asset, []),
  ]);
  const isQuoteVault = asset.toLowerCase() === deployment.collateral.toLowerCase();
  const { assetBalance, assetLiability, parameters } = hedge;
  const legs = yield* readLegs(parameters.adapter);
  const [quoteRules, baseBalance] = isQuoteVault
    ? yield* all([view(maker, quoteVault.quoteRules, []), view(maker, quoteVault.baseBalance, [])])
    : ([undefined, 0n] as const);
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

function* readOracleMaker({ deployment }: MarketParameters): Steps<OracleMaker> {
  const [account, parameters] = yield* all([
    readAccount({ deployment, account: deployment.oracleMaker }),
    getOracleMakerParameters.call({ deployment }),
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
  ({ deployment, maker = deployment.spotHedgeBaseMaker }: LoadHedgedMakerParameters) =>
    readHedgedMaker({ deployment, maker }),
);

/**
 * Reads an LP vault as an entity, with its maker. All of its state is of one block.
 *
 * @example
 * const vault = await loadLpVault(client, { deployment, maker: deployment.oracleMaker });
 * @throws {@link UnsupportedSpotPathError} for a hedged maker whose path is one of Uniswap v4.
 */
export const loadLpVault = /* @__PURE__ */ define(function* ({ deployment, maker }: MakerParameters): Steps<LpVault> {
  const isHedged = maker.toLowerCase() !== deployment.oracleMaker.toLowerCase();
  const [entity, totalShares, rules] = yield* all([
    isHedged ? readHedgedMaker({ deployment, maker }) : readOracleMaker({ deployment }),
    view(maker, lpVault.totalSupply, []),
    view(maker, lpVault.lpRules, []),
  ]);
  return new LpVault({ maker: entity, totalShares, depositCap: rules.depositCap, requestFee: rules.requestFee });
});
