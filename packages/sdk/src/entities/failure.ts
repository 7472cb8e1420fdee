import type { Hex } from "viem";
import { decodedRevert, type Steps } from "../client/steps.js";
import type { Revert, RevertOf } from "../reverts.js";

/** An error that an event carries: decoded if it is one of the exchange's, and its bytes. */
export type Failure = { reason: Revert | undefined; data: Hex };

/**
 * The reason why a value is unknown now: the error that a contract reverted with, decoded, and its bytes. `stale`: the stored
 * price was published at `publishTime`, before `oldestAllowed` (seconds), and a newer one makes the value known. `unavailable`:
 * any other reason.
 *
 * Values that the chain does not know are `undefined` everywhere in the SDK, never zero, and the field beside them has the
 * reason.
 */
export type Unavailable = { revert: Revert | undefined; data: Hex } & (
  | { status: "stale"; publishTime: bigint; oldestAllowed: bigint }
  | { status: "unavailable" }
);

/** The {@link Unavailable} for the bytes of an error, which may be empty, and the decoded error. */
export function unavailable(data: Hex, revert: Revert | undefined): Unavailable {
  // Not `isRevert`, whose module has classes of errors that a read does not need.
  if (revert?.errorName !== "StalePrice") return { status: "unavailable", revert, data };
  const { publishTime, oldestAllowed } = revert.named as RevertOf<"StalePrice">["named"];
  return { status: "stale", publishTime, oldestAllowed, revert, data };
}

/** The {@link Unavailable} for the bytes of an error, which may be empty. */
export function* unavailableIn(data: Hex): Steps<Unavailable> {
  return unavailable(data, data === "0x" ? undefined : yield* decodedRevert(data));
}
