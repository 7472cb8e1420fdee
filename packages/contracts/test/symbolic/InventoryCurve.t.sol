// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {InventoryCurve} from "../../src/libraries/InventoryCurve.sol";
import {Base, Price} from "../../src/types/Units.sol";

/// @dev Proven for every input in the given range by `pnpm analyze:symbolic`, which forge does not run. Prices are whole
/// and the cap and spread one example: products of five unknowns are beyond the solvers.
contract InventoryCurveSymbolic {
    using InventoryCurve for InventoryCurve.Curve;

    uint256 private constant CAP = 1 << 16;
    uint256 private constant SPREAD = 10_000;

    /// @dev A taker never trades better than the oracle price.
    function check_NoFillBeatsTheOracle(int16 inventory, uint16 size, bool takerBuys) external pure {
        InventoryCurve.Curve memory curve = _curve(inventory, takerBuys);
        if (size > curve.capacity()) return;
        uint256 quote = curve.quoteForBase(size);
        uint256 fair = uint256(size) * 2000;
        if (takerBuys) assert(quote >= fair);
        else assert(quote <= fair);
    }

    /// @dev T3: two parts cost no less than the whole.
    function check_T3_SplittingNeverHelps(int8 inventory, uint8 first, uint8 second) external pure {
        InventoryCurve.Curve memory curve = _curve(inventory, true);
        uint256 whole = curve.quoteForBase(uint256(first) + second);
        uint256 parts =
            curve.quoteForBase(first) + _curve(int256(inventory) - int256(uint256(first)), true).quoteForBase(second);
        assert(parts >= whole);
    }

    /// @dev T3: there and back earns nothing.
    function check_T3_RoundTripEarnsNothing(int8 inventory, uint8 size) external pure {
        uint256 paid = _curve(inventory, true).quoteForBase(size);
        uint256 got = _curve(int256(inventory) - int256(uint256(size)), false).quoteForBase(size);
        assert(got <= paid);
    }

    function _curve(int256 inventory, bool takerBuys) private pure returns (InventoryCurve.Curve memory) {
        return InventoryCurve.from(Price.wrap(2000e18), Base.wrap(inventory), takerBuys, SPREAD, CAP);
    }
}
