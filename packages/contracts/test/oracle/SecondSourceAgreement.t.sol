// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {Feed} from "../../src/types/Feed.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";
import {SecondSourceFixture} from "./SecondSourceFixture.sol";
import {liquidationPriceOf} from "../utils/OraclePrices.sol";

/// @dev Increases require agreement of the sources, and other actions do not.
contract PythOracleSecondSourceAgreementTest is SecondSourceFixture {
    function test_T12_DisagreementStopsIncreasingAndNothingElse() public {
        oracle.checkIncrease(M);
        second.push(1900e8, START);
        bytes memory refusal =
            abi.encodeWithSelector(IPriceOracle.SourcesDisagree.selector, FEED, 2000e18, 1900e18, 10_000);
        vm.expectRevert(refusal);
        oracle.checkIncrease(M);
        assertEq(priceOf(M), 2000e18, "closing");
        assertEq(liquidationPriceOf(oracle, M), 2000e18, "liquidation");
        oracle.checkIncrease(market);
    }

    /// @dev A difference of exactly the limit is agreement, whichever source is higher.
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
        uint256 p = boundNumber(primary, 1, uint256(uint64(type(int64).max)));
        uint256 s = boundNumber(secondary, p / 2 + 1, p * 2);
        Feed memory f = feed();
        f.maxDeviation = boundRatio(limit, 1, 999_999);
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

    /// @dev The compared price is the one that an action would use now, including an execution price.
    function test_CheckIncrease_ChecksTheExecutionPrice() public {
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
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, START, START + 1));
        oracle.checkIncrease(M);
    }

    /// @dev After its heartbeat the answer of the aggregator is not used.
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

/// @dev T12: while the sources disagree, trades open nothing and can close.
contract TradeUnderDisagreementTest is SecondSourceTest {
    function test_T12_DisagreementStopsOpeningAndNotClosing() public {
        addMargin(alice, 10_000 * USD);
        buy(alice, address(om), 2e18);
        second.push(1900e8, timestamp());
        vm.expectPartialRevert(IPriceOracle.SourcesDisagree.selector);
        this.buyMore();
        sell(alice, address(om), 1e18);
        close(alice, address(om));
        assertEq(sizeOf(alice), 0);
        vm.expectPartialRevert(IPriceOracle.SourcesDisagree.selector);
        this.buyMore();
        second.push(1990e8, timestamp());
        this.buyMore();
        assertEq(sizeOf(alice), 1e18);
    }

    function buyMore() external {
        buy(alice, address(om), 1e18);
    }
}
