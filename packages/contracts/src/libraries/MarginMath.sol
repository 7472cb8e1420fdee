// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FillSide} from "../interfaces/IVault.sol";
import {Cast} from "../types/Cast.sol";
import {PPM, Price, Quote} from "../types/Units.sol";

/// @title Margin requirements (law L6)
library MarginMath {
    /// @notice An increasing trade would leave the account below its initial requirement.
    /// @param account the account that lacks margin
    /// @param accountValue after the trade, WAD quote
    /// @param required initial ratio of the current notional, WAD quote
    error InsufficientInitialMargin(address account, int256 accountValue, uint256 required);

    /// @notice A reducing trade would leave the account below maintenance and with a lower margin ratio than before.
    /// @param account the account that lacks margin
    /// @param accountValue after the trade, WAD quote
    /// @param required maintenance ratio of the current notional, WAD quote
    error InsufficientMaintenanceMargin(address account, int256 accountValue, uint256 required);

    /// @dev ratio (ppm) of a notional (WAD), up.
    function requirementCeil(uint256 notional, uint256 ratio) internal pure returns (uint256) {
        return (notional * ratio + (PPM - 1)) / PPM;
    }

    /// @dev Whether an account value is below a requirement, WAD quote.
    function isBelow(Quote value, uint256 required) internal pure returns (bool) {
        return value.isNegative() || value.positivePart() < required;
    }

    /// @dev Checks L6 after a trade:
    /// - increasing: account value >= initial requirement
    /// - reducing to zero: account value >= 0
    /// - reducing: account value >= maintenance requirement; for an account that was below it before, the margin ratio
    ///   (account value / notional) must not have decreased
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
        // A flat account must not have a negative value, even if it was below its requirement before.
        if (!wasBelow || side.sizeAfter.isZero() || _ratioFell(side, notionalBefore, notional)) {
            revert InsufficientMaintenanceMargin(account, value, maintenance);
        }
    }

    /// @dev valueAfter / notionalAfter < valueBefore / notionalBefore, multiplied out. The products revert unless
    /// values and notionals are below 2^127.
    function _ratioFell(FillSide memory side, uint256 notionalBefore, uint256 notionalAfter)
        private
        pure
        returns (bool)
    {
        return side.valueAfter.unwrap() * Cast.toInt(notionalBefore)
            < side.valueBefore.unwrap() * Cast.toInt(notionalAfter);
    }
}
