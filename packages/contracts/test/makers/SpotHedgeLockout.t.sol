// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";
import {IUniswapV3Pool, SpotMarket} from "../utils/UniswapV3Local.sol";

/// @dev Deposits, opens a short, moves the pool, closes at what the pool asks for, and moves it back: the taker's loss is
/// what the pool pays out to whoever moved it. All in one transaction, so that the money may be borrowed.
contract SelfDealer {
    IClearingHouse private immutable house;
    SpotMarket private immutable spot;
    IUniswapV3Pool private immutable pool;
    TestToken private immutable base;
    TestToken private immutable quote;

    constructor(IClearingHouse house_, SpotMarket spot_) {
        (house, spot) = (house_, spot_);
        (pool, base, quote) = (spot_.pool(), spot_.base(), spot_.quote());
    }

    function bringIn(uint256 market, uint256 margin) public {
        IVault vault = house.vault();
        quote.approve(address(vault), margin);
        vault.deposit(address(this), margin);
        vault.transferFundToMargin(market, address(this), margin);
    }

    function run(uint256 market, address maker, uint256 margin, uint256 size, uint256 push) external {
        if (margin != 0) bringIn(market, margin);
        (uint160 start,,,,,,) = pool.slot0();
        house.trade(TradeParams(market, address(this), maker, true, true, false, size, 0, block.timestamp));
        _moveTo(spot.sqrtPriceOf(push));
        house.trade(
            TradeParams(
                market, address(this), maker, false, false, true, type(uint256).max, type(uint256).max, block.timestamp
            )
        );
        _moveTo(start);
        if (margin != 0) house.vault().returnMargin(market, address(this));
    }

    function _moveTo(uint160 target) private {
        (uint160 current,,,,,,) = pool.slot0();
        pool.swap(address(this), target < current, type(int128).max, target, "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        (int256 baseOwed, int256 quoteOwed) = spot.baseIsToken0() ? (amount0, amount1) : (amount1, amount0);
        if (baseOwed > 0) base.transfer(address(pool), uint256(baseOwed));
        if (quoteOwed > 0) quote.transfer(address(pool), uint256(quoteOwed));
    }
}

/// @dev Nobody uses up at the breaker, with borrowed money, what others may withdraw by losing it to the pool.
contract SpotHedgeLockoutTest is ExchangeTest {
    uint256 private constant SIZE = 90e18;
    uint256 private constant PUSH = 6500e18;

    SelfDealer private dealer;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (1 days, 100_000, 100_000);
    }

    function setUp() public override {
        super.setUp();
        dealer = new SelfDealer(house, spot);
        usd.mint(address(dealer), 20_000_000 * USD);
        weth.mint(address(dealer), 10_000e18);
    }

    /// @dev What the close costs spends the credit of the deposit that paid for it.
    function test_T29_OneTransactionLocksNobodyOut() public {
        _openWindow();
        (uint256 before,) = d.breaker.available(address(usd));
        dealer.run(market, address(shb), 600_000 * USD, SIZE, PUSH);
        (uint256 left,) = d.breaker.available(address(usd));
        assertGt(before, 290_000 * USD);
        assertEq(left, before, "used up what others may withdraw");
        // The rest of the deposit has left unmetered; far more was lost than others had to use up.
        assertEq(valueOf(address(dealer)), 0);
        assertLt(usd.balanceOf(address(dealer)), 20_000_000 * USD);
        assertLt(d.breaker.creditOf(address(usd), address(dealer)), 10_000 * USD, "credit for what was lost");
        vm.prank(alice);
        vault.withdraw(1000 * USD, alice);
    }

    /// @dev Money that was there before the window counts like its withdrawal, as it should: the limit is the same.
    function test_T29_MoneyOfBeforeTheWindowCountsLikeItsWithdrawal() public {
        dealer.bringIn(market, 600_000 * USD);
        _openWindow();
        (uint256 before,) = d.breaker.available(address(usd));
        dealer.run(market, address(shb), 0, SIZE, PUSH);
        (uint256 left,) = d.breaker.available(address(usd));
        assertLt(left, before);
    }

    /// @dev A window that a hedge opens measures what was there before it: a base vault that has just sold all it can would else
    /// let its LPs withdraw next to nothing for the whole of it, and collateral that came in would widen the limit.
    function test_T29_AHedgeOpensItsWindowsBeforeItSwaps() public {
        addMargin(bob, 400_000 * USD);
        skip(1 days + 1);
        setPrice(START_PRICE);
        (uint256 baseRoom,) = d.breaker.available(address(weth));
        (uint256 quoteRoom,) = d.breaker.available(address(usd));
        assertEq(baseRoom, 10e18);
        sell(bob, address(shb), SIZE);
        (uint256 windowEnd, uint256 held,,) = d.breaker.windowOf(address(weth));
        assertEq(windowEnd, timestamp() + 1 days);
        assertEq(held, 100e18);
        (, held,,) = d.breaker.windowOf(address(usd));
        assertEq(held / 10, quoteRoom);
        spot.moveTo(START_PRICE);
        close(bob, address(shb));
        (uint256 left,) = d.breaker.available(address(weth));
        assertEq(left, baseRoom);
        vm.prank(lp);
        shb.withdraw(9e18);
    }

    /// @dev A vault that the breaker does not know hedges all the same.
    function test_Hedge_AnUnprotectedVaultHedges() public {
        vm.startPrank(owner());
        d.breaker.acceptOwnership();
        d.breaker.setProtected(address(shb), false);
        vm.stopPrank();
        addMargin(bob, 400_000 * USD);
        sell(bob, address(shb), SIZE);
        assertEq(shb.assetBalance(), 10e18);
    }

    function _openWindow() private {
        skip(1 days + 1);
        setPrice(START_PRICE);
        vm.prank(alice);
        vault.withdraw(1, alice);
    }
}
