// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {BoundedCall} from "../../src/libraries/BoundedCall.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {Feed} from "../../src/types/Feed.sol";
import {Price} from "../../src/types/Units.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Market 2 has ETH/USD at Pyth and at an aggregator of 8 decimals, which may differ by 1%. Stored prices serve 60 s
/// for trading and 30 s for liquidation; Pyth is dead after 300 s. The test itself is an executor.
abstract contract SecondSourceFixture is ExchangeTest {
    uint256 internal constant M = 2;
    AggregatorDouble internal second;

    function setUp() public virtual override {
        super.setUp();
        second = new AggregatorDouble(8);
        second.push(1990e8, START - 100);
        vm.startPrank(owner());
        oracle.setFeed(M, feed());
        oracle.setExecutor(address(this), true);
        vm.stopPrank();
    }

    function feed() internal virtual returns (Feed memory f) {
        f = plainFeed(FEED);
        f.maxLiquidationAge = 30;
        f.fallbackAge = 300;
        f.maxDeviation = 10_000;
        f.aggregator = address(second);
        f.heartbeat = 3600;
    }

    function one(uint256 price, uint256 publishTime) internal view returns (bytes[] memory data) {
        data = new bytes[](1);
        data[0] = priceUpdate(price, publishTime, publishTime - 1);
    }

    function priceOf(uint256 marketId) internal view returns (uint256) {
        (Price price,) = oracle.getPrice(marketId);
        return price.unwrap();
    }
}

/// @dev Agreement is a condition for increasing only.
contract SecondSourceAgreementTest is SecondSourceFixture {
    function test_T12_DisagreementStopsIncreasingAndNothingElse() public {
        oracle.checkIncrease(M);
        second.push(1900e8, START);
        bytes memory refusal =
            abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, FEED, 2000e18, 1900e18, 10_000);
        vm.expectRevert(refusal);
        oracle.checkIncrease(M);
        assertEq(priceOf(M), 2000e18, "closing");
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 2000e18, "liquidation");
        oracle.checkIncrease(market);
    }

    /// @dev The limit itself is still agreement, whichever source is the higher one.
    function test_CheckIncrease_LimitIsOfTheLowerPrice() public {
        second.push(2020e8, START);
        oracle.checkIncrease(M);
        second.push(2020e8 + 1, START);
        vm.expectRevert(
            abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, FEED, 2000e18, 2020.00000001e18, 10_000)
        );
        oracle.checkIncrease(M);
        second.push(1980.1980198e8, START);
        vm.expectRevert(
            abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, FEED, 2000e18, 1980.1980198e18, 10_000)
        );
        oracle.checkIncrease(M);
        second.push(1980.1980199e8, START);
        oracle.checkIncrease(M);
    }

    function testFuzz_CheckIncrease_ExactlyWhenWithinTheLimit(uint64 primary, uint64 secondary, uint24 limit) public {
        uint256 p = bound(primary, 1, uint256(uint64(type(int64).max)));
        uint256 s = bound(secondary, p / 2 + 1, p * 2);
        Feed memory f = feed();
        f.maxDeviation = uint24(bound(limit, 1, 999_999));
        vm.prank(owner());
        oracle.setFeed(3, f);
        skip(1);
        setPrice(p * 1e10);
        second.push(int256(s), timestamp());
        uint256 gap = p > s ? p - s : s - p;
        bool agree = gap * 1e6 <= (p < s ? p : s) * f.maxDeviation;
        (bool ok,) = address(oracle).call(abi.encodeCall(oracle.checkIncrease, (3)));
        assertEq(ok, agree);
    }

    /// @dev What is judged is the price that an action would use now, the execution price included.
    function test_CheckIncrease_JudgesTheExecutionPrice() public {
        vm.warp(START + 5);
        second.push(2100e8, START + 4);
        vm.expectRevert();
        oracle.checkIncrease(M);
        oracle.beginExecution(M, one(2100e18, START + 3), START + 3, START + 13);
        oracle.checkIncrease(M);
        second.push(2000e8, START + 5);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, FEED, 2100e18, 2000e18, 10_000));
        oracle.checkIncrease(M);
        oracle.endExecution();
    }

    function test_CheckIncrease_RevertIf_StoredPriceIsStale() public {
        skip(61);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, START + 1));
        oracle.checkIncrease(M);
    }

    /// @dev After its heartbeat the aggregator says nothing about now.
    function test_CheckIncrease_IgnoresAStaleSecondSource() public {
        second.push(1000e8, START);
        skip(3600);
        setPrice(2000e18);
        vm.expectRevert();
        oracle.checkIncrease(M);
        skip(1);
        setPrice(2000e18);
        oracle.checkIncrease(M);
    }
}

