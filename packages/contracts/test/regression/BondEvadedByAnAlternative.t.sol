// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../src/gateways/SignedOrderState.sol";
import {Announcement, SignedOrder, Submission, Trigger} from "../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "../gateways/signed/SignedOrderTest.sol";

/// @dev T44: an announced order loses at its price, and its account fills a tiny alternative of the same id, which ends it
/// without a bond. Two ways to get the alternative filled.
contract BondEvadedByAnAlternativeTest is SignedOrderTest {
    /// @dev 1.6% below the price of the announcement, and 32 per unit.
    uint256 private constant DOWN = 1968e18;

    function setUp() public override {
        super.setUp();
        addMargin(alice, 400_000 * USD);
    }

    /// @dev An expired announcement of another order of the id is cleared, which deleted the record of the later one.
    function test_T44_ClearedAnnouncementLeavesTheLaterOne() public {
        SignedOrder memory decoy = orderOf(alice, false, 1e16);
        (decoy.trigger, decoy.triggerPrice) = (Trigger.Stop, 9000e18);
        Announcement memory old = announce(decoy, alice);
        vm.warp(old.expiresAt + 1);
        setPrice(START_PRICE);
        SignedOrder memory big = orderOf(alice, false, 100e18);
        Announcement memory a = announce(big, alice);
        vm.prank(alice);
        signedGateway.clearAnnouncement(decoy, old);
        SignedOrder memory tiny = orderOf(alice, false, 1e15);
        vm.expectRevert(_idIsAnnounced());
        vm.prank(alice);
        signedGateway.announce(tiny, a.leg, "", address(om), new bytes[](0));
        _checkExecutes(big, a);
    }

    /// @dev A relayer settles it in good faith, or matches it.
    function test_T44_RelayerFillsNoAlternative() public {
        SignedOrder memory big = orderOf(alice, false, 100e18);
        Announcement memory a = announce(big, alice);
        SignedOrder memory tiny = orderOf(alice, false, 1e15);
        vm.warp(a.executableAt + 1);
        setPrice(DOWN);
        expectSettleRevert(submission(tiny), ALL, current(DOWN), _idIsAnnounced());
        expectSettleRevert(submission(big), ALL, current(DOWN), _idIsAnnounced());
        SignedOrder memory alternative = limitOf(alice, false, 1e15, 1990e18);
        SignedOrder memory opposite = limitOf(bob, true, 1e15, 1970e18);
        Submission[2] memory pair = [submission(alternative), submission(opposite)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(_idIsAnnounced());
            vm.prank(relayer);
            signedGateway.matchOrders(pair[i], pair[1 - i], ALL, new bytes[](0));
        }
        _checkExecutes(big, a);
    }

    /// @dev The id was filled in part before, and cancelled while the order is announced.
    function test_T44_RelayerFillsNoAlternative_OfAPartlyFilledId() public {
        SignedOrder memory big = orderOf(alice, false, 100e18);
        big.minFill = 0;
        settle(big, 1e18, START_PRICE);
        Announcement memory a = announce(big, alice);
        expectSettleRevert(submission(big), 1e18, current(START_PRICE), _idIsAnnounced());
        vm.prank(alice);
        signedGateway.cancelOrder(big.id);
        vm.warp(a.executableAt + 1);
        setPrice(DOWN);
        assertTrue(execute(big, a, START_PRICE));
        assertEq(sizeOf(alice), 100e18);
    }

    /// @dev The end of the announcement admits relayers again: at its expiry, without a call, and after a missed trigger.
    function test_T44_RelayersFillTheIdAfterTheAnnouncement() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        (order.trigger, order.triggerPrice) = (Trigger.Stop, 2000e18);
        Announcement memory a = announce(order, alice);
        uint256 snapshot = vm.snapshotState();
        vm.warp(a.expiresAt);
        expectSettleRevert(submission(order), ALL, current(START_PRICE), _idIsAnnounced());
        vm.warp(a.expiresAt + 1);
        settle(order, ALL, START_PRICE);
        signedGateway.clearAnnouncement(order, a);
        vm.revertToState(snapshot);
        vm.warp(a.executableAt);
        assertFalse(execute(order, a, 1999e18));
        settle(order, ALL, START_PRICE);
        assertEq(sizeOf(alice), 1e18);
    }

    /// @dev The order executes, and the LPs receive what its account loses.
    function _checkExecutes(SignedOrder memory big, Announcement memory a) private {
        vm.warp(a.executableAt + 1);
        setPrice(DOWN);
        int256 lps = valueOf(address(om));
        int256 account = valueOf(alice);
        assertTrue(execute(big, a, START_PRICE));
        assertEq(sizeOf(alice), 100e18);
        assertLt(valueOf(alice), account - 3200e18, "the account bears its order");
        assertGt(valueOf(address(om)), lps + 3200e18, "LPs");
    }

    function _idIsAnnounced() private view returns (bytes memory) {
        return abi.encodeWithSelector(SignedOrderState.IdIsAnnounced.selector, alice, 1);
    }
}
