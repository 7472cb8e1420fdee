// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IOrderTimes} from "../../src/interfaces/IOrderTimes.sol";
import {LpQueue} from "../../src/makers/lp/LpQueue.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev T59: after the end of the whitelist, an account deposited into a flat OracleMaker at once, let a visible order fill,
/// and withdrew: +1,748 on a million within seconds. A request that lived for one second was a free option.
contract LiquidityAroundAVisibleOrderTest is LpRequestVaultTest {
    constructor() LpRequestVaultTest(MakerKind.Oracle) {}

    function setUp() public override {
        super.setUp();
        setRequestFee(0);
        vm.prank(owner());
        maker.endWhitelist();
    }

    /// @dev The order pays its premium to the LP that was there, and nothing to the account that has seen it.
    function test_T59_DepositBeforeAVisibleOrder_IsRefused() public {
        token.mint(carol, 1_000_000 * USD);
        bytes memory refusal = abi.encodeWithSelector(ILpVault.UseRequest.selector, address(requests), 0);
        vm.startPrank(carol);
        token.approve(address(maker), type(uint256).max);
        vm.expectRevert(refusal);
        maker.deposit(1_000_000 * USD);
        vm.stopPrank();
        assertEq(maker.maxDeposit(carol), 0);
        addMargin(alice, 300_000 * USD);
        buy(alice, address(om), 490e18);
        close(alice, address(om));
        assertGt(maker.totalAssets(), 1_002_000 * USD, "the whole premium stays with the LP");
        assertEq(token.balanceOf(carol), 1_000_000 * USD);
        // Nor can an LP leave a flat maker before an order that it expects to win.
        vm.prank(lp);
        vm.expectRevert(refusal);
        maker.withdraw(1e18);
        assertEq(maker.maxRedeem(lp), 0);
    }

    /// @dev A deposit request of the same moment becomes due no earlier than the order.
    function test_T59_RequestOfOneSecond_IsRefused() public {
        token.mint(carol, 1_000_000 * USD);
        uint256 due = START + DELAY;
        vm.deal(carol, 1 ether);
        vm.prank(carol);
        vm.expectRevert(
            abi.encodeWithSelector(LpRequestVault.InvalidExpiry.selector, due + 1, due + VALIDITY, due + VALIDITY)
        );
        requests.requestDeposit{value: KEEPER_FEE}(1_000_000 * USD, carol, carol, 0, due + 1);
    }

    /// @dev Neither the rules of requests nor those of a gateway can break the relation.
    function test_T59_Rules_RequestsWaitAsLongAsOrders() public {
        assertEq(requests.minLifetime(), DELAY + VALIDITY);
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(LpQueue.DelayBelowOrders.selector, 2, address(gateway), 3));
        requests.setRules(LpQueue.Rules(2, 60, 0));
        vm.expectRevert(abi.encodeWithSelector(LpQueue.LifetimeBelowOrders.selector, 62, address(gateway), 63));
        requests.setRules(LpQueue.Rules(3, 59, 0));
        vm.expectRevert(abi.encodeWithSelector(LpQueue.DelayBelowOrders.selector, 3, address(gateway), 4));
        gateway.setRules(market, orderRules(4, 10, 60, 0.0001 ether));
        vm.expectRevert(abi.encodeWithSelector(LpQueue.LifetimeBelowOrders.selector, 63, address(gateway), 64));
        gateway.setRules(market, orderRules(3, 10, 61, 0.0001 ether));
        // Requests first, orders second.
        requests.setRules(LpQueue.Rules(5, 60, 0));
        shbRequests.setRules(LpQueue.Rules(5, 60, 0));
        gateway.setRules(market, orderRules(4, 10, 60, 0.0001 ether));
        assertEq(requests.minLifetime(), 64);
        vm.stopPrank();
    }

    /// @dev A request vault without gateways takes no requests.
    function test_T59_WithoutGateways_NoRequests() public {
        LpRequestVault fresh = new LpRequestVault(maker, owner());
        vm.prank(owner());
        fresh.setRules(LpQueue.Rules(3, 60, 0));
        token.mint(carol, 1);
        vm.startPrank(carol);
        token.approve(address(fresh), 1);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NotConfigured.selector));
        fresh.requestDeposit(1, carol, carol);
        vm.stopPrank();
        IOrderTimes[] memory gateways = new IOrderTimes[](1);
        gateways[0] = gateway;
        vm.prank(owner());
        fresh.setGateways(gateways);
        assertEq(fresh.minLifetime(), 63);
        assertEq(address(fresh.gateways()[0]), address(gateway));
    }
}
