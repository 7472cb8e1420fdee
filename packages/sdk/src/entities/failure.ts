import type { Hex } from "viem";
import { decodeRevert, type Revert } from "../reverts.js";

/** An error that an event carries: decoded if it is one of the exchange's, and its bytes. */
export type Failure = { reason: Revert | undefined; data: Hex };

/** The {@link Failure} in the `reason` of an event. */
export const failureOf = (data: Hex): Failure => ({ reason: decodeRevert(data), data });

/** The reason why the lens returns no value: the error that a contract reverted with, decoded, and its bytes. */
export type Unavailable = { revert: Revert | undefined; data: Hex };

/** The {@link Unavailable} in an error field of the lens; undefined when the field is empty. */
export const unavailableOf = (data: Hex): Unavailable | undefined =>
  data === "0x" ? undefined : { revert: decodeRevert(data), data };
