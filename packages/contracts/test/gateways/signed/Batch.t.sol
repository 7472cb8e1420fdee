// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {OrderPastExpiry} from "../../../src/types/Errors.sol";
import {SignedOrder, Submission} from "../../../src/types/SignedOrder.sol";
import {HostileWallet, LockingWallet} from "../../utils/CounterfactualWallet.sol";
import {WalletSignatureTest} from "./WalletSignatureTest.sol";

/// @dev batch: each call fails or succeeds separately.
contract SignedOrderGatewayBatchTest is WalletSignatureTest {
    function test_T25_BadOrder_DoesNotAffectTheOthers() public {
        bytes[] memory calls = new bytes[](5);
        SignedOrder memory order = orderOf(alice, false, 1e18);
        calls[0] = _call(submission(order));
        // Expired, signed wrongly, of wallets that burn all gas or return endless data.
        order.id = 2;
        order.expiresAt = timestamp() - 1;
        calls[1] = _call(submission(order));
        calls[2] = _call(Submission(orderOf(address(new HostileWallet(true)), false, 1e18), "", 0));
        calls[3] = _call(Submission(orderOf(address(new HostileWallet(false)), false, 1e18), "", 0));
        calls[4] = _call(submission(orderOf(bob, true, 2e18)));
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.CallFailed(
            1, abi.encodeWithSelector(OrderPastExpiry.selector, timestamp(), timestamp() - 1)
        );
        vm.expectEmit(true, false, false, false, address(signedGateway));
        emit SignedOrderGateway.CallFailed(2, "");
        vm.expectEmit(true, false, false, false, address(signedGateway));
        emit SignedOrderGateway.CallFailed(3, "");
        vm.prank(relayer);
        signedGateway.batch{gas: 8_000_000}(calls, 1_000_000);
        assertEq(sizeOf(alice), 1e18);
        assertEq(sizeOf(bob), -2e18);
        assertEq(vault.lockHolder(), address(0));
    }

    /// @dev T48: the call of a wrapped signature takes the system's lock. The lock ends with that call, so that the
    /// signature counts and the later orders of the batch trade.
    function test_T48_WrappedSignature_LeavesNoLock() public {
        LockingWallet wallet = new LockingWallet(vault);
        bytes[] memory calls = new bytes[](2);
        bytes memory wrapped = _wrap(address(wallet), abi.encodeCall(wallet.lock, ()), "");
        calls[0] = abi.encodeCall(signedGateway.cancelOrderBySig, (address(wallet), 7, wrapped));
        calls[1] = _call(submission(orderOf(alice, false, 1e18)));
        vm.prank(relayer);
        signedGateway.batch(calls, 3_000_000);
        assertTrue(signedGateway.isClosed(address(wallet), 7), "the wallet held the lock");
        assertEq(sizeOf(alice), 1e18);
        assertEq(vault.lockHolder(), address(0));
    }

    /// @dev T25: the reason of a failed call is cut to 512 bytes.
    function test_T25_ReasonsAreBounded() public {
        bytes[] memory calls = new bytes[](1);
        vm.mockCallRevert(address(oracle), bytes(""), new bytes(100_000));
        calls[0] = _call(submission(orderOf(alice, false, 1e18)));
        vm.recordLogs();
        vm.prank(relayer);
        signedGateway.batch(calls, 2_000_000);
        bytes memory reason = abi.decode(vm.getRecordedLogs()[0].data, (bytes));
        assertEq(reason.length, 512);
    }

    function test_Batch_RevertIf_GasIsTooLowForAllCalls() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = _call(submission(orderOf(alice, false, 1e18)));
        calls[1] = _call(submission(orderOf(bob, false, 1e18)));
        vm.prank(relayer);
        (bool success, bytes memory answer) =
            address(signedGateway).call{gas: 1_200_000}(abi.encodeCall(signedGateway.batch, (calls, 1_000_000)));
        assertFalse(success);
        assertEq(bytes4(answer), bytes4(keccak256("NotEnoughGas(uint256,uint256)")));
        assertEq(sizeOf(alice), 0, "no call executes with too little gas");
    }

    function test_Batch_ByAnyCaller_EachCallIsGuarded() public {
        bytes[] memory calls = new bytes[](2);
        SignedOrder memory order = orderOf(alice, false, 1e18);
        calls[0] = _call(submission(order));
        calls[1] = abi.encodeCall(signedGateway.cancelOrder, (order.id));
        vm.expectEmit(address(signedGateway));
        emit SignedOrderGateway.CallFailed(0, abi.encodeWithSelector(SignedOrderGateway.NotRelayer.selector, alice));
        vm.prank(alice);
        signedGateway.batch(calls, 1_000_000);
        assertTrue(isClosed(order), "one transaction cancels several orders");
    }

    function _call(Submission memory s) private view returns (bytes memory) {
        return abi.encodeCall(signedGateway.settle, (s, address(om), ALL, new bytes[](0)));
    }
}
