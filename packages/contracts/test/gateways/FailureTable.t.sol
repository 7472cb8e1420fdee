// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {OrderFailures} from "../../src/gateways/OrderFailures.sol";
import {SignedOrderState} from "../../src/gateways/SignedOrderState.sol";
import {SignedOrderGateway} from "../../src/gateways/SignedOrderGateway.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {BoundedCall} from "../../src/libraries/BoundedCall.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {AmountTooLarge} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Every error of every contract that a trade against the OracleMaker passes through has a line here: whether it
/// ends an order, leaves it, or cannot come out of an order's trade. A new error fails the test until somebody has
/// decided. What a spot-hedged maker and its pool revert with leaves orders, unless a line says otherwise.
contract FailureTableTest is ExchangeTest {
    enum Verdict {
        /// @dev Ends the order whoever its maker is.
        Ends,
        /// @dev Ends it against a maker that prices from the oracle, and leaves it against one that swaps.
        EndsAtAFixedPrice,
        /// @dev Ends it if its exact amount is base.
        EndsIfExactBase,
        Leaves,
        /// @dev Ends an announcement, as an error of the gateway's own.
        EndsAnnouncement
    }

    /// @dev Name between spaces, for lookups.
    string private _known = " ";
    string private _page;

    function test_T16_T28_Table() public {
        _page = vm.readFile("docs/gateways.md");

        _line("NotAuthorized", IVault.NotAuthorized.selector, Verdict.Ends);
        _line("InsufficientFund", IVault.InsufficientFund.selector, Verdict.Ends);
        _line("NothingToReduce", IClearingHouse.NothingToReduce.selector, Verdict.Ends);
        _line("UnknownMaker", IClearingHouse.UnknownMaker.selector, Verdict.Ends);
        _line("TakerIsMaker", IClearingHouse.TakerIsMaker.selector, Verdict.Ends);

        // What the taker asks for, and what is there to carry it.
        _line("SlippageExceeded", IClearingHouse.SlippageExceeded.selector, Verdict.EndsAtAFixedPrice);
        _line("ZeroAmount", ZeroAmount.selector, Verdict.EndsAtAFixedPrice);
        _line("WouldIncrease", IClearingHouse.WouldIncrease.selector, Verdict.EndsAtAFixedPrice);
        _line("PriceBandExceeded", IClearingHouse.PriceBandExceeded.selector, Verdict.EndsAtAFixedPrice);
        _line("PositionBelowMinimum", IClearingHouse.PositionBelowMinimum.selector, Verdict.EndsAtAFixedPrice);
        _line("InsufficientInitialMargin", MarginMath.InsufficientInitialMargin.selector, Verdict.EndsAtAFixedPrice);
        _line(
            "InsufficientMaintenanceMargin",
            MarginMath.InsufficientMaintenanceMargin.selector,
            Verdict.EndsAtAFixedPrice
        );
        _line("MakerCapacityExceeded", IMaker.MakerCapacityExceeded.selector, Verdict.EndsAtAFixedPrice);
        _line("MakerQuoteCapacityExceeded", IMaker.MakerQuoteCapacityExceeded.selector, Verdict.EndsAtAFixedPrice);
        _line("BelowMinMarginRatio", IMaker.BelowMinMarginRatio.selector, Verdict.EndsAtAFixedPrice);

        // What nobody's order passes for the time being.
        _line("MarketNotActive", IForcedChanges.MarketNotActive.selector, Verdict.EndsAtAFixedPrice);
        _line("MakerIsRetired", IClearingHouse.MakerIsRetired.selector, Verdict.EndsAtAFixedPrice);
        _line("SenderNotApproved", IMaker.SenderNotApproved.selector, Verdict.EndsAtAFixedPrice);
        _line("ConfidenceTooWide", IPriceOracle.ConfidenceTooWide.selector, Verdict.EndsAtAFixedPrice);
        _line("SourcesDisagree", IPriceOracle.SourcesDisagree.selector, Verdict.EndsAtAFixedPrice);

        _line("AmountTooLarge", AmountTooLarge.selector, Verdict.EndsAtAFixedPrice);
        _line("Panic", bytes4(keccak256("Panic(uint256)")), Verdict.EndsAtAFixedPrice);
        _line(
            "SafeCastOverflowedIntDowncast", SafeCast.SafeCastOverflowedIntDowncast.selector, Verdict.EndsAtAFixedPrice
        );
        _line(
            "SafeCastOverflowedUintDowncast",
            SafeCast.SafeCastOverflowedUintDowncast.selector,
            Verdict.EndsAtAFixedPrice
        );
        _line("SafeCastOverflowedUintToInt", SafeCast.SafeCastOverflowedUintToInt.selector, Verdict.EndsAtAFixedPrice);

        // The token's unit is the taker's to keep to in base; in quote the base is the pool's.
        _line("FinerThanBaseToken", ISpotHedgeVault.FinerThanBaseToken.selector, Verdict.EndsIfExactBase);

        // The keeper's own: the lock that it holds, the gas that it brings, the source that it chooses.
        _line("Locked", IVault.Locked.selector, Verdict.Leaves);
        _line("NotEnoughGasForSource", BoundedCall.NotEnoughGasForSource.selector, Verdict.Leaves);
        // The pool's.
        _line("HedgeTooFar", ISpotHedgeVault.HedgeTooFar.selector, Verdict.Leaves);
        _line("HedgeMismatch", ISpotHedgeVault.HedgeMismatch.selector, Verdict.Leaves);
        _line("PartialSwap", ISpotAdapter.PartialSwap.selector, Verdict.Leaves);
        _line("DrawnBelowZero", IVault.DrawnBelowZero.selector, Verdict.Leaves);
        _line("InsufficientMarketBalance", IVault.InsufficientMarketBalance.selector, Verdict.Leaves);
        // Running out of gas says nothing.
        _check("nothing", "", Verdict.Leaves);
        _check("too short", hex"7d116e", Verdict.Leaves);

        // Those of an announced order that are the gateway's own.
        _line("TriggerNotMet", SignedOrderGateway.TriggerNotMet.selector, Verdict.EndsAnnouncement);
        _line("OrderClosed", SignedOrderState.OrderClosed.selector, Verdict.EndsAnnouncement);

        _notOfATrade();
        _walk("ClearingHouse");
        _walk("Vault");
        _walk("OracleMaker");
        _walk("PythOracle");
        _walk("OrderGateway");
        _walk("SignedOrderGateway");
    }

    /// @dev What no trade of an order that is on its way reverts with: other functions do, or this one before the trade,
    /// where every failure leaves the order.
    function _notOfATrade() private {
        // Admission that the gateways have been through: terms that are committed to, and a deadline that they check first.
        _known = string.concat(
            _known,
            "DeadlinePassed UnknownMarket NotClearingHouse NotGateway NotEnoughGas NotSelf FillOutOfRange ",
            "RelayFeeTooHigh WrongMaker MakerNotApproved NoFillWindow NotLockHolder MarketFrozen "
        );
        // Of the gateways, before the trade: prices, times, who may.
        _known = string.concat(
            _known,
            "UnknownOrder NotYetExecutable OrderPastExpiry PreviousOrderAlive SourceFeeTooLow UnknownAnnouncement ",
            "AnnouncementPastExpiry ExecutionInProgress FallbackTooEarly FeeNotCovered NoFirstRound NotExecutor ",
            "OlderThanStored OutsideWindow PriceNotPositive PriceOutOfRange ExponentOutOfRange PrimaryAlive SequencerDown ",
            "StalePrice UnknownFeed WrongFeed ReentrancyGuardReentrantCall NeedsPrimaryPrice FallbackOnlyReduces "
        );
        // Of other functions of the gateways.
        _known = string.concat(
            _known,
            "InvalidRules KeeperFeeTooLow MarketNotConfigured MayNotWait OtherMarket NothingCredited OrderNotExpired ",
            "AnnouncementNotExpired InvalidSignature LimitExceeded NotOpposite NotOrderAccount NotRelayer ",
            "OrderIsAnnounced TooLateToWait WrongNonce "
        );
        // Liquidation and settings of the ClearingHouse.
        _known = string.concat(
            _known,
            "BandTooNarrow DeleverageFirst InvalidMarketId LiquidatorIsAccount MakerExists MakerNotRetired ",
            "NoMakerForBothSides NotBackstop NotLiquidatable PriceBoundExceeded RewardTooLow RuleOutOfRange ",
            "InvalidStatusChange TooManyMakers TooManyMarkets TradeQuoted VaultMismatch "
        );
        // Tokens, margin and settings of the Vault.
        _known = string.concat(
            _known,
            "DepositCapExceeded InsufficientInsurance InsufficientMargin InvalidAccountNonce InvalidBorrowing ",
            "InvalidFeeIndexDecimals InvalidFunding InvalidMarginRatios InvalidRamp MakerNotFlat MarketExists NoShortfall ",
            "NotMaker PositionOpen SignatureExpired "
        );
        // LPs and settings of the maker, sources of the oracle.
        _known = string.concat(
            _known,
            "InvalidConfidencePremium InvalidMaxAbsPosition LessThanMinimum NotRequestVault NotWhitelistLp NothingPayable ",
            "LpDepositCapExceeded PriceBandTooNarrow RatioOutOfRange RequestVaultExists UseRequest VaultInsolvent WrongShare FeedExists ",
            "FeedNotYetApplicable InvalidFeed NoPendingFeed UnreadableSource "
        );
        // OpenZeppelin's, of tokens, owners and signatures.
        _known = string.concat(
            _known,
            "AddressEmptyCode FailedCall InsufficientBalance InvalidShortString StringTooLong ZeroAddress ",
            "SafeERC20FailedOperation OwnableInvalidOwner OwnableUnauthorizedAccount ECDSAInvalidSignature ",
            "ECDSAInvalidSignatureLength ECDSAInvalidSignatureS ERC20InsufficientAllowance ERC20InsufficientBalance ",
            "ERC20InvalidApprover ERC20InvalidReceiver ERC20InvalidSender ERC20InvalidSpender ERC2612ExpiredSignature ",
            "ERC2612InvalidSigner "
        );
    }

    function _line(string memory name, bytes4 selector, Verdict verdict) private {
        _known = string.concat(_known, name, " ");
        assertTrue(
            vm.contains(_page, string.concat("`", name, "`")), string.concat(name, " is not in docs/gateways.md")
        );
        _check(name, abi.encodeWithSelector(selector, 1, 2, 3), verdict);
    }

    function _check(string memory name, bytes memory reason, Verdict verdict) private pure {
        for (uint256 i = 0; i < 4; ++i) {
            (bool isSpotHedged, bool isExactBase) = (i & 1 != 0, i & 2 != 0);
            bool ends = verdict == Verdict.Ends || (verdict == Verdict.EndsAtAFixedPrice && !isSpotHedged)
                || (verdict == Verdict.EndsIfExactBase && isExactBase);
            assertEq(OrderFailures.endsOrder(reason, isSpotHedged, isExactBase), ends, name);
        }
    }

    /// @dev Every error of a contract's ABI is known.
    function _walk(string memory name) private {
        string memory json = vm.readFile(string.concat(artifacts(), name, ".sol/", name, ".json"));
        string[] memory errors = abi.decode(vm.parseJson(json, ".abi[?(@.type == 'error')].name"), (string[]));
        assertGt(errors.length, 0);
        for (uint256 i = 0; i < errors.length; ++i) {
            assertTrue(
                vm.contains(_known, string.concat(" ", errors[i], " ")),
                string.concat(name, ".", errors[i], " is in no line of the table of failures")
            );
        }
    }
}
