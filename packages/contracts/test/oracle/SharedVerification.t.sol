// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {Price} from "../../src/types/Units.sol";
import {SecondSourceFixture} from "./SecondSourceFixture.sol";

/// @dev Executions of one market and one earliest time share one verification within a transaction. A test is one
/// transaction. Market 1 has no second source, and market 2 has one.
contract PythOracleSharedVerificationTest is SecondSourceFixture {
    uint256 private constant AT = START + 5;
    bytes[] private none;
    bytes[] private junk;

    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        oracle.setExecutor(address(this), true);
        vm.warp(AT + 20);
        junk.push(hex"00");
    }

    function test_OneVerificationPerMoment_PaysAndParsesOnce() public {
        uint256 float = address(oracle).balance;
        vm.expectCall(address(pyth), abi.encodeWithSelector(IPyth.parsePriceFeedUpdatesWithConfig.selector), 2);
        for (uint256 marketId = 1; marketId <= M; ++marketId) {
            bytes[] memory data = one(2000e18 + marketId * 1e18, AT + 1);
            assertEq(oracle.executionFeeAt(marketId, data, AT + 1), 1);
            assertEq(oracle.beginExecution(marketId, data, AT + 1, AT + 11).unwrap(), 2000e18 + marketId * 1e18);
            oracle.endExecution();
            assertEq(oracle.executionFeeAt(marketId, data, AT + 1), 0);
            assertEq(oracle.executionFee(marketId, data), 1);
            for (uint256 i = 0; i < 9; ++i) {
                assertEq(oracle.beginExecution(marketId, junk, AT + 1, AT + 11).unwrap(), 2000e18 + marketId * 1e18);
                (Price price, uint256 confidence, uint256 publishTime) = oracle.getPrice(marketId);
                assertEq(price.unwrap(), 2000e18 + marketId * 1e18);
                assertEq(confidence, 0);
                assertEq(publishTime, AT + 1);
                oracle.endExecution();
            }
        }
        assertEq(float - address(oracle).balance, 2);
    }

    /// @dev Attached value comes back from an execution that needs no verification.
    function test_OneVerificationPerMoment_ReturnsTheAttachedValue() public {
        oracle.beginExecution(market, one(2001e18, AT), AT, AT + 10);
        oracle.endExecution();
        vm.deal(address(this), 5);
        oracle.beginExecution{value: 5}(market, junk, AT, AT + 10);
        assertEq(address(this).balance, 5);
    }

    /// @dev Each order's own window is checked.
    function test_OneVerificationPerMoment_RevertIf_OutsideTheWindowOfTheOrder() public {
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(2001e18, AT + 8, AT - 1);
        oracle.beginExecution(market, data, AT, AT + 10);
        oracle.endExecution();
        oracle.beginExecution(market, data, AT, AT + 8);
        oracle.endExecution();
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.OutsideWindow.selector, AT + 8, AT, AT + 7));
        oracle.beginExecution(market, data, AT, AT + 7);
    }

    /// @dev Several keys in one transaction: neither another time nor another market has the price.
    function test_OneVerificationPerMoment_IsOfOneMarketAndTime() public {
        oracle.beginExecution(market, one(2001e18, AT), AT, AT + 10);
        oracle.endExecution();
        vm.expectRevert();
        oracle.beginExecution(market, junk, AT + 1, AT + 11);
        vm.expectRevert();
        oracle.beginExecution(market, junk, AT - 1, AT + 9);
        vm.expectRevert();
        oracle.beginExecution(M, junk, AT, AT + 10);
        assertEq(oracle.beginExecution(market, one(2002e18, AT + 1), AT + 1, AT + 11).unwrap(), 2002e18);
        oracle.endExecution();
        assertEq(oracle.beginExecution(market, junk, AT, AT + 10).unwrap(), 2001e18);
        oracle.endExecution();
    }

    /// @dev T26: between executions only an executor reaches the verified price, by beginning another one.
    function test_T26_AVerifiedPriceServesNoOtherCall() public {
        setPrice(2000e18);
        oracle.beginExecution(market, one(2300e18, AT), AT, AT + 10);
        oracle.endExecution();
        (Price price,,) = oracle.getPrice(market);
        assertEq(price.unwrap(), 2000e18);
        (price,) = oracle.getLiquidationPrice(market);
        assertEq(price.unwrap(), 2000e18);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NotExecutor.selector, stranger));
        vm.prank(stranger);
        oracle.beginExecution(market, junk, AT, AT + 10);
        vm.expectRevert();
        oracle.beginCurrent(market, junk, AT);
    }

    /// @dev A current price is no unique price: a relayer chose it.
    function test_T15_ACurrentPriceIsNoVerifiedOne() public {
        oracle.beginCurrent(market, one(2300e18, AT + 20), AT);
        oracle.endExecution();
        vm.expectRevert();
        oracle.beginExecution(market, junk, AT, AT + 30);
        vm.expectRevert();
        oracle.beginExecution(market, junk, 0, AT + 30);
    }

    /// @dev Without update data the second source is asked, whether a price is verified or not, and its price serves no
    /// execution with data.
    function test_T18_NoDataMeansTheSecondSource() public {
        oracle.beginExecution(M, one(2001e18, AT), AT, AT + 10);
        oracle.endExecution();
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, AT + 10);

        vm.warp(DEATH + 1 hours);
        uint256 begin = timestamp();
        second.push(1900e8, begin);
        assertEq(oracle.beginExecution(M, none, begin, begin + 10).unwrap(), 1900e18);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.FallbackOnlyReduces.selector, M));
        oracle.checkIncrease(M);
        oracle.endExecution();
        vm.expectRevert();
        oracle.beginExecution(M, junk, begin, begin + 10);
        // Pyth's price of the same moment is another one, and increases.
        assertEq(oracle.beginExecution(M, one(1905e18, begin), begin, begin + 10).unwrap(), 1905e18);
        oracle.checkIncrease(M);
        oracle.endExecution();
    }

    /// @dev The parts that the second source is compared with belong to the verified price.
    function test_T12_AVerifiedPriceIsComparedWithTheSecondSource() public {
        second.push(2000e8, AT);
        oracle.beginExecution(M, one(2100e18, AT), AT, AT + 10);
        oracle.endExecution();
        oracle.beginExecution(M, one(2001e18, AT + 1), AT + 1, AT + 11);
        oracle.checkIncrease(M);
        oracle.endExecution();
        oracle.beginExecution(M, junk, AT, AT + 10);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, FEED, 2100e18, 2000e18, 10_000));
        oracle.checkIncrease(M);
        oracle.endExecution();
    }

    receive() external payable {}
}
