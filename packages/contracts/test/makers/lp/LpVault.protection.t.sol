// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {LpProtectionTest} from "../../utils/LpProtectionTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev T1, T6 and T11: knowledge of a price, a price that moves before inclusion, donations.
abstract contract LpVaultProtectionSuite is LpProtectionTest {
    /// @dev T1: the price has moved and the maker has not stored it. An LP that knows the new price requests a deposit,
    /// which settles at the new price, and earns nothing by its redemption.
    function testFuzz_T1_KnowingThePriceBeforeTheVaultEarnsNothing(uint256 price, uint256 amount) public {
        giveInventory();
        setRequestFee(0);
        amount = xcd(boundAmount(amount, 1e15, 500_000e18));
        price = boundPrice(price, 1500e18, 2600e18);
        requestDeposit(carol, amount);
        settleAt(price);
        if (requests.maxDeposit(carol) == 0) return;
        uint256 shares = claimShares(carol);
        requestRedeem(carol, shares);
        settleAt(price);
        if (requests.maxRedeem(carol) != shares) return;
        assertLe(claimAssets(carol), amount, "earned");
    }

    /// @dev T1: two prices in one transaction. All requests of one second settle at one price, also when another price
    /// is stored in between. Strangers cannot use the immediate path.
    function test_T1_TwoPricesInOneTransaction() public {
        uint256 shares = enter(carol, xcd(100e18));
        giveInventory();
        requestDeposit(carol, xcd(50e18));
        requestRedeem(carol, shares);
        vm.warp(timestamp() + DELAY);
        bytes[][] memory updates = new bytes[][](2);
        updates[0] = firstUpdate(1950e18, timestamp());
        updates[1] = firstUpdate(2050e18, timestamp());
        uint256 used = requests.head();
        settleWith(updates);
        assertEq(requests.head(), used + 2, "both at the first update");
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, carol));
        maker.deposit(1);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, carol));
        maker.withdraw(1);
        vm.stopPrank();
    }

    /// @dev T6 by the immediate path: the minimum bounds a price change before inclusion, for deposits and withdrawals.
    function test_T6_ImmediatePath_PriceMovesBeforeInclusion() public virtual {
        takeSpreads();
        giveInventory();
        uint256 amount = xcd(10e18);
        token.mint(lp, amount);
        (, uint256 quotedShares) = maker.quoteDeposit(amount, false);
        (, uint256 quotedAssets,) = maker.quoteRedeem(10e18, false);
        uint256 refusals;
        uint256[2] memory prices = [uint256(1950e18), 2050e18];
        for (uint256 i = 0; i < 2; ++i) {
            refreshPrice(prices[i]);
            (, uint256 shares) = maker.quoteDeposit(amount, false);
            (, uint256 assets,) = maker.quoteRedeem(10e18, false);
            vm.startPrank(lp);
            token.approve(address(maker), amount);
            if (shares < quotedShares) {
                ++refusals;
                vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, shares, quotedShares));
                maker.deposit(amount, quotedShares, lp);
            }
            if (assets < quotedAssets) {
                ++refusals;
                vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, assets, quotedAssets));
                maker.withdraw(10e18, quotedAssets, lp);
            }
            vm.stopPrank();
        }
        assertEq(refusals, 2, "one revert at each price");
    }

    /// @dev A settlement changes the share value of the other holders by dust only, apart from the fee, which they
    /// gain.
    function testFuzz_Settlement_NeverLowersTheShareValueOfOthers(
        uint256 price,
        uint256 amount,
        uint256 part,
        uint256 fee
    ) public {
        giveInventory();
        setRequestFee(boundRequestFee(fee));
        price = boundPrice(price, 1500e18, 2600e18);
        amount = xcd(boundAmount(amount, 1e15, 500_000e18));
        refreshPrice(price);
        uint256 sharePrice = maker.sharePrice();
        requestDeposit(carol, amount);
        settleAt(price);
        refreshPrice(price);
        assertGe(maker.sharePrice() + 1, sharePrice, "lost by a deposit");
        if (requests.maxDeposit(carol) == 0) return;
        uint256 shares = claimShares(carol);
        sharePrice = maker.sharePrice();
        requestRedeem(carol, boundPart(part, shares));
        settleAt(price);
        refreshPrice(price);
        assertGe(maker.sharePrice() + 1, sharePrice, "lost by a redemption");
    }

    function testFuzz_RoundTrip_EarnsNothing(uint256 price, uint256 amount) public {
        giveInventory();
        price = boundPrice(price, 1500e18, 2600e18);
        refreshPrice(price);
        amount = xcd(boundAmount(amount, 1e15, 500_000e18));
        token.mint(lp, amount);
        uint256 sharePrice = maker.sharePrice();
        vm.startPrank(lp);
        token.approve(address(maker), type(uint256).max);
        uint256 shares = maker.deposit(amount);
        if (maker.maxRedeem(lp) < shares) return;
        uint256 got = maker.withdraw(shares);
        vm.stopPrank();
        assertLe(got, amount, "earned");
        assertGe(got + 2 + amount / 1e15, amount, "dust only");
        assertGe(maker.sharePrice() + 1, sharePrice, "the other holders lost");
    }

    /// @dev T11: tokens sent to any contract do not change the value of a share, at any magnitude.
    function testFuzz_T11_DonationsChangeNothing(uint256 magnitude, uint256 seed) public {
        uint256 gift = _spread(magnitude, seed);
        uint256 total = maker.totalAssets();
        uint256 price = maker.sharePrice();
        token.mint(address(maker), gift);
        token.mint(address(requests), gift);
        token.mint(address(vault), gift);
        vm.deal(address(requests), gift);
        assertEq(maker.totalAssets(), total);
        assertEq(maker.sharePrice(), price);
        requestDeposit(carol, xcd(1e18));
        settleAt(START_PRICE);
        assertEq(requests.maxDeposit(carol), xcd(1e18), "the received amount, not the balance");
        assertEq(keeper.balance, KEEPER_FEE);
    }

    /// @dev An amount from 1 to 1e30 with evenly distributed magnitudes.
    function _spread(uint256 magnitude, uint256 seed) internal pure returns (uint256) {
        magnitude = boundIndex(magnitude, 0, 30);
        return boundAmount(seed, 10 ** magnitude, magnitude == 30 ? 10 ** 30 : 10 ** (magnitude + 1));
    }
}

