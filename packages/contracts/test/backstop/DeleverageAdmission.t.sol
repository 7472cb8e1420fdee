// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {DeleverageTest} from "./DeleverageTest.sol";

/// @dev When an account can be deleveraged, and the caller's reward.
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

    function test_Reward_PaidOutOfProfit_WithoutInsurance() public {
        setRule(Rule.TradingFee, 100);
        // 20 for the opening.
        int256 before = insurance() + 20e18;
        long(alice, 20_020 * USD, 100e18);
        jump(1700e18);
        deleverage(alice);
        assertFlatAndEmpty(alice);
        assertEq(marginOf(stranger), 5e18, "the bounty, less than the trading fee of 17");
        assertEq(marginOf(maker), 1_000_000e18 + 20_000e18 - 5e18);
        assertEq(insurance(), before);
        assertLaws();
    }

    function test_Reward_IsAtMostTheTradingFeeAndThePenalty() public {
        _bankruptLong();
        RuleParams memory rules = currentRules();
        (rules.liquidationBounty, rules.tradingFee) = (1000e18, 100);
        setRules(rules);
        uint256 snapshot = vm.snapshotState();
        deleverage(alice);
        assertEq(marginOf(stranger), 17e18, "0.01% of 170,000");
        vm.revertToState(snapshot);
        setRule(Rule.LiquidationPenalty, 10);
        deleverage(alice);
        assertEq(marginOf(stranger), 1.7e18, "0.001% of 170,000");
        assertLaws();
    }

    function test_Reward_NotForMakers() public {
        _bankruptLong();
        setRule(Rule.TradingFee, 100);
        address[] memory makers = house.makersOf(market);
        vm.prank(address(om));
        backstop.deleverage(market, alice, makers);
        assertEq(marginOf(address(om)), 1_000_000e18);
        assertEq(marginOf(maker), 1_020_000e18);
    }

    function test_RevertIf_TooManyCounterparties() public {
        _bankruptLong();
        uint256 most = backstop.MAX_COUNTERPARTIES();
        address[] memory list = new address[](most + 1);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.TooManyCounterparties.selector, most + 1, most));
        deleverage(alice, list);
        list = new address[](most);
        list[most - 1] = maker;
        assertEq(deleverage(alice, list), 100e18);
    }
}
