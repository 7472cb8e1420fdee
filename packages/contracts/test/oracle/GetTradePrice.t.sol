// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Feed} from "../../src/types/Feed.sol";
import {Price} from "../../src/types/Units.sol";
import {SecondSourceFixture} from "./SecondSourceFixture.sol";

/// @dev The price of {getPrice}, and whether an increase needs no further check. A trade without that check must be one that
/// {checkIncrease} admits.
contract PythOracleGetTradePriceTest is SecondSourceFixture {
    bytes[] private none;

    /// @dev T12, T18: a market with a second source is always checked.
    function test_T12_SecondSourceDecides() public {
        assertFalse(_admits(M), "stored");
        oracle.beginExecution(M, one(2000e18, START + 1), START + 1, START + 1);
        assertFalse(_admits(M), "carried");
        oracle.endExecution();
        assertTrue(_admits(market), "without one");
    }

    /// @dev T18: a price of the second source admits no increase.
    function test_T18_FallbackAdmitsNone() public {
        vm.warp(DEATH + 1);
        second.push(1985e8, timestamp());
        oracle.beginExecution(M, none, timestamp(), timestamp());
        assertFalse(_admits(M));
        oracle.endExecution();
    }

    /// @dev Without a second source, the confidence decides alone, and no second call is needed.
    function testFuzz_GetTradePrice_AdmitsExactlyANarrowConfidence(uint64 confidence, uint24 limit, bool isCarried)
        public
    {
        Feed memory f = plainFeed(FEED);
        f.maxConfidence = boundRatio(limit, 0, 999_999);
        vm.prank(owner());
        oracle.setFeed(3, f);
        uint64 at = uint64(START + 1);
        vm.warp(at);
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(FEED, 2000e8, confidence % 4000e8, -8, 2000e8, 0, at, at - 1);
        if (isCarried) oracle.beginExecution(3, data, at, at);
        else pyth.updatePriceFeeds{value: 1}(data);
        (bool isPrecise,) = address(oracle).call(abi.encodeCall(oracle.checkIncrease, (3)));
        assertEq(_admits(3), isPrecise);
    }

    function _admits(uint256 marketId) private view returns (bool admitsIncrease) {
        Price price;
        uint256 confidence;
        uint256 publishTime;
        (price, confidence, publishTime, admitsIncrease) = oracle.getTradePrice(marketId);
        (Price p, uint256 c, uint256 t) = oracle.getPrice(marketId);
        assertEq(price.unwrap(), p.unwrap());
        assertEq(confidence, c);
        assertEq(publishTime, t);
    }
}
