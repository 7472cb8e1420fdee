// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";

/// @dev T12: the second source has the price before the attack.
contract MovedReferenceMarketTest is SecondSourceTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.feed.maxDeviation = 5_000;
    }

    /// @dev T12: the attacker moves the market that the first source follows, opens the largest position at the moved
    /// price, which its fills do not move, and moves the market back.
    function testFuzz_T12_MovedReferenceMarketEarnsNothing(uint256 price, uint256 size) public {
        price = boundPrice(price, 1500e18, 2600e18);
        size = boundSize(size, 1e15, 489e18);
        addMargin(alice, 1_000_000 * USD);
        addMargin(bob, 20_000 * USD);
        buy(bob, address(om), 10e18);
        (int256 before, int256 victim, uint256 share) = (valueOf(alice), valueOf(bob), om.sharePrice());
        int256 paid = _move(price);
        bool isLow = price < START_PRICE;
        vm.prank(alice);
        try house.trade(order(alice, address(om), !isLow, !isLow, size)) {}
        catch (bytes memory reason) {
            assertEq(bytes4(reason), IPriceOracle.SourcesDisagree.selector);
        }
        paid += _move(START_PRICE);
        if (sizeOf(alice) != 0) close(alice, address(om));
        // A difference of the sources within their limit bounds the gain. Moving the pool and moving it back costs the
        // pool's fee.
        int256 tolerated = int256(size * START_PRICE / 1e18) * 5_000 / 1e6 + 1e18;
        int256 deviation = int256(isLow ? START_PRICE - price : price - START_PRICE) * 1e6 / int256(START_PRICE);
        int256 gained = valueOf(alice) - before;
        if (deviation > 5_100) {
            assertLe(gained - paid, 0, "the attacker gained");
            assertEq(gained, 0, "the attacker traded");
            assertGe(om.sharePrice(), share, "LPs paid");
        } else {
            assertLe(gained, tolerated, "more than the sources may differ by");
        }
        assertEq(valueOf(bob), victim, "the victim paid");
    }

    /// @dev Moves the pool, and the first source with it. Returns the cost at the price before, WAD.
    function _move(uint256 price) private returns (int256) {
        (int256 a0, int256 a1) = spot.moveTo(price);
        (int256 base, int256 quote) = spot.baseIsToken0() ? (a0, a1) : (a1, a0);
        skip(1);
        setPrice(price);
        second.push(2000e8, timestamp());
        return base * 2000 + quote * 1e12;
    }
}
