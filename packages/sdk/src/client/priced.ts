import { isRevert } from "../errors.js";
import { StalePriceError } from "../state-errors.js";
import { getDecodedRevert } from "./reverts.js";

/** Returns the result of a read that needs a price. Throws {@link StalePriceError} instead of the node's error. */
export async function priced<result>(read: Promise<result>): Promise<result> {
  try {
    return await read;
  } catch (error) {
    throw stalePriceErrorOf(error) ?? error;
  }
}

/** The {@link StalePriceError} for an error of a call; undefined if the price is not the reason. */
function stalePriceErrorOf(error: unknown): StalePriceError | undefined {
  const revert = getDecodedRevert(error);
  return isRevert(revert, "StalePrice") ? new StalePriceError({ revert, cause: error as Error }) : undefined;
}
