// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deploy, DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {DeployTest} from "./DeployTest.sol";

/// @dev The circuit breaker of a deployment.
contract DeployBreakerTest is DeployTest {
    function test_Deploy_NoBreakerUnlessConfigured() public {
        Deployment memory e = _deploy(0, 0);
        assertEq(address(e.breaker), address(0));
        assertEq(address(e.vault.breaker()), address(0));
    }

    function test_Deploy_RevertIf_TheBreakersWindowIsTooShort() public {
        DeployConfig memory c = config();
        (c.breakerWindow, c.breakerMaxOutflow) = (59, 100_000);
        vm.expectRevert(abi.encodeWithSelector(CircuitBreaker.WindowOutOfRange.selector, 59, 60, 30 days));
        script.deploy(c, address(script));
    }

    /// @dev Hourly limits: a tenth of the collateral and a twentieth of the base.
    function test_Deploy_BreakerLimitsCollateralAndBase() public {
        DeployConfig memory c = config();
        (c.owner, c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) =
        (address(script), 1 hours, 100_000, 50_000);
        Deployment memory e = script.deploy(c, address(script));
        _checkLimit(e, c.collateral, address(e.vault), 100_000);
        _checkLimit(e, c.base, address(e.spotHedgeBaseMaker), 50_000);

        weth.mint(lp, 100e18);
        vm.startPrank(lp);
        weth.approve(address(e.spotHedgeBaseMaker), 100e18);
        e.spotHedgeBaseMaker.deposit(100e18);
        // Deposits of a window may leave during it. The next window measures them.
        skip(1 hours + 1);
        uint256 shares = e.spotHedgeBaseMaker.totalSupply();
        vm.expectRevert(
            abi.encodeWithSelector(
                ICircuitBreaker.OutflowLimitExceeded.selector, weth, 6e18, 5e18, timestamp() + 1 hours
            )
        );
        e.spotHedgeBaseMaker.withdraw(shares * 6 / 100);
        assertEq(e.spotHedgeBaseMaker.withdraw(shares * 5 / 100), 5e18);
        vm.stopPrank();
    }

    function test_Deploy_BreakerLimitsConfiguredAssetsOnly() public {
        DeployConfig memory c = config();
        (c.breakerWindow, c.breakerMaxBaseOutflow) = (1 hours, 50_000);
        Deployment memory e = script.deploy(c, address(script));
        assertEq(e.breaker.limitOf(c.collateral).window, 0);
        _checkLimit(e, c.base, address(e.spotHedgeBaseMaker), 50_000);
    }

    function test_Deploy_BreakerCountsTheBaseOfBothHedgedVaults() public {
        DeployConfig memory c = config();
        (c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (1 hours, 100_000, 50_000);
        c.spotHedgeQuoteMaker = script.readConfig(_json(QUOTE_VAULT)).spotHedgeQuoteMaker;
        Deployment memory e = script.deploy(c, address(script));
        address[] memory holders = e.breaker.holdersOf(c.base);
        assertEq(holders.length, 2);
        assertEq(holders[0], address(e.spotHedgeBaseMaker));
        assertEq(holders[1], address(e.spotHedgeQuoteMaker));
        holders = e.breaker.holdersOf(c.collateral);
        assertEq(holders[0], address(e.vault));
        assertEq(holders[1], address(e.spotHedgeQuoteMaker));
    }

    function test_Deploy_RevertIf_BreakerLimitsHaveNoWindow() public {
        DeployConfig memory c = config();
        (c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (0, 50_000);
        vm.expectRevert(abi.encodeWithSelector(Deploy.LimitsWithoutWindow.selector, 0, 50_000));
        script.deploy(c, address(script));
        (c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (100_000, 0);
        vm.expectRevert(abi.encodeWithSelector(Deploy.LimitsWithoutWindow.selector, 100_000, 0));
        script.deploy(c, address(script));
    }

    function _checkLimit(Deployment memory e, address asset, address holder, uint24 maxOutflow) private view {
        assertTrue(e.breaker.isProtected(holder));
        address[] memory holders = e.breaker.holdersOf(asset);
        assertEq(holders.length, 1);
        assertEq(holders[0], holder);
        assertEq(e.breaker.limitOf(asset).window, 1 hours);
        assertEq(e.breaker.limitOf(asset).maxOutflow, maxOutflow);
        assertEq(e.breaker.limitOf(asset).minimum, 0);
    }
}
