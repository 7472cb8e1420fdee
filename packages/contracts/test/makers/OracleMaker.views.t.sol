// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {OracleMakerTest} from "../utils/OracleMakerTest.sol";

contract OracleMakerViewsTest is OracleMakerTest {
    // ----------------------------------------------------------------------------------------------------- quotes ----

    function testFuzz_GetQuote_EqualsTheFill(uint256 amount, int256 inventory, bool isBaseToQuote, bool isExactInput)
        public
    {
        inventory = boundSize(inventory, -200e18, 200e18);
        setInventory(inventory);
        bool isExactBase = isBaseToQuote == isExactInput;
        amount = isExactBase ? boundAmount(amount, 1e12, 200e18) : boundAmount(amount, 1e15, 400_000e18);
        uint256 opposite = om.getQuote(isBaseToQuote, isExactInput, amount);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, amount));
        int256 other = isExactBase ? quote : base;
        assertEq(uint256(other < 0 ? -other : other), opposite);
    }

    /// @dev The view gives what the event says and what the taker gets: all four kinds, all inventories.
    function testFuzz_PreviewFill_EqualsTheFill(
        uint256 amount,
        int256 inventory,
        uint256 confidence,
        uint256 lpFee,
        uint8 kind
    ) public {
        setCharges(boundRatio(lpFee, 0, 10_000), 1_500_000, 20_000);
        inventory = boundSize(inventory, -200e18, 200e18);
        setInventory(inventory);
        setPriceWithConfidence(2000e18, boundExactPrice(confidence, 0, 100e18));
        (bool isBaseToQuote, bool isExactInput) = (kind & 1 != 0, kind & 2 != 0);
        bool isExactBase = isBaseToQuote == isExactInput;
        amount = isExactBase ? boundAmount(amount, 1e12, 200e18) : boundAmount(amount, 1e15, 390_000e18);
        _checkPreview(isBaseToQuote, isExactInput, amount);
    }

    function test_GetPrices_AreMarginal() public {
        sell(alice, maker, 250e18);
        (uint256 bid, uint256 ask, uint256 reservation) = om.getPrices();
        assertEq(reservation, 1990e18);
        assertEq(bid, 1990e18);
        assertEq(ask, 2000e18);
        buy(alice, maker, 250e18);
        buy(alice, maker, 100e18);
        (bid, ask, reservation) = om.getPrices();
        assertEq(reservation, 2004e18);
        assertEq(bid, 2000e18);
        assertEq(ask, 2004e18);
    }

    function test_GetPrices_IncludeFeeAndConfidencePremium() public {
        sell(alice, maker, 250e18);
        setCharges(1000, 500_000, 10_000);
        setPriceWithConfidence(2000e18, 8e18);
        (uint256 bid, uint256 ask, uint256 reservation) = om.getPrices();
        assertEq(reservation, 1990e18, "of the inventory alone");
        assertEq(bid, uint256(1996e18) * 995 / 1000 * 999 / 1000);
        assertEq(ask, uint256(2004e18) * 1001 / 1000);
    }

    /// @dev T8: the premium depends on maxAbsPosition only. Profit, loss, deposits, withdrawals and donations do not
    /// change a quote.
    function test_T8_QuotesDoNotDependOnTheMakersFunds() public {
        setCharges(1000, 1e6, 10_000);
        buy(alice, maker, 200e18);
        setPriceWithConfidence(2000e18, 4e18);
        bytes32 before = _quotes();
        skip(1);
        setPriceWithConfidence(4000e18, 4e18);
        assertLt(valueOf(maker), 650_000e18, "400,000 lost");
        skip(1);
        setPriceWithConfidence(2000e18, 4e18);
        assertEq(_quotes(), before);
        depositLp(lp, 5_000_000 * USD, 0);
        usd.mint(maker, 1_000_000 * USD);
        assertEq(_quotes(), before);
        vm.prank(lp);
        om.withdraw(5_800_000e18);
        assertEq(_quotes(), before);
    }

    // --------------------------------------------------------------------------------------------------- capacity ----

    function test_UtilRatio_IsOnTheSideThatTheMakerTakes() public {
        assertFalse(om.isSpotHedged());
        sell(alice, maker, 125e18);
        (uint256 long, uint256 short) = om.getUtilRatio();
        assertEq(long, 0);
        assertEq(short, 0.25e18, "shorts use a maker that is long");
        buy(alice, maker, 250e18);
        (long, short) = om.getUtilRatio();
        assertEq(long, 0.25e18, "longs use a maker that is short");
        assertEq(short, 0);
    }

    function test_UtilRatio_NeverExceedsOne() public {
        buy(alice, maker, 400e18);
        setCap(100e18);
        (uint256 long,) = om.getUtilRatio();
        assertEq(long, 1e18);
    }

    function test_RemainingCapacity_IsWhatEachSideCanStillTake() public {
        _checkRemaining(500e18, 500e18);
        buy(alice, maker, 300e18);
        _checkRemaining(200e18, 800e18);
        sell(bob, maker, 400e18);
        _checkRemaining(600e18, 400e18);
        // All of it, and not a wei more.
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 400e18 + 1, 400e18));
        sell(bob, maker, 400e18 + 1);
        sell(bob, maker, 400e18);
        _checkRemaining(1000e18, 0);
        setCap(100e18);
        _checkRemaining(600e18, 0);
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    function _checkPreview(bool isBaseToQuote, bool isExactInput, uint256 amount) private {
        IOracleMaker.Fill memory fill = om.previewFill(isBaseToQuote, isExactInput, amount);
        bool isExactBase = isBaseToQuote == isExactInput;
        assertEq(isExactBase ? fill.base : fill.quote, amount);
        assertEq(isExactBase ? fill.quote : fill.base, om.getQuote(isBaseToQuote, isExactInput, amount));
        vm.expectEmit(maker);
        emit IOracleMaker.PythOracleOrderFilled(2000e18, fill.tradePrice, fill.base, fill.fee, fill.spread);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, amount));
        assertEq(base, isBaseToQuote ? -int256(fill.base) : int256(fill.base));
        assertEq(quote, isBaseToQuote ? int256(fill.quote) : -int256(fill.quote));
    }

    function _checkRemaining(uint256 expectedBuys, uint256 expectedSells) private view {
        (uint256 buys, uint256 sells) = om.getRemainingCapacity();
        assertEq(buys, expectedBuys);
        assertEq(sells, expectedSells);
    }

    /// @dev Every quote that the maker publishes.
    function _quotes() private view returns (bytes32) {
        (uint256 bid, uint256 ask, uint256 reservation) = om.getPrices();
        (uint256 buys, uint256 sells) = om.getRemainingCapacity();
        return keccak256(
            abi.encode(
                bid,
                ask,
                reservation,
                buys,
                sells,
                om.previewFill(false, false, 10e18),
                om.previewFill(false, true, 10_000e18),
                om.previewFill(true, true, 10e18),
                om.previewFill(true, false, 10_000e18)
            )
        );
    }
}
