import { PPM } from "./integers.js";
import type { OracleLimits } from "./parameters.js";
import { Rejection } from "./rejection.js";

/** A price of the oracle. */
export type OraclePrice = {
  /** Quote per base, WAD. */
  price: bigint;
  /** Half the width of the confidence interval, WAD. */
  confidence: bigint;
  /** Seconds. */
  publishTime: bigint;
};

/** The stored price and the limits of its age (oracle/PythOracle.sol). Without a second source. */
export class Oracle {
  #stored: OraclePrice | undefined;
  /** The price that a gateway carries for one execution. */
  #carried: OraclePrice | undefined;

  constructor(readonly limits: OracleLimits) {}

  /** The stored price at any age. @throws {Rejection} before the first one. */
  get last(): OraclePrice {
    if (!this.#stored) throw new Rejection("PriceFeedNotFound");
    return this.#stored;
  }

  /** Stores a price. An older one than the stored price changes nothing, as at Pyth. */
  store(price: OraclePrice): void {
    if (!this.#stored || price.publishTime > this.#stored.publishTime) this.#stored = price;
  }

  /** Runs an execution at its own price, which then is stored. */
  carry<result>(price: OraclePrice, execution: () => result): result {
    this.#carried = price;
    try {
      return execution();
    } finally {
      this.#carried = undefined;
      this.store(price);
    }
  }

  /** The price of a trade. @throws {Rejection} `StalePrice` */
  tradePrice(now: bigint): OraclePrice {
    return this.#carried ?? this.#current(now, this.limits.maxAge);
  }

  /** The stored price for liquidations and deleveragings. @throws {Rejection} `StalePrice` */
  liquidationPrice(now: bigint): OraclePrice {
    return this.#current(now, this.limits.maxLiquidationAge);
  }

  /** The price of a withdrawal (E1). @throws {Rejection} `StalePrice`, `PriceOlderThanFill` */
  withdrawalPrice(now: bigint, lastFillAt: bigint): OraclePrice {
    if (this.#carried) return this.#carried;
    this.#current(now, this.limits.maxAge);
    const stored = this.#current(now, this.limits.freshAge);
    if (stored.publishTime < lastFillAt) {
      throw new Rejection("PriceOlderThanFill", { publishTime: stored.publishTime, lastFillAt });
    }
    return stored;
  }

  /** Checks that a price is precise enough for increases. @throws {Rejection} `ConfidenceTooWide` */
  checkIncrease({ price, confidence }: OraclePrice): void {
    const { maxConfidence } = this.limits;
    const limit = (price * BigInt(maxConfidence)) / PPM;
    if (maxConfidence !== 0 && confidence > limit) throw new Rejection("ConfidenceTooWide", { confidence, limit });
  }

  #current(now: bigint, maxAge: number): OraclePrice {
    const { last } = this;
    const oldest = now - BigInt(maxAge);
    if (last.publishTime < oldest) throw new Rejection("StalePrice", { publishTime: last.publishTime, oldest });
    return last;
  }
}
