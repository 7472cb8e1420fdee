// Faults in the circuit breaker, and in the adapters of spot markets.

export default [
  {
    file: "CircuitBreaker.sol",
    tests: "circuit-breaker/*.t.sol",
    faults: [
      {
        id: "breaker-credit-of-old-windows",
        fault: "what came in during an earlier window may go out unmetered",
        original: "return stored.windowEnd == windowEnd ? stored.amount : 0;",
        replacement: "return stored.amount;",
      },
      {
        id: "breaker-without-a-limit",
        fault: "more leaves than is allowed",
        original: "if (amount > available_) revert OutflowLimitExceeded(asset, amount, available_, meter.windowEnd);",
        replacement: "",
      },
      {
        id: "breaker-hedges-feed-withdrawals",
        fault: "what hedges bring in raises what others may take",
        original: "if (meter.hedge < 0) left += meter.hedge;",
        replacement: "left += meter.hedge;",
      },
      {
        id: "breaker-guardian-raises",
        fault: "the guardian raises the minimum",
        original: "if (maxOutflow > terms.maxOutflow || minimum > terms.minimum) {",
        replacement: "if (maxOutflow > terms.maxOutflow) {",
        tests: "circuit-breaker/Authority.t.sol",
      },
      {
        id: "breaker-anybody-reports",
        fault: "anybody uses the limit up",
        original: "if (!isProtected[msg.sender]) revert NotProtected(msg.sender);",
        replacement: "",
        tests: "circuit-breaker/Authority.t.sol",
      },
      {
        id: "breaker-window-one-second-long",
        fault: "a window is over a second early",
        original: "if (block.timestamp < meter.windowEnd) return (stored, meter);",
        replacement: "if (block.timestamp + 1 < meter.windowEnd) return (stored, meter);",
      },
    ],
  },
  {
    file: "spot/UniswapV3Adapter.sol",
    tests: "spot/SpotAdapters.t.sol",
    faults: [
      {
        id: "spot-any-pool-is-paid",
        fault: "whoever calls back during a swap is paid (T14)",
        original: "msg.sender != _pool0 || payer == address(0)",
        replacement: "payer == address(0)",
      },
      {
        id: "spot-any-pool-of-a-path",
        fault: "whoever calls back during a swap along a path is paid (T14)",
        original: "if (msg.sender != poolAt(leg)) revert NotThePool(msg.sender, poolAt(leg));",
        replacement: "",
        tests: "spot/PathReentry.t.sol",
      },
    ],
  },
  {
    file: "spot/UniswapV4Adapter.sol",
    tests: "spot/SpotAdapters.t.sol",
    faults: [
      {
        id: "spot-unlocked-by-others",
        fault: "the manager's callback is answered when nobody swaps (T14)",
        original: "msg.sender != manager || payer == address(0)",
        replacement: "msg.sender != manager",
      },
    ],
  },
  {
    file: "spot/SpotPath.sol",
    tests: "spot/SpotAdapters.t.sol",
    faults: [
      {
        id: "spot-partial-swap",
        fault: "a pool that fills a part of a swap has filled it",
        original: "if (filled != requested) revert PartialSwap(filled, requested);",
        replacement: "",
      },
      {
        id: "spot-swap-in-a-swap",
        fault: "a token calls back into the adapter (T13)",
        original: "if (_payer != address(0)) revert SwapInProgress(_payer);",
        replacement: "",
      },
    ],
  },
];
