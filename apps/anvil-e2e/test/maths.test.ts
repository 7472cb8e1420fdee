// Compares the SDK's maths with the libraries of the contracts, compiled as they ship, and with the bytecode of Uniswap v3: equal
// to the last wei for at least 10,000 random cases of each module, with the corners of every input.
import {
  type Anvil,
  addLiquidity,
  createDevnetClient,
  createPool,
  type DevnetClient,
  deployContract,
  deployTestToken,
  deployUniswapV3,
  forgeArtifact,
  mintTestToken,
  rangeTicks,
  type SpotPool,
  startAnvil,
} from "@counterpoise/devnet";
import {
  amounts,
  fees,
  hedge,
  hedgeMargin,
  inventoryCurve,
  liability,
  liquidation,
  margin,
  position,
  shares,
  uniswapV3,
} from "@counterpoise/sdk/math";
import { type Address, parseAbi } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluate, type Words, wordsOf } from "../src/batch.js";
import { generator, magnitude, oneOf, type Random, signed, within } from "../src/random.js";

const CASES = 10_000;
const [MAX_SIZE, MAX_QUOTE, MAX_PRICE] = [2n ** 111n - 1n, 2n ** 127n - 1n, 2n ** 128n - 1n];
const PPM = 1_000_000n;

let anvil: Anvil;
let client: DevnetClient;
let deployer: Address;
let harness: Address;
const { abi, bytecode } = forgeArtifact("MathHarness");

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: 1_700_000_000n });
  deployer = (anvil.accounts[0] as Anvil["accounts"][number]).address;
  client = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: deployer, chainId: anvil.chainId });
  harness = await deployContract(client, { name: "MathHarness", abi, bytecode });
});
afterAll(() => anvil?.stop());

/** A function of the harness and its counterpart of the SDK. */
type Comparison<input> = {
  name: string;
  /** Words of the result. */
  results: number;
  input: (random: Random) => input;
  words: (input: input) => Words;
  sdk: (input: input) => Words;
  cases?: number;
};

/** Compares `CASES` random cases. The contract and the SDK fail for the same ones, which are few. */
async function compare<input>({ name, results, input, words, sdk, cases = CASES }: Comparison<input>): Promise<void> {
  const random = generator(BigInt(name.length) * 7_919n + 1n);
  let failures = 0;
  const inputs = Array.from({ length: cases }, () => input(random));
  const answers = await evaluate(client, { harness, abi, name, cases: inputs.map(words), results });
  for (const [i, answer] of answers.entries()) {
    const given = inputs[i] as input;
    const own = attempt(() => wordsOf(sdk(given)));
    if (answer === undefined) failures++;
    if (own !== answer) expect({ given: show(given), own }).toEqual({ given: show(given), own: answer });
  }
  expect(failures).toBeLessThan(cases / 5);
}

const attempt = (run: () => string): string | undefined => {
  try {
    return run();
  } catch {
    return undefined;
  }
};

