// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {LiquidationParams, RuleParams} from "../../src/interfaces/IClearingHouse.sol";
import {NotEnoughGas} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";

/// @dev A living second source looked dead to whoever brought too little gas to ask it.
contract StarvedSettlementTest is LadderTest, SecondSourceTest {
    function setUp() public override(ExchangeTest, LadderTest) {
        super.setUp();
    }

    function config() internal override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory) {
        return super.config();
    }

    function test_T18_ALivingSecondSourceCannotBeStarved() public {
        skip(3 days + 1);
        second.push(3000e8, timestamp());
        for (uint256 gas = 50_000; gas < 3_000_000; gas += 50_000) {
            (bool announced,) = address(backstop).call{gas: gas}(abi.encodeCall(backstop.announceSettlement, (market)));
            assertFalse(announced);
        }
        // Without the second source it is dead, and says so only to those who bring enough.
        second.push(3000e8, timestamp() - 3601);
        (bool success, bytes memory reason) =
            address(backstop).call{gas: 1_000_000}(abi.encodeCall(backstop.announceSettlement, (market)));
        assertFalse(success);
        assertEq(bytes4(reason), NotEnoughGas.selector);
    }
}

/// @dev Small accounts were made to collect the bounty: it paid more than they had to lose.
contract BountyFarmTest is LadderTest {
    function test_T30_DustTakenOver_EarnsLessThanItsMargin() public {
        donate(1000 * USD);
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

    function test_T30_APairOfMinimumPositions_EarnsAPenaltyAtMost() public {
        RuleParams memory rules = currentRules();
        rules.minPositionValue = 10e18;
        setRules(rules);
        donate(1000 * USD);
        long(alice, 1_100_000, 0.0051e18);
        short(bob, 1_100_000, 0.0051e18);
        jump(1780e18);
        int256 before = insurance();
        LiquidationParams memory p = params(alice, address(0));
        p.liquidator = bob;
        liquidateAs(bob, p);
        // The shortfall of 0.02 and 2.5% of nine.
        assertLt(before - insurance(), 0.26e18);
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
