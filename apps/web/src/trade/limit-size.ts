import type { Deployment, Wad } from "@counterpoise/sdk";

/** The size of a margin and a leverage (WAD) at a limit price, WAD base, rounded down to whole units of the base token. */
export function limitSize(
  { price, margin, leverage }: { price: Wad; margin: bigint; leverage: Wad },
  { collateralDecimals, baseDecimals }: Pick<Deployment, "collateralDecimals" | "baseDecimals">,
): Wad {
  const exact = (margin * 10n ** BigInt(18 - collateralDecimals) * leverage) / price;
  return exact - (exact % 10n ** BigInt(18 - baseDecimals));
}
