// The state of a delayed order in words, and how far it is.
import type { Deployment } from "@counterpoise/sdk";
import type { TrackedOrder } from "../data/portfolio.js";
import { messageOf } from "../errors.js";
import { price, timeOf } from "../format.js";
import { strings } from "../strings.js";

const text = strings.orders;

/** Words, tone, and the number of steps of created, priced and filled that are done. */
export type OrderState = { words: string; tone: "open" | "good" | "bad" | "none"; steps: 1 | 2 | 3; isOver: boolean };

const reasonOf = (failure: { reason: unknown; data: string }, deployment: Deployment): string =>
  failure.reason ? messageOf(failure.reason, deployment).title : text.unknownReason;

export function stateOf({ open, end, skipped, order }: TrackedOrder, deployment: Deployment): OrderState {
  if (end?.type === "executed") return { words: text.executed(price(end.price)), tone: "good", steps: 3, isOver: true };
  if (end?.type === "purged")
    return { words: text.purged(reasonOf(end, deployment)), tone: "bad", steps: 2, isOver: true };
  if (end?.type === "expired") return { words: text.removed, tone: "bad", steps: 2, isOver: true };
  if (open === "expired") return { words: text.expired, tone: "bad", steps: 2, isOver: true };
  if (open === undefined) return { words: text.ended, tone: "none", steps: 2, isOver: true };
  if (skipped && open === "executable")
    return { words: text.skipped(reasonOf(skipped, deployment)), tone: "open", steps: 2, isOver: false };
  if (open === "executable") return { words: text.executable, tone: "open", steps: 2, isOver: false };
  if (open === "waiting") return { words: text.waiting, tone: "open", steps: 1, isOver: false };
  return { words: text.delayed(timeOf(order.executableAt)), tone: "open", steps: 1, isOver: false };
}
