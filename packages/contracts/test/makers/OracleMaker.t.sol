// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMaker} from "../../src/interfaces/IMaker.sol";
import {LpVault} from "../../src/makers/LpVault.sol";
import {OracleMaker} from "../../src/makers/OracleMaker.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev m = 2,000, s = 1%, X = 500, a million of collateral.
contract OracleMakerTest is ExchangeTest {
    address private maker;

    function setUp() public override {
        super.setUp();
        maker = address(om);
        addMargin(alice, 900_000 * USD);
        addMargin(bob, 900_000 * USD);
    }

    // ----------------------------------------------------------------------------------------------------- fills ----

    /// @dev A buy of 100 from flat: 2000 (100 + 0.01 / 1000 x 100^2) = 200,200; 0.1% above the oracle price.
    function test_Buy_EmitsBothEvents() public {
        vm.expectEmit(maker);
        emit OracleMaker.OMOrderFilled(market, 2000e18, 100e18, -200_200e18);
        vm.expectEmit(maker);
        emit OracleMaker.PythOracleOrderFilled(2000e18, 2002e18, 100e18, 0, 1000);
        (int256 base, int256 quote) = buy(alice, maker, 100e18);
        assertEq(base, 100e18);
        assertEq(quote, -200_200e18);
    }

    function test_Sell_EmitsBothEvents() public {
        vm.expectEmit(maker);
        emit OracleMaker.OMOrderFilled(market, 2000e18, -100e18, 199_800e18);
        vm.expectEmit(maker);
        emit OracleMaker.PythOracleOrderFilled(2000e18, 1998e18, 100e18, 0, 1000);
        sell(alice, maker, 100e18);
    }

    function test_ExactQuote_EmitsTheSameAmounts() public {
        vm.expectEmit(maker);
        emit OracleMaker.OMOrderFilled(market, 2000e18, 100e18, -200_200e18);
        tradeAs(alice, order(alice, maker, false, true, 200_200e18));
        vm.expectEmit(maker);
        emit OracleMaker.OMOrderFilled(market, 2000e18, -100e18, 200_000e18);
        tradeAs(alice, order(alice, maker, true, false, 200_000e18));
    }

    function test_Reduction_PaysNoPremium() public {
        buy(alice, maker, 200e18);
        sell(bob, maker, 50e18);
        (, int256 quote) = sell(alice, maker, 150e18);
        assertEq(quote, 150 * 2000e18, "the maker's inventory ends at zero");
        assertEq(sizeOf(maker), 0);
    }

    function testFuzz_GetQuote_EqualsTheFill(uint256 amount, int256 inventory, bool isBaseToQuote, bool isExactInput)
        public
    {
        inventory = bound(inventory, -200e18, 200e18);
        if (inventory > 0) sell(bob, maker, uint256(inventory));
        else if (inventory < 0) buy(bob, maker, uint256(-inventory));
        bool isExactBase = isBaseToQuote == isExactInput;
        amount = isExactBase ? bound(amount, 1e12, 200e18) : bound(amount, 1e15, 400_000e18);
        uint256 opposite = om.getQuote(isBaseToQuote, isExactInput, amount);
        (int256 base, int256 quote) = tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, amount));
        int256 other = isExactBase ? quote : base;
        assertEq(uint256(other < 0 ? -other : other), opposite);
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

    function test_UtilRatio_NamesTheSide() public {
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
        _setCap(100e18);
        (uint256 long,) = om.getUtilRatio();
        assertEq(long, 1e18);
    }

    // -------------------------------------------------------------------------------------------------- refusals ----

    /// @dev The oracle can be front-run, so strangers come through gateways.
    function test_RevertIf_SenderIsNotAllowed() public {
        fund(stranger, 10_000 * USD);
        addMargin(stranger, 10_000 * USD);
        vm.expectRevert(abi.encodeWithSelector(IMaker.SenderNotAllowed.selector, stranger));
        buy(stranger, maker, 1e18);
    }

    function test_RevertIf_BaseExceedsCapacity() public {
        buy(alice, maker, 300e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 201e18, 200e18));
        buy(bob, maker, 201e18);
    }

    function test_RevertIf_QuoteExceedsCapacity() public {
        // 2000 (500 + 0.01 / 1000 x 500^2) = 1,005,000
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerQuoteCapacityExceeded.selector, 1_005_001e18, 1_005_000e18));
        tradeAs(alice, order(alice, maker, false, true, 1_005_001e18));
    }

    /// @dev Beyond the cap the maker takes what reduces it and refuses what does not.
    function test_Cap_IsOneSided() public {
        buy(alice, maker, 400e18);
        _setCap(100e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 1e18, 0));
        buy(bob, maker, 1e18);
        (, int256 quote) = sell(alice, maker, 50e18);
        assertEq(quote, 50 * 2000e18);
    }

    function test_RevertIf_MakerWouldFallBelowItsMinMarginRatio() public {
        _setMinMarginRatio(1e6);
        buy(alice, maker, 490e18);
        skip(1);
        setPrice(2050e18);
        // The maker: a million and 490 x (2000 x 1.0049 - 2050) of loss, and 10 base to sell at about the ask.
        int256 value = valueOf(maker);
        uint256 quote = om.getQuote(false, false, 1e18);
        int256 valueAfter = value + int256(quote) - 2050e18;
        vm.expectRevert(abi.encodeWithSelector(IMaker.BelowMinMarginRatio.selector, valueAfter, uint256(491 * 2050e18)));
        buy(bob, maker, 1e18);
    }

    /// @dev T9: an insolvent maker still lets winners out.
    function test_T9_ReducesEvenWhenInsolvent() public {
        buy(alice, maker, 490e18);
        skip(1);
        setPrice(5000e18);
        assertLt(valueOf(maker), 0);
        (, int256 quote) = sell(alice, maker, 490e18);
        assertEq(quote, 490 * 5000e18);
        assertEq(sizeOf(maker), 0);
    }

    function test_SetParameters_RevertIf_OutOfRange() public {
        vm.startPrank(owner());
        vm.expectRevert(abi.encodeWithSelector(LpVault.RatioOutOfRange.selector, 50_001, 0, 50_000));
        om.setParameters(OracleMaker.Parameters(50_001, 100_000, 1e18));
        vm.expectRevert(abi.encodeWithSelector(LpVault.RatioOutOfRange.selector, 99_999, 100_000, 1e6));
        om.setParameters(OracleMaker.Parameters(10_000, 99_999, 1e18));
        vm.expectRevert(abi.encodeWithSelector(OracleMaker.InvalidMaxAbsPosition.selector, 0));
        om.setParameters(OracleMaker.Parameters(10_000, 100_000, 0));
        vm.stopPrank();
    }

    // -------------------------------------------------------------------------------------------------------- LPs ----

    /// @dev All that LPs bring is the maker's margin.
    function test_Deposit_BecomesMargin() public {
        assertEq(marginOf(maker), 1_000_000e18);
        assertEq(om.totalSupply(), 1_000_000e18);
        assertEq(om.totalAssets(), 1_000_000 * USD);
        assertEq(om.sharePrice(), 1e18);
    }

    function test_Deposit_SharesFollowAccountValue() public {
        buy(alice, maker, 100e18);
        skip(1);
        setPrice(1900e18);
        // 200,200 received, 190,000 owed
        assertEq(om.totalAssets(), 1_010_200 * USD);
        usd.mint(lp, 1000 * USD);
        vm.prank(lp);
        uint256 shares = om.deposit(1000 * USD);
        assertEq(shares, uint256(1000e18) * (1_000_000e18 + 1e6) / (1_010_200e18 + 1e6));
        assertEq(marginOf(maker), 1_001_000e18);
    }

    function test_Withdraw_PaysAccountValue() public {
        buy(alice, maker, 100e18);
        skip(1);
        setPrice(2100e18);
        assertEq(om.totalAssets(), 990_200 * USD);
        vm.prank(lp);
        assertEq(om.withdraw(100_000e18), 99_020 * USD);
        assertEq(usd.balanceOf(lp), 99_020 * USD);
    }

    function test_RevertIf_WithdrawalLeavesLessThanMinMarginRatio() public {
        _setMinMarginRatio(500_000);
        buy(alice, maker, 400e18);
        // Value 1,003,200; at least 400,000 must stay.
        uint256 shares = 700_000e18;
        uint256 paid = shares * (1_003_200e18 + 1e6) / (1_000_000e18 + 1e6) / 1e12 * 1e12;
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaker.BelowMinMarginRatio.selector, int256(1_003_200e18 - paid), uint256(400_000e18)
            )
        );
        vm.prank(lp);
        om.withdraw(shares);
    }

    function test_RevertIf_VaultIsInsolvent() public {
        buy(alice, maker, 490e18);
        skip(1);
        setPrice(5000e18);
        int256 value = valueOf(maker);
        assertEq(om.totalAssets(), 0);
        assertEq(om.sharePrice(), 0);
        vm.startPrank(lp);
        vm.expectRevert(abi.encodeWithSelector(LpVault.VaultInsolvent.selector, value));
        om.deposit(1000 * USD);
        vm.expectRevert(abi.encodeWithSelector(LpVault.VaultInsolvent.selector, value));
        om.withdraw(1e18);
        vm.stopPrank();
    }

    function test_T11_DonationsChangeNothing() public {
        usd.mint(maker, 1_000_000 * USD);
        usd.mint(address(vault), 1_000_000 * USD);
        assertEq(om.totalAssets(), 1_000_000 * USD);
        assertEq(om.sharePrice(), 1e18);
        usd.mint(lp, 1000 * USD);
        vm.prank(lp);
        assertEq(om.deposit(1000 * USD), 1000e18);
    }

    function _setCap(uint104 cap) private {
        vm.prank(owner());
        om.setParameters(OracleMaker.Parameters(10_000, 100_000, cap));
    }

    function _setMinMarginRatio(uint24 ratio) private {
        vm.prank(owner());
        om.setParameters(OracleMaker.Parameters(10_000, ratio, 500e18));
    }
}
