// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {Announcement, Leg, SignedOrder, Trigger} from "../../../src/types/SignedOrder.sol";
import {AmountTooLarge} from "../../../src/types/Errors.sol";
import {PriceLib} from "../../../src/types/Units.sol";
import {insufficientInitialMargin} from "../../utils/Reverts.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Failures that purge an announcement and pay the keeper. The order itself stays valid.
contract SignedOrderGatewayPurgeAnnouncedTest is SignedOrderTest {
    function test_Purge_TriggerNotMet_TheOrderStaysValid() public {
        SignedOrder memory order = orderOf(alice, true, 1e18);
        (order.trigger, order.triggerPrice) = (Trigger.Stop, 1900e18);
        _checkPurged(
            order,
            announce(order, alice),
            abi.encodeWithSelector(ISignedOrders.TriggerNotMet.selector, START_PRICE, 1900e18),
            false
        );
        skip(57);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        assertTrue(execute(order, a, 1900e18));
    }

    function test_Purge_LimitMissed() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.price = 2000e18;
        _checkPurged(
            order,
            announce(order, alice),
            abi.encodeWithSelector(IClearingHouse.SlippageExceeded.selector, 2000.02e18, 2000e18),
            false
        );
    }

    function test_T16_Purge_TakerWithdrewItsMargin() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, 100_000 * USD);
        _checkPurged(order, announce(order, alice), insufficientInitialMargin(alice, -0.02e18, 200e18), true);
    }

    function test_T16_Purge_TakerEmptiedItsFund() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        order.marginXCD = 100 * USD;
        Announcement memory a = announce(order, alice);
        uint256 fund = vault.fundOf(alice);
        vm.prank(alice);
        vault.withdraw(fund, alice);
        _checkPurged(order, a, abi.encodeWithSelector(IVault.InsufficientFund.selector, 100 * USD, 0), true);
    }

    function test_T16_Purge_TakerRevokedTheGateway() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        vm.prank(alice);
        vault.setOperator(address(signedGateway), false);
        bytes memory reason = abi.encodeWithSelector(IVault.NotAuthorized.selector, alice, address(signedGateway));
        _checkPurged(order, a, reason, true);
    }

    /// @dev T44: an arithmetic error is not the account's, because its bond covers the amount.
    function test_T44_Purge_ArithmeticError_CostsNoBond() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        Announcement memory a = announce(order, alice);
        bytes memory reason = abi.encodeWithSignature("Panic(uint256)", 0x11);
        vm.mockCallRevert(address(house), abi.encodeWithSelector(IClearingHouse.trade.selector), reason);
        int256 lps = valueOf(address(om));
        _checkPurged(order, a, reason, false);
        assertEq(valueOf(address(om)), lps, "no bond");
    }

    /// @dev An order whose amount no bond covers is not announced.
    function test_T16_Announce_RevertIf_TheAmountOverflows() public {
        SignedOrder memory order = orderOf(alice, false, 2 ** 255);
        order.price = PriceLib.MAX_PRICE;
        vm.expectRevert(abi.encodeWithSelector(AmountTooLarge.selector, 2 ** 255, type(uint128).max));
        vm.prank(alice);
        signedGateway.announce(order, Leg.Entry, "", address(om), new bytes[](0));
    }

    function test_Purge_FilledByARelayerBefore() public {
        SignedOrder memory order = _reducing(1e18);
        Announcement memory a = announce(order, alice);
        vm.warp(a.executableAt);
        settle(order, ALL, START_PRICE);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementPurged(
            orderHash, alice, keeper, abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1)
        );
        assertFalse(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 2e18, "T23: once");
        assertEq(vault.fundOf(keeper), 0);
    }

    /// @dev T16: an alternative that a relayer has filled ends the announcement.
    function test_T16_Purge_AlternativeFilledAsMuch() public {
        SignedOrder memory order = _reducing(1e18);
        SignedOrder memory alternative = limitOf(alice, true, 2e18, 1990e18);
        Announcement memory a = announce(order, alice);
        settle(alternative, 1e18, START_PRICE);
        vm.warp(a.executableAt);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementPurged(
            orderHash, alice, keeper, abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, alice, 1)
        );
        assertFalse(execute(order, a, START_PRICE));
        assertFalse(isClosed(order), "the alternative is open");
    }

    /// @dev An order without a bond: while one with a bond is announced, relayers fill no order of its id.
    function _reducing(uint256 amount) private returns (SignedOrder memory order) {
        buy(alice, address(om), 3e18);
        order = orderOf(alice, true, amount);
        order.isReduceOnly = true;
    }

    function _checkPurged(SignedOrder memory order, Announcement memory a, bytes memory reason, bool isTakers) private {
        vm.warp(a.executableAt);
        bytes32 orderHash = signedGateway.hashOrder(order);
        vm.expectEmit(address(signedGateway));
        emit ISignedOrders.AnnouncementPurged(orderHash, alice, keeper, reason);
        assertFalse(execute(order, a, START_PRICE));
        assertEq(sizeOf(alice), 0);
        assertEq(vault.fundOf(keeper), isTakers ? RELAY_FEE : 0, "paid for ending a failure of the account");
        assertEq(signedGateway.announcementOf(orderHash), 0);
        assertEq(isClosed(order), isTakers, "only a failure of the account ends the order");
        assertEq(vault.lockHolder(), address(0));
    }
}
