// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationMath} from "../../src/libraries/LiquidationMath.sol";
import {LiquidationPrice} from "../../src/libraries/LiquidationPrice.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {Position} from "../../src/types/Position.sol";
import {Base, Price, Quote} from "../../src/types/Units.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev Compares with the condition of liquidation.
contract LiquidationPriceTest is Bounds {
    function test_Default() public pure {
        // Long 10 at 2,000 with 2,000 of margin, maintenance 6.25%: 18,000 / (10 x 0.9375).
        assertEq(priceOf(10e18, -18_000e18, 62_500), 1920e18);
        // Short 10 at 2,000 with 2,000 of margin: 22,000 / (10 x 1.0625), down.
        assertEq(priceOf(-10e18, 22_000e18, 62_500), 2070588235294117647058);
    }

    function test_NothingToLiquidate() public pure {
        assertEq(priceOf(0, -5e18, 62_500), 0, "flat");
        assertEq(priceOf(1e18, 5e18, 62_500), 0, "a long that has paid for itself");
        assertEq(priceOf(1e18, 0, 62_500), 0, "a long that owes nothing, at whole prices");
        assertEq(priceOf(1, 0, 62_500), 1e18, "at any price");
        assertEq(priceOf(-1e18, 0, 62_500), 0, "a short that every price endangers");
        assertEq(priceOf(-1e18, -1, 62_500), 0, "a short that owes");
    }

    function testFuzz_Long_IsTheLastHealthyPrice(uint256 size, int256 equity, uint256 ratio, uint256 above)
        public
        pure
    {
        size = boundSize(size, 1, 1e27);
        equity = boundQuote(equity, -1e33, 1e24);
        ratio = boundRatio(ratio, 1, 999_999);
        _checkLong(int256(size), equity, ratio, above);
    }

    /// @dev Sizes for which size x price is whole at every price, or at some.
    function testFuzz_Long_WholeSizes(uint256 size, int256 equity, uint256 ratio, uint256 unit, uint256 above)
        public
        pure
    {
        size = boundSize(size, 1, 1000) * 10 ** boundNumber(unit, 15, 19);
        equity = boundQuote(equity, -1000, 10);
        ratio = boundRatio(ratio, 1, 999_999);
        _checkLong(int256(size), equity, ratio, above);
    }

    function testFuzz_Short_IsTheLastHealthyPrice(uint256 size, int256 equity, uint256 ratio, uint256 below)
        public
        pure
    {
        size = boundSize(size, 1, 1e27);
        equity = boundQuote(equity, -1e24, 1e33);
        ratio = boundRatio(ratio, 1, 999_999);
        int256 short = -int256(size);
        uint256 price = priceOf(short, equity, ratio);
        assertTrue(isLiquidatable(short, equity, ratio, price + 1), "the next price endangers it");
        if (price == 0) return;
        assertFalse(isLiquidatable(short, equity, ratio, price), "at the price it is safe");
        assertFalse(isLiquidatable(short, equity, ratio, boundExactPrice(below, 1, price)), "below the price");
    }

    function _checkLong(int256 size, int256 equity, uint256 ratio, uint256 above) private pure {
        uint256 price = priceOf(size, equity, ratio);
        if (price == 0) {
            assertFalse(isLiquidatable(size, equity, ratio, boundExactPrice(above, 1, 1e30)), "no price endangers it");
            return;
        }
        assertTrue(isLiquidatable(size, equity, ratio, price - 1), "the next price endangers it");
        assertFalse(isLiquidatable(size, equity, ratio, price), "at the price it is safe");
        assertFalse(
            isLiquidatable(size, equity, ratio, boundExactPrice(above, price, 2 * price + 10)), "above the price"
        );
    }

    function priceOf(int256 size, int256 equity, uint256 ratio) private pure returns (uint256) {
        return LiquidationPrice.calculate(Base.wrap(size), Quote.wrap(equity), ratio);
    }

    function isLiquidatable(int256 size, int256 equity, uint256 ratio, uint256 price) private pure returns (bool) {
        Position memory position;
        position.size = Base.wrap(size);
        position.margin = Quote.wrap(equity);
        uint256 requirement = MarginMath.requirementCeil(position.size.notionalCeil(Price.wrap(price)), ratio);
        return MarginMath.isBelow(position.value(Price.wrap(price)), requirement);
    }
}
