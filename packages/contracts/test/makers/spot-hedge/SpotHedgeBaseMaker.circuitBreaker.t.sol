// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../../script/Deploy.s.sol";
import {IClearingHouse, TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {ExchangeTest} from "../../utils/ExchangeTest.sol";
import {FeeToken} from "../../utils/FeeToken.sol";
import {PoolMover} from "../../utils/FlashLoan.sol";
import {TestToken} from "../../utils/TestToken.sol";
import {SpotMarket} from "../../utils/UniswapV3Local.sol";

/// @dev Deposits to a base vault are credited by the breaker as far as they arrive. A window that a deposit opens does not
/// count them.
contract SpotHedgeBaseMakerBreakerCreditTest is ExchangeTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (1 days, 100_000, 100_000);
    }

    function createBaseToken() internal override returns (TestToken) {
        return TestToken(deployCode("FeeToken.sol:FeeToken", abi.encode("WETH", "WETH", uint8(18))));
    }

    function test_T24_BreakerCreditsTheReceivedAmount() public {
        skip(2 days);
        setPrice(START_PRICE);
        uint256 held = weth.balanceOf(address(shb));
        FeeToken(address(weth)).takeFee();
        depositLp(lp, 0, 50e18);
        assertEq(shb.assetBalance(), held + 49.5e18);
        assertEq(d.breaker.creditOf(address(weth), address(shb)), 49.5e18);
        (, uint256 measured,,) = d.breaker.windowOf(address(weth));
        assertEq(measured, held);
    }
}

/// @dev Deposits, opens a short, moves the pool, closes at the pool's price, and moves the pool back: the pool pays the
/// taker's loss to the account that moved it. All in one transaction, so that the money can be borrowed.
contract SelfDealer is PoolMover {
    constructor(IClearingHouse house_, SpotMarket spot_) PoolMover(house_, spot_) {}

    function bringIn(uint256 market, uint256 margin) public {
        IVault vault = house.vault();
        quote.approve(address(vault), margin);
        vault.deposit(address(this), margin);
        vault.transferFundToMargin(market, address(this), margin);
    }

    function run(uint256 market, address maker, uint256 margin, uint256 size, uint256 push) external {
        if (margin != 0) bringIn(market, margin);
        uint160 start = poolPrice();
        house.trade(TradeParams(market, size, 0, block.timestamp, address(this), maker, true, true, false));
        moveTo(spot.sqrtPriceOf(push));
        house.trade(
            TradeParams(
                market, type(uint256).max, type(uint256).max, block.timestamp, address(this), maker, false, false, true
            )
        );
        moveTo(start);
        if (margin != 0) house.vault().returnMargin(market, address(this));
    }
}

/// @dev T29: an account cannot use up what others may withdraw by losing borrowed money to the pool.
contract SpotHedgeBaseMakerCircuitBreakerTest is ExchangeTest {
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

    /// @dev The cost of the close consumes the credit of the deposit that paid for it.
    function test_T29_BorrowedLossDoesNotConsumeTheOutflowLimit() public {
        _openWindow();
        (uint256 before,) = d.breaker.available(address(usd));
        dealer.run(market, address(shb), 600_000 * USD, SIZE, PUSH);
        (uint256 left,) = d.breaker.available(address(usd));
        assertGt(before, 290_000 * USD);
        assertEq(left, before, "consumed the outflow limit of others");
        // The rest of the deposit is withdrawn unmetered. The loss exceeds the outflow limit of others by far.
        assertEq(valueOf(address(dealer)), 0);
        assertLt(usd.balanceOf(address(dealer)), 20_000_000 * USD);
        assertLt(d.breaker.creditOf(address(usd), address(dealer)), 10_000 * USD, "credit for what was lost");
        vm.prank(alice);
        vault.withdraw(1000 * USD, alice);
    }

    /// @dev Losing funds from before the window consumes the limit like withdrawing them.
    function test_T29_FundsFromBeforeTheWindowAreMetered() public {
        dealer.bringIn(market, 600_000 * USD);
        _openWindow();
        (uint256 before,) = d.breaker.available(address(usd));
        dealer.run(market, address(shb), 0, SIZE, PUSH);
        (uint256 left,) = d.breaker.available(address(usd));
        assertLt(left, before);
    }

    /// @dev A window that a hedge opens measures the balances before the swap. Otherwise a base vault that has just
    /// sold its base would let its LPs withdraw almost nothing during the window, and the received collateral would
    /// widen the limit.
    function test_T29_HedgeOpensItsWindowsBeforeTheSwap() public {
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

    /// @dev A maker that the breaker does not protect can hedge.
    function test_Hedge_UnprotectedVault() public {
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
