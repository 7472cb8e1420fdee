// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {QuoteVaultTest} from "../utils/QuoteVaultTest.sol";

contract SpotHedgeQuoteMakerLpTest is QuoteVaultTest {
    address private carol = makeAddr("carol");

    function test_Deposit_SharesFollowTotalAssets() public {
        buy(alice, maker, 100e18);
        movePrice(2500e18);
        // balance + account value + base held x price
        int256 total = vaultValue(2500e18);
        (int256 stated, uint256 supply) = shq.valuation();
        assertEq(stated, total);
        assertEq(shq.totalAssets(), uint256(total) / 1e12);
        uint256 balance = shq.assetBalance();
        assertEq(depositQuote(lp, 50_000 * USD), 50_000e18 * (supply + 1e6) / (uint256(total) + 1e6));
        assertEq(shq.assetBalance(), balance + 50_000 * USD);
        assertEq(shq.assetLiability(), 1_050_000 * USD);
    }

    /// @dev Exposed to quote alone: the price moves nothing, dust aside.
    function testFuzz_TotalAssets_DoNotFollowThePrice(uint256 price) public {
        buy(alice, maker, 200e18);
        uint256 before = shq.totalAssets();
        price = boundPrice(price, 100e18, 20_000e18);
        movePrice(price);
        assertApproxEqAbs(shq.totalAssets(), before, 1);
    }

    function test_Withdraw_LeavesTheReserve() public {
        buy(alice, maker, 200e18);
        uint256 reserve = shq.getHedge().reserveXCD;
        assertEq(reserve, 200_000 * USD);
        uint256 payable_ = shq.assetBalance() - reserve;
        uint256 shares = shq.maxRedeem(lp);
        assertApproxEqRel(shares, 200_000e18, 0.01e18);
        uint256 id = vm.snapshotState();
        vm.prank(lp);
        assertApproxEqAbs(shq.withdraw(shares), payable_, 1);
        assertGe(shq.assetBalance(), reserve);
        vm.revertToState(id);
        vm.expectPartialRevert(ISpotHedgeVault.InsufficientAssetBalance.selector);
        vm.prank(lp);
        shq.withdraw(shares + 2e12);
    }

    function test_Withdraw_RevertIf_BelowMinMarginRatio() public {
        buy(alice, maker, 100e18);
        movePrice(2700e18);
        assertEq(shq.maxRedeem(lp), 0, "until somebody has looked after the margin");
        vm.expectPartialRevert(ISpotHedgeVault.InsufficientAssetBalance.selector);
        vm.prank(lp);
        shq.withdraw(1e18);
        shq.rebalance();
        assertGt(shq.maxRedeem(lp), 0);
        vm.prank(lp);
        shq.withdraw(1e18);
    }

    function test_Withdraw_OfAFlatVaultIsAll() public {
        setSpread(2000);
        buy(alice, maker, 100e18);
        movePrice(2300e18);
        close(alice, maker);
        uint256 total = shq.totalAssets();
        assertGt(total, 1_000_000 * USD, "the spread");
        uint256 shares = shq.balanceOf(lp);
        assertEq(shq.maxRedeem(lp), shares);
        vm.prank(lp);
        assertApproxEqAbs(shq.withdraw(shares), total, 1);
        assertEq(shq.assetLiability(), 0);
        assertEq(shq.totalSupply(), 0);
    }

    function test_EndedWhitelist_AnybodyWhileFlat_ElseRequests() public {
        vm.prank(owner());
        shq.endWhitelist();
        depositQuote(carol, 10_000 * USD);
        buy(alice, maker, 10e18);
        assertEq(shq.maxDeposit(carol), 0);
        assertEq(shq.maxRedeem(carol), 0);
        vm.expectPartialRevert(ILpVault.UseRequest.selector);
        vm.prank(carol);
        shq.withdraw(1e18);
        close(alice, maker);
        uint256 shares = shq.maxRedeem(carol);
        assertEq(shares, shq.balanceOf(carol));
        vm.prank(carol);
        shq.withdraw(shares);
    }

    /// @dev A redemption is met as far as the reserve lets it, and the rest comes back.
    function test_Requests_SettleAtTheUniquePriceAsFarAsTheReserveLetsThem() public {
        buy(alice, maker, 200e18);
        vm.deal(carol, 1 ether);
        usd.mint(carol, 100_000 * USD);
        vm.startPrank(carol);
        usd.approve(address(shqRequests), type(uint256).max);
        shqRequests.requestDeposit{value: 0.0001 ether}(100_000 * USD, carol, carol, 0, 0);
        vm.stopPrank();
        _settle(2100e18);
        vm.prank(carol);
        shqRequests.deposit(100_000 * USD, carol);
        uint256 shares = shq.balanceOf(carol);
        assertApproxEqRel(shares, 99_950e18, 0.001e18);

        uint256 mine = shq.balanceOf(lp);
        vm.deal(lp, 1 ether);
        vm.startPrank(lp);
        shq.approve(address(shqRequests), type(uint256).max);
        shqRequests.requestRedeem{value: 0.0001 ether}(mine, lp, lp, 0, 0);
        vm.stopPrank();
        _settle(2100e18);
        uint256 met = shqRequests.maxRedeem(lp);
        assertGt(met, 0);
        assertLt(met, mine);
        vm.prank(lp);
        uint256 paid = shqRequests.redeem(met, lp, lp);
        assertEq(usd.balanceOf(lp), paid);
        assertGe(shq.assetBalance(), 210_000 * USD, "the reserve");
    }

    function _settle(uint256 price) private {
        uint256 at_ = shqRequests.requestOf(shqRequests.head()).executableAt;
        vm.warp(at_);
        setPrice(price);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = executionUpdate(price, at_);
        vm.prank(keeper);
        assertEq(shqRequests.settle(updates, type(uint256).max), 1);
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

contract SpotHedgeQuoteMakerForcedTest is QuoteVaultTest {
    /// @dev Nobody has looked after the margin: a take-over, and the vault sells the base of it in the same transaction.
    function test_H1_ALiquidatedVault_SellsItsBase() public {
        buy(alice, maker, 100e18);
        movePrice(3000e18);
        uint256 base = _takeOver();
        assertEq(base, 100e18);
        assertEq(exposure(), 0);
        assertEq(shq.hedgeGap(), 0);
        assertEq(int256(uint256(shq.baseBalance())), -sizeOf(maker));
    }

    /// @dev While there is balance, nothing is liquidated that a keeper has looked after.
    function test_Rebalanced_IsNotLiquidatable() public {
        buy(alice, maker, 100e18);
        movePrice(2900e18);
        shq.rebalance();
        LiquidationParams memory params = _liquidation();
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        vm.prank(bob);
        house.liquidate(params);
    }

    /// @dev The pool is out of bounds: the gap is recorded, and rebalance closes it first.
    function test_H1_AGapIsRecordedAndClosedByRebalance() public {
        buy(alice, maker, 100e18);
        movePrice(3000e18);
        spot.moveTo(2800e18);
        int256 base = int256(_takeOver());
        assertEq(shq.hedgeGap(), -base);
        assertEq(exposure(), 0, "held, and known to be too much");
        uint256 total = shq.totalAssets();
        spot.moveTo(3000e18);
        shq.rebalance();
        assertEq(shq.hedgeGap(), 0);
        assertEq(exposure(), 0);
        assertApproxEqRel(shq.totalAssets(), total, 0.001e18);
    }

    /// @dev Deleveraging of a taker against the vault.
    function test_H1_ADeleveragedVault_SellsItsBase() public {
        vm.startPrank(bob);
        vault.transferMarginToFund(market, bob, quoteXCD(380_000e18));
        vm.stopPrank();
        buy(bob, maker, 80e18);
        movePrice(1600e18);
        vm.prank(keeper);
        assertEq(backstop.deleverage(market, bob, new address[](0)), 80e18);
        assertEq(sizeOf(maker), 0);
        assertEq(exposure(), 0);
        assertEq(shq.hedgeGap(), 0);
        shq.rebalance();
        assertLt(marginOf(maker), 1e12, "all of it is in the balance");
    }

    /// @dev Nobody is locked in by base that the spot market does not take: it goes out in kind.
    function test_AFlatVaultWithAGap_PaysBaseInKind() public {
        buy(alice, maker, 100e18);
        movePrice(3000e18);
        spot.moveTo(2800e18);
        _takeOver();
        if (sizeOf(maker) != 0) {
            skip(1);
            setPrice(3000e18);
            _takeOver();
        }
        assertEq(sizeOf(maker), 0);
        assertEq(shq.baseBalance(), 100e18);
        uint256 shares = shq.balanceOf(lp) / 4;
        uint256 held = shq.assetBalance();
        vm.expectEmit(address(shq));
        emit IQuoteVault.BaseWithdrawn(lp, lp, shares, 25e18);
        vm.prank(lp);
        uint256 paid = shq.withdraw(shares);
        assertApproxEqAbs(paid, (held + uint256(marginOf(maker)) / 1e12) / 4, 1);
        assertEq(weth.balanceOf(lp), 25e18);
        assertEq(shq.hedgeGap(), -75e18);
        assertEq(shq.baseBalance(), 75e18);

        vm.deal(lp, 1 ether);
        vm.startPrank(lp);
        shq.approve(address(shqRequests), type(uint256).max);
        shqRequests.requestRedeem{value: 0.0001 ether}(shares, lp, lp, 0, 0);
        usd.mint(lp, 1000 * USD);
        usd.approve(address(shqRequests), type(uint256).max);
        shqRequests.requestDeposit{value: 0.0001 ether}(1000 * USD, lp, lp, 0, 0);
        vm.stopPrank();
        skip(3);
        setPrice(3000e18);
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = executionUpdate(3000e18, timestamp());
        // The queue books no base, and no keeper is paid for finding the gap open: the request waits. It holds up nobody.
        vm.prank(keeper);
        assertEq(shqRequests.settle(updates, type(uint256).max), 1);
        assertEq(shqRequests.maxDeposit(lp), 1000 * USD);
        vm.expectPartialRevert(IQuoteVault.HedgeGapOpen.selector);
        vm.prank(keeper);
        shqRequests.settle(updates, type(uint256).max);
        spot.moveTo(3000e18);
        shq.closeHedgeGap(type(uint256).max);
        vm.prank(keeper);
        assertEq(shqRequests.settle(updates, type(uint256).max), 1);
        assertEq(shqRequests.maxRedeem(lp), shares);
        assertEq(shq.baseBalance(), 0);
        assertEq(shq.hedgeGap(), 0);
    }

    function _liquidation() private view returns (LiquidationParams memory) {
        return LiquidationParams({
            marketId: market,
            account: maker,
            liquidator: bob,
            maker: address(0),
            amount: type(uint256).max,
            minReward: 0,
            priceBound: 0
        });
    }

    function _takeOver() private returns (uint256 base) {
        LiquidationParams memory params = _liquidation();
        vm.prank(bob);
        (base,) = house.liquidate(params);
    }
}

contract SpotHedgeQuoteMakerBreakerTest is QuoteVaultTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow) = (1 days, 200_000);
    }

    /// @dev T29: a position of half of what is held is opened. It takes from those who want to leave what its swap cost, not
    /// the collateral that became base; nor does a vault of base lose what it may pay out.
    function test_T29_OpeningsLockNobodyOut() public {
        fund(alice, 500_000 * USD);
        skip(1 days + 1);
        setPrice(START_PRICE);
        vm.startPrank(owner());
        d.breaker.acceptOwnership();
        d.breaker.setLimit(address(weth), CircuitBreaker.Limit({window: 1 days, maxOutflow: 200_000, minimum: 0}));
        vm.stopPrank();
        skip(2);
        // The windows begin.
        vm.prank(alice);
        vault.withdraw(1, alice);
        vm.prank(lp);
        shb.withdraw(1e12);
        (uint256 before,) = d.breaker.available(address(usd));
        (uint256 baseBefore,) = d.breaker.available(address(weth));
        assertGt(before, 0);
        buy(alice, maker, 240e18);
        uint256 cost = uint256(positionOf(maker).openNotional.unwrap() - 480_000e18) / 1e12;
        (uint256 available,) = d.breaker.available(address(usd));
        assertApproxEqAbs(available, before - cost, 1);
        assertLt(cost, 5_000 * USD);
        sell(bob, address(shb), 80e18);
        (uint256 baseAvailable,) = d.breaker.available(address(weth));
        assertEq(baseAvailable, baseBefore, "base became collateral");
        vm.prank(alice);
        vault.withdraw(before - cost - 5_000 * USD, alice);
    }

    /// @dev What moves between the vault and its margin uses up nothing and gives nothing; swaps count at what they cost.
    function test_Meter_InternalMovesAreNothing() public {
        skip(1 days + 1);
        setPrice(START_PRICE);
        buy(alice, maker, 100e18);
        (uint256 available,) = d.breaker.available(address(usd));
        (,,, int256 hedge) = d.breaker.windowOf(address(usd));
        assertEq(hedge, (200_000e18 - positionOf(maker).openNotional.unwrap()) / 1e12, "the swap");
        movePrice(2500e18);
        vm.prank(stranger);
        assertGt(shq.rebalance(), 0);
        uint256 fees = usd.balanceOf(stranger);
        _assertAvailable(available - fees);
        skip(30);
        movePrice(1800e18);
        vm.prank(stranger);
        assertLt(shq.rebalance(), 0);
        fees = usd.balanceOf(stranger);
        _assertAvailable(available - fees);
        assertEq(d.breaker.creditOf(address(usd), maker), 0);
        (,,, hedge) = d.breaker.windowOf(address(usd));
        (, int256 got) = close(alice, maker);
        (,,, int256 hedgeAfter) = d.breaker.windowOf(address(usd));
        assertEq(hedgeAfter - hedge, (got - 180_000e18) / 1e12, "the way back");
    }

    /// @dev Base that goes out in kind is limited as well, and what the vault says of itself knows it.
    function test_MaxRedeem_KnowsOfBaseInKind() public {
        buy(alice, maker, 100e18);
        movePrice(3000e18);
        spot.moveTo(2800e18);
        while (sizeOf(maker) != 0) {
            skip(1);
            setPrice(3000e18);
            vm.prank(bob);
            house.liquidate(LiquidationParams(market, maker, bob, address(0), type(uint256).max, 0, 0));
        }
        vm.startPrank(owner());
        d.breaker.acceptOwnership();
        d.breaker.setLimit(address(weth), CircuitBreaker.Limit({window: 1 days, maxOutflow: 10_000, minimum: 0}));
        d.breaker.removeLimit(address(usd));
        vm.stopPrank();
        skip(2);
        setPrice(3000e18);
        (uint256 room,) = d.breaker.available(address(weth));
        assertLt(room, shq.baseBalance());
        uint256 shares = shq.maxRedeem(lp);
        assertLt(shares, shq.balanceOf(lp));
        vm.prank(lp);
        shq.withdraw(shares);
        assertApproxEqAbs(weth.balanceOf(lp), room, 1);
        vm.expectPartialRevert(ICircuitBreaker.OutflowLimitExceeded.selector);
        vm.prank(lp);
        shq.withdraw(1e18);
    }

    /// @dev A vault that was removed from its market with margin in it: all of it gets out, metered once.
    function test_RemovedVault_WithdrawsEverything() public {
        _remove();
        assertGt(marginOf(maker), 0);
        skip(1 days + 1);
        setPrice(START_PRICE);
        uint256 total = shq.totalAssets();
        (uint256 available,) = d.breaker.available(address(usd));
        assertLt(available, total);
        uint256 part = shq.balanceOf(lp) * available / total;
        vm.prank(lp);
        uint256 paid = shq.withdraw(part);
        (,, int256 left,) = d.breaker.windowOf(address(usd));
        assertApproxEqAbs(uint256(left), available - paid, 1, "metered once");
        vm.prank(owner());
        d.breaker.acceptOwnership();
        vm.prank(owner());
        d.breaker.removeLimit(address(usd));
        uint256 shares = shq.balanceOf(lp);
        assertEq(shq.maxRedeem(lp), shares);
        vm.prank(lp);
        paid += shq.withdraw(shares);
        assertApproxEqAbs(paid, total, 2);
        assertEq(shq.totalSupply(), 0);
        assertLt(marginOf(maker), 1e12);
    }

    /// @dev What would move from the Vault to the vault has not left, and would be metered there: strangers cannot use up what
    /// others may withdraw by it. Withdrawals take what they need.
    function test_T29_RemovedVault_RevertIf_Rebalanced() public {
        _remove();
        skip(1 days + 1);
        setPrice(1600e18);
        (uint256 available,) = d.breaker.available(address(usd));
        assertEq(shq.getHedge().toMoveXCD, 0);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotMaker.selector, maker, market));
        vm.prank(stranger);
        shq.rebalance();
        (uint256 left,) = d.breaker.available(address(usd));
        assertEq(left, available);
    }

    /// @dev A deleveraged taker has left the vault flat, with all of its margin where it was.
    function _remove() private {
        vm.prank(bob);
        vault.transferMarginToFund(market, bob, 380_000 * USD);
        buy(bob, maker, 80e18);
        movePrice(1600e18);
        backstop.deleverage(market, bob, new address[](0));
        vm.startPrank(owner());
        house.retireMaker(maker);
        house.removeMaker(maker);
        vm.stopPrank();
        assertFalse(positionOf(maker).isMaker);
    }

    function test_Meter_WithdrawalsCountOnce() public {
        skip(1 days + 1);
        setPrice(START_PRICE);
        buy(alice, maker, 10e18);
        close(alice, maker);
        (, uint256 held, int256 left,) = d.breaker.windowOf(address(usd));
        assertEq(uint256(left), held / 5);
        vm.prank(lp);
        uint256 paid = shq.withdraw(100_000e18);
        (,, left,) = d.breaker.windowOf(address(usd));
        assertEq(uint256(left), held / 5 - paid);
    }

    function _assertAvailable(uint256 expected) private view {
        (uint256 available,) = d.breaker.available(address(usd));
        assertEq(available, expected);
    }
}
