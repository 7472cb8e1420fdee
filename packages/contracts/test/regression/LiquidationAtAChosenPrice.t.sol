// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T42: the liquidator closed an account of its own against the OracleMaker at a price of up to 60 seconds ago. Alice
/// is short by 45 at 2,000 with 9,000, and liquidatable at 2,100, which is stored. The market is at 2,180.
contract LiquidationAtAChosenPriceTest is LadderTest {
    function setUp() public override {
        super.setUp();
        short(alice, 9_000 * USD, 45e18);
        addMargin(bob, 10_500 * USD);
        sell(bob, address(shb), 45e18);
        jump(2100e18);
    }

    /// @dev LPs sold half of the position at 2,100: 22.5 x 80, less the premium and the reward's cost.
    function test_T42_OracleMaker_FillsAtAFreshPriceOnly() public {
        skip(11);
        int256[3] memory before = _values();
        uint256 storedAt = timestamp() - 11;
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.LiquidationPriceTooOld.selector, storedAt, storedAt + 1));
        closeAgainst(alice, address(om));
        int256[3] memory values = _values();
        assertEq(values[0], before[0], "attacker");
        assertEq(values[1], before[1], "LPs");
        assertEq(values[2], before[2], "insurance");
        // Once the market's price is stored, the LPs sell at it.
        jump(2180e18);
        closeAgainst(alice, address(om));
        assertGe(_values()[1], before[1], "LPs lose nothing");
    }

    function test_T42_OracleMaker_FillsAtAPriceOfTenSeconds() public {
        skip(10);
        (uint256 base,) = closeAgainst(alice, address(om));
        assertEq(base, 22.5e18);
    }

    /// @dev Other counterparties choose their price themselves: a maker that swaps takes the pool's, and a liquidator that
    /// takes over bears the price's age.
    function test_T42_OtherCounterparties_NeedNoFreshPrice() public {
        spot.moveTo(2100e18);
        skip(60);
        (uint256 base,) = takeOver(alice);
        assertEq(base, 22.5e18);
        (base,) = closeAgainst(bob, address(shb));
        assertGe(base, 22.5e18);
    }

    /// @dev Values of the attacker (liquidated account and liquidator), LPs and insurance at 2,180, WAD.
    function _values() private view returns (int256[3] memory values) {
        address[3] memory all = [alice, keeper, address(om)];
        for (uint256 i = 0; i < 3; ++i) {
            values[i == 2 ? 1 : 0] += marginOf(all[i]) + positionOf(all[i]).openNotional.unwrap() + sizeOf(all[i])
            * 2180;
        }
        values[2] = insurance();
    }
}
