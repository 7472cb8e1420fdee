// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {OracleMaker} from "../../src/makers/OracleMaker.sol";
import {SpotHedgeBaseMaker} from "../../src/makers/SpotHedgeBaseMaker.sol";
import {SpotHedgeQuoteMaker} from "../../src/makers/SpotHedgeQuoteMaker.sol";
import {QuoteVaultModule} from "../../src/makers/spot-hedge/QuoteVaultModule.sol";
import {ZeroAmount} from "../../src/types/Errors.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {QuoteVaultExchange, quoteRules} from "../utils/QuoteVaultExchange.sol";
import {ReentrantToken} from "../utils/ReentrantToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev What protects LPs from each other, on every maker: T1, T6, T11, round trips, splitting, the open path.
abstract contract LpProtectionSharedTest is LpRequestVaultTest {
    /// @dev Gives the maker a position of either size a maker can have.
    function giveInventory() internal virtual;

    /// @dev Takes it back: flat again.
    function takeInventory() internal virtual;

    /// @dev Lets what a share is worth depend on the price, where inventory alone does not do that.
    function takeSpreads() internal virtual {}

    // ------------------------------------------------------------------------------------------------ T1 and T6 ----

    /// @dev T1: the price has moved and the vault does not know it yet. Whoever knows enters with a request, which
    /// settles at the new price, and gains nothing by leaving again.
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

    /// @dev T1: two prices in one transaction. Requests of one moment settle at one price, however many there are and
    /// whatever is stored in between; the immediate path is closed to strangers.
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

    /// @dev T1 on the immediate path, once it is open to anybody: a flat maker asks for no price, so that knowing two of
    /// them is worth nothing. With a position it is closed, see {test_T1_OpenPath_RevertIf_NotFlat}.
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

    /// @dev T6 on the immediate path: what moves before inclusion is bounded by the minimum, on the way in and out.
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
        assertEq(refusals, 2, "one way each");
    }

    /// @dev Within dust whoever stays neither gains nor loses by a settlement; with the fee he gains it.
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
        assertGe(maker.sharePrice() + 1, sharePrice, "whoever stays lost");
    }

    // ------------------------------------------------------------------------------------------------- splitting ----

    /// @dev Without a fee one request and many of them are the same within dust.
    function testFuzz_Split_GivesTheSame(uint256 amount, uint256 parts, uint256 price) public {
        giveInventory();
        setRequestFee(0);
        price = boundPrice(price, 1500e18, 2600e18);
        amount = xcd(boundAmount(amount, 1e18, 50_000e18));
        parts = boundCount(parts, 2, 6);
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
        price = boundPrice(price, 1500e18, 2600e18);
        uint256 shares = boundShares(part, 1e18, maker.balanceOf(lp) / 4);
        parts = boundCount(parts, 2, 6);
        uint256 snapshot = vm.snapshotState();
        uint256 whole = _redeemInParts(shares, 1, price);
        vm.revertToState(snapshot);
        uint256 split = _redeemInParts(shares, parts, price);
        assertLe(split, whole + parts, "splitting gains");
        assertApproxEqAbs(split, whole, whole / 1e12 + parts, "splitting differs");
    }

    /// @dev With the fee, who splits a deposit pays it on later parts at the share price that its earlier parts have
    /// raised, and gets most of that back as a holder. What the deposit is worth afterwards differs by less than the fee
    /// times the depositor's part of the vault, to its disadvantage.
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
        assertGe(split + feeOf(amount) * amount / (held + amount) + parts + 1, whole, "and costs more than that");
    }

    /// @dev Who splits a redemption is still a holder when the fees of its earlier parts are left behind: it gains less
    /// than the fee times its part of the vault, of what would have gone to those who stay. Nobody else pays for it.
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
        assertLe(split, whole + feeOf(whole) * shares / supply + parts + 1, "and gains more than that");
        refreshPrice(START_PRICE);
        assertGe(maker.sharePrice() + 1, sharePrice, "whoever stays lost");
    }

    // ------------------------------------------------------------------------------------------------------ T11 ----

    /// @dev T11: tokens sent to any contract change no share's value, at any magnitude.
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
        assertEq(requests.maxDeposit(carol), xcd(1e18), "what arrived, not what lies there");
        assertEq(keeper.balance, KEEPER_FEE);
    }

    // ------------------------------------------------------------------------------------------------- open path ----

    function test_OpenPath_ServesAnyoneWhileFlat() public {
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
        assertApproxEqRel(got, assets - 2 * feeOf(assets), 1e14, "the fee of both ways stays");
        vm.stopPrank();
    }

    /// @dev With a position there is a price to know, for those who were trusted as well.
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

    // ---------------------------------------------------------------------------------------------------- limits ----

    function testFuzz_MaxRedeem_IsTruthful(uint256 price) public {
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
        // A little more than the last unit of the asset.
        uint256 more = most + 2 * scale + held / 1e9;
        if (more > held) return;
        vm.prank(lp);
        vm.expectRevert();
        maker.withdraw(more);
    }

    function test_MaxDeposit_IsTruthful() public {
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

    function testFuzz_Quotes_AreWhatHappens(uint256 part, uint256 fee) public {
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

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Another LP of the maker's.
    function depositLp(address account) internal {
        vm.prank(owner());
        maker.setWhitelistLp(account, true);
        token.mint(account, xcd(10e18));
        vm.startPrank(account);
        token.approve(address(maker), xcd(10e18));
        maker.deposit(xcd(10e18));
        vm.stopPrank();
    }

    /// @dev Stores a price that was published at a moment.
    function _store(uint256 price, uint256 publishTime) private {
        bytes[] memory update = new bytes[](1);
        update[0] = priceUpdate(price / 1e10 * 1e10, publishTime, publishTime - 1);
        pyth.updatePriceFeeds{value: 1}(update);
    }

    /// @dev One to 1e30, every magnitude as likely as the others.
    function _spread(uint256 magnitude, uint256 seed) internal pure returns (uint256) {
        magnitude = boundIndex(magnitude, 0, 30);
        return boundAmount(seed, 10 ** magnitude, magnitude == 30 ? 10 ** 30 : 10 ** (magnitude + 1));
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

contract OracleMakerProtectionTest is LpProtectionSharedTest {
    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (om, omRequests, usd);
    }

    function giveInventory() internal override {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 200e18);
    }

    function takeInventory() internal override {
        close(alice, address(om));
    }
}

contract SpotHedgeBaseMakerProtectionTest is LpProtectionSharedTest {
    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (shb, shbRequests, weth);
    }

    function giveInventory() internal override {
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), 40e18);
    }

    function takeInventory() internal override {
        close(alice, address(shb));
    }

    function takeSpreads() internal override {
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.spread = 5000;
        vm.prank(owner());
        shb.setParameters(p);
    }

    /// @dev A flat vault that holds quote takes deposits at a price, which somebody may know better; it pays out in kind
    /// without one, however old the stored one is.
    function test_OpenPath_FlatVaultThatHoldsQuote() public {
        takeSpreads();
        vm.prank(owner());
        shb.endWhitelist();
        giveInventory();
        takeInventory();
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

contract SpotHedgeQuoteMakerProtectionTest is QuoteVaultExchange, LpProtectionSharedTest {
    function config() internal override(ExchangeTest, QuoteVaultExchange) returns (DeployConfig memory c) {
        c = super.config();
        // What LPs can take out is asked at prices that a vault of the fixture would first have to rebalance for.
        c.spotHedgeQuoteMaker.minMarginRatio = 100_000;
    }

    function setUp() public override(QuoteVaultExchange, LpRequestVaultTest) {
        super.setUp();
    }

    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (shq, shqRequests, usd);
    }

    function giveInventory() internal override {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(shq), 200e18);
    }

    function takeInventory() internal override {
        close(alice, address(shq));
    }

    /// @dev What moves before inclusion is not the price but what the vault earns, or a hedge costs it.
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

        setSpread(10_000);
        uint256 snapshot = vm.snapshotState();
        buy(alice, address(shq), 40e18);
        (, shares) = maker.quoteDeposit(amount, false);
        assertLt(shares, quotedShares);
        vm.prank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, shares, quotedShares));
        maker.deposit(amount, quotedShares, lp);
        (, uint256 assets,) = maker.quoteRedeem(10e18, false);
        assertGt(assets, quotedAssets);

        // The other way: whoever gets out first takes the spread along, and a minimum that counted on it is missed.
        (, quotedAssets,) = maker.quoteRedeem(10e18, false);
        vm.revertToState(snapshot);
        (, assets,) = maker.quoteRedeem(10e18, false);
        vm.prank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LessThanMinimum.selector, assets, quotedAssets));
        maker.withdraw(10e18, quotedAssets, lp);
    }
}

