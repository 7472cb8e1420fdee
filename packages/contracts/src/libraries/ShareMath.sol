// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Shares of an LP vault against its assets
/// @notice shares = assets x totalShares / totalAssets, with virtual shares and assets added on both sides: they fix
/// the price of an empty vault at one and take their part of whatever a first depositor donates, so that inflating the
/// price loses money (T11).
/// @dev All amounts WAD.
library ShareMath {
    uint256 internal constant VIRTUAL = 1e6;

    /// @dev Shares that a deposit buys, down.
    function toSharesDown(uint256 assets, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(assets, totalShares + VIRTUAL, totalAssets + VIRTUAL);
    }

    /// @dev Assets that shares are worth, down.
    function toAssetsDown(uint256 shares, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(shares, totalAssets + VIRTUAL, totalShares + VIRTUAL);
    }

    /// @dev Assets that shares are paid out with, down: never more than their plain part of the whole, which a share worth
    /// less than one would be with virtual assets counted. `totalShares` includes `shares`.
    function toPayoutDown(uint256 shares, uint256 totalAssets, uint256 totalShares) internal pure returns (uint256) {
        return Math.min(toAssetsDown(shares, totalAssets, totalShares), Math.mulDiv(shares, totalAssets, totalShares));
    }

    /// @dev The part of one kind of asset that shares are paid out with in kind, down. The virtual shares keep theirs: if
    /// they did not, whoever inflates the price could take all of its gift out again and keep what the next LP loses by
    /// rounding.
    function toKindDown(uint256 shares, uint256 amount, uint256 totalShares) internal pure returns (uint256) {
        return Math.mulDiv(shares, amount, totalShares + VIRTUAL);
    }

    /// @dev How many of `shares`, whose payout rounded down is `payout`, are paid no more than `limit`; down, and less than
    /// all of them. A payout is in proportion to its shares before it is rounded, by less than one: shares x limit / payout
    /// are worth less than limit + limit / payout.
    function toSharesWithinDown(uint256 shares, uint256 payout, uint256 limit) internal pure returns (uint256) {
        return Math.min(shares - 1, Math.mulDiv(shares, limit, payout));
    }
}
