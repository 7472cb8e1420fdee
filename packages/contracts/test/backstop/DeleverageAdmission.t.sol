// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {DeleverageTest} from "./DeleverageTest.sol";

/// @dev When an account can be deleveraged, and the bounty for it.
contract BackstopDeleverageAdmissionTest is DeleverageTest {
    function test_RevertIf_NoShortfall() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1800e18);
        vm.expectRevert(
            abi.encodeWithSelector(IBackstop.NoShortfallBeyondInsurance.selector, alice, int256(0), int256(0))
        );
        deleverage(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IBackstop.NoShortfallBeyondInsurance.selector, alice, int256(0), int256(0))
        );
        backstop.flagShortfall(market, alice);
        vm.expectRevert(
            abi.encodeWithSelector(IBackstop.NoShortfallBeyondInsurance.selector, bob, int256(0), int256(0))
        );
        deleverage(bob);
    }

    /// @dev Insurance that covers the shortfall to the last wei excludes deleveraging.
    function test_RevertIf_InsuranceCoversTheShortfall() public {
        _bankruptLong();
        donate(10_000 * USD);
        vm.expectRevert(
            abi.encodeWithSelector(
                IBackstop.NoShortfallBeyondInsurance.selector, alice, -int256(10_000e18), int256(10_000e18)
            )
        );
        deleverage(alice);
        takeOver(alice);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_OneWeiBeyondInsurance() public {
        _bankruptLong();
        donate(10_000 * USD - 1);
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(alice);
        deleverage(alice);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_RevertIf_Paused() public {
        _bankruptLong();
        setStatus(MarketStatus.Paused);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        deleverage(alice);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        backstop.flagShortfall(market, alice);
    }

    function test_ReduceOnlyMarket_IsDeleveraged() public {
        _bankruptLong();
        setStatus(MarketStatus.ReduceOnly);
        deleverage(alice);
        assertFlatAndEmpty(alice);
    }

    function test_Bounty_IsAtMostTheInsurance() public {
        _bankruptLong();
        donate(3 * USD);
        setRule(Rule.TradingFee, 100);
        deleverage(alice);
        assertEq(marginOf(stranger), 3e18);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_Bounty_NotForMakers() public {
        _bankruptLong();
        donate(100 * USD);
        setRule(Rule.TradingFee, 100);
        vm.prank(address(om));
        backstop.deleverage(market, alice, noTakers);
        assertEq(insurance(), 100e18);
        assertEq(marginOf(address(om)), 1_000_000e18);
    }
}
