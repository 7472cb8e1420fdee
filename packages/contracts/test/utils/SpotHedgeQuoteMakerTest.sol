// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {MakerKind} from "./MakerKind.sol";
import {SpotHedgeMakerTest} from "./SpotHedgeMakerTest.sol";

/// @dev A quote vault, and the actions of its keepers.
abstract contract SpotHedgeQuoteMakerTest is SpotHedgeMakerTest(MakerKind.SpotHedgeQuote) {
    /// @dev Announces and executes at `price`, 3 seconds later.
    function deleverage(uint256 price) internal returns (uint256 base) {
        vm.prank(keeper);
        shq.announceDeleverage();
        skip(3);
        bytes[] memory update = executionUpdate(price, timestamp());
        vm.prank(keeper);
        return shq.deleverage(address(om), update);
    }

    /// @dev Bob takes over as much of the quote vault's position as liquidation allows.
    function takeOver() internal returns (uint256 base) {
        vm.prank(bob);
        (base,) = house.liquidate(takeOverParams());
    }

    function takeOverParams() internal view returns (LiquidationParams memory) {
        return LiquidationParams(market, maker, bob, address(0), type(uint256).max, 0, 0);
    }

    /// @dev Bob's long is deleveraged against the quote vault, which is flat afterwards; the price is 1,600.
    function deleverageBob() internal {
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, quoteXCD(380_000e18));
        buy(bob, maker, 80e18);
        movePrice(1600e18);
        backstop.flagShortfall(market, bob);
        skip(1 hours);
        movePrice(1600e18);
        assertEq(backstop.deleverage(market, bob, house.makersOf(market)), 80e18);
        assertEq(sizeOf(maker), 0);
    }

    function setRules(IQuoteVault.QuoteRules memory rules) internal {
        vm.prank(owner());
        shq.setQuoteRules(rules);
    }
}
