// Compares the curve of the contracts with exact fractions, and the SDK's curve with both, on the bytecode that ships.
//
// The bound: an amount differs from the exact value by less than one wei, and never in the taker's favour. For an exact
// size that is the quote; for an exact quote amount it is the size, where "exact" is the real root of the quadratic.
import {
  type Anvil,
  createDevnetClient,
  type DevnetClient,
  deployContract,
  forgeArtifact,
  startAnvil,
} from "@counterpoise/devnet";
import { decodeRevert, inventoryCurve, MakerCapacityExceededError } from "@counterpoise/sdk";
import type { Address, Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generator, magnitude, type Random, upTo } from "../src/random.js";
import {
  ask,
  bid,
  ceil,
  cost,
  type Fraction,
  floor,
  integer,
  isAtMost,
  isLess,
  proceeds,
  reservation,
  room,
} from "../src/rational-curve.js";

const CASES = 4_000;
const BATCH = 100;
const MAX_CAP = 2n ** 104n - 1n;
const [MIN_PRICE, MAX_PRICE] = [10n ** 9n, 10n ** 27n];

type Case = { state: inventoryCurve.CurveState; takerBuys: boolean; isExactBase: boolean; amount: bigint };
type Answer = { opposite: bigint; reason: Hex; capacity: bigint; marginalPrice: bigint; reservationPrice: bigint };

let anvil: Anvil;
let client: DevnetClient;
let harness: Address;
const { abi, bytecode } = forgeArtifact("CurveHarness");

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: 1_700_000_000n });
  const [deployer] = anvil.accounts;
  if (!deployer) throw new Error("Anvil has no accounts");
  client = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: deployer.address, chainId: anvil.chainId });
  harness = await deployContract(client, { name: "CurveHarness", abi, bytecode });
});
afterAll(() => anvil?.stop());

test.each([1n, 2n])(
  "default: contract, SDK and exact fractions agree (seed %i)",
  { timeout: 300_000 },
  async (seed) => {
    const random = generator(seed);
    const seen = { refused: 0, crossing: 0, reducing: 0, building: 0, exactBase: 0, charged: 0 };
    for (let i = 0; i < CASES / 2; i += BATCH) {
      const cases = Array.from({ length: BATCH }, () => randomCase(random));
      const answers = await answersOf(cases);
      for (const [index, c] of cases.entries()) {
        const answer = answers[index] as Answer;
        check(c, answer);
        const held = c.takerBuys ? c.state.inventory : -c.state.inventory;
        const base = c.isExactBase ? c.amount : answer.opposite;
        if (answer.reason !== "0x") seen.refused++;
        else if (held > 0n && base > held) seen.crossing++;
        else if (held > 0n) seen.reducing++;
        else seen.building++;
        if (c.isExactBase) seen.exactBase++;
        if (c.state.lpFee > 0 && c.state.maxConfidencePremium > 0) seen.charged++;
      }
    }
    // Each kind occurs often enough.
    for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(CASES / 2 / 30);
  },
);

test("behavior: limits of every parameter", async () => {
  const state = { price: MAX_PRICE, confidence: 0n, inventory: 0n, maxSpread: 1_000_000, maxAbsPosition: MAX_CAP };
  const plain = { ...state, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0 };
  const dear = {
    ...plain,
    lpFee: 999_999,
    confidenceFactor: 10_000_000,
    maxConfidencePremium: 999_999,
    confidence: MAX_PRICE,
  };
  const cases: Case[] = [];
  for (const base of [plain, dear, { ...plain, maxSpread: 0 }, { ...dear, price: MIN_PRICE }]) {
    for (const maxAbsPosition of [1n, 2n, MAX_CAP]) {
      for (const inventory of [
        0n,
        1n,
        -1n,
        maxAbsPosition,
        -maxAbsPosition,
        2n * maxAbsPosition,
        -2n * maxAbsPosition,
      ]) {
        for (const takerBuys of [true, false]) {
          const at = { ...base, maxAbsPosition, inventory };
          const size = room(at, takerBuys);
          const most = worth(at, takerBuys, size);
          for (const amount of [0n, 1n, size - 1n, size, size + 1n]) {
            if (amount >= 0n) cases.push({ state: at, takerBuys, isExactBase: true, amount });
          }
          for (const amount of [0n, 1n, most - 1n, most, most + 1n]) {
            if (amount >= 0n) cases.push({ state: at, takerBuys, isExactBase: false, amount });
          }
        }
      }
    }
  }
  const answers = await answersOf(cases);
  for (const [index, c] of cases.entries()) check(c, answers[index] as Answer);
});

/** The contract's results. */
async function answersOf(cases: Case[]): Promise<Answer[]> {
  return (await client.readContract({ address: harness, abi, functionName: "answer", args: [cases] })) as Answer[];
}

const exact = (state: inventoryCurve.CurveState, takerBuys: boolean, size: bigint): Fraction =>
  takerBuys ? cost(state, size) : proceeds(state, size);

