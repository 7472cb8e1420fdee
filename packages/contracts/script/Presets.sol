// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {RATE_UNIT} from "../src/types/Market.sol";

/// @dev Risk settings of one kind of market. A deployment's JSON can replace each of them. Ratios in ppm.
struct Preset {
    uint256 tradingFee;
    uint256 liquidationPenalty;
    /// @dev Part of the penalty. The liquidator's reward, penalty x share, is at most the trading fee, so that it does not
    /// depend on the account's value (T63).
    uint256 liquidatorShare;
    uint256 lpFee;
    uint256 confidenceFactor;
    uint256 maxConfidencePremium;
    /// @dev Of a price at which positions increase.
    uint256 maxConfidence;
    /// @dev Of the two sources. Only with a second source.
    uint256 maxDeviation;
    /// @dev Seconds. `maxAge` where that is shorter.
    uint256 maxLiquidationAge;
    /// @dev Seconds. Only with a second source.
    uint256 fallbackAge;
    /// @dev Ppm per day, below the highest funding rate: a hedged vault stops to increase before that.
    uint256 maxCarry;
    /// @dev WAD per second.
    uint256 maxFundingRate;
    /// @dev Time constant of the funding rate, seconds.
    uint256 fundingTime;
    /// @dev The skew scale, as a part of the OracleMaker's capacity. Times `fundingTime`, it is the least time of the
    /// funding rate from zero to its cap, and leaves room for the capacity of hedged vaults (T2, T52).
    uint256 skewRatio;
    /// @dev WAD per second.
    uint256 maxBorrowingRate;
}

/// @title Named risk settings: major, mid and thin
/// @notice Conservative numbers, chosen by hand: fees cover the spread of the market that a hedge trades in, and limits of
/// prices are a few times what sources show in calm markets. "thin" is the strictest, and the default.
library Presets {
    error UnknownPreset(string name);

    uint256 private constant DAY = 1 days;
    uint256 private constant YEAR = 365 days;
    uint256 private constant WAD = 1e18;

    function named(string memory name) internal pure returns (Preset memory) {
        bytes32 id = keccak256(bytes(name));
        if (id == keccak256("major")) return major();
        if (id == keccak256("mid")) return mid();
        if (id == keccak256("thin")) return thin();
        revert UnknownPreset(name);
    }

    /// @notice An asset like BTC or ETH, whose spot market has a depth of millions within 0.1%.
    function major() internal pure returns (Preset memory) {
        return Preset({
            tradingFee: 500,
            liquidationPenalty: 10_000,
            liquidatorShare: 50_000,
            lpFee: 200,
            confidenceFactor: 1_000_000,
            maxConfidencePremium: 1_000,
            maxConfidence: 2_000,
            maxDeviation: 10_000,
            maxLiquidationAge: 20,
            fallbackAge: 1 hours,
            maxCarry: 20_000,
            maxFundingRate: _rate(5, DAY),
            fundingTime: 8 hours,
            skewRatio: 500_000,
            maxBorrowingRate: _rate(20, YEAR)
        });
    }

    /// @notice An asset with a spot market on several exchanges, of lower depth.
    function mid() internal pure returns (Preset memory) {
        return Preset({
            tradingFee: 800,
            liquidationPenalty: 15_000,
            liquidatorShare: 50_000,
            lpFee: 500,
            confidenceFactor: 1_000_000,
            maxConfidencePremium: 2_000,
            maxConfidence: 5_000,
            maxDeviation: 15_000,
            maxLiquidationAge: 15,
            fallbackAge: 1 hours,
            maxCarry: 20_000,
            maxFundingRate: _rate(8, DAY),
            fundingTime: 8 hours,
            skewRatio: 500_000,
            maxBorrowingRate: _rate(40, YEAR)
        });
    }

    /// @notice Any other asset.
    function thin() internal pure returns (Preset memory) {
        return Preset({
            tradingFee: 1_500,
            liquidationPenalty: 25_000,
            liquidatorShare: 60_000,
            lpFee: 1_000,
            confidenceFactor: 1_000_000,
            maxConfidencePremium: 5_000,
            maxConfidence: 10_000,
            maxDeviation: 25_000,
            maxLiquidationAge: 10,
            fallbackAge: 1 hours,
            maxCarry: 10_000,
            maxFundingRate: _rate(10, DAY),
            fundingTime: 12 hours,
            skewRatio: 500_000,
            maxBorrowingRate: _rate(80, YEAR)
        });
    }

    /// @dev A part of the notional per period, percent, as WAD per second in whole {RATE_UNIT}, rounded down.
    function _rate(uint256 percent, uint256 period) private pure returns (uint256) {
        return percent * WAD / 100 / period / RATE_UNIT * RATE_UNIT;
    }
}
