import { type Address, type Hex, parseAbiParameters } from "viem";
import type { Deployment } from "../deployment.js";
import { signedOrderDomain } from "./domains.js";
import { hashSignedOrder, type SignedOrder } from "./signed-order.js";

/** The number that an order is cancelled by. A {@link SignedOrder} has both fields. */
export type OrderId = { account: Address; id: bigint };

/** An account's signed cancellation of its orders under an id. */
export type SignedCancellation = { deployment: Deployment; order: OrderId; signature: Hex };

const cancelTypes = { CancelOrder: /* @__PURE__ */ parseAbiParameters("address account, uint256 id") } as const;

/** The EIP-712 typed data of a cancellation. */
export const cancellationTypedData = (deployment: Deployment, { account, id }: OrderId) =>
  ({
    domain: signedOrderDomain(deployment),
    types: cancelTypes,
    primaryType: "CancelOrder",
    message: { account, id },
  }) as const;

const cancelBracketTypes = {
  CancelBracket: /* @__PURE__ */ parseAbiParameters("address account, bytes32 orderHash"),
} as const;

/** The EIP-712 typed data of the cancellation of a bracket, or of the announcement of its legs. */
export const bracketCancellationTypedData = (deployment: Deployment, order: SignedOrder) =>
  ({
    domain: signedOrderDomain(deployment),
    types: cancelBracketTypes,
    primaryType: "CancelBracket",
    message: { account: order.account, orderHash: hashSignedOrder({ deployment, order }) },
  }) as const;
