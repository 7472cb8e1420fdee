// Faults in the libraries and types: a rounding, a sign, a cap.

export default [
  {
    file: "libraries/ShareMath.sol",
    tests: "libraries/ShareMath.t.sol",
    faults: [
      {
        id: "share-deposit-up",
        fault: "the shares that a deposit buys are rounded up",
        original: "return Math.mulDiv(assets, totalShares + VIRTUAL, totalAssets + VIRTUAL);",
        replacement: "return Math.mulDiv(assets, totalShares + VIRTUAL, totalAssets + VIRTUAL, Math.Rounding.Ceil);",
      },
      {
        id: "share-payout-beyond-its-part",
        fault: "virtual assets are paid out to shares that are worth less than one",
        original:
          "return Math.min(toAssetsDown(shares, totalAssets, totalShares), Math.mulDiv(shares, totalAssets, totalShares));",
        replacement: "return toAssetsDown(shares, totalAssets, totalShares);",
        tests: "libraries/SharePayout.t.sol",
      },
      {
        id: "share-kind-without-virtual",
        fault: "what is paid in kind leaves nothing for the virtual shares",
        original: "Math.mulDiv(shares, amount, totalShares + VIRTUAL)",
        replacement: "Math.mulDiv(shares, amount, totalShares)",
        tests: "libraries/SharePayout.t.sol",
      },
      {
        id: "share-no-virtual",
        fault: "next to no virtual shares, so that the first depositor can inflate the price",
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
        fault: "an account that has exactly its requirement is below it",
        original: "value.positivePart() < required",
        replacement: "value.positivePart() <= required",
      },
      {
        id: "margin-negative-at-zero",
        fault: "a negative account value passes where nothing is required",
        original: "return value.isNegative() || value",
        replacement: "return value",
      },
      {
        id: "margin-initial-is-maintenance",
        fault: "an increase is asked for maintenance only",
        original: "requirementCeil(notional, initialRatio)",
        replacement: "requirementCeil(notional, maintenanceRatio)",
      },
      {
        id: "margin-ratio-may-fall",
        fault: "whoever was below maintenance may reduce at any loss (L6)",
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
        fault: "borrowing fees are rounded down for who owes and up for who receives (L4)",
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
        id: "fee-skew-uncapped",
        fault: "a skew beyond the scale moves the rate faster than the fastest",
        original: "if (skew > scale) return scale;",
        replacement: "",
      },
      {
        id: "fee-rate-uncapped-below",
        fault: "the rate has no cap below zero",
        original: "if (rate > cap || rate < -cap)",
        replacement: "if (rate > cap)",
      },
      {
        id: "fee-cap-all-the-time",
        fault: "an interval in which the rate meets its cap counts as if it had been there from the start",
        original: "2 * rate * (time - moving)",
        replacement: "2 * rate * time",
      },
      {
        id: "fee-utilization-above-one",
        fault: "makers beyond their capacity are paid more than the whole rate",
        original: "net >= capacity ? WAD : Math.mulDiv(net, WAD, capacity)",
        replacement: "capacity == 0 ? WAD : Math.mulDiv(net, WAD, capacity)",
      },
      {
        id: "fee-takers-share-down",
        fault: "what long takers pay is rounded down, and may be less than what makers receive (L4)",
        original: "Math.mulDiv(perNet, net, self.takerLong, Math.Rounding.Ceil)",
        replacement: "Math.mulDiv(perNet, net, self.takerLong)",
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
        fault: "the whole position may be closed while there is more than half of the requirement",
        original: "account.value.positivePart() * 2 > requirement ? ",
        replacement: "account.value.positivePart() > requirement ? ",
      },
      {
        id: "liquidation-dust-of-makers",
        fault: "a maker is closed whole for a minimum that does not apply to it",
        original: "base < size && !account.isMaker && ",
        replacement: "base < size && ",
      },
      {
        id: "liquidation-penalty-uncapped",
        fault: "the penalty may exceed what is left in the account (T30)",
        original: "Math.min(notional * rules.liquidationPenalty / PPM, share)",
        replacement: "notional * rules.liquidationPenalty / PPM",
      },
      {
        id: "liquidation-bounty-for-every-part",
        fault: "closing a part of a bankrupt account earns the bounty, too",
        original: "if (base != account.size.abs()) return result;",
        replacement: "",
      },
      {
        id: "liquidation-bounty-of-any-size",
        fault: "the bounty may exceed the penalty of the same size, so that small accounts are made for it",
        original:
          "return Math.min(bounty, BaseLib.toBase(base).notionalFloor(price) * rules.liquidationPenalty / PPM);",
        replacement: "return bounty;",
      },
      {
        id: "deleverage-at-a-loss",
        fault: "a counterparty can be deleveraged at a loss of its own",
        original: "if (share < quote.unwrap()) return false;",
        replacement: "",
        tests: "libraries/LiquidationMath.t.sol",
      },
      {
        id: "deleverage-below-maintenance",
        fault: "what deleveraging costs a counterparty does not count against its margin",
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
        id: "liability-of-who-stays-down",
        fault: "who leaves takes the dust of the liability along",
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
        fault: "what a taker that sells gets is rounded up",
        original: "return Math.mulDiv(quote, PPM - spread, PPM);",
        replacement: "return Math.mulDiv(quote, PPM - spread, PPM, Math.Rounding.Ceil);",
      },
      {
        id: "hedge-purchase-spread-down",
        fault: "what a taker that buys pays is rounded down",
        original: "Math.mulDiv(quote, PPM + spread, PPM, Math.Rounding.Ceil)",
        replacement: "Math.mulDiv(quote, PPM + spread, PPM)",
      },
      {
        id: "hedge-near-from-above-only",
        fault: "a hedge far below the oracle price is near it (T5)",
        original: "paid > fair ? paid - fair : fair - paid;",
        replacement: "paid > fair ? paid - fair : 0;",
      },
      {
        id: "hedge-better-of-two-prices",
        fault: "who closes a long gets the better of swap and oracle price (H2)",
        original: "isBaseToQuote ? Math.min(quote, size.notionalFloor(price))",
        replacement: "isBaseToQuote ? Math.max(quote, size.notionalFloor(price))",
      },
      {
        id: "hedge-swap-price-for-quote",
        fault: "who closes a short with an exact quote gets the swap's price, however good",
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
        fault: "what a vault closes of its position is rounded down",
        original: "Math.mulDiv(quote, WAD, price.unwrap() * unitScale, Math.Rounding.Ceil)",
        replacement: "Math.mulDiv(quote, WAD, price.unwrap() * unitScale)",
      },
      {
        id: "hedge-margin-capacity-without-reserve",
        fault: "capacity is counted without the reserve",
        original: "PPM + targetMarginRatio + reserveRatio",
        replacement: "PPM + targetMarginRatio",
      },
      {
        id: "hedge-margin-available-of-all",
        fault: "what was needed before a fill is available for it",
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
        fault: "what a taker pays is rounded down",
        original: "self.makerSells ? Math.Rounding.Ceil : Math.Rounding.Floor",
        replacement: "Math.Rounding.Floor",
      },
      {
        id: "curve-beyond-the-cap",
        fault: "the maker fills what is beyond its cap",
        original: "if (size > available) revert IMaker.MakerCapacityExceeded(size, available);",
        replacement: "",
      },
      {
        id: "curve-restarts-at-zero",
        fault: "the premium of what has been built already is charged again",
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
        fault: "the LP fee is given to who sells instead of taken",
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
        fault: "the maintenance of a short is taken off instead of added",
        original: "equity.positivePart() * PPM / (PPM + ratio)",
        replacement: "equity.positivePart() * PPM / (PPM - ratio)",
      },
      {
        id: "liquidation-price-one-wei-high",
        fault: "a long is said to be in danger one wei too early where size times price is whole",
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
        fault: "the uncertainty of the collateral does not count",
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
        fault: "division truncates toward zero and makes losses smaller",
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
        id: "position-realised-twice",
        fault: "what a reduction has realised stays in the open notional",
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
        fault: "a taker's new short is not in the sum that funding goes by",
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
        fault: "a change of margin ratios does not ramp",
        original: "return (from * (duration - elapsed) + to * elapsed) / duration;",
        replacement: "return to;",
        tests: "clearing-house/SetMarginRatios.t.sol",
      },
    ],
  },
  {
    file: "types/LpRequest.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "claim-of-all-requests",
        fault: "a request that has been claimed is claimable still",
        original: "claimEnd > claimed ? Math.min(amount, claimEnd - claimed) : 0",
        replacement: "amount",
      },
    ],
  },
  {
    file: "types/SignedOrder.sol",
    tests: "gateways/signed/{Settle,PurgeAnnounced}.t.sol",
    faults: [
      {
        id: "trigger-the-other-way",
        fault: "a stop waits for what a take-profit should wait for",
        original: "(self.trigger == Trigger.TakeProfit) == self.isBaseToQuote",
        replacement: "(self.trigger == Trigger.TakeProfit) != self.isBaseToQuote",
      },
    ],
  },
];
