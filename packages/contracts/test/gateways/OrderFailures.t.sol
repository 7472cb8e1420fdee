// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../src/interfaces/ISignedOrders.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {OrderGateway} from "../../src/gateways/OrderGateway.sol";
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
import {FailureCause} from "../../src/types/Order.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The table has a line for every error of every contract that a trade against the OracleMaker passes through: the
/// error ends an order, leaves it open, or cannot occur in the trade of an order. A line of the former names the cause,
/// which decides on bond and keeper fee (T44, T60). A new error fails the test until it
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
    FailureCause private constant MARKET = FailureCause.Market;
    FailureCause private constant MAKER = FailureCause.Maker;
    FailureCause private constant TAKER = FailureCause.Taker;

    /// @dev Names between spaces, for lookups.
    string private _known = " ";
    string private _page;

    function test_T16_T28_Table() public {
        _page = vm.readFile("docs/gateways.md");

        _line("NotAuthorized", IVault.NotAuthorized.selector, Verdict.Ends, TAKER);
        _line("InsufficientFund", IVault.InsufficientFund.selector, Verdict.Ends, TAKER);
        _line("NothingToReduce", IClearingHouse.NothingToReduce.selector, Verdict.Ends, TAKER);
        _line("UnknownMaker", IClearingHouse.UnknownMaker.selector, Verdict.Ends, TAKER);
        _line("TakerIsMaker", IClearingHouse.TakerIsMaker.selector, Verdict.Ends, TAKER);

        // Terms of the taker, which it can make impossible (T44).
        _line("WouldIncrease", IClearingHouse.WouldIncrease.selector, FIXED, TAKER);
        _line("PositionBelowMinimum", IClearingHouse.PositionBelowMinimum.selector, FIXED, TAKER);
        _line("InsufficientInitialMargin", MarginMath.InsufficientInitialMargin.selector, FIXED, TAKER);
        _line("InsufficientMaintenanceMargin", MarginMath.InsufficientMaintenanceMargin.selector, FIXED, TAKER);
        // The price.
        _line("SlippageExceeded", IClearingHouse.SlippageExceeded.selector, FIXED, MARKET);
        _line("PriceBandExceeded", IClearingHouse.PriceBandExceeded.selector, FIXED, MARKET);
        // Capacity of the maker, which takers use and the owner sets.
        _line("MakerCapacityExceeded", IMaker.MakerCapacityExceeded.selector, FIXED, MARKET);
        _line("MakerQuoteCapacityExceeded", IMaker.MakerQuoteCapacityExceeded.selector, FIXED, MARKET);
        // Margin of the maker, which its LPs can withdraw (T60).
        _line("BelowMinMarginRatio", IMaker.BelowMinMarginRatio.selector, FIXED, MAKER);
        _checkMarginOfMaker(MarginMath.InsufficientInitialMargin.selector);
        _checkMarginOfMaker(MarginMath.InsufficientMaintenanceMargin.selector);

        // States of market, maker and feed that reject every order.
        _line("MarketNotActive", IForcedChanges.MarketNotActive.selector, FIXED, MARKET);
        _line("MakerIsRetired", IClearingHouse.MakerIsRetired.selector, FIXED, MARKET);
        _line("SenderNotApproved", IMaker.SenderNotApproved.selector, FIXED, MARKET);
        _line("ConfidenceTooWide", IPriceOracle.ConfidenceTooWide.selector, FIXED, MARKET);
        _line("SourcesDisagree", IPriceOracle.SourcesDisagree.selector, FIXED, MARKET);
        _line("SequencerDown", IPriceOracle.SequencerDown.selector, FIXED, MARKET);

        _line("SafeCastOverflowedIntDowncast", SafeCast.SafeCastOverflowedIntDowncast.selector, FIXED, TAKER);
        _line("SafeCastOverflowedUintDowncast", SafeCast.SafeCastOverflowedUintDowncast.selector, FIXED, TAKER);
        _line("SafeCastOverflowedUintToInt", SafeCast.SafeCastOverflowedUintToInt.selector, FIXED, TAKER);

        // Errors that belong to no contract.
        _line("ZeroAmount", ZeroAmount.selector, FIXED, TAKER);
        _line("AmountTooLarge", AmountTooLarge.selector, FIXED, TAKER);
        _line("Panic", bytes4(keccak256("Panic(uint256)")), FIXED, TAKER);

        // The taker chooses an exact base amount, and the pool the base amount of an exact quote.
        _line("FinerThanBaseToken", ISpotHedgeVault.FinerThanBaseToken.selector, Verdict.EndsIfExactBase, TAKER);

        // Caused by the keeper: a lock that it holds, too little gas, a source that it chooses.
        _line("Locked", IVault.Locked.selector, Verdict.Leaves, FailureCause.None);
        _line("NotEnoughGasForSource", BoundedCall.NotEnoughGasForSource.selector, Verdict.Leaves, FailureCause.None);
        // Caused by the pool.
        _line("HedgeTooFar", ISpotHedgeVault.HedgeTooFar.selector, Verdict.Leaves, FailureCause.None);
        _line("HedgeMismatch", ISpotHedgeVault.HedgeMismatch.selector, Verdict.Leaves, FailureCause.None);
        _line("PartialSwap", ISpotAdapter.PartialSwap.selector, Verdict.Leaves, FailureCause.None);
        _line("DrawnBelowZero", IVault.DrawnBelowZero.selector, Verdict.Leaves, FailureCause.None);
        _line("InsufficientMarketBalance", IVault.InsufficientMarketBalance.selector, Verdict.Leaves, FailureCause.None);
        // A call that runs out of gas returns no data.
        _check("nothing", "", Verdict.Leaves, FailureCause.None);
        _check("too short", hex"7d116e", Verdict.Leaves, FailureCause.None);

        // Errors of the gateway itself for an announced order.
        _line("TriggerNotMet", ISignedOrders.TriggerNotMet.selector, Verdict.EndsAnnouncement, FailureCause.None);
        _line("OrderClosed", SignedOrderState.OrderClosed.selector, Verdict.EndsAnnouncement, FailureCause.None);
        _line("BracketNotActive", ISignedOrders.BracketNotActive.selector, Verdict.EndsAnnouncement, FailureCause.None);
        // Error of the gateway itself for a delayed order.
        _line("BondMissing", OrderGateway.BondMissing.selector, Verdict.EndsAnnouncement, FailureCause.None);

        _notOfATrade();
        _walk("ClearingHouse");
        _walk("Vault");
        _walk("OracleMaker");
        _walk("PythOracle");
        _walk("OrderGateway");
        _walk("SignedOrderGateway");
        _walk("AnnouncementModule");
    }

    /// @dev Errors that no trade of an order reverts with: they belong to other functions, or occur before the trade,
    /// where every failure leaves the order open.
    function _notOfATrade() private {
        // Checked by the gateways before: committed terms, and the deadline.
        _known = string.concat(
            _known,
            "DeadlinePassed UnknownMarket NotClearingHouse NotGateway NotEnoughGas SpotMarketLocked NotSelf FillOutOfRange ",
            "RelayFeeTooHigh WrongMaker MakerCannotBeMatched NoFillWindow NotVault MarketFrozen "
        );
        // Errors of the gateways before the trade: prices, times, callers.
        _known = string.concat(
            _known,
            "UnknownOrder NotYetExecutable OrderPastExpiry PreviousOrderAlive SourceFeeTooLow UnknownAnnouncement ",
            "AnnouncementPastExpiry ExecutionInProgress FallbackTooEarly FeeNotCovered FuturePrice NoFirstRound NotExecutor PartsApart ",
            "OlderThanStored OutsideWindow PriceNotPositive PriceOutOfRange ExponentOutOfRange PrimaryAlive ",
            "StalePrice UnknownFeed WrongFeed ReentrancyGuardReentrantCall NeedsPrimaryPrice FallbackOnlyReduces "
        );
        // Errors of other functions of the gateways.
        _known = string.concat(
            _known,
            "BondRatioOutOfRange FeedChangesMeanwhile KeeperFeeRuleOutOfRange LifetimeTooLong NeedsLivePart OrderExists ",
            "InvalidRules KeeperFeeTooLow MarketNotConfigured MayNotWait OtherMarket NothingCredited OrderNotExpired ",
            "AnnouncementNotExpired InvalidSignature LimitExceeded NotOpposite NotOrderAccount NotRelayer ",
            "OrderIsAnnounced TooLateToWait WrongNonce AnnouncedTooSoon AnnouncementIsExecutable FeedChangesBefore ",
            "OrderNotStarted RelayFeeTooLow IdIsAnnounced ModuleMismatch MarginTooLow "
        );
        // Errors of liquidations and settings of the ClearingHouse.
        _known = string.concat(
            _known,
            "BandTooNarrow DeleverageFirst InGracePeriod InvalidMarketId LiquidationPriceTooOld LiquidatorIsAccount MakerExists ",
            "MakerNotRetired PriceOlderThanFill StillRestricted ",
            "NoMakerForBothSides NotBackstop NotLiquidatable OutageOver PriceBoundExceeded RewardTooLow RuleOutOfRange ",
            "InvalidStatusChange TooManyMakers TooManyMarkets TradeQuoted VaultMismatch "
        );
        // Errors of tokens, margin and settings of the Vault.
        _known = string.concat(
            _known,
            "DepositCapExceeded InsufficientInsurance InsufficientMargin InvalidAccountNonce InvalidBorrowing ",
            "FundingTooFast InvalidFeeIndexDecimals InvalidFunding InvalidMarginRatios InvalidRamp MakerNotFlat MarketExists ",
            "NoShortfall NotMaker PositionOpen SignatureExpired "
        );
        // Errors of LPs and settings of the maker, and of sources of the oracle.
        _known = string.concat(
            _known,
            "InvalidConfidencePremium InvalidMaxAbsPosition LessThanMinimum NotRequestVault NotWhitelistLp NothingPayable ",
            "LpDepositCapExceeded PriceBandTooNarrow RatioOutOfRange RequestVaultExists UseRequest VaultInsolvent ",
            "WrongShare FeedExists ",
            "FeedNotYetApplicable InvalidFeed NoOutage NoPendingFeed SequencerGraceTooLong UnreadableSource "
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

    function _line(string memory name, bytes4 selector, Verdict verdict, FailureCause cause) private {
        _known = string.concat(_known, name, " ");
        assertTrue(
            vm.contains(_page, string.concat("`", name, "`")), string.concat(name, " is not in docs/gateways.md")
        );
        _check(name, abi.encodeWithSelector(selector, 1, 2, 3), verdict, cause);
    }

    /// @param cause at a maker with oracle prices. A maker that swaps makes no order fail, and no failure costs a bond.
    function _check(string memory name, bytes memory reason, Verdict verdict, FailureCause cause) private pure {
        for (uint256 i = 0; i < 4; ++i) {
            (bool isSpotHedged, bool isExactBase) = (i & 1 != 0, i & 2 != 0);
            bool ends = verdict == Verdict.Ends || (verdict == Verdict.EndsAtAFixedPrice && !isSpotHedged)
                || (verdict == Verdict.EndsIfExactBase && isExactBase);
            FailureCause expected = !ends ? FailureCause.None : isSpotHedged ? MARKET : cause;
            FailureCause actual = OrderFailures.causeOf(reason, address(7), isSpotHedged, isExactBase);
            assertEq(uint8(actual), uint8(expected), name);
        }
    }

    /// @dev The error names the account that lacks margin: here the maker.
    function _checkMarginOfMaker(bytes4 selector) private pure {
        bytes memory reason = abi.encodeWithSelector(selector, address(7), int256(-1), 2);
        assertEq(uint8(OrderFailures.causeOf(reason, address(7), false, true)), uint8(MAKER));
        assertEq(uint8(OrderFailures.causeOf(reason, address(8), false, true)), uint8(TAKER));
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
