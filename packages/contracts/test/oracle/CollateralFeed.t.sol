// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {DeployConfig} from "../../script/Deploy.s.sol";
import {MarketParams} from "../../src/interfaces/IClearingHouse.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {Feed} from "../../src/types/Feed.sol";
import {Price} from "../../src/types/Units.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The market's collateral has a feed: stored prices of it serve 120 s, and 60 s for liquidation and executions.
abstract contract CollateralFeedFixture is ExchangeTest {
    bytes32 internal constant USDC = keccak256("USDC/USD");

    function setUp() public virtual override {
        super.setUp();
        vm.prank(owner());
        oracle.setExecutor(address(this), true);
        skip(1);
        publish(2000e8, 0, 1e8, 0);
    }

    function plainWithCollateral() internal pure returns (Feed memory feed) {
        feed = plainFeed(FEED);
        feed.floatFee = 2;
        feed.collateral.pythId = USDC;
        feed.collateral.maxAge = 120;
        feed.collateral.maxExecutionAge = 60;
        feed.collateral.maxLiquidationAge = 60;
    }

    function marketFeed() internal virtual returns (Feed memory) {
        return plainWithCollateral();
    }

    /// @dev Stores both prices now, with 8 decimals.
    function publish(uint256 base, uint256 baseConfidence, uint256 collateral, uint256 collateralConfidence) internal {
        bytes[] memory data = new bytes[](2);
        data[0] = raw(FEED, int64(uint64(base)), uint64(baseConfidence), timestamp(), timestamp() - 1);
        data[1] = raw(USDC, int64(uint64(collateral)), uint64(collateralConfidence), timestamp(), timestamp() - 1);
        pyth.updatePriceFeeds{value: 2}(data);
    }

    function raw(bytes32 id, int64 price, uint64 confidence, uint256 time, uint256 previous)
        internal
        view
        returns (bytes memory)
    {
        return pyth.createPriceFeedUpdateData(
            id, price, confidence, -8, price, confidence, uint64(time), uint64(previous)
        );
    }

    function both(uint256 base, uint256 collateral, uint256 time) internal view returns (bytes[] memory data) {
        data = new bytes[](2);
        data[0] = raw(FEED, int64(uint64(base)), 0, time, time - 1);
        data[1] = raw(USDC, int64(uint64(collateral)), 0, time, time - 1);
    }

    function priceNow() internal view returns (uint256) {
        (Price price,) = oracle.getPrice(market);
        return price.unwrap();
    }

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.feed = marketFeed();
    }
}

contract CollateralFeedPriceTest is CollateralFeedFixture {
    function test_T10_PriceIsInCollateral() public {
        assertEq(priceNow(), 2000e18);
        skip(1);
        publish(2000e8, 0, 0.87e8, 0);
        uint256 expected = 2298.85057471264367816e18;
        assertEq(priceNow(), expected);
        assertEq(oracle.getLiquidationPrice(market).unwrap(), expected);
        (Price last, uint256 publishTime) = oracle.getLastPrice(market);
        assertEq(last.unwrap(), expected);
        assertEq(publishTime, timestamp());
    }

    function test_GetPrice_ConfidenceCombinesBoth() public {
        skip(1);
        publish(2000e8, 10e8, 1e8, 0.01e8);
        (Price price, uint256 confidence) = oracle.getPrice(market);
        assertEq(price.unwrap(), 2000e18);
        // 2010 / 0.99 - 2000, up
        assertEq(confidence, 30.303030303030303031e18);
    }

    function test_GetPrice_RevertIf_EitherIsStale() public {
        skip(61);
        setPrice(2000e18);
        assertEq(priceNow(), 2000e18);
        skip(60);
        setPrice(2000e18);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, USDC, START + 1, START + 2));
        oracle.getPrice(market);
        publish(2000e8, 0, 1e8, 0);
        assertEq(priceNow(), 2000e18);
    }

    function test_GetLiquidationPrice_RevertIf_CollateralIsTooOldForIt() public {
        skip(61);
        setPrice(2000e18);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, USDC, START + 1, START + 2));
        oracle.getLiquidationPrice(market);
    }

    function test_GetLastPrice_IsAsOldAsItsOlderPart() public {
        skip(1000);
        setPrice(3000e18);
        (Price price, uint256 publishTime) = oracle.getLastPrice(market);
        assertEq(price.unwrap(), 3000e18);
        assertEq(publishTime, START + 1);
    }

    function test_GetPrice_RevertIf_CollateralIsNotPositive() public {
        bytes[] memory data = new bytes[](1);
        skip(1);
        data[0] = raw(USDC, 0, 0, timestamp(), timestamp() - 1);
        pyth.updatePriceFeeds{value: 1}(data);
        bytes memory refusal = abi.encodeWithSelector(PythOracle.PriceNotPositive.selector, USDC, int64(0));
        vm.expectRevert(refusal);
        oracle.getPrice(market);
        vm.expectRevert(refusal);
        oracle.getLiquidationPrice(market);
    }
}

