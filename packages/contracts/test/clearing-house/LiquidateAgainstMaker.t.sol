// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {insufficientInitialMargin} from "../utils/Reverts.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev Liquidations that close against makers: the account settles at the oracle price, at any price of the maker.
contract ClearingHouseLiquidateAgainstMakerTest is LadderTest {
    function _valueAfter(int256 value, uint256 base, uint256 price) private pure returns (int256) {
        return value - int256(base * price / 1e18 * PENALTY / 1e6);
    }

    function test_Stub_LiquidatorBearsTheDifference() public {
        (uint256 base, uint256 reward) = _closeAgainstStubAt(1790e18);
        assertEq(base, 100e18);
        assertEq(reward, 1250e18);
        assertEq(marginOf(alice), 1125e18, "like a take-over");
        assertEq(insurance(), 2250e18);
        assertEq(marginOf(keeper), 1_001_250e18);
        assertEq(sizeOf(keeper), 0);
        assertEq(stub.forcedBase(), 0, "the hook is not called for the fill");
        assertLaws();
    }

    function test_Stub_LiquidatorKeepsABetterPrice() public {
        (, uint256 reward) = _closeAgainstStubAt(1801e18);
        assertEq(reward, 2350e18);
        assertEq(marginOf(alice), 1125e18);
        assertLaws();
    }

    function test_Stub_RevertIf_DifferenceExceedsTheReward() public {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        stub.setPrice(1777.49e18);
        LiquidationParams memory p = params(alice, maker);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.RewardTooLow.selector, -int256(1e18), uint256(0)));
        liquidateAs(keeper, p);
        stub.setPrice(1777.5e18);
        liquidateAs(keeper, p);
        assertEq(marginOf(keeper), 1_000_000e18);
        assertLaws();
    }

    /// @dev Below zero the bounty pays for the difference between oracle price and maker's price.
    function test_Stub_BelowZero_DifferenceComesOutOfTheBounty() public {
        donate(110 * USD);
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        stub.setPrice(1798.98e18);
        setRule(Rule.TradingFee, 100);
        (, uint256 reward) = closeAgainst(alice, maker);
        assertEq(reward, 3e18);
        assertEq(insurance(), 5e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function testFuzz_OracleMaker_AccountSettlesAtTheOraclePrice(uint256 amount, bool isLong) public {
        // The maker has a position of 200, so that the close increases or reduces it.
        addMargin(bob, 200_000 * USD);
        if (isLong) buy(bob, address(om), 200e18);
        else sell(bob, address(om), 200e18);
        if (isLong) long(alice, 20_000 * USD, 100e18);
        else short(alice, 20_000 * USD, 100e18);
        uint256 price = isLong ? 1900e18 : 2100e18;
        jump(price);
        int256 value = valueOf(alice);
        LiquidationParams memory p = params(alice, address(om));
        p.amount = boundPart(amount, 50e18);
        (uint256 base, uint256 reward) = liquidateAs(keeper, p);
        assertApproxEqAbs(valueOf(alice), _valueAfter(value, base, price), 2);
        assertEq(marginOf(keeper), 1_000_000e18 + int256(reward));
        assertLaws();
    }

    function test_OracleMaker_PremiumComesOutOfTheReward() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1900e18);
        uint256 pays = om.getQuote(true, true, 50e18);
        int256 value = valueOf(alice);
        (, uint256 reward) = closeAgainst(alice, address(om));
        assertEq(reward, 1187.5e18 - (95_000e18 - pays));
        assertEq(valueOf(alice), _valueAfter(value, 50e18, 1900e18));
        assertLaws();
    }

    function test_OracleMaker_RevertIf_PremiumExceedsTheReward() public {
        setRule(Rule.LiquidatorShare, 1000);
        long(alice, 20_000 * USD, 100e18);
        jump(1900e18);
        vm.expectPartialRevert(IClearingHouse.RewardTooLow.selector);
        closeAgainst(alice, address(om));
    }

    function test_OracleMaker_RevertIf_BeyondItsCap() public {
        addMargin(bob, 200_000 * USD);
        sell(bob, address(om), 480e18);
        long(alice, 20_000 * USD, 100e18);
        jump(1900e18);
        vm.expectPartialRevert(IMaker.MakerCapacityExceeded.selector);
        closeAgainst(alice, address(om));
        LiquidationParams memory p = params(alice, address(om));
        p.amount = 20e18;
        liquidateAs(keeper, p);
        assertEq(sizeOf(address(om)), 500e18);
    }

    // ------------------------------------------------------------------------------------------- spot-hedge vault ----

    function test_SpotHedge_HedgesAndSettlesAtTheOraclePrice_Long() public {
        long(alice, 20_000 * USD, 100e18);
        jumpWithPool(1900e18);
        int256 value = valueOf(alice);
        (uint256 base, uint256 reward) = closeAgainst(alice, address(shb));
        assertEq(base, 50e18);
        assertEq(valueOf(alice), _valueAfter(value, base, 1900e18));
        assertEq(shb.assetBalance(), 50e18, "H1");
        assertEq(sizeOf(address(shb)), 50e18, "H1");
        // The reward pays the difference between oracle price and swap.
        assertEq(int256(reward), 1187.5e18 - (95_000e18 - marginOf(address(shb))));
        assertLt(reward, 1187.5e18);
        assertLaws();
    }

    function test_SpotHedge_HedgesAndSettlesAtTheOraclePrice_Short() public {
        addMargin(alice, 20_000 * USD);
        addMargin(bob, 20_000 * USD);
        sell(bob, address(shb), 30e18);
        spot.moveTo(2000e18);
        sell(alice, address(shb), 60e18);
        spot.moveTo(2000e18);
        uint256 free = vault.withdrawableMarginOf(market, alice);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, free);
        jumpWithPool(2100e18);
        int256 value = valueOf(alice);
        (uint256 base, uint256 reward) = closeAgainst(alice, address(shb));
        assertApproxEqAbs(valueOf(alice), _valueAfter(value, base, 2100e18), 1);
        assertEq(int256(uint256(shb.assetBalance())) + sizeOf(address(shb)), 100e18, "H1");
        assertGt(reward, 0);
        assertLaws();
    }

    /// @dev H2: a liquidator that moves the pool cannot have the maker hedge there, and the account does not change.
    function test_H2_RevertIf_ThePoolIsSkewed() public {
        long(alice, 20_000 * USD, 100e18);
        jumpWithPool(1900e18);
        spot.moveTo(1850e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        closeAgainst(alice, address(shb));
        spot.moveTo(1960e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        closeAgainst(alice, address(shb));
        assertEq(sizeOf(alice), 100e18);
        assertEq(sizeOf(address(shb)), 0);
        assertLaws();
    }

    function test_SpotHedge_RevertIf_BeyondItsCapacity() public {
        short(alice, 20_000 * USD, 100e18);
        jumpWithPool(2100e18);
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 50e18, 0));
        closeAgainst(alice, address(shb));
    }

    /// @dev L6: a liquidation that increases the exposure of a maker requires its initial margin.
    function test_L6_RevertIf_MakerLacksInitialMargin() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1900e18);
        StubMaker poor = new StubMaker(vault, market, 1900e18);
        vm.prank(owner());
        house.registerMaker(address(poor));
        vm.expectRevert(insufficientInitialMargin(address(poor), 0, 9500e18));
        closeAgainst(alice, address(poor));
    }

    /// @dev Closes Alice's position of 100 at an oracle price of 1,800.
    function _closeAgainstStubAt(uint256 stubPrice) private returns (uint256 base, uint256 reward) {
        long(alice, 25_625 * USD, 100e18);
        jump(1800e18);
        stub.setPrice(stubPrice);
        return closeAgainst(alice, maker);
    }
}
