// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {CollateralFeedFixture} from "../oracle/CollateralFeedFixture.sol";

/// @dev T37: base and collateral fell together, and a liquidator stored the base's price alone. The quotient was 5% too
/// low for up to a minute.
contract LiquidatedAtHalfACompositeTest is CollateralFeedFixture {
    /// @dev Alice is long 100 with 21,000. At 1,900 half of her position was taken over, for 4,750 less than its value
    /// and a penalty beside it.
    function test_T37_Liquidation_AtOneHalfOfAComposite_CostsTheTakerNothing() public {
        addMargin(alice, 21_000 * USD);
        addMargin(bob, 500_000 * USD);
        buy(alice, address(om), 100e18);
        int256 before = marginOf(alice) + positionOf(alice).openNotional.unwrap();
        int256 bobBefore = marginOf(bob);
        skip(30);
        setPrice(1900e18);
        LiquidationParams memory p = LiquidationParams(market, alice, bob, address(0), type(uint256).max, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PartsApart.selector, START + 1, timestamp(), uint256(10)));
        vm.prank(bob);
        house.liquidate(p);
        // Both parts have fallen: the price is 2,000, and Alice is healthy.
        publish(1900e8, 0, 0.95e8, 0);
        assertEq(priceNow(), 2000e18);
        vm.expectRevert();
        vm.prank(bob);
        house.liquidate(p);
        assertEq(sizeOf(alice), 100e18);
        assertEq(marginOf(alice) + positionOf(alice).openNotional.unwrap(), before, "victim");
        assertEq(marginOf(bob), bobBefore, "attacker");
    }

    /// @dev T37: the same half would have let an owner of a short position withdraw margin that it needs.
    function test_T37_Withdrawal_AtOneHalfOfAComposite_FreesNothing() public {
        addMargin(alice, 22_000 * USD);
        sell(alice, address(om), 100e18);
        uint256 fund = vault.fundOf(alice);
        skip(30);
        setPrice(1900e18);
        vm.expectPartialRevert(IPriceOracle.PartsApart.selector);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 2_000 * USD);
        assertEq(vault.fundOf(alice), fund);
    }
}