contract CollateralFeedExecutionTest is CollateralFeedFixture {
    uint256 private constant AT = START + 10;

    function setUp() public override {
        super.setUp();
        vm.warp(AT + 5);
    }

    function test_Execution_TakesBothFirstPricesOutOfTheSameData() public {
        uint256 float = address(oracle).balance;
        assertEq(oracle.beginExecution(market, both(2100e8, 0.5e8, AT), AT, AT + 10).unwrap(), 4200e18);
        assertEq(priceNow(), 4200e18);
        assertEq(float - address(oracle).balance, 2);
        oracle.endExecution();
    }

    /// @dev T15: neither of the two can be chosen.
    function test_T15_RevertIf_EitherIsNotTheFirst() public {
        for (uint256 i = 0; i < 2; ++i) {
            bytes[] memory data = both(2100e8, 1e8, AT + 1);
            bytes32 other = i == 0 ? FEED : USDC;
            data[i] = raw(other, i == 0 ? int64(2100e8) : int64(1e8), 0, AT + 1, AT);
            data[1 - i] = raw(i == 0 ? USDC : FEED, i == 0 ? int64(1e8) : int64(2100e8), 0, AT + 1, AT - 1);
            vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
            oracle.beginExecution(market, data, AT, AT + 10);
        }
    }

    /// @dev T17: the base alone is not enough.
    function test_T17_RevertIf_CollateralIsMissing() public {
        bytes[] memory data = new bytes[](1);
        data[0] = raw(FEED, 2100e8, 0, AT, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    function test_Execution_RevertIf_CollateralIsOlderThanItsMaxExecutionAge() public {
        vm.warp(AT + 61);
        bytes[] memory data = both(2100e8, 1e8, AT);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, AT, AT + 1));
        oracle.beginExecution(market, data, AT, AT + 10);
        data[0] = raw(FEED, 2100e8, 0, AT + 1, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, USDC, AT, AT + 1));
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    function test_Gateway_ExecutesAtThePriceInCollateral() public {
        addMargin(alice, 100_000 * USD);
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        vault.setOperator(address(gateway), true);
        OrderRequest memory request =
            OrderRequest(market, address(om), false, false, false, false, 1e18, type(uint256).max);
        Order memory order = Order(
            alice,
            request,
            0,
            uint64(timestamp() + 3),
            uint64(timestamp() + 13),
            uint64(timestamp() + 63),
            uint128(0.0001 ether)
        );
        vm.prank(alice);
        uint256 id = gateway.createOrder{value: 0.0001 ether}(request);
        skip(3);
        bytes[] memory data = both(2000e8, 0.8e8, order.executableAt);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, order, data));
        // 2500 and the maker's spread for one base out of 500.
        assertEq(positionOf(alice).openNotional.unwrap(), -2500.025e18);
    }
}

