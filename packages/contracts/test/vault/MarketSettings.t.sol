// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Quote} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev Ranges of what the books of a market depend on, each at its limits and one beyond them.
contract MarketSettingsTest is ExchangeTest {
    uint64 private constant MOST = uint64(uint256(1e18) / 1 days);
    uint64 private constant FASTEST = uint64(MOST / 1 hours);

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.funding.maxRate, c.funding.maxVelocity, c.funding.skewScale) = (MOST, FASTEST, 100e18);
    }

    // --------------------------------------------------------------------------------------------------- markets ----

    function test_CreateMarket_RevertIf_ItExists() public {
        vm.expectRevert(abi.encodeWithSelector(IVault.MarketExists.selector, market));
        vm.prank(address(house));
        vault.createMarket(market, 100_000, 62_500, 14);
    }

    function test_CreateMarket_RevertIf_IndicesAreTooFine() public {
        vm.startPrank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidFeeIndexDecimals.selector, 31, 30));
        vault.createMarket(2, 100_000, 62_500, 31);
        vault.createMarket(2, 100_000, 62_500, 30);
        vm.stopPrank();
        assertEq(d.lens.marketOf(2).feeIndexDecimals, 30);
    }

    // --------------------------------------------------------------------------------------------------- funding ----

    /// @dev T2: a rate that could jump to its cap within an hour, or one of more than 100% a day, is a mistake.
    function test_SetFunding_Ranges() public {
        vm.startPrank(owner());
        house.setFunding(market, MOST, FASTEST, 1e9);
        _refusedFunding(MOST + 1, FASTEST, 100e18);
        _refusedFunding(MOST, FASTEST + 1, 100e18);
        _refusedFunding(MOST, 0, 100e18);
        _refusedFunding(0, FASTEST, 100e18);
        _refusedFunding(MOST, FASTEST, 1e9 - 1);
        uint128 most = uint128(type(uint80).max) * 1e9;
        house.setFunding(market, MOST, FASTEST, most);
        _refusedFunding(MOST, FASTEST, most + 1e9);
        assertEq(d.lens.marketOf(market).skewScale, type(uint80).max, "as it was");
        house.setFunding(market, 0, 0, 0);
        vm.stopPrank();
        assertEq(d.lens.marketOf(market).maxFundingRate, 0);
    }

    /// @dev A lower cap takes effect on a rate below zero at once, too, and on nothing that has accrued.
    function test_SetFunding_ClampsANegativeRate() public {
        addMargin(alice, 100_000 * USD);
        sell(alice, address(om), 100e18);
        skip(2 hours);
        assertEq(d.lens.feeStateOf(market).fundingRate, -int64(MOST));
        (int256 before,) = vault.pendingFeesOf(market, alice);
        assertGt(before, 0, "shorts pay");
        vm.prank(owner());
        house.setFunding(market, MOST / 4, FASTEST / 4, 100e18);
        assertEq(d.lens.feeStateOf(market).fundingRate, -int64(MOST / 4));
        (int256 now_,) = vault.pendingFeesOf(market, alice);
        assertEq(now_, before);
    }

    // ------------------------------------------------------------------------------------------------- borrowing ----

    function test_SetBorrowing_UpToAllOfThePriceInADay() public {
        vm.startPrank(owner());
        house.setBorrowing(market, uint48(MOST));
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidBorrowing.selector, MOST + 1, MOST));
        house.setBorrowing(market, uint48(MOST + 1));
        vm.stopPrank();
        assertEq(d.lens.marketOf(market).maxBorrowingRate, MOST);
    }

    // ------------------------------------------------------------------------------------------------- insurance ----

    /// @dev L5: a reward comes out of what there is; it is no reason for bad debt, and gains nobody anything.
    function test_L5_SettlePenalty_RevertIf_InsuranceHasLessThanTheReward() public {
        vm.prank(alice);
        vault.donate(market, 5 * USD);
        vm.startPrank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientInsurance.selector, 5e18 + 1, int256(5e18)));
        vault.settlePenalty(market, bob, alice, Quote.wrap(0), Quote.wrap(5e18 + 1));
        vault.settlePenalty(market, bob, alice, Quote.wrap(0), Quote.wrap(5e18));
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientInsurance.selector, 1, int256(0)));
        vault.settlePenalty(market, bob, alice, Quote.wrap(0), Quote.wrap(1));
        vm.stopPrank();
        assertEq(d.lens.marketOf(market).insurance, 0);
        assertEq(marginOf(alice), 5e18);
    }

    /// @dev L5: insurance pays for accounts without a position, and only what they lack.
    function test_L5_CoverShortfall_RevertIf_ThereIsNone() public {
        addMargin(alice, 10_000 * USD);
        vm.startPrank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IVault.NoShortfall.selector, alice, int256(0), int256(10_000e18)));
        vault.coverShortfall(market, alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.NoShortfall.selector, bob, int256(0), int256(0)));
        vault.coverShortfall(market, bob);
        vm.stopPrank();
        buy(alice, address(om), 10e18);
        int256 margin = marginOf(alice);
        vm.prank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IVault.NoShortfall.selector, alice, int256(10e18), margin));
        vault.coverShortfall(market, alice);
        vm.startPrank(address(house));
        vault.settlePenalty(market, bob, stranger, Quote.wrap(-7e18), Quote.wrap(7e18));
        assertEq(vault.coverShortfall(market, bob), -7e18, "debt");
        vm.stopPrank();
        assertEq(marginOf(bob), 0);
    }

    function _refusedFunding(uint64 maxRate, uint64 maxVelocity, uint128 skewScale) private {
        vm.expectRevert(abi.encodeWithSelector(IVault.InvalidFunding.selector, maxRate, maxVelocity, skewScale));
        house.setFunding(market, maxRate, maxVelocity, skewScale);
    }
}
