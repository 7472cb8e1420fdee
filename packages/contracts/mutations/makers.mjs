// Faults in the LP vaults and their hedges: who may enter at what price, and what a hedge may cost.

export default [
  {
    file: "makers/lp/LpModule.sol",
    tests: "makers/lp/*.t.sol",
    faults: [
      {
        id: "lp-fee-down",
        fault: "the entry and exit fee is rounded down",
        original: "Math.mulDiv(amountXCD, fee, PPM, Math.Rounding.Ceil)",
        replacement: "Math.mulDiv(amountXCD, fee, PPM)",
        tests: "makers/lp/LpVault.{deposit,withdraw}.t.sol",
      },
      {
        id: "lp-minimum-of-a-part",
        fault: "a part of a deposit has to give the shares of the whole",
        original: "if (shares * amountXCD < minShares * takenXCD) {",
        replacement: "if (shares < minShares) {",
      },
      {
        id: "lp-redeems-below-the-minimum",
        fault: "a redemption is settled below its minimum (T6)",
        original: "if (worthXCD * shares < minAmountXCD * burned) {",
        replacement: "if (false) {",
      },
      {
        id: "lp-last-one-pays",
        fault: "the last LP leaves a fee to nobody",
        original: "if (fee == 0 || shares == v.totalShares) return payout;",
        replacement: "if (fee == 0) return payout;",
        tests: "makers/lp/LpVault.{deposit,withdraw}.t.sol",
      },
      {
        id: "lp-immediate-with-a-position",
        fault: "anybody enters at once while the vault has a position (T1)",
        original: "if (_needsPrice(v, isDeposit)) revert UseRequest(requestVault, v.position.size.unwrap());",
        replacement: "",
        tests: "makers/lp/LpVault.openPath.t.sol",
      },
      {
        id: "lp-cap-of-each",
        fault: "every deposit has the whole cap for itself",
        original: "held < rules.depositCap ? rules.depositCap - held : 0",
        replacement: "rules.depositCap",
      },
      {
        id: "lp-insolvent-takes-deposits",
        fault: "a vault whose shares are worth nothing takes deposits",
        original: "return total > 0 || (total == 0 && totalShares == 0);",
        replacement: "return total >= 0;",
        tests: "makers/lp/LpVault.deposit.t.sol",
      },
    ],
  },
  {
    file: "makers/lp/LpRequestVault.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "request-before-an-older-one",
        fault: "a request overtakes an older one when the delay is shortened",
        original: "Math.max(block.timestamp + r.delay, _requests[requestId - 1].executableAt)",
        replacement: "block.timestamp + r.delay",
      },
      {
        id: "request-cancelled-early",
        fault: "a request is taken back when its price is known",
        original:
          "if (block.timestamp <= request.expiresAt) revert RequestNotExpired(block.timestamp, request.expiresAt);",
        replacement: "",
      },
      {
        id: "request-returned-again",
        fault: "what came back is claimed again and again",
        original: "_requests[requestId].returned = 0;",
        replacement: "",
      },
      {
        id: "request-settled-in-a-fill",
        fault: "requests are settled while somebody holds the lock (T13)",
        original: "if (holder != address(0)) revert IVault.Locked(holder);",
        replacement: "",
      },
    ],
  },
  {
    file: "makers/lp/LpClaims.sol",
    tests: "makers/lp/LpRequestVault.*.t.sol",
    faults: [
      {
        id: "claim-by-anybody",
        fault: "anybody claims what is somebody else's",
        original:
          "if (account != msg.sender && !isOperator[account][msg.sender]) revert NotOperator(account, msg.sender);",
        replacement: "",
      },
    ],
  },
  {
    file: "makers/lp/LpVault.sol",
    tests: "makers/lp/*.t.sol",
    faults: [
      {
        id: "share-without-allowance",
        fault: "anybody redeems anybody's shares",
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
        fault: "orders reach the maker past the gateways, at a price that is known",
        original: "if (!isValidSender[input.sender]) revert SenderNotApproved(input.sender);",
        replacement: "",
      },
      {
        id: "oracle-maker-reductions-answer",
        fault: "a reduction is refused for the maker's margin ratio (T9)",
        original: "if (!input.makerSize.isReducedBy(base)) callbackData",
        replacement: "callbackData",
      },
      {
        id: "oracle-maker-band-without-the-fee",
        fault: "parameters whose fee leaves the price band are accepted",
        original: "(PPM + p.maxConfidencePremium) * (PPM + p.lpFee)",
        replacement: "(PPM + p.maxConfidencePremium) * PPM",
      },
      {
        id: "oracle-maker-pays-below-its-floor",
        fault: "LPs leave the maker below its margin floor",
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
        fault: "the first who closes bears the whole shortage (H3)",
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
        id: "hedge-carry-of-the-other-side",
        fault: "the limit to funding looks at what the other side pays (T32)",
        original: "if (!isGrowingLong) rate = -rate;",
        replacement: "",
        tests: "makers/spot-hedge/SpotHedge.maxCarry.t.sol",
      },
      {
        id: "hedge-pays-unasked",
        fault: "the adapter takes payment when nobody swaps (T14)",
        original: "msg.sender != adapter || payment == Payment.None",
        replacement: "msg.sender != adapter",
        tests: "makers/spot-hedge/SpotHedge*.t.sol",
      },
      {
        id: "hedge-gap-at-any-price",
        fault: "a gap is closed at any price (T34)",
        original: "if (base != 0) _requireNear(rules, price, hedge);",
        replacement: "",
        tests: "makers/spot-hedge/SpotHedgeBaseMaker.closeHedgeGap.t.sol",
      },
      {
        id: "hedge-gap-without-a-pause",
        fault: "a gap is closed in one bound after the other (T34)",
        original: "if (block.timestamp < hedgeGapClosableAt) revert",
        replacement: "if (false) revert",
        tests: "makers/spot-hedge/SpotHedgeBaseMaker.closeHedgeGap.t.sol",
      },
    ],
  },
  {
    file: "makers/spot-hedge/BaseVaultModule.sol",
    tests: "makers/spot-hedge/SpotHedge*.t.sol",
    faults: [
      {
        id: "base-lp-pays-below-its-floor",
        fault: "a vault below its margin floor says that it can pay",
        original: "v.accountValue.positivePart() < required ? 0 : assetBalance",
        replacement: "assetBalance",
        tests: "makers/spot-hedge/SpotHedgeBaseMaker.withdraw.t.sol",
      },
    ],
  },
  {
    file: "makers/spot-hedge/QuoteVaultModule.sol",
    tests: "makers/spot-hedge/SpotHedge{,QuoteMaker}.*.t.sol",
    faults: [
      {
        id: "quote-lp-reserve-leaves",
        fault: "LPs withdraw the reserve",
        original: "return held < kept ? 0 : held - kept;",
        replacement: "return held;",
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
        fault: "an announced deleveraging can be executed for ever",
        original: "if (block.timestamp > expiresAt) revert DeleverageExpired(block.timestamp, expiresAt);",
        replacement: "",
      },
      {
        id: "quote-lp-no-hysteresis",
        fault: "margin is taken back inside the band, for a fee each time (T34)",
        original: "if (s.lacking.magnitude() <= s.band) return 0;",
        replacement: "if (s.lacking <= s.band.toInt() && s.lacking >= 0) return 0;",
        tests: "makers/spot-hedge/SpotHedgeQuoteMaker.rebalance.t.sol",
      },
    ],
  },
];
