// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketStatus} from "../types/Market.sol";

/// @title What liquidation, deleveraging and settlement have in common
interface IForcedChanges {
    /// @notice Debt without a position, WAD quote: the market is reduce-only until it is covered.
    event BadDebtRecorded(uint256 indexed marketId, address indexed account, uint256 badDebt);
    /// @notice A maker could not follow a forced change of its position (WAD, the maker's).
    event ForcedHookFailed(uint256 indexed marketId, address indexed maker, int256 base, int256 quote);

    error MarketNotActive(uint256 marketId, MarketStatus status);
}
