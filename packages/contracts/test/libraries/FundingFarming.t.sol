// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FeeMath} from "../../src/libraries/FeeMath.sol";
import {FeeRates, FeeState} from "../../src/types/Fees.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev E3, T52 for the arithmetic alone, with any parameters. At a constant price and from a rate of zero, the net
/// position of all takers has never received more than it paid, to the last unit of the index.
contract FundingFarmingTest is Bounds {
    struct Step {
        int128 skew;
        uint32 time;
    }

    function testFuzz_T52_TakersTogether_NeverReceive(Step[12] memory steps, FeeRates memory rates, uint256 price)
        public
        pure
    {
        _boundRates(rates);
        FeeState memory state;
        state.price = boundExactPrice(price, 1e12, 1e24);
        int256 scale = int256(rates.skewScale);
        int256 paid;
        for (uint256 i = 0; i < steps.length; ++i) {
            int256 skew = _skew(int256(steps[i].skew), scale);
            (state.takerLong, state.takerShort) = skew > 0 ? (uint256(skew), uint256(0)) : (uint256(0), uint256(-skew));
            state.makerLong = state.takerShort;
            int256 index = state.fundingIndex;
            uint256 longest = i % 2 == 0 ? 12 hours : 30 days;
            FeeMath.advance(state, rates, state.updatedAt + boundTime(steps[i].time, longest));
            int256 change = state.fundingIndex - index;
            paid += skew * (change >= 0 || change > -2 ** 71 ? change : change + 2 ** 72);
            assertGe(paid, 0, "E3: takers gained funding");
        }
    }

    /// @dev The issue's cycle: the scale for the time to the cap, then a multiple of it on the other side.
    function testFuzz_T52_Flip_NeverPays(uint256 first, uint256 second, int256 size, int256 multiple) public pure {
        FeeRates memory rates;
        (rates.maxFundingRate, rates.skewScale, rates.indexDecimals) = (1157407407407, 200e18, 12);
        rates.maxFundingVelocity = rates.maxFundingRate / 6 hours;
        FeeState memory state;
        state.price = 2000e18;
        size = boundSize(size, 1, 200e18);
        multiple = boundNumber(multiple, 1, 50);
        state.takerLong = uint256(size);
        FeeMath.advance(state, rates, boundTime(first, 2 days));
        int256 index = state.fundingIndex;
        (state.takerLong, state.takerShort, state.makerLong) = (0, uint256(size * multiple), uint256(size * multiple));
        FeeMath.advance(state, rates, state.updatedAt + boundTime(second, 2 days));
        assertGe(index * size - (state.fundingIndex - index) * size * multiple, 0, "E3: takers gained funding");
    }

    /// @dev Often none, one wei, the scale or a multiple of it.
    function _skew(int256 seed, int256 scale) private pure returns (int256) {
        int256 kind = seed % 6;
        if (kind == 0) return seed > 0 ? int256(1) : int256(0);
        if (kind == 1) return scale;
        if (kind == -1) return -scale;
        if (kind == 2 || kind == -2) return boundSize(seed, -20 * scale, 20 * scale);
        return boundSize(seed, -2 * scale, 2 * scale);
    }

    /// @dev Rates that {IMarketSettings-setFunding} accepts, up to a scale of a billion.
    function _boundRates(FeeRates memory rates) private pure {
        rates.indexDecimals = 12;
        rates.maxFundingRate = boundRate(rates.maxFundingRate, 1e6, uint256(1e18) / 1 days);
        uint256 time = boundTime(rates.maxFundingVelocity, 1 hours, 365 days);
        rates.maxFundingVelocity = rates.maxFundingRate / time;
        if (rates.maxFundingVelocity == 0) rates.maxFundingVelocity = 1;
        rates.skewScale = boundSize(rates.skewScale, 1e9, 1e27);
        rates.maxBorrowingRate = 0;
    }
}