/// @dev T18: a second source that fails, in whatever way, never blocks a fresh primary one.
contract WeirdSecondSourceTest is SecondSourceFixture {
    function test_T18_FailingSourceBlocksNothing() public {
        second.push(1e8, START);
        for (uint256 i = 1; i < 6; ++i) {
            second.setFault(AggregatorDouble.Fault(i));
            oracle.checkIncrease(M);
            assertEq(priceOf(M), 2000e18);
            assertEq(oracle.getLiquidationPrice(M).unwrap(), 2000e18);
        }
    }

    function test_T18_FailingSourceIsNoFallbackEither() public {
        skip(301);
        second.push(1e8, timestamp());
        for (uint256 i = 1; i < 6; ++i) {
            second.setFault(AggregatorDouble.Fault(i));
            vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, timestamp() - 30));
            oracle.getLiquidationPrice(M);
        }
    }

    function test_T18_ImpossibleRoundsAreNoAnswer() public {
        _expectIgnored(0, START);
        _expectIgnored(-1, START);
        _expectIgnored(type(int256).min, START);
        _expectIgnored(type(int256).max, START);
        _expectIgnored(int256(uint256(type(uint128).max)), START);
        _expectIgnored(1e8, 0);
        _expectIgnored(1e8, START + 1);
        _expectIgnored(1e8, type(uint256).max);
        second.setRound(0, 1e8, START);
        oracle.checkIncrease(M);
    }

    function test_T18_GasOfAWildSourceIsBounded() public {
        second.setFault(AggregatorDouble.Fault.BurnsGas);
        uint256 gasBefore = gasleft();
        oracle.checkIncrease(M);
        assertLt(gasBefore - gasleft(), 200_000);
    }

    /// @dev Whoever starves the read of a healthy source must not make it look like a failed one.
    function test_T18_StarvedReadIsNotAFailedSource() public {
        second.push(1e8, START);
        for (uint256 gasLimit = 20_000; gasLimit < 400_000; gasLimit += 2_000) {
            (bool ok,) = address(oracle).call{gas: gasLimit}(abi.encodeCall(oracle.checkIncrease, (M)));
            assertFalse(ok, "the sources disagree");
        }
        second.push(2000e8, START);
        (bool passed, bytes memory reason) =
            address(oracle).call{gas: 150_000}(abi.encodeCall(oracle.checkIncrease, (M)));
        assertFalse(passed);
        assertEq(bytes4(reason), BoundedCall.NotEnoughGasForSource.selector);
    }

    function testFuzz_T18_NoAnswerBlocksClosing(uint80 roundId, int256 answer, uint256 updatedAt, uint8 fault) public {
        second.setRound(roundId, answer, updatedAt);
        second.setFault(AggregatorDouble.Fault(fault % 6));
        assertEq(priceOf(M), 2000e18);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 2000e18);
    }

    function testFuzz_Decimals(uint8 decimals, uint64 answer) public {
        decimals = uint8(bound(decimals, 0, 36));
        answer = uint64(bound(answer, 1, type(uint64).max));
        second = new AggregatorDouble(decimals);
        vm.prank(owner());
        oracle.setFeed(3, feed());
        skip(301);
        second.push(int256(uint256(answer)), timestamp());
        uint256 exact = decimals <= 18 ? answer * 10 ** (18 - decimals) : answer / 10 ** (decimals - 18);
        if (exact == 0) vm.expectRevert();
        uint256 price = oracle.getLiquidationPrice(3).unwrap();
        if (exact != 0) assertEq(price, exact);
    }

    /// @dev Far from Pyth's 2,000, so that it would be refused if it were believed.
    function _expectIgnored(int256 answer, uint256 updatedAt) private {
        second.push(answer, updatedAt);
        oracle.checkIncrease(M);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 2000e18);
    }
}

