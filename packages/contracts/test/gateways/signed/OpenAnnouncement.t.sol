// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IForcedChanges} from "../../../src/interfaces/IForcedChanges.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {Announcement, SignedOrder} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Failures that leave an announcement open and pay no keeper.
contract SignedOrderGatewayOpenAnnouncementTest is SignedOrderTest {
    /// @dev The price is the pool's when the market opens again, so that the order is no option.
    function test_T28_RevertIf_TheMarketIsPaused() public {
        SignedOrder memory order = orderOf(alice, true, 1e18);
        order.maker = address(shb);
        Announcement memory a = announce(order, alice);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        _checkStaysOpen(
            order, a, abi.encodeWithSelector(IForcedChanges.MarketNotActive.selector, market, MarketStatus.Paused)
        );
    }

    /// @dev T28: the keeper moved the pool.
    function test_T28_RevertIf_ThePoolIsOutOfBounds() public {
        SignedOrder memory order = orderOf(alice, true, 1e18);
        order.maker = address(shb);
        Announcement memory a = announce(order, stranger);
        uint256 yield = moveToAndQuote(1900e18);
        _checkStaysOpen(
            order, a, abi.encodeWithSelector(ISpotHedgeVault.HedgeTooFar.selector, yield, START_PRICE, uint256(20_000))
        );
    }

    function test_T28_RevertIf_GasIsTooLow() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        bytes memory call = abi.encodeCall(signedGateway.executeAnnounced, (order, a, first(START_PRICE, a)));
        for (uint256 gasLimit = 100_000; gasLimit < 1_200_000; gasLimit += 70_000) {
            vm.prank(keeper);
            (bool success,) = address(signedGateway).call{gas: gasLimit}(call);
            if (success) {
                assertEq(sizeOf(alice), 1e18, "purged with too little gas");
                return;
            }
            assertEq(vault.fundOf(keeper), 0);
        }
        assertTrue(execute(order, a, START_PRICE));
    }

    /// @dev T28: the caller of a batch chooses the gas of each call.
    function test_T28_Batch_TooLittleGas_LeavesTheAnnouncement() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(signedGateway.executeAnnounced, (order, a, first(START_PRICE, a)));
        for (uint256 gasPerCall = 100_000; gasPerCall < 1_400_000; gasPerCall += 50_000) {
            vm.prank(keeper);
            signedGateway.batch(calls, gasPerCall);
            if (signedGateway.announcementOf(signedGateway.hashOrder(order)) == 0) {
                assertGt(gasPerCall, signedGateway.MIN_TRADE_GAS());
                assertEq(sizeOf(alice), 1e18, "purged with too little gas");
                return;
            }
            assertEq(vault.fundOf(keeper), 0);
        }
        fail();
    }

    function _checkStaysOpen(SignedOrder memory order, Announcement memory a, bytes memory reason) private {
        vm.warp(a.executableAt);
        bytes[] memory data = first(START_PRICE, a);
        vm.expectRevert(reason);
        vm.prank(keeper);
        signedGateway.executeAnnounced(order, a, data);
        assertEq(
            signedGateway.announcementOf(signedGateway.hashOrder(order)),
            signedGateway.hashAnnouncement(signedGateway.hashOrder(order), a)
        );
    }
}
