import type { Hash, TransactionReceipt } from "viem";
import * as admin from "./actions/admin.js";
import { type AnyWrite, confirmed, type Write } from "./actions/define-write.js";
import * as funds from "./actions/funds.js";
import * as hedge from "./actions/hedge.js";
import * as lp from "./actions/lp.js";
import * as lpRequests from "./actions/lp-requests.js";
import * as orders from "./actions/orders.js";
import * as prices from "./actions/prices.js";
import * as quoteVault from "./actions/quote-vault.js";
import * as announcements from "./actions/signed-orders/announcements.js";
import * as cancellation from "./actions/signed-orders/cancellation.js";
import * as signedOrder from "./actions/signed-orders/order.js";
import * as settlement from "./actions/signed-orders/settlement.js";
import * as solvency from "./actions/solvency.js";
import * as vault from "./actions/vault.js";
import type { SigningClient, TransactionOptions } from "./actions/write.js";
import type { Bound, BoundParameters } from "./decorator.js";
import { bind, withDeployment } from "./decorator.js";
import type { Deployment } from "./deployment.js";

const modules = [
  vault,
  funds,
  orders,
  lp,
  lpRequests,
  announcements,
  cancellation,
  settlement,
  solvency,
  hedge,
  quoteVault,
  prices,
] as const;

/** What is only signed. */
const signers = {
  signSetOperator: funds.signSetOperator,
  signOrder: signedOrder.signOrder,
  signOrderCancellation: cancellation.signOrderCancellation,
};

type Writes<module> = {
  [name in keyof module as module[name] extends AnyWrite ? name : never]: module[name];
};

type BoundWrite<write> =
  write extends Write<infer parameters, readonly never[], infer call, infer returned, infer outcome>
    ? {
        (...parameters: BoundParameters<parameters & TransactionOptions>): Promise<Hash>;
        call: (...parameters: BoundParameters<parameters>) => call;
        simulate: (...parameters: BoundParameters<parameters>) => Promise<returned>;
        outcome: (receipt: TransactionReceipt, ...parameters: BoundParameters<parameters>) => outcome;
      }
    : never;

type BoundConfirmed<write> =
  write extends Write<infer parameters, readonly never[], unknown, unknown, infer outcome>
    ? (...parameters: BoundParameters<parameters & TransactionOptions>) => Promise<outcome>
    : never;

type BoundWrites<writes> = { [name in keyof writes]: BoundWrite<writes[name]> } & {
  [name in keyof writes & string as `${name}Sync`]: BoundConfirmed<writes[name]>;
};

type AllWrites<modules extends readonly unknown[]> = modules extends readonly [infer first, ...infer rest]
  ? BoundWrites<Writes<first>> & AllWrites<rest>
  : unknown;

/** The writing actions with the client and the deployment filled in, their `Sync` variants too. */
export type CounterpoiseWrites = AllWrites<typeof modules> & Bound<typeof signers>;

/** The owner's and the guardian's actions with the client and the deployment filled in, their `Sync` variants too. */
export type CounterpoiseAdmin = BoundWrites<Writes<typeof admin>>;

/**
 * The writing actions as methods, for `client.extend(...)`.
 *
 * @example
 * const client = createWalletClient({ account, chain, transport: http() }).extend(counterpoiseWrites(deployment));
 * const { reward } = await client.liquidate.simulate({ account: trader });
 * await client.liquidate({ account: trader });
 */
export const counterpoiseWrites =
  (deployment: Deployment) =>
  (client: SigningClient): CounterpoiseWrites =>
    ({
      ...bindWrites(Object.assign({}, ...modules), client, deployment),
      ...bind(signers, client, deployment),
    }) as CounterpoiseWrites;

/**
 * The owner's and the guardian's actions as methods, for `client.extend(...)`.
 *
 * @example
 * const guardian = createWalletClient({ account, chain, transport: http() }).extend(counterpoiseAdmin(deployment));
 * await guardian.setMarketStatus({ status: "paused" });
 */
export const counterpoiseAdmin =
  (deployment: Deployment) =>
  (client: SigningClient): CounterpoiseAdmin =>
    bindWrites(admin, client, deployment) as CounterpoiseAdmin;

const isWrite = (value: unknown): value is AnyWrite => typeof value === "function" && Object.hasOwn(value, "simulate");

/** Each write and its `Sync` variant as methods. What they take is in the types above. */
function bindWrites(module: object, client: SigningClient, deployment: Deployment): Record<string, unknown> {
  const filled = withDeployment(deployment);
  return Object.fromEntries(
    Object.entries(module).flatMap(([name, write]) => {
      if (!isWrite(write)) return [];
      const sync = confirmed(write);
      const method = Object.assign((parameters?: object) => write(client, filled(parameters)), {
        call: (parameters?: object) => write.call(filled(parameters), client as never),
        simulate: (parameters?: object) => write.simulate(client, filled(parameters)),
        outcome: (receipt: TransactionReceipt, parameters?: object) => write.outcome(receipt, filled(parameters)),
      });
      return [
        [name, method],
        [`${name}Sync`, (parameters?: object) => sync(client, filled(parameters))],
      ];
    }),
  );
}
