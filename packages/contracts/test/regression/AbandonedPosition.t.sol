// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T22, T35: positions that a taker abandons.
contract AbandonedPositionTest is LadderTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.oracleMaker.maxAbsPosition = 60e18;
    }

    /// @dev T22: an abandoned position cannot be closed against an LP vault beyond its cap. The LP vault takes its part
    /// at its own price, so that its LPs lose nothing.
    function test_T22_MakerTakesOverUpToItsCapAtItsOwnPrice() public {
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
        assertGe(om.sharePrice(), share, "LPs lost value");
        assertGe(valueOf(keeper), before, "the liquidator lost value");
        assertLaws();
    }

    /// @dev T35: two accounts of one owner trade at the worst price of the band, and the loser is abandoned when the
    /// market moves against it. L6 covers a move by less than the initial margin: the price of the trade has taken
    /// nothing out of that margin.
    function testFuzz_T35_AbandonedLoserCostsInsuranceNothing(uint256 tradePrice, uint256 later) public {
        tradePrice = boundExactPrice(tradePrice, 1900e18, 2100e18);
        later = boundPrice(later, 1800e18, 2000e18);
        donate(50_000 * USD);
        int256 fundOf_ = insurance();
        addMargin(alice, 30_000 * USD);
        // The other account is the stub, which trades at any price.
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
