// The gateway's events of a market's orders in a span of blocks.
import type { Deployment } from "@counterpoise/sdk";
import { signedOrderGatewayAbi } from "@counterpoise/sdk/abis";
import type { PinnedBlock, PoolClient } from "@counterpoise/service-kit";
import { type Address, type Hash, parseEventLogs } from "viem";
import { getLogs } from "viem/actions";
import type { StoredFill } from "./records.js";

const wanted = ["OrderFilled", "OrderCancelled", "NonceSet"] as const;
const events = signedOrderGatewayAbi.filter(
  (each) => each.type === "event" && (wanted as readonly string[]).includes(each.name),
);

/** The events of a span. */
export type ChainEvents = {
  fills: Omit<StoredFill, "sequence" | "isOwn">[];
  /** Accounts that have cancelled orders, in lower case. */
  cancelling: Set<string>;
};

/** Reads the events of blocks, both ends included. */
export async function readChainEvents(
  client: PoolClient,
  deployment: Deployment,
  { from, to, maxRange }: { from: bigint; to: PinnedBlock; maxRange: bigint | undefined },
): Promise<ChainEvents> {
  const result: ChainEvents = { fills: [], cancelling: new Set() };
  const step = maxRange ?? to.number - from + 1n;
  for (let start = from; start <= to.number; start += step) {
    const end = start + step - 1n < to.number ? start + step - 1n : to.number;
    const raw = await getLogs(client, {
      address: deployment.signedOrderGateway,
      events: events as never,
      fromBlock: start,
      toBlock: end,
    });
    for (const log of parseEventLogs({ abi: signedOrderGatewayAbi, logs: raw as never, eventName: [...wanted] })) {
      if (log.eventName === "OrderFilled") {
        const { legHash, account, counterparty, base, quote, price, relayFeeXCD } = log.args;
        const { transactionHash, logIndex, blockNumber, blockHash } = log;
        result.fills.push({
          ...{ transactionHash, logIndex, blockNumber, blockHash, orderHash: legHash as Hash },
          ...{ account: account as Address, counterparty: counterparty as Address, base, quote, price },
          relayFee: relayFeeXCD,
        });
      } else {
        result.cancelling.add(log.args.account.toLowerCase());
      }
    }
  }
  return result;
}
