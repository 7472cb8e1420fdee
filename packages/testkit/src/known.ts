import type { MakerState } from "@counterpoise/sdk";

/** A maker whose shares have a known value. */
export type ValuedMaker = Extract<MakerState, { valueError: undefined }>;

/** Returns a maker whose shares have a known value, and throws otherwise. */
export function valued(maker: MakerState): ValuedMaker {
  if (maker.valueError) throw new Error(`The maker has no value now: ${maker.valueError.revert?.errorName}`);
  return maker;
}

/** Returns a value that is known, and throws for one that is not. */
export function known<value>(value: value | undefined): value {
  if (value === undefined) throw new Error("The value is unknown");
  return value;
}
