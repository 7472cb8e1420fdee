// A module of its own: bundles with an action that decodes an event do not need the other errors.
import { BaseError, type Hex } from "viem";

/** A transaction was mined without the event that the action needs. */
export class EventNotFoundError extends BaseError {
  override name = "EventNotFoundError";
  constructor({ eventName, hash }: { eventName: string; hash: Hex }) {
    super(`Transaction ${hash} succeeded without a ${eventName} event.`);
  }
}