/// @dev T18: when Pyth is dead, liquidations go on.
contract SecondSourceLiquidationTest is SecondSourceFixture {
    function test_Liquidation_HasAShorterAgeThanTrading() public {
        skip(30);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 2000e18);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, START + 1));
        oracle.getLiquidationPrice(M);
        assertEq(priceOf(M), 2000e18);
    }

    function test_T18_DeadPrimaryDoesNotBlockLiquidation() public {
        skip(300);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, START + 270));
        oracle.getLiquidationPrice(M);
        skip(1);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        // It serves nothing else.
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, START + 241));
        oracle.getPrice(M);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, START + 241));
        oracle.checkIncrease(M);
        // And no longer than its heartbeat.
        vm.warp(START - 100 + 3600);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        skip(1);
        vm.expectRevert();
        oracle.getLiquidationPrice(M);
    }

    /// @dev A primary source that answers nonsense, or nothing, is as good as dead.
    function test_T18_PrimaryWithoutAPriceDoesNotBlockLiquidation() public {
        int64[2] memory prices = [int64(0), -5];
        for (uint256 i = 0; i < 2; ++i) {
            _store(prices[i], -8);
            assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        }
        _store(5, 11);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        _store(5, -25);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        vm.mockCallRevert(address(pyth), abi.encodeWithSelector(pyth.getPriceUnsafe.selector), "gone");
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        vm.expectRevert();
        oracle.getLiquidationPrice(market);
    }

    /// @dev Nor does one that is not there any more, burns gas, or answers something else than a price.
    function test_T18_BrokenPrimaryDoesNotBlockLiquidation() public {
        bytes memory burns = hex"5b600056";
        bytes memory tooShort = hex"607f6000f3";
        bytes memory allOnes = hex"6000196000526000196020526000196040526000196060526080" hex"6000f3";
        bytes[4] memory codes = [bytes(""), burns, tooShort, allOnes];
        for (uint256 i = 0; i < codes.length; ++i) {
            vm.etch(address(pyth), codes[i]);
            assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        }
    }

    /// @dev Nor one whose answer does not fit the fields of a price, or is beyond what the exchange can count.
    function test_T18_PrimaryBeyondAllRangesDoesNotBlockLiquidation() public {
        _store(type(int64).max, 10);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18, "above the highest price");
        bytes[3] memory answers = [
            abi.encode(int256(2000e8), uint256(0), int256(type(int32).max) + 1, timestamp()),
            abi.encode(int256(2000e8), uint256(0), int256(type(int32).min) - 1, timestamp()),
            abi.encode(int256(2000e8), uint256(0), int256(-8), uint256(type(uint64).max) + 1)
        ];
        for (uint256 i = 0; i < 3; ++i) {
            vm.mockCall(address(pyth), abi.encodeWithSelector(pyth.getPriceUnsafe.selector), answers[i]);
            assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        }
        bytes memory sound = abi.encode(int256(2000e8), uint256(0), int256(-8), timestamp());
        vm.mockCall(address(pyth), abi.encodeWithSelector(pyth.getPriceUnsafe.selector), sound);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 2000e18);
    }

    /// @dev And whoever starves the read of a healthy first source does not reach the second one.
    function test_T18_StarvedPrimaryIsNotADeadOne() public {
        for (uint256 gasLimit = 2_000; gasLimit < 300_000; gasLimit += 1_000) {
            (bool ok, bytes memory answer) =
                address(oracle).call{gas: gasLimit}(abi.encodeCall(oracle.getLiquidationPrice, (M)));
            if (ok) assertEq(abi.decode(answer, (uint256)), 2000e18);
        }
    }

    /// @dev T26: the price of one's own order liquidates nobody.
    function test_T26_LiquidationIgnoresTheExecutionPrice() public {
        vm.warp(START + 5);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1000e18, START + 4, START + 2);
        // The real Pyth stores no price that it parses; MockPyth does, so the stored one is made newer.
        setPrice(2000e18);
        oracle.beginExecution(M, data, START + 3, START + 13);
        assertEq(priceOf(M), 1000e18);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 2000e18);
        oracle.endExecution();
    }

    function _store(int64 price, int32 expo) private {
        skip(1);
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(
            FEED, price, 0, expo, price, 0, uint64(timestamp()), uint64(timestamp() - 1)
        );
        pyth.updatePriceFeeds{value: 1}(data);
    }
}

