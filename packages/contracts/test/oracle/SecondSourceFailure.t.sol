// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {BoundedCall} from "../../src/libraries/BoundedCall.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {Feed} from "../../src/types/Feed.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {SecondSourceFixture} from "./SecondSourceFixture.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";

/// @dev T18: a second source that fails in any way never blocks a fresh primary source.
contract PythOracleSecondSourceFailureTest is SecondSourceFixture {
    function test_T18_FailingSourceBlocksNothing() public {
        second.push(1e8, START);
        for (uint256 i = 1; i < 6; ++i) {
            second.setFault(AggregatorDouble.Fault(i));
            oracle.checkIncrease(M);
            assertEq(priceOf(M), 2000e18);
            assertEq(liquidationPriceOf(oracle, M), 2000e18);
        }
    }

    function test_T18_FailingSourceIsNoFallbackEither() public {
        skip(3601);
        second.push(1e8, timestamp());
        for (uint256 i = 1; i < 6; ++i) {
            second.setFault(AggregatorDouble.Fault(i));
            vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, START, timestamp() - 30));
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

    function test_T18_GasOfAFailingSourceIsBounded() public {
        second.setFault(AggregatorDouble.Fault.BurnsGas);
        uint256 gasBefore = gasleft();
        oracle.checkIncrease(M);
        assertLt(gasBefore - gasleft(), 200_000);
    }

    /// @dev T18: a caller that leaves too little gas for the read of a working source must not make it appear failed.
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
        assertEq(liquidationPriceOf(oracle, M), 2000e18);
    }

    function testFuzz_Decimals(uint8 decimals, uint64 answer) public {
        decimals = uint8(boundDecimals(decimals, 0, 36));
        answer = uint64(boundNumber(answer, 1, type(uint64).max));
        second = new AggregatorDouble(decimals);
        vm.prank(owner());
        oracle.setFeed(3, feed());
        skip(3601);
        second.push(int256(uint256(answer)), timestamp());
        uint256 exact = decimals <= 18 ? answer * 10 ** (18 - decimals) : answer / 10 ** (decimals - 18);
        if (exact <= 1) vm.expectRevert();
        uint256 price = liquidationPriceOf(oracle, 3);
        if (exact > 1) assertEq(price, exact);
    }

    /// @dev The answer is far from Pyth's 2,000, so that the oracle would revert if it used it.
    function _expectIgnored(int256 answer, uint256 updatedAt) private {
        second.push(answer, updatedAt);
        oracle.checkIncrease(M);
        assertEq(liquidationPriceOf(oracle, M), 2000e18);
    }
}

/// @dev The uptime feed answers 0 for up. The sequencer has to be up for an hour.
contract PythOracleSequencerTest is SecondSourceFixture {
    AggregatorDouble private sequencer;

    function feed() internal override returns (Feed memory f) {
        sequencer = new AggregatorDouble(0);
        sequencer.pushStatus(0, START - 3601);
        f = super.feed();
        f.sequencerFeed = address(sequencer);
        f.sequencerGracePeriod = 3600;
    }

    function test_SecondSource_ServesWhileTheSequencerIsUp() public {
        second.push(1000e8, START);
        vm.expectRevert();
        oracle.checkIncrease(M);
        skip(3601);
        second.push(1000e8, timestamp());
        assertEq(liquidationPriceOf(oracle, M), 1000e18);
    }

    function test_T18_SequencerDownOrJustRestarted() public {
        second.push(1000e8, START);
        sequencer.pushStatus(1, START - 4000);
        _expectNoLiquidation();
        sequencer.pushStatus(0, START - 3600);
        _expectNoLiquidation();
        sequencer.pushStatus(0, 0);
        _expectUnused();
        sequencer.pushStatus(0, START + 1000);
        _expectUnused();
        for (uint256 i = 1; i < 6; ++i) {
            sequencer.setFault(AggregatorDouble.Fault(i));
            _expectUnused();
        }
    }

    function test_Execution_RevertIf_SequencerIsDown() public {
        sequencer.pushStatus(1, START - 4000);
        skip(3602);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.SequencerDown.selector, address(sequencer)));
        oracle.beginExecution(M, new bytes[](0), DEATH - 9, DEATH + 1);
    }

    /// @dev The second source is neither guard nor fallback, and liquidations wait with the first one too.
    function _expectNoLiquidation() private {
        oracle.checkIncrease(M);
        bytes memory refused = abi.encodeWithSelector(IPriceOracle.SequencerDown.selector, address(sequencer));
        vm.expectRevert(refused);
        oracle.getLiquidationPrice(M);
        vm.mockCallRevert(address(pyth), abi.encodeWithSelector(pyth.getPriceUnsafe.selector), "gone");
        vm.expectRevert(refused);
        oracle.getLiquidationPrice(M);
        vm.clearMockedCalls();
    }

    /// @dev The second source is neither guard nor fallback, and the first source works.
    function _expectUnused() private {
        oracle.checkIncrease(M);
        assertEq(liquidationPriceOf(oracle, M), 2000e18);
        vm.mockCallRevert(address(pyth), abi.encodeWithSelector(pyth.getPriceUnsafe.selector), "gone");
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, 0, START - 30));
        oracle.getLiquidationPrice(M);
        vm.clearMockedCalls();
    }
}
