// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";

contract SpotHedgeBaseMakerDepositTest is SpotHedgeBaseMakerTest {
    function test_Deposit_SharesFollowTotalAssets() public {
        sell(alice, maker, 40e18);
        skip(1);
        setPrice(2500e18);
        // assetBalance + account value / price, in base, rounded down.
        int256 total = 60e18 + valueOf(maker) * 1e18 / 2500e18;
        assertEq(shb.totalAssets(), uint256(total));
        uint256 supply = shb.totalSupply();
        weth.mint(lp, 10e18);
        vm.prank(lp);
        uint256 shares = shb.deposit(10e18);
        assertEq(shares, 10e18 * (supply + 1e6) / (uint256(total) + 1e6));
        assertEq(shb.assetBalance(), 70e18);
        assertEq(shb.assetLiability(), 110e18);
    }

    /// @dev Tokens sent to the maker or to the Vault change neither share value nor utilization (T11).
    function test_T11_DonationsChangeNothing() public {
        sell(alice, maker, 40e18);
        (uint256 price, uint256 total) = (shb.sharePrice(), shb.totalAssets());
        (, uint256 util) = shb.getUtilRatio();
        weth.mint(maker, 1000e18);
        usd.mint(maker, 1_000_000 * USD);
        usd.mint(address(vault), 1_000_000 * USD);
        (, uint256 utilAfter) = shb.getUtilRatio();
        assertEq(shb.sharePrice(), price);
        assertEq(shb.totalAssets(), total);
        assertEq(utilAfter, util);
        buy(alice, maker, 40e18);
        assertEq(shb.assetBalance(), 100e18, "nor the accounts of a hedge");
    }
}
