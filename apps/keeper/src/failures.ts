// Classes of failures, each with its own retry budget.
import { PriceNotFoundError } from "@counterpoise/sdk/prices";
import { isRevert, type RetryRule, RpcUnavailableError } from "@counterpoise/service-kit";

/**
 * `simulated`: the call would revert, and costs nothing. `paid`: it was mined and reverted, and cost gas. `rpc`: no answer of a
 * node. `price`: no price. `unprofitable`: it would cost more than it pays. `internal`: a fault of the keeper.
 */
export type FailureClass = "simulated" | "paid" | "rpc" | "price" | "unprofitable" | "internal";

const minute = 60_000;

/** The retry budget of each class. */
export const retryRules: Record<FailureClass, RetryRule> = {
  simulated: { attempts: 2_000, per: minute, pause: 1_000, maxPause: minute },
  // Each costs gas: after 6 in an hour, work that has failed so waits for the hour to end.
  paid: { attempts: 6, per: 60 * minute, pause: 10_000, maxPause: 60 * minute },
  rpc: { attempts: 500, per: minute, pause: 500, maxPause: 10_000 },
  price: { attempts: 1_000, per: minute, pause: 500, maxPause: 5_000 },
  unprofitable: { attempts: 10_000, per: minute, pause: 2_000, maxPause: 15_000 },
  internal: { attempts: 200, per: minute, pause: 5_000, maxPause: 10 * minute },
};

/** The class of an error in a search, a simulation or a sending. */
export function failureClassOf(error: unknown): FailureClass {
  if (error instanceof PriceNotFoundError) return "price";
  const { name = "", message = "" } = error as Error;
  if (/^Hermes|InvalidPrice/.test(name)) return "price";
  if (
    error instanceof RpcUnavailableError ||
    /RpcUnavailable|No endpoint answered|HttpRequest|Timeout/.test(`${name} ${message}`)
  )
    return "rpc";
  return isRevert(error) ? "simulated" : "internal";
}
