// Errors of reads at unstored prices. They import no other module of the package, so that bundles load them with those reads.
import { type Address, BaseError, type Hex } from "viem";
import type { Revert } from "./reverts.js";

/** A read at unstored prices whose update Pyth rejects. */
export class PriceUpdateFailedError extends BaseError {
  override name = "PriceUpdateFailedError";
  /** Pyth's contract. */
  readonly pyth: Address;
  /** The reason, decoded; undefined if it is not a known error. */
  readonly revert: Revert | undefined;
  /** The bytes of the reason. */
  readonly reason: Hex;
  constructor({ pyth, reason, revert }: { pyth: Address; reason: Hex; revert: Revert | undefined }) {
    super(`Pyth (${pyth}) rejects the price update: ${revert?.errorName ?? reason}.`);
    this.pyth = pyth;
    this.revert = revert;
    this.reason = reason;
  }
}

/** A read at unstored prices without the address of Pyth's contract: neither `prices.pyth` nor a deployment names it. */
export class UnknownPythError extends BaseError {
  override name = "UnknownPythError";
  constructor() {
    super("The read has no deployment: give the address of Pyth's contract as `prices.pyth`.");
  }
}
