// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {LpSettlement} from "../../src/makers/lp/LpSettlement.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";
import {OracleMakerTest} from "../utils/OracleMakerTest.sol";

contract OracleMakerWithdrawTest is OracleMakerTest {
    function test_Withdraw_PaysAccountValue() public {
        buy(alice, maker, 100e18);
        skip(1);
        setPrice(2100e18);
        assertEq(om.totalAssets(), 990_200 * USD);
        vm.prank(lp);
        assertEq(om.withdraw(100_000e18), 99_020 * USD);
        assertEq(usd.balanceOf(lp), 99_020 * USD);
    }

    function test_RevertIf_WithdrawalLeavesLessThanMinMarginRatio() public {
        setMinMarginRatio(500_000);
        buy(alice, maker, 400e18);
        // Value 1,003,200; at least 400,000 must stay.
        uint256 shares = 700_000e18;
        uint256 paid = shares * (1_003_200e18 + 1e6) / (1_000_000e18 + 1e6) / 1e12 * 1e12;
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaker.BelowMinMarginRatio.selector, int256(1_003_200e18 - paid), uint256(400_000e18)
            )
        );
        vm.prank(lp);
        om.withdraw(shares);
    }
}

/// @dev Redemptions while the inventory requires margin.
contract OracleMakerRedeemTest is LpRequestVaultTest(MakerKind.Oracle) {
    function setUp() public override {
        super.setUp();
        IOracleMaker.Parameters memory p = om.parameters();
        p.minMarginRatio = 500_000;
        vm.prank(owner());
        om.setParameters(p);
        openPosition(900_000, 400e18);
        setRequestFee(0);
        vm.deal(lp, 1 ether);
    }

    /// @dev 400 at 2000 require 400,000 of margin. The value is 1,003,200; its premium of 3,200 is not realised and is
    /// not paid. The other shares are returned with the reason, and the maker is exactly at its ratio.
    function test_Redeem_PaysWhatIsFreeAndReturnsTheRest() public {
        uint256 shares = om.balanceOf(lp);
        requestRedeem(lp, shares);
        vm.recordLogs();
        settleAt(START_PRICE);
        uint256 met = requests.claimableRedeemRequest(1, lp);
        assertApproxEqAbs(met, shares * 603_200 / 1_003_200, 1e12);
        assertEq(_reasonOfReturn(), abi.encodeWithSelector(LpSettlement.MetInPart.selector, shares, met));
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares - met);
        assertApproxEqAbs(claimAssets(lp), 603_200 * USD, 2);
        refreshPrice(START_PRICE);
        assertApproxEqAbs(valueOf(address(om)), 400_000e18, 2e12);
        assertGe(valueOf(address(om)), 400_000e18);
        // The taker closes, and what came back can be paid.
        close(alice, address(om));
        vm.startPrank(lp);
        requests.claimCancelRedeemRequest(1, lp, lp);
        vm.stopPrank();
        requestRedeem(lp, om.balanceOf(lp));
        settleAt(START_PRICE);
        assertApproxEqAbs(claimAssets(lp), 400_000 * USD, 2);
        assertEq(om.totalSupply(), 0);
    }

    /// @dev Nothing is payable: all shares are returned, with the reason.
    function test_Redeem_ReturnsAllWhenNothingIsFree() public {
        uint256 shares = om.balanceOf(lp);
        requestRedeem(lp, shares);
        vm.recordLogs();
        // A loss of 620,000: 383,200 are left, and 400 x 3550 / 2 needed.
        settleAt(3550e18);
        assertEq(_reasonOfReturn(), abi.encodeWithSelector(ILpVault.NothingPayable.selector, shares));
        assertEq(requests.claimableCancelRedeemRequest(1, lp), shares);
    }

    /// @dev The reason of the only `RequestReturned` event.
    function _reasonOfReturn() private returns (bytes memory reason) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != LpSettlement.RequestReturned.selector) continue;
            (, reason) = abi.decode(logs[i].data, (uint256, bytes));
            return reason;
        }
        fail();
    }
}
