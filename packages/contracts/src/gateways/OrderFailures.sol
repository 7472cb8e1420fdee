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

/// @title Classifies the failures of a trade: whether they end the order or leave it open
/// @notice Against a maker that prices from the oracle, the price of an order is fixed. If such an order stayed open
/// after a rejection, its taker could wait until the cause has passed and then decide whether to take the price: a free
/// option (T16). So a rejection ends the order. Failures that the executing keeper causes leave the order open, because
/// another keeper can execute it in the same block (T28).
///
/// Against a maker that swaps on a spot market, the price is the pool's price at the fill. A keeper could move the
/// pool, make orders fail on purpose and collect their fees (T28). So only failures that do not depend on the pool end
/// such an order. docs/gateways.md has the table.
library OrderFailures {
    /// @dev Arithmetic error that an extreme amount or bound of an order causes.
    bytes4 internal constant PANIC = bytes4(keccak256("Panic(uint256)"));

    /// @dev Returns whether a failure ends the order. Errors that are not listed leave it open: lack of gas, invalid
    /// price data, a held lock, a failed swap.
    /// @param reason revert data of the ClearingHouse, at least its first four bytes
    /// @param isSpotHedged whether the maker of the order swaps on a spot market
    /// @param isExactBase whether the exact amount of the order is base
    function endsOrder(bytes memory reason, bool isSpotHedged, bool isExactBase) internal pure returns (bool) {
        bytes4 selector = Cast.toSelector(reason);
        if (_endsOrderForAnyMaker(selector)) return true;
        // A spot-hedged maker rejects an exact base amount finer than its token at every pool price. For an exact quote
        // amount the pool determines the base amount, so the order stays open.
        if (selector == ISpotHedgeVault.FinerThanBaseToken.selector) return isExactBase;
        if (isSpotHedged) return false;
        return _isTradeRejection(selector) || _isMarketRejection(selector) || _isArithmeticError(selector);
    }

    /// @dev The taker lacks authority or collateral, the terms of the order are invalid, or there is no position to
    /// reduce.
    function _endsOrderForAnyMaker(bytes4 selector) private pure returns (bool) {
        return selector == IVault.NotAuthorized.selector || selector == IVault.InsufficientFund.selector
            || selector == IClearingHouse.NothingToReduce.selector || selector == IClearingHouse.UnknownMaker.selector
            || selector == IClearingHouse.TakerIsMaker.selector;
    }

    /// @dev The ClearingHouse, the Vault or the maker rejects this trade. At the oracle's price only the taker or the
    /// maker causes these errors. At a pool's price any account that moves the pool can cause each of them.
    function _isTradeRejection(bytes4 selector) private pure returns (bool) {
        return selector == IClearingHouse.SlippageExceeded.selector || selector == ZeroAmount.selector
            || selector == IClearingHouse.WouldIncrease.selector
            || selector == IClearingHouse.PriceBandExceeded.selector
            || selector == IClearingHouse.PositionBelowMinimum.selector
            || selector == MarginMath.InsufficientInitialMargin.selector
            || selector == MarginMath.InsufficientMaintenanceMargin.selector
            || selector == IMaker.MakerCapacityExceeded.selector
            || selector == IMaker.MakerQuoteCapacityExceeded.selector || selector == IMaker.BelowMinMarginRatio.selector;
    }

    /// @dev The state of the market, of its maker or of its price sources rejects all trades. Keepers cannot cause that
    /// state, and waiting for it brings no gain: an expired order pays the same fee.
    function _isMarketRejection(bytes4 selector) private pure returns (bool) {
        return selector == IForcedChanges.MarketNotActive.selector || selector == IClearingHouse.MakerIsRetired.selector
            || selector == IMaker.SenderNotApproved.selector || selector == IPriceOracle.ConfidenceTooWide.selector
            || selector == IPriceOracle.SourcesDisagree.selector;
    }

    function _isArithmeticError(bytes4 selector) private pure returns (bool) {
        return selector == PANIC || selector == AmountTooLarge.selector
            || selector == SafeCast.SafeCastOverflowedIntDowncast.selector
            || selector == SafeCast.SafeCastOverflowedUintDowncast.selector
            || selector == SafeCast.SafeCastOverflowedUintToInt.selector;
    }
}
