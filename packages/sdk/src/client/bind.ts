import type { Client, TransactionReceipt } from "viem";
import type { Deployment } from "../deployment.js";
import type { BatchReadsParameters } from "./batch.js";
import type { ReadCall, ResultsOf } from "./steps.js";
import type { Sender, SigningClient } from "./transaction.js";
import type { AnyWrite } from "./write.js";

type WithoutDeployment<parameters> = parameters extends unknown ? Omit<parameters, "deployment"> : never;

/** The arguments of a method: its action's parameters without the deployment; optional if none of them is required. */
type BoundParameters<parameters> =
  Record<never, never> extends WithoutDeployment<parameters>
    ? [parameters?: WithoutDeployment<parameters>]
    : [parameters: WithoutDeployment<parameters>];

type Action = (client: never, parameters: never) => unknown;
type ParametersOf<action extends Action> = Parameters<action>[1];
type CallOf<action> = action extends { call: infer call extends (...all: never) => unknown } ? call : never;
type SimulationOf<action> = action extends { simulate: infer run extends (...all: never) => unknown } ? run : never;
type OutcomeOf<action> = action extends { outcome: infer decode extends (...all: never) => unknown } ? decode : never;
type Terms<action> = Parameters<CallOf<action>>[0];

// Interfaces: the type of a method is computed when an application uses it.

/** An action as a method: the client and the deployment are given. */
export type Bound<action extends Action> = (...parameters: BoundParameters<ParametersOf<action>>) => ReturnType<action>;

/** A read as a method, and the read without its requests, for `batchReads`. */
export interface BoundRead<action extends Action> extends Bound<action> {
  call: (...parameters: BoundParameters<Terms<action>>) => ReturnType<CallOf<action>>;
}

/** A write as a method, with its variants. */
export interface BoundWrite<action extends Action> extends Bound<action> {
  call: (...parameters: BoundParameters<Terms<action>>) => ReturnType<CallOf<action>>;
  simulate: (...parameters: BoundParameters<Terms<action> & Sender>) => ReturnType<SimulationOf<action>>;
  estimateGas: (...parameters: BoundParameters<Terms<action> & Sender>) => Promise<bigint>;
  outcome: (
    receipt: TransactionReceipt,
    ...parameters: BoundParameters<Terms<action>>
  ) => ReturnType<OutcomeOf<action>>;
}

type Actions = Record<string, Action>;

/** Reads that a batch can join, as methods, and the batch. */
export type BoundReads<actions extends Actions> = { [name in keyof actions]: BoundRead<actions[name]> } & {
  batchReads: <const calls extends readonly ReadCall<unknown>[]>(
    parameters: BatchReadsParameters<calls>,
  ) => Promise<ResultsOf<calls>>;
};

/** Other reads as methods. */
export type BoundLookups<actions extends Actions> = { [name in keyof actions]: Bound<actions[name]> };

/** The actions that need a signing client, as methods: writes with their variants. */
export type BoundWrites<actions extends Actions> = {
  [name in keyof actions]: actions[name] extends { simulate: unknown }
    ? BoundWrite<actions[name]>
    : Bound<actions[name]>;
};

const isWrite = (action: Action): action is AnyWrite => Object.hasOwn(action, "simulate");
const isRead = (action: Action): action is Action & { call: (parameters: never) => unknown } =>
  Object.hasOwn(action, "call");

/** Returns each action as a method with the client and the deployment filled in; a write also with its variants. */
export function bind(
  actions: Actions,
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
      estimateGas: (parameters?: object) => write.estimateGas(caller, filled(parameters)),
      outcome: (receipt: TransactionReceipt, parameters?: object) => write.outcome(receipt, filled(parameters)),
    });
  const boundOf = (action: Action) => {
    if (isWrite(action)) return writeOf(action);
    if (!isRead(action)) return methodOf(action);
    return Object.assign(methodOf(action), { call: (parameters?: object) => action.call(filled(parameters)) });
  };
  return Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, boundOf(action)]));
}
