import { BaseError, type Hex } from "viem";
import { formatRevert } from "./errors.js";
import type { Revert, RevertOf } from "./reverts.js";

/** The node no longer has the logs of old blocks that a read asks for. */
export class HistoryUnavailableError extends BaseError {
  override name = "HistoryUnavailableError";
  /** The first block of the request. */
  readonly fromBlock: bigint;
  constructor({ fromBlock, cause }: { fromBlock: bigint; cause: Error }) {
    super(`The node has pruned the logs of block ${fromBlock} or of blocks after it.`, {
      cause,
      metaMessages: [
        "Pass a later `fromBlock`, for example the block that `getBlockAt` finds for a time, or read from an archive node.",
      ],
    });
    this.fromBlock = fromBlock;
  }
}

/** A read or a quote needs a fresh price, and the stored price is too old. Times in seconds. */
export class StalePriceError extends BaseError {
  override name = "StalePriceError";
  /** Pyth's id of the feed. */
  readonly pythId: Hex;
  /** The publish time of the stored price. */
  readonly publishTime: bigint;
  /** The earliest publish time that would be fresh enough at the latest block. */
  readonly oldestAllowed: bigint;
  readonly revert: Revert;
  constructor({ revert, cause }: { revert: Revert & RevertOf<"StalePrice">; cause?: Error | undefined }) {
    const { pythId, publishTime, oldestAllowed } = revert.named;
    super(
      `The stored price was published at ${publishTime}, before ${oldestAllowed}, the earliest time that is fresh enough.`,
      {
        // Without the cause, whose details have the node's encoded error.
        details: formatRevert(revert),
        metaMessages: [
          `Store a newer update of feed ${pythId} with \`storePrices\`, or give it to the read as \`prices\`.`,
        ],
      },
    );
    this.cause = cause;
    this.revert = revert;
    this.pythId = pythId;
    this.publishTime = publishTime;
    this.oldestAllowed = oldestAllowed;
  }
}

/** An order that the chain would accept now, and whose execution would fail at the present price. */
export class OrderWouldFailError extends BaseError {
  override name = "OrderWouldFailError";
  /**
   * `purged`: the execution would end the order or its announcement. `skipped`: the order would stay open until the cause
   * has passed or the order has expired, as for a hedged maker, whose pool may have another price by then.
   */
  readonly outcome: "purged" | "skipped";
  /** The reason, decoded; undefined if it is not an error of the exchange. */
  readonly revert: Revert | undefined;
  constructor({
    outcome,
    revert,
    cause,
  }: { outcome: "purged" | "skipped"; revert: Revert | undefined; cause?: Error | undefined }) {
    const end = outcome === "purged" ? "be purged" : "not execute now";
    super(
      `The order would ${end}: ${revert ? formatRevert(revert) : "its trade would revert"}.`,
      cause ? { cause } : {},
    );
    this.outcome = outcome;
    this.revert = revert;
  }
}
