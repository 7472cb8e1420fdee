// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FeeMath} from "../../src/libraries/FeeMath.sol";
import {FROZEN, FeeRates, FeeState} from "../../src/types/Fees.sol";
import {Position} from "../../src/types/Position.sol";
import {Base, Quote} from "../../src/types/Units.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev Compares funding and borrowing with closed forms that this file writes independently. docs/fees.md states the
/// bounds.
contract FeeMathTest is Bounds {
    uint256 private constant WAD = 1e18;
    uint256 private constant DECIMALS = 12;
    uint256 private constant PRICE = 2000e18;
    /// @dev 10% per day.
    uint256 private constant CAP = WAD / 1 days / 10;
    /// @dev A time constant of six hours.
    uint256 private constant VELOCITY = CAP / 6 hours;
    uint256 private constant SCALE = 1000e18;

    // ------------------------------------------------------------------------------------------- when nothing moves ----

    function test_Advance_DoesNothing_WithoutTime() public pure {
        FeeState memory state = _market(100e18, 0, 0);
        FeeMath.advance(state, _rates(), 0);
        _assertUntouched(state, 0);
    }

    function test_Advance_DoesNothing_WhileFrozen() public pure {
        FeeState memory state = _market(100e18, 0, 0);
        state.updatedAt = FROZEN;
        FeeMath.advance(state, _rates(), 90 days);
        _assertUntouched(state, FROZEN);
    }

    function test_Advance_OnlyTakesTheTime_BeforeTheFirstPrice() public pure {
        FeeState memory state = _market(100e18, 0, 0);
        state.price = 0;
        FeeMath.advance(state, _rates(), 1 days);
        _assertUntouched(state, 1 days);
    }

    function test_Advance_OnlyTakesTheTime_WithFeesOff() public pure {
        FeeState memory state = _market(100e18, 0, 0);
        FeeRates memory off;
        off.indexDecimals = DECIMALS;
        FeeMath.advance(state, off, 1 days);
        _assertUntouched(state, 1 days);
    }

    /// @dev Borrowing only: without a skew scale the skew changes no rate and accrues no funding.
    function test_Funding_IsNoneWithoutAScale() public pure {
        FeeState memory state = _market(100e18, 0, 0);
        FeeRates memory rates = _rates();
        (rates.maxFundingRate, rates.maxFundingVelocity, rates.skewScale) = (0, 0, 0);
        rates.maxBorrowingRate = CAP;
        (rates.makerLongCapacity, rates.makerShortCapacity) = (SCALE, SCALE);
        assertEq(FeeMath.fundingVelocity(state, rates), 0);
        FeeMath.advance(state, rates, 1 days);
        assertEq(FeeMath.fundingRate(state, rates), 0);
        assertEq(state.averageSkew, 0);
        assertEq(state.fundingIndex, 0);
        assertGt(state.takerLongIndex, 0, "borrowing accrues");
    }

    // ---------------------------------------------------------------------------------------------- funding: the rate ----

    /// @dev Half of the scale: half of the velocity at first, and half of the cap in the end.
    function test_Funding_RateFollowsTheSkew() public pure {
        FeeState memory state = _market(SCALE / 2, 0, 0);
        assertEq(FeeMath.fundingVelocity(state, _rates()), int256(VELOCITY / 2));
        FeeMath.advance(state, _rates(), 1);
        assertApproxEqRel(_rate(state), int256(VELOCITY / 2), 1e14, "a second");
        FeeMath.advance(state, _rates(), 6 hours);
        // 1 - 1 / e of the way.
        assertApproxEqRel(_rate(state), int256(CAP) * 316_060 / 1e6, 1e13, "a time constant");
        FeeMath.advance(state, _rates(), 10 days);
        assertApproxEqAbs(_rate(state), int256(CAP / 2), 1, "the end");
        assertApproxEqAbs(FeeMath.fundingVelocity(state, _rates()), 0, 1);
    }

    /// @dev The index is the area under the rate times the price: over t seconds, the skew's rate times t less tau times
    /// the rate reached.
    function test_Funding_IndexIsTheArea() public pure {
        FeeState memory state = _market(SCALE / 2, 0, 0);
        FeeMath.advance(state, _rates(), 6 hours);
        int256 expected = int256(CAP) * 6 hours / 2 - _rate(state) * 6 hours;
        assertApproxEqRel(state.fundingIndex, expected * int256(PRICE) / 1e24, 1e9);
    }

    /// @dev Both directions round against the takers.
    function test_Funding_IsTheSameInBothDirections() public pure {
        FeeState memory long = _market(SCALE / 3, 0, 0);
        FeeState memory short = _market(0, SCALE / 3, SCALE / 3);
        FeeMath.advance(long, _rates(), 12345);
        FeeMath.advance(short, _rates(), 12345);
        assertEq(long.averageSkew, -short.averageSkew);
        assertEq(_rate(long), -_rate(short));
        assertEq(long.fundingIndex, -short.fundingIndex);
        assertLt(short.fundingIndex, 0, "shorts pay");
    }

    /// @dev Without skew the rate decays: to 1 / e of it in each time constant.
    function test_Funding_RateDecays_WithoutSkew() public pure {
        FeeState memory state = _market(70e18, 70e18, 0);
        state.averageSkew = int256(SCALE / 2);
        FeeMath.advance(state, _rates(), 6 hours);
        assertApproxEqRel(_rate(state), int256(CAP) * 183_940 / 1e6, 1e13);
        FeeMath.advance(state, _rates(), 12 days);
        assertLe(state.averageSkew, 1);
        // All that is ever paid: the rate times the time constant.
        assertApproxEqRel(state.fundingIndex, int256(CAP * 3 hours * PRICE / 1e24), 1e12);
    }

    /// @dev T52: velocity and payment see the whole skew. The rate is at its cap after tau x ln(7 / 6).
    function test_Funding_SkewBeyondTheScale_MovesTheRateFaster() public pure {
        FeeState memory state = _market(7 * SCALE, 0, 0);
        assertEq(FeeMath.fundingVelocity(state, _rates()), 7 * int256(VELOCITY));
        FeeMath.advance(state, _rates(), 3329);
        assertLt(_rate(state), int256(CAP));
        FeeMath.advance(state, _rates(), 3330);
        assertEq(_rate(state), int256(CAP));
        assertEq(FeeMath.fundingVelocity(state, _rates()), 0, "at the cap");
        (state.takerLong, state.takerShort, state.makerLong) = (0, SCALE, SCALE);
        assertEq(FeeMath.fundingVelocity(state, _rates()), -2 * int256(VELOCITY), "back");
    }

    function test_Funding_StaysAtTheCap() public pure {
        FeeState memory state = _market(2 * SCALE, 0, 0);
        FeeMath.advance(state, _rates(), 1 days);
        assertEq(state.averageSkew, int256(SCALE));
        int256 index = state.fundingIndex;
        FeeMath.advance(state, _rates(), 2 days);
        assertEq(_rate(state), int256(CAP));
        assertEq(state.fundingIndex - index, int256(CAP * 1 days * PRICE / 1e24) + 1, "rounded up for longs");
    }

    /// @dev The index of shorts' payments rounds down, of longs' up: takers together never receive dust.
    function test_Funding_IndexRoundsAgainstTheTakers() public pure {
        FeeState memory long = _market(SCALE / 1e12, 0, 0);
        FeeState memory short = _market(0, SCALE / 1e12, SCALE / 1e12);
        FeeMath.advance(long, _rates(), 1);
        FeeMath.advance(short, _rates(), 1);
        assertEq(long.fundingIndex, 1);
        assertEq(short.fundingIndex, -1);
    }

    /// @dev Touching n times at a constant price changes the average skew by 3 n wei, and the index by at most 2 n of its
    /// own units plus the effect of those averages.
    function testFuzz_Funding_TouchingNTimes_MovesTheIndexByItsBound(
        int256 skew,
        int256 average,
        uint256 elapsed,
        uint256 touches,
        uint256 seed
    ) public pure {
        skew = boundSize(skew, -3 * int256(SCALE), 3 * int256(SCALE));
        average = boundSize(average, -int256(SCALE), int256(SCALE));
        touches = boundCount(touches, 1, 40);
        elapsed = boundTime(elapsed, touches, 90 days);
        (FeeState memory once, FeeState memory often) = (_withSkew(skew), _withSkew(skew));
        (once.averageSkew, often.averageSkew) = (average, average);
        FeeMath.advance(once, _rates(), elapsed);
        for (uint256 i = 1; i <= touches; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            // Any time between the last touch and the end.
            uint256 at = i == touches ? elapsed : often.updatedAt + seed % (elapsed - often.updatedAt + 1);
            FeeMath.advance(often, _rates(), at);
        }
        assertApproxEqAbs(often.averageSkew, once.averageSkew, 3 * touches, "average");
        uint256 slack = 3 * touches * (elapsed + 6 hours) * CAP / SCALE;
        assertApproxEqAbs(often.fundingIndex, once.fundingIndex, 2 * touches + 2 + slack * PRICE / 1e24, "index");
    }

    // ---------------------------------------------------------------------------------------------------- borrowing ----

    /// @dev 100 of 1,000 are used: a tenth of the maximum rate, on a tenth of the price of 2,000, per base and year.
    function test_Borrowing_IsInProportionToUtilization() public pure {
        FeeState memory state = _market(100e18, 0, 0);
        FeeRates memory rates = _rates();
        FeeMath.advance(state, rates, 365 days);
        // 20% x 0.1 x 2,000 per base
        assertApproxEqRel(state.takerLongIndex, 40e12, 1e9);
        assertEq(state.makerShortIndex, state.takerLongIndex, "one maker takes what all takers pay");
        assertEq(state.takerShortIndex, 0);
        assertEq(state.makerLongIndex, 0);
        assertApproxEqRel(FeeMath.borrowingRate(state, rates), rates.maxBorrowingRate / 10, 0.0001e18);
    }

    /// @dev An unused maker adds capacity and lowers the fees of all takers.
    function test_Borrowing_CountsIdleCapacity() public pure {
        FeeRates memory rates = _rates();
        FeeState memory alone = _market(100e18, 0, 0);
        FeeMath.advance(alone, rates, 30 days);
        rates.makerShortCapacity *= 2;
        FeeState memory shared = _market(100e18, 0, 0);
        FeeMath.advance(shared, rates, 30 days);
        assertApproxEqAbs(shared.takerLongIndex, alone.takerLongIndex / 2, 1);
    }

    function test_Borrowing_IsAtItsMost_BeyondCapacityAndWithoutAny() public pure {
        FeeRates memory rates = _rates();
        FeeState memory beyond = _market(5000e18, 0, 0);
        FeeMath.advance(beyond, rates, 1 days);
        rates.makerShortCapacity = 0;
        FeeState memory without = _market(5000e18, 0, 0);
        FeeMath.advance(without, rates, 1 days);
        assertEq(beyond.takerLongIndex, rates.maxBorrowingRate * 1 days * PRICE / 1e24);
        assertEq(without.takerLongIndex, beyond.takerLongIndex);
        assertEq(FeeMath.borrowingRate(without, rates), rates.maxBorrowingRate);
    }

    /// @dev T7: makers that offset each other earn nothing, and no account pays.
    function test_Borrowing_OffsettingMakers_EarnNothing() public pure {
        FeeState memory state = _market(300e18, 300e18, 300e18);
        assertEq(state.makerShort(), 300e18);
        FeeMath.advance(state, _rates(), 365 days);
        _assertNoBorrowing(state);
        assertEq(FeeMath.borrowingRate(state, _rates()), 0);
    }

    function test_Borrowing_OnlyTheExposedSidePaysAndEarns() public pure {
        // The net position of takers is short 50: makers are long 80 and short 30.
        FeeState memory state = _market(30e18, 80e18, 80e18);
        FeeMath.advance(state, _rates(), 1 days);
        assertEq(state.takerLongIndex, 0);
        assertEq(state.makerShortIndex, 0);
        assertGt(state.takerShortIndex, 0);
        // 50 net, shared by the 80 on either side.
        assertEq(state.makerLongIndex, state.takerShortIndex - 1, "up and down");
    }

    /// @dev L4. The total is maxRate x N^2 / C x price x time. Takers pay at most one unit of their index more, makers
    /// receive at most one unit less, and utilization and the sum are each rounded down once.
    function testFuzz_Borrowing_MatchesTheClosedForm(
        uint256 takerLong,
        uint256 takerShort,
        uint256 makerLong,
        uint256 elapsed,
        uint256 price
    ) public pure {
        takerLong = boundSize(takerLong, 1e12, 900e18);
        takerShort = boundSize(takerShort, 0, takerLong - 1e6);
        makerLong = boundSize(makerLong, 0, 900e18);
        elapsed = boundTime(elapsed, 365 days);
        price = boundExactPrice(price, 1e12, 1e24);
        FeeRates memory rates = _rates();
        FeeState memory state = _market(takerLong, takerShort, makerLong);
        state.price = price;
        FeeMath.advance(state, rates, elapsed);

        uint256 net = takerLong - takerShort;
        // Index x size, both sides of L4.
        uint256 paid = state.takerLongIndex * takerLong;
        uint256 received = state.makerShortIndex * state.makerShort();
        uint256 exact =
            Math.mulDiv(rates.maxBorrowingRate * elapsed * price, net * net, 1e24 * rates.makerShortCapacity);
        uint256 cut = (1 + rates.maxBorrowingRate * elapsed * price / 1e42 + 1) * net + 1;
        assertGe(paid, received, "L4: makers receive more than takers pay");
        assertLe(paid - received, takerLong + state.makerShort(), "L4: one unit of each index");
        assertLe(paid, exact + takerLong + 1);
        assertGe(paid + cut, exact);
        assertGe(received + cut + state.makerShort(), exact);
    }

    /// @dev Touching n times at a constant price: each touch rounds the utilization term down once and each index once.
    function testFuzz_Borrowing_TouchingNTimes_MovesIndicesByNUnits(uint256 elapsed, uint256 touches, uint256 net)
        public
        pure
    {
        net = boundSize(net, 1e12, 900e18);
        touches = boundCount(touches, 1, 40);
        elapsed = boundTime(elapsed, touches, 365 days);
        (FeeState memory once, FeeState memory often) = (_market(net, 0, 0), _market(net, 0, 0));
        FeeMath.advance(once, _rates(), elapsed);
        for (uint256 i = 1; i <= touches; ++i) {
            FeeMath.advance(often, _rates(), elapsed * i / touches);
        }
        assertApproxEqAbs(often.takerLongIndex, once.takerLongIndex, touches);
        assertApproxEqAbs(often.makerShortIndex, once.makerShortIndex, touches);
    }

    // ------------------------------------------------------------------------------------------------------ pending ----

    function test_Pending_Examples() public pure {
        FeeState memory state;
        (state.fundingIndex, state.takerLongIndex, state.makerShortIndex) = (3e12, 2e12, 1e12);
        _assertPending(_position(5e18, false), state, 15e18, 10e18);
        _assertPending(_position(-5e18, true), state, -15e18, -5e18);
        _assertPending(_position(0, false), state, 0, 0);
        // The other groups' indices have not moved.
        _assertPending(_position(-5e18, false), state, -15e18, 0);
        _assertPending(_position(5e18, true), state, 15e18, 0);
    }

    /// @dev Payments round up, receipts round down.
    function testFuzz_Pending_RoundsAgainstTheAccount(
        int128 size,
        int64 fundingDelta,
        uint64 borrowingDelta,
        bool isMaker
    ) public pure {
        FeeState memory state;
        state.fundingIndex = fundingDelta;
        (state.takerLongIndex, state.takerShortIndex) = (borrowingDelta, borrowingDelta);
        (state.makerLongIndex, state.makerShortIndex) = (borrowingDelta, borrowingDelta);
        (Quote funding, Quote borrowing) = FeeMath.pending(_position(size, isMaker), state, DECIMALS);
        int256 fundingDust = funding.unwrap() * 1e12 - int256(size) * fundingDelta;
        int256 magnitude = size < 0 ? -int256(size) : int256(size);
        int256 owed =
            isMaker ? -magnitude * int256(uint256(borrowingDelta)) : magnitude * int256(uint256(borrowingDelta));
        int256 borrowingDust = borrowing.unwrap() * 1e12 - owed;
        assertTrue(fundingDust >= 0 && fundingDust < 1e12, "funding");
        assertTrue(borrowingDust >= 0 && borrowingDust < 1e12, "borrowing");
        if (isMaker) assertLe(borrowing.unwrap(), 0, "a maker never pays");
        else assertGe(borrowing.unwrap(), 0, "a taker never receives");
    }

    /// @dev L4: over sizes that sum to zero, funding paid covers funding received, with less than a wei of dust each.
    function testFuzz_Pending_FundingSumsToZero(int96[4] memory sizes, int64 delta) public pure {
        FeeState memory state;
        state.fundingIndex = delta;
        int256 last;
        int256 sum;
        for (uint256 i = 0; i < 5; ++i) {
            int256 size = i < 4 ? int256(sizes[i]) : last;
            (Quote funding,) = FeeMath.pending(_position(size, i % 2 == 0), state, DECIMALS);
            sum += funding.unwrap();
            last -= size;
        }
        assertTrue(sum >= 0 && sum < 5, "L4");
    }

    /// @dev L4: three takers and two makers, over one accrual.
    function testFuzz_Pending_BorrowingPaidCoversReceived(uint96[3] memory takers, uint96 firstMaker, uint256 elapsed)
        public
        pure
    {
        FeeState memory state;
        state.price = PRICE;
        int256[5] memory sizes;
        for (uint256 i = 0; i < 3; ++i) {
            sizes[i] = i == 2 ? -int256(uint256(takers[i])) : int256(uint256(takers[i]));
            state.move(false, 0, sizes[i]);
            sizes[4] -= sizes[i];
        }
        sizes[3] = int256(uint256(firstMaker));
        sizes[4] -= sizes[3];
        state.move(true, 0, sizes[3]);
        state.move(true, 0, sizes[4]);
        uint256 openInterest = state.takerLong + state.makerLong;
        FeeMath.advance(state, _rates(), boundTime(elapsed, 90 days));
        int256 sum;
        for (uint256 i = 0; i < 5; ++i) {
            (, Quote borrowing) = FeeMath.pending(_position(sizes[i], i > 2), state, DECIMALS);
            sum += borrowing.unwrap();
        }
        assertGe(sum, 0, "L4: makers receive more than takers pay");
        assertLe(sum, int256(2 * openInterest / 1e12 + 5 + 2), "L4: a unit of either index, and a wei for each account");
    }

    // ---------------------------------------------------------------------------------------------------- wrap-around ----

    /// @dev Indices wrap. An account owes the difference, which stays correct.
    function testFuzz_Wrap_DifferencesAreRight(int72 fundingIndex, uint64 borrowingIndex, uint64 moved, int128 size)
        public
        pure
    {
        FeeState memory state;
        FeeState memory plain;
        Position memory position = _position(size, false);
        Position memory fresh = _position(size, false);
        (position.fundingIndex, position.borrowingIndex) = (fundingIndex, borrowingIndex);
        // Truncated to the width of the storage.
        state.fundingIndex = int72(uint72(uint256(int256(fundingIndex) + int256(uint256(moved)))));
        plain.fundingIndex = int256(uint256(moved));
        uint256 wrapped = uint64((uint256(borrowingIndex) + moved) & type(uint64).max);
        (state.takerLongIndex, state.takerShortIndex) = (wrapped, wrapped);
        (plain.takerLongIndex, plain.takerShortIndex) = (moved, moved);
        (Quote funding, Quote borrowing) = FeeMath.pending(position, state, DECIMALS);
        (Quote fundingPlain, Quote borrowingPlain) = FeeMath.pending(fresh, plain, DECIMALS);
        assertEq(funding.unwrap(), fundingPlain.unwrap());
        assertEq(borrowing.unwrap(), borrowingPlain.unwrap());
    }

    function test_Wrap_FundingIndexPassesItsEnd() public pure {
        FeeState memory state = _market(SCALE, 0, 0);
        state.fundingIndex = type(int72).max - 5;
        FeeState memory plain = _market(SCALE, 0, 0);
        Position memory position = _position(1e18, false);
        position.fundingIndex = state.fundingIndex;
        FeeMath.advance(state, _rates(), 1 days);
        FeeMath.advance(plain, _rates(), 1 days);
        assertLt(state.fundingIndex, 0, "wrapped");
        (Quote funding,) = FeeMath.pending(position, state, DECIMALS);
        assertEq(funding.unwrap(), plain.fundingIndex * 1e6);
    }

    // ------------------------------------------------------------------------------------------------------- helpers ----

    function _rates() private pure returns (FeeRates memory) {
        return FeeRates({
            indexDecimals: DECIMALS,
            maxFundingRate: CAP,
            maxFundingVelocity: VELOCITY,
            skewScale: SCALE,
            maxBorrowingRate: 0.2e18 / uint256(365 days),
            makerLongCapacity: 1000e18,
            makerShortCapacity: 1000e18
        });
    }

    function _rate(FeeState memory state) private pure returns (int256) {
        return FeeMath.fundingRate(state, _rates());
    }

    function _market(uint256 takerLong, uint256 takerShort, uint256 makerLong)
        private
        pure
        returns (FeeState memory state)
    {
        (state.takerLong, state.takerShort, state.makerLong, state.price) = (takerLong, takerShort, makerLong, PRICE);
    }

    function _withSkew(int256 skew) private pure returns (FeeState memory) {
        uint256 size = uint256(skew < 0 ? -skew : skew);
        return skew < 0 ? _market(0, size, size) : _market(size, 0, 0);
    }

    function _position(int256 size, bool isMaker) private pure returns (Position memory position) {
        (position.size, position.isMaker) = (Base.wrap(size), isMaker);
    }

    function _assertPending(Position memory position, FeeState memory state, int256 funding, int256 borrowing)
        private
        pure
    {
        (Quote f, Quote b) = FeeMath.pending(position, state, DECIMALS);
        assertEq(f.unwrap(), funding, "funding");
        assertEq(b.unwrap(), borrowing, "borrowing");
    }

    function _assertNoBorrowing(FeeState memory state) private pure {
        assertEq(state.takerLongIndex, 0);
        assertEq(state.takerShortIndex, 0);
        assertEq(state.makerLongIndex, 0);
        assertEq(state.makerShortIndex, 0);
    }

    function _assertUntouched(FeeState memory state, uint256 updatedAt) private pure {
        assertEq(state.updatedAt, updatedAt);
        assertEq(state.averageSkew, 0);
        assertEq(state.fundingIndex, 0);
        _assertNoBorrowing(state);
    }
}
