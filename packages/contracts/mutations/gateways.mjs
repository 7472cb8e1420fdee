// Faults in the gateways: which orders are good, how often, when, and who is paid.

export default [
  {
    file: "gateways/OrderGateway.sol",
    tests: "gateways/*.t.sol",
    faults: [
      {
        id: "order-cancelled-early",
        fault: "an order is taken back when its price is known (T16)",
        original: "if (block.timestamp <= order.expiresAt) revert OrderNotExpired(block.timestamp, order.expiresAt);",
        replacement: "",
        tests: "gateways/OrderGateway.t.sol",
      },
      {
        id: "order-executed-again",
        fault: "an order is executed again and again",
        original: "delete commitmentOf[orderId];",
        replacement: "",
        tests: "gateways/OrderGateway.t.sol",
      },
      {
        id: "order-does-not-wait",
        fault: "an order does not wait for the one before it",
        original: "if (_mustWait(order)) revert PreviousOrderAlive(orderId, order.previousOrderId);",
        replacement: "",
        tests: "gateways/OrderSequence.t.sol",
      },
      {
        id: "order-held-up-by-its-taker",
        fault: "a fixed price waits for what its taker can hold up (T16)",
        original: "clearingHouse.marketOfMaker(previousMaker) == 0 || IMaker(previousMaker).isSpotHedged()",
        replacement: "false",
        tests: "gateways/OrderSequence.t.sol",
      },
      {
        id: "order-one-for-anybody",
        fault: "anybody executes one of a batch that never was",
        original: "if (msg.sender != address(this)) revert NotSelf(msg.sender);",
        replacement: "",
        tests: "authority/Authority.t.sol",
      },
      {
        id: "order-source-fee-paid-back",
        fault: "the keeper gets back what the price source was paid",
        original: "uint256(order.keeperFee) + msg.value - sourceFee",
        replacement: "uint256(order.keeperFee) + msg.value",
        tests: "gateways/{OrderGateway,OrderMoney}.t.sol",
      },
    ],
  },
  {
    file: "gateways/OrderFailures.sol",
    tests: "gateways/OrderFailures.t.sol",
    faults: [
      {
        id: "failure-of-the-pool-ends-the-order",
        fault: "a keeper that moves the pool purges orders for their fees (T28)",
        original: "if (isSpotHedged) return false;",
        replacement: "",
      },
      {
        id: "failure-of-the-fund-leaves-the-order",
        fault: "an order whose taker has no fund stands until it expires",
        original: "selector == IVault.NotAuthorized.selector || selector == IVault.InsufficientFund.selector",
        replacement: "selector == IVault.NotAuthorized.selector",
        tests: "gateways/{OrderFailures.t.sol,signed/*.t.sol}",
      },
    ],
  },
  {
    file: "gateways/KeeperGateway.sol",
    tests: "gateways/*.t.sol",
    faults: [
      {
        id: "keeper-starves-the-trade",
        fault: "a keeper makes orders fail with too little gas (T28)",
        original: "if (gasleft() < MIN_TRADE_GAS) revert NotEnoughGas(gasleft(), MIN_TRADE_GAS);",
        replacement: "",
        tests: "gateways/GasFloor.t.sol",
      },
    ],
  },
  {
    file: "gateways/PullPayments.sol",
    tests: "gateways/*.t.sol",
    faults: [
      {
        id: "credit-withdrawn-again",
        fault: "a credit is withdrawn again and again",
        original: "delete creditOf[msg.sender];",
        replacement: "",
        tests: "gateways/OrderMoney.t.sol",
      },
    ],
  },
  {
    file: "gateways/SignedOrderGateway.sol",
    tests: "gateways/signed/*.t.sol",
    faults: [
      {
        id: "signed-by-any-relayer",
        fault: "everybody is a permitted relayer",
        original: "if (!isRelayer[msg.sender]) revert NotRelayer(msg.sender);",
        replacement: "",
        tests: "authority/Authority.t.sol",
      },
      {
        id: "signed-fee-with-every-part",
        fault: "the relay fee is taken with every part of an order",
        original: "open.filled == 0 ? order.maxRelayFeeXCD : 0",
        replacement: "order.maxRelayFeeXCD",
        tests: "gateways/signed/Settle.t.sol",
      },
      {
        id: "signed-less-than-the-least",
        fault: "an order is filled with less than its least part",
        original: "amount < least || amount > open.remaining",
        replacement: "amount > open.remaining",
        tests: "gateways/signed/Settle.t.sol",
      },
      {
        id: "signed-bound-down",
        fault: "the least that a sale must get is rounded down",
        original: "order.isBaseToQuote ? Math.Rounding.Ceil : Math.Rounding.Floor",
        replacement: "Math.Rounding.Floor",
      },
      {
        id: "signed-trigger-of-the-maker",
        fault: "the maker's order of a match is filled before its trigger",
        original: "if (!maker.isTriggeredAt(result.price)) revert TriggerNotMet(result.price, maker.triggerPrice);",
        replacement: "",
        tests: "gateways/signed/MatchTriggers.t.sol",
      },
    ],
  },
  {
    file: "gateways/SignedOrderState.sol",
    tests: "gateways/signed/*.t.sol",
    faults: [
      {
        id: "book-old-nonces",
        fault: "an order for a later nonce is good already",
        original: "if (order.nonce != nonce)",
        replacement: "if (order.nonce < nonce)",
        tests: "gateways/signed/Signatures.t.sol",
      },
      {
        id: "book-announced-and-cancelled",
        fault: "an announced order is taken back when its price is known (T16)",
        original: "(state == CANCELLED && !isAnnounced)",
        replacement: "state == CANCELLED",
        tests: "gateways/signed/{Announce,Signatures}.t.sol",
      },
      {
        id: "book-any-signature",
        fault: "any signature is good (T23)",
        original: "if (!isValid) revert InvalidSignature(account, digest);",
        replacement: "",
        tests: "gateways/signed/Signatures.t.sol",
      },
      {
        id: "book-ids-collide",
        fault: "one order closes another whose number is 64 higher",
        original: "(id & 0x7f) << 1",
        replacement: "(id & 0x3f) << 1",
        tests: "gateways/signed/OrderIds.t.sol",
      },
    ],
  },
];
