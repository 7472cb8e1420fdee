// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {OrderFailures} from "../../src/gateways/OrderFailures.sol";
import {SignedOrderGateway} from "../../src/gateways/SignedOrderGateway.sol";
import {SignedOrderState} from "../../src/gateways/SignedOrderState.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {BoundedCall} from "../../src/libraries/BoundedCall.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {AmountTooLarge, ZeroAmount} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The table has a line for every error of every contract that a trade against the OracleMaker passes through: the
/// error ends an order, leaves it open, or cannot occur in the trade of an order. A new error fails the test until it
/// has a line. Errors of hedged makers and pools leave orders open unless a line says otherwise.
contract OrderFailuresTest is ExchangeTest {
    enum Verdict {
        /// @dev Ends the order against every maker.
        Ends,
        /// @dev Ends it against a maker with oracle prices, and leaves it open against one that swaps.
        EndsAtAFixedPrice,
        /// @dev Ends it if its exact amount is base.
        EndsIfExactBase,
        Leaves,
        /// @dev Ends an announcement: an error of the gateway itself.
        EndsAnnouncement
    }

    Verdict private constant FIXED = Verdict.EndsAtAFixedPrice;

    /// @dev Names between spaces, for lookups.
    string private _known = " ";
    string private _page;

    function test_T16_T28_Table() public {
        _page = vm.readFile("docs/gateways.md");

        _line("NotAuthorized", IVault.NotAuthorized.selector, Verdict.Ends);
        _line("InsufficientFund", IVault.InsufficientFund.selector, Verdict.Ends);
        _line("NothingToReduce", IClearingHouse.NothingToReduce.selector, Verdict.Ends);
        _line("UnknownMaker", IClearingHouse.UnknownMaker.selector, Verdict.Ends);
        _line("TakerIsMaker", IClearingHouse.TakerIsMaker.selector, Verdict.Ends);

        // Terms of the taker, and capacity of the maker.
        _line("SlippageExceeded", IClearingHouse.SlippageExceeded.selector, FIXED);
        _line("WouldIncrease", IClearingHouse.WouldIncrease.selector, FIXED);
        _line("PriceBandExceeded", IClearingHouse.PriceBandExceeded.selector, FIXED);
        _line("PositionBelowMinimum", IClearingHouse.PositionBelowMinimum.selector, FIXED);
        _line("InsufficientInitialMargin", MarginMath.InsufficientInitialMargin.selector, FIXED);
        _line("InsufficientMaintenanceMargin", MarginMath.InsufficientMaintenanceMargin.selector, FIXED);
        _line("MakerCapacityExceeded", IMaker.MakerCapacityExceeded.selector, FIXED);
        _line("MakerQuoteCapacityExceeded", IMaker.MakerQuoteCapacityExceeded.selector, FIXED);
        _line("BelowMinMarginRatio", IMaker.BelowMinMarginRatio.selector, FIXED);

        // States of market, maker and feed that reject every order.
        _line("MarketNotActive", IForcedChanges.MarketNotActive.selector, FIXED);
        _line("MakerIsRetired", IClearingHouse.MakerIsRetired.selector, FIXED);
        _line("SenderNotApproved", IMaker.SenderNotApproved.selector, FIXED);
        _line("ConfidenceTooWide", IPriceOracle.ConfidenceTooWide.selector, FIXED);
        _line("SourcesDisagree", IPriceOracle.SourcesDisagree.selector, FIXED);

        _line("SafeCastOverflowedIntDowncast", SafeCast.SafeCastOverflowedIntDowncast.selector, FIXED);
        _line("SafeCastOverflowedUintDowncast", SafeCast.SafeCastOverflowedUintDowncast.selector, FIXED);
        _line("SafeCastOverflowedUintToInt", SafeCast.SafeCastOverflowedUintToInt.selector, FIXED);

        // Errors that belong to no contract.
        _line("ZeroAmount", ZeroAmount.selector, FIXED);
        _line("AmountTooLarge", AmountTooLarge.selector, FIXED);
        _line("Panic", bytes4(keccak256("Panic(uint256)")), FIXED);

        // The taker chooses an exact base amount, and the pool the base amount of an exact quote.
        _line("FinerThanBaseToken", ISpotHedgeVault.FinerThanBaseToken.selector, Verdict.EndsIfExactBase);

        // Caused by the keeper: a lock that it holds, too little gas, a source that it chooses.
        _line("Locked", IVault.Locked.selector, Verdict.Leaves);
        _line("NotEnoughGasForSource", BoundedCall.NotEnoughGasForSource.selector, Verdict.Leaves);
        // Caused by the pool.
        _line("HedgeTooFar", ISpotHedgeVault.HedgeTooFar.selector, Verdict.Leaves);
        _line("HedgeMismatch", ISpotHedgeVault.HedgeMismatch.selector, Verdict.Leaves);
        _line("PartialSwap", ISpotAdapter.PartialSwap.selector, Verdict.Leaves);
        _line("DrawnBelowZero", IVault.DrawnBelowZero.selector, Verdict.Leaves);
        _line("InsufficientMarketBalance", IVault.InsufficientMarketBalance.selector, Verdict.Leaves);
        // A call that runs out of gas returns no data.
        _check("nothing", "", Verdict.Leaves);
        _check("too short", hex"7d116e", Verdict.Leaves);

        // Errors of the gateway itself for an announced order.
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

    /// @dev Errors that no trade of an order reverts with: they belong to other functions, or occur before the trade,
    /// where every failure leaves the order open.
    function _notOfATrade() private {
        // Checked by the gateways before: committed terms, and the deadline.
        _known = string.concat(
            _known,
            "DeadlinePassed UnknownMarket NotClearingHouse NotGateway NotEnoughGas NotSelf FillOutOfRange ",
            "RelayFeeTooHigh WrongMaker MakerCannotBeMatched NoFillWindow NotLockHolder MarketFrozen "
        );
        // Errors of the gateways before the trade: prices, times, callers.
        _known = string.concat(
            _known,
            "UnknownOrder NotYetExecutable OrderPastExpiry PreviousOrderAlive SourceFeeTooLow UnknownAnnouncement ",
            "AnnouncementPastExpiry ExecutionInProgress FallbackTooEarly FeeNotCovered NoFirstRound NotExecutor ",
            "OlderThanStored OutsideWindow PriceNotPositive PriceOutOfRange ExponentOutOfRange PrimaryAlive SequencerDown ",
            "StalePrice UnknownFeed WrongFeed ReentrancyGuardReentrantCall NeedsPrimaryPrice FallbackOnlyReduces "
        );
        // Errors of other functions of the gateways.
        _known = string.concat(
            _known,
            "InvalidRules KeeperFeeTooLow MarketNotConfigured MayNotWait OtherMarket NothingCredited OrderNotExpired ",
            "AnnouncementNotExpired InvalidSignature LimitExceeded NotOpposite NotOrderAccount NotRelayer ",
            "OrderIsAnnounced TooLateToWait WrongNonce "
        );
        // Errors of liquidations and settings of the ClearingHouse.
        _known = string.concat(
            _known,
            "BandTooNarrow DeleverageFirst InvalidMarketId LiquidationPriceTooOld LiquidatorIsAccount MakerExists ",
            "MakerNotRetired PriceOlderThanFill StillRestricted ",
            "NoMakerForBothSides NotBackstop NotLiquidatable PriceBoundExceeded RewardTooLow RuleOutOfRange ",
            "InvalidStatusChange TooManyMakers TooManyMarkets TradeQuoted VaultMismatch "
        );
        // Errors of tokens, margin and settings of the Vault.
        _known = string.concat(
            _known,
            "DepositCapExceeded InsufficientInsurance InsufficientMargin InvalidAccountNonce InvalidBorrowing ",
            "InvalidFeeIndexDecimals InvalidFunding InvalidMarginRatios InvalidRamp MakerNotFlat MarketExists NoShortfall ",
            "NotMaker PositionOpen SignatureExpired "
        );
        // Errors of LPs and settings of the maker, and of sources of the oracle.
        _known = string.concat(
            _known,
            "InvalidConfidencePremium InvalidMaxAbsPosition LessThanMinimum NotRequestVault NotWhitelistLp NothingPayable ",
            "LpDepositCapExceeded PriceBandTooNarrow RatioOutOfRange RequestVaultExists UseRequest VaultInsolvent ",
            "WrongShare FeedExists ",
            "FeedNotYetApplicable InvalidFeed NoPendingFeed UnreadableSource "
        );
        // Errors of OpenZeppelin for tokens, owners and signatures.
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
