// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {Quote, ZERO_QUOTE} from "../../../src/types/Units.sol";
import {ExchangeTest} from "../../utils/ExchangeTest.sol";
import {LpVaultTest} from "../../utils/LpVaultTest.sol";

/// @dev Code that all makers share, on the OracleMaker.
contract LpVaultDepositTest is LpVaultTest {
    function test_Deposit_EmitsDeposited() public {
        vm.expectEmit(address(om));
        emit ILpVault.Deposited(lp, 1000e18, 1000 * USD);
        vm.prank(lp);
        om.deposit(1000 * USD);
    }

    function test_Deposit_ToAReceiver() public {
        vm.prank(lp);
        om.deposit(1000 * USD, 1000e18, other);
        assertEq(om.balanceOf(other), 1000e18);
    }

    /// @dev A deposit and its withdrawal earn nothing, and the other holders lose nothing.
    function testFuzz_RoundTripEarnsNothing(uint256 amount, uint256 price) public {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 100e18);
        skip(1);
        setPrice(boundPrice(price, 500e18, 8000e18));
        amount = boundAmountXCD(amount, 1 * USD, 1_000_000 * USD);
        uint256 sharePrice = om.sharePrice();
        vm.startPrank(lp);
        uint256 shares = om.deposit(amount);
        uint256 afterDeposit = om.sharePrice();
        uint256 got = om.withdraw(shares);
        vm.stopPrank();
        assertLe(got, amount, "earned");
        assertGe(got + 2, amount, "dust only");
        assertGe(afterDeposit + 1, sharePrice, "the other holders lost by the deposit");
        assertGe(om.sharePrice() + 1, afterDeposit, "the other holders lost by the withdrawal");
    }
}

contract LpVaultDepositFeeTest is ExchangeTest {
    /// @dev The fee is at least one unit: a deposit of one unit buys no shares.
    function test_QuoteDeposit_TheFeeIsRoundedUp() public view {
        (uint256 taken, uint256 shares) = om.quoteDeposit(1, true);
        assertEq(taken, 1);
        assertEq(shares, 0);
        (, shares) = om.quoteDeposit(2, true);
        assertEq(shares, 1e12);
    }

    /// @dev A deposit into an LP vault without assets would belong to the existing holders.
    function test_RevertIf_TotalAssetsAreZero() public {
        int256 margin = marginOf(address(om));
        vm.prank(address(house));
        vault.settlePenalty(market, address(om), bob, Quote.wrap(-margin), ZERO_QUOTE);
        assertEq(om.totalAssets(), 0);
        assertGt(om.totalSupply(), 0);
        assertEq(om.maxDeposit(lp), 0);
        usd.mint(lp, 1000 * USD);
        vm.startPrank(lp);
        usd.approve(address(om), 1000 * USD);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.VaultInsolvent.selector, int256(0)));
        om.deposit(1000 * USD);
        vm.stopPrank();
    }
}
