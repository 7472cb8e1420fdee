// The texts of a trader as amounts, with errors that name the field.
import {
  type CollateralAmount,
  InvalidAmountError,
  type Ppm,
  parseCollateral,
  parseLeverage,
  parsePercent,
  parseWad,
  type Wad,
} from "../units.js";

/** Runs a parser, and names the field in its error. */
function named<value>(field: string, given: unknown, accepted: string, parse: () => value): value {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidAmountError) throw new InvalidAmountError({ field, value: given, accepted });
    throw error;
  }
}

const invalid = (field: string, value: unknown, accepted: string): never => {
  throw new InvalidAmountError({ field, value, accepted });
};

export function marginOf(tokens: { collateralDecimals: number }, field: string, text: string): CollateralAmount {
  const accepted = `an amount of collateral above zero with at most ${tokens.collateralDecimals} decimals`;
  const amount = named(field, text, accepted, () => parseCollateral(tokens, text));
  return amount > 0n ? amount : invalid(field, text, accepted);
}

/** An amount with a sign, not zero. */
export function changeOf(tokens: { collateralDecimals: number }, field: string, text: string): CollateralAmount {
  const accepted = `an amount of collateral, not zero, with at most ${tokens.collateralDecimals} decimals`;
  const amount = named(field, text, accepted, () => parseCollateral(tokens, text));
  return amount !== 0n ? amount : invalid(field, text, accepted);
}

export const leverageOf = (field: string, value: number | string): Wad =>
  named(field, value, "a leverage above zero with at most 18 decimals", () => parseLeverage(String(value)));

export function slippageOf(field: string, text: string): Ppm {
  const accepted = "a percentage from 0% to below 100% with at most 4 decimals";
  const ratio = named(field, text, accepted, () => parsePercent(text));
  return ratio >= 0 && ratio < 1_000_000 ? ratio : invalid(field, text, accepted);
}

export function portionOf(field: string, text: string): Ppm {
  const accepted = "a percentage above 0%, at most 100%, with at most 4 decimals";
  const ratio = named(field, text, accepted, () => parsePercent(text));
  return ratio > 0 && ratio <= 1_000_000 ? ratio : invalid(field, text, accepted);
}

/** A trigger price on the right side of the present price. */
export function triggerOf(field: string, text: string, { price, isAbove }: { price: Wad; isAbove: boolean }): Wad {
  const accepted = `a price ${isAbove ? "above" : "below"} the present one, with at most 18 decimals`;
  const trigger = named(field, text, accepted, () => parseWad(text));
  return trigger > 0n && (isAbove ? trigger > price : trigger < price) ? trigger : invalid(field, text, accepted);
}
