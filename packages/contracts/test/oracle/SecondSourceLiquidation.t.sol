// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {SecondSourceFixture} from "./SecondSourceFixture.sol";

/// @dev T18: while Pyth is dead, liquidations continue at the second source.
contract PythOracleSecondSourceLiquidationTest is SecondSourceFixture {
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
        // The second source serves liquidations only.
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, START + 241));
        oracle.getPrice(M);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.StalePrice.selector, FEED, START, START + 241));
        oracle.checkIncrease(M);
        // It serves for its heartbeat.
        vm.warp(START - 100 + 3600);
        assertEq(oracle.getLiquidationPrice(M).unwrap(), 1990e18);
        skip(1);
        vm.expectRevert();
        oracle.getLiquidationPrice(M);
    }

    /// @dev T18: a primary source whose answer is no price, or that reverts, counts as dead.
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

    /// @dev T18: so does one without code, one that burns gas, and one that returns other data than a price.
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

    /// @dev T18: so does one whose answer does not fit the fields of a price, or exceeds the range of prices.
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

    /// @dev T18: a caller that leaves too little gas for the read of a working first source does not reach the second
    /// one.
    function test_T18_StarvedPrimaryIsNotADeadOne() public {
        for (uint256 gasLimit = 2_000; gasLimit < 300_000; gasLimit += 1_000) {
            (bool ok, bytes memory answer) =
                address(oracle).call{gas: gasLimit}(abi.encodeCall(oracle.getLiquidationPrice, (M)));
            if (ok) assertEq(abi.decode(answer, (uint256)), 2000e18);
        }
    }

    /// @dev T26: the price of an order does not liquidate an account.
    function test_T26_LiquidationIgnoresTheExecutionPrice() public {
        vm.warp(START + 5);
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1000e18, START + 4, START + 2);
        // The execution would store its price, so the stored one is made newer.
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
