// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {Price} from "../../src/types/Units.sol";
import {AggregatorDouble} from "../utils/AggregatorDouble.sol";
import {orderRequest, orderTerms} from "../utils/Orders.sol";
import {SecondSourceFixture} from "./SecondSourceFixture.sol";

/// @dev Delayed closes while Pyth is dead: the first round at or after their executable time, so that no caller chooses
/// among rounds.
contract PythOracleSecondSourceExecutionTest is SecondSourceFixture {
    uint256 private constant AT = DEATH + 50;
    uint256 private constant UNTIL = AT + 10;
    bytes[] private none;

    function setUp() public override {
        super.setUp();
        second.push(1995e8, AT - 20);
        second.push(1985e8, AT + 5);
        second.push(1900e8, AT + 15);
        vm.warp(AT + 20);
    }

    function test_T15_FallbackIsTheFirstRoundAfterTheOrdersTime() public {
        assertEq(oracle.executionFee(M, none), 0);
        assertEq(oracle.beginExecution(M, none, AT, UNTIL).unwrap(), 1985e18);
        assertEq(priceOf(M), 1985e18);
        oracle.endExecution();
        assertEq(oracle.beginExecution(M, none, AT + 5, UNTIL).unwrap(), 1985e18, "at");
        oracle.endExecution();
        assertEq(oracle.beginExecution(M, none, AT + 6, UNTIL).unwrap(), 1900e18);
        oracle.endExecution();
    }

    /// @dev T18: the fallback price serves reductions only, also for LPs.
    function test_T18_FallbackPriceNeverIncreases() public {
        oracle.beginExecution(M, none, AT, UNTIL);
        vm.expectRevert(abi.encodeWithSelector(PythOracle.FallbackOnlyReduces.selector, M));
        oracle.checkIncrease(M);
        oracle.endExecution();
        setPrice(1910e18);
        oracle.checkIncrease(M);
        // The flag ends with the price.
        oracle.beginExecution(M, one(1905e18, AT + 19), AT + 19, AT + 20);
        oracle.checkIncrease(M);
        oracle.endExecution();
    }

    /// @dev T15: two valid prices would be a choice. The second source is not used after any account has stored a price
    /// at Pyth.
    function test_T15_RevertIf_PrimaryServesAgain() public {
        setPrice(1984e18);
        uint256 stored = timestamp();
        bytes memory alive = abi.encodeWithSelector(IPriceOracle.PrimaryAlive.selector, FEED, stored, 1 hours);
        vm.expectRevert(alive);
        oracle.beginExecution(M, none, AT, UNTIL);
        skip(2 hours);
        vm.expectRevert(alive);
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    /// @dev T16: a round that is known before Pyth is dead would let its account decide until then. It is never valid
    /// for an order, and neither is the next one for the same order.
    function test_T16_RevertIf_TheRoundCameBeforeTheDeath() public {
        second = new AggregatorDouble(8);
        vm.prank(owner());
        oracle.setFeed(3, feed());
        second.push(1995e8, DEATH - 20);
        second.push(1985e8, DEATH);
        second.push(1980e8, DEATH + 1);
        vm.warp(DEATH + 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.PrimaryAlive.selector, FEED, START, 1 hours));
        oracle.beginExecution(3, none, DEATH - 5, DEATH + 5);
        // The order of the next second executes with its first round, at once.
        assertEq(oracle.beginExecution(3, none, DEATH + 1, DEATH + 11).unwrap(), 1980e18);
        oracle.endExecution();
    }

    function test_Execution_RevertIf_NoRoundYet() public {
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(second), AT + 16));
        oracle.beginExecution(M, none, AT + 16, UNTIL);
    }

    function test_Execution_RevertIf_FirstRoundIsTooOld() public {
        vm.warp(AT + 65);
        oracle.beginExecution(M, none, AT, UNTIL);
        oracle.endExecution();
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.StalePrice.selector, FEED, AT + 5, AT + 6));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    /// @dev The round before the first one of a phase belongs to another aggregator, so that the first round is not
    /// provable.
    function test_Execution_RevertIf_PhaseHasChanged() public {
        second.nextPhase();
        second.push(1950e8, AT + 16);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
        second.push(1951e8, AT + 18);
        assertEq(oracle.beginExecution(M, none, AT + 17, AT + 19).unwrap(), 1951e18, "within a phase");
        oracle.endExecution();
    }

    /// @dev Neither round zero of a phase nor a round other than the requested one is a predecessor.
    function test_Execution_RevertIf_ThePredecessorIsNoProof() public {
        uint80 phase = 2 << 64;
        second.setRound(phase, 1e8, AT - 50);
        second.push(1950e8, AT + 16);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
        second.push(1951e8, AT + 18);
        oracle.beginExecution(M, none, AT + 17, AT + 19);
        oracle.endExecution();
        vm.mockCall(
            address(second),
            abi.encodeCall(second.getRoundData, (phase + 1)),
            abi.encode(phase, int256(1950e8), AT - 50, AT - 50, phase)
        );
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(second), AT + 17));
        oracle.beginExecution(M, none, AT + 17, AT + 19);
    }

    function test_Execution_RevertIf_ARoundInBetweenIsMissing() public {
        second.setRound(second.latestId() + 2, 1950e8, AT + 16);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    function test_Execution_RevertIf_RoundsRunBackwards() public {
        second.push(1950e8, AT + 12);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    function test_Execution_RevertIf_TooManyRoundsBack() public {
        for (uint256 i = 0; i < 29; ++i) {
            second.push(1800e8, AT + 16);
        }
        oracle.beginExecution(M, none, AT, UNTIL);
        oracle.endExecution();
        second.push(1800e8, AT + 16);
        oracle.beginExecution(M, none, AT, UNTIL);
        oracle.endExecution();
        second.push(1800e8, AT + 16);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.NoFirstRound.selector, address(second), AT));
        oracle.beginExecution(M, none, AT, UNTIL);
    }

    function testFuzz_T15_FallbackIsUnique(uint8[8] memory gaps, uint256 moment) public {
        uint256 time = AT + 15;
        uint256[9] memory times;
        times[0] = time;
        for (uint256 i = 0; i < 8; ++i) {
            time += 1 + gaps[i] % 10;
            times[i + 1] = time;
            second.push(int256(1000e8 + i * 1e8), time);
        }
        vm.warp(time + 1);
        moment = boundTime(moment, AT + 16, time);
        vm.assume(timestamp() > moment);
        uint256 expected = 9;
        for (uint256 i = 9; i > 1; --i) {
            if (times[i - 1] >= moment) expected = i - 2;
        }
        Price price;
        try oracle.beginExecution(M, none, moment, moment) returns (Price p) {
            price = p;
        } catch (bytes memory reason) {
            // The only possible reason is the age of the round.
            assertEq(bytes4(reason), IPriceOracle.StalePrice.selector);
            return;
        }
        assertEq(price.unwrap(), 1000e18 + expected * 1e18);
        oracle.endExecution();
    }

    /// @dev T18: a taker closes its position in a market whose first source is dead, at a price that no account chose.
    function test_T18_Gateway_ClosesAtTheSecondSource() public {
        setPrice(1990e18);
        addMargin(alice, 100_000 * USD);
        buy(alice, address(om), 1e18);
        vm.prank(owner());
        oracle.proposeFeed(market, feed());
        skip(2 days);
        oracle.applyFeed(market);

        vm.deal(alice, 1 ether);
        vm.startPrank(alice);
        vault.setOperator(address(gateway), true);
        OrderRequest memory request = orderRequest(market, address(om), true, type(uint256).max);
        request.isReduceOnly = true;
        uint256 id = gateway.createOrder{value: 0.0001 ether}(request);
        vm.stopPrank();
        // The whole close is for the position of one base, and the bond counts it at the last fill's price.
        request.amount = 1e18;
        Order memory o = orderTerms(alice, request, timestamp(), 0.0001 ether);
        (, uint256 bond) = vault.escrowOf(alice, address(gateway));
        o.bondXCD = uint128(bond);
        second.push(1950e8, timestamp() + 2);
        second.push(1940e8, timestamp() + 8);
        second.push(1930e8, timestamp() + 20);
        skip(20);
        vm.prank(keeper);
        assertTrue(gateway.executeOrder(id, o, none));
        assertEq(sizeOf(alice), 0);
        // The taker paid the maker's spread when it opened, and pays none when it closes.
        assertEq(marginOf(alice), 100_000e18 - 1990.0199e18 + 1940e18);
        assertEq(keeper.balance, 0.0001 ether);
    }

    function test_Execution_Fallback_RefundsTheAttachedValue() public {
        vm.deal(address(this), 5);
        oracle.beginExecution{value: 5}(M, none, AT, UNTIL);
        assertEq(address(this).balance, 5);
    }

    receive() external payable {}
}
