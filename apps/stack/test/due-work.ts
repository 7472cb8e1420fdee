// Due work of each kind, for the fault suite.
import { appendFileSync } from "node:fs";
import {
  getLpRequest,
  getOrderStatus,
  getPosition,
  getSignedOrder,
  requestLpDepositSync,
  signOrder,
} from "@counterpoise/sdk";
import { type Party, USD, WAD } from "@counterpoise/testkit";
import { parseEther } from "viem";
import { FIRST_PRICE, PYTH_ID } from "../src/venue.js";
import { until, type World } from "./harness.js";

/** The kinds of work that the suite makes due. */
export const dueKinds = ["price", "order", "lp-request", "announcement", "announced-order", "liquidation"] as const;
export type DueKind = (typeof dueKinds)[number];

/** Waits until the work has had its effect. */
export type Due = { done(): Promise<void> };

const RELAY_FEE = USD * 2n;
let orderCount = 0;

/** Makes work of a kind due within some seconds. */
export async function makeDue(world: World, kind: DueKind): Promise<Due> {
  const { venue } = world;
  const { deployment, deployer, takers, lps } = venue;
  switch (kind) {
    case "price":
      // A heartbeat of a second makes it due at each second.
      return { done: async () => undefined };
    case "order": {
      const created = await world.createOrder(takers[orderCount++ % 2] as Party);
      return {
        done: () =>
          until(
            async () => (await getOrderStatus(deployer, { deployment, ...created })) === "unknown",
            30_000,
            `order ${created.orderId}`,
          ),
      };
    }
    case "lp-request": {
      const requestVault = deployment.oracleMakerRequestVault;
      const lp = lps[1];
      const { requestId } = await requestLpDepositSync(lp, {
        requestVault,
        assets: 100n * USD,
        minShares: 0n,
        keeperFee: 10n ** 15n,
      });
      return {
        done: () =>
          until(
            async () => (await getLpRequest(deployer, { requestVault, requestId })).pending === 0n,
            30_000,
            `request ${requestId}`,
          ),
      };
    }
    case "announcement":
    case "announced-order": {
      // Due at once: a keeper announces it, and executes it after its delay.
      const taker = takers[2] as Party;
      const { order, signature } = await signOrder(
        taker as never,
        {
          deployment,
          kind: "limit",
          isBaseToQuote: false,
          amount: WAD,
          price: (FIRST_PRICE * 11n) / 10n,
          maxRelayFee: RELAY_FEE,
          maker: deployment.oracleMaker,
        } as never,
      );
      const line = JSON.stringify({ order, signature }, (_, value) =>
        typeof value === "bigint" ? String(value) : value,
      );
      appendFileSync(world.ordersFile, `${line}\n`);
      return {
        done: () =>
          until(
            async () => (await getSignedOrder(deployer, { deployment, order })).status === "closed",
            40_000,
            "a signed order",
          ),
      };
    }
    case "liquidation": {
      const taker = takers[3] as Party;
      await world.openPosition(taker, parseEther("300"));
      const { account, size } = await world.dropBelowLiquidation(taker);
      return {
        done: async () => {
          const isDone = async () => (await getPosition(deployer, { deployment, account })).size < size;
          await until(isDone, 30_000, "a liquidation");
          venue.prices.setPrice(PYTH_ID, FIRST_PRICE);
        },
      };
    }
  }
}
