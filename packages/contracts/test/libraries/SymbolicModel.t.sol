// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Math as Model} from "../symbolic/model/Math.sol";

/// @dev `pnpm analyze:symbolic` puts {Model} in the place of OpenZeppelin's library.
contract SymbolicModelTest is Test {
    function testFuzz_MulDiv(uint128 x, uint128 y, uint256 denominator) public pure {
        denominator = bound(denominator, 1, type(uint256).max);
        assertEq(Model.mulDiv(x, y, denominator), Math.mulDiv(x, y, denominator));
    }

    function testFuzz_MulDivUp(uint256 x, uint128 y, uint256 denominator) public pure {
        x = bound(x, 0, type(uint128).max / 2);
        denominator = bound(denominator, 1, type(uint128).max);
        assertEq(
            Model.mulDiv(x, y, denominator, Model.Rounding.Ceil), Math.mulDiv(x, y, denominator, Math.Rounding.Ceil)
        );
        assertEq(
            Model.mulDiv(x, y, denominator, Model.Rounding.Floor), Math.mulDiv(x, y, denominator, Math.Rounding.Floor)
        );
    }

    function testFuzz_CeilDiv(uint256 a, uint256 b) public pure {
        (a, b) = (bound(a, 0, type(uint256).max / 2), bound(b, 1, type(uint256).max / 2));
        assertEq(Model.ceilDiv(a, b), Math.ceilDiv(a, b));
    }
}