abstract contract FreshMakersTest is LpRequestVaultTest {
    /// @dev What the next LP loses to the rounding of its shares is less than one share, and goes to those who hold the
    /// others. As soon as a share is worth a millionth more than a wei, the virtual shares have taken more of the gift than
    /// that. So one wei it is at most, whatever the amounts.
    uint256 private constant DUST = 1;

    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (om, omRequests, usd);
    }

    function _attack(
        ILpModule fresh,
        TestToken asset,
        uint256 m,
        uint256 first,
        uint256 kept,
        uint256 gift,
        uint256 amount
    ) internal {
        _install(fresh, asset);
        first = boundAmount(first, 1, 1e30);
        gift = _log(m, gift);
        amount = _log(m >> 16, amount);
        uint256 spent = first;
        requestDeposit(carol, first);
        settleAt(START_PRICE);
        uint256 shares = claimShares(carol);
        kept = boundPart(kept, shares);
        if (kept < shares) requestRedeem(carol, shares - kept);
        if (kept < shares) settleAt(START_PRICE);
        if (requests.maxRedeem(carol) != 0) claimAssets(carol);
        // The gift is collateral in the maker's margin; to a base vault it is worth gift / price.
        _gift(gift);
        spent += asset == usd ? gift : gift / 2000;

        requestDeposit(dave, amount);
        settleAt(START_PRICE);
        uint256 daveShares = requests.maxDeposit(dave) == 0 ? 0 : claimShares(dave);
        requestRedeem(carol, kept);
        settleAt(START_PRICE);
        uint256 quote = requests.claimableQuote(carol);
        if (requests.maxRedeem(carol) != 0) claimAssets(carol);
        assertLe(asset.balanceOf(carol) + quote / 2000, spent + DUST, "the attacker earned");
        if (daveShares == 0) assertGe(token.balanceOf(dave) + _returned(dave), amount, "no deposit without a share");
    }

    /// @dev The same on the immediate path, by LPs who may use it.
    function _attackNow(uint256 first, uint256 kept, uint256 gift, uint256 amount) internal {
        TestToken asset = token;
        first = boundAmount(first, 1, 1e30);
        uint256 spent = first + (asset == usd ? gift : gift / 2000);
        uint256 shares = _depositNow(carol, first);
        kept = boundPart(kept, shares);
        if (kept < shares) _withdrawNow(carol, shares - kept);
        uint256 quoteBefore = usd.balanceOf(carol);
        _gift(gift);
        uint256 daveShares = _depositNow(dave, amount);
        _withdrawNow(carol, kept);
        uint256 quote = asset == usd ? 0 : usd.balanceOf(carol) - quoteBefore;
        assertLe(asset.balanceOf(carol) + quote / 2000, spent + DUST, "the attacker earned");
        if (daveShares == 0) assertEq(asset.balanceOf(dave), amount, "no deposit without a share");
    }

    function _depositNow(address account, uint256 amount) private returns (uint256 shares) {
        token.mint(account, amount);
        vm.startPrank(account);
        token.approve(address(maker), amount);
        try maker.deposit(amount) returns (uint256 minted) {
            shares = minted;
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), ZeroAmount.selector);
        }
        vm.stopPrank();
    }

    /// @dev Dust that is worth nothing cannot be withdrawn.
    function _withdrawNow(address account, uint256 shares) private {
        vm.prank(account);
        try maker.withdraw(shares) {}
        catch (bytes memory reason) {
            assertEq(bytes4(reason), ZeroAmount.selector);
        }
    }

    function _returned(address account) private view returns (uint256 sum) {
        for (uint256 i = 1; i <= requests.requestCount(); ++i) {
            sum += requests.claimableCancelDepositRequest(i, account);
        }
    }

    function _install(ILpModule fresh, TestToken asset) internal {
        maker = fresh;
        token = asset;
        scale = 1;
        requests = new LpRequestVault(fresh, owner());
        vm.startPrank(owner());
        house.registerMaker(address(fresh));
        fresh.setRequestVault(address(requests));
        fresh.setLpRules(type(uint128).max, 0);
        fresh.setWhitelistLp(carol, true);
        fresh.setWhitelistLp(dave, true);
        requests.setRules(LpRequestVault.Rules(uint32(DELAY), uint32(VALIDITY), uint128(KEEPER_FEE)));
        oracle.setExecutor(address(requests), true);
        vm.stopPrank();
        address[2] memory lps = [carol, dave];
        for (uint256 i = 0; i < lps.length; ++i) {
            vm.prank(lps[i]);
            asset.approve(address(requests), type(uint256).max);
        }
    }

    function _gift(uint256 amount) private {
        vm.startPrank(address(maker));
        vault.beginReceive(market);
        usd.mint(address(vault), amount);
        vault.endReceive();
        vm.stopPrank();
    }

    function _log(uint256 magnitude, uint256 seed) internal pure returns (uint256) {
        magnitude = magnitude % 31;
        return boundAmount(seed, 10 ** magnitude, magnitude == 30 ? 10 ** 30 : 10 ** (magnitude + 1));
    }
}

