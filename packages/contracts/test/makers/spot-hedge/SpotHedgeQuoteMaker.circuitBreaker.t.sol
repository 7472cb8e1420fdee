// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../../src/interfaces/ICircuitBreaker.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeQuoteMakerCircuitBreakerTest is SpotHedgeQuoteMakerTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow) = (1 days, 200_000);
    }

    // --------------------------------------------------------------------------------------------------- metering ----

    /// @dev T29: a position of half of the collateral is opened. It consumes the cost of its swap, not the collateral
    /// that became base. A hedge of the base vault consumes none of the base limit.
    function test_T29_OpeningsDoNotConsumeTheOutflowLimit() public {
        fund(alice, 500_000 * USD);
        skip(1 days + 1);
        setPrice(START_PRICE);
        vm.startPrank(owner());
        d.breaker.acceptOwnership();
        d.breaker.setLimit(address(weth), CircuitBreaker.Limit({window: 1 days, maxOutflow: 200_000, minimum: 0}));
        vm.stopPrank();
        skip(2);
        // The windows begin.
        vm.prank(alice);
        vault.withdraw(1, alice);
        vm.prank(lp);
        shb.withdraw(1e12);
        (uint256 before,) = d.breaker.available(address(usd));
        (uint256 baseBefore,) = d.breaker.available(address(weth));
        assertGt(before, 0);
        buy(alice, maker, 240e18);
        uint256 cost = uint256(positionOf(maker).openNotional.unwrap() - 480_000e18) / 1e12;
        (uint256 available,) = d.breaker.available(address(usd));
        assertApproxEqAbs(available, before - cost, 1);
        assertLt(cost, 5_000 * USD);
        sell(bob, address(shb), 80e18);
        (uint256 baseAvailable,) = d.breaker.available(address(weth));
        assertEq(baseAvailable, baseBefore, "base was exchanged for collateral");
        vm.prank(alice);
        vault.withdraw(before - cost - 5_000 * USD, alice);
    }

    /// @dev Transfers between the maker and its margin neither consume the limit nor add credit. Swaps count at their
    /// cost.
    function test_Meter_InternalTransfersAreNotMetered() public {
        skip(1 days + 1);
        setPrice(START_PRICE);
        buy(alice, maker, 100e18);
        (uint256 available,) = d.breaker.available(address(usd));
        (,,, int256 hedge) = d.breaker.windowOf(address(usd));
        assertEq(hedge, (200_000e18 - positionOf(maker).openNotional.unwrap()) / 1e12, "the swap");
        movePrice(2500e18);
        vm.prank(stranger);
        assertGt(shq.rebalance(), 0);
        uint256 fees = usd.balanceOf(stranger);
        _assertAvailable(available - fees);
        skip(30);
        movePrice(1800e18);
        vm.prank(stranger);
        assertLt(shq.rebalance(), 0);
        fees = usd.balanceOf(stranger);
        _assertAvailable(available - fees);
        assertEq(d.breaker.creditOf(address(usd), maker), 0);
        (,,, hedge) = d.breaker.windowOf(address(usd));
        (, int256 got) = close(alice, maker);
        (,,, int256 hedgeAfter) = d.breaker.windowOf(address(usd));
        assertEq(hedgeAfter - hedge, (got - 180_000e18) / 1e12, "the swap back");
    }

    function test_Meter_WithdrawalsCountOnce() public {
        skip(1 days + 1);
        setPrice(START_PRICE);
        buy(alice, maker, 10e18);
        close(alice, maker);
        (, uint256 held, int256 left,) = d.breaker.windowOf(address(usd));
        assertEq(uint256(left), held / 5);
        vm.prank(lp);
        uint256 paid = shq.withdraw(100_000e18);
        (,, left,) = d.breaker.windowOf(address(usd));
        assertEq(uint256(left), held / 5 - paid);
    }

    /// @dev The outflow limit applies to base in kind, and maxRedeem applies it.
    function test_MaxRedeem_CountsBaseInKind() public {
        buy(alice, maker, 100e18);
        movePrice(3000e18);
        spot.moveTo(2800e18);
        while (sizeOf(maker) != 0) {
            skip(1);
            setPrice(3000e18);
            vm.prank(bob);
            house.liquidate(takeOverParams());
        }
        vm.startPrank(owner());
        d.breaker.acceptOwnership();
        d.breaker.setLimit(address(weth), CircuitBreaker.Limit({window: 1 days, maxOutflow: 10_000, minimum: 0}));
        d.breaker.removeLimit(address(usd));
        vm.stopPrank();
        skip(2);
        setPrice(3000e18);
        (uint256 room,) = d.breaker.available(address(weth));
        assertLt(room, shq.baseBalance());
        uint256 shares = shq.maxRedeem(lp);
        assertLt(shares, shq.balanceOf(lp));
        vm.prank(lp);
        shq.withdraw(shares);
        assertApproxEqAbs(weth.balanceOf(lp), room, 1);
        vm.expectPartialRevert(ICircuitBreaker.OutflowLimitExceeded.selector);
        vm.prank(lp);
        shq.withdraw(1e18);
    }

    // ------------------------------------------------------------------------------------ removed from its market ----

    /// @dev A maker that is removed from its market with margin pays all of it to its LPs, metered once.
    function test_RemovedVault_WithdrawsEverything() public {
        _remove();
        assertGt(marginOf(maker), 0);
        skip(1 days + 1);
        setPrice(START_PRICE);
        uint256 total = shq.totalAssets();
        (uint256 available,) = d.breaker.available(address(usd));
        assertLt(available, total);
        uint256 part = shq.balanceOf(lp) * available / total;
        vm.prank(lp);
        uint256 paid = shq.withdraw(part);
        (,, int256 left,) = d.breaker.windowOf(address(usd));
        assertApproxEqAbs(uint256(left), available - paid, 1, "metered once");
        vm.prank(owner());
        d.breaker.acceptOwnership();
        vm.prank(owner());
        d.breaker.removeLimit(address(usd));
        uint256 shares = shq.balanceOf(lp);
        assertEq(shq.maxRedeem(lp), shares);
        vm.prank(lp);
        paid += shq.withdraw(shares);
        assertApproxEqAbs(paid, total, 2);
        assertEq(shq.totalSupply(), 0);
        assertLt(marginOf(maker), 1e12);
    }

    /// @dev A rebalance would transfer margin out of the Vault and be metered there. It reverts, so that strangers
    /// cannot consume the outflow limit. Withdrawals transfer as much as they need.
    function test_T29_RemovedVault_RevertIf_Rebalanced() public {
        _remove();
        skip(1 days + 1);
        setPrice(1600e18);
        (uint256 available,) = d.breaker.available(address(usd));
        assertEq(shq.getHedge().toMoveXCD, 0);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotMaker.selector, maker, market));
        vm.prank(stranger);
        shq.rebalance();
        (uint256 left,) = d.breaker.available(address(usd));
        assertEq(left, available);
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    /// @dev A deleveraged taker leaves the maker flat, with all of its margin, and the maker is removed.
    function _remove() private {
        deleverageBob();
        vm.startPrank(owner());
        house.retireMaker(maker);
        house.removeMaker(maker);
        vm.stopPrank();
        assertFalse(positionOf(maker).isMaker);
    }

    function _assertAvailable(uint256 expected) private view {
        (uint256 available,) = d.breaker.available(address(usd));
        assertEq(available, expected);
    }
}
