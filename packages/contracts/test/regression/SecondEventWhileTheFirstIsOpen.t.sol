// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LadderTest} from "../utils/LadderTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev State that one event leaves for the next: a draw in the same transaction, a gap that is still open, an interval that has
/// not ended.
contract SecondEventWhileTheFirstIsOpenTest is LadderTest {
    uint256 private constant PRICE = 2300e18;
    uint256 private constant AWAY = 2400e18;

    /// @dev Two fills in one transaction: the first maker's draw does not count for the second, whose losses exceed its margin and
    /// which draws nothing. Its taker receives its whole profit (H3).
    function test_Draw_OfTheFirstFill_DoesNotRefuseTheSecond() public {
        StubMaker poor = new StubMaker(vault, market, START_PRICE);
        vm.prank(owner());
        house.registerMaker(address(poor));
        poor.addMargin(201 * USD);
        accounts.push(address(poor));
        addMargin(alice, 10_000 * USD);
        buy(alice, address(poor), 1e18);
        jump(PRICE);
        poor.setPrice(PRICE);
        addMargin(bob, 1000 * USD);
        stub.setDraw(1000 * USD, keeper);
        sell(bob, maker, 1e18);
        stub.setDraw(0, keeper);

        int256 margin = marginOf(alice);
        sell(alice, address(poor), 0.9e18);
        assertEq(marginOf(alice) - margin, 270e18);
        assertEq(marginOf(address(poor)), -69e18);
        assertLaws();
    }

    /// @dev Two forced changes before the gap of the first closes: the smallest part is a sixteenth of the whole gap, so that it
    /// closes in sixteen parts, each of which costs the LPs one bound at most (T34).
    function test_T34_GapOfTwoForcedChanges_ClosesInSixteenParts() public {
        _shortAgainstTheVault();
        jumpWithPool(PRICE);
        spot.moveTo(AWAY);
        deleverageAfterWindow(alice);
        assertEq(shb.hedgeGap(), 10e18);
        assertEq(shb.hedgeGapMinPart(), 0.625e18);
        deleverageAfterWindow(bob);
        assertEq(shb.hedgeGap(), 20e18);
        assertEq(shb.hedgeGapMinPart(), 1.25e18);
    }

    /// @dev A forced change whose hedge succeeds starts the interval: a second one in the same moment leaves a gap, which waits, so
    /// that moving the pool earns one bound per interval and not one per forced change (T34).
    function test_T34_SecondForcedChange_WaitsForTheInterval() public {
        _shortAgainstTheVault();
        jumpWithPool(PRICE);
        passWindow(alice);
        passWindow(bob);
        spot.moveTo(PRICE);
        deleverage(alice);
        assertEq(shb.hedgeGap(), 0);
        assertEq(shb.hedgeGapClosableAt(), timestamp() + 60);
        uint256 held = shb.assetBalance();
        spot.moveTo(2310e18);
        deleverage(bob);
        assertEq(shb.hedgeGap(), 10e18, "the hedge of the second change did not wait");
        assertEq(shb.assetBalance(), held);
    }

    /// @dev 10 base each, with 12% of margin.
    function _shortAgainstTheVault() private {
        skip(1);
        setPrice(START_PRICE);
        for (uint256 i = 0; i < 2; ++i) {
            address account = i == 0 ? alice : bob;
            addMargin(account, 2400 * USD);
            sell(account, address(shb), 10e18);
            spot.moveTo(START_PRICE);
        }
    }
}
