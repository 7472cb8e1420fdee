// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMaker} from "../interfaces/IMaker.sol";
import {IVault} from "../interfaces/IVault.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {AmountTooLarge} from "../types/Units.sol";

/// @title Which failures of a trade end its order, and which leave it standing
/// @notice What the taker or a maker that prices from the oracle causes ends the order, whose keeper has done its work.
/// What a keeper could cause leaves it, or a keeper would make orders fail on purpose and collect their fees (T28). The
/// other way round, an order against a maker that prices from the oracle must not be left for a reason that its taker can
/// cause and undo: its price is fixed, so the taker would hold a free option on it for as long as the order lives (T16).
/// docs/gateways.md has the table.
library OrderFailures {
    /// @dev Of the spot-hedged makers: an amount that the base token cannot represent, and the token's unit; WAD.
    bytes4 internal constant FINER_THAN_BASE_TOKEN = bytes4(keccak256("FinerThanBaseToken(uint256,uint256)"));

    /// @dev Arithmetic that a bound or an amount beyond all measure runs into.
    bytes4 internal constant PANIC = bytes4(keccak256("Panic(uint256)"));

    /// @dev Whatever is not listed leaves the order: running out of gas, bad price data, a pause, a failed swap.
    /// @param maker the maker that the order names
    /// @param isExactBase whether the order's exact amount is base
    /// @param reason what the ClearingHouse reverted with, its beginning at least
    function endsOrder(address maker, bool isExactBase, bytes memory reason) internal view returns (bool) {
        if (reason.length < 4) return false;
        // The first four bytes are what is wanted.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 selector = bytes4(reason);
        if (_isTakersAlways(selector)) return true;
        // A spot-hedged maker refuses an exact amount finer than its token whatever the pool does. An exact quote amount
        // is another matter: the base that it buys is the pool's to say.
        if (selector == FINER_THAN_BASE_TOKEN) return isExactBase;
        return _dependsOnPrice(selector) && !IMaker(maker).isSpotHedged();
    }

    /// @dev Authority, collateral that was to be brought along, the order's own terms, and having nothing to reduce.
    function _isTakersAlways(bytes4 selector) private pure returns (bool) {
        return selector == IVault.NotAuthorized.selector || selector == IVault.InsufficientFund.selector
            || selector == IClearingHouse.NothingToReduce.selector || selector == IClearingHouse.UnknownMaker.selector
            || selector == IClearingHouse.TakerIsMaker.selector;
    }

    /// @dev The taker's or the maker's affair where the price is the oracle's. Where it is a pool's, whoever moves the
    /// pool can cause each of them.
    function _dependsOnPrice(bytes4 selector) private pure returns (bool) {
        return selector == IClearingHouse.SlippageExceeded.selector || selector == IClearingHouse.ZeroAmount.selector
            || selector == IClearingHouse.WouldIncrease.selector
            || selector == IClearingHouse.PriceBandExceeded.selector
            || selector == IClearingHouse.PositionBelowMinimum.selector
            || selector == IClearingHouse.MakerIsRetired.selector
            || selector == MarginMath.InsufficientInitialMargin.selector
            || selector == MarginMath.InsufficientMaintenanceMargin.selector
            || selector == IMaker.MakerCapacityExceeded.selector
            || selector == IMaker.MakerQuoteCapacityExceeded.selector || selector == IMaker.BelowMinMarginRatio.selector
            || selector == AmountTooLarge.selector || selector == PANIC;
    }
}
