// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The conversion between shares of an LP vault and its assets
/// @notice shares = assets x totalShares / totalAssets, with virtual shares and assets added on both sides. They fix the price
/// of an empty vault at one, and take their part of any donation of a first depositor, so that inflating the price loses
/// money (T11).
/// @dev All amounts WAD.
library ShareMath {
    uint256 internal constant VIRTUAL = 1e6;

    /// @dev Shares for a deposit, down.
    function toSharesDown(uint256 assets, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(assets, totalShares + VIRTUAL, totalAssets + VIRTUAL);
    }

    /// @dev Value of shares in assets, down.
    function toAssetsDown(uint256 shares, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(shares, totalAssets + VIRTUAL, totalShares + VIRTUAL);
    }

    /// @dev Assets paid for shares, down. At most their plain part of the whole: with virtual assets counted, a share worth
    /// less than one would receive more. `totalShares` includes `shares`.
    function toPayoutDown(uint256 shares, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.min(toAssetsDown(shares, totalAssets, totalShares), Math.mulDiv(shares, totalAssets, totalShares));
    }

    /// @dev The part of one kind of asset that is paid for shares in kind, down. The virtual shares keep their part: without
    /// it, an account that inflates the price could withdraw its whole donation and gain what the next LP loses by rounding.
    function toKindDown(uint256 shares, uint256 amount, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(shares, amount, totalShares + VIRTUAL);
    }

    /// @dev The part of `shares` whose payment is at most `limit`, down, and less than all of them. All of them receive
    /// `payout`, which exceeds `limit`. Payments are rounded down by less than one, and proportional to shares before
    /// that. So shares x limit / payout receive less than limit + limit / payout before rounding, and at most `limit`
    /// after it.
    function toSharesWithinDown(uint256 shares, uint256 payout, uint256 limit) internal pure returns (uint256) {
        return Math.min(shares - 1, Math.mulDiv(shares, limit, payout));
    }
}
