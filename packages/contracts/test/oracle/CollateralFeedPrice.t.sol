// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {Price} from "../../src/types/Units.sol";
import {CollateralFeedFixture} from "./CollateralFeedFixture.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";

/// @dev Prices in units of the collateral.
contract PythOracleCollateralPriceTest is CollateralFeedFixture {
    function test_T10_PriceIsInCollateral() public {
        assertEq(priceNow(), 2000e18);
        skip(1);
        publish(2000e8, 0, 0.87e8, 0);
        uint256 expected = 2298.85057471264367816e18;
        assertEq(priceNow(), expected);
        assertEq(liquidationPriceOf(oracle, market), expected);
        (Price last, uint256 publishTime) = oracle.getLastPrice(market);
        assertEq(last.unwrap(), expected);
        assertEq(publishTime, timestamp());
    }

    function test_GetPrice_ConfidenceCombinesBoth() public {
        skip(1);
        publish(2000e8, 10e8, 1e8, 0.01e8);
        (Price price, uint256 confidence,) = oracle.getPrice(market);
        assertEq(price.unwrap(), 2000e18);
        // 2010 / 0.99 - 2000, up
        assertEq(confidence, 30.303030303030303031e18);
    }

    /// @dev T37: each part alone is fresh.
    function test_T37_RevertIf_PartsArePublishedTooFarApart() public {
        skip(10);
        setPrice(1900e18);
        assertEq(priceNow(), 1900e18);
        assertEq(liquidationPriceOf(oracle, market), 1900e18);
        (, uint256 publishTime) = oracle.getLastPrice(market);
        assertEq(publishTime, START + 1);
        skip(1);
        setPrice(1900e18);
        bytes memory apart = abi.encodeWithSelector(IPriceOracle.PartsApart.selector, START + 1, START + 12, 10);
        vm.expectRevert(apart);
        oracle.getPrice(market);
        vm.expectRevert(apart);
        oracle.getLiquidationPrice(market);
        vm.expectRevert(apart);
        oracle.beginCurrent(market, new bytes[](0), START);
        (, publishTime) = oracle.getLastPrice(market);
        assertEq(publishTime, 0, "no age check accepts it");
        // The collateral may also be the newer part.
        skip(20);
        publish(1900e8, 0, 0.95e8, 0);
        skip(11);
        bytes[] memory data = new bytes[](1);
        data[0] = raw(USDC, 1e8, 0, timestamp(), timestamp() - 1);
        pyth.updatePriceFeeds{value: 1}(data);
        vm.expectRevert(
            abi.encodeWithSelector(IPriceOracle.PartsApart.selector, timestamp() - 11, timestamp(), uint256(10))
        );
        oracle.getPrice(market);
    }

    function test_GetPrice_RevertIf_EitherIsStale() public {
        skip(61);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, START + 1, START + 2));
        oracle.getPrice(market);
        publish(2000e8, 0, 1e8, 0);
        assertEq(priceNow(), 2000e18);
    }

    function test_GetLiquidationPrice_RevertIf_CollateralIsTooOldForIt() public {
        skip(5);
        setPrice(2000e18);
        skip(56);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, USDC, START + 1, START + 2));
        oracle.getLiquidationPrice(market);
    }

    function test_GetLastPrice_IsAsOldAsItsOlderPart() public {
        skip(9);
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
        bytes memory refusal = abi.encodeWithSelector(IPriceOracle.PriceNotPositive.selector, USDC, int64(0));
        vm.expectRevert(refusal);
        oracle.getPrice(market);
        vm.expectRevert(refusal);
        oracle.getLiquidationPrice(market);
    }
}
