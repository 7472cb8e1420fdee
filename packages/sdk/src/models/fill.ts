import { BaseError } from "viem";
import type { StoredPosition } from "../maths/position.js";
import type { Wad } from "../units.js";

/**
 * A trade between a taker and a maker, WAD, as `apply` takes it. The quotes of makers have it as `fill`.
 */
export type Fill = {
  /** Received (above zero) or given by the taker. */
  base: Wad;
  /** Received (above zero) or given by the taker. */
  quote: Wad;
  /** The trading fee of the taker, WAD quote. */
  tradingFee: Wad;
  /** The oracle price of the trade. */
  price: Wad;
  /** The positions before it, which the market's sums of positions need. */
  taker: Pick<StoredPosition, "size">;
  maker: Pick<StoredPosition, "size">;
};

/** A value needs a price, and the entity has none: the market had no fresh price when it was read. */
export class PriceRequiredError extends BaseError {
  override name = "PriceRequiredError";
  /** The value that needs the price. */
  readonly field: string;
  constructor({ field }: { field: string }) {
    super(`"${field}" needs a price, and the market had no fresh one. Use \`withPrice(price)\`.`);
    this.field = field;
  }
}
