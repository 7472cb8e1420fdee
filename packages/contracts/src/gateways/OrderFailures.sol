// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../interfaces/IForcedChanges.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ISpotHedgeVault} from "../interfaces/ISpotHedgeVault.sol";
import {IVault} from "../interfaces/IVault.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {Cast} from "../types/Cast.sol";
import {AmountTooLarge, ZeroAmount} from "../types/Errors.sol";
import {FailureCause} from "../types/Order.sol";

/// @title Classifies the failures of a trade: the participant that caused them, and whether they end the order
/// @notice Against a maker that prices from the oracle, the price of an order is fixed. If such an order stayed open
/// after a rejection, its taker could wait until the cause has passed and then decide whether to take the price: a free
/// option (T16). So a rejection ends the order. Failures that the executing keeper causes leave the order open, because
/// another keeper can execute it in the same block (T28). A failure that the taker can cause costs the order's bond
/// (T44), and one that an LP can cause pays the keeper nothing, because the LP may be the keeper (T60). The capacity of
/// such a maker is the owner's setting, and LPs do not change it: an order beyond it fills up to it, and a keeper is paid
/// for an order that finds none.
///
/// Against a maker that swaps on a spot market, the price is the pool's price at the fill. A keeper could move the
/// pool, make orders fail on purpose and collect their fees (T28). So only failures that do not depend on the pool end
/// such an order, and none costs a bond: the price did not exist before the fill. docs/gateways.md has the table.
library OrderFailures {
    /// @dev Arithmetic error that an extreme amount or bound of an order causes.
    bytes4 internal constant PANIC = bytes4(keccak256("Panic(uint256)"));

    /// @dev Returns the cause of a failure; `None` for one that leaves the order open. Errors that are not listed leave
    /// it open: lack of gas, invalid price data, a held lock, a failed swap.
    /// @param reason revert data of the ClearingHouse, at least its first four bytes
    /// @param maker the maker of the order
    /// @param isSpotHedged whether the maker swaps on a spot market
    /// @param isExactBase whether the exact amount of the order is base
    function causeOf(bytes memory reason, address maker, bool isSpotHedged, bool isExactBase)
        internal
        pure
        returns (FailureCause)
    {
        bytes4 selector = Cast.toSelector(reason);
        bool isTakers = _isAuthority(selector);
        if (isSpotHedged) {
            // A spot-hedged maker rejects an exact base amount finer than its token at every pool price. For an exact
            // quote amount the pool determines the base amount, so the order stays open.
            bool ends = isTakers || (isExactBase && selector == ISpotHedgeVault.FinerThanBaseToken.selector);
            return ends ? FailureCause.Market : FailureCause.None;
        }
        if (isTakers || _isOwnTerms(selector) || isArithmeticError(selector)) return FailureCause.Taker;
        if (_isMarginError(selector)) {
            // The error names the account that lacks margin.
            return _firstArgument(reason) == maker ? FailureCause.Maker : FailureCause.Taker;
        }
        if (_isMakersMargin(selector)) return FailureCause.Maker;
        if (_isMissedPrice(selector) || _isMarketRejection(selector) || _isCapacityError(selector)) {
            return FailureCause.Market;
        }
        if (selector == ISpotHedgeVault.FinerThanBaseToken.selector && isExactBase) return FailureCause.Taker;
        return FailureCause.None;
    }

    /// @dev The amount that the maker was asked for and the most that it takes, from the error of a lack of capacity; zero
    /// for every other error. Both are amounts of the exact side of the order, WAD.
    function capacityIn(bytes memory reason) internal pure returns (uint256 requested, uint256 available) {
        if (reason.length != 68 || !_isCapacityError(Cast.toSelector(reason))) return (0, 0);
        assembly ("memory-safe") {
            requested := mload(add(reason, 0x24))
            available := mload(add(reason, 0x44))
        }
    }

    /// @dev Whether a fill up to the maker's capacity failed because it was too small, which is not the taker's terms.
    function isTooSmall(bytes memory reason) internal pure returns (bool) {
        bytes4 selector = Cast.toSelector(reason);
        return selector == IClearingHouse.PositionBelowMinimum.selector || selector == ZeroAmount.selector;
    }

    /// @dev An error of checked arithmetic or of a conversion.
    function isArithmeticError(bytes4 selector) internal pure returns (bool) {
        return selector == PANIC || selector == AmountTooLarge.selector
            || selector == SafeCast.SafeCastOverflowedIntDowncast.selector
            || selector == SafeCast.SafeCastOverflowedUintDowncast.selector
            || selector == SafeCast.SafeCastOverflowedUintToInt.selector;
    }

    /// @dev The taker lacks authority or collateral, names no valid maker, or has no position to reduce.
    function _isAuthority(bytes4 selector) private pure returns (bool) {
        return selector == IVault.NotAuthorized.selector || selector == IVault.InsufficientFund.selector
            || selector == IClearingHouse.NothingToReduce.selector || selector == IClearingHouse.UnknownMaker.selector
            || selector == IClearingHouse.TakerIsMaker.selector;
    }

    /// @dev The order's own terms do not fit the position that the taker has now.
    function _isOwnTerms(bytes4 selector) private pure returns (bool) {
        return selector == IClearingHouse.WouldIncrease.selector
            || selector == IClearingHouse.PositionBelowMinimum.selector || selector == ZeroAmount.selector;
    }

    function _isMarginError(bytes4 selector) private pure returns (bool) {
        return selector == MarginMath.InsufficientInitialMargin.selector
            || selector == MarginMath.InsufficientMaintenanceMargin.selector;
    }

    /// @dev LPs can withdraw the maker's margin (T60).
    function _isMakersMargin(bytes4 selector) private pure returns (bool) {
        return selector == IMaker.BelowMinMarginRatio.selector;
    }

    /// @dev Takers use the capacity of a maker that prices from the oracle, and free it.
    function _isCapacityError(bytes4 selector) private pure returns (bool) {
        return
            selector == IMaker.MakerCapacityExceeded.selector || selector == IMaker.MakerQuoteCapacityExceeded.selector;
    }

    /// @dev The price misses the taker's limit or the market's band.
    function _isMissedPrice(bytes4 selector) private pure returns (bool) {
        return
            selector == IClearingHouse.SlippageExceeded.selector
                || selector == IClearingHouse.PriceBandExceeded.selector;
    }

    /// @dev The state of the market, of its maker or of its price sources rejects all trades. Keepers cannot cause that
    /// state, and waiting for it brings no gain: an expired order pays the same fee.
    function _isMarketRejection(bytes4 selector) private pure returns (bool) {
        return selector == IForcedChanges.MarketNotActive.selector || selector == IClearingHouse.MakerIsRetired.selector
            || selector == IMaker.SenderNotApproved.selector || selector == IPriceOracle.ConfidenceTooWide.selector
            || selector == IPriceOracle.SourcesDisagree.selector || selector == IPriceOracle.SequencerDown.selector;
    }

    /// @dev The first argument of an error that begins with an address; zero when there is none.
    function _firstArgument(bytes memory reason) private pure returns (address account) {
        if (reason.length < 36) return address(0);
        assembly ("memory-safe") {
            account := mload(add(reason, 0x24))
        }
    }
}