contract OracleMakerProtectionTest is LpProtectionTest(MakerKind.Oracle), LpVaultProtectionSuite {}

contract SpotHedgeBaseMakerProtectionTest is LpProtectionTest(MakerKind.SpotHedgeBase), LpVaultProtectionSuite {}

contract SpotHedgeQuoteMakerProtectionTest is LpProtectionTest(MakerKind.SpotHedgeQuote), LpVaultProtectionSuite {
    /// @dev The price does not change the value of a quote vault's share. Its earnings and hedging costs do.
    function test_T6_ImmediatePath_PriceMovesBeforeInclusion() public override {
        giveInventory();
        uint256 amount = xcd(10e18);
        token.mint(lp, 2 * amount);
        vm.prank(lp);
        token.approve(address(maker), 2 * amount);
        (, uint256 quotedShares) = maker.quoteDeposit(amount, false);
        (, uint256 quotedAssets,) = maker.quoteRedeem(10e18, false);
        refreshPrice(2200e18);
        (, uint256 shares) = maker.quoteDeposit(amount, false);
        assertApproxEqAbs(shares, quotedShares, scale);
        refreshPrice(START_PRICE);

        setSpread(shq, 10_000);
        uint256 snapshot = vm.snapshotState();
        buy(alice, address(shq), 40e18);
        (, shares) = maker.quoteDeposit(amount, false);
        assertLt(shares, quotedShares);
        vm.prank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, shares, quotedShares));
        maker.deposit(amount, quotedShares, lp);
        (, uint256 assets,) = maker.quoteRedeem(10e18, false);
        assertGt(assets, quotedAssets);

        // The other way: without the trade the spread is not earned, and a minimum that includes it is missed.
        (, quotedAssets,) = maker.quoteRedeem(10e18, false);
        vm.revertToState(snapshot);
        (, assets,) = maker.quoteRedeem(10e18, false);
        vm.prank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, assets, quotedAssets));
        maker.withdraw(10e18, quotedAssets, lp);
    }
}
