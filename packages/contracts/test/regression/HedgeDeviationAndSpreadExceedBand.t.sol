// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Hedge deviation and spread multiply. Their product could exceed the price band.
contract HedgeDeviationAndSpreadExceedBandTest is ExchangeTest {
    function test_SetParameters_RevertIf_DeviationTimesSpreadExceedsTheBand() public {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.maxHedgeDeviation = 25_000;
        p.spread = 24_999;
        vm.prank(owner());
        // (1.05 / 1.025 - 1) in parts per million
        vm.expectRevert(abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 24_999, 0, 24_390));
        shb.setParameters(p);
    }
}
