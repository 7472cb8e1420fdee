// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {
    AmountTooLarge,
    Base,
    BaseLib,
    Price,
    PriceLib,
    PriceOutOfRange,
    Quote,
    QuoteLib,
    floorDiv
} from "../../src/types/Units.sol";

contract UnitsTest is Test {
    uint256 private constant MAX_SIGNED = uint256(uint128(type(int128).max));

    function test_FloorDiv_NegativesGoDown() public pure {
        assertEq(floorDiv(7, 2), 3);
        assertEq(floorDiv(-7, 2), -4);
        assertEq(floorDiv(-8, 2), -4);
        assertEq(floorDiv(-1, 1e18), -1);
        assertEq(floorDiv(0, 3), 0);
    }

    function testFuzz_FloorDiv_IsTheLargestBelow(int128 n, uint64 d) public pure {
        int256 divisor = int256(uint256(d)) + 1;
        int256 q = floorDiv(n, divisor);
        assertLe(q * divisor, n);
        assertGt((q + 1) * divisor, n);
    }

    function testFuzz_Value_FloorAndNotionals(int128 size, uint128 price) public pure {
        vm.assume(price != 0);
        Base base = Base.wrap(size);
        Price p = Price.wrap(price);
        int256 exact = int256(size) * int256(uint256(price));
        int256 value = base.valueFloor(p).unwrap();
        assertLe(value * 1e18, exact);
        assertGt((value + 1) * 1e18, exact);
        uint256 magnitude = uint256(exact < 0 ? -exact : exact);
        assertEq(base.notionalFloor(p), magnitude / 1e18);
        assertEq(base.notionalCeil(p), magnitude / 1e18 + (magnitude % 1e18 == 0 ? 0 : 1));
    }

    function testFuzz_IsReducedBy_MeansCloserToZeroWithoutCrossing(int120 size, int120 fill) public pure {
        int256 later = int256(size) + fill;
        uint256 held = size < 0 ? uint256(-int256(size)) : uint256(int256(size));
        uint256 left = later < 0 ? uint256(-later) : uint256(later);
        bool crosses = (size > 0 && later < 0) || (size < 0 && later > 0);
        assertEq(Base.wrap(size).isReducedBy(Base.wrap(fill)), left < held && !crosses);
    }

    function test_ToPrice_RevertIf_OutOfRange() public {
        assertEq(this.toPrice(1).unwrap(), 1);
        assertEq(this.toPrice(type(uint128).max).unwrap(), type(uint128).max);
        vm.expectRevert(abi.encodeWithSelector(PriceOutOfRange.selector, 0, type(uint128).max));
        this.toPrice(0);
        uint256 above = uint256(type(uint128).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(PriceOutOfRange.selector, above, type(uint128).max));
        this.toPrice(above);
    }

    function test_ToBaseAndQuote_RevertIf_TooLarge() public {
        assertEq(uint256(this.toBase(MAX_SIGNED).unwrap()), MAX_SIGNED);
        assertEq(uint256(this.toQuote(MAX_SIGNED).unwrap()), MAX_SIGNED);
        vm.expectRevert(abi.encodeWithSelector(AmountTooLarge.selector, MAX_SIGNED + 1, MAX_SIGNED));
        this.toBase(MAX_SIGNED + 1);
        vm.expectRevert(abi.encodeWithSelector(AmountTooLarge.selector, MAX_SIGNED + 1, MAX_SIGNED));
        this.toQuote(MAX_SIGNED + 1);
    }

    function testFuzz_PositivePart(int256 amount) public pure {
        Quote quote = Quote.wrap(amount);
        assertEq(quote.positivePart(), amount > 0 ? uint256(amount) : 0);
        assertEq(quote.isNegative(), amount < 0);
    }

    function toPrice(uint256 wad) external pure returns (Price) {
        return PriceLib.toPrice(wad);
    }

    function toBase(uint256 wad) external pure returns (Base) {
        return BaseLib.toBase(wad);
    }

    function toQuote(uint256 wad) external pure returns (Quote) {
        return QuoteLib.toQuote(wad);
    }
}
