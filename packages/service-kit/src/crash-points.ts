// Named points at which tests kill the process. `COUNTERPOISE_CRASH_AT=signed.after:order` kills it with SIGKILL after the
// journal has stored a signed transaction of an order. Refused outside of the devnet.
import { DevelopmentOnlyError } from "./errors.js";
import { DEVNET_CHAIN_ID } from "./signers.js";

/** The durable steps of a transaction, in their order. */
export const durableSteps = ["leased", "prepared", "signed", "broadcast", "sent", "mined", "final"] as const;

/** A durable step of a transaction. */
export type DurableStep = (typeof durableSteps)[number];

/** One side of a durable step. */
export type CrashPoint = `${DurableStep}.${"before" | "after"}`;

/** All crash points, in their order. */
export const crashPoints: readonly CrashPoint[] = durableSteps.flatMap(
  (step) => [`${step}.before`, `${step}.after`] as const,
);

/** Called at each crash point, with the kind of the work. */
export type CrashHook = (point: CrashPoint, kind: string) => void;

/**
 * The hook that `COUNTERPOISE_CRASH_AT` asks for.
 *
 * @throws {@link DevelopmentOnlyError} outside of the devnet.
 */
export function crashHook(chainId: number, text = process.env.COUNTERPOISE_CRASH_AT): CrashHook {
  if (text === undefined || text === "") return () => {};
  if (chainId !== DEVNET_CHAIN_ID) {
    throw new DevelopmentOnlyError({ what: "COUNTERPOISE_CRASH_AT", chainId, accepted: DEVNET_CHAIN_ID });
  }
  return (point, kind) => {
    if (text === `${point}:${kind}` || text === point) process.kill(process.pid, "SIGKILL");
  };
}
