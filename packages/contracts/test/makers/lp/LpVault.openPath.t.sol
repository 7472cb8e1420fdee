// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {LpProtectionTest} from "../../utils/LpProtectionTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev Immediate deposits and withdrawals of any LP, after the whitelist has ended.
abstract contract LpVaultOpenPathSuite is LpProtectionTest {
    /// @dev A maker with a position depends on the price. It refuses formerly approved LPs as well.
    function test_T1_OpenPath_RevertIf_NotFlat() public {
        vm.prank(owner());
        maker.endWhitelist();
        giveInventory();
        bytes memory refusal =
            abi.encodeWithSelector(ILpVault.UseRequest.selector, address(requests), sizeOf(address(maker)));
        assertEq(maker.maxDeposit(lp), 0);
        assertEq(maker.maxRedeem(lp), 0);
        vm.startPrank(lp);
        vm.expectRevert(refusal);
        maker.deposit(1000);
        vm.expectRevert(refusal);
        maker.withdraw(1e18);
        vm.expectRevert(refusal);
        maker.quoteDeposit(1000, false);
        vm.stopPrank();
    }
}

/// @dev Hedged makers: while they are flat, any account deposits and withdraws. An OracleMaker never does (T59).
abstract contract HedgedOpenPathSuite is LpVaultOpenPathSuite {
    function test_OpenPath_AnyAccountWhileFlat() public {
        vm.startPrank(owner());
        vm.expectEmit(address(maker));
        emit ILpVault.WhitelistEnded();
        maker.endWhitelist();
        maker.setWhitelistLp(carol, false);
        vm.stopPrank();
        uint256 assets = xcd(10e18);
        assertEq(maker.maxDeposit(carol), type(uint128).max);
        token.mint(carol, assets);
        vm.startPrank(carol);
        token.approve(address(maker), assets);
        (, uint256 quoted) = maker.quoteDeposit(assets, false);
        vm.expectEmit(address(maker));
        emit ILpVault.LpFeeKept(carol, true, feeOf(assets), 0);
        uint256 shares = maker.deposit(assets);
        assertEq(shares, quoted);
        assertEq(maker.maxRedeem(carol), shares);
        (, quoted,) = maker.quoteRedeem(shares, false);
        uint256 got = maker.withdraw(shares);
        assertEq(got, quoted);
        assertApproxEqRel(got, assets - 2 * feeOf(assets), 1e14, "both fees stay");
        vm.stopPrank();
    }

    /// @dev T1 by the immediate path after the whitelist has ended: a flat maker reads no price, so that knowledge of
    /// two prices is worth nothing. A maker with a position refuses, see {test_T1_OpenPath_RevertIf_NotFlat}.
    function testFuzz_T1_OpenPath_TwoPricesInOneTransaction(uint256 first, uint256 second, uint256 amount) public {
        vm.prank(owner());
        maker.endWhitelist();
        setRequestFee(0);
        amount = xcd(boundAmount(amount, 1e15, 500_000e18));
        token.mint(carol, amount);
        skip(2);
        _store(boundExactPrice(first, 500e18, 8000e18), timestamp() - 1);
        vm.startPrank(carol);
        token.approve(address(maker), amount);
        uint256 shares = maker.deposit(amount);
        vm.stopPrank();
        _store(boundExactPrice(second, 500e18, 8000e18), timestamp());
        vm.prank(carol);
        assertLe(maker.withdraw(shares), amount, "earned");
    }

    /// @dev Stores a price with the given publish time.
    function _store(uint256 price, uint256 publishTime) private {
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(price / 1e10 * 1e10, publishTime, publishTime - 1);
        pyth.updatePriceFeeds{value: 1}(update);
    }
}

contract OracleMakerOpenPathTest is LpProtectionTest(MakerKind.Oracle), LpVaultOpenPathSuite {}

contract SpotHedgeBaseMakerOpenPathTest is LpProtectionTest(MakerKind.SpotHedgeBase), HedgedOpenPathSuite {
    /// @dev A flat base vault that holds quote needs a price for deposits, which an LP may know in advance, and refuses
    /// them. It pays out in kind without a price, at any age of the stored one.
    function test_OpenPath_FlatVaultThatHoldsQuote() public {
        takeSpreads();
        vm.prank(owner());
        shb.endWhitelist();
        giveInventory();
        closePosition();
        assertEq(sizeOf(address(shb)), 0);
        assertGt(marginOf(address(shb)), 0);
        vm.prank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.UseRequest.selector, address(requests), 0));
        shb.deposit(1e18);
        assertEq(shb.maxDeposit(lp), 0);
        skip(1 days);
        uint256 shares = shb.maxRedeem(lp);
        assertEq(shares, shb.balanceOf(lp));
        vm.prank(lp);
        shb.withdraw(shares / 2);
        assertGt(usd.balanceOf(lp), 0);
    }
}

contract SpotHedgeQuoteMakerOpenPathTest is LpProtectionTest(MakerKind.SpotHedgeQuote), HedgedOpenPathSuite {
    function test_OpenPath_RedeemsAgainWhenFlat() public {
        vm.prank(owner());
        shq.endWhitelist();
        depositQuote(carol, 10_000 * USD);
        openPosition(400_000, 10e18);
        assertEq(shq.maxDeposit(carol), 0);
        assertEq(shq.maxRedeem(carol), 0);
        vm.expectPartialRevert(ILpVault.UseRequest.selector);
        vm.prank(carol);
        shq.withdraw(1e18);
        closePosition();
        uint256 shares = shq.maxRedeem(carol);
        assertEq(shares, shq.balanceOf(carol));
        vm.prank(carol);
        shq.withdraw(shares);
    }
}
