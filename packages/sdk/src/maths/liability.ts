// The liability of a hedged vault, equal to the contracts' (libraries/LiabilityMath.sol) to the last wei.
import type { Wad } from "../units.js";
import { mulDivDown, WAD } from "./integers.js";

/**
 * Utilization, 1 - balance / liability, WAD, rounded up: at least zero, and zero without a liability
 * (`LiabilityMath.utilRatioUp`). Both in the same unit.
 *
 * @example
 * liability.utilRatioUp(75n, 100n); // 250000000000000000n
 */
export const utilRatioUp = (balance: bigint, amount: bigint): Wad =>
  amount === 0n || balance >= amount ? 0n : WAD - mulDivDown(balance, WAD, amount);

/**
 * The liability after a withdrawal, rounded up, in its own unit (`LiabilityMath.afterWithdrawalUp`).
 *
 * @param totalShares before the burn.
 * @throws {@link InvalidAmountError} without shares.
 * @example
 * liability.afterWithdrawalUp(100n, 1n, 3n); // 67n
 */
export const afterWithdrawalUp = (amount: bigint, burned: Wad, totalShares: Wad): bigint =>
  amount - mulDivDown(amount, burned, totalShares, "totalShares");
