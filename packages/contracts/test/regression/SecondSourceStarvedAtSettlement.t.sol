// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {NotEnoughGas} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";

/// @dev A working second source appeared dead when the caller brought too little gas to read it.
contract SecondSourceStarvedAtSettlementTest is LadderTest, SecondSourceTest {
    function setUp() public override(ExchangeTest, LadderTest) {
        super.setUp();
    }

    function config() internal override(ExchangeTest, SecondSourceTest) returns (DeployConfig memory) {
        return super.config();
    }

    function test_T18_SecondSource_CannotBeStarvedOfGas() public {
        skip(3 days + 1);
        second.push(3000e8, timestamp());
        for (uint256 gas = 50_000; gas < 3_000_000; gas += 50_000) {
            (bool announced,) =
                address(backstop).call{gas: gas}(abi.encodeCall(backstop.announceSettlement, (market, new bytes[](0))));
            assertFalse(announced);
        }
        // Without the second source the feed is dead, which a call with too little gas cannot establish.
        second.push(3000e8, timestamp() - 3601);
        (bool success, bytes memory reason) = address(backstop).call{gas: 1_000_000}(
            abi.encodeCall(backstop.announceSettlement, (market, new bytes[](0)))
        );
        assertFalse(success);
        assertEq(bytes4(reason), NotEnoughGas.selector);
    }
}
