import { type Address, BaseError, type Client } from "viem";
import { simulateContract } from "viem/actions";
import { decodingReverts, getDecodedRevert, revertIn } from "../client/reverts.js";
import type { Deployment } from "../deployment.js";
import type { OrderRequest } from "../entities/order.js";
import { QuoteFailedError } from "../errors.js";
import { clearingHouseAbi } from "../generated/abis.js";

const MAX_UINT256 = 2n ** 256n - 1n;

/** Parameters of {@link quoteTrade}. */
export type QuoteTradeParameters = Omit<OrderRequest, "oppositeBound"> & {
  deployment: Deployment;
  taker: Address;
  /** Default: no bound. */
  oppositeBound?: bigint;
  /** The sender of the order. Default: the OrderGateway, which must be the taker's operator. */
  sender?: Address;
};

/** The amounts of a trade, WAD, from the taker's side: received above zero. */
export type TradeQuote = { base: bigint; quote: bigint };

/**
 * Quotes a trade at the stored price: runs the code of a trade, which reverts with its result.
 *
 * @example
 * const { base, quote } = await quoteTrade(client, {
 *   deployment,
 *   taker,
 *   maker: deployment.oracleMaker,
 *   isBaseToQuote: false,
 *   isExactInput: false,
 *   amount: parseEther("1"),
 * });
 * @throws {@link QuoteFailedError} with the decoded reason when the trade would fail.
 */
export async function quoteTrade(
  client: Client,
  { deployment, taker, sender, oppositeBound, ...request }: QuoteTradeParameters,
): Promise<TradeQuote> {
  const params = {
    marketId: deployment.marketId,
    taker,
    isReduceOnly: false,
    oppositeBound: oppositeBound ?? (request.isExactInput ? 0n : MAX_UINT256),
    deadline: MAX_UINT256,
    ...request,
  };
  try {
    await decodingReverts(() =>
      simulateContract(client, {
        address: deployment.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "quoteTrade",
        args: [params, sender ?? deployment.orderGateway],
      }),
    );
  } catch (error) {
    const revert = getDecodedRevert(error);
    if (revert?.errorName === "TradeQuoted") return { base: revert.args[0] as bigint, quote: revert.args[1] as bigint };
    if (error instanceof BaseError && revertIn(error)) throw new QuoteFailedError({ revert, cause: error });
    throw error;
  }
  // The function always reverts, so the contract at that address is not a ClearingHouse.
  throw new QuoteFailedError({});
}
