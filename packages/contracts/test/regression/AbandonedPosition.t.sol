// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T22, T35: what a taker abandons.
contract AbandonedPositionTest is LadderTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.oracleMaker.maxAbsPosition = 60e18;
    }

    /// @dev T22: a position that nobody wants is not pushed into an LP vault beyond its cap, and what of it the vault does
    /// take is taken at the vault's own price, so that its LPs lose nothing by taking it.
    function test_T22_MakerInheritsNoMoreThanItsCapAndAtItsPrice() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        uint256 share = om.sharePrice();
        LiquidationParams memory p = params(alice, address(om));
        p.amount = 61e18;
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 61e18, 60e18));
        liquidateAs(keeper, p);
        int256 before = valueOf(keeper);
        p.amount = 50e18;
        liquidateAs(keeper, p);
        assertEq(sizeOf(address(om)), 50e18);
        assertGe(om.sharePrice(), share, "LPs paid for a position that was pushed at them");
        assertGe(valueOf(keeper), before, "a liquidator is not out of pocket");
        assertLaws();
    }

    /// @dev T35: two accounts of one owner trade at the worst price that the band lets through, and the loser is left to
    /// its fate when the market moves against it. A move by less than the initial margin is what L6 is to bear: whatever
    /// the price of the trade, nothing has been taken out of that margin.
    function testFuzz_T35_AbandonedLoserCostsInsuranceNothing(uint256 tradePrice, uint256 later) public {
        tradePrice = bound(tradePrice, 1900e18, 2100e18);
        later = bound(later, 1800e18, 2000e18) / 1e10 * 1e10;
        donate(50_000 * USD);
        int256 fundOf_ = insurance();
        addMargin(alice, 30_000 * USD);
        // The other account is the one that trades at whatever price it is told.
        int256 before = valueOf(alice) + valueOf(maker);
        uint256 shares = om.sharePrice();
        stub.setPrice(tradePrice);
        buy(alice, maker, 100e18);
        assertGe(valueOf(alice), 20_000e18, "L6: initial margin of 200,000");
        jump(later);
        if (valueOf(alice) < int256(later * 100 * 62_500 / 1e6)) takeOver(alice);
        assertLe(valueOf(alice) + valueOf(maker), before, "the attacker gained");
        assertGe(insurance(), fundOf_, "insurance paid");
        assertGe(om.sharePrice(), shares, "LPs paid");
        assertLaws();
    }
}