/// @dev T11 through requests, on makers that nobody has deposited in yet; collateral of 18 decimals, so that every
/// magnitude from one wei to 1e30 is meant.
contract LpInflationMagnitudesTest is FreshMakersTest {
    /// @dev The attacker is first, keeps few shares, raises their price by a gift that only a loss could make, and the
    /// next LP comes. It never gets back what it gave.
    function testFuzz_T11_OracleMaker(uint256 m, uint256 first, uint256 kept, uint256 gift, uint256 amount) public {
        _attack(_freshOracle(), usd, m, first, kept, gift, amount);
    }

    function testFuzz_T11_SpotHedgeBaseMaker(uint256 m, uint256 first, uint256 kept, uint256 gift, uint256 amount)
        public
    {
        _attack(_freshHedged(), weth, m, first, kept, gift, amount);
    }

    function testFuzz_T11_OracleMaker_ImmediatePath(
        uint256 m,
        uint256 first,
        uint256 kept,
        uint256 gift,
        uint256 amount
    ) public {
        _install(_freshOracle(), usd);
        _attackNow(first, kept, _log(m, gift), _log(m >> 16, amount));
    }

    function testFuzz_T11_SpotHedgeBaseMaker_ImmediatePath(
        uint256 m,
        uint256 first,
        uint256 kept,
        uint256 gift,
        uint256 amount
    ) public {
        _install(_freshHedged(), weth);
        _attackNow(first, kept, _log(m, gift), _log(m >> 16, amount));
    }

    function testFuzz_T11_SpotHedgeQuoteMaker(uint256 m, uint256 first, uint256 kept, uint256 gift, uint256 amount)
        public
    {
        _attack(_freshQuote(), usd, m, first, kept, gift, amount);
    }

    function testFuzz_T11_SpotHedgeQuoteMaker_ImmediatePath(
        uint256 m,
        uint256 first,
        uint256 kept,
        uint256 gift,
        uint256 amount
    ) public {
        _install(_freshQuote(), usd);
        _attackNow(first, kept, _log(m, gift), _log(m >> 16, amount));
    }

    function test_T11_SpotHedgeQuoteMaker_EveryMagnitude() public {
        _install(_freshQuote(), usd);
        _attackAtEveryMagnitude();
    }

    /// @dev Found by a campaign: a gift of nothing much to a vault of half a million million, whose next LP loses less than
    /// one share of a wei to rounding. It is all there is to earn.
    function test_T11_SpotHedgeBaseMaker_RoundingOfTheNextLp_IsDust() public {
        _install(_freshHedged(), weth);
        uint256 held = weth.balanceOf(carol);
        uint256 m = 436806909482492604144146010;
        uint256 first = 11775381315814741700189723947122548649082042782802907041727219;
        first = boundAmount(first, 1, 1e30);
        uint256 gift = _log(m, 3731065298516404124888387585332438036604804124982615105073878107667359);
        _attackNow(first, 73211370482491386265407520276, gift, _log(m >> 16, 43113853356348545934332994335855289438429));
        assertEq(weth.balanceOf(carol) - held + usd.balanceOf(carol) / 2000, first + gift / 2000 + 1);
    }

    function test_T11_OracleMaker_EveryMagnitude() public {
        _install(_freshOracle(), usd);
        _attackAtEveryMagnitude();
    }

    function test_T11_SpotHedgeBaseMaker_EveryMagnitude() public {
        _install(_freshHedged(), weth);
        _attackAtEveryMagnitude();
    }

    /// @dev The worst case at each magnitude for certain: one wei first, one or all of its shares kept, and a gift as large
    /// as what the next LP brings, or half as much again.
    function _attackAtEveryMagnitude() private {
        for (uint256 m = 0; m <= 30; ++m) {
            for (uint256 i = 0; i < 4; ++i) {
                uint256 snapshot = vm.snapshotState();
                uint256 kept = i & 1 == 0 ? 1 : type(uint256).max;
                _attackNow(1, kept, i & 2 == 0 ? 10 ** m : 10 ** m + 10 ** m / 2, 10 ** m);
                vm.revertToState(snapshot);
            }
        }
    }

    function _freshOracle() private returns (ILpModule) {
        return new OracleMaker("F", "F", owner(), house, market, config().oracleMaker);
    }

    function _freshHedged() private returns (ILpModule) {
        return new SpotHedgeBaseMaker("F", "F", owner(), house, market, weth, shb.parameters());
    }

    function _freshQuote() private returns (ILpModule) {
        QuoteVaultModule module_ = new QuoteVaultModule(house, market, weth);
        return new SpotHedgeQuoteMaker("F", "F", owner(), house, market, weth, shb.parameters(), quoteRules(0), module_);
    }
}

