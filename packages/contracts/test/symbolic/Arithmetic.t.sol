// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {InventoryCurve} from "../../src/libraries/InventoryCurve.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {Base, Quote} from "../../src/types/Units.sol";

/// @dev The arithmetic of prices and margins. `pnpm analyze:symbolic` proves it for every input in the given range;
/// forge does not run these checks.
contract ArithmeticSymbolic {
    using InventoryCurve for InventoryCurve.Curve;

    /// @dev docs/specification.md, section 1: |size| falls and its sign does not flip; everything else increases.
    function check_ReductionsFollowTheSpecification(int128 size, int128 fill) external pure {
        int256 after_ = int256(size) + fill;
        bool falls = _abs(after_) < _abs(size);
        bool flips = (size > 0 && after_ < 0) || (size < 0 && after_ > 0);
        assert(Base.wrap(size).isReducedBy(Base.wrap(fill)) == (falls && !flips));
    }

    /// @dev A value below zero is below any requirement, also a requirement of zero.
    function check_NegativeValueIsBelowAnyRequirement(int128 value, uint128 required) external pure {
        assert(
            MarginMath.isBelow(Quote.wrap(value), required) == (value < 0 || int256(value) < int256(uint256(required)))
        );
    }

    /// @dev A maker's capacity is the distance from its inventory to its cap, and to zero and beyond in the reducing
    /// direction.
    function check_CapacityEndsAtTheCap(int104 inventory, uint104 cap, bool takerBuys) external pure {
        if (cap == 0) return;
        uint256 capacity = InventoryCurve.from(1e18, 1e18, Base.wrap(inventory), takerBuys, 0, cap).capacity();
        int256 ends = takerBuys ? int256(inventory) - int256(capacity) : int256(inventory) + int256(capacity);
        int256 bound = takerBuys ? -int256(uint256(cap)) : int256(uint256(cap));
        bool isBeyond = takerBuys ? inventory < bound : inventory > bound;
        assert(ends == (isBeyond ? int256(inventory) : bound));
    }

    function _abs(int256 value) private pure returns (uint256) {
        return uint256(value < 0 ? -value : value);
    }
}
