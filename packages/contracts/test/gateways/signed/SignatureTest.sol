// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SignedOrderState} from "../../../src/gateways/SignedOrderState.sol";
import {SignedOrder, Submission} from "../../../src/types/SignedOrder.sol";
import {SignedOrderTest} from "./SignedOrderTest.sol";

/// @dev Submissions whose signature or order the gateway rejects.
abstract contract SignatureTest is SignedOrderTest {
    function _hash(SignedOrder memory order) internal view returns (bytes32) {
        return signedGateway.hashOrder(order);
    }

    function _invalid(SignedOrder memory order) internal view returns (bytes memory) {
        return abi.encodeWithSelector(SignedOrderState.InvalidSignature.selector, order.account, _hash(order));
    }

    function _refuse(Submission memory s, bytes memory reason) internal {
        expectSettleRevert(s, ALL, new bytes[](0), reason);
    }
}
