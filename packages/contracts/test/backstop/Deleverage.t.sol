// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {NotEnoughGas} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev A maker that tries to trade on in its hook.
contract ReentrantMaker is StubMaker {
    address private immutable _backstop;
    address private _account;
    bool public tried;
    bool public succeeded;

    constructor(address backstop_, IVault vault_, uint256 marketId_) StubMaker(vault_, marketId_, 2000e18) {
        _backstop = backstop_;
    }

    function arm(address account) external {
        _account = account;
    }

    function onPositionForced(int256 base, int256 quote, uint256 price) public override {
        super.onPositionForced(base, quote, price);
        tried = true;
        (succeeded,) = _backstop.call(abi.encodeCall(IBackstop.deleverage, (marketId, _account, new address[](0))));
    }
}

/// @dev 100 ETH at 2,000 with 20,000: bankrupt at 1,800, and insurance has nothing.
contract DeleverageTest is LadderTest {
    address[] internal nobody;

    /// @dev Alice is long 100 of the stub; at 1,700 she lacks 10,000.
    function _bankruptLong() internal {
        long(alice, 20_000 * USD, 100e18);
        jump(1700e18);
    }

    function _two(address a, address b) internal pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (a, b);
    }

    // ---------------------------------------------------------------------------------------------------- before ----

    function test_RevertIf_NoShortfall() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1800e18);
        vm.expectRevert(
            abi.encodeWithSelector(IBackstop.NoShortfallBeyondInsurance.selector, alice, int256(0), int256(0))
        );
        deleverage(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IBackstop.NoShortfallBeyondInsurance.selector, alice, int256(0), int256(0))
        );
        backstop.flagShortfall(market, alice);
        vm.expectRevert(
            abi.encodeWithSelector(IBackstop.NoShortfallBeyondInsurance.selector, bob, int256(0), int256(0))
        );
        deleverage(bob);
    }

    /// @dev Insurance that covers it to the last wei leaves no room for deleveraging.
    function test_RevertIf_InsuranceCoversTheShortfall() public {
        _bankruptLong();
        donate(10_000 * USD);
        vm.expectRevert(
            abi.encodeWithSelector(
                IBackstop.NoShortfallBeyondInsurance.selector, alice, -int256(10_000e18), int256(10_000e18)
            )
        );
        deleverage(alice);
        takeOver(alice);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_OneWeiBeyondInsurance() public {
        _bankruptLong();
        donate(10_000 * USD - 1);
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(alice);
        deleverage(alice);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_RevertIf_Paused() public {
        _bankruptLong();
        setStatus(MarketStatus.Paused);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        deleverage(alice);
        vm.expectRevert(abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused));
        backstop.flagShortfall(market, alice);
    }

    function test_ReduceOnly_IsDeleveraged() public {
        _bankruptLong();
        setStatus(MarketStatus.ReduceOnly);
        deleverage(alice);
        assertFlatAndEmpty(alice);
    }

    // ---------------------------------------------------------------------------------------------------- makers ----

    function test_AgainstAMaker_AtTheBankruptcyPrice() public {
        _bankruptLong();
        vm.expectEmit(address(backstop));
        emit IBackstop.Deleveraged(market, alice, maker, 100e18, 1800e18);
        assertEq(deleverage(alice), 100e18);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(maker), 0);
        assertEq(marginOf(maker), 1_020_000e18);
        assertEq(stub.forcedBase(), 100e18);
        assertEq(stub.forcedQuote(), -180_000e18);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_Short_AtTheBankruptcyPrice() public {
        short(alice, 20_000 * USD, 100e18);
        jump(2300e18);
        assertEq(deleverage(alice), 100e18);
        assertFlatAndEmpty(alice);
        assertEq(marginOf(maker), 1_020_000e18, "at 2,200");
        assertEq(stub.forcedBase(), -100e18);
        assertEq(stub.forcedQuote(), 220_000e18);
        assertLaws();
    }

    function test_MakersInTheOrderOfRegistration() public {
        addMargin(alice, 24_100 * USD);
        buy(alice, address(om), 60e18);
        buy(alice, maker, 60e18);
        long(bob, 20_000 * USD, 60e18);
        jump(1700e18);
        assertEq(deleverage(alice), 120e18);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(address(om)), 0, "first");
        assertEq(sizeOf(maker), -60e18, "second");
        assertLaws();
    }

    function test_MakersBeforeTakers() public {
        long(alice, 20_000 * USD, 100e18);
        addMargin(bob, 20_000 * USD);
        sell(bob, address(om), 30e18);
        jump(1700e18);
        deleverage(alice, bob);
        assertEq(sizeOf(maker), 0);
        assertEq(sizeOf(bob), -30e18, "not needed");
        assertLaws();
    }

    function test_MakerNotInProfit_IsSkipped() public {
        _bankruptLong();
        // The stub's average falls below 1,800: it is short, and would lose there.
        addMargin(bob, 100_000 * USD);
        buy(bob, maker, 240e18);
        assertLt(positionOf(maker).openNotional.unwrap(), 340 * 1800e18);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice);
    }

    // ---------------------------------------------------------------------------------------------------- takers ----

    /// @dev Alice is long 100 and Bob short 100 at 2,000; the stub is flat.
    function _bankruptLongAgainstBob() internal {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
    }

    function test_RevertIf_NobodyIsNamed() public {
        _bankruptLongAgainstBob();
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice);
    }

    function test_AgainstATaker() public {
        _bankruptLongAgainstBob();
        assertEq(deleverage(alice, bob), 100e18);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(bob), 0);
        assertEq(marginOf(bob), 40_000e18);
        assertLaws();
    }

    function test_ProfitIsJudgedAtTheBankruptcyPrice() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1799e18);
        addMargin(bob, 50_000 * USD);
        sell(bob, maker, 100e18);
        jump(1700e18);
        assertEq(valueOf(bob), 59_900e18, "in profit now");
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice, bob);
    }

    /// @dev Whose entry is the bankruptcy price realises nothing, and is taken.
    function test_ProfitOfZeroAtTheBankruptcyPrice() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1800e18);
        addMargin(bob, 50_000 * USD);
        sell(bob, maker, 100e18);
        jump(1700e18);
        deleverage(alice, bob);
        assertEq(marginOf(bob), 50_000e18);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_SameSideStrangersDuplicatesAndMakersAreSkipped() public {
        _bankruptLongAgainstBob();
        long(carol, 20_000 * USD, 1e18);
        // The stub is short 1 at 1,700 now.
        address[] memory list = new address[](7);
        (list[0], list[1], list[2], list[3]) = (carol, stranger, alice, maker);
        (list[4], list[5], list[6]) = (bob, bob, bob);
        assertEq(deleverage(alice, list), 100e18);
        assertEq(sizeOf(carol), 1e18);
        assertEq(sizeOf(maker), -1e18);
        assertEq(sizeOf(bob), 0);
        assertEq(marginOf(bob), 40_000e18, "once");
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_Partial_WhenCounterpartiesAreTooSmall() public {
        long(alice, 20_000 * USD, 100e18);
        short(bob, 20_000 * USD, 30e18);
        short(carol, 20_000 * USD, 70e18);
        jump(1700e18);
        donate(1000 * USD);
        assertEq(deleverage(alice, bob), 30e18);
        assertEq(sizeOf(alice), 70e18);
        assertEq(valueOf(alice), -7000e18, "its bankruptcy price is what it was");
        assertEq(insurance(), 1000e18, "no bounty for a part");
        assertEq(marginOf(bob), 26_000e18);
        assertEq(deleverage(alice, _two(bob, carol)), 70e18);
        assertFlatAndEmpty(alice);
        assertEq(marginOf(carol), 34_000e18);
        assertEq(marginOf(stranger), 5e18);
        assertEq(insurance(), 995e18);
        assertLaws();
    }

    function test_CounterpartyIsLargerThanTheAccount() public {
        long(alice, 10_000 * USD, 50e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
        deleverage(alice, bob);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(bob), -50e18);
        assertEq(marginOf(bob), 30_000e18);
        assertEq(valueOf(bob), 45_000e18);
        assertLaws();
    }

    /// @dev In profit at 1,800, but with so little left that the rest of its position would be below maintenance.
    function test_CounterpartyIsSkippedIfItWouldEndBelowMaintenance() public {
        long(alice, 10_000 * USD, 50e18);
        short(bob, 20_000 * USD, 100e18);
        jump(1700e18);
        // Buys 10 back so dearly that it is left with maintenance and nothing else.
        stub.setPrice(5700e18);
        buy(bob, maker, 10e18);
        jump(1750e18);
        assertLt(valueOf(bob), 9843.75e18);
        assertGt(valueOf(bob), 0);
        vm.expectRevert(abi.encodeWithSelector(IBackstop.NothingToDeleverage.selector, alice));
        deleverage(alice, bob);
    }

    function testFuzz_AccountEndsWithNothing_CounterpartiesWithTheirProfit(
        uint256 size,
        uint256 first,
        uint256 margin,
        uint256 price,
        bool isLong
    ) public {
        size = bound(size, 1e15, 400e18);
        first = bound(first, 1e14, size - 1e14);
        uint256 least = size * 200 / 1e12 + 1;
        margin = bound(margin, least, least * 2);
        price = (isLong ? bound(price, 100e18, 1590e18) : bound(price, 2410e18, 20_000e18)) / 1e10 * 1e10;
        if (isLong) long(alice, margin, size);
        else short(alice, margin, size);
        addMargin(bob, 1_000_000 * USD);
        addMargin(carol, 1_000_000 * USD);
        isLong ? sell(bob, maker, first) : buy(bob, maker, first);
        isLong ? sell(carol, maker, size - first) : buy(carol, maker, size - first);
        jump(price);
        deleverage(alice, _two(bob, carol));
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(bob), 0);
        assertEq(sizeOf(carol), 0);
        // Alice's margin is theirs, in proportion to size.
        int256 won = marginOf(bob) + marginOf(carol) - 2_000_000e18;
        assertEq(won, int256(margin * 1e12), "exactly her margin");
        assertApproxEqAbs(marginOf(bob) - 1_000_000e18, int256(margin * 1e12 * first / size), 2);
        assertLaws();
    }

    // ---------------------------------------------------------------------------------------------------- bounty ----

    function test_Bounty_AsFarAsInsuranceGoes() public {
        _bankruptLong();
        donate(3 * USD);
        deleverage(alice);
        assertEq(marginOf(stranger), 3e18);
        assertEq(insurance(), 0);
        assertLaws();
    }

    function test_Bounty_NotForMakers() public {
        _bankruptLong();
        donate(100 * USD);
        vm.prank(address(om));
        backstop.deleverage(market, alice, nobody);
        assertEq(insurance(), 100e18);
        assertEq(marginOf(address(om)), 1_000_000e18);
    }

    // ----------------------------------------------------------------------------------------------------- hooks ----

    function test_HookThatReverts_DeleveragingStands() public {
        _bankruptLong();
        stub.setRevertsInHook(true);
        vm.expectEmit(address(backstop));
        emit IForcedChanges.ForcedHookFailed(market, maker, 100e18, -180_000e18);
        deleverage(alice);
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    function test_OracleMakersHook_Succeeds() public {
        addMargin(alice, 20_500 * USD);
        buy(alice, address(om), 100e18);
        jump(1700e18);
        vm.recordLogs();
        deleverage(alice);
        assertFalse(_hasFailedHook());
        assertFlatAndEmpty(alice);
    }

    function test_RevertIf_HookIsStarved() public {
        _bankruptLong();
        vm.prank(stranger);
        (bool done, bytes memory reason) =
            address(backstop).call{gas: 1_050_000}(abi.encodeCall(backstop.deleverage, (market, alice, nobody)));
        assertFalse(done);
        assertEq(bytes4(reason), NotEnoughGas.selector);
        assertEq(sizeOf(alice), 100e18);
    }

    function test_T13_HookCannotComeBackIn() public {
        ReentrantMaker reentrant = new ReentrantMaker(address(backstop), vault, market);
        accounts.push(address(reentrant));
        vm.prank(owner());
        house.registerMaker(address(reentrant));
        reentrant.addMargin(100_000 * USD);
        addMargin(alice, 20_000 * USD);
        buy(alice, address(reentrant), 100e18);
        long(bob, 2_000 * USD, 10e18);
        jump(1700e18);
        reentrant.arm(bob);
        deleverage(alice);
        assertTrue(reentrant.tried());
        assertFalse(reentrant.succeeded(), "the maker holds the lock");
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    /// @dev The vault sold at 1,800 what it buys back at 1,850: the difference is lost, the rest is bought.
    function test_SpotHedgeVault_BuysBaseBack() public {
        addMargin(alice, 12_000 * USD);
        sell(alice, address(shb), 50e18);
        jumpWithPool(2300e18);
        // Deep enough for all of it within the bound of gaps.
        spot.provide(95_000e18);
        vm.recordLogs();
        deleverage(alice);
        assertFalse(_hasFailedHook());
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(address(shb)), 0);
        // 50 at some 2,220 a piece buy 48 at 2,300.
        assertApproxEqAbs(shb.assetBalance(), 98e18, 0.6e18);
        assertLt(marginOf(address(shb)), 600e18, "kept back for the swap's price, half a percent");
        assertEq(shb.hedgeGap(), 0);
        assertLaws();
    }

    function test_SpotHedgeVault_PoolIsAway_RecordsTheGap() public {
        addMargin(alice, 12_000 * USD);
        sell(alice, address(shb), 50e18);
        jumpWithPool(2300e18);
        spot.moveTo(2400e18);
        deleverage(alice);
        assertFlatAndEmpty(alice);
        assertEq(shb.assetBalance(), 50e18);
        assertEq(shb.hedgeGap(), 50e18);
        assertLaws();
    }

    /// @dev Deleveraged in part, the vault keeps what closing the rest will cost.
    function test_SpotHedgeVault_InPart_KeepsWhatTheRestCosts() public {
        addMargin(bob, 100_000 * USD);
        sell(bob, address(shb), 30e18);
        spot.moveTo(2000e18);
        addMargin(alice, 5000 * USD);
        sell(alice, address(shb), 20e18);
        jumpWithPool(2300e18);
        deleverage(alice);
        assertEq(sizeOf(address(shb)), 30e18);
        assertEq(shb.hedgeGap(), 0);
        assertGe(marginOf(address(shb)) + positionOf(address(shb)).openNotional.unwrap(), 0);
        close(bob, address(shb));
        assertEq(sizeOf(address(shb)), 0);
        assertGe(marginOf(address(shb)), 0);
        assertLaws();
    }

    // ------------------------------------------------------------------------------------------------ makers fail ----

    /// @dev T9, T22: an insolvent maker is closed against whoever won from it.
    function test_T9_InsolventOracleMaker_IsDeleveragedAgainstTheWinner() public {
        addMargin(alice, 200_000 * USD);
        buy(alice, address(om), 500e18);
        jump(4100e18);
        int256 poolMargin = marginOf(address(om));
        assertLt(valueOf(address(om)), 0);
        vm.expectPartialRevert(IClearingHouse.DeleverageFirst.selector);
        takeOver(address(om));
        deleverage(address(om), alice);
        assertFlatAndEmpty(address(om));
        assertEq(sizeOf(alice), 0);
        assertEq(marginOf(alice), 200_000e18 + poolMargin, "all that the maker had");
        assertLaws();
    }

    function _hasFailedHook() private returns (bool) {
        return hasEvent(IForcedChanges.ForcedHookFailed.selector);
    }
}
