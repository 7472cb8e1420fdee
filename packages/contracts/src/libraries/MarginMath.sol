// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FillSide} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";
import {PPM, Price, Quote} from "../types/Units.sol";

/// @title Margin requirements (law L6)
library MarginMath {
    /// @notice An increasing trade would leave the account below its initial requirement.
    /// @param account whose margin it is
    /// @param accountValue WAD quote after the trade
    /// @param required WAD quote: the initial ratio of the current notional
    error InsufficientInitialMargin(address account, int256 accountValue, uint256 required);

    /// @notice A reducing trade would leave the account below maintenance and worse off than before.
    /// @param account whose margin it is
    /// @param accountValue WAD quote after the trade
    /// @param required WAD quote: the maintenance ratio of the current notional
    error InsufficientMaintenanceMargin(address account, int256 accountValue, uint256 required);

    /// @dev ratio (ppm) of a notional (WAD), up.
    function requirementCeil(uint256 notional, uint256 ratio) internal pure returns (uint256) {
        return (notional * ratio + (PPM - 1)) / PPM;
    }

    /// @dev An account value against a requirement, WAD quote.
    function isBelow(Quote value, uint256 required) internal pure returns (bool) {
        return value.isNegative() || value.positivePart() < required;
    }

    /// @dev L6 after a trade, from what settlement returned.
    /// - increasing: account value >= initial requirement
    /// - reducing to zero: account value >= 0
    /// - reducing: account value >= maintenance requirement, or, if it was below before, the margin ratio
    ///   (account value / notional) has not fallen
    function check(FillSide memory side, address account, Price price, uint256 initialRatio, uint256 maintenanceRatio)
        internal
        pure
    {
        int256 value = side.valueAfter.unwrap();
        uint256 notional = side.sizeAfter.notionalCeil(price);
        if (!side.sizeBefore.isReducedBy(side.sizeAfter - side.sizeBefore)) {
            uint256 required = requirementCeil(notional, initialRatio);
            if (isBelow(side.valueAfter, required)) revert InsufficientInitialMargin(account, value, required);
            return;
        }
        uint256 maintenance = requirementCeil(notional, maintenanceRatio);
        if (!isBelow(side.valueAfter, maintenance)) return;
        uint256 notionalBefore = side.sizeBefore.notionalCeil(price);
        bool wasBelow = isBelow(side.valueBefore, requirementCeil(notionalBefore, maintenanceRatio));
        // At size zero the requirement is zero, and no earlier shortfall excuses a negative account value.
        if (!wasBelow || side.sizeAfter.isZero() || _ratioFell(side, notionalBefore, notional)) {
            revert InsufficientMaintenanceMargin(account, value, maintenance);
        }
    }

    /// @dev valueAfter / notionalAfter < valueBefore / notionalBefore, multiplied out. Values and notionals stay below
    /// 2^127 or the products revert.
    function _ratioFell(FillSide memory side, uint256 notionalBefore, uint256 notionalAfter)
        private
        pure
        returns (bool)
    {
        return side.valueAfter.unwrap() * Cast.toInt(notionalBefore)
            < side.valueBefore.unwrap() * Cast.toInt(notionalAfter);
    }
}