/** Quote that a taker pays or receives for a size, rounded in the maker's favour. */
const worth = (state: inventoryCurve.CurveState, takerBuys: boolean, size: bigint): bigint =>
  takerBuys ? ceil(cost(state, size)) : floor(proceeds(state, size));

function check({ state, takerBuys, isExactBase, amount }: Case, answer: Answer): void {
  const isEqual = (a: unknown, b: unknown, what: string) =>
    expect(a, `${what} of ${show({ state, takerBuys, isExactBase, amount })}`).toEqual(b);
  const available = room(state, takerBuys);

  // The contract and the fractions.
  isEqual(answer.capacity, available, "capacity");
  isEqual(answer.marginalPrice, takerBuys ? ceil(ask(state)) : floor(bid(state)), "marginalPrice");
  isEqual(
    answer.reservationPrice,
    state.inventory < 0n ? ceil(reservation(state)) : floor(reservation(state)),
    "reservationPrice",
  );
  const limit = isExactBase ? available : worth(state, takerBuys, available);
  if (amount > limit) {
    const revert = decodeRevert(answer.reason);
    isEqual(revert?.errorName, isExactBase ? "MakerCapacityExceeded" : "MakerQuoteCapacityExceeded", "error");
    isEqual(revert?.args, [amount, limit], "error");
  } else if (isExactBase) {
    isEqual(answer.reason, "0x", "error");
    isEqual(answer.opposite, worth(state, takerBuys, amount), "quote");
  } else {
    isEqual(answer.reason, "0x", "error");
    const size = answer.opposite;
    const quote = integer(amount);
    const isWithin = size >= 0n && size <= available;
    const isBest = takerBuys
      ? isAtMost(exact(state, true, size), quote) &&
        (size === available || isLess(quote, exact(state, true, size + 1n)))
      : isAtMost(quote, exact(state, false, size)) && (size === 0n || isLess(exact(state, false, size - 1n), quote));
    isEqual({ isWithin, isBest }, { isWithin: true, isBest: true }, `size ${size}`);
  }

  // The SDK and the contract.
  isEqual(inventoryCurve.capacity(state, { takerBuys }), answer.capacity, "the SDK's capacity");
  isEqual(inventoryCurve.marginalPrice(state, { takerBuys }), answer.marginalPrice, "the SDK's marginalPrice");
  isEqual(inventoryCurve.reservationPrice(state), answer.reservationPrice, "the SDK's reservationPrice");
  try {
    const opposite = isExactBase
      ? inventoryCurve.quoteForBase(state, { takerBuys, size: amount })
      : inventoryCurve.baseForQuote(state, { takerBuys, quote: amount });
    isEqual(opposite, answer.opposite, "the SDK's opposite");
    isEqual(answer.reason, "0x", "the SDK's success");
  } catch (error) {
    if (!(error instanceof MakerCapacityExceededError)) throw error;
    isEqual([error.requested, error.available], decodeRevert(answer.reason)?.args, "the SDK's error");
  }
}

const show = (value: unknown) => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}` : v));

// ---- inputs ----

function randomCase(random: Random): Case {
  const price = magnitude(random, MIN_PRICE, MAX_PRICE);
  const maxAbsPosition = magnitude(random, 1n, MAX_CAP);
  const hasCharges = random.below(3n) !== 0n;
  const ppm = (limit: number) => {
    const kind = random.below(8n);
    return kind === 0n ? 0 : kind === 1n ? limit : Number(random.below(BigInt(limit) + 1n));
  };
  const size = upTo(random, maxAbsPosition);
  const state: inventoryCurve.CurveState = {
    price,
    confidence: hasCharges ? magnitude(random, 1n, 2n * price) : 0n,
    inventory: random.below(10n) === 0n ? 0n : random.below(2n) === 0n ? size : -size,
    maxSpread: ppm(1_000_000),
    maxAbsPosition,
    lpFee: hasCharges ? ppm(999_999) : 0,
    confidenceFactor: hasCharges ? ppm(10_000_000) : 0,
    maxConfidencePremium: hasCharges ? ppm(999_999) : 0,
  };
  const [takerBuys, isExactBase] = [random.below(2n) === 0n, random.below(2n) === 0n];
  const held = takerBuys ? state.inventory : -state.inventory;
  const available = room(state, takerBuys);
  const base = held > 0n && random.below(6n) === 0n ? held + random.below(3n) - 1n : upTo(random, available);
  if (isExactBase) return { state, takerBuys, isExactBase, amount: base };
  // The quote of a size, one wei above or below it, or a random quote.
  const near = base <= available && random.below(2n) === 0n;
  const amount = near
    ? worth(state, takerBuys, base) + random.below(3n) - 1n
    : upTo(random, worth(state, takerBuys, available));
  return { state, takerBuys, isExactBase, amount: amount < 0n ? 0n : amount };
}
