// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {PythPrice} from "../../src/libraries/PythPrice.sol";

contract PythPriceTest is Test {
    function test_ToWadFloor_Examples() public pure {
        assertEq(PythPrice.toWadFloor(200_012_345_678, -8), 2000.12345678e18);
        assertEq(PythPrice.toWadFloor(5, 0), 5e18);
        assertEq(PythPrice.toWadFloor(5, 10), 5e28);
        assertEq(PythPrice.toWadFloor(123, -18), 123);
        assertEq(PythPrice.toWadFloor(129, -19), 12, "down");
        assertEq(PythPrice.toWadFloor(9_999_999, -25), 0, "down");
        assertEq(PythPrice.toWadFloor(10_000_000, -25), 1);
        assertEq(PythPrice.toWadFloor(0, -8), 0);
    }

    function testFuzz_ToWadFloor_ExactToTheEighteenthDigit(uint64 amount, int32 expo) public pure {
        expo = int32(bound(expo, -25, 10));
        uint256 wad = PythPrice.toWadFloor(amount, expo);
        // amount x 10^expo and wad x 10^-18, both times 10^25
        uint256 exact = uint256(amount) * 10 ** uint256(int256(expo) + 25);
        assertLe(wad * 1e7, exact);
        assertGt((wad + 1) * 1e7, exact);
    }

    function testFuzz_RevertIf_ExponentIsOutOfRange(int32 expo) public {
        vm.assume(expo < -25 || expo > 10);
        vm.expectRevert(abi.encodeWithSelector(PythPrice.ExponentOutOfRange.selector, expo, int256(-25), int256(10)));
        this.toWadFloor(1, expo);
    }

    function toWadFloor(uint64 amount, int32 expo) external pure returns (uint256) {
        return PythPrice.toWadFloor(amount, expo);
    }
}
