import type { Address, Hex } from "viem";
import { getAddress, isAddress, isHex, zeroAddress } from "viem";
import { InvalidDeploymentError } from "./errors.js";

/** The addresses and tokens of one exchange, as the deployment script writes them. */
export type Deployment = {
  chainId: number;
  /** The latest block when the deployment began: reads of events start there by default. Undefined in older files. */
  startBlock?: bigint | undefined;
  marketId: bigint;
  collateral: Address;
  /** The token's own symbol, as in "USDC". */
  collateralSymbol: string;
  /** At most 18. Amounts of collateral are in these decimals. */
  collateralDecimals: number;
  base: Address;
  /** The token's own symbol, as in "WETH". */
  baseSymbol: string;
  /** At most 18. Amounts of the base token are in these decimals; sizes of positions are WAD. */
  baseDecimals: number;
  pyth: Address;
  /** Pyth's id of the market's feed. */
  pythId: Hex;
  oracle: Address;
  vault: Address;
  clearingHouse: Address;
  /** Deleverages accounts, and settles markets whose feed is dead. */
  backstop: Address;
  /** Limits outflows; the zero address without one. */
  breaker: Address;
  /** Owns the contracts; the zero address if an account owns them. */
  timelock: Address;
  lens: Address;
  orderGateway: Address;
  /** Settles orders that accounts sign off-chain. */
  signedOrderGateway: Address;
  /** Verifies signatures of wallets that are not deployed yet; has no authority. */
  counterfactualVerifier: Address;
  oracleMaker: Address;
  spotHedgeBaseMaker: Address;
  /** The request vault (ERC-7540) of the OracleMaker. */
  oracleMakerRequestVault: Address;
  /** The request vault (ERC-7540) of the SpotHedgeBaseMaker. */
  spotHedgeBaseMakerRequestVault: Address;
  /** The adapter that the base vault was deployed with. Its owner may have set another one: see `getHedge`. */
  spotHedgeBaseMakerAdapter: Address;
  /** The SpotHedgeQuoteMaker; undefined without one. */
  spotHedgeQuoteMaker?: Address | undefined;
  /** The request vault (ERC-7540) of the SpotHedgeQuoteMaker; undefined without one. */
  spotHedgeQuoteMakerRequestVault?: Address | undefined;
  /** The adapter that the quote vault was deployed with; undefined without one. */
  spotHedgeQuoteMakerAdapter?: Address | undefined;
};

const addressKeys = [
  "collateral",
  "base",
  "pyth",
  "oracle",
  "vault",
  "clearingHouse",
  "backstop",
  "breaker",
  "timelock",
  "lens",
  "orderGateway",
  "signedOrderGateway",
  "counterfactualVerifier",
  "oracleMaker",
  "spotHedgeBaseMaker",
  "oracleMakerRequestVault",
  "spotHedgeBaseMakerRequestVault",
  "spotHedgeBaseMakerAdapter",
] as const;

/** Absent or zero if a deployment has none. */
const optionalAddressKeys = [
  "spotHedgeQuoteMaker",
  "spotHedgeQuoteMakerRequestVault",
  "spotHedgeQuoteMakerAdapter",
] as const;

/**
 * Parses the JSON that the deployment script writes.
 *
 * @example
 * const deployment = parseDeployment(JSON.parse(await readFile("deployments/31337.json", "utf8")));
 * @throws {@link InvalidDeploymentError} with the field and its value when it is missing or malformed, as in the files of
 * older versions: see its `field`.
 */
export function parseDeployment(json: unknown): Deployment {
  if (typeof json !== "object" || json === null) throw new InvalidDeploymentError({ field: "(document)", value: json });
  const fields = json as Record<string, unknown>;
  const integer = (field: "chainId" | "marketId" | "startBlock"): bigint => {
    const value = fields[field];
    if ((typeof value !== "number" && typeof value !== "string") || !/^\d+$/.test(String(value))) {
      throw new InvalidDeploymentError({ field, value });
    }
    return BigInt(value);
  };
  const decimals = (field: "collateralDecimals" | "baseDecimals"): number => {
    const value = fields[field];
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 18) {
      throw new InvalidDeploymentError({ field, value });
    }
    return value;
  };
  const symbol = (field: "collateralSymbol" | "baseSymbol"): string => {
    const value = fields[field];
    if (typeof value !== "string" || value === "") throw new InvalidDeploymentError({ field, value });
    return value;
  };
  const address = (field: string): Address => {
    const value = fields[field];
    if (typeof value !== "string" || !isAddress(value)) throw new InvalidDeploymentError({ field, value });
    return getAddress(value);
  };
  const present = optionalAddressKeys.filter((key) => fields[key] !== undefined && fields[key] !== zeroAddress);
  const pythId = fields.pythId;
  if (!isHex(pythId) || pythId.length !== 66) throw new InvalidDeploymentError({ field: "pythId", value: pythId });
  return {
    chainId: Number(integer("chainId")),
    ...(fields.startBlock !== undefined && { startBlock: integer("startBlock") }),
    marketId: integer("marketId"),
    collateralSymbol: symbol("collateralSymbol"),
    collateralDecimals: decimals("collateralDecimals"),
    baseSymbol: symbol("baseSymbol"),
    baseDecimals: decimals("baseDecimals"),
    pythId,
    ...(Object.fromEntries(addressKeys.map((key) => [key, address(key)])) as Record<
      (typeof addressKeys)[number],
      Address
    >),
    ...Object.fromEntries(present.map((key) => [key, address(key)])),
  };
}
