// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBackstop} from "../../src/interfaces/IBackstop.sol";
import {IForcedChanges} from "../../src/interfaces/IForcedChanges.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {NotEnoughGas} from "../../src/types/Errors.sol";
import {StubMaker} from "../utils/StubMaker.sol";
import {DeleverageTest} from "./DeleverageTest.sol";

/// @dev A maker whose hook tries to deleverage another account.
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

/// @dev Hooks of makers whose position is deleveraged.
contract BackstopDeleverageHookTest is DeleverageTest {
    function test_RevertingHook_DoesNotPreventDeleveraging() public {
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

    function test_RevertIf_GasOfTheHookIsTooLow() public {
        _bankruptLong();
        bytes memory data = abi.encodeCall(backstop.deleverage, (market, alice, house.makersOf(market)));
        vm.prank(stranger);
        (bool done, bytes memory reason) = address(backstop).call{gas: 1_200_000}(data);
        assertFalse(done);
        assertEq(bytes4(reason), NotEnoughGas.selector);
        assertEq(sizeOf(alice), 100e18);
    }

    function test_T13_Hook_CannotReenter() public {
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
        deleverage(alice, address(reentrant));
        assertTrue(reentrant.tried());
        assertFalse(reentrant.succeeded(), "the maker holds the lock");
        assertFlatAndEmpty(alice);
        assertLaws();
    }

    /// @dev The base vault's long closes at the oracle price of 2,300, where it buys the base back.
    function test_BaseVault_BuysBaseBack() public {
        _bankruptShortAgainstTheVault();
        // The pool is deep enough for the whole hedge within the bound of gaps.
        spot.provide(95_000e18);
        vm.recordLogs();
        deleverageAfterWindow(alice);
        assertFalse(_hasFailedHook());
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(address(shb)), 0);
        assertApproxEqAbs(shb.assetBalance(), 100e18, 0.25e18, "half a percent of 50");
        assertLt(marginOf(address(shb)), 600e18, "quote kept for the swap's cost, half a percent");
        assertEq(shb.hedgeGap(), 0);
        assertLaws();
    }

    function test_BaseVault_PoolIsOutOfBounds_RecordsTheGap() public {
        _bankruptShortAgainstTheVault();
        spot.moveTo(2400e18);
        deleverageAfterWindow(alice);
        assertFlatAndEmpty(alice);
        assertEq(shb.assetBalance(), 50e18);
        assertEq(shb.hedgeGap(), 50e18);
        assertLaws();
    }

    /// @dev After deleveraging in part, the maker keeps the quote that closing the rest will cost.
    function test_BaseVault_InPart_KeepsQuoteForTheRest() public {
        addMargin(bob, 100_000 * USD);
        sell(bob, address(shb), 30e18);
        spot.moveTo(2000e18);
        addMargin(alice, 5000 * USD);
        sell(alice, address(shb), 20e18);
        jumpWithPool(2300e18);
        deleverageAfterWindow(alice);
        assertEq(sizeOf(address(shb)), 30e18);
        assertEq(shb.hedgeGap(), 0);
        assertGe(marginOf(address(shb)) + positionOf(address(shb)).openNotional.unwrap(), 0);
        close(bob, address(shb));
        assertEq(sizeOf(address(shb)), 0);
        assertGe(marginOf(address(shb)), 0);
        assertLaws();
    }

    function _hasFailedHook() private returns (bool) {
        return hasEvent(IForcedChanges.ForcedHookFailed.selector);
    }

    /// @dev Alice is short 50 of the base vault and bankrupt at 2,300, where the pool is too.
    function _bankruptShortAgainstTheVault() private {
        addMargin(alice, 12_000 * USD);
        sell(alice, address(shb), 50e18);
        jumpWithPool(2300e18);
    }
}
