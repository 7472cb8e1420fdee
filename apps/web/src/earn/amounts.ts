// Amounts of an LP vault's token.
import type { Asset } from "../data/vaults.js";

/** An amount in the token's own decimals as WAD, for formats. */
export const wadOf = (value: bigint | undefined, { decimals }: Asset): bigint | undefined =>
  value === undefined ? undefined : value * 10n ** BigInt(18 - decimals);
