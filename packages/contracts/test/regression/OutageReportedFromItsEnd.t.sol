// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {BaseVaultGapTest} from "./BaseVaultGapTest.sol";

/// @dev T67: an account that was passed over in a deleveraging reports the outage that has interrupted the window of
/// corrections, as if it had begun five minutes before its end. Carol paid in Bob's place, and the outage lasted two hours.
contract OutageReportedFromItsEndTest is BaseVaultGapTest {
    uint256 private _last;
    uint256 private _end;
    int256 private _before;

    function setUp() public override {
        super.setUp();
        spot.provide(95_000e18);
        addMargin(alice, 12_000 * USD);
        addMargin(bob, 50_000 * USD);
        sell(alice, address(shb), 50e18);
        buy(bob, address(om), 50e18);
        spot.moveTo(START_PRICE);
        addMargin(carol, 50_000 * USD);
        stub.setPrice(2040e18);
        buy(carol, maker, 50e18);
        jumpWithPool(2300e18);
        _before = valueOf(carol);
        deleverage(alice, carol);
        assertLt(valueOf(carol), _before - 3000e18);
        _last = timestamp();
        skip(2 hours);
        _end = timestamp();
        setPrice(2300e18);
    }

    function test_T67_ReportFromTheBeginning_CorrectionRestores() public {
        _report(_last + 1);
        backstop.correctDeleveraging(market, 1, bob);
        assertEq(valueOf(carol), _before);
    }

    function test_T67_ReportFromTheEnd_IsExtended_AndCorrectionRestores() public {
        _report(_end - 300);
        _report(_last + 1);
        backstop.correctDeleveraging(market, 1, bob);
        assertEq(valueOf(carol), _before);
    }

    /// @dev An outage is not shortened, and its grace period begins once.
    function test_T67_RevertIf_ReportedAgainFromLater() public {
        _report(_last + 1);
        uint256 resumedAt = house.rulesOf(market).resumedAt;
        bytes[] memory data = _first();
        vm.expectRevert(abi.encodeWithSelector(IMarketAdmin.OutageOver.selector, market, _end));
        backstop.reportOutage{value: 1}(market, FEED, data, _end - 300);
        assertEq(house.rulesOf(market).resumedAt, resumedAt);
    }

    function _report(uint256 from) private {
        backstop.reportOutage{value: 1}(market, FEED, _first(), from);
    }

    function _first() private view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(2300e18, _end, _last);
    }
}
