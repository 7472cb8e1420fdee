// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LpProtectionTest} from "../../utils/LpProtectionTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev One request against several that add up to it.
abstract contract LpRequestSplittingSuite is LpProtectionTest {
    /// @dev Without a fee several requests give as much as one, apart from dust.
    function testFuzz_Split_GivesTheSame(uint256 amount, uint256 parts, uint256 price) public {
        giveInventory();
        setRequestFee(0);
        (parts, price) = (boundCount(parts, 2, 6), boundPrice(price, 1500e18, 2600e18));
        amount = xcd(boundAmount(amount, 1e18, 50_000e18));
        uint256 snapshot = vm.snapshotState();
        uint256 whole = _depositInParts(amount, 1, price);
        vm.revertToState(snapshot);
        uint256 split = _depositInParts(amount, parts, price);
        assertLe(split, whole + parts, "splitting gains");
        assertApproxEqAbs(split, whole, whole / 1e12 + parts * scale, "splitting differs");
    }

    function testFuzz_Split_RedeemGivesTheSame(uint256 part, uint256 parts, uint256 price) public {
        giveInventory();
        setRequestFee(0);
        uint256 shares = boundShares(part, 1e18, maker.balanceOf(lp) / 4);
        (parts, price) = (boundCount(parts, 2, 6), boundPrice(price, 1500e18, 2600e18));
        uint256 snapshot = vm.snapshotState();
        uint256 whole = _redeemInParts(shares, 1, price);
        vm.revertToState(snapshot);
        uint256 split = _redeemInParts(shares, parts, price);
        assertLe(split, whole + parts, "splitting gains");
        assertApproxEqAbs(split, whole, whole / 1e12 + parts, "splitting differs");
    }

    /// @dev An LP that splits a deposit pays the fee of later parts at the share price that its earlier parts have
    /// raised, and gets most of that back as a holder. The value of its shares differs by less than the fee times its
    /// part of the LP vault, to its disadvantage.
    function testFuzz_Split_WithTheFee(uint256 amount, uint256 parts, uint256 fee) public {
        giveInventory();
        setRequestFee(boundRatio(fee, 1, 10_000));
        uint256 held = maker.totalAssets();
        amount = boundAmount(amount, xcd(1e18), 10 * held);
        parts = boundCount(parts, 2, 6);
        uint256 snapshot = vm.snapshotState();
        uint256 whole = requests.convertToAssets(_depositInParts(amount, 1, START_PRICE));
        vm.revertToState(snapshot);
        uint256 split = requests.convertToAssets(_depositInParts(amount, parts, START_PRICE));
        assertLe(split, whole + parts, "splitting a deposit gains");
        assertGe(
            split + feeOf(amount) * amount / (held + amount) + parts + 1,
            whole,
            "splitting a deposit costs more than the bound"
        );
    }

    /// @dev An LP that splits a redemption is still a holder when the fees of its earlier parts are paid. It gains less
    /// than the fee times its part of the LP vault, out of the fees of the remaining holders. No other account pays for
    /// it.
    function testFuzz_Split_RedeemWithTheFee(uint256 part, uint256 parts, uint256 fee) public {
        giveInventory();
        setRequestFee(boundRatio(fee, 1, 10_000));
        depositLp(stranger);
        uint256 shares = boundShares(part, 1e18, maker.balanceOf(lp) / 4);
        uint256 supply = maker.totalSupply();
        parts = boundCount(parts, 2, 6);
        uint256 snapshot = vm.snapshotState();
        uint256 whole = _redeemInParts(shares, 1, START_PRICE);
        vm.revertToState(snapshot);
        uint256 sharePrice = maker.sharePrice();
        uint256 split = _redeemInParts(shares, parts, START_PRICE);
        // Every payout is rounded down and every fee up.
        assertGe(split + 2 * parts, whole, "splitting a redemption costs");
        assertLe(
            split,
            whole + feeOf(whole) * shares / supply + parts + 1,
            "splitting a redemption gains more than the bound"
        );
        refreshPrice(START_PRICE);
        assertGe(maker.sharePrice() + 1, sharePrice, "the other holders lost");
    }

    /// @dev Deposits as another LP.
    function depositLp(address account) internal {
        vm.prank(owner());
        maker.setWhitelistLp(account, true);
        token.mint(account, xcd(10e18));
        vm.startPrank(account);
        token.approve(address(maker), xcd(10e18));
        maker.deposit(xcd(10e18));
        vm.stopPrank();
    }

    function _redeemInParts(uint256 shares, uint256 parts, uint256 price) private returns (uint256) {
        vm.deal(lp, 1 ether);
        for (uint256 i = 0; i < parts; ++i) {
            requestRedeem(lp, i == parts - 1 ? shares - shares / parts * i : shares / parts);
        }
        settleAt(price);
        return requests.maxWithdraw(lp);
    }

    function _depositInParts(uint256 amount, uint256 parts, uint256 price) private returns (uint256) {
        for (uint256 i = 0; i < parts; ++i) {
            requestDeposit(carol, i == parts - 1 ? amount - amount / parts * i : amount / parts);
        }
        settleAt(price);
        return requests.maxMint(carol);
    }
}

contract OracleMakerSplittingTest is LpProtectionTest(MakerKind.Oracle), LpRequestSplittingSuite {}

contract SpotHedgeBaseMakerSplittingTest is LpProtectionTest(MakerKind.SpotHedgeBase), LpRequestSplittingSuite {}

contract SpotHedgeQuoteMakerSplittingTest is LpProtectionTest(MakerKind.SpotHedgeQuote), LpRequestSplittingSuite {}
