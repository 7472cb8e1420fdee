// Faults in the oracle: choice, age and source of prices, and authority.

export default [
  {
    file: "oracle/PythOracle.sol",
    tests: "oracle/*.t.sol",
    faults: [
      {
        id: "oracle-any-price-of-the-window",
        fault: "a keeper can choose among the prices of the window (T15)",
        original: "window.min.toUint64(), window.max.toUint64(), isFirst, false, true",
        replacement: "window.min.toUint64(), window.max.toUint64(), false, false, true",
      },
      {
        id: "oracle-executions-store-nothing",
        fault: "an account is liquidated, or withdraws, at a stored price older than its last fill (T36)",
        original: "window.min.toUint64(), window.max.toUint64(), isFirst, false, true",
        replacement: "window.min.toUint64(), window.max.toUint64(), isFirst, false, false",
        tests: "{regression/LiquidatedBeforeTheFillsPrice,oracle/PythOracleExecution}.t.sol",
      },
      {
        id: "oracle-any-caller-ends-an-execution",
        fault: "any account can end an execution",
        original:
          "function endExecution() external {\n        if (!isExecutor(msg.sender)) revert NotExecutor(msg.sender);",
        replacement: "function endExecution() external {",
        tests: "{oracle/*,authority/Authority}.t.sol",
      },
      {
        id: "oracle-another-feed",
        fault: "the price of another feed is accepted (T17)",
        original: "if (answers[i].id != ids[i]) revert WrongFeed(answers[i].id, ids[i]);",
        replacement: "",
      },
      {
        id: "oracle-stale-at-its-age",
        fault: "a price is stale in the last second of its maximum age",
        original: "if (publishTime + maxAge < block.timestamp) revert StalePrice",
        replacement: "if (publishTime + maxAge <= block.timestamp) revert StalePrice",
      },
      {
        id: "oracle-any-confidence",
        fault: "positions can be increased at every confidence",
        original: "if (confidence > limit) revert ConfidenceTooWide(confidence, limit);",
        replacement: "",
        tests: "oracle/CollateralFeedLimits.t.sol",
      },
      {
        id: "oracle-execution-price-for-all-markets",
        fault: "the execution price of one market is used for another one (T26)",
        original: "return _executionMarket == marketId && marketId != 0;",
        replacement: "return _executionMarket != 0;",
      },
      {
        id: "oracle-older-than-stored",
        fault: "a relayer can settle at a price older than the stored one (T27)",
        original: "if (publishTime < stored) revert OlderThanStored(answers[i].id, publishTime, stored);",
        replacement: "",
        tests: "gateways/signed/Settle.t.sol",
      },
      {
        id: "oracle-float-pays-all",
        fault: "padded data can drain the oracle's balance",
        original: "available = address(this).balance < limit ? address(this).balance : limit;",
        replacement: "available = address(this).balance;",
      },
      {
        id: "oracle-deviation-of-the-higher",
        fault: "the deviation of two sources is relative to the higher price",
        original: "lower * maxDeviation",
        replacement: "higher * maxDeviation",
        tests: "oracle/SecondSourceAgreement.t.sol",
      },
      {
        id: "oracle-fallback-within-the-window",
        fault: "the second source serves in the last second of the price window",
        original: "if (block.timestamp <= window.max) revert FallbackTooEarly",
        replacement: "if (block.timestamp < window.max) revert FallbackTooEarly",
        tests: "oracle/SecondSourceExecution.t.sol",
      },
      {
        id: "oracle-fallback-increases",
        fault: "positions can be opened at a price of the second source (T18)",
        original: "if (isExecution && _isExecutionFallback) revert FallbackOnlyReduces(marketId);",
        replacement: "",
        tests: "oracle/SecondSourceExecution.t.sol",
      },
      {
        id: "oracle-last-price-looks-younger",
        fault: "the last price has the later publish time of its two parts",
        original: "if (answer.publishTime < publishTime) publishTime = answer.publishTime;",
        replacement: "if (answer.publishTime > publishTime) publishTime = answer.publishTime;",
        tests: "oracle/CollateralFeedPrice.t.sol",
      },
    ],
  },
  {
    file: "oracle/ChainlinkSource.sol",
    tests: "oracle/{SecondSourceExecution,SecondSourceFailure}.t.sol",
    faults: [
      {
        id: "chainlink-second-round",
        fault: "a round at exactly the minimum time is not the first one",
        original: "if (previous.updatedAt < minUpdatedAt) return (true, first);",
        replacement: "if (previous.updatedAt <= minUpdatedAt) return (true, first);",
      },
      {
        id: "chainlink-grace-of-the-sequencer",
        fault: "the grace period of the sequencer ends a second early",
        original: "block.timestamp - startedAt > sequencer.period()",
        replacement: "block.timestamp - startedAt >= sequencer.period()",
        tests: "oracle/*.t.sol",
      },
      {
        id: "chainlink-future-round",
        fault: "a round from the future is accepted",
        original: "if (updatedAt == 0 || updatedAt > block.timestamp) return (false, round);",
        replacement: "if (updatedAt == 0) return (false, round);",
      },
    ],
  },
  {
    file: "oracle/SourceRegistry.sol",
    tests: "oracle/{ProposeFeed,SetExecutor}.t.sol",
    faults: [
      {
        id: "sources-at-once",
        fault: "a proposed feed can be applied at once",
        original: "if (block.timestamp < appliesAt) revert FeedNotYetApplicable(block.timestamp, appliesAt);",
        replacement: "",
      },
      {
        id: "sources-executors-at-once",
        fault: "sealing does not delay approvals of executors",
        original: "isSealed ? block.timestamp + SOURCE_DELAY : block.timestamp",
        replacement: "block.timestamp",
      },
    ],
  },
  {
    file: "libraries/BoundedCall.sol",
    tests: "{oracle,regression}/*.t.sol",
    faults: [
      {
        id: "bounded-short-answer",
        fault: "return data that is too short, or of an account without code, is accepted",
        original: "ok := and(ok, iszero(lt(returndatasize(), size)))",
        replacement: "",
        tests: "oracle/SetFeed.t.sol",
      },
      {
        id: "bounded-starved-read",
        fault: "a caller can make a healthy source fail by supplying too little gas",
        original: "if (gasleft() < MIN_GAS) revert NotEnoughGasForSource(gasleft(), MIN_GAS);",
        replacement: "",
        tests: "oracle/SecondSourceFailure.t.sol",
      },
    ],
  },
];