const show = (value: unknown) => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}` : v));

// ---- inputs ----

/** A price: a number of Pyth (int64 and exponent) as WAD, one wei, the largest, or any. */
function price(random: Random): bigint {
  const kind = random.below(8n);
  if (kind === 0n) return 1n;
  if (kind === 1n) return MAX_PRICE;
  if (kind > 4n) return magnitude(random, 1n, MAX_PRICE);
  const value = oneOf(random, [1n, 2n ** 63n - 1n, magnitude(random, 1n, 2n ** 63n - 1n)]);
  return value * 10n ** (18n - oneOf(random, [0n, 5n, 8n, 10n, 12n, 18n]));
}
const size = (random: Random) => signed(random, MAX_SIZE);
const ratio = (random: Random) => Number(within(random, PPM));
const bool = (random: Random) => random.below(2n) === 0n;
const scale = (random: Random) => oneOf(random, [1n, 10n ** 10n, 10n ** 12n]);

/** A size with a notional below 2^127, as the Vault stores them. */
const sizeAt = (random: Random, at: bigint) => {
  const end = (MAX_QUOTE * 10n ** 18n) / at;
  return signed(random, end < MAX_SIZE ? end : MAX_SIZE);
};

const storedPosition = (random: Random): position.StoredPosition => ({
  size: size(random),
  openNotional: size(random),
  margin: signed(random, 2n ** 103n - 1n),
  fundingIndex: signed(random, 2n ** 71n - 1n),
  borrowingIndex: within(random, 2n ** 64n - 1n),
  lastFillAt: within(random, 2n ** 32n - 1n),
  closes: within(random, 2n ** 15n - 1n),
  isMaker: bool(random),
});
const positionWords = (p: position.StoredPosition): Words => [
  p.size,
  p.openNotional,
  p.margin,
  p.fundingIndex,
  p.borrowingIndex,
  p.lastFillAt,
  p.closes,
  p.isMaker,
];

/** A fee state and its rates. Sizes sum to zero, as law L1 demands. */
function market(random: Random): { state: fees.FeeState; rates: fees.FeeRates } {
  const [takerLong, takerShort] = [within(random, 2n ** 110n), within(random, 2n ** 110n)];
  const least = takerShort > takerLong ? takerShort - takerLong : 0n;
  // As the Vault accepts them: the rate takes at least an hour to its cap.
  const maxFundingRate = random.below(8n) === 0n ? 0n : 3_600n + within(random, 2n ** 48n - 3_601n);
  const maxFundingVelocity = 1n + within(random, maxFundingRate === 0n ? 0n : maxFundingRate / 3_600n - 1n);
  const skewScale = 2n ** 30n + within(random, 2n ** 110n - 2n ** 30n - 1n);
  const hour = oneOf(random, [0n, 1n, fees.FROZEN, within(random, 2n ** 33n)]);
  return {
    state: {
      takerLong,
      takerShort,
      makerLong: least + within(random, 2n ** 110n),
      price: random.below(10n) === 0n ? 0n : price(random),
      fundingIndex: signed(random, 2n ** 71n - 1n),
      averageSkew: oneOf(random, [0n, skewScale, -skewScale, signed(random, skewScale)]),
      updatedAt: hour,
      takerLongIndex: within(random, 2n ** 64n - 1n),
      takerShortIndex: within(random, 2n ** 64n - 1n),
      makerLongIndex: within(random, 2n ** 64n - 1n),
      makerShortIndex: within(random, 2n ** 64n - 1n),
    },
    rates: {
      indexDecimals: random.below(31n),
      maxFundingRate,
      maxFundingVelocity,
      skewScale,
      maxBorrowingRate: within(random, 2n ** 48n - 1n),
      makerLongCapacity: within(random, 2n ** 117n),
      makerShortCapacity: within(random, 2n ** 117n),
    },
  };
}
const stateWords = (s: fees.FeeState): Words => [
  s.takerLong,
  s.takerShort,
  s.makerLong,
  s.price,
  s.fundingIndex,
  s.averageSkew,
  s.updatedAt,
  s.takerLongIndex,
  s.takerShortIndex,
  s.makerLongIndex,
  s.makerShortIndex,
];
const ratesWords = (r: fees.FeeRates): Words => [
  r.indexDecimals,
  r.maxFundingRate,
  r.maxFundingVelocity,
  r.skewScale,
  r.maxBorrowingRate,
  r.makerLongCapacity,
  r.makerShortCapacity,
];

/** An account at a price, with a value that is near its requirement, or any. */
function account(random: Random) {
  const at = price(random);
  const s = sizeAt(random, at);
  const maintenanceMarginRatio = ratio(random);
  const requirement = margin.requirementCeil(amounts.notionalCeil(s, at), maintenanceMarginRatio);
  const value = oneOf(random, [
    requirement + signed(random, 2n),
    requirement / 2n + signed(random, 2n),
    signed(random, 2n),
    signed(random, MAX_QUOTE),
  ]);
  const openNotional = size(random);
  const state: liquidation.LiquidationAccount = {
    size: s,
    openNotional,
    margin: bool(random) ? value - openNotional - amounts.valueFloor(s, at) : size(random),
    value,
    isMaker: bool(random),
    maintenanceMarginRatio,
    insurance: signed(random, MAX_QUOTE),
  };
  return { at, state };
}
const accountWords = (a: liquidation.LiquidationAccount): Words => [
  a.size,
  a.openNotional,
  a.margin,
  a.value,
  a.isMaker,
  0n,
  0n,
  a.maintenanceMarginRatio,
  a.insurance,
];
const part = (random: Random, whole: bigint) => within(random, whole < 0n ? -whole : whole);

// ---- modules ----

test("default: amounts", async () => {
  const input = (random: Random) => ({ size: size(random), at: price(random) });
  const words = ({ size, at }: ReturnType<typeof input>) => [size, at];
  await compare({ name: "valueFloor", results: 1, input, words, sdk: (c) => [amounts.valueFloor(c.size, c.at)] });
  await compare({ name: "notionalCeil", results: 1, input, words, sdk: (c) => [amounts.notionalCeil(c.size, c.at)] });
  await compare({ name: "notionalFloor", results: 1, input, words, sdk: (c) => [amounts.notionalFloor(c.size, c.at)] });
  await compare({
    name: "isReducedBy",
    results: 1,
    input: (random) => {
      const held = size(random);
      return { held, fill: oneOf(random, [-held, -held + 1n, -held - 1n, -held / 2n, size(random)]) };
    },
    words: ({ held, fill }) => [held, fill],
    sdk: ({ held, fill }) => [amounts.isReducedBy(held, fill)],
  });
});

test("default: position", async () => {
  await compare({
    name: "applyFill",
    results: 9,
    input: (random) => {
      const held = storedPosition(random);
      const base = oneOf(random, [-held.size, -held.size / 2n, -2n * held.size, size(random), size(random)]);
      return { held, base, quote: signed(random, MAX_QUOTE) };
    },
    words: ({ held, base, quote }) => [...positionWords(held), base, quote],
    sdk: ({ held, base, quote }) => {
      const { position: after, realizedPnl } = position.applyFill(held, { base, quote });
      return [...positionWords(after), realizedPnl];
    },
  });
  await compare({
    name: "positionValue",
    results: 1,
    input: (random) => ({ held: storedPosition(random), at: price(random) }),
    words: ({ held, at }) => [...positionWords(held), at],
    sdk: ({ held, at }) => [position.value(held, at)],
  });
});

test("default: fees", async () => {
  await compare({
    name: "advance",
    results: 11,
    input: (random) => {
      const { state, rates } = market(random);
      const elapsed = oneOf(random, [0n, 1n, 3_600n, within(random, 2n ** 30n)]);
      const isBefore = random.below(16n) === 0n;
      return { state, rates, timestamp: isBefore ? state.updatedAt / 2n : state.updatedAt + elapsed };
    },
    words: ({ state, rates, timestamp }) => [...stateWords(state), ...ratesWords(rates), timestamp],
    sdk: ({ state, rates, timestamp }) => stateWords(fees.advance(state, rates, timestamp)),
  });
  await compare({
    name: "pending",
    results: 2,
    input: (random) => ({ held: storedPosition(random), ...market(random) }),
    words: ({ held, state, rates }) => [...positionWords(held), ...stateWords(state), rates.indexDecimals],
    sdk: ({ held, state, rates }) => {
      const { funding, borrowing } = fees.pending(held, state, rates.indexDecimals);
      return [funding, borrowing];
    },
  });
  await compare({
    name: "feeRates",
    results: 3,
    input: (random) => {
      const { state, rates } = market(random);
      return { state, rates: random.below(10n) === 0n ? { ...rates, skewScale: 0n } : rates };
    },
    words: ({ state, rates }) => [...stateWords(state), ...ratesWords(rates)],
    sdk: ({ state, rates }) => [
      fees.fundingRate(state, rates),
      fees.fundingVelocity(state, rates),
      fees.borrowingRate(state, rates),
    ],
  });
  await compare({
    name: "move",
    results: 11,
    input: (random) => {
      const { state } = market(random);
      const isMaker = bool(random);
      const long = isMaker ? state.makerLong : state.takerLong;
      const before = isMaker || bool(random) ? part(random, long) : -part(random, state.takerShort);
      return { state, isMaker, before, after: size(random) };
    },
    words: ({ state, isMaker, before, after }) => [...stateWords(state), isMaker, before, after],
    sdk: ({ state, ...change }) => stateWords(fees.move(state, change)),
  });
});

test("default: margin", async () => {
  await compare({
    name: "requirementCeil",
    results: 1,
    input: (random) => ({ notional: within(random, 2n ** 200n), r: ratio(random) }),
    words: ({ notional, r }) => [notional, r],
    sdk: ({ notional, r }) => [margin.requirementCeil(notional, r)],
  });
  await compare({
    name: "isBelow",
    results: 1,
    input: (random) => {
      const required = within(random, MAX_QUOTE);
      return { required, value: oneOf(random, [required, required - 1n, -required, signed(random, MAX_QUOTE)]) };
    },
    words: ({ value, required }) => [value, required],
    sdk: ({ value, required }) => [margin.isBelow(value, required)],
  });
  await compare({
    name: "checkMargin",
    results: 3,
    input: (random) => {
      const at = price(random);
      const before = sizeAt(random, at);
      const after = oneOf(random, [0n, before / 2n, part(random, before), sizeAt(random, at)]);
      const [initialMarginRatio, maintenanceMarginRatio] = [ratio(random), ratio(random)];
      const requirement = (s: bigint, r: number) => margin.requirementCeil(amounts.notionalCeil(s, at), r);
      const near = (s: bigint) =>
        requirement(s, oneOf(random, [initialMarginRatio, maintenanceMarginRatio])) + signed(random, 1n);
      const value = (s: bigint) => oneOf(random, [near(s), near(s) / 2n, signed(random, 2n ** 126n)]);
      const side = { sizeBefore: before, sizeAfter: after, valueBefore: value(before), valueAfter: value(after) };
      return { side, price: at, initialMarginRatio, maintenanceMarginRatio };
    },
    words: ({ side, ...rest }) => [...Object.values(side), ...Object.values(rest)],
    sdk: ({ side, ...terms }) => {
      const violation = margin.violationOf(side, terms);
      const [isInitial, isMaintenance] = (["Initial", "Maintenance"] as const).map(
        (kind) => violation?.errorName === `Insufficient${kind}Margin`,
      );
      return [isInitial ?? false, isMaintenance ?? false, violation?.required ?? 0n];
    },
  });
});

test("default: liquidation price", () =>
  compare({
    name: "liquidationPrice",
    results: 1,
    cases: 2 * CASES,
    input: (random) => {
      const at = price(random);
      const s = sizeAt(random, at);
      const equity = oneOf(random, [-amounts.valueFloor(s, at) + signed(random, 3n), signed(random, MAX_QUOTE)]);
      return { size: s, equity, maintenanceMarginRatio: Number(within(random, PPM - 1n)) };
    },
    words: ({ size, equity, maintenanceMarginRatio }) => [size, equity, maintenanceMarginRatio],
    sdk: (c) => [liquidation.liquidationPrice(c)],
  }));

test("default: liquidation", async () => {
  await compare({
    name: "liquidation",
    results: 6,
    input: (random) => {
      const { at, state } = account(random);
      return { at, state, wanted: part(random, state.size), minPositionValue: within(random, 2n ** 80n - 1n) };
    },
    words: ({ at, state, wanted, minPositionValue }) => [...accountWords(state), at, wanted, minPositionValue],
    sdk: ({ at, state, wanted, minPositionValue }) => {
      const requirement = liquidation.maintenanceCeil(state, at);
      const closable = liquidation.closableUp(state, requirement);
      return [
        requirement,
        closable,
        liquidation.toClose(state, at, { wanted, closable, minPositionValue }),
        liquidation.quoteAtOracleFloor(state, at, wanted),
        liquidation.bankruptcyQuote(state),
        liquidation.profitDown(state),
      ];
    },
  });
  await compare({
    name: "penaltyDown",
    results: 4,
    input: (random) => {
      const { at, state } = account(random);
      const [liquidationPenalty, liquidatorShare, tradingFee] = [ratio(random), ratio(random), ratio(random)];
      const base = oneOf(random, [part(random, state.size), state.size < 0n ? -state.size : state.size]);
      const rules = { liquidationPenalty, liquidatorShare, tradingFee };
      return { state, rules, price: at, liquidationBounty: within(random, 2n ** 100n), base };
    },
    words: ({ state, rules, price: at, liquidationBounty, base }) => [
      ...accountWords(state),
      ...Object.values(rules),
      liquidationBounty,
      at,
      base,
    ],
    sdk: ({ state, rules, ...terms }) => {
      const { penalty, reward } = liquidation.penaltyDown(state, rules, terms);
      return [penalty, reward, liquidation.bountyDown(rules, terms), liquidation.rewardDown(rules, terms)];
    },
  });
  await compare({
    name: "payments",
    results: 2,
    input: (random) => {
      const { at, state } = account(random);
      const base = oneOf(random, [state.size / 2n, part(random, state.size), state.size, size(random)]);
      const share = state.size === 0n ? 0n : (state.openNotional * (base < 0n ? -base : base)) / state.size;
      const quote = oneOf(random, [share, share + 1n, -share, signed(random, MAX_QUOTE)]);
      return { at, state, amount: within(random, MAX_QUOTE), base, quote };
    },
    words: ({ at, state, amount, base, quote }) => [...accountWords(state), at, amount, base, quote],
    sdk: ({ at, state, amount, base, quote }) => [
      liquidation.canPay(state, at, amount),
      liquidation.canDeleverage(state, at, { base, quote }),
    ],
  });
});

test("default: shares", async () => {
  const input = (random: Random) => ({
    amount: within(random, MAX_QUOTE),
    totalAssets: within(random, MAX_QUOTE),
    totalShares: within(random, MAX_QUOTE),
  });
  const words = (c: ReturnType<typeof input>) => Object.values(c);
  await compare({
    name: "toShares",
    results: 3,
    input,
    words,
    sdk: ({ amount, ...totals }) => [
      shares.toSharesDown(amount, totals),
      shares.toAssetsDown(amount, totals),
      shares.toKindDown(amount, totals.totalAssets, totals.totalShares),
    ],
  });
  await compare({
    name: "toPayoutDown",
    results: 1,
    input,
    words,
    sdk: ({ amount, ...totals }) => [shares.toPayoutDown(amount, totals)],
  });
  await compare({
    name: "toSharesWithinDown",
    results: 1,
    input: (random) => {
      const payout = 1n + within(random, MAX_QUOTE);
      return { amount: 1n + within(random, MAX_QUOTE), payout, limit: part(random, payout) };
    },
    words: (c) => Object.values(c),
    sdk: ({ amount, payout, limit }) => [shares.toSharesWithinDown(amount, payout, limit)],
  });
});

test("default: liability", async () => {
  await compare({
    name: "utilRatioUp",
    results: 1,
    input: (random) => {
      const balance = within(random, MAX_QUOTE);
      return { balance, amount: oneOf(random, [balance, balance + 1n, within(random, MAX_QUOTE)]) };
    },
    words: (c) => Object.values(c),
    sdk: ({ balance, amount }) => [liability.utilRatioUp(balance, amount)],
  });
  await compare({
    name: "afterWithdrawalUp",
    results: 1,
    input: (random) => {
      const total = within(random, MAX_QUOTE);
      return { amount: within(random, MAX_QUOTE), burned: part(random, total), total };
    },
    words: (c) => Object.values(c),
    sdk: ({ amount, burned, total }) => [liability.afterWithdrawalUp(amount, burned, total)],
  });
});

test("default: hedge", async () => {
  await compare({
    name: "hedgeUnits",
    results: 2,
    input: (random) => {
      const larger = within(random, MAX_SIZE);
      return { smaller: part(random, larger), larger, before: size(random), after: size(random), unit: scale(random) };
    },
    words: (c) => Object.values(c),
    sdk: ({ smaller, larger, before, after, unit }) => [
      hedge.unitsBetween(smaller, larger, unit),
      hedge.unitsToFollow(before, after, unit),
    ],
  });
  await compare({
    name: "gainFloor",
    results: 1,
    input: (random) => ({ base: size(random), quote: within(random, MAX_QUOTE), at: price(random) }),
    words: (c) => Object.values(c),
    sdk: ({ base, quote, at }) => [hedge.gainFloor(base, quote, at)],
  });
  await compare({
    name: "spreads",
    results: 4,
    input: (random) => ({ quote: within(random, MAX_QUOTE), spread: ratio(random) }),
    words: (c) => Object.values(c),
    sdk: ({ quote, spread }) => [
      hedge.lessSpreadDown(quote, spread),
      hedge.plusSpreadUp(quote, spread),
      hedge.grossUp(quote, spread),
      hedge.netDown(quote, spread),
    ],
  });
  await compare({
    name: "isNear",
    results: 2,
    input: (random) => {
      const at = price(random);
      const base = sizeAt(random, at);
      const size = base < 0n ? -base : base;
      const maxDeviation = ratio(random);
      const edge = (amounts.notionalFloor(size, at) * (PPM + BigInt(maxDeviation))) / PPM;
      const near = edge + signed(random, 2n);
      const quote = oneOf(random, [near < 0n ? 0n : near, within(random, MAX_QUOTE)]);
      return { base: size, quote, at, maxDeviation, baseUnit: scale(random), quoteUnit: scale(random) };
    },
    words: (c) => Object.values(c),
    sdk: ({ base, quote, at, maxDeviation, baseUnit, quoteUnit }) => [
      hedge.isNear({ base, quote }, { price: at, maxDeviation }),
      hedge.isNear({ base, quote }, { price: at, maxDeviation, baseUnit, quoteUnit }),
    ],
  });
  await compare({
    name: "worse",
    results: 2,
    input: (random) => {
      const at = price(random);
      const base = part(random, sizeAt(random, at));
      const quote = oneOf(random, [amounts.notionalCeil(base, at), within(random, MAX_QUOTE)]);
      return { isBaseToQuote: bool(random), base, quote, at, baseScale: scale(random) };
    },
    words: (c) => Object.values(c),
    sdk: ({ isBaseToQuote, base, quote, at, baseScale }) => [
      hedge.worseQuote({ isBaseToQuote, base, quote }, at),
      hedge.worseBase({ isBaseToQuote, base, quote }, at, baseScale),
    ],
  });
});

test("default: hedge margin", async () => {
  await compare({
    name: "hedgeMargin",
    results: 3,
    input: (random) => {
      const at = price(random);
      const notional = amounts.notionalCeil(sizeAt(random, at), at);
      const r = ratio(random);
      const requirement = margin.requirementCeil(notional, r);
      const funds = oneOf(random, [requirement + signed(random, 2n), requirement / 2n, signed(random, MAX_QUOTE)]);
      return { funds, notional, ratio: r, price: at, unitScale: scale(random) };
    },
    words: (c) => Object.values(c),
    sdk: ({ funds, notional, ratio: r, price: at, unitScale }) => {
      const lacking = hedgeMargin.lackingUp(funds, notional, r);
      const toClose = hedgeMargin.toCloseUp({ funds, notional, ratio: r, price: at, unitScale });
      return [lacking, hedgeMargin.toAddUp(lacking, unitScale), toClose];
    },
  });
  await compare({
    name: "availableDown",
    results: 1,
    input: (random) => {
      const neededBefore = within(random, MAX_QUOTE);
      const needed = oneOf(random, [neededBefore, neededBefore + 1n, within(random, MAX_QUOTE)]);
      const held = oneOf(random, [neededBefore, neededBefore + 1n, within(random, MAX_QUOTE)]);
      return { base: within(random, MAX_SIZE), held, neededBefore, neededAfter: needed };
    },
    words: (c) => Object.values(c),
    sdk: ({ base, ...funds }) => [hedgeMargin.availableDown(base, funds)],
  });
  await compare({
    name: "capacityDown",
    results: 1,
    input: (random) => ({
      amount: within(random, MAX_QUOTE),
      price: price(random),
      targetMarginRatio: ratio(random),
      reserveRatio: ratio(random),
    }),
    words: (c) => Object.values(c),
    sdk: ({ amount, ...rules }) => [hedgeMargin.capacityDown(amount, rules)],
  });
});

test("default: inventory curve", async () => {
  const input = (random: Random) => {
    const maxAbsPosition = 1n + within(random, 2n ** 104n - 2n);
    const at = magnitude(random, 1n, 10n ** 27n);
    const hasCharges = bool(random);
    const state: inventoryCurve.CurveState = {
      price: at,
      confidence: within(random, at),
      inventory: signed(random, maxAbsPosition),
      maxSpread: ratio(random),
      maxAbsPosition,
      confidenceFactor: hasCharges ? Number(within(random, 10n * PPM)) : 0,
      maxConfidencePremium: hasCharges ? Number(within(random, PPM - 1n)) : 0,
      lpFee: hasCharges ? Number(within(random, PPM - 1n)) : 0,
    };
    const side = { takerBuys: bool(random) };
    return { state, side, base: part(random, inventoryCurve.capacity(state, side)) };
  };
  const words = ({ state, side }: ReturnType<typeof input>, amount: bigint) => [
    ...[state.price, state.confidence, state.inventory, state.maxSpread, state.maxAbsPosition],
    ...[state.confidenceFactor, state.maxConfidencePremium, state.lpFee, side.takerBuys, amount],
  ];
  await compare({
    name: "quoteForBase",
    results: 1,
    input,
    words: (c) => words(c, c.base),
    sdk: ({ state, side, base }) => [inventoryCurve.quoteForBase(state, { ...side, size: base })],
  });
  await compare({
    name: "baseForQuote",
    results: 1,
    input: (random) => {
      const c = input(random);
      const quote = inventoryCurve.quoteForBase(c.state, { ...c.side, size: c.base }) + signed(random, 2n);
      return { ...c, quote: quote < 0n ? 0n : quote };
    },
    words: (c) => words(c, c.quote),
    sdk: ({ state, side, quote }) => [inventoryCurve.baseForQuote(state, { ...side, quote })],
  });
});

// ---- Uniswap v3 ----

const poolAbi = parseAbi([
  "function slot0() view returns (uint160, int24, uint16, uint16, uint16, uint8, bool)",
  "function liquidity() view returns (uint128)",
  "function ticks(int24) view returns (uint128, int128, uint256, uint256, int56, uint160, uint32, bool)",
]);

/** A pool with liquidity in the full range and in ranges around its price, and its state for the SDK. */
async function poolOf(
  random: Random,
  {
    factory,
    positionManager,
    decimals,
    fee,
    price: at,
  }: {
    factory: Address;
    positionManager: Address;
    decimals: [number, number];
    fee: number;
    price: bigint;
  },
): Promise<uniswapV3.PoolState & { address: Address }> {
  const [base, quote] = await Promise.all(
    decimals.map((d, i) => deployTestToken(client, { name: `Token ${i}`, symbol: `T${i}`, decimals: d })),
  );
  if (!base || !quote) throw new Error("No tokens");
  for (const token of [base, quote]) {
    await mintTestToken(client, { token: token.address, to: deployer, amount: 2n ** 100n });
  }
  const pool: SpotPool = await createPool(client, { factory, base, quote, fee, price: at });
  const depth = 10n ** BigInt(decimals[0] + 3);
  const value = (depth * at * 10n ** BigInt(decimals[1])) / 10n ** BigInt(18 + decimals[0]);
  const edges = new Set<number>();
  for (let i = 0; i < 10; i++) {
    const width = 1_000n + random.below(400_000n);
    const middle = (at * (900_000n + random.below(200_000n))) / PPM;
    const range =
      i === 0 ? undefined : { lower: (middle * (PPM - width)) / PPM, upper: (middle * (PPM + width)) / PPM };
    const size = 1n + within(random, depth);
    await addLiquidity(client, {
      positionManager,
      pool,
      baseAmount: i === 0 ? depth : size,
      quoteAmount: i === 0 ? value : 1n + (value * size) / depth,
      range,
      recipient: deployer,
    }).catch(() => undefined);
    const { tickLower, tickUpper } = rangeTicks(pool, range);
    edges.add(tickLower).add(tickUpper);
  }
  const read = { address: pool.address, abi: poolAbi };
  const [[sqrtPriceX96, tick], liquidity, ticks] = await Promise.all([
    client.readContract({ ...read, functionName: "slot0" }),
    client.readContract({ ...read, functionName: "liquidity" }),
    Promise.all(
      [...edges]
        .sort((a, b) => a - b)
        .map(async (edge) => {
          const [gross, net] = await client.readContract({ ...read, functionName: "ticks", args: [edge] });
          return gross === 0n ? [] : [{ tick: edge, liquidityNet: net }];
        }),
    ),
  ]);
  const { address, tickSpacing } = pool;
  return { address, sqrtPriceX96, tick, liquidity, fee, tickSpacing, ticks: ticks.flat() };
}

test("default: Uniswap v3", { timeout: 120_000 }, async () => {
  const { factory, positionManager } = await deployUniswapV3(client);
  const random = generator(3n);
  const pools: Awaited<ReturnType<typeof poolOf>>[] = [];
  for (const [decimals, fee, at] of [
    [[18, 6], 3_000, 2_000n * 10n ** 18n],
    [[8, 6], 3_000, 60_000n * 10n ** 18n],
    [[18, 18], 10_000, 10n ** 15n],
    [[18, 6], 500, 1_999n * 10n ** 18n],
  ] as [[number, number], number, bigint][]) {
    pools.push(await poolOf(random, { factory, positionManager, decimals, fee, price: at }));
  }
  expect(pools.map(({ ticks }) => ticks.length).sort()).not.toContain(0);
  let seenPartial = 0;
  let crossed = 0;
  await compare({
    name: "quoteSwap",
    results: 5,
    input: (random) => {
      const pool = oneOf(random, pools);
      const [zeroForOne, isExactInput] = [bool(random), bool(random)];
      // Most amounts are below the depth of the full range; the others end at a limit of price.
      const isLarge = random.below(8n) === 0n;
      const amount = isLarge ? magnitude(random, 1n, MAX_QUOTE) : magnitude(random, 1n, pool.liquidity);
      const far = isLarge ? 5_000 : 60_000;
      const distance = 1 + Number(random.below(BigInt(far)));
      const sqrtPriceLimitX96 =
        uniswapV3.sqrtPriceAtTick(pool.tick + (zeroForOne ? -distance : 1 + distance)) + random.below(2n);
      return { pool, zeroForOne, isExactInput, amount, sqrtPriceLimitX96 };
    },
    words: ({ pool, zeroForOne, isExactInput, amount, sqrtPriceLimitX96 }) => [
      ...[BigInt(pool.address), zeroForOne, isExactInput ? amount : -amount, sqrtPriceLimitX96],
    ],
    sdk: ({ pool, ...terms }) => {
      const { amountIn, amountOut, isPartial, pool: after } = uniswapV3.swap(pool, terms);
      if (isPartial) seenPartial++;
      if (after.liquidity !== pool.liquidity) crossed++;
      return [amountIn, amountOut, after.sqrtPriceX96, after.tick, after.liquidity];
    },
  });
  expect(seenPartial).toBeGreaterThan(CASES / 20);
  expect(crossed).toBeGreaterThan(CASES / 10);
});
