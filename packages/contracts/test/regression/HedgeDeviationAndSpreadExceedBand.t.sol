// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SpotHedgeBaseMaker} from "../../src/makers/SpotHedgeBaseMaker.sol";
import {LpVault} from "../../src/makers/lp/LpVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev doc
contract HedgeDeviationAndSpreadExceedBandTest is ExchangeTest {
    /// @dev Deviation and spread multiply: together they must fit the band.
    function test_SetParameters_RevertIf_DeviationAndSpreadCompoundPastTheBand() public {
        SpotHedgeBaseMaker.Parameters memory p = shb.parameters();
        p.maxHedgeDeviation = 25_000;
        p.spread = 24_999;
        vm.prank(owner());
        // (1.05 / 1.025 - 1) in parts per million
        vm.expectRevert(abi.encodeWithSelector(LpVault.RatioOutOfRange.selector, 24_999, 0, 24_390));
        shb.setParameters(p);
    }
}
