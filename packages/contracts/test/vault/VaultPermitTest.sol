// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {PermitToken} from "../utils/PermitToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev An exchange whose collateral has permits, and a payer that holds 100 of it and signs permits.
abstract contract VaultPermitTest is ExchangeTest {
    bytes32 internal constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    address internal payer;
    uint256 internal key;

    function createCollateral() internal virtual override returns (TestToken) {
        return TestToken(address(new PermitToken("USD", "USD")));
    }

    function setUp() public virtual override {
        super.setUp();
        (payer, key) = makeAddrAndKey("payer");
        usd.mint(payer, 100 * USD);
    }

    function _permit(uint256 value, uint256 deadline) internal view returns (uint8, bytes32, bytes32) {
        bytes32 message =
            keccak256(abi.encode(PERMIT_TYPEHASH, payer, address(vault), value, usd_().nonces(payer), deadline));
        return vm.sign(key, keccak256(abi.encodePacked(hex"1901", usd_().DOMAIN_SEPARATOR(), message)));
    }

    function usd_() internal view returns (PermitToken) {
        return PermitToken(address(usd));
    }
}
