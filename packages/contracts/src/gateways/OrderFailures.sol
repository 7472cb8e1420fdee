// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../interfaces/IForcedChanges.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {ZeroAmount} from "../types/Errors.sol";
import {AmountTooLarge} from "../types/Units.sol";

/// @title Which failures of a trade end its order, and which leave it standing
/// @notice Against a maker that prices from the oracle the price of an order is fixed. If such an order were refused and
/// left, its taker could wait for what stands against it to pass, and only then decide whether it wants that price: a free
/// option (T16). So what refuses it ends it. It is left for what the keeper that brings it causes itself, because another
/// keeper can execute it in the same block (T28).
///
/// Against a maker that swaps on a spot market the price is the pool's at the moment of the fill. A keeper could move the
/// pool, make orders fail on purpose and collect their fees (T28): so an order ends only for what no pool has a part in.
/// docs/gateways.md has the table.
library OrderFailures {
    /// @dev Of the spot-hedged makers: an amount that the base token cannot represent, and the token's unit; WAD.
    bytes4 internal constant FINER_THAN_BASE_TOKEN = bytes4(keccak256("FinerThanBaseToken(uint256,uint256)"));

    /// @dev Arithmetic that a bound or an amount beyond all measure runs into.
    bytes4 internal constant PANIC = bytes4(keccak256("Panic(uint256)"));

    /// @dev Whatever is not listed leaves the order: running out of gas, bad price data, a lock, a failed swap.
    /// @param reason what the ClearingHouse reverted with, its beginning at least
    /// @param isSpotHedged whether the order's maker swaps on a spot market
    /// @param isExactBase whether the order's exact amount is base
    function endsOrder(bytes memory reason, bool isSpotHedged, bool isExactBase) internal pure returns (bool) {
        bytes4 selector = selectorOf(reason);
        if (_isTakersAlways(selector)) return true;
        // A spot-hedged maker refuses an exact amount finer than its token whatever the pool does. An exact quote amount
        // is another matter: the base that it buys is the pool's to say.
        if (selector == FINER_THAN_BASE_TOKEN) return isExactBase;
        return !isSpotHedged && (_refusesATrade(selector) || _refusesAllTrades(selector) || _isArithmetic(selector));
    }

    /// @dev Zero for what is too short to be an error.
    function selectorOf(bytes memory reason) internal pure returns (bytes4 selector) {
        if (reason.length < 4) return 0;
        // The first four bytes are what is wanted.
        // forge-lint: disable-next-line(unsafe-typecast)
        return bytes4(reason);
    }

    /// @dev Authority, collateral that was to be brought along, the order's own terms, and having nothing to reduce.
    function _isTakersAlways(bytes4 selector) private pure returns (bool) {
        return selector == IVault.NotAuthorized.selector || selector == IVault.InsufficientFund.selector
            || selector == IClearingHouse.NothingToReduce.selector || selector == IClearingHouse.UnknownMaker.selector
            || selector == IClearingHouse.TakerIsMaker.selector;
    }

    /// @dev The taker's or the maker's affair where the price is the oracle's. Where it is a pool's, whoever moves the
    /// pool can cause each of them.
    function _refusesATrade(bytes4 selector) private pure returns (bool) {
        return selector == IClearingHouse.SlippageExceeded.selector || selector == ZeroAmount.selector
            || selector == IClearingHouse.WouldIncrease.selector
            || selector == IClearingHouse.PriceBandExceeded.selector
            || selector == IClearingHouse.PositionBelowMinimum.selector
            || selector == MarginMath.InsufficientInitialMargin.selector
            || selector == MarginMath.InsufficientMaintenanceMargin.selector
            || selector == IMaker.MakerCapacityExceeded.selector
            || selector == IMaker.MakerQuoteCapacityExceeded.selector || selector == IMaker.BelowMinMarginRatio.selector;
    }

    /// @dev The state of the market, of its maker and of its price sources. No keeper brings it about at will, and one that
    /// waits for it gains nothing: the fee of an order that has expired is as good.
    function _refusesAllTrades(bytes4 selector) private pure returns (bool) {
        return selector == IForcedChanges.MarketNotActive.selector || selector == IClearingHouse.MakerIsRetired.selector
            || selector == IMaker.SenderNotApproved.selector || selector == IPriceOracle.ConfidenceTooWide.selector
            || selector == IPriceOracle.SourcesDisagree.selector;
    }

    function _isArithmetic(bytes4 selector) private pure returns (bool) {
        return selector == PANIC || selector == AmountTooLarge.selector
            || selector == SafeCast.SafeCastOverflowedIntDowncast.selector
            || selector == SafeCast.SafeCastOverflowedUintDowncast.selector
            || selector == SafeCast.SafeCastOverflowedUintToInt.selector;
    }
}
