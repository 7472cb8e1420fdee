// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISignedOrders} from "../../../src/interfaces/ISignedOrders.sol";
import {SignedOrderGateway} from "../../../src/gateways/SignedOrderGateway.sol";
import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {SignedOrder, Submission} from "../../../src/types/SignedOrder.sol";
import {SignatureTest} from "./SignatureTest.sol";

/// @dev T23: which signatures are valid, and for which orders.
contract SignedOrderGatewaySignatureTest is SignatureTest {
    uint256 private constant SECP256K1_N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function test_T23_RevertIf_SignedForAnotherChain() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        vm.chainId(1);
        bytes memory signature = sign(order);
        vm.chainId(31337);
        _refuse(Submission(order, signature, 0), _invalid(order));
    }

    function test_T23_RevertIf_SignedForAnotherContract() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        address other = deployCode(
            "SignedOrderGateway.sol:SignedOrderGateway",
            abi.encode(address(house), address(d.verifier), signedGateway.announcementModule(), owner())
        );
        bytes memory signature = signBy(keyOf[alice], SignedOrderGateway(other).hashOrder(order));
        _refuse(Submission(order, signature, 0), _invalid(order));
    }

    function test_T23_RevertIf_ReplayedAfterPartialFills() public {
        SignedOrder memory order = orderOf(alice, false, 2e18);
        order.minFill = 0;
        Submission memory s = submission(order);
        settle(s, 1.5e18, new bytes[](0));
        expectSettleRevert(
            s, 1.5e18, new bytes[](0), abi.encodeWithSelector(ISignedOrders.FillOutOfRange.selector, 1.5e18, 0, 0.5e18)
        );
        settle(s, 0.5e18, new bytes[](0));
        _refuse(s, abi.encodeWithSelector(SignedOrderState.OrderClosed.selector, order.account, 1));
    }

    function test_T23_RevertIf_SignatureIsMalleated() public {
        SignedOrder memory order = orderOf(alice, false, 1e18);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[alice], _hash(order));
        bytes memory twin = abi.encodePacked(r, bytes32(SECP256K1_N - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _refuse(Submission(order, twin, 0), _invalid(order));
    }

    function test_T23_RevertIf_TheSignerIsTheZeroAddress() public {
        SignedOrder memory order = orderOf(address(0), false, 1e18);
        // ecrecover returns the zero address for this signature.
        _refuse(Submission(order, new bytes(65), 0), _invalid(order));
        _refuse(Submission(order, "", 0), _invalid(order));
    }

    /// @dev T23: every field is signed.
    function testFuzz_T23_RevertIf_AnyFieldIsChanged(uint256 field, uint256 change) public {
        SignedOrder memory order = limitOf(alice, false, 1e18, 2010e18);
        bytes memory signature = sign(order);
        field = boundIndex(field, 0, 14);
        // Flags and the trigger have one other value, and addresses have 160 bits.
        change = boundPart(change, field == 3 || field == 4 || field == 8 ? 1 : type(uint160).max);
        bytes memory words = abi.encode(order);
        assembly ("memory-safe") {
            let word := add(add(words, 0x20), mul(field, 0x20))
            mstore(word, xor(mload(word), change))
        }
        SignedOrder memory forged = abi.decode(words, (SignedOrder));
        assertNotEq(_hash(forged), _hash(order));
        vm.prank(relayer);
        vm.expectRevert();
        signedGateway.settle(Submission(forged, signature, 0), address(om), ALL, new bytes[](0));
        assertEq(sizeOf(alice), 0);
    }
}
