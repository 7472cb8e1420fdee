// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test} from "forge-std/Test.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {PackedPosition, Position} from "../../src/types/Position.sol";
import {Base, Price, Quote} from "../../src/types/Units.sol";

contract PositionTest is Test {
    /// @dev The count of closes wraps here.
    uint16 private constant CLOSES = 2 ** 15;

    PackedPosition private stored;

    // --------------------------------------------------------------------------------------------------- storage ----

    function testFuzz_StoreAndLoad_KeepEveryFieldWhole(
        int112 size,
        int112 openNotional,
        int104 margin,
        int72 fundingIndex,
        uint64 borrowingIndex,
        uint32 lastFillAt,
        uint16 closes,
        bool isMaker
    ) public {
        closes %= CLOSES;
        Position memory p = _position(size, openNotional, margin, fundingIndex, borrowingIndex);
        (p.lastFillAt, p.closes, p.isMaker) = (lastFillAt, closes, isMaker);
        stored.store(p);
        p = stored.load();
        assertEq(p.size.unwrap(), size);
        assertEq(p.openNotional.unwrap(), openNotional);
        assertEq(p.margin.unwrap(), margin);
        assertEq(p.fundingIndex, fundingIndex);
        assertEq(p.borrowingIndex, borrowingIndex);
        assertEq(p.lastFillAt, lastFillAt);
        assertEq(p.closes, closes);
        assertEq(p.isMaker, isMaker);
        assertEq(stored.isMaker(), isMaker);
    }

    function test_StoreAndLoad_Extremes() public {
        testFuzz_StoreAndLoad_KeepEveryFieldWhole(
            type(int112).min,
            type(int112).max,
            type(int104).min,
            type(int72).max,
            type(uint64).max,
            type(uint32).max,
            CLOSES - 1,
            false
        );
        testFuzz_StoreAndLoad_KeepEveryFieldWhole(
            type(int112).max, type(int112).min, type(int104).max, type(int72).min, 0, 0, 0, true
        );
        testFuzz_StoreAndLoad_KeepEveryFieldWhole(-1, -1, -1, -1, 1, 1, 1, true);
    }

    /// @dev Largest values of docs/specification.md, section 3.
    function test_Store_RevertIf_AFieldExceedsItsMaximum() public {
        int256 above = int256(type(int112).max) + 1;
        _expectOverflow(112, above);
        this.store(above, 0, 0, 0, 0);
        _expectOverflow(112, above);
        this.store(0, above, 0, 0, 0);
        above = int256(type(int104).max) + 1;
        _expectOverflow(104, above);
        this.store(0, 0, above, 0, 0);
        uint256 late = uint256(type(uint32).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 32, late));
        this.storeFill(late, 0);
    }

    function test_AddMargin_RevertIf_TheMarginExceedsItsMaximum() public {
        int256 most = type(int104).max;
        this.addMargin(most);
        _expectOverflow(104, most + 1);
        this.addMargin(1);
    }

    function test_Store_WrapsTheCountOfCloses() public {
        this.storeFill(0, CLOSES + 2);
        Position memory p = stored.load();
        assertEq(p.closes, 2);
        assertFalse(p.isMaker);
    }

    // ------------------------------------------------------------------------------------------------------ fills ----

    function test_Store_WrapsIndices() public {
        this.store(0, 0, 0, int256(type(int72).max) + 1, uint256(type(uint64).max) + 2);
        Position memory p = stored.load();
        assertEq(p.fundingIndex, type(int72).min);
        assertEq(p.borrowingIndex, 1);
        assertFalse(p.isMaker);
    }

    function testFuzz_AddMargin_TouchesNothingElse(int104 margin, int104 change, bool isMaker) public {
        int256 sum = int256(margin) + change;
        vm.assume(sum >= type(int104).min && sum <= type(int104).max);
        Position memory p = _position(3e18, -5e18, margin, -7, 11);
        (p.lastFillAt, p.closes, p.isMaker) = (1_700_000_000, 13, isMaker);
        stored.store(p);
        stored.addMargin(Quote.wrap(change));
        p.margin = Quote.wrap(sum);
        assertEq(abi.encode(stored.load()), abi.encode(p));
        assertEq(stored.isMaker(), isMaker);
    }

    /// @dev The identity that L2 depends on, for openings, increases, reductions and flips.
    function testFuzz_L2_ApplyFill_ChangesMarginAndOpenNotionalByExactlyTheQuote(
        int120 size,
        int120 openNotional,
        int112 margin,
        int120 fill,
        int120 quote
    ) public pure {
        // The ClearingHouse refuses trades without base.
        vm.assume(fill != 0);
        Position memory p = _position(size, openNotional, margin, 0, 0);
        Quote realized = p.applyFill(Base.wrap(fill), Quote.wrap(quote));
        assertEq(
            p.margin.unwrap() + p.openNotional.unwrap(), int256(margin) + openNotional + quote, "margin + openNotional"
        );
        assertEq(p.size.unwrap(), int256(size) + fill, "size");
        assertEq(p.margin.unwrap(), int256(margin) + realized.unwrap(), "realized");
    }

    function testFuzz_L2_ApplyFill_TwoSidesCancel(int96[4] memory a, int96[4] memory b, uint256 seed) public pure {
        Position memory taker = _position(a[0], a[1], a[2], 0, 0);
        Position memory maker = _position(b[0], b[1], b[2], 0, 0);
        int256 before = _money(taker) + _money(maker);
        int256 sizes = int256(a[0]) + b[0];
        for (uint256 i = 0; i < 5; ++i) {
            int256 fill = int256(uint256(keccak256(abi.encode(seed, i)))) >> 160;
            int256 quote = int256(uint256(keccak256(abi.encode(seed, i, 1)))) >> 160;
            taker.applyFill(Base.wrap(fill), Quote.wrap(quote));
            maker.applyFill(Base.wrap(-fill), Quote.wrap(-quote));
        }
        assertEq(_money(taker) + _money(maker), before, "L2");
        assertEq(taker.size.unwrap() + maker.size.unwrap(), sizes, "L1");
    }

    function test_ApplyFill_OpensAndAdds() public pure {
        Position memory p = _position(0, 0, 100e18, 0, 0);
        assertEq(p.applyFill(Base.wrap(2e18), Quote.wrap(-4000e18)).unwrap(), 0);
        assertEq(p.applyFill(Base.wrap(1e18), Quote.wrap(-2300e18)).unwrap(), 0);
        assertEq(p.size.unwrap(), 3e18);
        assertEq(p.openNotional.unwrap(), -6300e18);
        assertEq(p.margin.unwrap(), 100e18);
    }

    function test_ApplyFill_ReductionRealisesItsShare() public pure {
        Position memory p = _position(3e18, -6300e18, 100e18, 0, 0);
        assertEq(p.applyFill(Base.wrap(-1e18), Quote.wrap(2000e18)).unwrap(), -100e18);
        assertEq(p.openNotional.unwrap(), -4200e18);
        assertEq(p.margin.unwrap(), 0);
    }

    function test_ApplyFill_CloseLeavesNothingOpen() public pure {
        Position memory p = _position(-3e18, 6300e18, 0, 0, 0);
        assertEq(p.applyFill(Base.wrap(3e18), Quote.wrap(-6000e18)).unwrap(), 300e18);
        assertEq(p.size.unwrap(), 0);
        assertEq(p.openNotional.unwrap(), 0);
    }

    function test_ApplyFill_TurnClosesAndOpensAtTheSamePrice() public pure {
        Position memory p = _position(1e18, -2000e18, 0, 0, 0);
        assertEq(p.applyFill(Base.wrap(-3e18), Quote.wrap(6600e18)).unwrap(), 200e18);
        assertEq(p.size.unwrap(), -2e18);
        assertEq(p.openNotional.unwrap(), 4400e18);
    }

    /// @dev A close and a flip count, an opening, an increase and a reduction do not.
    function test_ApplyFill_CountsCloses() public pure {
        Position memory p;
        int256[6] memory fills = [int256(3e18), 1e18, -2e18, -5e18, 2e18, 1e18];
        uint256[6] memory expected = [uint256(0), 0, 0, 1, 1, 2];
        for (uint256 i = 0; i < fills.length; ++i) {
            p.applyFill(Base.wrap(fills[i]), Quote.wrap(-fills[i]));
            assertEq(p.closes, expected[i]);
        }
        assertTrue(p.size.isZero());
    }

    // ------------------------------------------------------------------------------------------------------ value ----

    function test_Value_FloorsNegatives() public pure {
        assertEq(_position(-1, 0, 0, 0, 0).value(Price.wrap(1)).unwrap(), -1);
        assertEq(_position(1, 0, 0, 0, 0).value(Price.wrap(1)).unwrap(), 0);
    }

    function testFuzz_Value_NeverOverstates(int112 size, int112 openNotional, int112 margin, uint112 price)
        public
        pure
    {
        int256 value = _position(size, openNotional, margin, 0, 0).value(Price.wrap(price)).unwrap();
        int256 exact = (int256(openNotional) + margin) * 1e18 + int256(size) * int256(uint256(price));
        assertLe(value * 1e18, exact);
        assertGt((value + 1) * 1e18, exact);
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    function store(int256 size, int256 openNotional, int256 margin, int256 fundingIndex, uint256 borrowingIndex)
        external
    {
        stored.store(_position(size, openNotional, margin, fundingIndex, borrowingIndex));
    }

    function storeFill(uint256 lastFillAt, uint256 closes) external {
        Position memory p;
        (p.lastFillAt, p.closes) = (lastFillAt, closes);
        stored.store(p);
    }

    function addMargin(int256 change) external {
        stored.addMargin(Quote.wrap(change));
    }

    function _position(int256 size, int256 openNotional, int256 margin, int256 fundingIndex, uint256 borrowingIndex)
        private
        pure
        returns (Position memory)
    {
        return Position(
            Base.wrap(size), Quote.wrap(openNotional), Quote.wrap(margin), fundingIndex, borrowingIndex, 0, 0, false
        );
    }

    function _money(Position memory p) private pure returns (int256) {
        return p.margin.unwrap() + p.openNotional.unwrap();
    }

    function _expectOverflow(uint8 bits, int256 value) private {
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedIntDowncast.selector, bits, value));
    }
}