/// @dev Confidence and second sources of both parts.
contract CollateralFeedLimitsTest is CollateralFeedFixture {
    AggregatorDouble private baseSecond;
    AggregatorDouble private collateralSecond;

    function marketFeed() internal override returns (Feed memory feed) {
        baseSecond = new AggregatorDouble(8);
        collateralSecond = new AggregatorDouble(18);
        baseSecond.push(2000e8, START);
        collateralSecond.push(1e18, START);
        feed = plainWithCollateral();
        feed.maxConfidence = 5000;
        feed.maxDeviation = 10_000;
        feed.fallbackAge = 300;
        feed.aggregator = address(baseSecond);
        feed.heartbeat = 3600;
        feed.collateral.aggregator = address(collateralSecond);
        feed.collateral.heartbeat = 7200;
    }

    /// @dev 0.5% of 2,000 is 10: wide confidence stops increasing, and nothing else.
    function test_CheckIncrease_ConfidenceLimit() public {
        skip(1);
        publish(2000e8, 10e8, 1e8, 0);
        oracle.checkIncrease(market);
        skip(1);
        publish(2000e8, 10e8 + 1, 1e8, 0);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.ConfidenceTooWide.selector, 10.00000001e18, 10e18));
        oracle.checkIncrease(market);
        assertEq(priceNow(), 2000e18);
        assertEq(oracle.getLiquidationPrice(market).unwrap(), 2000e18);
        skip(1);
        publish(2000e8, 0, 1e8, 0.005e8);
        vm.expectRevert(
            abi.encodeWithSelector(IPriceOracle.ConfidenceTooWide.selector, 10.050251256281407036e18, 10e18)
        );
        oracle.checkIncrease(market);
    }

    function test_CheckIncrease_JudgesTheExecutionsConfidence() public {
        skip(5);
        bytes[] memory data = both(2000e8, 1e8, timestamp());
        data[0] = raw(FEED, 2000e8, 11e8, timestamp(), timestamp() - 1);
        oracle.beginExecution(market, data, timestamp(), timestamp());
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.ConfidenceTooWide.selector, 11e18, 10e18));
        oracle.checkIncrease(market);
        oracle.endExecution();
    }

    /// @dev T10: a peg that only one source still sees.
    function test_T10_CheckIncrease_ComparesTheCollateralToo() public {
        oracle.checkIncrease(market);
        collateralSecond.push(0.9e18, timestamp());
        bytes memory refusal = abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, USDC, 1e18, 0.9e18, 10_000);
        vm.expectRevert(refusal);
        oracle.checkIncrease(market);
        skip(5);
        oracle.beginExecution(market, both(2000e8, 1e8, timestamp()), timestamp(), timestamp());
        vm.expectRevert(refusal);
        oracle.checkIncrease(market);
        oracle.endExecution();
        oracle.beginExecution(market, both(2000e8, 0.9e8, timestamp()), timestamp(), timestamp());
        oracle.checkIncrease(market);
        oracle.endExecution();
    }

    /// @dev Each part falls back by itself.
    function test_T18_LiquidationFallsBackPartByPart() public {
        skip(301);
        collateralSecond.push(0.8e18, timestamp());
        setPrice(2400e18);
        assertEq(oracle.getLiquidationPrice(market).unwrap(), 3000e18);
        skip(301);
        assertEq(oracle.getLiquidationPrice(market).unwrap(), 2500e18);
    }

    function test_T18_FallbackExecutionNeedsBothRounds() public {
        skip(400);
        uint256 begin = timestamp() - 20;
        baseSecond.push(1900e8, begin + 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(collateralSecond), begin));
        oracle.beginExecution(market, new bytes[](0), begin, begin + 10);
        collateralSecond.push(0.95e18, begin + 2);
        assertEq(oracle.beginExecution(market, new bytes[](0), begin, begin + 10).unwrap(), 2000e18);
        oracle.endExecution();
    }

    /// @dev A collateral without a second source has no round to execute at, whatever the base has.
    function test_T18_FallbackExecution_RevertIf_ThatPartHasNoSecondSource() public {
        MarketParams memory params = config().market;
        Feed memory feed = marketFeed();
        (feed.collateral.aggregator, feed.collateral.heartbeat) = (address(0), 0);
        vm.startPrank(owner());
        uint256 second = house.createMarket(params);
        oracle.setFeed(second, feed);
        vm.stopPrank();
        skip(400);
        uint256 begin = timestamp() - 20;
        baseSecond.push(1900e8, begin + 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(0), begin));
        oracle.beginExecution(second, new bytes[](0), begin, begin + 10);
    }

    /// @dev One dead part is enough: no execution can take place at the first source without it.
    function test_T18_FallbackExecutionWhenTheCollateralsFeedIsDead() public {
        skip(400);
        uint256 begin = timestamp() - 20;
        setPrice(1900e18);
        baseSecond.push(1900e8, begin + 1);
        collateralSecond.push(0.95e18, begin + 2);
        assertEq(oracle.beginExecution(market, new bytes[](0), begin, begin + 10).unwrap(), 2000e18);
        oracle.endExecution();
        publish(1900e8, 0, 1e8, 0);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.PrimaryAlive.selector, FEED, timestamp(), 300));
        oracle.beginExecution(market, new bytes[](0), begin, begin + 10);
    }
}

