// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketStatus} from "../types/Market.sol";

/// @title Events and errors shared by liquidation, deleveraging and market settlement
interface IForcedChanges {
    /// @notice Bad debt of a flat account, WAD quote. The market is reduce-only until insurance covers it.
    event BadDebtRecorded(uint256 indexed marketId, address indexed account, uint256 badDebt);
    /// @notice A maker's hook after a forced change failed. The change remains. Amounts are the maker's, WAD.
    event ForcedHookFailed(uint256 indexed marketId, address indexed maker, int256 base, int256 quote);

    error MarketNotActive(uint256 marketId, MarketStatus status);
    /// @notice The market was paused, or had no price, a short time ago. Seconds.
    error InGracePeriod(uint256 marketId, uint256 endsAt);
}
