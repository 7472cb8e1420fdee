// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {PythPrice} from "../../src/libraries/PythPrice.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {SourceRegistry} from "../../src/oracle/SourceRegistry.sol";
import {ZeroAddress} from "../../src/types/Errors.sol";
import {Price, PriceOutOfRange} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";

/// @dev Stored prices at most 60 s old, execution prices at most 60 s old.
contract PythOracleStoredPriceTest is ExchangeTest {
    function test_GetPrice_IsWadWithItsConfidence() public {
        _store(200_012_345_678, 150_000_000, -8, 1);
        _checkPrice(2000.12345678e18, 1.5e18);
    }

    function test_GetPrice_ReadsTheExponent() public {
        _store(20, 1, 2, 1);
        _checkPrice(2000e18, 100e18);
    }

    function test_GetPrice_RevertIf_Stale() public {
        skip(60);
        oracle.getPrice(market);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, START, START + 1));
        oracle.getPrice(market);
    }

    function test_GetPrice_RevertIf_NotPositive() public {
        _store(0, 0, -8, 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PriceNotPositive.selector, FEED, int64(0)));
        oracle.getPrice(market);
        _store(-5, 0, -8, 2);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PriceNotPositive.selector, FEED, int64(-5)));
        oracle.getPrice(market);
    }

    function test_GetPrice_RevertIf_ExponentIsOutOfRange() public {
        _store(1, 0, 11, 1);
        vm.expectRevert(
            abi.encodeWithSelector(PythPrice.ExponentOutOfRange.selector, int32(11), int256(-25), int256(10))
        );
        oracle.getPrice(market);
    }

    function test_GetPrice_RevertIf_MarketHasNoFeed() public {
        vm.expectRevert(abi.encodeWithSelector(SourceRegistry.UnknownFeed.selector, 2));
        oracle.getPrice(2);
        vm.expectRevert(abi.encodeWithSelector(SourceRegistry.UnknownFeed.selector, 0));
        oracle.getPrice(0);
    }

    /// @dev T17: an older update does not replace the stored price.
    function test_T17_StoredPriceIsMonotoneInTime() public {
        bytes[] memory data = new bytes[](1);
        data[0] = priceUpdate(1000e18, START - 5, START - 6);
        pyth.updatePriceFeeds{value: 1}(data);
        (Price price,,) = oracle.getPrice(market);
        assertEq(price.unwrap(), START_PRICE);
    }

    /// @dev Int64 extremes at both ends of the exponents, compared with exact arithmetic.
    function testFuzz_GetPrice_IsExact(int64 price, uint64 confidence, int256 expo) public {
        price = price == type(int64).min ? type(int64).max : price < 0 ? -price : price;
        expo = boundExponent(expo, -25, 10);
        _store(price, confidence, int32(expo), 1);
        // price x 10^expo in WAD, times 10^7 so that it is whole
        uint256 exact = uint256(uint64(price)) * 10 ** uint256(expo + 25) / 1e7;
        if (price == 0) {
            vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PriceNotPositive.selector, FEED, price));
            oracle.getPrice(market);
        } else if (exact == 0 || exact > type(uint128).max) {
            vm.expectRevert(abi.encodeWithSelector(PriceOutOfRange.selector, exact, uint256(type(uint128).max)));
            oracle.getPrice(market);
        } else {
            (Price wad, uint256 width,) = oracle.getPrice(market);
            assertEq(wad.unwrap(), exact);
            assertEq(width, uint256(confidence) * 10 ** uint256(expo + 25) / 1e7);
            assertEq(liquidationPriceOf(oracle, market), exact);
        }
    }

    /// @dev Every exponent with the limits of both mantissas, zero confidence included.
    function test_GetPrice_EveryExponentAtTheExtremes() public {
        uint256 snapshot = vm.snapshotState();
        for (int32 expo = -25; expo <= 10; ++expo) {
            for (uint256 i = 0; i < 4; ++i) {
                testFuzz_GetPrice_IsExact(
                    i & 1 == 0 ? int64(1) : type(int64).max, i & 2 == 0 ? 0 : type(uint64).max, expo
                );
                vm.revertToState(snapshot);
            }
            _store(type(int64).min, 0, expo, 1);
            vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PriceNotPositive.selector, FEED, type(int64).min));
            oracle.getPrice(market);
            vm.revertToState(snapshot);
        }
    }

    /// @dev A feed without limits and without a second source only needs to exist.
    function test_CheckIncrease_PlainFeed() public {
        oracle.checkIncrease(market);
        vm.expectRevert(abi.encodeWithSelector(SourceRegistry.UnknownFeed.selector, 2));
        oracle.checkIncrease(2);
    }

    function test_GetLastPrice_OfAnyAge() public {
        skip(365 days);
        (Price price, uint256 publishTime) = oracle.getLastPrice(market);
        assertEq(price.unwrap(), START_PRICE);
        assertEq(publishTime, START);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, START, timestamp() - 60));
        oracle.getLiquidationPrice(market);
    }

    function test_Constructor_RevertIf_ZeroAddress() public {
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        new PythOracle(IPyth(address(0)), owner());
    }

    function _store(int64 price, uint64 confidence, int32 expo, uint256 delay) private {
        skip(delay);
        bytes[] memory data = new bytes[](1);
        data[0] = pyth.createPriceFeedUpdateData(
            FEED, price, confidence, expo, price, confidence, uint64(timestamp()), uint64(timestamp() - 1)
        );
        pyth.updatePriceFeeds{value: 1}(data);
    }

    function _checkPrice(uint256 expected, uint256 expectedConfidence) private view {
        (Price price, uint256 confidence,) = oracle.getPrice(market);
        assertEq(price.unwrap(), expected);
        assertEq(confidence, expectedConfidence);
    }
}