/// @dev T10, the weekend of 2023-03-11: base holds its value in dollars while the collateral falls to 0.87 and recovers.
/// Takers are long at the OracleMaker and short at the hedged one, so that both makers have inventory all along.
contract DepegTest is CollateralFeedFixture {
    uint256 private constant STEPS = 9;
    /// @dev Base and collateral in dollars, 8 decimals.
    uint256[STEPS] private bases = [2000e8, 1990e8, 1985e8, 1970e8, 2005e8, 2010e8, 2002e8, 2000e8, 2000e8];
    uint256[STEPS] private pegs = [1e8, 0.985e8, 0.93e8, 0.9e8, 0.87e8, 0.89e8, 0.94e8, 0.972e8, 1e8];

    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        om.setWhitelistLp(stranger, true);
        vm.prank(owner());
        shb.setWhitelistLp(stranger, true);
        addMargin(alice, 50_000 * USD);
        addMargin(bob, 50_000 * USD);
        buy(alice, address(om), 10e18);
        sell(bob, address(shb), 5e18);
        usd.mint(stranger, 1_000_000 * USD);
        weth.mint(stranger, 100e18);
        vm.deal(stranger, 1 ether);
        vm.startPrank(stranger);
        usd.approve(address(om), type(uint256).max);
        weth.approve(address(shb), type(uint256).max);
        vm.stopPrank();
    }

    /// @dev Shares are worth what the spot market says: nobody enters or leaves at the expense of those who stay, and a
    /// round trip makes what the vault made meanwhile.
    function test_T10_Depeg_NoLpTakesFromThoseWhoStay() public {
        for (uint256 i = 0; i < STEPS; ++i) {
            for (uint256 j = i; j < STEPS; ++j) {
                _checkRoundTrip(om, 500_000 * USD, i, j);
                _checkRoundTrip(shb, 50e18, i, j);
            }
        }
    }

    /// @dev The OracleMaker's inventory, valued by hand: collateral that it has, less ten base at the spot market's price.
    function test_T10_Depeg_SharesAreWorthWhatTheSpotMarketSays() public {
        for (uint256 i = 0; i < STEPS; ++i) {
            _at(i);
            int256 held = positionOf(address(om)).margin.unwrap() + positionOf(address(om)).openNotional.unwrap();
            int256 worth = held - 10 * int256(_inCollateral(i));
            assertApproxEqAbs(int256(om.totalAssets()), worth / 1e12, 1);
        }
    }

    /// @dev What a round trip makes is what the base made in units of the collateral, and never more.
    function test_T10_Depeg_NoTakerBeatsTheSpotMarket() public {
        fund(stranger, 500_000 * USD);
        addMargin(stranger, 500_000 * USD);
        vm.prank(owner());
        om.setValidSender(stranger, true);
        for (uint256 i = 0; i + 1 < STEPS; ++i) {
            for (uint256 j = i + 1; j < STEPS; ++j) {
                uint256 state = vm.snapshotState();
                bool isLong = _inCollateral(j) > _inCollateral(i);
                int256 fair = int256(_inCollateral(j)) - int256(_inCollateral(i));
                _at(i);
                int256 before = marginOf(stranger);
                if (isLong) buy(stranger, address(om), 20e18);
                else sell(stranger, address(om), 20e18);
                _at(j);
                close(stranger, address(om));
                assertLe(marginOf(stranger) - before, 20 * (isLong ? fair : -fair) + 1e12);
                vm.revertToState(state);
            }
        }
    }

    function test_T10_Depeg_LiquidationPriceFollows() public {
        for (uint256 i = 0; i < STEPS; ++i) {
            _at(i);
            assertEq(oracle.getLiquidationPrice(market).unwrap(), _inCollateral(i));
            assertEq(priceNow(), _inCollateral(i));
        }
    }

    function _checkRoundTrip(ILpModule maker, uint256 amountXCD, uint256 i, uint256 j) private {
        uint256 state = vm.snapshotState();
        vm.startPrank(stranger);
        _at(i);
        uint256 priceIn = maker.sharePrice();
        uint256 shares = maker.deposit(amountXCD);
        _checkNotDiluted(maker, priceIn);
        if (j != i) _at(j);
        uint256 priceOut = maker.sharePrice();
        uint256 back = maker.withdraw(shares);
        _checkNotDiluted(maker, priceOut);
        vm.stopPrank();
        // Whole units of the asset and of the share price.
        assertLe(back, amountXCD * (priceOut + 1) / priceIn + 1);
        // The hedged vault has no inventory to gain or lose with, whatever the collateral does.
        if (maker == ILpModule(shb)) assertApproxEqRel(back, amountXCD, 1e12);
        vm.revertToState(state);
    }

    /// @dev But for virtual shares and whole units of the asset: a millionth of a millionth.
    function _checkNotDiluted(ILpModule maker, uint256 before) private view {
        assertGe(maker.sharePrice() + before / 1e12 + 1, before);
    }

    function _at(uint256 step) private {
        skip(60);
        publish(bases[step], 0, pegs[step], 0);
    }

    function _inCollateral(uint256 step) private view returns (uint256) {
        return bases[step] * 1e18 / pegs[step];
    }
}
