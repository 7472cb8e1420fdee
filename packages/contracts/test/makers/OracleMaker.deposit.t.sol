// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {OracleMakerTest} from "../utils/OracleMakerTest.sol";

contract OracleMakerDepositTest is OracleMakerTest {
    /// @dev Deposits become the maker's margin.
    function test_Deposit_BecomesMargin() public {
        assertEq(marginOf(maker), 1_000_000e18);
        assertEq(om.totalSupply(), 1_000_000e18);
        assertEq(om.totalAssets(), 1_000_000 * USD);
        assertEq(om.sharePrice(), 1e18);
    }

    function test_Deposit_SharesFollowAccountValue() public {
        buy(alice, maker, 100e18);
        skip(1);
        setPrice(1900e18);
        // 200,200 received, 190,000 owed
        assertEq(om.totalAssets(), 1_010_200 * USD);
        usd.mint(lp, 1000 * USD);
        vm.prank(lp);
        uint256 shares = om.deposit(1000 * USD);
        assertEq(shares, uint256(1000e18) * (1_000_000e18 + 1e6) / (1_010_200e18 + 1e6));
        assertEq(marginOf(maker), 1_001_000e18);
    }

    function test_RevertIf_VaultIsInsolvent() public {
        buy(alice, maker, 490e18);
        skip(1);
        setPrice(5000e18);
        int256 value = valueOf(maker);
        assertEq(om.totalAssets(), 0);
        assertEq(om.sharePrice(), 0);
        vm.startPrank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.VaultInsolvent.selector, value));
        om.deposit(1000 * USD);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.VaultInsolvent.selector, value));
        om.withdraw(1e18);
        vm.stopPrank();
    }

    function test_T11_DonationsChangeNothing() public {
        usd.mint(maker, 1_000_000 * USD);
        usd.mint(address(vault), 1_000_000 * USD);
        assertEq(om.totalAssets(), 1_000_000 * USD);
        assertEq(om.sharePrice(), 1e18);
        usd.mint(lp, 1000 * USD);
        vm.prank(lp);
        assertEq(om.deposit(1000 * USD), 1000e18);
    }

    /// @dev A fee that a taker has not paid yet is no asset of the maker.
    function test_TotalAssets_ExcludeUnpaidFees() public {
        buy(alice, maker, 100e18);
        setPriceWithConfidence(2000e18, 10e18);
        assertEq(om.totalAssets(), 1_000_200 * USD);
        setCharges(1000, 1e6, 10_000);
        assertEq(om.totalAssets(), 1_000_200 * USD);
        // 1990 x 0.999 instead of 2000, for each of 100.
        sell(alice, maker, 100e18);
        assertEq(om.totalAssets(), 1_000_200 * USD + 1199e6);
    }
}
