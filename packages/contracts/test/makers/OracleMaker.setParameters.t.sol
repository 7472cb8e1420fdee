// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {OracleMakerTest} from "../utils/OracleMakerTest.sol";

contract OracleMakerSetParametersTest is OracleMakerTest {
    /// @dev Each parameter reverts at its own limit while the others keep their values.
    function test_SetParameters_RevertIf_OutOfRange() public {
        IOracleMaker.Parameters memory p = om.parameters();
        p.maxSpread = 1e6 + 1;
        _expectRefusal(p, abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 1e6 + 1, 0, 1e6));
        p.maxSpread = 50_001;
        _expectRefusal(p, abi.encodeWithSelector(IOracleMaker.PriceBandTooNarrow.selector, 50_001, 50_000));
        p = om.parameters();
        p.minMarginRatio = 99_999;
        _expectRefusal(p, abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 99_999, 100_000, 1e6));
        p.minMarginRatio = 1e6 + 1;
        _expectRefusal(p, abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 1e6 + 1, 100_000, 1e6));
        p = om.parameters();
        p.maxAbsPosition = 0;
        _expectRefusal(p, abi.encodeWithSelector(IOracleMaker.InvalidMaxAbsPosition.selector, 0));
        p = om.parameters();
        (p.confidenceFactor, p.maxConfidencePremium) = (10e6 + 1, 1);
        _expectRefusal(p, abi.encodeWithSelector(ILpVault.RatioOutOfRange.selector, 10e6 + 1, 0, 10e6));
        (p.confidenceFactor, p.maxConfidencePremium) = (1, 0);
        _expectRefusal(p, abi.encodeWithSelector(IOracleMaker.InvalidConfidencePremium.selector, 1, 0));
        (p.confidenceFactor, p.maxConfidencePremium) = (0, 1);
        _expectRefusal(p, abi.encodeWithSelector(IOracleMaker.InvalidConfidencePremium.selector, 0, 1));
    }

    function test_SetParameters_AreReadBack() public {
        IOracleMaker.Parameters memory p = IOracleMaker.Parameters(20_000, 150_000, 700e18, 300, 2e6, 5000);
        vm.expectEmit(maker);
        emit IOracleMaker.ParametersSet(p);
        vm.prank(owner());
        om.setParameters(p);
        assertEq(abi.encode(om.parameters()), abi.encode(p));
        assertEq(om.maxSpread(), 20_000);
        assertEq(om.minMarginRatio(), 150_000);
        assertEq(om.maxAbsPosition(), 700e18);
    }

    function _expectRefusal(IOracleMaker.Parameters memory p, bytes memory reason) private {
        vm.prank(owner());
        vm.expectRevert(reason);
        om.setParameters(p);
    }
}
