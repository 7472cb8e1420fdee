// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../interfaces/IVault.sol";
import {Price} from "../types/Units.sol";
import {VaultBase} from "./VaultBase.sol";

/// @title Capacities of makers, and accrual without a fill
abstract contract Capacities is IVault, VaultBase {
    uint256 private constant SMALL_CHANGE = 64;

    /// @inheritdoc IVault
    function reportCapacity(uint256 marketId, uint256 long, uint256 short) external {
        if (!_positions[marketId][msg.sender].isMaker()) return;
        Capacity storage counted = _capacities[marketId][msg.sender];
        bool isSmall = _isSmallChange(counted.long, long) && _isSmallChange(counted.short, short);
        if (!isSmall) _setCapacity(marketId, msg.sender, long, short);
    }

    /// @inheritdoc IVault
    function accrue(uint256 marketId, Price price) external onlyClearingHouse {
        _accrueAt(_market(marketId), price);
    }

    /// @inheritdoc IVault
    function capacityOf(uint256 marketId, address maker) external view returns (uint256 long, uint256 short) {
        Capacity memory capacity = _capacities[marketId][maker];
        return (capacity.long, capacity.short);
    }

    /// @dev Whether the change is below 1/64 of the stored capacity. Storing it would cost more gas than the second
    /// digit of the borrowing rate justifies. The change is stored once it has grown large enough.
    function _isSmallChange(uint256 counted, uint256 reported) private pure returns (bool) {
        uint256 change = reported > counted ? reported - counted : counted - reported;
        return change * SMALL_CHANGE < counted || change == 0;
    }
}
