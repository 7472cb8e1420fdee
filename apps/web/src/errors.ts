// Errors in words, for the screen. The texts of the contracts' errors are a file of their own, which loads after the page.
import { type Deployment, getRevert, StalePriceError } from "@counterpoise/sdk";
import type { describe as Describe } from "@counterpoise/sdk/errors";
import { BaseError, UserRejectedRequestError } from "viem";
import { strings } from "./strings.js";

/** A title, and details with cause and remedy. */
export type Message = { title: string; detail: string };

let describe: typeof Describe | undefined;

/** Loads the texts. Until then, an error is shown with its name. */
export async function loadDescriptions(): Promise<void> {
  ({ describe } = await import("@counterpoise/sdk/errors"));
}

type Rejected = { rejected: readonly { revert: unknown }[] };
/** `NoRouteError`, whose class is loaded with the plans of trades. */
const isNoRoute = (error: unknown): error is Rejected =>
  error instanceof BaseError && error.name === "NoRouteError" && "rejected" in error;

/** Describes an error of an action, a decoded revert, or the bytes of one. */
export function messageOf(error: unknown, deployment: Deployment): Message {
  if (error instanceof BaseError && error.walk((each) => each instanceof UserRejectedRequestError))
    return { title: strings.wallet.rejected, detail: "" };
  if (isNoRoute(error)) {
    const reasons = error.rejected.flatMap(({ revert }) => (revert ? [messageOf(revert, deployment)] : []));
    const shown = new Set(reasons.map(({ title, detail }) => `${title}. ${detail}`));
    return { title: strings.errors.noRoute, detail: [...shown].join(" ") };
  }
  const description = describe?.(error, { deployment });
  if (description) return { title: description.title, detail: `${description.cause} ${description.remedy}` };
  if (error instanceof StalePriceError) return { title: strings.ticket.noPrice, detail: error.shortMessage };
  const revert = isDecoded(error) ? error : getRevert(error);
  if (revert) return { title: revert.errorName, detail: "" };
  const detail =
    error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : String(error);
  return { title: strings.errors.title, detail };
}

const isDecoded = (error: unknown): error is { errorName: string } =>
  typeof error === "object" && error !== null && "errorName" in error && "named" in error;

/** An obstacle of the SDK's entities as a decoded revert, which `describe` takes. */
export const revertOf = (obstacle: { errorName: string; named: Record<string, unknown> }) => ({
  errorName: obstacle.errorName,
  named: obstacle.named,
  args: Object.values(obstacle.named),
});
