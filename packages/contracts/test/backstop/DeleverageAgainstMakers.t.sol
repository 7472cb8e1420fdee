// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeleverageReason, IBackstop} from "../../src/interfaces/IBackstop.sol";
import {DeleverageTest} from "./DeleverageTest.sol";

/// @dev Makers without a hedge are counterparties like takers, in the order of real profit over notional.
contract BackstopDeleverageAgainstMakersTest is DeleverageTest {
    function test_AgainstAMaker_AtTheBankruptcyPrice() public {
        _bankruptLong();
        vm.expectEmit(address(backstop));
        // 300 of 1,700 of profit.
        emit IBackstop.Deleveraged(
            market, alice, maker, 100e18, 1800e18, DeleverageReason.Profit, uint256(30_000e18) * 1e18 / 170_000e18, 1
        );
        assertEq(deleverage(alice), 100e18);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(maker), 0);
        assertEq(marginOf(maker), 1_020_000e18);
        assertEq(stub.forcedBase(), 100e18);
        assertEq(stub.forcedQuote(), -180_000e18);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_Short_AtTheBankruptcyPrice() public {
        short(alice, 20_000 * USD, 100e18);
        jump(2300e18);
        assertEq(deleverage(alice), 100e18);
        assertFlatAndEmpty(alice);
        assertEq(marginOf(maker), 1_020_000e18, "at 2,200");
        assertEq(stub.forcedBase(), -100e18);
        assertEq(stub.forcedQuote(), 220_000e18);
        assertLaws();
    }

    function test_MakersByProfit_InAnyOrderOfTheList() public {
        addMargin(alice, 24_100 * USD);
        buy(alice, address(om), 60e18);
        buy(alice, maker, 60e18);
        long(bob, 20_000 * USD, 60e18);
        jump(1700e18);
        // The OracleMaker sold above 2,000, the stub at 2,000.
        assertEq(deleverage(alice, _two(maker, address(om))), 120e18);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(address(om)), 0, "first");
        assertEq(sizeOf(maker), -60e18, "second");
        assertLaws();
    }

    function test_MakersAndTakersByProfit() public {
        long(alice, 20_000 * USD, 100e18);
        addMargin(bob, 20_000 * USD);
        stub.setPrice(2050e18);
        sell(bob, maker, 30e18);
        jump(1700e18);
        deleverage(alice, _two(maker, bob));
        assertEq(sizeOf(bob), 0, "sold at 2,050");
        assertEq(sizeOf(maker), 0);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_MakerNotInProfitAtTheBankruptcyPrice_IsSkipped() public {
        _bankruptLong();
        // The stub's average entry falls below 1,800, so that its short would realise a loss there.
        addMargin(bob, 100_000 * USD);
        buy(bob, maker, 240e18);
        assertLt(positionOf(maker).openNotional.unwrap(), 340 * 1800e18);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice);
    }
}
