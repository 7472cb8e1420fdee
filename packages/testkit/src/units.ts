/** 1 in WAD, the 18-decimal fixed point. */
export const WAD = 10n ** 18n;
/** Parts per million in one. */
export const PPM = 1_000_000n;

/** Decimals of the test collateral. */
export const COLLATERAL_DECIMALS = 6;
/** One unit of the collateral, in its own decimals. */
export const USD = 10n ** BigInt(COLLATERAL_DECIMALS);
/** WAD per smallest unit of the collateral. */
export const COLLATERAL_SCALE = 10n ** BigInt(18 - COLLATERAL_DECIMALS);

/** The bound of an order that accepts any amount paid. */
export const NO_UPPER_BOUND = 2n ** 256n - 1n;
