// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {LadderTest} from "../utils/LadderTest.sol";

/// @dev T30: small accounts were opened to collect the bounty, which exceeded their margin.
contract BountyExceedsPenaltyTest is LadderTest {
    function test_T30_DustTakenOver_EarnsLessThanItsMargin() public {
        donate(1000 * USD);
        setRule(Rule.TradingFee, 100);
        long(alice, 21 * USD, 0.1e18);
        jump(1850e18);
        for (uint256 i = 0; i < 10; ++i) {
            _dust(_sybil(i));
        }
        jump(1600e18);
        int256 before = insurance();
        addMargin(carol, 1 * USD);
        for (uint256 i = 0; i < 10; ++i) {
            LiquidationParams memory p = params(_sybil(i), address(0));
            p.liquidator = carol;
            liquidateAs(carol, p);
        }
        // Ten accounts of 0.0002 each.
        assertLt(before - insurance(), 0.002e18);
    }

    function test_T30_APairOfMinimumPositions_EarnsATradingFeeAtMost() public {
        setMinPositionValue(10e18);
        donate(1000 * USD);
        setRule(Rule.TradingFee, 100);
        long(alice, 1_100_000, 0.0051e18);
        short(bob, 1_100_000, 0.0051e18);
        jump(1780e18);
        int256 before = insurance();
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = bob;
        liquidateAs(bob, p);
        // The shortfall of 0.023, and 0.01% of 9.
        assertLt(before - insurance(), 0.025e18);
    }

    function _sybil(uint256 i) private returns (address) {
        return makeAddr(string(abi.encode("sybil", i)));
    }

    function _dust(address account) private {
        fund(account, 200);
        vm.startPrank(account);
        vault.transferFundToMargin(market, account, 200);
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = account;
        p.amount = 1e12;
        house.liquidate(p);
        vm.stopPrank();
        assertEq(sizeOf(account), 1e12);
    }
}
