// Faults in the gateways: validity of orders, number and time of executions, and payments.

export default [
  {
    file: "gateways/OrderGateway.sol",
    tests: "gateways/*.t.sol",
    faults: [
      {
        id: "order-cancelled-early",
        fault: "an order can be cancelled when its price is known (T16)",
        original: "if (block.timestamp <= order.expiresAt) revert OrderNotExpired(block.timestamp, order.expiresAt);",
        replacement: "",
        tests: "gateways/OrderGatewayCancelOrder.t.sol",
      },
      {
        id: "order-executed-again",
        fault: "an order can be executed several times",
        original: "delete commitmentOf[orderId];",
        replacement: "",
        tests: "gateways/OrderGatewayCancelOrder.t.sol",
      },
      {
        id: "order-does-not-wait",
        fault: "an order does not wait for the earlier order",
        original: "if (_mustWait(order)) revert PreviousOrderAlive(orderId, order.previousOrderId);",
        replacement: "",
        tests: "gateways/OrderGatewayCreateOrderAfter.t.sol",
      },
      {
        id: "order-held-up-by-its-taker",
        fault: "an order at a fixed price waits for an order that its taker can delay (T16)",
        original: "clearingHouse.marketOfMaker(previousMaker) == 0 || IMaker(previousMaker).isSpotHedged()",
        replacement: "false",
        tests: "gateways/OrderGatewayCreateOrderAfter.t.sol",
      },
      {
        id: "order-one-for-any-caller",
        fault: "any account can execute one order of a batch",
        original: "if (msg.sender != address(this)) revert NotSelf(msg.sender);",
        replacement: "",
        tests: "authority/Authority.t.sol",
      },
      {
        id: "order-source-fee-paid-back",
        fault: "the fee of the price source is refunded to the keeper",
        original: "uint256(order.keeperFee) + msg.value - sourceFee",
        replacement: "uint256(order.keeperFee) + msg.value",
        tests: "gateways/OrderGatewaySourceFee.t.sol",
      },
    ],
  },
  {
    file: "gateways/OrderFailures.sol",
    tests: "gateways/OrderGateway{Purge,OpenOrder}.t.sol",
    faults: [
      {
        id: "failure-of-the-pool-ends-the-order",
        fault: "a keeper that moves the pool can purge orders for their fees (T28)",
        original: "if (isSpotHedged) return false;",
        replacement: "",
      },
      {
        id: "failure-of-the-fund-leaves-the-order",
        fault: "an order whose taker lacks fund stays open until it expires",
        original: "selector == IVault.NotAuthorized.selector || selector == IVault.InsufficientFund.selector",
        replacement: "selector == IVault.NotAuthorized.selector",
        tests: "gateways/{OrderGatewayPurge.t.sol,signed/*.t.sol}",
      },
    ],
  },
  {
    file: "gateways/KeeperGateway.sol",
    tests: "gateways/*.t.sol",
    faults: [
      {
        id: "keeper-starves-the-trade",
        fault: "a keeper can make orders fail by supplying too little gas (T28)",
        original: "if (gasleft() < MIN_TRADE_GAS) revert NotEnoughGas(gasleft(), MIN_TRADE_GAS);",
        replacement: "",
        tests: "gateways/OrderGatewayExecuteOrder.t.sol",
      },
    ],
  },
  {
    file: "gateways/PullPayments.sol",
    tests: "gateways/*.t.sol",
    faults: [
      {
        id: "credit-withdrawn-again",
        fault: "a credit can be withdrawn several times",
        original: "delete creditOf[msg.sender];",
        replacement: "",
        tests: "gateways/OrderGatewayPayments.t.sol",
      },
    ],
  },
  {
    file: "gateways/SignedOrderGateway.sol",
    tests: "gateways/signed/*.t.sol",
    faults: [
      {
        id: "signed-by-any-relayer",
        fault: "every account is an approved relayer",
        original: "if (!isRelayer[msg.sender]) revert NotRelayer(msg.sender);",
        replacement: "",
        tests: "authority/Authority.t.sol",
      },
      {
        id: "signed-fee-with-every-part",
        fault: "the relay fee is charged with every fill of an order",
        original: "open.filled == 0 ? order.maxRelayFeeXCD : 0",
        replacement: "order.maxRelayFeeXCD",
        tests: "gateways/signed/Settle.t.sol",
      },
      {
        id: "signed-less-than-the-least",
        fault: "an order is filled with less than its minimum fill",
        original: "amount < least || amount > open.remaining",
        replacement: "amount > open.remaining",
        tests: "gateways/signed/Settle.t.sol",
      },
      {
        id: "signed-bound-down",
        fault: "the minimum proceeds of a sale are rounded down",
        original: "order.isBaseToQuote ? Math.Rounding.Ceil : Math.Rounding.Floor",
        replacement: "Math.Rounding.Floor",
      },
      {
        id: "signed-trigger-of-the-maker",
        fault: "the maker's order of a match is filled before its trigger is met",
        original: "if (!maker.isTriggeredAt(result.price)) revert TriggerNotMet(result.price, maker.triggerPrice);",
        replacement: "",
        tests: "gateways/signed/MatchOrdersReverts.t.sol",
      },
    ],
  },
  {
    file: "gateways/SignedOrderState.sol",
    tests: "gateways/signed/*.t.sol",
    faults: [
      {
        id: "signed-old-nonces",
        fault: "an order for a later nonce is valid already",
        original: "if (order.nonce != nonce)",
        replacement: "if (order.nonce < nonce)",
        tests: "gateways/signed/CancelOrder.t.sol",
      },
      {
        id: "signed-announced-and-cancelled",
        fault: "an announced order can be cancelled when its price is known (T16)",
        original: "(state == CANCELLED && !isAnnounced)",
        replacement: "state == CANCELLED",
        tests: "gateways/signed/{CancelAnnounced,ExecuteAnnounced}.t.sol",
      },
      {
        id: "signed-any-signature",
        fault: "every signature is valid (T23)",
        original: "if (!isValid) revert InvalidSignature(account, digest);",
        replacement: "",
        tests: "gateways/signed/Signature.t.sol",
      },
      {
        id: "signed-ids-collide",
        fault: "an order closes another one whose id is 64 higher",
        original: "(id & 0x7f) << 1",
        replacement: "(id & 0x3f) << 1",
        tests: "gateways/signed/CancelOrder.t.sol",
      },
    ],
  },
];
