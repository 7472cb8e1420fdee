// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {DeleverageTest} from "./DeleverageTest.sol";

/// @dev Takers that the caller names are counterparties.
contract BackstopDeleverageAgainstTakersTest is DeleverageTest {
    function test_RevertIf_NoTakerIsNamed() public {
        _bankruptLongAgainstBob();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice, new address[](0));
    }

    function test_AgainstATaker() public {
        _bankruptLongAgainstBob();
        assertEq(deleverage(alice, bob), 100e18);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(bob), 0);
        assertEq(marginOf(bob), 40_000e18);
        assertLaws();
    }

    /// @dev T44: an order to close of either account that finds less to reduce afterwards did not fail by its taker.
    function test_T44_RecordsWhatItTook() public {
        _bankruptLongAgainstBob();
        deleverage(alice, bob);
        assertEq(backstop.deleveragedSince(market, alice, timestamp() - 1), 100e18);
        assertEq(backstop.deleveragedSince(market, bob, timestamp() - 1), 100e18);
        assertEq(backstop.deleveragedSince(market, bob, timestamp()), 0);
        assertEq(backstop.deleveragedSince(market, maker, 0), 0);
    }

    function test_ProfitIsJudgedAtTheBankruptcyPrice() public {
        _bankruptLongAgainstBobAt(1799e18);
        assertEq(valueOf(bob), 59_900e18, "in profit now");
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice, bob);
    }

    /// @dev A taker whose entry price is the bankruptcy price realises nothing, and is a counterparty.
    function test_ProfitOfZeroAtTheBankruptcyPrice() public {
        _bankruptLongAgainstBobAt(1800e18);
        deleverage(alice, bob);
        assertEq(marginOf(bob), 50_000e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_SameSideStrangersDuplicatesAndMakersAreSkipped() public {
        _bankruptLongAgainstBob();
        long(carol, 20_000 * USD, 1e18);
        // The stub is short 1 at 1,700 now.
        address[] memory list = new address[](7);
        (list[0], list[1], list[2], list[3]) = (carol, stranger, alice, maker);
        (list[4], list[5], list[6]) = (bob, bob, bob);
        assertEq(deleverage(alice, list), 100e18);
        assertEq(sizeOf(carol), 1e18);
        assertEq(sizeOf(maker), -1e18);
        assertEq(sizeOf(bob), 0);
        assertEq(marginOf(bob), 40_000e18, "once");
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_Partial_WhenCounterpartiesAreTooSmall() public {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 30e18);
        short(carol, 20_000 * USD, 70e18);
        jump(1700e18);
        donate(1000 * USD);
        assertEq(deleverage(alice, bob), 30e18);
        assertEq(sizeOf(alice), 70e18);
        assertEq(valueOf(alice), -7000e18, "the bankruptcy price does not change");
        assertEq(marginOf(bob), 26_000e18);
        assertEq(deleverage(alice, _two(bob, carol)), 70e18);
        assertFlatAndEmpty(alice);
        assertEq(marginOf(carol), 34_000e18);
        assertEq(insurance(), 1000e18);
        assertLaws();
    }

    function test_CounterpartyIsLargerThanTheAccount() public {
        long(alice, 10_000 * USD, 50e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
        deleverage(alice, bob);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(bob), -50e18);
        assertEq(marginOf(bob), 30_000e18);
        assertEq(valueOf(bob), 45_000e18);
        assertLaws();
    }

    /// @dev Bob is in profit at 1,800, but the rest of his position would be below maintenance.
    function test_CounterpartyIsSkippedIfItWouldEndBelowMaintenance() public {
        long(alice, 10_000 * USD, 50e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
        // Bob buys 10 back at a price that leaves him little more than maintenance.
        stub.setPrice(5700e18);
        buy(bob, maker, 10e18);
        jump(1750e18);
        assertLt(valueOf(bob), 9843.75e18);
        assertGt(valueOf(bob), 0);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice, bob);
    }

    function testFuzz_AccountEndsWithNothing_CounterpartiesWithTheirProfit(
        uint256 size,
        uint256 first,
        uint256 margin,
        uint256 price,
        bool isLong
    ) public {
        size = boundSize(size, 1e15, 400e18);
        first = boundSize(first, 1e14, size - 1e14);
        uint256 least = size * 200 / 1e12 + 1;
        margin = boundAmountXCD(margin, least, least * 2);
        price = isLong ? boundPrice(price, 100e18, 1590e18) : boundPrice(price, 2410e18, 20_000e18);
        if (isLong) long(alice, margin, size);
        else short(alice, margin, size);
        addMargin(bob, 1_000_000 * USD);
        addMargin(carol, 1_000_000 * USD);
        isLong ? sell(bob, maker, first) : buy(bob, maker, first);
        isLong ? sell(carol, maker, size - first) : buy(carol, maker, size - first);
        jump(price);
        deleverage(alice, _two(bob, carol));
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(bob), 0);
        assertEq(sizeOf(carol), 0);
        // Bob and Carol receive Alice's margin in proportion to size.
        int256 won = marginOf(bob) + marginOf(carol) - 2_000_000e18;
        assertEq(won, int256(margin * 1e12), "exactly her margin");
        assertApproxEqAbs(marginOf(bob) - 1_000_000e18, int256(margin * 1e12 * first / size), 2);
        assertLaws();
    }

    /// @dev T53: with the hooks of twelve makers and of a bankrupt maker, the largest call needs less than the gas that a
    /// transaction can have (EIP-7825).
    function test_T53_LargestCall_FitsInATransaction() public {
        uint256 count = backstop.MAX_COUNTERPARTIES();
        address[] memory list = new address[](count);
        long(alice, 1000 * USD + count * 2000 * USD, count * 10e18);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = address(uint160(0xacc0 + i));
            accounts.push(list[i]);
            fund(list[i], 4000 * USD);
            short(list[i], 4000 * USD, 10e18);
        }
        jump(1700e18);
        RuleParams memory rules = currentRules();
        (rules.liquidationBounty, rules.tradingFee) = (1000e18, 100);
        setRules(rules);
        uint256 gasBefore = gasleft();
        assertEq(deleverage(alice, list), count * 10e18);
        uint256 used = gasBefore - gasleft();
        assertEq(marginOf(stranger), int256(count) * 1.7e18, "each paid a reward");
        assertLt(used + (count + 1) * backstop.HOOK_GAS(), 2 ** 24);
        assertLaws();
    }

    /// @dev T9, T22: an insolvent maker is closed against the accounts that are in profit.
    function test_T9_InsolventOracleMaker_IsDeleveragedAgainstTheWinner() public {
        addMargin(alice, 200_000 * USD);
        buy(alice, address(om), 500e18);
        jump(4100e18);
        int256 poolMargin = marginOf(address(om));
        assertLt(valueOf(address(om)), 0);
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(address(om));
        deleverage(address(om), alice);
        assertFlatAndEmpty(address(om));
        assertEq(sizeOf(alice), 0);
        assertEq(marginOf(alice), 200_000e18 + poolMargin, "the maker's whole margin");
        assertLaws();
    }

    /// @dev Alice is long 100 from 2,000. Bob is short 100 from `entry`, against the stub.
    function _bankruptLongAgainstBobAt(uint256 entry) private {
        long(alice, 20_000 * USD, 100e18);
        jump(entry);
        addMargin(bob, 50_000 * USD);
        sell(bob, maker, 100e18);
        jump(1700e18);
    }
}
