import { getPendingLpRequests, type SigningClient, settleLpRequests } from "@counterpoise/sdk";
import type { Address, Hex } from "viem";
import { callOf, type Finder, type Work } from "../work.js";
import { settledOf } from "./orders.js";

/** Settles LP requests in the order of their queue, and returns expired ones. */
export const lpRequests: Finder = {
  kinds: ["lp-request"],
  async find({ market, client, prices }) {
    const { deployment } = market;
    const vaults = [
      deployment.oracleMakerRequestVault,
      deployment.spotHedgeBaseMakerRequestVault,
      deployment.spotHedgeQuoteMakerRequestVault,
    ].filter((vault): vault is Address => vault !== undefined);
    return settledOf(
      vaults.map(async (requestVault): Promise<Work[]> => {
        const pending = await getPendingLpRequests(client, { requestVault });
        const firstDelayed = pending.findIndex(({ status }) => status === "delayed");
        const due = firstDelayed < 0 ? pending : pending.slice(0, firstDelayed);
        const [first] = due;
        if (!first) return [];
        const times = [
          ...new Set(due.filter(({ status }) => status === "executable").map((each) => each.executableAt)),
        ];
        const updates: (readonly Hex[])[] = [];
        // Without the price of one time, the requests up to it are settled.
        for (const time of times) {
          const update = await prices.at(time).catch(() => undefined);
          if (!update) break;
          updates.push(update.updateData);
        }
        if (updates.length === 0 && first.status !== "expired") return [];
        const call = await settleLpRequests.call({ requestVault, updates }, client as unknown as SigningClient);
        const wei = due.reduce((sum, { keeperFee }) => sum + keeperFee, 0n);
        return [
          {
            key: `lp-request:${requestVault}:${first.requestId}`,
            kind: "lp-request",
            ...callOf(call),
            income: { wei },
          },
        ];
      }),
    );
  },
};
