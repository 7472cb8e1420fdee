// Faults in the circuit breaker and in the spot adapters.

export default [
  {
    file: "CircuitBreaker.sol",
    tests: "circuit-breaker/*.t.sol",
    faults: [
      {
        id: "breaker-credit-of-old-windows",
        fault: "the inflow of an earlier window can be withdrawn unmetered",
        original: "return stored.windowEnd == windowEnd ? stored.amount : 0;",
        replacement: "return stored.amount;",
      },
      {
        id: "breaker-without-a-limit",
        fault: "more than the allowance can be withdrawn",
        original: "if (amount > available_) revert OutflowLimitExceeded(asset, amount, available_, meter.windowEnd);",
        replacement: "",
      },
      {
        id: "breaker-hedges-feed-withdrawals",
        fault: "the inflow of hedges raises the allowance of withdrawals",
        original: "if (meter.hedge < 0) left += meter.hedge;",
        replacement: "left += meter.hedge;",
      },
      {
        id: "breaker-guardian-raises",
        fault: "the guardian can raise the minimum",
        original: "if (maxOutflow > terms.maxOutflow || minimum > terms.minimum) {",
        replacement: "if (maxOutflow > terms.maxOutflow) {",
        tests: "circuit-breaker/LowerLimit.t.sol",
      },
      {
        id: "breaker-any-caller-reports",
        fault: "any account can use up the limit",
        original: "if (!isProtected[msg.sender]) revert NotProtected(msg.sender);",
        replacement: "",
        tests: "circuit-breaker/SetHolders.t.sol",
      },
      {
        id: "breaker-window-one-second-long",
        fault: "a window ends a second early",
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
        fault: "any contract that calls back during a swap is paid (T14)",
        original: "msg.sender != _pool0 || payer == address(0)",
        replacement: "payer == address(0)",
      },
      {
        id: "spot-any-pool-of-a-path",
        fault: "any contract that calls back during a swap along a path is paid (T14)",
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
        fault: "the PoolManager's callback is accepted outside a swap (T14)",
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
        fault: "a partial swap counts as a full one",
        original: "if (filled != requested) revert PartialSwap(filled, requested);",
        replacement: "",
      },
      {
        id: "spot-swap-in-a-swap",
        fault: "a token can start a swap during a swap (T13)",
        original: "if (_payer != address(0)) revert SwapInProgress(_payer);",
        replacement: "",
      },
    ],
  },
];