/// @dev The uptime feed answers 0 for up; it has to be up for an hour.
contract SequencerTest is SecondSourceFixture {
    AggregatorDouble private sequencer;

    function feed() internal override returns (Feed memory f) {
        sequencer = new AggregatorDouble(0);
        sequencer.push(0, START - 3601);
        f = super.feed();
        f.sequencerFeed = address(sequencer);
        f.sequencerGracePeriod = 3600;
    }

    function test_SecondSource_ServesWhileTheSequencerIsUp() public {
        second.push(1000e8, START);
        vm.expectRevert();
        oracle.checkIncrease(M);
        skip(301);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 1000e18);
    }

    function test_T18_SequencerDownOrJustRestarted() public {
        second.push(1000e8, START);
        sequencer.push(1, START - 4000);
        _expectUnused();
        sequencer.push(0, START - 3600);
        _expectUnused();
        sequencer.push(0, 0);
        _expectUnused();
        sequencer.push(0, START + 1000);
        _expectUnused();
        for (uint256 i = 1; i < 6; ++i) {
            sequencer.setFault(AggregatorDouble.Fault(i));
            _expectUnused();
        }
    }

    function test_Execution_RevertIf_SequencerIsDown() public {
        sequencer.push(1, START - 4000);
        skip(302);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.SequencerDown.selector, address(sequencer)));
        oracle.beginExecution(M, new bytes[](0), START + 291, START + 301);
    }

    /// @dev Neither as a guard nor as a fallback; and the first source goes on.
    function _expectUnused() private {
        oracle.checkIncrease(M);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 2000e18);
        vm.mockCallRevert(address(pyth), abi.encodeWithSelector(pyth.getPriceUnsafe.selector), "gone");
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, 0, START - 30));
        oracle.getLiquidationPrice(M);
        vm.clearMockedCalls();
    }
}

