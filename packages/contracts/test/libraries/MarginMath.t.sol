// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FillSide} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {Base, Price, Quote} from "../../src/types/Units.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev L6 branch by branch at a price of 1,000: initial 10%, maintenance 5%.
contract MarginMathTest is Bounds {
    uint256 private constant INITIAL = 100_000;
    uint256 private constant MAINTENANCE = 50_000;
    Price private constant PRICE = Price.wrap(1000e18);
    address private constant ACCOUNT = address(0xa11ce);

    function test_Requirement_IsUp() public pure {
        assertEq(MarginMath.requirementCeil(100, 100_000), 10);
        assertEq(MarginMath.requirementCeil(101, 100_000), 11);
        assertEq(MarginMath.requirementCeil(0, 100_000), 0);
    }

    function test_Increasing_AtTheInitialRequirement() public view {
        this.check(0, 10e18, 1000e18, 1000e18);
        this.check(0, -10e18, 1000e18, 1000e18);
        this.check(5e18, 10e18, 1000e18, 1000e18);
    }

    function test_Increasing_RevertIf_OneWeiBelow() public {
        _expectInitial(1000e18 - 1, 1000e18);
        this.check(0, 10e18, 1000e18, 1000e18 - 1);
        _expectInitial(1000e18 - 1, 1000e18);
        this.check(-5e18, -10e18, 1000e18, 1000e18 - 1);
    }

    /// @dev A turn is an increase, even into a smaller position.
    function test_Turning_NeedsTheInitialRequirement() public {
        this.check(10e18, -1e18, 1000e18, 100e18);
        _expectInitial(100e18 - 1, 100e18);
        this.check(10e18, -1e18, 1000e18, 100e18 - 1);
    }

    function test_Increasing_NegativeValueIsNotALargeOne() public {
        _expectInitial(-1, 1000e18);
        this.check(0, 10e18, 0, -1);
    }

    function test_Reducing_AtMaintenance() public view {
        this.check(10e18, 5e18, 1000e18, 250e18);
        this.check(-10e18, -5e18, 1000e18, 250e18);
    }

    function test_Reducing_RevertIf_SinkingBelowMaintenance() public {
        _expectMaintenance(250e18 - 1, 250e18);
        this.check(10e18, 5e18, 500e18, 250e18 - 1);
    }

    /// @dev 400 / 10,000 = 4% before, 200 / 5,000 = 4% after.
    function test_Reducing_BelowMaintenanceBefore_RatioMayNotFall() public {
        this.check(10e18, 5e18, 400e18, 200e18);
        this.check(10e18, 5e18, 400e18, 201e18);
        _expectMaintenance(200e18 - 1, 250e18);
        this.check(10e18, 5e18, 400e18, 200e18 - 1);
    }

    /// @dev -100 / 10,000 = -1% before; a loss that stays at 100 on half the size is -2%.
    function test_Reducing_NegativeBefore_RatioMayNotFall() public {
        this.check(10e18, 5e18, -100e18, -50e18);
        _expectMaintenance(-100e18, 250e18);
        this.check(10e18, 5e18, -100e18, -100e18);
    }

    function test_ToZero_ValueMustNotBeNegative() public {
        this.check(10e18, 0, 1000e18, 0);
        this.check(10e18, 0, -5, 0);
        _expectMaintenance(-1, 0);
        this.check(10e18, 0, 1000e18, -1);
        // No earlier shortfall permits it.
        _expectMaintenance(-1, 0);
        this.check(-10e18, 0, -100e18, -1);
    }

    /// @dev The rule of the design, written independently as ratios.
    function testFuzz_Check_FollowsTheRule(int256 before, int256 later, int256 valueBefore, int256 valueAfter) public {
        before = boundSize(before, -1000e18, 1000e18);
        later = boundSize(later, -1000e18, 1000e18);
        valueBefore = boundQuote(valueBefore, -100_000e18, 200_000e18);
        valueAfter = boundQuote(valueAfter, -100_000e18, 200_000e18);
        bool ok;
        try this.check(before, later, valueBefore, valueAfter) {
            ok = true;
        } catch {}
        int256 notionalBefore = (before < 0 ? -before : before) * 1000;
        int256 notional = (later < 0 ? -later : later) * 1000;
        bool isReducing = before != 0 && later != before
            && (before > 0 ? later >= 0 && later < before : later <= 0 && later > before);
        bool expected;
        if (!isReducing) {
            expected = valueAfter * 10 >= notional;
        } else if (later == 0) {
            expected = valueAfter >= 0;
        } else {
            expected = valueAfter * 20 >= notional
                || (valueBefore * 20 < notionalBefore && valueAfter * notionalBefore >= valueBefore * notional);
        }
        assertEq(ok, expected);
    }

    function check(int256 sizeBefore, int256 sizeAfter, int256 valueBefore, int256 valueAfter) external pure {
        FillSide memory side = FillSide({
            sizeBefore: Base.wrap(sizeBefore),
            sizeAfter: Base.wrap(sizeAfter),
            valueBefore: Quote.wrap(valueBefore),
            valueAfter: Quote.wrap(valueAfter)
        });
        MarginMath.check(side, ACCOUNT, PRICE, INITIAL, MAINTENANCE);
    }

    function _expectInitial(int256 value, uint256 required) private {
        vm.expectRevert(abi.encodeWithSelector(MarginMath.InsufficientInitialMargin.selector, ACCOUNT, value, required));
    }

    function _expectMaintenance(int256 value, uint256 required) private {
        vm.expectRevert(
            abi.encodeWithSelector(MarginMath.InsufficientMaintenanceMargin.selector, ACCOUNT, value, required)
        );
    }
}
