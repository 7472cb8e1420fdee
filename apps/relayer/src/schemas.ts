// The schemas of the HTTP API: they validate, type, and describe it. Amounts are decimal texts with their unit, times Unix seconds.
import { z } from "@hono/zod-openapi";
import { getAddress, isAddress } from "viem";
import { errorCodes } from "./errors.js";

const MAX_UINT256 = 2n ** 256n - 1n;

/** An unsigned integer as decimal text. */
export const uint = z
  .string()
  .max(78)
  .regex(/^(0|[1-9]\d*)$/, "expected a whole number as decimal text")
  .refine((text) => !/^\d+$/.test(text) || BigInt(text) <= MAX_UINT256, "expected at most 2^256 - 1");
const int = z.string().regex(/^-?\d+$/);
const wad = (what: string) => uint.openapi({ description: `${what}, WAD`, example: "1000000000000000000" });
const address = z
  .string()
  .refine((text) => isAddress(text), "expected an address")
  .transform((text) => getAddress(text))
  .openapi({ type: "string", format: "address", example: "0x00000000000000000000000000000000000000Aa" });
const hash = z
  .string()
  .regex(/^0x[\da-f]{64}$/, "expected 32 bytes in lower-case hexadecimal")
  .openapi({ format: "bytes32" });
const hex = z
  .string()
  .max(2 + 2 * 8_192, "expected at most 8192 bytes")
  .regex(/^0x([\da-fA-F]{2})*$/, "expected bytes in hexadecimal");
const seconds = z.number().int().openapi({ description: "Unix seconds" });
const collateral = (what: string) => uint.openapi({ description: `${what}, in the collateral's own decimals` });

/** An order as its account signs it. */
export const orderSchema = z
  .strictObject({
    account: address,
    marketId: uint,
    maker: address,
    isBaseToQuote: z.boolean(),
    isReduceOnly: z.boolean(),
    amount: wad("Base"),
    minFill: wad("Base of the smallest fill"),
    price: wad("Quote per base"),
    trigger: z.literal([0, 1, 2]).openapi({ description: "0: none, 1: take-profit, 2: stop" }),
    triggerPrice: wad("Quote per base"),
    marginXCD: collateral("Moves to the margin with the first fill"),
    maxRelayFeeXCD: collateral("The most that relayers and keepers charge"),
    takeProfitPrice: wad("Quote per base"),
    stopPrice: wad("Quote per base"),
    exitFeeXCD: collateral("The fee of the bracket's exit"),
    validFrom: uint,
    expiresAt: uint,
    nonce: uint,
    id: uint,
  })
  .openapi("SignedOrder");

export const submissionSchema = z.strictObject({ order: orderSchema, signature: hex }).openapi("Submission");

export const statusSchema = z.enum(["open", "requested", "dropped", "dead"]).openapi({
  description:
    "open: may be filled. requested: its account has cancelled it, and a settlement in flight may still fill it. dropped: this " +
    "relayer will not fill it; others may, until it is dead. dead: no relayer or keeper can fill it, as the chain says.",
});

export const orderStateSchema = z
  .object({
    hash,
    marketId: uint,
    status: statusSchema,
    reason: z.string().optional().openapi({ description: "Why it is not open: a code, or a code and a text" }),
    filled: wad("Base of the fills in blocks"),
    rest: wad("Base that can still be filled"),
    createdAt: seconds,
    updatedAt: seconds,
    order: orderSchema,
  })
  .openapi("Order");

export const cancellationSchema = z
  .strictObject({ marketId: uint, account: address, id: uint, signature: hex })
  .openapi("Cancellation");

export const levelSchema = z
  .object({ price: wad("Quote per base"), amount: wad("Base"), orders: z.number().int() })
  .openapi("Level");

export const bookSchema = z
  .object({
    marketId: uint,
    sequence: uint.openapi({ description: "The last event that the book contains" }),
    bids: z.array(levelSchema),
    asks: z.array(levelSchema),
    hasMore: z.boolean().openapi({ description: "Whether there are levels beyond the depth" }),
  })
  .openapi("Book");

export const tradeSchema = z
  .object({
    sequence: uint,
    orderHash: hash,
    account: z.string(),
    counterparty: z.string(),
    base: int.openapi({ description: "WAD base; received above zero" }),
    quote: int.openapi({ description: "WAD quote; received above zero" }),
    price: wad("The oracle's price of the fill"),
    relayFee: collateral("The fee of this fill"),
    transactionHash: hash,
    blockNumber: uint,
  })
  .openapi("Trade");

export const marketSchema = z
  .object({
    marketId: uint,
    name: z.string(),
    chainId: z.number().int(),
    collateral: z.string(),
    collateralDecimals: z.number().int(),
    signedOrderGateway: z.string(),
    makers: z.array(z.string()),
    fee: collateral("The relayer's fee for a fill"),
    price: wad("The price source's last price").optional(),
    initialMarginRatio: z.number().int().openapi({ description: "Parts per million" }),
    minRelayFee: collateral("The least fee of orders that keepers announce"),
    minPositionValue: wad("Quote"),
    limits: z.object({ openOrders: z.number().int(), lifetime: z.number().int() }),
  })
  .openapi("Market");

export const errorSchema = z
  .object({
    code: z.enum(Object.keys(errorCodes) as [keyof typeof errorCodes, ...(keyof typeof errorCodes)[]]),
    message: z.string(),
    limit: z.string().optional().openapi({ description: "The accepted value or range" }),
    value: z.string().optional().openapi({ description: "The offending value" }),
    field: z.string().optional(),
  })
  .openapi("Error");

export const healthSchema = z
  .object({
    status: z.enum(["ok", "degraded"]),
    block: uint.optional(),
    markets: z.array(
      z.object({ marketId: uint, isMatched: z.boolean().openapi({ description: "Whether a matcher works on it" }) }),
    ),
  })
  .openapi("Health");

const page = (most: number, standard: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, "expected a whole number")
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, `expected 1 to ${most}`)
    .optional()
    .transform((value) => value ?? standard)
    .openapi({ type: "integer", minimum: 1, maximum: most, default: standard });

const cursor = uint
  .refine((text) => text.length < 19, "expected a cursor of an earlier answer")
  .optional()
  .openapi({ description: "The cursor of an earlier answer" });

export const queries = {
  hash: z.object({ hash }),
  market: z.object({ marketId: uint }),
  depth: z.object({ depth: page(500, 50) }),
  trades: z.object({ before: cursor, limit: page(500, 100) }),
  orders: z.object({
    account: address,
    marketId: uint.optional(),
    status: statusSchema.optional(),
    after: cursor,
    limit: page(200, 100),
  }),
} as const;
