import type { Client, Hash, TransactionReceipt } from "viem";
import type { Deployment } from "../deployment.js";
import type { SigningClient, TransactionOptions } from "./transaction.js";
import type { AnyWrite, Write } from "./write.js";

type WithoutDeployment<parameters> = parameters extends unknown ? Omit<parameters, "deployment"> : never;

/** The arguments of a method: its action's parameters without the deployment; optional if none of them is required. */
type BoundParameters<parameters> =
  Record<never, never> extends WithoutDeployment<parameters>
    ? [parameters?: WithoutDeployment<parameters>]
    : [parameters: WithoutDeployment<parameters>];

/** A {@link Write} as a method. */
type BoundWrite<write> =
  write extends Write<infer parameters, readonly never[], infer call, infer returned, infer outcome>
    ? {
        (...parameters: BoundParameters<parameters & TransactionOptions>): Promise<Hash>;
        call: (...parameters: BoundParameters<parameters>) => call;
        simulate: (...parameters: BoundParameters<parameters>) => Promise<returned>;
        outcome: (receipt: TransactionReceipt, ...parameters: BoundParameters<parameters>) => outcome;
      }
    : never;

/** An action as a method: the client and the deployment are given. */
export type Bound<action> = action extends AnyWrite
  ? BoundWrite<action>
  : action extends (client: never, parameters: infer parameters) => infer result
    ? (...parameters: BoundParameters<parameters>) => result
    : never;

type Merged<modules extends readonly unknown[]> = modules extends readonly [infer first, ...infer rest]
  ? first & Merged<rest>
  : unknown;

/** Whether an action only reads: it takes any client, also one that cannot sign. */
type IsRead<action> = action extends (client: Client, parameters: never) => unknown ? true : false;

type IsAction<action> = action extends (client: never, parameters: never) => unknown ? true : false;

type BoundActions<actions, kind> = {
  [name in keyof actions as IsAction<actions[name]> extends true
    ? IsRead<actions[name]> extends kind
      ? name
      : never
    : never]: Bound<actions[name]>;
};

/** The reading actions of modules as methods. */
export type BoundReads<modules extends readonly unknown[]> = BoundActions<Merged<modules>, true>;

/** The actions of modules that need a signing client, as methods. */
export type BoundWrites<modules extends readonly unknown[]> = BoundActions<Merged<modules>, false>;

type Action = (client: never, parameters: never) => unknown;

const isWrite = (action: Action): action is AnyWrite => Object.hasOwn(action, "simulate");

/** Writes, their `Sync` variants, and actions that sign only. */
const needsSigner = (name: string, action: Action): boolean =>
  isWrite(action) || name.endsWith("Sync") || name.startsWith("sign");

/** Selects the actions of modules that read, or those that need a signing client. */
export const actionsIn = (modules: readonly object[], kind: "reads" | "writes"): Record<string, Action> =>
  Object.fromEntries(
    modules
      .flatMap((module) => Object.entries(module))
      .filter(
        ([name, action]) => typeof action === "function" && needsSigner(name, action as Action) === (kind === "writes"),
      ),
  );

/** Returns each action as a method with the client and the deployment filled in; a write also with its variants. */
export function bind(
  actions: Record<string, Action>,
  client: Client | SigningClient,
  deployment: Deployment,
): Record<string, unknown> {
  const filled = (parameters?: object) => ({ ...parameters, deployment }) as never;
  const caller = client as never;
  const methodOf = (action: Action) => (parameters?: object) => action(caller, filled(parameters));
  const writeOf = (write: AnyWrite) =>
    Object.assign(methodOf(write), {
      call: (parameters?: object) => write.call(filled(parameters), caller),
      simulate: (parameters?: object) => write.simulate(caller, filled(parameters)),
      outcome: (receipt: TransactionReceipt, parameters?: object) => write.outcome(receipt, filled(parameters)),
    });
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [name, isWrite(action) ? writeOf(action) : methodOf(action)]),
  );
}