/// @dev T13: an asset that calls back in the middle of its transfers finds the system locked.
contract LpRequestVaultReentrancyTest is LpRequestVaultTest {
    function createCollateral() internal override returns (TestToken) {
        return TestToken(deployCode("ReentrantToken.sol:ReentrantToken", abi.encode("USD", "USD", uint8(6))));
    }

    function makerUnderTest() internal view override returns (ILpModule, LpRequestVault, TestToken) {
        return (om, omRequests, usd);
    }

    function test_T13_WhileARequestIsPaid() public {
        vm.prank(carol);
        requests.setOperator(address(usd), true);
        vm.prank(owner());
        requests.setRules(LpRequestVault.Rules(3, 60, 0));
        _arm(address(requests), abi.encodeWithSignature("requestDeposit(uint256,address,address)", 1, carol, carol));
        requestDeposit(carol, 1000 * USD);
        _checkRefused();
        _arm(address(om), abi.encodeCall(om.totalAssets, ()));
        requestDeposit(carol, 1000 * USD);
        _checkRefused();
    }

    function test_T13_WhileARequestSettles() public {
        requestDeposit(carol, 1000 * USD);
        _arm(address(requests), abi.encodeCall(LpRequestVault.settle, (new bytes[][](0), 1)));
        settleAt(START_PRICE);
        _checkRefused();
        uint256 shares = claimShares(carol);
        requestRedeem(carol, shares / 2);
        _arm(address(om), abi.encodeCall(om.sharePrice, ()));
        settleAt(START_PRICE);
        _checkRefused();
    }

    /// @dev What waits to be claimed goes out once.
    function test_T13_WhileAClaimIsPaid() public {
        uint256 shares = enter(carol, 1000 * USD);
        requestRedeem(carol, shares);
        settleAt(START_PRICE);
        vm.prank(carol);
        requests.setOperator(address(usd), true);
        _arm(address(requests), abi.encodeCall(LpRequestVault(requests).redeem, (shares, carol, carol)));
        uint256 assets = claimAssets(carol);
        assertTrue(ReentrantToken(address(usd)).tried());
        assertFalse(ReentrantToken(address(usd)).succeeded());
        assertEq(usd.balanceOf(carol), assets);
    }

    function _arm(address target, bytes memory call) private {
        ReentrantToken(address(usd)).arm(target, call);
    }

    function _checkRefused() private view {
        ReentrantToken hostile = ReentrantToken(address(usd));
        assertTrue(hostile.tried(), "never called back");
        assertFalse(hostile.succeeded(), "let in");
        assertEq(bytes4(hostile.answer()), IVault.Locked.selector);
    }
}
