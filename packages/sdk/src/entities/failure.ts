import type { Hex } from "viem";
import { isRevert } from "../errors.js";
import { decodeRevert, type Revert } from "../reverts.js";

/** An error that an event carries: decoded if it is one of the exchange's, and its bytes. */
export type Failure = { reason: Revert | undefined; data: Hex };

/** The {@link Failure} in the `reason` of an event. */
export const failureOf = (data: Hex): Failure => ({ reason: decodeRevert(data), data });

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

/** The {@link Unavailable} for the bytes of an error, which may be empty. */
export function unavailable(data: Hex): Unavailable {
  const revert = decodeRevert(data);
  if (!isRevert(revert, "StalePrice")) return { status: "unavailable", revert, data };
  const { publishTime, oldestAllowed } = revert.named;
  return { status: "stale", publishTime, oldestAllowed, revert, data };
}

/** The {@link Unavailable} in an error field of the lens; undefined when the field is empty. */
export const unavailableOf = (data: Hex): Unavailable | undefined => (data === "0x" ? undefined : unavailable(data));
