import { getAddress, type Hex, isAddress, isHex } from "viem";
import type { OrderSubmission, SignedOrder } from "../entities/signed-order.js";
import { InvalidSignedOrderError } from "./errors.js";

type Kind = "address" | "flag" | "trigger" | 256;

/** The fields of an order in their order, and the range of each: bits of an unsigned integer. */
const fields: Record<keyof SignedOrder, Kind> = {
  account: "address",
  marketId: 256,
  maker: "address",
  isBaseToQuote: "flag",
  isReduceOnly: "flag",
  amount: 256,
  minFill: 256,
  price: 256,
  trigger: "trigger",
  triggerPrice: 256,
  marginXCD: 256,
  maxRelayFeeXCD: 256,
  takeProfitPrice: 256,
  stopPrice: 256,
  exitFeeXCD: 256,
  validFrom: 256,
  expiresAt: 256,
  nonce: 256,
  id: 256,
};

/** A signed order as JSON: integers are decimal texts. */
export type SerializedSubmission = {
  order: { [field in keyof SignedOrder]: SignedOrder[field] extends bigint ? string : SignedOrder[field] };
  signature: Hex;
};

/** The longest signature that {@link parseSubmission} accepts, bytes: a wallet that is not deployed adds its creation. */
export const MAX_SIGNATURE_BYTES = 8_192;

/**
 * A signed order as a value for `JSON.stringify`.
 *
 * @example
 * const body = JSON.stringify(serializeSubmission(await signOrder(trader, parameters)));
 */
export const serializeSubmission = ({ order, signature }: OrderSubmission): SerializedSubmission => ({
  order: Object.fromEntries(
    Object.keys(fields).map((field) => {
      const value = order[field as keyof SignedOrder];
      return [field, typeof value === "bigint" ? value.toString() : value];
    }),
  ) as SerializedSubmission["order"],
  signature,
});

function parseField(field: string, kind: Kind, value: unknown): unknown {
  const invalid = (accepted: string) => new InvalidSignedOrderError({ field: `order.${field}`, value, accepted });
  if (kind === "address") {
    if (typeof value !== "string" || !isAddress(value)) throw invalid("an address");
    return getAddress(value);
  }
  if (kind === "flag") {
    if (typeof value !== "boolean") throw invalid("true or false");
    return value;
  }
  if (kind === "trigger") {
    if (value !== 0 && value !== 1 && value !== 2) throw invalid("0, 1 or 2");
    return value;
  }
  if (typeof value !== "string" || !/^(0|[1-9]\d{0,77})$/.test(value)) throw invalid("a whole number as decimal text");
  const number = BigInt(value);
  if (number >> BigInt(kind) !== 0n) throw invalid(`at most 2^${kind} - 1`);
  return number;
}

/**
 * Parses the JSON of {@link serializeSubmission}, which may come from any account. Other fields are ignored. The signature is not
 * verified.
 *
 * @example
 * const { order, signature } = parseSubmission(JSON.parse(body));
 * @throws {@link InvalidSignedOrderError} with the field, its value and the accepted range.
 */
export function parseSubmission(json: unknown): { order: SignedOrder; signature: Hex } {
  const { order, signature } = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  if (typeof order !== "object" || order === null) {
    throw new InvalidSignedOrderError({ field: "order", value: order, accepted: "an object" });
  }
  const given = order as Record<string, unknown>;
  const parsed = Object.entries(fields).map(([field, kind]) => [field, parseField(field, kind, given[field])]);
  if (!isHex(signature) || signature.length % 2 !== 0 || signature.length > 2 + 2 * MAX_SIGNATURE_BYTES) {
    const accepted = `at most ${MAX_SIGNATURE_BYTES} bytes in hexadecimal`;
    throw new InvalidSignedOrderError({ field: "signature", value: signature, accepted });
  }
  return { order: Object.fromEntries(parsed) as SignedOrder, signature };
}

/** The result of one of a batch of orders: the order, or why it is not valid. */
export type ParsedSubmission =
  | { order: SignedOrder; signature: Hex; error?: undefined }
  | { order?: undefined; signature?: undefined; error: InvalidSignedOrderError };

/**
 * {@link parseSubmission} for many orders: an invalid one does not affect the others.
 *
 * @example
 * const valid = parseSubmissions(JSON.parse(body)).filter(({ error }) => error === undefined);
 * @throws {@link InvalidSignedOrderError} when the JSON is not a list.
 */
export function parseSubmissions(json: unknown): ParsedSubmission[] {
  if (!Array.isArray(json)) throw new InvalidSignedOrderError({ field: "orders", value: json, accepted: "a list" });
  return json.map((each): ParsedSubmission => {
    try {
      return parseSubmission(each);
    } catch (error) {
      if (error instanceof InvalidSignedOrderError) return { error };
      throw error;
    }
  });
}
