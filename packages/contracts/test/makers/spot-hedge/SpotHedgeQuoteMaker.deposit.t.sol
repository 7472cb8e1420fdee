// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeQuoteMakerDepositTest is SpotHedgeQuoteMakerTest {
    function test_Deposit_SharesFollowTotalAssets() public {
        buy(alice, maker, 100e18);
        movePrice(2500e18);
        // Balance + account value + base held x price.
        int256 total = vaultValue(2500e18);
        (int256 stated, uint256 supply) = shq.valuation();
        assertEq(stated, total);
        assertEq(shq.totalAssets(), uint256(total) / 1e12);
        uint256 balance = shq.assetBalance();
        assertEq(depositQuote(lp, 50_000 * USD), 50_000e18 * (supply + 1e6) / (uint256(total) + 1e6));
        assertEq(shq.assetBalance(), balance + 50_000 * USD);
        assertEq(shq.assetLiability(), 1_050_000 * USD);
    }

    /// @dev The exposure is to quote only: the price changes nothing but dust.
    function testFuzz_TotalAssets_DoNotFollowThePrice(uint256 price) public {
        buy(alice, maker, 200e18);
        uint256 before = shq.totalAssets();
        price = boundPrice(price, 100e18, 20_000e18);
        movePrice(price);
        assertApproxEqAbs(shq.totalAssets(), before, 1);
    }

    function test_T11_DonationsChangeNothing() public {
        buy(alice, maker, 40e18);
        uint256 price = shq.sharePrice();
        (uint256 util,) = shq.getUtilRatio();
        weth.mint(maker, 1000e18);
        usd.mint(maker, 1_000_000 * USD);
        (uint256 utilAfter,) = shq.getUtilRatio();
        assertEq(shq.sharePrice(), price);
        assertEq(utilAfter, util);
        close(alice, maker);
        assertEq(shq.baseBalance(), 0);
        assertEq(weth.balanceOf(maker), 1000e18);
    }
}
