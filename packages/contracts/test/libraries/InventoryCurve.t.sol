// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {CurveHarness} from "../utils/CurveHarness.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev Spreads from 0 to 100%, caps from 1 wei to 2^104 - 1, prices from 1e-9 to 1e9, inventories up to twice the cap;
/// in three of four cases confidence premium and LP fee besides, up to just below 100% each.
///
/// apps/anvil-e2e/test/inventory-curve.test.ts compares the same code with exact fractions in TypeScript.
contract InventoryCurveTest is Bounds {
    uint256 private constant PPM = 1e6;
    uint256 private constant WAD = 1e18;
    /// @dev Of flat prices.
    uint256 private constant UNIT = PPM * PPM;
    uint256 private constant MIN_PRICE = 1e9;
    uint256 private constant MAX_PRICE = 1e27;
    uint256 private constant MAX_CAP = type(uint104).max;

    CurveHarness private curve = new CurveHarness();

    struct Seeds {
        uint256 price;
        uint256 maxSpread;
        uint256 maxAbsPosition;
        uint256 inventory;
        uint256 size;
        uint256 charges;
        uint256 confidence;
    }

    // ------------------------------------------------------------------------------------------- slow references ----

    /// @dev cost = m (q + s/(2X) (n1^2 - n0^2)), proceeds = m (q - s/(2X) (l1^2 - l0^2)), to the last wei.
    function testFuzz_QuoteForBase_IsTheIntegralOfTheMarginalPrice(Seeds memory seeds, bool takerBuys) public view {
        (CurveHarness.State memory s, uint256 size) = _boundOrder(seeds, takerBuys);
        assertEq(curve.quoteForBase(s, takerBuys, size), _reference(s, takerBuys, size));
    }

    /// @dev A sum over small steps at the marginal prices of their two ends encloses the integral.
    function testFuzz_QuoteForBase_LiesBetweenStepSums(Seeds memory seeds, bool takerBuys) public view {
        (CurveHarness.State memory s, uint256 size) = _boundOrder(seeds, takerBuys);
        uint256 steps = 50;
        uint256 near;
        uint256 far;
        int256 start = s.inventory;
        for (uint256 i = 0; i < steps; ++i) {
            uint256 from = Math.mulDiv(size, i, steps);
            uint256 to = Math.mulDiv(size, i + 1, steps);
            near += (to - from) * _marginalAfter(s, start, takerBuys, from);
            far += (to - from) * _marginalAfter(s, start, takerBuys, to);
        }
        s.inventory = start;
        uint256 quote = curve.quoteForBase(s, takerBuys, size);
        // Marginal prices are rounded to a wei per base, hence `size` of slack.
        if (takerBuys) {
            assertGe(quote, (near > size ? near - size : 0) / WAD, "below the sum at the cheap ends");
            assertLe(quote, far / WAD + 1, "above the sum at the dear ends");
        } else {
            assertLe(quote, (near + size) / WAD + 1, "above the sum at the dear ends");
            assertGe(quote + 1, far / WAD, "below the sum at the cheap ends");
        }
    }

    function testFuzz_BaseForQuote_IsTheBestThatQuoteForBaseAllows(Seeds memory seeds, bool takerBuys) public view {
        (CurveHarness.State memory s, uint256 quote, uint256 available) = _boundQuote(seeds, takerBuys);
        uint256 size = curve.baseForQuote(s, takerBuys, quote);
        assertLe(size, available);
        if (takerBuys) {
            assertLe(curve.quoteForBase(s, true, size), quote, "the largest size that costs no more");
            if (size < available) assertGt(curve.quoteForBase(s, true, size + 1), quote, "one wei more would fit");
        } else {
            assertGe(curve.quoteForBase(s, false, size), quote, "the smallest size that yields enough");
            if (size > 0) assertLt(curve.quoteForBase(s, false, size - 1), quote, "one wei less would do");
        }
    }

    // -------------------------------------------------------------------------------------------------- properties ----

    /// @dev T3: rounding included, and no more than one wei is lost by it.
    function testFuzz_T3_SplittingAnOrderNeverHelps(Seeds memory seeds, uint256 cut, bool takerBuys) public view {
        (CurveHarness.State memory s, uint256 size) = _boundOrder(seeds, takerBuys);
        cut = boundAmount(cut, 0, size);
        uint256 whole = curve.quoteForBase(s, takerBuys, size);
        uint256 first = curve.quoteForBase(s, takerBuys, cut);
        s.inventory = _after(s.inventory, takerBuys, cut);
        uint256 second = curve.quoteForBase(s, takerBuys, size - cut);
        if (takerBuys) {
            assertGe(first + second, whole);
            assertLe(first + second, whole + 1);
        } else {
            assertLe(first + second, whole);
            assertGe(first + second + 1, whole);
        }
    }

    function testFuzz_T3_SplittingAnExactQuoteNeverHelps(Seeds memory seeds, uint256 cut, bool takerBuys) public view {
        (CurveHarness.State memory s, uint256 quote,) = _boundQuote(seeds, takerBuys);
        cut = boundAmount(cut, 0, quote);
        uint256 whole = curve.baseForQuote(s, takerBuys, quote);
        uint256 first = curve.baseForQuote(s, takerBuys, cut);
        s.inventory = _after(s.inventory, takerBuys, first);
        try curve.baseForQuote(s, takerBuys, quote - cut) returns (uint256 second) {
            if (takerBuys) assertLe(first + second, whole);
            else assertGe(first + second, whole);
        } catch (bytes memory reason) {
            // The rounding of the first part may cost the last wei of quote.
            assertEq(bytes4(reason), IMaker.MakerQuoteCapacityExceeded.selector);
        }
    }

    /// @dev Up to 20 trades of all four kinds at a constant price that end where they began, within the cap: trades
    /// cannot increase an inventory beyond it.
    function testFuzz_T3_ClosedLoopEarnsNothing(Seeds memory seeds, uint256 moves) public view {
        CurveHarness.State memory s = _boundState(seeds);
        s.inventory = s.inventory % int256(s.maxAbsPosition + 1);
        int256 start = s.inventory;
        int256 earned;
        uint256 trades = boundCount(seeds.size, 1, 19);
        for (uint256 i = 0; i < trades; ++i) {
            uint256 move = uint256(keccak256(abi.encode(moves, i)));
            bool takerBuys = move & 1 == 0;
            uint256 size = Math.mulDiv(curve.capacity(s, takerBuys), move >> 128, type(uint128).max);
            uint256 quote = curve.quoteForBase(s, takerBuys, size);
            if (move & 2 == 0) size = curve.baseForQuote(s, takerBuys, quote);
            earned += takerBuys ? -int256(quote) : int256(quote);
            s.inventory = _after(s.inventory, takerBuys, size);
        }
        earned += _closeLoop(s, start);
        assertLe(earned, 0, "a loop earned");
    }

    function testFuzz_QuoteForBase_IsMonotoneAndConvex(Seeds memory seeds, bool takerBuys, uint256 step) public view {
        (CurveHarness.State memory s, uint256 size) = _boundOrder(seeds, takerBuys);
        uint256 room = (curve.capacity(s, takerBuys) - size) / 2;
        step = boundAmount(step, 0, room);
        uint256 q0 = curve.quoteForBase(s, takerBuys, size);
        uint256 q1 = curve.quoteForBase(s, takerBuys, size + step);
        uint256 q2 = curve.quoteForBase(s, takerBuys, size + 2 * step);
        assertLe(q0, q1, "falls");
        assertLe(q1, q2, "falls");
        // Each amount is rounded by less than one.
        if (takerBuys) assertGe(q2 + q0 + 2, 2 * q1, "later base is cheaper");
        else assertLe(q2 + q0, 2 * q1 + 2, "later base yields more");
    }

    /// @dev A trade that reduces the inventory pays no premium for it.
    function testFuzz_QuoteForBase_ReducingTradesAtTheFlatPrice(Seeds memory seeds) public view {
        CurveHarness.State memory s = _boundState(seeds);
        bool takerBuys = s.inventory > 0;
        uint256 size = boundSize(seeds.size, 0, _abs(s.inventory));
        assertEq(curve.quoteForBase(s, takerBuys, size), _atFlatPrice(s, takerBuys, size));
    }

    function testFuzz_QuoteForBase_WithoutSpreadTradesAtTheFlatPrice(Seeds memory seeds, bool takerBuys) public view {
        seeds.maxSpread = 0;
        (CurveHarness.State memory s, uint256 size) = _boundOrder(seeds, takerBuys);
        assertEq(curve.quoteForBase(s, takerBuys, size), _atFlatPrice(s, takerBuys, size));
    }

    /// @dev (m +/- min(k confidence, limit m)) (1 +/- fee), in exact fractions of a wei.
    function testFuzz_FlatPrice_IsOraclePriceWithConfidenceAndFee(Seeds memory seeds) public view {
        CurveHarness.State memory s = _boundState(seeds);
        uint256 premium = Math.min(s.confidence * s.confidenceFactor, s.price * s.maxConfidencePremium);
        assertEq(curve.flatPrice(s, true), (s.price * PPM + premium) * (PPM + s.lpFee));
        assertEq(curve.flatPrice(s, false), (s.price * PPM - premium) * (PPM - s.lpFee));
    }

    function test_FlatPrice_ByHand() public view {
        CurveHarness.State memory s = _state(2000e18, 0, 1e18, 0);
        assertEq(curve.flatPrice(s, true), 2000e18 * UNIT, "no charges");
        assertEq(curve.flatPrice(s, false), 2000e18 * UNIT, "no charges");
        (s.confidence, s.confidenceFactor, s.maxConfidencePremium) = (4e18, 500_000, 10_000);
        assertEq(curve.flatPrice(s, true), 2002e18 * UNIT, "half of the confidence");
        assertEq(curve.flatPrice(s, false), 1998e18 * UNIT);
        s.confidence = 1000e18;
        assertEq(curve.flatPrice(s, true), 2020e18 * UNIT, "1% at most");
        assertEq(curve.flatPrice(s, false), 1980e18 * UNIT);
        s.confidence = type(uint256).max;
        assertEq(curve.flatPrice(s, false), 1980e18 * UNIT, "at any confidence");
        s.lpFee = 1000;
        assertEq(curve.flatPrice(s, true), 2022.02e18 * UNIT, "plus a fee of 0.1%");
        assertEq(curve.flatPrice(s, false), 1978.02e18 * UNIT);
    }

    /// @dev No fill within the cap is further from the oracle price than (1 + s) (1 + limit) (1 + fee) - 1, but for the
    /// wei that it is rounded by. A band that is not narrower never cuts the curve before the cap does.
    function testFuzz_QuoteForBase_StaysWithinTheGreatestDistance(Seeds memory seeds, bool takerBuys) public view {
        (CurveHarness.State memory s, uint256 size) = _boundOrder(seeds, takerBuys);
        uint256 band = Math.ceilDiv((PPM + s.maxSpread) * (PPM + s.maxConfidencePremium) * (PPM + s.lpFee), UNIT) - PPM;
        uint256 quote = curve.quoteForBase(s, takerBuys, size);
        if (takerBuys) {
            assertLe(quote, Math.mulDiv(size * (PPM + band), s.price, WAD * PPM, Math.Rounding.Ceil));
        } else if (band < PPM) {
            assertGe(quote, Math.mulDiv(size * (PPM - band), s.price, WAD * PPM));
        }
    }

    /// @dev Price and amount are continuous where the inventory changes its sign.
    function testFuzz_QuoteForBase_IsContinuousAtZeroInventory(Seeds memory seeds, bool takerBuys, uint256 beyond)
        public
        view
    {
        CurveHarness.State memory s = _boundState(seeds);
        uint256 held = boundSize(_abs(s.inventory), 0, MAX_CAP);
        s.inventory = takerBuys ? int256(held) : -int256(held);
        beyond = boundSize(beyond, 0, Math.min(s.maxAbsPosition, 1e12));
        uint256 turn = curve.quoteForBase(s, takerBuys, held);
        uint256 past = curve.quoteForBase(s, takerBuys, held + beyond);
        // With s <= 1 the marginal price on the building side is within [0, 2m].
        uint256 price = curve.flatPrice(s, takerBuys);
        assertLe(past - turn, Math.mulDiv(beyond, 2 * price, WAD * UNIT) + 1);
        if (takerBuys) assertGe(past - turn + 1, Math.mulDiv(beyond, price, WAD * UNIT));
        else assertLe(past - turn, Math.mulDiv(beyond, price, WAD * UNIT) + 1);
    }

    /// @dev A minimal trade trades at bid or ask.
    function testFuzz_MarginalPrice_IsTheLimitOfSmallFills(Seeds memory seeds, bool takerBuys) public view {
        CurveHarness.State memory s = _boundState(seeds);
        uint256 size = boundSize(seeds.size, 0, Math.min(curve.capacity(s, takerBuys), s.maxAbsPosition / 1e6));
        uint256 marginal = curve.marginalPrice(s, takerBuys);
        uint256 quote = curve.quoteForBase(s, takerBuys, size);
        // A millionth of the cap moves the price by at most a millionth of m (s <= 1).
        uint256 slack = curve.flatPrice(s, takerBuys) / UNIT / 1e6 + 2;
        if (takerBuys) {
            assertGe(quote, Math.mulDiv(size, marginal - 1, WAD));
            assertLe(quote, Math.mulDiv(size, marginal + slack, WAD) + 1);
        } else {
            assertLe(quote, Math.mulDiv(size, marginal + 1, WAD) + 1);
            assertGe(quote + 1, Math.mulDiv(size, marginal > slack ? marginal - slack : 0, WAD));
        }
    }

    /// @dev bid = min(m, reservation), ask = max(m, reservation): without charges, to the wei.
    function testFuzz_MarginalPrice_IsOraclePriceOrReservationPrice(Seeds memory seeds) public view {
        CurveHarness.State memory s = _boundState(seeds);
        (s.confidenceFactor, s.maxConfidencePremium, s.lpFee) = (0, 0, 0);
        uint256 reservation = curve.reservationPrice(s);
        assertEq(curve.marginalPrice(s, false), Math.min(s.price, reservation));
        assertEq(curve.marginalPrice(s, true), Math.max(s.price, reservation));
    }

    function test_ReservationPrice_AtTheCap() public view {
        CurveHarness.State memory s = _state(2000e18, 10_000, 100e18, 100e18);
        assertEq(curve.reservationPrice(s), 1980e18, "long");
        s.inventory = -100e18;
        assertEq(curve.reservationPrice(s), 2020e18, "short");
        s.inventory = 0;
        assertEq(curve.reservationPrice(s), 2000e18, "flat");
        s = _state(2000e18, 1e6, 100e18, 250e18);
        assertEq(curve.reservationPrice(s), 0, "never negative");
    }

    // -------------------------------------------------------------------------------------------------- examples ----

    /// @dev m = 100, s = 10%, X = 10. All four kinds by hand.
    function test_AllFourKinds_ByHand() public view {
        CurveHarness.State memory s = _state(100e18, 100_000, 10e18, 4e18);
        // buys 6: 4 at m, then 2 building a short: 100 (6 + 0.1/20 x 4) = 602
        assertEq(curve.quoteForBase(s, true, 6e18), 602e18);
        assertEq(curve.baseForQuote(s, true, 602e18), 6e18);
        // sells 2 from 4 to 6: 100 (2 - 0.1/20 x (36 - 16)) = 190
        assertEq(curve.quoteForBase(s, false, 2e18), 190e18);
        assertEq(curve.baseForQuote(s, false, 190e18), 2e18);
        // and the mirror image
        s.inventory = -4e18;
        assertEq(curve.quoteForBase(s, false, 6e18), 598e18);
        assertEq(curve.baseForQuote(s, false, 598e18), 6e18);
        assertEq(curve.quoteForBase(s, true, 2e18), 210e18);
        assertEq(curve.baseForQuote(s, true, 210e18), 2e18);
    }

    // --------------------------------------------------------------------------------------------------- capacity ----

    function testFuzz_Capacity_IsOneSided(Seeds memory seeds) public view {
        CurveHarness.State memory s = _boundState(seeds);
        uint256 x = _abs(s.inventory);
        bool reducingBuys = s.inventory > 0;
        assertEq(curve.capacity(s, reducingBuys), x + s.maxAbsPosition, "towards zero and beyond");
        assertEq(curve.capacity(s, !reducingBuys), x < s.maxAbsPosition ? s.maxAbsPosition - x : 0, "away from zero");
    }

    function testFuzz_RevertIf_SizeExceedsCapacity(Seeds memory seeds, bool takerBuys, uint256 excess) public {
        CurveHarness.State memory s = _boundState(seeds);
        uint256 available = curve.capacity(s, takerBuys);
        uint256 size = available + boundAmount(excess, 1, 1e30);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, size, available));
        curve.quoteForBase(s, takerBuys, size);
    }

    function testFuzz_RevertIf_QuoteExceedsCapacity(Seeds memory seeds, bool takerBuys, uint256 excess) public {
        CurveHarness.State memory s = _boundState(seeds);
        uint256 most = curve.quoteForBase(s, takerBuys, curve.capacity(s, takerBuys));
        uint256 quote = most + boundAmount(excess, 1, 1e30);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerQuoteCapacityExceeded.selector, quote, most));
        curve.baseForQuote(s, takerBuys, quote);
    }

    // ------------------------------------------------------------------------------------------------------- cost ----

    /// @dev The search for the exact integer terminates: no input makes an exact-quote order cost more than the gas
    /// that the gateway requires of a keeper (1,000,000). The most expensive inputs are the last wei before the cap at
    /// a spread of 100%, where the size hardly depends on the quote.
    function testFuzz_BaseForQuote_GasIsBounded(Seeds memory seeds, bool takerBuys) public view {
        (CurveHarness.State memory s, uint256 quote,) = _boundQuote(seeds, takerBuys);
        assertLt(curve.baseForQuoteGas(s, takerBuys, quote), 400_000);
    }

    /// @dev Realistic orders: a price of 1 to 100,000, caps from 1 to a million units, inventory within the cap. Tests
    /// are compiled without the optimizer; the released build uses less than half of the gas.
    function testFuzz_BaseForQuote_GasIsSmallInCommonRanges(Seeds memory seeds, bool takerBuys) public view {
        CurveHarness.State memory s = _state(
            _logBound(seeds.price, 1e18, 1e23),
            boundRatio(seeds.maxSpread, 0, 50_000),
            _logBound(seeds.maxAbsPosition, 1e18, 1e24),
            0
        );
        s.inventory = boundSize(int256(seeds.inventory), -int256(s.maxAbsPosition), int256(s.maxAbsPosition));
        uint256 most = curve.quoteForBase(s, takerBuys, curve.capacity(s, takerBuys));
        assertLt(curve.baseForQuoteGas(s, takerBuys, boundAmount(seeds.size, 0, most)), 40_000);
    }

    // -------------------------------------------------------------------------------------------------- reference ----

    /// @dev The formula of docs/specification.md, section 7, as one exact fraction.
    function _reference(CurveHarness.State memory s, bool takerBuys, uint256 size) private view returns (uint256) {
        int256 x = takerBuys ? -s.inventory : s.inventory;
        int256 q = int256(size);
        uint256 before = x > 0 ? uint256(x) : 0;
        uint256 later = x + q > 0 ? uint256(x + q) : 0;
        // q +/- s (later^2 - before^2) / (2 X 10^6), over a common denominator
        uint256 denominator = 2 * s.maxAbsPosition * PPM;
        uint256 premium = s.maxSpread * (later - before) * (later + before);
        uint256 scaled = takerBuys ? size * denominator + premium : size * denominator - premium;
        Math.Rounding rounding = takerBuys ? Math.Rounding.Ceil : Math.Rounding.Floor;
        return Math.mulDiv(scaled, curve.flatPrice(s, takerBuys), denominator * WAD * UNIT, rounding);
    }

    function _atFlatPrice(CurveHarness.State memory s, bool takerBuys, uint256 size) private view returns (uint256) {
        Math.Rounding rounding = takerBuys ? Math.Rounding.Ceil : Math.Rounding.Floor;
        return Math.mulDiv(size, curve.flatPrice(s, takerBuys), WAD * UNIT, rounding);
    }

    /// @dev Bid or ask once `size` of an order has been filled; WAD quote per base.
    function _marginalAfter(CurveHarness.State memory s, int256 start, bool takerBuys, uint256 size)
        private
        view
        returns (uint256 marginal)
    {
        s.inventory = _after(start, takerBuys, size);
        marginal = curve.marginalPrice(s, takerBuys);
        s.inventory = start;
    }

    function _closeLoop(CurveHarness.State memory s, int256 start) private view returns (int256) {
        if (s.inventory == start) return 0;
        bool takerBuys = s.inventory > start;
        uint256 size = takerBuys ? uint256(s.inventory - start) : uint256(start - s.inventory);
        uint256 quote = curve.quoteForBase(s, takerBuys, size);
        return takerBuys ? -int256(quote) : int256(quote);
    }

    // -------------------------------------------------------------------------------------------------- inputs ----

    function _boundState(Seeds memory seeds) private pure returns (CurveHarness.State memory s) {
        s = _state(
            _logBound(seeds.price, MIN_PRICE, MAX_PRICE),
            boundRatio(seeds.maxSpread),
            _logBound(seeds.maxAbsPosition, 1, MAX_CAP),
            0
        );
        uint256 x = boundSize(seeds.inventory >> 1, 0, 2 * s.maxAbsPosition);
        s.inventory = seeds.inventory & 1 == 0 ? int256(x) : -int256(x);
        if (seeds.charges & 1 != 0) s.lpFee = boundRatio(seeds.charges >> 2, 0, PPM - 1);
        if (seeds.charges & 2 != 0) {
            s.confidence = _logBound(seeds.confidence, 0, 2 * s.price);
            s.confidenceFactor = boundRatio(seeds.charges >> 64, 0, 10 * PPM);
            s.maxConfidencePremium = boundRatio(seeds.charges >> 128, 0, PPM - 1);
        }
    }

    function _boundOrder(Seeds memory seeds, bool takerBuys)
        private
        view
        returns (CurveHarness.State memory s, uint256 size)
    {
        s = _boundState(seeds);
        size = _pick(seeds.size, curve.capacity(s, takerBuys));
    }

    function _boundQuote(Seeds memory seeds, bool takerBuys)
        private
        view
        returns (CurveHarness.State memory s, uint256 quote, uint256 available)
    {
        s = _boundState(seeds);
        available = curve.capacity(s, takerBuys);
        quote = _pick(seeds.size, curve.quoteForBase(s, takerBuys, available));
    }

    /// @dev Half of the values are spread evenly, half by magnitude and so near zero; some equal the maximum.
    function _pick(uint256 seed, uint256 max) private pure returns (uint256) {
        if (seed % 16 == 0) return max;
        if (seed % 16 == 1) return max == 0 ? 0 : max - 1;
        return seed % 2 == 0 ? boundNumber(seed, 0, max) : _logBound(seed, 0, max);
    }

    /// @dev Evenly distributed in the number of bits.
    function _logBound(uint256 seed, uint256 min, uint256 max) private pure returns (uint256) {
        uint256 bits = boundNumber(seed % 1021, Math.log2(min), Math.log2(max) + 1);
        return boundNumber(bits == 0 ? 0 : uint256(keccak256(abi.encode(seed))) >> (256 - bits), min, max);
    }

    function _state(uint256 price, uint256 maxSpread, uint256 maxAbsPosition, int256 inventory)
        private
        pure
        returns (CurveHarness.State memory)
    {
        return CurveHarness.State({
            price: price,
            confidence: 0,
            inventory: inventory,
            maxSpread: maxSpread,
            maxAbsPosition: maxAbsPosition,
            confidenceFactor: 0,
            maxConfidencePremium: 0,
            lpFee: 0
        });
    }

    function _after(int256 inventory, bool takerBuys, uint256 size) private pure returns (int256) {
        return takerBuys ? inventory - int256(size) : inventory + int256(size);
    }

    function _abs(int256 x) private pure returns (uint256) {
        return uint256(x < 0 ? -x : x);
    }
}
