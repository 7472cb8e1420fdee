// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../../src/interfaces/IVault.sol";
import {LpQueue} from "../../../src/makers/lp/LpQueue.sol";
import {LpRequestVault} from "../../../src/makers/lp/LpRequestVault.sol";
import {LpSettlement} from "../../../src/makers/lp/LpSettlement.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";
import {ReentrantToken} from "../../utils/ReentrantToken.sol";
import {TestToken} from "../../utils/TestToken.sol";

/// @dev T13: an asset that calls back in the middle of its transfers finds the system locked.
contract LpRequestVaultReentrancyTest is LpRequestVaultTest(MakerKind.Oracle) {
    function createCollateral() internal override returns (TestToken) {
        return TestToken(deployCode("ReentrantToken.sol:ReentrantToken", abi.encode("USD", "USD", uint8(6))));
    }

    function test_T13_WhileARequestIsPaid() public {
        vm.prank(carol);
        requests.setOperator(address(usd), true);
        vm.prank(owner());
        requests.setRules(LpQueue.Rules(3, 60, 0));
        _arm(address(requests), abi.encodeWithSignature("requestDeposit(uint256,address,address)", 1, carol, carol));
        requestDeposit(carol, 1000 * USD);
        _checkRefused();
        _arm(address(om), abi.encodeCall(om.totalAssets, ()));
        requestDeposit(carol, 1000 * USD);
        _checkRefused();
    }

    function test_T13_WhileARequestSettles() public {
        requestDeposit(carol, 1000 * USD);
        _arm(address(requests), abi.encodeCall(LpSettlement.settle, (new bytes[][](0), 1)));
        settleAt(START_PRICE);
        _checkRefused();
        uint256 shares = claimShares(carol);
        requestRedeem(carol, shares / 2);
        _arm(address(om), abi.encodeCall(om.sharePrice, ()));
        settleAt(START_PRICE);
        _checkRefused();
    }

    /// @dev A claim is paid once.
    function test_T13_WhileAClaimIsPaid() public {
        uint256 shares = enter(carol, 1000 * USD);
        requestRedeem(carol, shares);
        settleAt(START_PRICE);
        vm.prank(carol);
        requests.setOperator(address(usd), true);
        _arm(address(requests), abi.encodeCall(LpRequestVault(requests).redeem, (shares, carol, carol)));
        uint256 assets = claimAssets(carol);
        assertTrue(ReentrantToken(address(usd)).tried());
        assertFalse(ReentrantToken(address(usd)).succeeded());
        assertEq(usd.balanceOf(carol), assets);
    }

    function _arm(address target, bytes memory call) private {
        ReentrantToken(address(usd)).arm(target, call);
    }

    function _checkRefused() private view {
        ReentrantToken hostile = ReentrantToken(address(usd));
        assertTrue(hostile.tried(), "the token was not called");
        assertFalse(hostile.succeeded(), "the call succeeded");
        assertEq(bytes4(hostile.answer()), IVault.Locked.selector);
    }
}
