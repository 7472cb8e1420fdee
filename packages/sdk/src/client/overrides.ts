// State that a read pretends: viem's `stateOverride`, which every major node supports in `eth_call`.
import {
  type Address,
  type Client,
  concatHex,
  encodeAbiParameters,
  type Hex,
  keccak256,
  numberToHex,
  type StateOverride,
} from "viem";
import { getStorageAt } from "viem/actions";
import type { Deployment } from "../deployment.js";

/** Slots of mappings in the Vault's storage. A test compares them with the compiler's layout. */
export const vaultSlots = { operators: 1n, positions: 5n } as const;

/** The lowest bits of a position's second word: its margin, WAD quote, signed. A test compares them with Position.sol. */
export const MARGIN_BITS = 104;

/** Far above the requirement of any trade, and far below the largest margin that the Vault stores. WAD quote. */
export const AMPLE_MARGIN = 2n ** 100n;

const entryOf = (key: Address | bigint, slot: bigint): bigint =>
  BigInt(
    keccak256(
      encodeAbiParameters(
        [{ type: typeof key === "bigint" ? "uint256" : "address" }, { type: "uint256" }],
        [key as never, slot],
      ),
    ),
  );

const word = (value: bigint): Hex => numberToHex(value, { size: 32 });

/** How an account differs from its state on the chain. */
export type PretendedAccount = {
  account: Address;
  /** An operator of the account. */
  operator: Address;
  /** The margin for the margin that is stored. WAD quote. */
  margin?: (stored: bigint) => bigint;
  /** The account has no storage yet, so that none is read. */
  isNew?: boolean;
};

/** The Vault with another operator and another margin of an account. The rest of both words is read and kept. */
export async function pretendAccount(
  client: Client,
  { vault, marketId }: Pick<Deployment, "vault" | "marketId">,
  { account, operator, margin, isNew = false }: PretendedAccount,
): Promise<StateOverride[number]> {
  const change = async (at: bigint, to: (stored: bigint) => bigint) => {
    const slot = word(at);
    const stored = isNew ? 0n : BigInt((await getStorageAt(client, { address: vault, slot })) ?? "0x0");
    return { slot, value: word(to(stored)) };
  };
  const record = entryOf(operator, entryOf(account, vaultSlots.operators));
  // The lowest byte is the approval.
  const stateDiff = [change(record, (stored) => stored | 1n)];
  if (margin) {
    const money = entryOf(account, entryOf(marketId, vaultSlots.positions)) + 1n;
    const pretended = (stored: bigint) =>
      stored -
      BigInt.asUintN(MARGIN_BITS, stored) +
      BigInt.asUintN(MARGIN_BITS, margin(BigInt.asIntN(MARGIN_BITS, stored)));
    stateDiff.push(change(money, pretended));
  }
  return { address: vault, stateDiff: await Promise.all(stateDiff) };
}

/**
 * An oracle that answers every call with a price, no confidence, the time of the block and `true`, that increases are admitted:
 * MSTORE(0, price), MSTORE(64, TIMESTAMP), MSTORE(96, 1), RETURN(0, 128).
 */
export const pretendPrice = ({ oracle }: Pick<Deployment, "oracle">, price: bigint): StateOverride[number] => ({
  address: oracle,
  code: concatHex(["0x7f", word(price), "0x60005242604052600160605260806000f3"]),
});
