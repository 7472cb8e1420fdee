import { getDecodedRevert, revertIn } from "./client/decoded.js";
import { decodeRevert, type Revert } from "./reverts.js";

/**
 * The custom error that caused an error of an action, or undefined when there is none. Of errors that carry each other,
 * the innermost: `wrappedBy` has the others. Also decodes errors of viem's own actions.
 *
 * @example
 * await withdraw(client, { deployment, amount }).catch((error) => {
 *   if (getRevert(error)?.errorName !== "InsufficientFund") throw error;
 * });
 */
export function getRevert(error: unknown): Revert | undefined {
  const decoded = getDecodedRevert(error);
  if (decoded) return decoded;
  const raw = revertIn(error)?.raw;
  return raw ? decodeRevert(raw) : undefined;
}
