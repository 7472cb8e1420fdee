import { oracleMakerAbi, spotHedgeQuoteMakerAbi, vaultAbi } from "@counterpoise/sdk/abis";
import { fees, type position } from "@counterpoise/sdk/math";
import type { Abi } from "viem";
import type { AccountId, Booking, Exchange } from "../src/index.js";
import type { Chain } from "./chain.js";

/** Engine and contracts differ. */
export class DifferenceError extends Error {
  override readonly name = "DifferenceError";
  constructor(
    readonly where: string,
    readonly inEngine: unknown,
    readonly onChain: unknown,
  ) {
    super(`${where}\n  engine: ${shown(inEngine)}\n  chain:  ${shown(onChain)}`);
  }
}

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}` : each)) ?? "undefined";

/** @throws {DifferenceError} unless both are equal, to the last wei. */
export function expectEqual(where: string, inEngine: unknown, onChain: unknown): void {
  if (shown(inEngine) !== shown(onChain)) throw new DifferenceError(where, inEngine, onChain);
}

/** Payments of collateral are compared by their sum for each account, all other bookings one by one in their order. */
export function normalised(bookings: readonly Booking[]): unknown {
  const payments: Record<AccountId, bigint> = {};
  const rest: unknown[] = [];
  for (const booking of bookings) {
    if (booking.type === "MarginReceived" || booking.type === "MarginPaidOut") {
      const sign = booking.type === "MarginReceived" ? 1n : -1n;
      payments[booking.account] = (payments[booking.account] ?? 0n) + sign * booking.amountXCD;
    } else {
      rest.push(sorted(booking));
    }
  }
  // The contracts also report payments of nothing.
  const moved = Object.fromEntries(Object.entries(payments).filter(([, amount]) => amount !== 0n));
  return { payments: sorted(moved), rest };
}

const sorted = (value: object): unknown =>
  Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, typeof each === "object" && each !== null ? sorted(each) : each]),
  );

type LedgerOnChain = { balance: bigint; insurance: bigint; fees: fees.PackedFees; [field: string]: unknown };

/** Compares every account, the market and the shares of LPs. @throws {DifferenceError} */
export async function compareState(exchange: Exchange, chain: Chain): Promise<void> {
  const { marketId, vault, lens } = chain.deployment;
  const accounts = Object.entries(chain.addresses);
  const lps = [...exchange.lpVaults.keys()];
  const results = await chain.read<unknown[]>([
    { address: lens, abi: chain.lensAbi, functionName: "marketOf", args: [marketId] },
    ...accounts.map(([, address]) => ({
      ...{ address: vault, abi: vaultAbi as Abi, functionName: "positionOf", args: [marketId, address] },
    })),
    ...lps.map((maker) => ({
      address: chain.addresses[maker] ?? vault,
      ...{ abi: oracleMakerAbi as Abi, functionName: "totalSupply" },
    })),
  ]);
  const onChain = results[0] as LedgerOnChain;
  const { ledger } = exchange;
  const { balance, insurance } = ledger;
  expectEqual("market", { balance, insurance }, { balance: onChain.balance, insurance: onChain.insurance });
  expectEqual("fees", sorted(stored(ledger.fees)), sorted(fees.unpack(onChain.fees)));
  const { makerLongCapacity, makerShortCapacity } = ledger.rates;
  const capacities = [onChain.makerLongCapacity, onChain.makerShortCapacity];
  expectEqual("capacities", [makerLongCapacity, makerShortCapacity], capacities);
  for (const [index, [name]] of accounts.entries()) {
    const onChain = results[1 + index] as position.StoredPosition;
    const position = ledger.positionOf(name);
    const borrowingIndex = BigInt.asUintN(64, position.borrowingIndex);
    const inEngine = { ...position, borrowingIndex, closes: position.closes % 2n ** 15n };
    // A word of zeros for an account without a history.
    expectEqual(`position of ${name}`, sorted(inEngine), sorted({ ...onChain }));
  }
  for (const [index, maker] of lps.entries()) {
    const onChain = results[1 + accounts.length + index];
    expectEqual(`shares of ${maker}`, exchange.lpVaultOf(maker).totalShares, onChain);
  }
}

/** Compares the tokens of the hedged vaults and the spot market. @throws {DifferenceError} */
export async function compareHedges(exchange: Exchange, chain: Chain): Promise<void> {
  const views = ["assetBalance", "assetLiability", "hedgeGap", "hedgeGapClosableAt", "hedgeGapMinPart", "baseBalance"];
  for (const { id, holdings } of [exchange.baseVault, exchange.quoteVault]) {
    const address = chain.addresses[id] ?? chain.deployment.vault;
    const names = id === exchange.quoteVault.id ? views : views.slice(0, -1);
    const onChain = await chain.read<unknown[]>(
      names.map((functionName) => ({ address, abi: spotHedgeQuoteMakerAbi as Abi, functionName })),
    );
    const { assetBalance, assetLiability, gap, gapClosableAt, gapMinPart, baseBalance } = holdings;
    const inEngine = [assetBalance, assetLiability, gap, gapClosableAt, gapMinPart, baseBalance];
    const figures = onChain.map((figure) => BigInt(figure as bigint | number));
    expectEqual(`holdings of ${id}`, inEngine.slice(0, names.length), figures);
  }
  const { sqrtPriceX96, tick, liquidity } = exchange.pool.state;
  expectEqual("spot pool", { sqrtPriceX96, tick, liquidity }, await chain.poolState());
}

/** Indices wrap at their width in storage. */
const stored = (state: fees.FeeState): fees.FeeState => ({
  ...state,
  takerLongIndex: BigInt.asUintN(64, state.takerLongIndex),
  takerShortIndex: BigInt.asUintN(64, state.takerShortIndex),
  makerLongIndex: BigInt.asUintN(64, state.makerLongIndex),
  makerShortIndex: BigInt.asUintN(64, state.makerShortIndex),
});
