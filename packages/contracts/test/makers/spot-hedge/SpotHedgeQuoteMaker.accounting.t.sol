// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {console} from "forge-std/Test.sol";
import {Position} from "../../../src/types/Position.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev The table of docs/spot-hedge-quote-maker.md: one step of each kind, and the whole state of the quote vault
/// after it.
contract SpotHedgeQuoteMakerAccountingTest is SpotHedgeQuoteMakerTest {
    /// @dev Quote in cents, base in whole units.
    struct Line {
        int256 balance;
        int256 baseHeld;
        int256 size;
        int256 openNotional;
        int256 margin;
        int256 total;
    }

    uint256 private _price = START_PRICE;

    function test_Accounting_OneStepOfEachKind() public {
        buy(alice, maker, 100e18);
        _expect("1. taker buys 100 at 2000", Line(69_969_964, 100, -100, 20_030_035, 10_000_000, 100_000_000));
        _move(2200e18);
        _expect("2. the price rises to 2200", Line(69_969_964, 100, -100, 20_030_035, 10_000_000, 100_000_000));
        vm.prank(keeper);
        shq.rebalance();
        _expect("3. rebalance", Line(66_999_703, 100, -100, 20_030_035, 12_969_964, 99_999_703));
        sell(alice, maker, 40e18);
        spot.moveTo(_price);
        _expect("4. taker sells 40", Line(80_199_703, 60, -60, 12_018_021, 7_781_978, 99_999_703));
        skip(60);
        _move(1800e18);
        vm.prank(keeper);
        shq.rebalance();
        _expect("5. the price falls to 1800, rebalance", Line(82_581_443, 60, -60, 12_018_021, 5_400_000, 99_999_464));
        close(alice, maker);
        _expect("6. taker closes the rest", Line(99_999_464, 0, 0, 0, 0, 99_999_464));
    }

    function _move(uint256 price) private {
        _price = price;
        movePrice(price);
    }

    function _expect(string memory name, Line memory expected) private view {
        Position memory p = positionOf(maker);
        Line memory line = Line({
            balance: int256(uint256(shq.assetBalance())) / 1e4,
            baseHeld: int256(uint256(shq.baseBalance())) / 1e18,
            size: p.size.unwrap() / 1e18,
            openNotional: p.openNotional.unwrap() / 1e16,
            margin: p.margin.unwrap() / 1e16,
            total: vaultValue(_price) / 1e16
        });
        console.log(name);
        console.log("  balance %s, base %s", vm.toString(line.balance), vm.toString(line.baseHeld));
        console.log("  open notional %s, margin %s", vm.toString(line.openNotional), vm.toString(line.margin));
        console.log("  total %s", vm.toString(line.total));
        assertEq(abi.encode(line), abi.encode(expected), name);
    }
}
