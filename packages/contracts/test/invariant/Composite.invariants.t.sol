// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {RecordsActions} from "../utils/ActionLog.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {CompositeHandler} from "./handlers/CompositeHandler.sol";

/// @dev E1, T37, T45, T49: with a price of two parts, no account pays for a price that the market did not have in the last
/// minute, whichever part is stored, dead, clamped or from the future. The handler compares amounts; here, no account of
/// the market loses what another did not gain.
/// forge-config: default.invariant.runs = 8
/// forge-config: default.invariant.depth = 64
/// forge-config: deep.invariant.runs = 2000
/// forge-config: deep.invariant.depth = 150
contract CompositeInvariants is ExchangeTest, RecordsActions {
    bytes32 private constant COLLATERAL_FEED = keccak256("USDC/USD");

    CompositeHandler private _handler;
    AggregatorDouble private _base;
    AggregatorDouble private _collateral;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        if (address(_base) == address(0)) (_base, _collateral) = (new AggregatorDouble(8), new AggregatorDouble(8));
        _base.push(2000e8, timestamp());
        _collateral.push(1e8, timestamp());
        c.feed.floatFee = 2;
        (c.feed.aggregator, c.feed.heartbeat) = (address(_base), 3600);
        (c.feed.maxDeviation, c.feed.fallbackAge) = (10_000, 3600);
        (c.feed.minAnswer, c.feed.maxAnswer) = (1900e18, 1_000_000e18);
        c.feed.collateral.pythId = COLLATERAL_FEED;
        (c.feed.collateral.maxAge, c.feed.collateral.maxExecutionAge) = (60, 60);
        (c.feed.collateral.maxLiquidationAge, c.feed.collateral.maxSkew) = (60, 10);
        (c.feed.collateral.aggregator, c.feed.collateral.heartbeat) = (address(_collateral), 3600);
        (c.feed.collateral.minAnswer, c.feed.collateral.maxAnswer) = (0.5e18, 2e18);
    }

    function setUp() public override {
        super.setUp();
        skip(11);
        fund(keeper, 20_000_000 * USD);
        addMargin(keeper, 20_000_000 * USD);
        _handler = new CompositeHandler(d, pyth, [FEED, COLLATERAL_FEED], [_base, _collateral], [alice, bob], keeper);
        targetContract(address(_handler));
    }

    function invariant_E1_L1_NoAccountPaysForAPriceThatTheMarketDidNotHave() public view {
        int256 sum = sizeOf(alice) + sizeOf(bob) + sizeOf(keeper) + sizeOf(address(om)) + sizeOf(address(shb));
        assertEq(sum, 0, "L1");
    }

    function afterInvariant() public {
        _handler.printCalls();
        _recordCalls(_handler);
    }
}
