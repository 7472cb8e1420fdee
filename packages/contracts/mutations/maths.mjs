// Faults in the libraries and types: a rounding, a sign, a cap.

export default [
  {
    file: "libraries/ShareMath.sol",
    tests: "libraries/ShareMath.t.sol",
    faults: [
      {
        id: "share-deposit-up",
        fault: "the shares of a deposit are rounded up",
        original: "return Math.mulDiv(assets, totalShares + VIRTUAL, totalAssets + VIRTUAL);",
        replacement: "return Math.mulDiv(assets, totalShares + VIRTUAL, totalAssets + VIRTUAL, Math.Rounding.Ceil);",
      },
      {
        id: "share-payout-beyond-its-part",
        fault: "the payout of shares worth less than one includes virtual assets",
        original:
          "return Math.min(toAssetsDown(shares, totalAssets, totalShares), Math.mulDiv(shares, totalAssets, totalShares));",
        replacement: "return toAssetsDown(shares, totalAssets, totalShares);",
        tests: "libraries/SharePayout.t.sol",
      },
      {
        id: "share-kind-without-virtual",
        fault: "a payment in kind leaves nothing for the virtual shares",
        original: "Math.mulDiv(shares, amount, totalShares + VIRTUAL)",
        replacement: "Math.mulDiv(shares, amount, totalShares)",
        tests: "libraries/SharePayout.t.sol",
      },
      {
        id: "share-no-virtual",
        fault: "too few virtual shares, so the first depositor can inflate the share price",
        original: "VIRTUAL = 1e6",
        replacement: "VIRTUAL = 1",
        tests: "{libraries/ShareMath,makers/lp/LpVault.*}.t.sol",
      },
    ],
  },
  {
    file: "libraries/MarginMath.sol",
    tests: "libraries/MarginMath.t.sol",
    faults: [
      {
        id: "margin-requirement-down",
        fault: "a requirement is rounded down",
        original: "return (notional * ratio + (PPM - 1)) / PPM;",
        replacement: "return notional * ratio / PPM;",
      },
      {
        id: "margin-at-the-requirement",
        fault: "an account value equal to the requirement counts as below it",
        original: "value.positivePart() < required",
        replacement: "value.positivePart() <= required",
      },
      {
        id: "margin-negative-at-zero",
        fault: "a negative account value meets a requirement of zero",
        original: "return value.isNegative() || value",
        replacement: "return value",
      },
      {
        id: "margin-initial-is-maintenance",
        fault: "an increase requires maintenance margin only",
        original: "requirementCeil(notional, initialRatio)",
        replacement: "requirementCeil(notional, maintenanceRatio)",
      },
      {
        id: "margin-ratio-may-fall",
        fault: "an account below maintenance can reduce at any loss (L6)",
        original: "|| side.sizeAfter.isZero() || _ratioFell(side, notionalBefore, notional)",
        replacement: "|| side.sizeAfter.isZero()",
      },
    ],
  },
  {
    file: "libraries/FeeMath.sol",
    tests: "libraries/FeeMath.t.sol",
    faults: [
      {
        id: "fee-borrowing-for-the-payer",
        fault: "borrowing fees are rounded down for payers and up for receivers (L4)",
        original: "Quote.wrap(-floorDiv(position.isMaker ? fee : -fee, unit))",
        replacement: "Quote.wrap(floorDiv(position.isMaker ? -fee : fee, unit))",
      },
      {
        id: "fee-funding-other-sign",
        fault: "shorts pay the funding of longs",
        original: "-floorDiv(-size * fundingDelta, unit)",
        replacement: "-floorDiv(size * fundingDelta, unit)",
      },
      {
        id: "fee-funding-truncated",
        fault: "funding is rounded toward zero, for payer and receiver alike (L4)",
        original: "Quote.wrap(-floorDiv(-size * fundingDelta, unit))",
        replacement: "Quote.wrap(size * fundingDelta / unit)",
      },
      {
        id: "fee-index-rounded-down",
        fault: "dust of the funding index favours takers that are long together (T52)",
        original: "return skew < 0 ? floorDiv(n, d) : -floorDiv(-n, d);",
        replacement: "return floorDiv(n, d);",
      },
      {
        id: "fee-velocity-beyond-the-cap",
        fault: "a rate at its cap is reported as moving further",
        original: "if (gap > 0 ? self.averageSkew == scale : self.averageSkew == -scale) return 0;",
        replacement: "",
      },
      {
        id: "fee-utilization-above-one",
        fault: "makers beyond their capacity receive more than the full rate",
        original: "net >= capacity ? WAD : Math.mulDiv(net, WAD, capacity)",
        replacement: "capacity == 0 ? WAD : Math.mulDiv(net, WAD, capacity)",
      },
      {
        id: "fee-takers-share-down",
        fault: "the fee of long takers is rounded down and can be less than the makers receive (L4)",
        original: "Math.mulDiv(perNet, net, self.takerLong, Math.Rounding.Ceil)",
        replacement: "Math.mulDiv(perNet, net, self.takerLong)",
      },
    ],
  },
  {
    file: "libraries/FundingMath.sol",
    tests: "libraries/{FundingMath,FundingFarming,FeeMath}.t.sol",
    faults: [
      {
        id: "funding-velocity-sees-the-scale-only",
        fault: "the velocity sees at most the skew scale, and payments the whole position (T52)",
        original: "averageAfter = skew + _decayAway(average - skew, Exponential.decayUp(elapsed, tau));",
        replacement:
          "if (skew > scale) skew = scale;\n            averageAfter = skew + _decayAway(average - skew, Exponential.decayUp(elapsed, tau));",
      },
      {
        id: "funding-rate-does-not-decay",
        fault: "without skew the rate stays, so that one account pays it for ever (T52)",
        original: "if (skew >= 0) return _accrue(average, skew, scale, tau, elapsed);",
        replacement:
          "if (skew == 0) return (average, average * Cast.toInt(elapsed));\n            if (skew > 0) return _accrue(average, skew, scale, tau, elapsed);",
      },
      {
        id: "funding-average-leads",
        fault: "the average is rounded toward the skew, so that takers can receive more than they paid (T52)",
        original: "uint256 rest = Math.ceilDiv(Cast.magnitude(gap) * decay, Exponential.ONE);",
        replacement: "uint256 rest = Cast.magnitude(gap) * decay / Exponential.ONE;",
      },
      {
        id: "funding-no-cap",
        fault: "the rate has no cap",
        original: "if (averageAfter > scale) {",
        replacement: "if (false) {",
      },
      {
        id: "funding-cap-all-the-time",
        fault: "in an interval in which the rate reaches its cap, the cap applies from the start",
        original: "area = _areaBeforeCap(average, skew, scale, tau, elapsed);",
        replacement: "average = scale;",
      },
    ],
  },
  {
    file: "libraries/Exponential.sol",
    tests: "libraries/{Exponential,FundingMath}.t.sol",
    faults: [
      {
        id: "exponential-decay-down",
        fault: "the decay is rounded down",
        original: "decay = (((p - q) << DIGITS) / (p + q) + 2 >> n) + 1;",
        replacement: "decay = (((p - q) << DIGITS) / (p + q) >> n);",
      },
      {
        id: "exponential-short-series",
        fault: "the logarithm stops after four powers",
        original: "uint256 private constant LAST_POWER = 41;",
        replacement: "uint256 private constant LAST_POWER = 9;",
      },
    ],
  },
  {
    file: "libraries/LiquidationMath.sol",
    tests: "libraries/LiquidationMath.t.sol",
    faults: [
      {
        id: "liquidation-half-down",
        fault: "half of an odd size is rounded down",
        original: "Math.ceilDiv(size, 2)",
        replacement: "size / 2",
      },
      {
        id: "liquidation-always-whole",
        fault: "the whole position can be closed while the account has more than half of the requirement",
        original: "account.value.positivePart() * 2 > requirement ? ",
        replacement: "account.value.positivePart() > requirement ? ",
      },
      {
        id: "liquidation-dust-of-makers",
        fault: "a maker is closed completely because of a minimum that does not apply to makers",
        original: "base < size && !account.isMaker && ",
        replacement: "base < size && ",
      },
      {
        id: "liquidation-penalty-uncapped",
        fault: "the penalty can exceed the rest of the account value (T30)",
        original: "Math.min(penalty, Math.mulDiv(account.value.positivePart(), base, account.size.abs()))",
        replacement: "penalty",
      },
      {
        id: "liquidation-bounty-for-every-part",
        fault: "closing a part of a bankrupt account earns the bounty",
        original: "if (result.reward == reward || base != account.size.abs()) return result;",
        replacement: "if (result.reward == reward) return result;",
      },
      {
        id: "liquidation-bounty-of-any-size",
        fault: "the bounty can exceed the trading fee of the same size, so liquidating oneself pays (T30)",
        original: "return Math.min(bounty, BaseLib.toBase(base).notionalFloor(price) * rules.tradingFee / PPM);",
        replacement: "return bounty;",
      },
      {
        id: "liquidation-reward-of-the-penalty-only",
        fault: "insurance adds nothing to a reward that a solvent account cannot pay, so waiting pays (T63)",
        original: "result.reward = Math.min(reward, result.reward + bounty);",
        replacement: "if (account.value < ZERO_QUOTE) result.reward = bounty;",
      },
      {
        id: "liquidation-reward-after-insurance",
        fault: "insurance takes its part of a small penalty before the liquidator (T63)",
        original: "result.reward = Math.min(reward, result.penalty);",
        replacement: "result.reward = result.penalty * rules.liquidatorShare / PPM;",
      },
      {
        id: "deleverage-at-a-loss",
        fault: "a counterparty with a loss can be deleveraged",
        original: "if (share < quote.unwrap()) return false;",
        replacement: "",
        tests: "libraries/LiquidationMath.t.sol",
      },
      {
        id: "deleverage-below-maintenance",
        fault: "the cost of deleveraging does not count against the counterparty's margin",
        original: "Quote value = counterparty.value - quote + (-base).valueFloor(price);",
        replacement: "Quote value = counterparty.value;",
        tests: "libraries/LiquidationMath.t.sol",
      },
    ],
  },
  {
    file: "libraries/LiabilityMath.sol",
    tests: "libraries/LiabilityMath.t.sol",
    faults: [
      {
        id: "liability-use-down",
        fault: "utilization is rounded down",
        original: "return WAD - Math.mulDiv(balance, WAD, liability);",
        replacement: "return WAD - Math.mulDiv(balance, WAD, liability, Math.Rounding.Ceil);",
      },
      {
        id: "liability-of-the-others-down",
        fault: "a withdrawal rounds the remaining liability down",
        original: "liability - Math.mulDiv(liability, shares, totalShares)",
        replacement: "liability - Math.mulDiv(liability, shares, totalShares, Math.Rounding.Ceil)",
      },
    ],
  },
  {
    file: "libraries/HedgeMath.sol",
    tests: "libraries/HedgeMath*.t.sol",
    faults: [
      {
        id: "hedge-sale-spread-up",
        fault: "the proceeds of a selling taker are rounded up",
        original: "return Math.mulDiv(quote, PPM - spread, PPM);",
        replacement: "return Math.mulDiv(quote, PPM - spread, PPM, Math.Rounding.Ceil);",
      },
      {
        id: "hedge-purchase-spread-down",
        fault: "the cost of a buying taker is rounded down",
        original: "Math.mulDiv(quote, PPM + spread, PPM, Math.Rounding.Ceil)",
        replacement: "Math.mulDiv(quote, PPM + spread, PPM)",
      },
      {
        id: "hedge-near-from-above-only",
        fault: "a hedge far below the oracle price passes the deviation check (T5)",
        original: "paid > fair ? paid - fair : fair - paid;",
        replacement: "paid > fair ? paid - fair : 0;",
      },
      {
        id: "hedge-better-of-two-prices",
        fault: "a taker that closes a long gets the better of swap price and oracle price (H2)",
        original: "isBaseToQuote ? Math.min(quote, size.notionalFloor(price))",
        replacement: "isBaseToQuote ? Math.max(quote, size.notionalFloor(price))",
      },
      {
        id: "hedge-swap-price-for-quote",
        fault:
          "a taker that closes a short with an exact quote gets the swap price even if it is better than the oracle price",
        original: "Math.min(base, Math.mulDiv(quote, WAD, unitPrice) * baseScale)",
        replacement: "base",
      },
    ],
  },
  {
    file: "libraries/HedgeMarginMath.sol",
    tests: "libraries/HedgeMarginMath.t.sol",
    faults: [
      {
        id: "hedge-margin-close-down",
        fault: "the part of its position that a quote vault closes is rounded down",
        original: "Math.mulDiv(quote, WAD, price.unwrap() * unitScale, Math.Rounding.Ceil)",
        replacement: "Math.mulDiv(quote, WAD, price.unwrap() * unitScale)",
      },
      {
        id: "hedge-margin-capacity-without-reserve",
        fault: "the capacity ignores the reserve",
        original: "PPM + targetMarginRatio + reserveRatio",
        replacement: "PPM + targetMarginRatio",
      },
      {
        id: "hedge-margin-available-of-all",
        fault: "margin that was required before a fill counts as available for it",
        original: "Math.mulDiv(base, held - neededBefore, neededAfter - neededBefore)",
        replacement: "Math.mulDiv(base, held, neededAfter)",
      },
    ],
  },
  {
    file: "libraries/InventoryCurve.sol",
    tests: "libraries/InventoryCurve.t.sol",
    faults: [
      {
        id: "curve-cost-down",
        fault: "the cost of a taker is rounded down",
        original: "self.makerSells ? Math.Rounding.Ceil : Math.Rounding.Floor",
        replacement: "Math.Rounding.Floor",
      },
      {
        id: "curve-beyond-the-cap",
        fault: "the maker fills amounts beyond its cap",
        original: "if (size > available) revert IMaker.MakerCapacityExceeded(size, available);",
        replacement: "",
      },
      {
        id: "curve-restarts-at-zero",
        fault: "the premium of the existing position is charged again",
        original: "(after_ * after_ - self.built * self.built)",
        replacement: "(after_ * after_)",
      },
      {
        id: "curve-confidence-without-limit",
        fault: "a wide confidence moves the price without a limit",
        original: "Math.min(Math.saturatingMul(confidence, confidenceFactor), flat * maxConfidencePremium)",
        replacement: "Math.saturatingMul(confidence, confidenceFactor)",
      },
      {
        id: "curve-fee-for-sellers",
        fault: "the LP fee is paid to sellers instead of charged",
        original: "(flat * PPM - premium) * (PPM - lpFee)",
        replacement: "(flat * PPM - premium) * (PPM + lpFee)",
      },
      {
        id: "curve-one-wei-short",
        fault: "an exact quote buys one wei less than it could",
        original: "if (_quoteUnchecked(self, middle) <= quote) low = middle;",
        replacement: "if (_quoteUnchecked(self, middle) < quote) low = middle;",
      },
    ],
  },
  {
    file: "libraries/LiquidationPrice.sol",
    tests: "lens/LiquidationPrice.t.sol",
    faults: [
      {
        id: "liquidation-price-of-shorts",
        fault: "the maintenance of a short is subtracted instead of added",
        original: "equity.positivePart() * PPM / (PPM + ratio)",
        replacement: "equity.positivePart() * PPM / (PPM - ratio)",
      },
      {
        id: "liquidation-price-one-wei-high",
        fault: "the liquidation price of a long is one wei too high when size times price is whole",
        original: "if (!isWhole && last != 0 && !_endangersLong(size, last, equity, ratio)) --last;",
        replacement: "",
      },
    ],
  },
  {
    file: "libraries/PythPrice.sol",
    tests: "libraries/PythPrice.t.sol",
    faults: [
      {
        id: "pyth-confidence-down",
        fault: "the confidence of a quotient is rounded down",
        original: "((base + baseConfidence) * WAD + (width - 1)) / width",
        replacement: "((base + baseConfidence) * WAD) / width",
      },
      {
        id: "pyth-confidence-without-collaterals",
        fault: "the confidence of the collateral price is ignored",
        original: "uint256 width = collateral - collateralConfidence;",
        replacement: "uint256 width = collateral;",
      },
    ],
  },
  {
    file: "types/Units.sol",
    tests: "types/Units.t.sol",
    faults: [
      {
        id: "units-losses-truncated",
        fault: "division truncates toward zero and reduces losses",
        original: "if (n - q * d < 0) --q;",
        replacement: "",
      },
      {
        id: "units-reduced-through-zero",
        fault: "a fill that turns a long into a short counts as a reduction",
        original: "delta < 0 && held + delta >= 0",
        replacement: "delta < 0",
      },
    ],
  },
  {
    file: "types/Position.sol",
    tests: "types/Position.t.sol",
    faults: [
      {
        id: "position-cross-keeps-all",
        fault: "a fill that crosses zero leaves its whole quote in the open notional",
        original: "self.openNotional = quote - closing;",
        replacement: "self.openNotional = quote;",
      },
      {
        id: "position-close-not-counted",
        fault: "a close is not counted, so a bracket survives its position",
        original: "if (newSize.isZero()) ++self.closes;",
        replacement: "if (newSize.isZero()) {}",
        tests: "types/Position.t.sol",
      },
      {
        id: "position-realised-twice",
        fault: "the realised quote of a reduction stays in the open notional",
        original: "self.openNotional = self.openNotional - closed;",
        replacement: "",
      },
    ],
  },
  {
    file: "types/Fees.sol",
    tests: "types/Fees.t.sol",
    faults: [
      {
        id: "fees-shorts-not-moved",
        fault: "a taker's new short is missing from the skew that determines funding",
        original: "_long(-before) + _long(-after_)",
        replacement: "_long(-before) + _long(-before)",
        tests: "types/Fees.t.sol",
      },
    ],
  },
  {
    file: "types/Market.sol",
    tests: "{vault/*,clearing-house/SetMarginRatios}.t.sol",
    faults: [
      {
        id: "market-ramp-at-once",
        fault: "a change of margin ratios takes effect at once",
        original: "return (from * (duration - elapsed) + to * elapsed) / duration;",
        replacement: "return to;",
        tests: "clearing-house/SetMarginRatios.t.sol",
      },
      {
        id: "market-ramp-unread",
        fault: "new margin ratios are in force before their ramp",
        original: "if (!terms.hasRamp()) return (initial, maintenance);",
        replacement: "if (terms.hasRamp()) return (initial, maintenance);",
        tests: "clearing-house/SetMarginRatios.t.sol",
      },
      {
        id: "market-cap-lost-with-new-ratios",
        fault: "new margin ratios delete the market's flags",
        original: "word >> DECIMALS_SHIFT << DECIMALS_SHIFT | RAMP",
        replacement: "(word >> DECIMALS_SHIFT & DECIMALS) << DECIMALS_SHIFT | RAMP",
        tests: "types/Market.t.sol",
      },
    ],
  },
  {
    file: "types/LpRequest.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "claim-of-all-requests",
        fault: "a claimed request stays claimable",
        original: "end > claimed ? Math.min(amount, end - claimed) : 0",
        replacement: "amount",
      },
      {
        id: "claim-of-an-ended-round",
        fault: "a request of an earlier round is claimable again with the next settlement",
        original: "if (_round(self) != round || self.inputs == 0) return 0;",
        replacement: "",
        tests: "types/LpClaim.t.sol",
      },
      {
        id: "claim-of-a-part-not-counted",
        fault: "inputs claimed in part stay claimable in the views of their requests",
        original: "self.claimed = _claimedOf(self, round) + Cast.lowUint112(inputs);",
        replacement: "",
        tests: "types/LpClaim.t.sol",
      },
      {
        id: "request-rest-returned-twice",
        fault: "the rest of a request that was settled in part can be claimed again",
        original: "else self.rest = 0;",
        replacement: "",
        tests: "makers/lp/LpRequestVault.*.t.sol",
      },
    ],
  },
  {
    file: "types/SignedOrder.sol",
    tests: "gateways/signed/{Settle,PurgeAnnounced}.t.sol",
    faults: [
      {
        id: "trigger-the-other-way",
        fault: "a stop has the condition of a take-profit",
        original: "(trigger == Trigger.TakeProfit) == isSale",
        replacement: "(trigger == Trigger.TakeProfit) != isSale",
      },
    ],
  },
];
