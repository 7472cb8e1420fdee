// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythErrors} from "@pythnetwork/pyth-sdk-solidity/PythErrors.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {Price} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Execution prices. The test contract is the executor.
contract PythOracleExecutionTest is ExchangeTest {
    uint256 private constant AT = START + 3;

    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        oracle.setExecutor(address(this), true);
        vm.warp(AT + 5);
    }

    function test_Execution_IsThePriceUntilItEnds() public {
        Price price = oracle.beginExecution(market, _one(2100e18, AT, AT - 1), AT, AT + 10);
        assertEq(price.unwrap(), 2100e18);
        (price,) = oracle.getPrice(market);
        assertEq(price.unwrap(), 2100e18);
        oracle.endExecution();
    }

    /// @dev T1: an account that could enter an LP vault at one price and leave it at another within a transaction, or
    /// choose an execution price. Any account can update the stored price in between, and the maker admits only
    /// requests.
    function test_T1_TwoPricesInOneTransaction_CannotBeUsedByAnyAccount() public {
        usd.mint(stranger, 1000 * USD);
        vm.deal(stranger, 1 ether);
        bytes[] memory data = _one(2100e18, timestamp(), timestamp() - 1);
        vm.startPrank(stranger);
        usd.approve(address(om), type(uint256).max);
        (bool entered,) = address(om).call(abi.encodeWithSignature("deposit(uint256)", 1000 * USD));
        pyth.updatePriceFeeds{value: 1}(data);
        (bool left,) = address(om).call(abi.encodeWithSignature("withdraw(uint256)", 1));
        assertFalse(entered || left);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.NotExecutor.selector, stranger));
        oracle.beginExecution(market, data, timestamp(), timestamp());
        vm.stopPrank();
    }

    /// @dev T26: an execution price is for one market.
    function test_T26_ExecutionPriceIsForOneMarketOnly() public {
        vm.prank(owner());
        oracle.setFeed(2, plainFeed(FEED));
        skip(1);
        setPrice(2000e18);
        oracle.beginExecution(market, _one(2100e18, AT, AT - 1), AT, AT + 10);
        (Price price,) = oracle.getPrice(2);
        assertEq(price.unwrap(), 2000e18);
        bytes[] memory data = _one(2100e18, AT, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.ExecutionInProgress.selector, market));
        oracle.beginExecution(2, data, AT, AT + 10);
        oracle.endExecution();
        (price,) = oracle.getPrice(market);
        assertEq(price.unwrap(), 2000e18);
    }

    /// @dev T15: the update before this one was published at the executable time or later, so that this is not the
    /// first.
    function test_T15_RevertIf_AnEarlierPriceQualifies() public {
        bytes[] memory data = _one(2100e18, AT + 1, AT);
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        oracle.beginExecution(market, data, AT, AT + 10);
        data = _one(2100e18, AT + 1, AT - 1);
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    /// @dev T15: of several prices in the data, Pyth accepts one at most as the first.
    function testFuzz_T15_OfAllPricesExactlyTheFirstIsTaken(uint8[6] memory gaps, uint256 order) public {
        uint256[6] memory times;
        uint256 time = AT - 4;
        for (uint256 i = 0; i < 6; ++i) {
            time += 1 + gaps[i] % 4;
            times[i] = time;
        }
        uint256 first = 6;
        for (uint256 i = 6; i > 0; --i) {
            if (times[i - 1] >= AT) first = i - 1;
        }
        vm.warp(time + 1);
        // A keeper may submit any of them, and the oracle accepts one.
        uint256 pick = order % 6;
        bytes[] memory data = _one((2000 + pick) * 1e18, times[pick], pick == 0 ? AT - 4 : times[pick - 1]);
        if (pick == first && times[pick] <= AT + 10) {
            assertEq(oracle.beginExecution(market, data, AT, AT + 10).unwrap(), (2000 + first) * 1e18);
        } else {
            vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
            oracle.beginExecution(market, data, AT, AT + 10);
        }
    }

    /// @dev T17: a price of another feed is not accepted.
    function test_T17_RevertIf_AnotherFeedIsSupplied() public {
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(keccak256("BTC"), 1e8, 0, -8, 1e8, 0, uint64(AT), uint64(AT - 1));
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    /// @dev T17: an answer of the source for another feed, or from outside the window, is not accepted.
    function test_T17_RevertIf_TheSourceReturnsAnotherFeedOrTime() public {
        PythStructs.PriceFeed[] memory feeds = new PythStructs.PriceFeed[](1);
        feeds[0].id = keccak256("BTC");
        feeds[0].price = PythStructs.Price(2000e8, 0, -8, AT);
        _mockAnswer(feeds);
        bytes[] memory data = _one(2100e18, AT, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.WrongFeed.selector, keccak256("BTC"), FEED));
        oracle.beginExecution(market, data, AT, AT + 10);
        feeds[0].id = FEED;
        feeds[0].price.publishTime = AT - 1;
        _mockAnswer(feeds);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.OutsideWindow.selector, AT - 1, AT, AT + 10));
        oracle.beginExecution(market, data, AT, AT + 10);
        feeds[0].price.publishTime = AT + 11;
        _mockAnswer(feeds);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.OutsideWindow.selector, AT + 11, AT, AT + 10));
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    function test_Execution_RevertIf_OlderThanMaxExecutionAge() public {
        vm.warp(AT + 61);
        bytes[] memory data = _one(2100e18, AT, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, AT, AT + 1));
        oracle.beginExecution(market, data, AT, AT + 10);
        vm.warp(AT + 60);
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    function test_Execution_RevertIf_PriceIsNotPositive() public {
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(FEED, -1, 0, -8, -1, 0, uint64(AT), uint64(AT - 1));
        vm.expectRevert(abi.encodeWithSelector(PythOracle.PriceNotPositive.selector, FEED, int64(-1)));
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    function test_Execution_PaysOutOfTheAttachedValueFirst() public {
        uint256 float = address(oracle).balance;
        bytes[] memory data = _one(2100e18, AT, AT - 1);
        assertEq(oracle.updateFee(data), 1);
        oracle.beginExecution{value: 1}(market, data, AT, AT + 10);
        assertEq(address(oracle).balance, float);
    }

    /// @dev A caller that attaches more than the fee receives the rest, and the float does not change.
    function test_Execution_RefundsTheSurplus() public {
        uint256 float = address(oracle).balance;
        vm.deal(address(this), 10);
        oracle.beginExecution{value: 10}(market, _one(2100e18, AT, AT - 1), AT, AT + 10);
        assertEq(address(this).balance, 9);
        assertEq(address(oracle).balance, float);
        oracle.endExecution();
    }

    /// @dev T28: the float pays for the one update that is needed. The caller pays for padded data.
    function test_T28_PaddedDataDoesNotDrainTheFloat() public {
        bytes[] memory data = new bytes[](3);
        for (uint256 i = 0; i < 3; ++i) {
            data[i] = priceUpdate(2100e18, AT, AT - 1);
        }
        uint256 float = address(oracle).balance;
        vm.expectRevert(abi.encodeWithSelector(PythOracle.FeeNotCovered.selector, 3, 1));
        oracle.beginExecution(market, data, AT, AT + 10);
        vm.deal(address(this), 10);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.FeeNotCovered.selector, 3, 2));
        oracle.beginExecution{value: 2}(market, data, AT, AT + 10);
        oracle.beginExecution{value: 3}(market, data, AT, AT + 10);
        assertEq(address(oracle).balance, float);
        oracle.endExecution();
    }

    function test_Execution_RevertIf_TheFloatIsEmpty() public {
        vm.deal(address(oracle), 0);
        bytes[] memory data = _one(2100e18, AT, AT - 1);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.FeeNotCovered.selector, 1, 0));
        oracle.beginExecution(market, data, AT, AT + 10);
    }

    /// @dev T33: executing a later order first does not prevent an earlier one. Only the stored price is monotone.
    function test_T33_ExecutionMayBeOlderThanTheStoredPriceAndTheLastExecution() public {
        setPrice(2500e18);
        oracle.beginExecution(market, _one(2200e18, AT + 2, AT + 1), AT + 2, AT + 12);
        oracle.endExecution();
        assertEq(oracle.beginExecution(market, _one(2100e18, AT, AT - 1), AT, AT + 10).unwrap(), 2100e18);
        oracle.endExecution();
        (Price price,) = oracle.getPrice(market);
        assertEq(price.unwrap(), 2500e18, "the stored price does not change");
    }

    /// @dev T36: an execution leaves no older price than its own for liquidations and withdrawals.
    function test_T36_Execution_StoresItsPrice() public {
        oracle.beginExecution(market, _one(2100e18, AT, AT - 1), AT, AT + 10);
        assertEq(oracle.getLiquidationPrice(market).unwrap(), 2100e18);
        oracle.endExecution();
        (Price price, uint256 publishTime) = oracle.getLastPrice(market);
        assertEq(price.unwrap(), 2100e18);
        assertEq(publishTime, AT);
    }

    /// @dev T36: the same for the price of a relayer.
    function test_T36_Current_StoresItsPrice() public {
        oracle.beginCurrent(market, _one(2100e18, AT + 1, AT), AT);
        assertEq(oracle.getLiquidationPrice(market).unwrap(), 2100e18);
        oracle.endExecution();
        (Price price, uint256 publishTime) = oracle.getLastPrice(market);
        assertEq(price.unwrap(), 2100e18);
        assertEq(publishTime, AT + 1);
    }

    /// @dev Without a second source, no data means no price.
    function test_Execution_RevertIf_NoData() public {
        vm.expectRevert(abi.encodeWithSelector(PythErrors.PriceFeedNotFoundWithinRange.selector));
        oracle.beginExecution(market, new bytes[](0), AT, AT + 1);
    }

    receive() external payable {}

    function _one(uint256 price, uint256 publishTime, uint256 prevPublishTime)
        private
        view
        returns (bytes[] memory data)
    {
        data = new bytes[](1);
        data[0] = priceUpdate(price, publishTime, prevPublishTime);
    }

    function _mockAnswer(PythStructs.PriceFeed[] memory feeds) private {
        vm.mockCall(
            address(pyth),
            abi.encodeWithSelector(IPyth.parsePriceFeedUpdatesWithConfig.selector),
            abi.encode(feeds, new uint64[](1))
        );
    }
}
