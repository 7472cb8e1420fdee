// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {console} from "forge-std/Test.sol";
import {Position} from "../../src/types/Position.sol";
import {QuoteVaultTest} from "../utils/QuoteVaultTest.sol";

/// @dev The table of docs/spot-hedge-quote-maker.md: one step of each kind, everything that the vault has after it.
contract QuoteVaultAccountingTest is QuoteVaultTest {
    /// @dev In cents, the size in whole units.
    struct Line {
        int256 balance;
        int256 baseHeld;
        int256 size;
        int256 openNotional;
        int256 margin;
        int256 total;
    }

    uint256 private _price = START_PRICE;

    function test_OneStepOfEachKind() public {
        buy(alice, maker, 100e18);
        _expect("1. taker buys 100 at 2000", Line(69_970_020, 100, -100, 20_029_980, 10_000_000, 0));
        _move(2200e18);
        _expect("2. the price rises to 2200", Line(69_970_020, 100, -100, 20_029_980, 10_000_000, 0));
        vm.prank(keeper);
        shq.rebalance();
        _expect("3. rebalance", Line(0, 100, -100, 0, 0, 0));
        sell(alice, maker, 40e18);
        spot.moveTo(_price);
        _expect("4. taker sells 40", Line(0, 60, -60, 0, 0, 0));
        skip(60);
        _move(1800e18);
        vm.prank(keeper);
        shq.rebalance();
        _expect("5. the price falls to 1800, rebalance", Line(0, 60, -60, 0, 0, 0));
        close(alice, maker);
        _expect("6. taker closes the rest", Line(0, 0, 0, 0, 0, 0));
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
        expected;
    }
}
