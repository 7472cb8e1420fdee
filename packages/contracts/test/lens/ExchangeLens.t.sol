// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IClearingHouse, LiquidationParams, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {MarketParams} from "../../src/interfaces/IMarketAdmin.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ExchangeLens} from "../../src/lens/ExchangeLens.sol";
import {AccountView, FeesView, MakerView, MarketView, TraderView} from "../../src/lens/LensTypes.sol";
import {SourceRegistry} from "../../src/oracle/SourceRegistry.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Price} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {LockUser} from "../utils/LockUser.sol";
import {StubMaker} from "../utils/StubMaker.sol";

contract ExchangeLensTest is ExchangeTest {
    ExchangeLens private lens;

    function setUp() public override {
        super.setUp();
        lens = d.lens;
    }

    /// @dev Funding of at most 10% a day, reached in a day at a skew of 100; borrowing of 20% a year; a trading fee.
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.funding.maxRate = uint64(1e18) / 10 / 1 days;
        c.funding.maxVelocity = c.funding.maxRate / 1 days;
        c.funding.skewScale = 100e18;
        c.maxBorrowingRate = uint48(0.2e18 / uint256(365 days));
        c.market.rules.tradingFee = 200;
    }

    // --------------------------------------------------------------------------------------------------- trader ----

    function test_GetTrader() public {
        addMargin(alice, quoteXCD(5_000e18));
        buy(alice, address(om), 10e18);
        skip(10 minutes);
        setPrice(2010e18);

        TraderView memory trader = lens.getTrader(alice);
        assertEq(trader.account, alice);
        assertEq(trader.fundXCD, vault.fundOf(alice));
        assertFalse(trader.isLocked);
        assertEq(trader.markets.length, 1);
        AccountView memory a = trader.markets[0];
        assertEq(a.marketId, market);
        assertTrue(a.status == MarketStatus.Active);
        assertFalse(a.isMaker);
        assertEq(a.size, 10e18);
        assertEq(a.openNotional, positionOf(alice).openNotional.unwrap());
        assertEq(a.margin, marginOf(alice));
        (int256 funding, int256 borrowing) = d.lens.pendingFeesOf(market, alice);
        assertGt(funding, 0, "longs pay");
        assertGt(borrowing, 0, "takers pay");
        assertEq(a.pendingFunding, funding);
        assertEq(a.pendingBorrowing, borrowing);
        assertEq(a.price, 2010e18);
        assertEq(a.priceError.length, 0);
        assertEq(a.accountValue, valueOf(alice));
        assertEq(a.marginRatio, a.accountValue * 1e18 / 20_100e18);
        assertEq(a.initialRequirement, 2010e18);
        assertEq(a.maintenanceRequirement, 1256.25e18);
        assertEq(a.freeMarginXCD, vault.withdrawableMarginOf(market, alice));
        assertFalse(a.isLiquidatable);
        assertGt(a.liquidationPrice, 0);
        assertLt(a.liquidationPrice, 2010e18);
    }

    function test_GetTrader_WithoutAnything() public view {
        TraderView memory trader = lens.getTrader(stranger);
        assertEq(trader.fundXCD, 0);
        assertEq(trader.markets.length, 0);
        assertEq(lens.getAccount(market, stranger).accountValue, 0);
    }

    function test_GetTrader_MarginAlone() public {
        addMargin(alice, quoteXCD(5_000e18));
        skip(1 days);
        AccountView memory a = lens.getTrader(alice).markets[0];
        assertEq(a.accountValue, 5_000e18, "no price is needed");
        assertEq(a.freeMarginXCD, quoteXCD(5_000e18));
        assertEq(a.priceError.length, 0);
        assertEq(a.marginRatio, 0);
        assertEq(a.liquidationPrice, 0);
    }

    /// @dev A second market whose feed has never had a price does not affect the first.
    function test_GetTrader_AStaleMarketAmongOthers() public {
        uint256 other = _secondMarket();
        addMargin(alice, quoteXCD(5_000e18));
        buy(alice, address(om), 10e18);
        vm.prank(alice);
        vault.transferFundToMargin(other, alice, quoteXCD(1_000e18));
        StubMaker stub = new StubMaker(vault, other, 100e18);
        _register(stub);
        stub.addMargin(quoteXCD(10_000e18));
        vm.mockCall(
            address(oracle),
            abi.encodeCall(IPriceOracle.getTradePrice, (other)),
            abi.encode(Price.wrap(100e18), uint256(0), block.timestamp, true)
        );
        TradeParams memory params = order(alice, address(stub), false, false, 10e18);
        params.marketId = other;
        tradeAs(alice, params);
        vm.clearMockedCalls();

        TraderView memory trader = lens.getTrader(alice);
        assertEq(trader.markets.length, 2);
        assertEq(trader.markets[0].price, START_PRICE);
        AccountView memory stale = trader.markets[1];
        assertEq(stale.marketId, other);
        assertEq(stale.size, 10e18);
        assertEq(stale.price, 0);
        assertEq(stale.priceError, abi.encodeWithSelector(SourceRegistry.UnknownFeed.selector, other));
        assertEq(stale.accountValue, 0);
        assertFalse(stale.isLiquidatable);
        // Needs no price.
        assertApproxEqAbs(stale.liquidationPrice, 0.0213e18, 0.0001e18, "only the trading fee is owed");
    }

    function test_GetTrader_StalePrice() public {
        addMargin(alice, quoteXCD(5_000e18));
        buy(alice, address(om), 10e18);
        uint256 publishTime = timestamp();
        skip(61);
        AccountView memory a = lens.getTrader(alice).markets[0];
        assertEq(a.price, 0);
        assertEq(
            a.priceError, abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, publishTime, timestamp() - 60)
        );
        assertEq(a.freeMarginXCD, 0);
        assertGt(a.liquidationPrice, 0);
    }

    function test_GetTrader_Paused() public {
        addMargin(alice, quoteXCD(1_500e18));
        buy(alice, address(om), 5e18);
        setPriceLater(1_500e18);
        assertTrue(lens.getAccount(market, alice).isLiquidatable);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        AccountView memory a = lens.getAccount(market, alice);
        assertTrue(a.status == MarketStatus.Paused);
        assertFalse(a.isLiquidatable, "no liquidation in a pause");
        assertEq(a.freeMarginXCD, 0, "no margin is free in a pause");
        assertEq(
            a.accountValue,
            a.margin + a.openNotional + 5 * 1_500e18 - a.pendingFunding - a.pendingBorrowing,
            "the stored price is fresh enough to value it"
        );
    }

    function test_GetTrader_Locked() public {
        addMargin(alice, quoteXCD(5_000e18));
        buy(alice, address(om), 1e18);
        LockUser user = new LockUser(vault);
        user.lockAnd(address(lens), abi.encodeCall(lens.getTrader, (alice)));
        TraderView memory trader = abi.decode(user.answer(), (TraderView));
        assertTrue(trader.isLocked);
        assertEq(trader.markets[0].freeMarginXCD, 0);
        user.lockAnd(address(lens), abi.encodeCall(lens.getMaker, (address(om))));
        MakerView memory maker = abi.decode(user.answer(), (MakerView));
        assertFalse(maker.isValued);
        assertEq(maker.valueError, abi.encodeWithSelector(IVault.Locked.selector, user));
        assertEq(maker.totalAssets, 0);
        assertEq(maker.account.size, -1e18);
    }

    function test_GetAccount_UnknownMarket() public {
        vm.expectRevert(abi.encodeWithSelector(ExchangeLens.UnknownMarket.selector, 2, 1));
        lens.getAccount(2, alice);
        vm.expectRevert(abi.encodeWithSelector(ExchangeLens.UnknownMarket.selector, 0, 1));
        lens.getMarket(0);
    }

    // ---------------------------------------------------------------------------------------- liquidation price ----

    /// @dev With pending fees: a liquidation reverts at the stated price and passes one wei beyond it.
    function testFuzz_LiquidationPrice_Taker(uint256 size, uint256 margin, uint256 time, bool isLong) public {
        size = boundSize(size, 0.01e18, 50e18);
        uint256 required = size * 2000 / 9;
        addMargin(alice, quoteXCD(boundQuote(margin, required, required * 5)) + 1);
        // Bob's position determines the direction of the funding rate.
        addMargin(bob, quoteXCD(100_000e18));
        buy(bob, address(om), 61e18);
        if (isLong) buy(alice, address(om), size);
        else sell(alice, address(om), size);
        skip(boundTime(time, 3 days));
        _checkLiquidationPrice(alice);
    }

    function testFuzz_LiquidationPrice_Maker(uint256 size, uint256 time, bool isLong) public {
        size = boundSize(size, 100e18, 400e18);
        addMargin(alice, quoteXCD(900_000e18));
        if (isLong) sell(alice, address(om), size);
        else buy(alice, address(om), size);
        skip(boundTime(time, 30 days));
        addMargin(bob, quoteXCD(900_000e18));
        _checkLiquidationPrice(address(om));
    }

    function _checkLiquidationPrice(address account) private {
        AccountView memory a = lens.getAccount(market, account);
        assertTrue(a.pendingFunding != 0 || a.pendingBorrowing != 0, "there are pending fees");
        if (a.liquidationPrice == 0) {
            assertGt(a.size, 0, "only a long can have no liquidation price here");
            return;
        }
        _mockPrice(a.liquidationPrice);
        assertFalse(lens.getAccount(market, account).isLiquidatable, "the lens agrees");
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        _liquidate(account);

        uint256 beyond = a.size > 0 ? a.liquidationPrice - 1 : a.liquidationPrice + 1;
        _mockPrice(beyond);
        assertTrue(lens.getAccount(market, account).isLiquidatable);
        assertEq(lens.getAccount(market, account).liquidationPrice, a.liquidationPrice, "independent of the price");
        _liquidate(account);
        assertLt(_abs(sizeOf(account)), _abs(a.size));
    }

    // --------------------------------------------------------------------------------------------------- market ----

    function test_GetMarket() public {
        addMargin(alice, quoteXCD(50_000e18));
        addMargin(bob, quoteXCD(50_000e18));
        buy(alice, address(om), 30e18);
        sell(bob, address(om), 5e18);
        skip(1 hours);
        setPrice(2010e18);

        MarketView memory m = lens.getMarket(market);
        assertTrue(m.status == MarketStatus.Active);
        assertEq(m.rules.tradingFee, 200);
        assertEq(m.initialMarginRatio, 100_000);
        assertEq(m.targetMaintenanceMarginRatio, 62_500);
        assertEq(m.price, 2010e18);
        assertEq(m.lastPrice, 2010e18);
        assertEq(m.lastPublishTime, timestamp());
        assertFalse(m.isFrozen);
        assertEq(m.takerLong, 30e18);
        assertEq(m.takerShort, 5e18);
        assertEq(m.makerLong, 0);
        assertEq(m.makerShort, 25e18);
        assertEq(m.skew, 25e18);
        assertEq(m.makerShortCapacity, 500e18, "the base vault cannot go short");
        assertEq(m.makerLongCapacity, 600e18);
        assertEq(m.longUtilRatio, 0.05e18);
        assertEq(m.shortUtilRatio, 0);
        // A quarter of the scale for an hour; the time constant is a day, and e^(-1/24) = 0.959189.
        assertApproxEqRel(m.fundingRate, int256(uint256(config().funding.maxRate)) / 4 * 40_811 / 1e6, 1e14);
        assertApproxEqRel(m.fundingVelocity, int256(uint256(config().funding.maxVelocity)) / 4 * 959_189 / 1e6, 1e13);
        assertGt(m.longBorrowingRate, 0);
        assertEq(m.shortBorrowingRate, 0);
        assertEq(m.insurance, uint256(int256(d.lens.marketOf(market).insurance)));
        assertGt(m.insurance, 0, "trading fees");
        assertEq(m.badDebt, 0);
        assertEq(m.balanceXCD, d.lens.marketOf(market).balance);
        assertEq(m.makers.length, 2);
        assertEq(m.makers[0], address(om));
        assertEq(m.makers[1], address(shb));
    }

    /// @dev The forecast per unit equals the fees that accounts owe an hour later, apart from one wei per rounding.
    function testFuzz_GetMarket_NextHour(uint256 long, uint256 short, uint256 time) public {
        addMargin(alice, quoteXCD(200_000e18));
        addMargin(bob, quoteXCD(200_000e18));
        buy(alice, address(om), boundSize(long, 2e18, 100e18));
        sell(bob, address(om), boundSize(short, 1e18, 100e18));
        skip(boundTime(time, 2 days));
        setPrice(1_990e18);
        // Settles pending fees and leaves one unit.
        sell(alice, address(om), uint256(sizeOf(alice)) - 1e18);

        FeesView memory estimate = lens.getMarket(market).nextHour.takerLong;
        skip(1 hours);
        (int256 funding, int256 borrowing) = d.lens.pendingFeesOf(market, alice);
        assertEq(estimate.funding, funding);
        assertEq(estimate.borrowing, borrowing);
    }

    /// @dev Bad debt is shown, and with it the status of the market until it is covered.
    function test_GetMarket_BadDebt() public {
        addMargin(alice, quoteXCD(21_000e18));
        buy(alice, address(om), 100e18);
        skip(1);
        setPrice(1700e18);
        addMargin(bob, quoteXCD(500_000e18));
        d.backstop.flagShortfall(market, alice);
        skip(1 hours);
        setPrice(1700e18);
        int256 left = valueOf(alice) + d.lens.marketOf(market).insurance;
        assertLt(left, 0);
        _liquidate(alice);
        MarketView memory m = lens.getMarket(market);
        assertEq(m.badDebt, uint256(-left));
        assertEq(m.insurance, 0);
        assertTrue(m.status == MarketStatus.ReduceOnly);
        assertTrue(m.rules.hadDebt);
        uint256 gift = uint256(-left) / vault.assetScale() + 1;
        vm.prank(bob);
        vault.donate(market, gift);
        m = lens.getMarket(market);
        assertEq(m.badDebt, 0);
        assertEq(m.insurance, gift * vault.assetScale() - uint256(-left));
        assertTrue(m.status == MarketStatus.Active);
    }

    /// @dev Utilization is one at or beyond capacity, and zero if no capacity exists and none is used.
    function test_GetMarket_UtilizationAtItsEnds() public {
        assertEq(lens.getMarket(market).longUtilRatio, 0);
        addMargin(alice, quoteXCD(900_000e18));
        buy(alice, address(om), 500e18);
        assertEq(lens.getMarket(market).longUtilRatio, 1e18, "all of it");
        IOracleMaker.Parameters memory parameters = config().oracleMaker;
        parameters.maxAbsPosition = 400e18;
        vm.prank(owner());
        om.setParameters(parameters);
        assertEq(lens.getMarket(market).longUtilRatio, 1e18, "beyond it");
        MarketParams memory params = config().market;
        vm.prank(owner());
        uint256 empty = house.createMarket(params);
        MarketView memory m = lens.getMarket(empty);
        assertEq(m.makerLongCapacity, 0);
        assertEq(m.shortUtilRatio, 0, "no capacity and no use");
    }

    function test_GetMarket_Paused() public {
        addMargin(alice, quoteXCD(50_000e18));
        buy(alice, address(om), 30e18);
        skip(1 hours);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        MarketView memory m = lens.getMarket(market);
        assertTrue(m.isFrozen);
        assertTrue(m.status == MarketStatus.Paused);
        assertEq(m.fundingVelocity, 0);
        assertEq(m.longBorrowingRate, 0);
        assertEq(m.nextHour.takerLong.funding, 0);
        assertEq(m.price, 0, "an hour old");
        assertEq(m.lastPrice, START_PRICE);
        assertGt(m.priceError.length, 0);
    }

    function test_GetMarket_Ramp() public {
        vm.prank(owner());
        house.setMarginRatios(market, 200_000, 100_000, 2 days);
        skip(1 days);
        MarketView memory m = lens.getMarket(market);
        assertEq(m.initialMarginRatio, 150_000);
        assertEq(m.maintenanceMarginRatio, 81_250);
        assertEq(m.targetInitialMarginRatio, 200_000);
        assertEq(m.targetMaintenanceMarginRatio, 100_000);
        assertEq(m.rampEnd, timestamp() + 1 days);
    }

    // ---------------------------------------------------------------------------------------------------- maker ----

    function test_GetMaker() public {
        addMargin(alice, quoteXCD(50_000e18));
        buy(alice, address(om), 50e18);
        MakerView memory m = lens.getMaker(address(om));
        assertEq(m.maker, address(om));
        assertFalse(m.isRetired);
        assertFalse(m.isSpotHedged);
        assertTrue(m.isValued);
        assertFalse(m.isInsolvent);
        assertEq(m.totalAssets, om.totalAssets());
        assertEq(m.sharePrice, om.sharePrice());
        assertEq(m.totalSupply, om.totalSupply());
        assertEq(m.asset, address(usd));
        assertEq(m.longUtilRatio, 0.1e18);
        assertEq(m.shortUtilRatio, 0);
        assertEq(m.longCapacity, 500e18);
        assertEq(m.shortCapacity, 500e18);
        assertTrue(m.account.isMaker);
        assertEq(m.account.size, -50e18);
        assertEq(m.account.accountValue, valueOf(address(om)));
    }

    function test_GetMaker_Hedged() public {
        addMargin(alice, quoteXCD(50_000e18));
        sell(alice, address(shb), 25e18);
        MakerView memory m = lens.getMaker(address(shb));
        assertTrue(m.isSpotHedged);
        assertEq(m.asset, address(weth));
        assertEq(m.totalAssets, shb.totalAssets());
        assertEq(m.shortUtilRatio, 0.25e18);
        assertEq(m.longCapacity, 100e18);
        assertEq(m.account.size, 25e18);
    }

    function test_GetMaker_RetiredStaleAndInsolvent() public {
        addMargin(alice, quoteXCD(900_000e18));
        buy(alice, address(om), 400e18);
        vm.prank(owner());
        house.retireMaker(address(om));
        skip(61);
        MakerView memory m = lens.getMaker(address(om));
        assertTrue(m.isRetired);
        assertFalse(m.isValued);
        assertGt(m.valueError.length, 0);
        assertEq(m.totalSupply, om.totalSupply());
        setPrice(5_000e18);
        m = lens.getMaker(address(om));
        assertTrue(m.isValued);
        assertTrue(m.isInsolvent);
        assertEq(m.totalAssets, 0);
        assertTrue(m.account.isLiquidatable);
        assertLt(m.account.accountValue, 0);
    }

    function test_GetMaker_ThatIsNoLpVault() public {
        StubMaker stub = new StubMaker(vault, market, START_PRICE);
        _register(stub);
        MakerView memory m = lens.getMaker(address(stub));
        assertFalse(m.isValued);
        assertEq(m.totalSupply, 0);
        assertEq(m.longCapacity, 1e24);
    }

    function test_GetMaker_Unknown() public {
        vm.expectRevert(abi.encodeWithSelector(ExchangeLens.UnknownMaker.selector, alice));
        lens.getMaker(alice);
    }

    // -------------------------------------------------------------------------------------------------- helpers ----

    function setPriceLater(uint256 price) private {
        skip(1);
        setPrice(price);
    }

    function _register(StubMaker stub) private {
        vm.startPrank(owner());
        house.registerMaker(address(stub));
        if (stub.marketId() != market) house.setMarketStatus(stub.marketId(), MarketStatus.Active);
        vm.stopPrank();
    }

    function _liquidate(address account) private {
        vm.prank(bob);
        house.liquidate(
            LiquidationParams({
                marketId: market,
                account: account,
                liquidator: bob,
                maker: address(0),
                amount: type(uint256).max,
                minReward: 0,
                priceBound: 0
            })
        );
    }

    function _mockPrice(uint256 price) private {
        vm.mockCall(
            address(oracle),
            abi.encodeCall(IPriceOracle.getLiquidationPrice, (market)),
            abi.encode(Price.wrap(price), block.timestamp)
        );
    }

    function _secondMarket() private returns (uint256) {
        MarketParams memory params = config().market;
        vm.prank(owner());
        return house.createMarket(params);
    }

    function _abs(int256 x) private pure returns (uint256) {
        return uint256(x < 0 ? -x : x);
    }
}
