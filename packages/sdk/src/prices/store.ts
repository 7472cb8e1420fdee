import { type Address, type Hash, type Hex, parseAbi } from "viem";
import { call, type WritesTo, writesTo } from "../client/define-write.js";
import { readContract } from "../client/reverts.js";
import type { SigningClient } from "../client/transaction.js";
import { confirmed } from "../client/write.js";
import type { Deployment } from "../deployment.js";
import type { Wei } from "../units.js";

const pythAbi = /* @__PURE__ */ parseAbi([
  "function updatePriceFeeds(bytes[] updateData) payable",
  "function getUpdateFee(bytes[] updateData) view returns (uint256 feeAmount)",
  "event PriceFeedUpdate(bytes32 indexed id, uint64 publishTime, int64 price, uint64 conf)",
]);

/** Parameters of {@link storePrices}. */
export type StorePricesParameters = {
  deployment: Deployment;
  /** The update of a price source, or any update data of Pyth. */
  prices: {
    updateData: readonly Hex[];
    /** Pyth's contract, if the market's feed names another one than the deployment. */
    pyth?: Address | undefined;
  };
  /** Wei for Pyth's fee; it keeps what exceeds the fee. Default: the fee, which Pyth returns for the update. */
  value?: Wei | undefined;
};

/** The prices that Pyth has stored: those that are newer than the ones before. */
export type StoredPrices = {
  /** Pyth's id of each feed, and its publish time in seconds. */
  stored: { id: Hex; publishTime: bigint }[];
  hash: Hash;
  gasUsed: bigint;
};

const pythOf = ({ deployment, prices }: StorePricesParameters): Address => prices.pyth ?? deployment.pyth;

const pythWrite: WritesTo<StorePricesParameters> = /* @__PURE__ */ writesTo(pythOf);

/**
 * Stores prices at Pyth, for all markets and contracts that use them, and pays its fee. Any account may. Pyth ignores prices
 * that are not newer than the stored ones. Reverts with an error of Pyth when the update is malformed or not signed, and with
 * `InsufficientFee` when `value` is below its fee.
 *
 * @example
 * const { stored } = await storePricesSync(client, { deployment, prices: await prices.latest() });
 */
export const storePrices = /* @__PURE__ */ pythWrite(
  pythAbi,
  async (parameters: StorePricesParameters, client: SigningClient) => {
    const { updateData } = parameters.prices;
    const fee = {
      address: pythOf(parameters),
      abi: pythAbi,
      functionName: "getUpdateFee",
      args: [updateData],
    } as const;
    return call("updatePriceFeeds", [updateData] as const, {
      value: parameters.value ?? (await readContract(client, fee)),
    });
  },
  ({ events, hash, gasUsed }): StoredPrices => ({
    stored: events("PriceFeedUpdate").map(({ args: { id, publishTime } }) => ({ id, publishTime })),
    hash,
    gasUsed,
  }),
);
/** Sends {@link storePrices}, waits for it, and returns the prices that Pyth has stored. */
export const storePricesSync = /* @__PURE__ */ confirmed(storePrices);
