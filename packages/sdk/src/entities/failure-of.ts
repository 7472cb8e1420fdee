// A module of its own, since it loads the table of errors.
import type { Hex } from "viem";
import { decodeRevert } from "../reverts.js";
import type { Failure } from "./failure.js";

/** The {@link Failure} in the `reason` of an event. */
export const failureOf = (data: Hex): Failure => ({ reason: decodeRevert(data), data });
