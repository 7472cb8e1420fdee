// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {LpProtectionTest} from "../../utils/LpProtectionTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev Limits and quotes of LP vaults: deposits and withdrawals do what the views say.
abstract contract LpVaultViewsSuite is LpProtectionTest {
    function testFuzz_MaxRedeem_IsTheMost(uint256 price) public {
        giveInventory();
        refreshPrice(boundPrice(price, 1500e18, 2600e18));
        uint256 most = maker.maxRedeem(lp);
        uint256 held = maker.balanceOf(lp);
        assertGt(most, 0);
        uint256 snapshot = vm.snapshotState();
        vm.prank(lp);
        maker.withdraw(most);
        vm.revertToState(snapshot);
        if (most == held) return;
        // Slightly more than the last unit of the asset.
        uint256 more = most + 2 * scale + held / 1e9;
        if (more > held) return;
        vm.prank(lp);
        vm.expectRevert();
        maker.withdraw(more);
    }

    function test_MaxDeposit_IsTheMost() public {
        giveInventory();
        uint256 total = maker.totalAssets();
        assertEq(maker.maxDeposit(carol), 0, "not whitelisted");
        vm.prank(owner());
        maker.setLpRules(uint128(total + xcd(7e18)), 500);
        uint256 most = maker.maxDeposit(lp);
        assertApproxEqAbs(most, xcd(7e18), 1);
        token.mint(lp, most + 1);
        vm.startPrank(lp);
        token.approve(address(maker), type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LpDepositCapExceeded.selector, most + 1, most));
        maker.deposit(most + 1);
        (, uint256 quoted) = maker.quoteDeposit(most, false);
        assertEq(quoted, maker.deposit(most));
        assertEq(maker.maxDeposit(lp), 0);
        vm.stopPrank();
    }

    function testFuzz_Quotes_EqualTheSettlement(uint256 part, uint256 fee) public {
        giveInventory();
        setRequestFee(boundRequestFee(fee));
        uint256 shares = boundShares(part, 1e15, maker.maxRedeem(lp));
        (, uint256 quoted,) = maker.quoteRedeem(shares, false);
        uint256 snapshot = vm.snapshotState();
        vm.prank(lp);
        assertEq(maker.withdraw(shares), quoted);
        vm.revertToState(snapshot);
        (uint256 met, uint256 assets,) = requests.quoteRedeem(shares);
        vm.deal(lp, 1 ether);
        requestRedeem(lp, shares);
        settleAt(START_PRICE);
        assertEq(requests.maxRedeem(lp), met);
        assertEq(requests.maxWithdraw(lp), assets);
    }
}

contract OracleMakerLpViewsTest is LpProtectionTest(MakerKind.Oracle), LpVaultViewsSuite {}

contract SpotHedgeBaseMakerLpViewsTest is LpProtectionTest(MakerKind.SpotHedgeBase), LpVaultViewsSuite {}

contract SpotHedgeQuoteMakerLpViewsTest is LpProtectionTest(MakerKind.SpotHedgeQuote), LpVaultViewsSuite {}
