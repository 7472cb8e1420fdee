// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {RATE_UNIT} from "../../src/types/Market.sol";
import {DeployTest} from "./DeployTest.sol";

/// @dev The JSON of a deployment and its defaults, those of the preset "thin".
contract DeployReadConfigTest is DeployTest {
    function test_ReadConfig_Defaults() public view {
        DeployConfig memory c = script.readConfig(_json(""));
        assertEq(c.owner, address(0xA1));
        assertEq(c.collateral, address(0xA2));
        assertEq(c.base, address(0xA3));
        assertEq(c.baseSymbol, "ETH");
        assertEq(c.pyth, address(0xA4));
        assertEq(c.feed.pythId, bytes32(uint256(7)));
        assertEq(c.feed.maxAge, 61);
        assertEq(c.feed.maxExecutionAge, 62);
        assertEq(c.feed.maxLiquidationAge, 10);
        assertEq(c.feed.maxConfidence, 10_000);
        assertEq(c.feed.aggregator, address(0));
        assertTrue(c.sealOracle);
        assertEq(c.market.initialMarginRatio, 100_000);
        assertEq(c.market.maintenanceMarginRatio, 62_500);
        assertEq(c.market.feeIndexDecimals, 14);
        assertEq(c.market.rules.priceBand, 50_000);
        assertEq(c.market.rules.tradingFee, 1_500);
        assertEq(c.market.rules.liquidationPenalty, 25_000);
        assertEq(c.market.rules.liquidatorShare, 60_000);
        assertEq(c.market.rules.minPositionValue, 10e18);
        assertEq(c.market.rules.liquidationBounty, 5e18);
        assertEq(c.market.rules.deleverageWindow, 1 hours);
        assertEq(c.market.rules.settlementDelay, 3 days);
        assertEq(c.funding.maxRate, uint256(1e17) / 1 days / RATE_UNIT * RATE_UNIT);
        assertEq(c.funding.maxVelocity, c.funding.maxRate / 12 hours);
        assertEq(c.funding.skewScale, 250e18);
        assertEq(c.maxBorrowingRate, uint256(8e17) / 365 days / RATE_UNIT * RATE_UNIT);
        assertEq(c.guardian, address(0));
        assertEq(c.timelockDelay, 0);
        assertEq(c.breakerWindow, 0);
        assertEq(c.breakerMaxOutflow, 0);
        assertEq(c.breakerMaxBaseOutflow, 0);
        assertEq(c.rules.delay, 3);
        assertEq(c.rules.priceWindow, 10);
        assertEq(c.rules.validity, 60);
        assertEq(c.rules.minKeeperFee, 1e14);
        assertEq(c.oracleMaker.maxSpread, 10_000);
        assertEq(c.oracleMaker.minMarginRatio, 100_001);
        assertEq(c.oracleMaker.maxAbsPosition, 500e18);
        assertEq(c.oracleMaker.lpFee, 1_000);
        assertEq(c.oracleMaker.confidenceFactor, 1_000_000);
        assertEq(c.oracleMaker.maxConfidencePremium, 5_000);
        assertEq(c.spot.uniswapV3Factory, address(0xA5));
        assertEq(c.spot.pools.length, 1);
        assertEq(c.spot.pools[0].token, address(0xA2));
        assertEq(c.spot.pools[0].fee, 500);
        assertEq(c.maxHedgeDeviation, 20_000);
        assertEq(c.hedgeMinMarginRatio, 500_000);
        assertEq(c.hedgeSpread, 5);
        assertEq(c.hedgeMaxCarry, 10_000);
        assertEq(c.whitelistLps.length, 1);
        assertEq(c.whitelistLps[0], address(0xA6));
        assertEq(c.oracleFloat, 1000);
    }

    function test_ReadConfig_AllOptionalFields() public view {
        DeployConfig memory c = script.readConfig(
            _json(
                string.concat(
                    ',"tradingFee":500,"liquidationPenalty":1,"liquidatorShare":2,"minPositionValue":"3",',
                    '"liquidationBounty":"4","deleverageWindow":5,"settlementDelay":86400},',
                    '"funding":{"maxRate":"6","maxVelocity":"7","skewScale":"8"},"maxBorrowingRate":"9",',
                    '"guardian":"0x00000000000000000000000000000000000000a7","timelockDelay":10,',
                    '"breakerWindow":3600,"breakerMaxOutflow":250000,"breakerMaxBaseOutflow":150000,"ignored":{"n":1'
                ),
                ',"lpFee":11,"confidenceFactor":12,"maxConfidencePremium":13'
            )
        );
        DeployConfig memory e = script.readConfig(_json(""));
        e.market.rules = RuleParams(e.market.rules.priceBand, 500, 1, 2, 3, 4, 5, 1 days);
        (e.funding.maxRate, e.funding.maxVelocity, e.funding.skewScale, e.maxBorrowingRate) = (6, 7, 8, 9);
        (e.guardian, e.timelockDelay) = (address(0xA7), 10);
        (e.breakerWindow, e.breakerMaxOutflow, e.breakerMaxBaseOutflow) = (3600, 250_000, 150_000);
        (e.oracleMaker.lpFee, e.oracleMaker.confidenceFactor, e.oracleMaker.maxConfidencePremium) = (11, 12, 13);
        assertEq(abi.encode(c), abi.encode(e));
    }
}
