// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Math as Model} from "../symbolic/model/Math.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev `pnpm analyze:symbolic` replaces OpenZeppelin's library with {Model}.
contract SymbolicModelTest is Bounds {
    function testFuzz_MulDiv(uint128 x, uint128 y, uint256 denominator) public pure {
        denominator = boundNumber(denominator, 1, type(uint256).max);
        assertEq(Model.mulDiv(x, y, denominator), Math.mulDiv(x, y, denominator));
    }

    function testFuzz_MulDivUp(uint256 x, uint128 y, uint256 denominator) public pure {
        x = boundNumber(x, 0, type(uint128).max / 2);
        denominator = boundNumber(denominator, 1, type(uint128).max);
        assertEq(
            Model.mulDiv(x, y, denominator, Model.Rounding.Ceil), Math.mulDiv(x, y, denominator, Math.Rounding.Ceil)
        );
        assertEq(
            Model.mulDiv(x, y, denominator, Model.Rounding.Floor), Math.mulDiv(x, y, denominator, Math.Rounding.Floor)
        );
    }

    function testFuzz_CeilDiv(uint256 a, uint256 b) public pure {
        (a, b) = (boundNumber(a, 0, type(uint256).max / 2), boundNumber(b, 1, type(uint256).max / 2));
        assertEq(Model.ceilDiv(a, b), Math.ceilDiv(a, b));
    }
}
