// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {ExchangeTest} from "../../utils/ExchangeTest.sol";
import {LpVaultTest} from "../../utils/LpVaultTest.sol";

/// @dev Code that all makers share, on the OracleMaker.
contract LpVaultWithdrawTest is LpVaultTest {
    /// @dev A redemption of all shares leaves no holder that could receive the fee.
    function test_QuoteRedeem_OfEverythingHasNoFee() public view {
        uint256 all = om.totalSupply();
        (uint256 burned, uint256 amount,) = om.quoteRedeem(all, true);
        assertEq(burned, all);
        assertEq(amount, 1_000_000 * USD);
        (, amount,) = om.quoteRedeem(all - 1e12, true);
        assertLt(amount, 999_600 * USD, "a redemption of almost all shares has a fee");
    }

    function test_Withdraw_EmitsWithdrawn() public {
        vm.expectEmit(address(om));
        emit ILpVault.Withdrawn(lp, 1000e18, 1000 * USD);
        vm.prank(lp);
        om.withdraw(1000e18);
    }

    function test_Withdraw_ToAReceiver() public {
        vm.prank(lp);
        om.withdraw(1000e18, 1000 * USD, other);
        assertEq(usd.balanceOf(other), 1000 * USD);
    }
}

/// @dev Collateral of 18 decimals, in which the dust of virtual shares can be paid out.
contract LpVaultWithdrawFineCollateralTest is ExchangeTest {
    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    /// @dev The last LP of a flat LP vault that has lost money is paid everything that is left, in one withdrawal.
    function test_Withdraw_LastLpTakesWhatIsLeft() public {
        addMargin(alice, 100_000e18);
        buy(alice, address(om), 100e18);
        skip(1);
        setPrice(3000e18);
        close(alice, address(om));
        uint256 left = om.totalAssets();
        assertEq(left, 900_200e18);
        uint256 shares = om.balanceOf(lp);
        vm.prank(lp);
        assertEq(om.withdraw(shares), left);
        assertEq(om.totalSupply(), 0);
    }

    /// @dev A withdrawal pays at most the shares' part of the total.
    function testFuzz_Withdraw_PaysNoMoreThanProRata(uint256 part, uint256 price) public {
        addMargin(alice, 100_000e18);
        buy(alice, address(om), 100e18);
        skip(1);
        setPrice(boundPrice(price, 1100e18, 9000e18));
        uint256 total = om.totalAssets();
        uint256 supply = om.totalSupply();
        uint256 shares = boundShares(part, 1e18, supply / 2);
        vm.prank(lp);
        uint256 paid = om.withdraw(shares);
        assertLe(paid, total * shares / supply);
    }
}
