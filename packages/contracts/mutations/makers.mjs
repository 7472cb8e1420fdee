// Faults in the LP vaults and their hedges: deposits, withdrawals, prices and the cost of hedges.

export default [
  {
    file: "makers/lp/LpModule.sol",
    tests: "makers/lp/*.t.sol",
    faults: [
      {
        id: "lp-leaves-at-an-old-price",
        fault: "LPs of the immediate path leave at any price that trades accept (T36)",
        original: "Valuation memory v = _value(true);",
        replacement: "Valuation memory v = _value(false);",
        tests: "regression/WithdrawnAtAnOldPrice.t.sol",
      },
      {
        id: "lp-records-the-amount-sent",
        fault: "the queue records the amount that was paid, not the one that arrived (T61)",
        original: "payout.amountXCD = asset.balanceOf(msg.sender) - held;",
        replacement: "held;",
        tests: "regression/TransferFeeInTheQueue.t.sol",
      },
    ],
  },
  {
    file: "makers/lp/LpAsyncVault.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "aggregate-any-caller",
        fault: "any account requests with another's tokens and claims for another controller (T19)",
        original: "if (!_isControllerOrOperator(account)) revert NotOperator(account, msg.sender);",
        replacement: "",
        tests: "makers/lp/LpAggregateVault.t.sol",
      },
      {
        id: "claim-by-any-account",
        fault: "any account can claim for another account",
        original: "return account == msg.sender || isOperator[account][msg.sender];",
        replacement: "return true;",
      },
    ],
  },
  {
    file: "makers/lp/LpAggregateVault.sol",
    tests: "makers/lp/LpAggregateVault.*.t.sol",
    faults: [
      {
        id: "aggregate-one-account",
        fault: "all controllers share one account, and their claims are averaged",
        original: "return bytes32(uint256(uint160(controller)));",
        replacement: "return bytes32(0 * uint256(uint160(controller)));",
        tests: "makers/lp/LpAggregateVault.protection.t.sol",
      },
      {
        id: "aggregate-places-used-up",
        fault: "another account's dust requests keep a controller out",
        original: "_isControllerOrOperator(controller) ? MAX_OPEN : MAX_OPEN_BY_OTHERS",
        replacement: "MAX_OPEN",
        tests: "makers/lp/LpAggregateVault.protection.t.sol",
      },
      {
        id: "aggregate-claims-for-the-owner",
        fault: "claims with the aggregate vault as receiver become fees, and those to the account count twice (T68)",
        original: "if (receiver == address(this) || receiver == account) revert InvalidReceiver(receiver);",
        replacement: "",
        tests: "makers/lp/LpAggregateVault.protection.t.sol",
      },
    ],
  },
  {
    file: "makers/lp/LpSettlementFees.sol",
    tests: "makers/lp/LpAggregateVault.fees.t.sol",
    faults: [
      {
        id: "aggregate-fee-without-limit",
        fault: "the owner's price takes any part of a request",
        original: "if (input > limit) revert FeeAboveLimit(input, limit);",
        replacement: "",
      },
      {
        id: "aggregate-price-raised-at-once",
        fault: "the owner raises the price of the fee before a request (T68)",
        original: "if (etherPrice_ > inForce) {",
        replacement: "if (false) {",
      },
      {
        id: "aggregate-float-sold-at-once",
        fault: "one account buys the whole float at an old price (T68)",
        original: "(_sold, _soldAt) = (_soldNow() + value, block.timestamp);",
        replacement: "",
      },
    ],
  },
  {
    file: "makers/lp/LpQueue.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "request-orders-outlive-exits",
        fault: "an LP leaves in kind while an order lives that it has seen at the start (T59)",
        original: "if (lifetime + MAX_LEAD > EXIT_NOTICE_TIME) {",
        replacement: "if (lifetime > type(uint32).max) {",
        tests: "backstop/ExitInKind.t.sol",
      },
      {
        id: "request-orders-outlive-exits-by-the-lead",
        fault: "an order that counts from a price ahead of the block outlives the notice of an exit (T59)",
        original: "if (lifetime + MAX_LEAD > EXIT_NOTICE_TIME) {",
        replacement: "if (lifetime > EXIT_NOTICE_TIME) {",
        tests: "backstop/ExitInKind.t.sol",
      },
      {
        id: "request-delay-of-years",
        fault: "a delay of years for one block makes all later requests due as late (T55)",
        original: "_checkRange(rules_.delay, 1, MAX_DELAY);",
        replacement: "_checkRange(rules_.delay, 1, type(uint32).max);",
        tests: "regression/RequestRulesBlockTheQueue.t.sol",
      },
      {
        id: "request-outlives-its-price",
        fault: "a request can be pending when its price is too old (T55)",
        original: "_checkRange(rules_.validity, 1, Math.min(MAX_VALIDITY, oracle.executionAgeOf(marketId)));",
        replacement: "_checkRange(rules_.validity, 1, MAX_VALIDITY);",
        tests: "regression/RequestRulesBlockTheQueue.t.sol",
      },
      {
        id: "request-due-before-orders",
        fault: "requests wait for less time than orders (T59)",
        original: "if (delay < orderDelay) revert DelayBelowOrders(delay, address(orderGateway), orderDelay);",
        replacement: "",
        tests: "regression/LiquidityAroundAVisibleOrder.t.sol",
      },
    ],
  },
  {
    file: "makers/lp/LpSettlement.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "request-blocks-with-an-old-price",
        fault: "a request whose price is too old blocks the queue until it expires (T55)",
        original: "if (update.length != 0 && reason.toSelector() == IPriceOracle.StalePrice.selector) {",
        replacement: "if (false) {",
        tests: "regression/RequestRulesBlockTheQueue.t.sol",
      },
      {
        id: "request-needs-a-price-while-flat",
        fault: "redemptions from a flat maker wait for a price (T54)",
        original: "if (!maker.redeemsWithoutPrice()) return false;",
        replacement: "return false;",
        tests: "regression/SharesWithoutAPrice.t.sol",
      },
      {
        id: "request-minimum-at-a-chosen-price",
        fault: "a keeper chooses the price at which collateral in kind counts for the minimum (T54)",
        original: "return request.minOutOrEnd == 0 && request.kind == LpRequestKind.Redeem;",
        replacement: "return true;",
        tests: "regression/SharesWithoutAPrice.t.sol",
      },
      {
        id: "request-in-asset-without-its-price",
        fault: "a flat base vault pays base in place of collateral without the request's price",
        original: "return request.minOutOrEnd == 0 && request.kind == LpRequestKind.Redeem;",
        replacement: "return request.minOutOrEnd == 0;",
        tests: "makers/lp/LpRequestVault.standardCall.t.sol",
      },
      {
        id: "request-claims-overflow",
        fault: "claims that overflow stop the queue (T62)",
        original: "if (!_hasRoom(request)) {",
        replacement: "if (false) {",
        tests: "regression/QueueStoppedByOneRequest.t.sol",
      },
      {
        id: "request-tries-all",
        fault: "every call tries all waiting requests, unpaid (T62)",
        original: ">= MAX_FAILED_ATTEMPTS) return true;",
        replacement: ">= type(uint256).max) return true;",
        tests: "regression/QueueStoppedByOneRequest.t.sol",
      },
      {
        id: "request-settled-in-a-fill",
        fault: "requests can be settled while an account holds the lock (T13)",
        original: "if (holder != address(0)) revert IVault.Locked(holder);",
        replacement: "",
      },
    ],
  },
  {
    file: "makers/lp/LpRequestVault.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "request-before-an-older-one",
        fault: "a request can be settled before an older one after the delay was shortened",
        original: "Math.max(committedAt + q.delay, q.lastExecutableAt)",
        replacement: "committedAt + q.delay",
      },
      {
        id: "standard-call-without-a-minimum",
        fault: "a request of the standard call settles at any price (T6)",
        original: "if (terms.hasDefaultMinimum) {",
        replacement: "if (false) {",
        tests: "makers/lp/LpRequestVault.standardCall.t.sol",
      },
      {
        id: "request-of-one-second",
        fault: "a request expires a second after it is due: a free option (T59)",
        original: "Math.max(executableAt, committedAt + q.orderLifetime)",
        replacement: "executableAt",
        tests: "regression/LiquidityAroundAVisibleOrder.t.sol",
      },
      {
        id: "request-beyond-the-cap",
        fault: "a deposit beyond the cap can be requested",
        original: "if (assets > room) revert ILpVault.LpDepositCapExceeded(assets, room);",
        replacement: "",
      },
      {
        id: "request-returned-twice-in-the-sum",
        fault: "returned tokens remain in the sum of their controller after a claim",
        original: "_returnedTo[controller][isDeposit] -= amount;",
        replacement: "",
        tests: "makers/lp/LpVault.lastPrice.t.sol",
      },
      {
        id: "request-cancelled-early",
        fault: "a request can be cancelled when its price is known",
        original:
          "if (block.timestamp <= request.expiresAt()) revert RequestNotExpired(block.timestamp, request.expiresAt());",
        replacement: "",
      },
      {
        id: "request-returned-again",
        fault: "returned assets can be claimed several times",
        original: "_requests[requestId].clearReturned();",
        replacement: "",
      },
    ],
  },
  {
    file: "makers/lp/LpClaims.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "claim-in-the-place-of-the-other-kind",
        fault: "claims of deposits and of redemptions are added up",
        original: "claims[claims[0].inputs == 0 && claims[1].inputs == 0 ? 0 : 1]",
        replacement: "claims[0]",
        tests: "makers/lp/LpStandards.t.sol",
      },
    ],
  },
  {
    file: "makers/lp/LpVault.sol",
    tests: "makers/lp/*.t.sol",
    faults: [
      {
        id: "share-without-allowance",
        fault: "any account can redeem the shares of another account",
        original: "if (spender != holder) _spendAllowance(holder, spender, shares);",
        replacement: "",
      },
    ],
  },
  {
    file: "makers/OracleMaker.sol",
    tests: "makers/OracleMaker.*.t.sol",
    faults: [
      {
        id: "oracle-maker-any-sender",
        fault: "any sender can trade with the maker, at a price that is known",
        original: "if (!isValidSender(input.sender)) revert SenderNotApproved(input.sender);",
        replacement: "",
      },
      {
        id: "oracle-maker-reductions-answer",
        fault: "a reduction reverts because of the maker's margin ratio (T9)",
        original: "if (!input.makerSize.isReducedBy(base)) callbackData",
        replacement: "callbackData",
      },
      {
        id: "oracle-maker-band-without-the-fee",
        fault: "parameters whose fee exceeds the price band are accepted",
        original: "(PPM + p.maxConfidencePremium) * (PPM + p.lpFee)",
        replacement: "(PPM + p.maxConfidencePremium) * PPM",
      },
      {
        id: "oracle-maker-pays-below-its-floor",
        fault: "withdrawals can leave the maker below its minimum margin ratio",
        original:
          "_checkMinMarginRatio(left.unwrap(), v.position.size.notionalCeil(v.price), _parameters.minMarginRatio);",
        replacement: "",
        tests: "makers/{OracleMaker,lp/LpVault}.*.t.sol",
      },
    ],
  },
  {
    file: "makers/SpotHedgeBaseMaker.sol",
    tests: "makers/spot-hedge/SpotHedge*.t.sol",
    faults: [
      {
        id: "base-vault-first-bears-all",
        fault: "the first closing taker bears the whole shortage (H3)",
        original: "uint256 quote = Math.mulDiv(missing, amount, fill.input.makerSize.abs(), Math.Rounding.Ceil);",
        replacement: "uint256 quote = missing;",
        tests: "makers/spot-hedge/SpotHedgeBaseMaker.hedgeShortage.t.sol",
      },
    ],
  },
  {
    file: "makers/spot-hedge/SpotHedgeMaker.sol",
    tests: "makers/spot-hedge/SpotHedge*.t.sol",
    faults: [
      {
        id: "hedge-gap-part-of-the-last-change",
        fault:
          "the smallest part of a gap is one of the last forced change, so that a gap of many closes in more parts (T34)",
        original: "hedgeGapMinPart = Math.ceilDiv(gap.magnitude(), GAP_PARTS).toUint128();",
        replacement: "hedgeGapMinPart = Math.ceilDiv(units.magnitude(), GAP_PARTS).toUint128();",
        tests: "regression/SecondEventWhileTheFirstIsOpen.t.sol",
      },
      {
        id: "hedge-gap-interval-not-after-forced-changes",
        fault: "the hedge of a forced change does not start the interval of gaps (T34)",
        original: "try this.closeHedgeGap{gas: gasleft() - GAP_GAS}(type(uint256).max) {} catch {}",
        replacement:
          "try this.closeHedgeGap{gas: gasleft() - GAP_GAS}(type(uint256).max) { hedgeGapClosableAt = 0; } catch {}",
        tests: "regression/SecondEventWhileTheFirstIsOpen.t.sol",
      },
      {
        id: "hedge-carry-of-the-other-side",
        fault: "the funding limit checks the rate of the other side (T32)",
        original: "if (!fill.isBaseToQuote) rate = -rate;",
        replacement: "",
        tests: "makers/spot-hedge/SpotHedge.maxCarry.t.sol",
      },
      {
        id: "hedge-pays-unasked",
        fault: "the adapter can request a payment outside a swap (T14)",
        original: "msg.sender != adapter || payment == Payment.None",
        replacement: "msg.sender != adapter",
        tests: "makers/spot-hedge/SpotHedge*.t.sol",
      },
      {
        id: "hedge-gap-at-any-price",
        fault: "a hedge gap can be closed at any price (T34)",
        original: "if (base != 0) _requireNear(rules, price, hedge);",
        replacement: "",
        tests: "makers/spot-hedge/SpotHedgeBaseMaker.closeHedgeGap.t.sol",
      },
      {
        id: "hedge-gap-without-a-pause",
        fault: "a hedge gap can be closed without an interval between its parts (T34)",
        original: "if (block.timestamp < hedgeGapClosableAt) revert",
        replacement: "if (false) revert",
        tests: "makers/spot-hedge/SpotHedgeBaseMaker.closeHedgeGap.t.sol",
      },
    ],
  },
  {
    file: "makers/spot-hedge/QuoteVaultStorage.sol",
    tests: "regression/TransferFeeInTheQueue.t.sol",
    faults: [
      {
        id: "quote-lp-balance-of-the-amount-sent",
        fault: "the balance counts margin that a transfer fee took (T61)",
        original: "assetBalance = (assetBalance + receivedXCD).toUint128();",
        replacement: "assetBalance = (assetBalance + amountXCD).toUint128();",
      },
    ],
  },
  {
    file: "makers/spot-hedge/SpotHedgeStorage.sol",
    tests: "regression/GapBoundBelowThePathFee.t.sol",
    faults: [
      {
        id: "hedge-path-above-the-gap-bound",
        fault: "an adapter whose pools charge more than the bound of gaps: gaps can never be closed (T57)",
        original: "if (gapBound != 0 && gapBound <= pathFee) revert BoundBelowPathFee(gapBound, pathFee);",
        replacement: "",
      },
      {
        id: "hedge-gap-bound-below-the-fee",
        fault: "a bound of gaps below the fee of the path (T57)",
        original: "_parameters.adapter.pathFee() + 1,",
        replacement: "1,",
      },
    ],
  },
  {
    file: "makers/spot-hedge/QuoteMargin.sol",
    tests: "makers/spot-hedge/SpotHedge{,QuoteMaker}.*.t.sol",
    faults: [
      {
        id: "quote-lp-fee-uncapped",
        fault: "the keeper's fee has no cap (T34)",
        original: "Math.min(Math.mulDiv(amountXCD, rules.keeperFeeRatio, PPM), rules.maxKeeperFeeXCD)",
        replacement: "Math.mulDiv(amountXCD, rules.keeperFeeRatio, PPM)",
      },
      {
        id: "quote-lp-deleverage-expired",
        fault: "an announced deleveraging never expires",
        original: "if (block.timestamp > expiresAt) revert DeleverageExpired(block.timestamp, expiresAt);",
        replacement: "",
      },
      {
        id: "quote-lp-no-hysteresis",
        fault: "margin can be moved inside the band, with a keeper fee each time (T34)",
        original: "if (s.lacking.magnitude() <= s.band) return 0;",
        replacement: "if (s.lacking <= s.band.toInt() && s.lacking >= 0) return 0;",
        tests: "makers/spot-hedge/SpotHedgeQuoteMaker.rebalance.t.sol",
      },
    ],
  },
  {
    file: "makers/lp/LpVault.sol",
    tests: "makers/lp/LpVault.permit.t.sol",
    faults: [
      {
        id: "lp-revocation-keeps-permits",
        fault: "an unused permit sets an allowance again that the holder revoked (T46)",
        original: "if (value == 0) _useNonce(msg.sender);",
        replacement: "",
      },
    ],
  },
  {
    file: "makers/lp/LpAccounting.sol",
    tests: "makers/lp/*.t.sol",
    faults: [
      {
        id: "lp-locked-in-a-settled-market",
        fault: "LPs of the queue cannot leave a flat maker of a settled market (T54)",
        original: "if (!isDeposit && !_needsPrice(v, false) && _isMarketSettled()) return (true, 0);",
        replacement: "",
        tests: "regression/SharesWithoutAPrice.t.sol",
      },
      {
        id: "lp-settles-at-the-older-price",
        fault: "a request settles at its own price although the maker has filled at a later one (T56)",
        original: "if (lastFillAt <= publishTime) return (v, false);",
        replacement: "if (lastFillAt <= type(uint256).max) return (v, false);",
        tests: "regression/InventoryShiftedBeforeSettlement.t.sol",
      },
      {
        id: "lp-immediate-while-flat",
        fault: "any account can enter and leave a flat OracleMaker around an order that it sees (T59)",
        original: "return (rules.isWhitelistEnded && !_needsRequest(v, isDeposit), rules.requestFee);",
        replacement: "return (rules.isWhitelistEnded && !_needsPrice(v, isDeposit), rules.requestFee);",
        tests: "regression/LiquidityAroundAVisibleOrder.t.sol",
      },
      {
        id: "lp-fee-down",
        fault: "the entry and exit fee is rounded down",
        original: "Math.mulDiv(amountXCD, fee, PPM, Math.Rounding.Ceil)",
        replacement: "Math.mulDiv(amountXCD, fee, PPM)",
        tests: "makers/lp/LpVault.{deposit,withdraw}.t.sol",
      },
      {
        id: "lp-minimum-of-a-part",
        fault: "a partial deposit must yield the minimum shares of the whole deposit",
        original: "if (shares * amountXCD < minShares * takenXCD) {",
        replacement: "if (shares < minShares) {",
      },
      {
        id: "lp-redeems-below-the-minimum",
        fault: "a redemption can be settled below its minimum (T6)",
        original: "        if (worthXCD * shares < minimum) {",
        replacement: "if (false) {",
      },
      {
        id: "lp-last-one-pays",
        fault: "the redemption of all shares pays an exit fee that no holder receives",
        original: "if (fee == 0 || shares == v.totalShares) return payout;",
        replacement: "if (fee == 0) return payout;",
        tests: "makers/lp/LpVault.{deposit,withdraw}.t.sol",
      },
      {
        id: "lp-immediate-with-a-position",
        fault: "any account can deposit at once while the LP vault has a position (T1)",
        original: "if (!isOpen) revert UseRequest(requestVault, v.position.size.unwrap());",
        replacement: "",
        tests: "makers/lp/LpVault.openPath.t.sol",
      },
      {
        id: "lp-cap-of-each",
        fault: "the deposit cap applies to each deposit alone",
        original: "held < rules.depositCap ? rules.depositCap - held : 0",
        replacement: "rules.depositCap",
      },
      {
        id: "lp-insolvent-takes-deposits",
        fault: "an LP vault with worthless shares accepts deposits",
        original: "return total > 0 || (total == 0 && totalShares == 0);",
        replacement: "return total >= 0;",
        tests: "makers/lp/LpVault.deposit.t.sol",
      },
    ],
  },
  {
    file: "makers/spot-hedge/BaseAccounting.sol",
    tests: "makers/spot-hedge/SpotHedge*.t.sol",
    faults: [
      {
        id: "base-lp-pays-below-its-floor",
        fault: "an LP vault below its minimum margin ratio reports a payable amount",
        original: "v.accountValue.positivePart() < required ? 0 : assetBalance",
        replacement: "assetBalance",
        tests: "makers/spot-hedge/SpotHedgeBaseMaker.withdraw.t.sol",
      },
      {
        id: "base-pays-collateral-to-an-lp-of-one-asset",
        fault: "an LP that wants its asset only receives collateral of a flat base vault as well",
        original: "if (!v.position.size.isZero() || v.isAssetOnly) return (",
        replacement: "if (!v.position.size.isZero()) return (",
        tests: "makers/lp/LpRequestVault.standardCall.t.sol",
      },
      {
        id: "base-pays-more-base-than-it-holds",
        fault: "a redemption in base only counts on base that a flat base vault does not hold",
        original: "return v.isAssetOnly ? assetBalance : type(uint256).max;",
        replacement: "return type(uint256).max;",
        tests: "makers/lp/LpRequestVault.standardCall.t.sol",
      },
    ],
  },
  {
    file: "makers/spot-hedge/QuoteAccounting.sol",
    tests: "makers/spot-hedge/SpotHedge{,QuoteMaker}.*.t.sol",
    faults: [
      {
        id: "quote-lp-quotes-an-open-gap",
        fault: "a quote promises a redemption that waits for an open gap (T57)",
        original: "if (gap.magnitude() * shares / v.totalShares != 0) revert HedgeGapOpen(gap);",
        replacement: "",
        tests: "regression/GapBoundBelowThePathFee.t.sol",
      },
      {
        id: "quote-lp-reserve-leaves",
        fault: "LPs can withdraw the reserve",
        original: "return held < kept ? 0 : held - kept;",
        replacement: "return held;",
      },
    ],
  },
  {
    file: "makers/spot-hedge/SpotHedgeAccounting.sol",
    tests: "regression/FlatVaultLeavesItsDebt.t.sol",
    faults: [
      {
        id: "hedged-lps-leave-a-debt",
        fault: "LPs of a flat hedged vault leave in kind while its account owes the market (T64)",
        original: "if (!v.position.size.isZero() || v.accountValue.unwrap() > -_quoteScale.toInt()) return false;",
        replacement: "if (v.totalShares + 1 > 0) return false;",
      },
      {
        id: "slice-costs-no-redemption",
        fault: "the balance of a slice leaves without the fee of a redemption",
        original: "        assetXCD -= _feeXCD(assetXCD, requestFee);\n",
        replacement: "",
        tests: "backstop/ExitInKindHedged.t.sol",
      },
    ],
  },
  {
    file: "makers/spot-hedge/SpotHedgeLpModule.sol",
    tests: "backstop/ExitInKindHedged.t.sol",
    faults: [
      {
        id: "slice-leaves-its-liability",
        fault: "an exit in kind leaves the liability to the LP that has left",
        original: "assetLiability = LiabilityMath.afterWithdrawalUp(assetLiability, part, whole).toUint128();",
        replacement: "",
      },
      {
        id: "slice-stays-in-the-balance",
        fault: "takers use tokens that are a claim of an LP",
        original: "assetBalance = (assetBalance - assetXCD).toUint128();",
        replacement: "",
      },
      {
        id: "claim-not-metered",
        fault: "claims of exits in kind leave past the breaker",
        original: "if (admitted != 0 && _isMetered()) _breaker",
        replacement: "if (admitted == 0 && _isMetered()) _breaker",
      },
    ],
  },
  {
    file: "makers/oracle/OracleAccounting.sol",
    tests: "makers/OracleMaker.*.t.sol",
    faults: [
      {
        id: "exit-costs-no-confidence-premium",
        fault: "leaving in kind is a cheaper trade while the confidence interval is wide (E5)",
        original: "return (p.lpFee + _confidencePremium(p), _lpRules.requestFee, 1);",
        replacement: "return (p.lpFee, _lpRules.requestFee, 1);",
        tests: "backstop/ExitInKindConfidence.t.sol",
      },
      {
        id: "oracle-maker-known-shortfall",
        fault: "redemptions pay profit that a known shortfall may take (T58)",
        original: "v.accountValue = value - _withheld(v);",
        replacement: "",
        tests: "regression/ExitBeforeAKnownShortfall.t.sol",
      },
    ],
  },
];