/// @dev Delayed closes while Pyth is dead: the first round at or after their time, and nobody chooses among rounds.
contract SecondSourceExecutionTest is SecondSourceFixture {
    uint256 private constant AT = START + 350;
    uint256 private constant UNTIL = AT + 10;
    bytes[] private none;

    function setUp() public override {
        super.setUp();
        second.push(1995e8, AT - 20);
        second.push(1985e8, AT + 5);
        second.push(1900e8, AT + 15);
        vm.warp(AT + 20);
    }

    function test_T15_FallbackIsTheFirstRoundAfterTheOrdersTime() public {
        assertEq(oracle.executionFee(M, none), 0);
        assertEq(oracle.beginExecution(M, none, AT, UNTIL).unwrap(), 1985e18);
        assertEq(priceOf(M), 1985e18);
        oracle.endExecution();
        assertEq(oracle.beginExecution(M, none, AT + 5, UNTIL).unwrap(), 1985e18, "at");
        oracle.endExecution();
        assertEq(oracle.beginExecution(M, none, AT + 6, UNTIL).unwrap(), 1900e18);
        oracle.endExecution();
    }

    /// @dev It serves to reduce only, also for LPs.
    function test_T18_FallbackPriceNeverIncreases() public {
        oracle.beginExecution(M, none, AT, UNTIL);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.FallbackOnlyReduces.selector, M));
        oracle.checkIncrease(M);
        oracle.endExecution();
        setPrice(1910e18);
        oracle.checkIncrease(M);
        // The flag is gone with the price.
        oracle.beginExecution(M, one(1905e18, AT + 19), AT + 19, AT + 20);
        oracle.checkIncrease(M);
        oracle.endExecution();
    }

    /// @dev T15: two valid prices would be a choice: the second source waits until the first one's window is over, and
    /// steps back as soon as anybody stores a price at Pyth.
    function test_T15_RevertIf_PrimaryStillServes() public {
        vm.warp(UNTIL);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.FallbackTooEarly.selector, UNTIL, UNTIL));
        oracle.beginExecution(M, none, AT, UNTIL);
        skip(1);
        setPrice(1984e18);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.PrimaryAlive.selector, FEED, timestamp(), 300));
        oracle.beginExecution(M, none, AT, UNTIL);
        vm.warp(UNTIL + 301);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.PrimaryAlive.selector, FEED, UNTIL + 1, 300));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    /// @dev T16: whoever could wait for Pyth to be dead would know the price by then.
    function test_T16_RevertIf_PrimaryDiedAfterTheWindow() public {
        uint256 last = START + 300;
        vm.expectRevert(abi.encodeWithSelector(PythOracle.PrimaryAlive.selector, FEED, START, 300));
        oracle.beginExecution(M, none, last - 10, last);
        oracle.beginExecution(M, none, last - 9, last + 1);
    }

    function test_Execution_RevertIf_NoRoundYet() public {
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(second), AT + 16));
        oracle.beginExecution(M, none, AT + 16, UNTIL);
    }

    function test_Execution_RevertIf_FirstRoundIsTooOld() public {
        vm.warp(AT + 65);
        oracle.beginExecution(M, none, AT, UNTIL);
        oracle.endExecution();
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, AT + 5, AT + 6));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    /// @dev The round before a phase's first one has another aggregator: what came first is not provable.
    function test_Execution_RevertIf_PhaseHasChanged() public {
        second.nextPhase();
        second.push(1950e8, AT + 16);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
        second.push(1951e8, AT + 18);
        assertEq(oracle.beginExecution(M, none, AT + 17, AT + 19).unwrap(), 1951e18, "within a phase");
        oracle.endExecution();
    }

    /// @dev Nor is a round zero of a phase a predecessor, nor another round than the one that was asked for.
    function test_Execution_RevertIf_ThePredecessorIsNoProof() public {
        uint80 phase = 2 << 64;
        second.setRound(phase, 1e8, AT - 50);
        second.push(1950e8, AT + 16);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
        second.push(1951e8, AT + 18);
        oracle.beginExecution(M, none, AT + 17, AT + 19);
        oracle.endExecution();
        vm.mockCall(
            address(second),
            abi.encodeCall(second.getRoundData, (phase + 1)),
            abi.encode(phase, int256(1950e8), AT - 50, AT - 50, phase)
        );
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(second), AT + 17));
        oracle.beginExecution(M, none, AT + 17, AT + 19);
    }

    function test_Execution_RevertIf_ARoundInBetweenIsMissing() public {
        second.setRound(second.latestId() + 2, 1950e8, AT + 16);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    function test_Execution_RevertIf_RoundsRunBackwards() public {
        second.push(1950e8, AT + 12);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    function test_Execution_RevertIf_TooManyRoundsBack() public {
        for (uint256 i = 0; i < 29; ++i) {
            second.push(1800e8, AT + 16);
        }
        oracle.beginExecution(M, none, AT, UNTIL);
        oracle.endExecution();
        second.push(1800e8, AT + 16);
        oracle.beginExecution(M, none, AT, UNTIL);
        oracle.endExecution();
        second.push(1800e8, AT + 16);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    function testFuzz_T15_FallbackIsUnique(uint8[8] memory gaps, uint256 moment) public {
        uint256 time = AT + 15;
        uint256[9] memory times;
        times[0] = time;
        for (uint256 i = 0; i < 8; ++i) {
            time += 1 + gaps[i] % 10;
            times[i + 1] = time;
            second.push(int256(1000e8 + i * 1e8), time);
        }
        vm.warp(time + 1);
        moment = bound(moment, AT + 16, time);
        vm.assume(timestamp() > moment);
        uint256 expected = 9;
        for (uint256 i = 9; i > 1; --i) {
            if (times[i - 1] >= moment) expected = i - 2;
        }
        Price price;
        try oracle.beginExecution(M, none, moment, moment) returns (Price p) {
            price = p;
        } catch (bytes memory reason) {
            // Only ever because of its age.
            assertEq(bytes4(reason), PythOracle.StalePrice.selector);
            return;
        }
        assertEq(price.unwrap(), 1000e18 + expected * 1e18);
        oracle.endExecution();
    }

    /// @dev The whole way: a taker gets out of a market whose first source is dead, at a price that nobody chose.
    function test_T18_Gateway_ClosesAtTheSecondSource() public {
        setPrice(1990e18);
        addMargin(alice, 100_000 * USD);
        buy(alice, address(om), 1e18);
        vm.prank(owner());
        oracle.proposeFeed(market, feed());
        skip(2 days);
        oracle.applyFeed(market);

        vm.deal(alice, 1 ether);
        vm.startPrank(alice);
        vault.setOperator(address(gateway), true);
        OrderRequest memory request = OrderRequest(market, address(om), true, true, true, false, type(uint256).max, 0);
        uint256 id = gateway.createOrder{value: 0.0001 ether}(request);
        vm.stopPrank();
        Order memory o = Order(
            alice, request, 0, uint64(timestamp() + 3), uint64(timestamp() + 13), uint64(timestamp() + 63), 0.0001 ether
        );
        second.push(1950e8, timestamp() + 2);
        second.push(1940e8, timestamp() + 8);
        second.push(1930e8, timestamp() + 20);
        skip(20);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, none));
        assertEq(sizeOf(alice), 0);
        // The maker's spread was paid on the way in, out of 500 base; on the way out none is.
        assertEq(marginOf(alice), 100_000e18 - 1990.0199e18 + 1930e18);
        assertEq(keeper.balance, 0.0001 ether);
    }

    function test_Execution_RefundsWhatAFallbackDoesNotCost() public {
        vm.deal(address(this), 5);
        oracle.beginExecution{value: 5}(M, none, AT, UNTIL);
        assertEq(address(this).balance, 5);
    }

    receive() external payable {}
}
