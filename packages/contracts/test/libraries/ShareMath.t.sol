// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ShareMath} from "../../src/libraries/ShareMath.sol";
import {Bounds} from "../utils/Bounds.sol";

contract ShareMathTest is Bounds {
    uint256 private constant MAX = 1e36;
    /// @dev The smallest supply of an LP vault in use: a millionth of a unit.
    uint256 private constant USED = 1e12;

    function test_EmptyVault_SharesAreOneToOne() public pure {
        assertEq(ShareMath.toSharesDown(123e18, 0, 0), 123e18);
        assertEq(ShareMath.toAssetsDown(1e18, 0, 0), 1e18);
    }

    function test_VirtualSharesAreDust() public pure {
        // 1,000 units that grew to 1,500: 1.5 each, to the twelfth digit.
        assertApproxEqAbs(ShareMath.toAssetsDown(1e18, 1500e18, 1000e18), 1.5e18, 1e3);
        assertApproxEqAbs(ShareMath.toSharesDown(1.5e18, 1500e18, 1000e18), 1e18, 1e3);
    }

    function testFuzz_RoundTrip_NeverGains(uint256 assets, uint256 totalAssets, uint256 totalShares) public pure {
        (assets, totalAssets, totalShares) =
        (boundAmount(assets, 0, MAX), boundAmount(totalAssets, 0, MAX), boundShares(totalShares, 0, MAX));
        uint256 shares = ShareMath.toSharesDown(assets, totalAssets, totalShares);
        assertLe(ShareMath.toAssetsDown(shares, totalAssets + assets, totalShares + shares), assets);
    }

    /// @dev A redemption that a limit reduces is paid at most the limit, and hardly less.
    function testFuzz_SharesWithin(uint256 shares, uint256 totalAssets, uint256 totalShares, uint256 limit)
        public
        pure
    {
        totalShares = boundShares(totalShares, 1, MAX);
        shares = boundPart(shares, totalShares);
        totalAssets = boundAmount(totalAssets, 1, MAX);
        uint256 payout = ShareMath.toPayoutDown(shares, totalAssets, totalShares);
        vm.assume(payout != 0);
        limit = boundAmount(limit, 0, payout - 1);
        uint256 within = ShareMath.toSharesWithinDown(shares, payout, limit);
        uint256 paid = ShareMath.toPayoutDown(within, totalAssets, totalShares);
        assertLt(within, shares);
        assertLe(paid, limit);
        // One share is worth totalAssets / totalShares, and one is lost to rounding.
        assertGe(paid + 1 + Math.ceilDiv(totalAssets, totalShares), limit);
    }

    /// @dev (A + V) / (S + V), the price of a share, does not fall by a deposit or a withdrawal.
    function testFuzz_SharePrice_DoesNotFall(uint256 amount, uint256 totalAssets, uint256 totalShares, bool isDeposit)
        public
        pure
    {
        totalAssets = boundAmount(totalAssets, 0, MAX);
        totalShares = boundShares(totalShares, USED, MAX);
        uint256 assetsAfter;
        uint256 sharesAfter;
        if (isDeposit) {
            amount = boundAmount(amount, 0, MAX);
            assetsAfter = totalAssets + amount;
            sharesAfter = totalShares + ShareMath.toSharesDown(amount, totalAssets, totalShares);
        } else {
            amount = boundShares(amount, 0, totalShares);
            uint256 paid = ShareMath.toAssetsDown(amount, totalAssets, totalShares);
            vm.assume(paid <= totalAssets);
            assetsAfter = totalAssets - paid;
            sharesAfter = totalShares - amount;
        }
        uint256 v = ShareMath.VIRTUAL;
        assertGe((assetsAfter + v) * (totalShares + v), (totalAssets + v) * (sharesAfter + v));
    }

    function testFuzz_Monotone(uint256 a, uint256 b, uint256 totalAssets, uint256 totalShares) public pure {
        (totalAssets, totalShares) = (boundAmount(totalAssets, 0, MAX), boundShares(totalShares, 0, MAX));
        a = boundNumber(a, 0, MAX);
        b = boundNumber(b, a, MAX);
        assertLe(
            ShareMath.toSharesDown(a, totalAssets, totalShares), ShareMath.toSharesDown(b, totalAssets, totalShares)
        );
        assertLe(
            ShareMath.toAssetsDown(a, totalAssets, totalShares), ShareMath.toAssetsDown(b, totalAssets, totalShares)
        );
    }

    /// @dev T11: a first depositor that keeps `kept` shares and gives `gift` away cannot get the gift back out of the
    /// next deposit.
    function testFuzz_T11_GiftIsNotRecovered(uint256 kept, uint256 gift, uint256 deposit) public pure {
        kept = boundShares(kept, 1, 1e24);
        gift = boundAmount(gift, 0, MAX);
        deposit = boundAmount(deposit, 0, MAX);
        uint256 total = kept + gift;
        uint256 shares = ShareMath.toSharesDown(deposit, total, kept);
        uint256 got = ShareMath.toAssetsDown(kept, total + deposit, kept + shares);
        assertLe(got, total);
    }
}
